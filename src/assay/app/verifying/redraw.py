"""Draw again: the curves of a record, from the scores in its evidence."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from assay.domain.evidence import Learned, MeanCurve, ScoreCell, Scores, Statistic
from assay.domain.record import CurveRecord, Record
from assay.domain.record_groups import answered, small_of
from assay.stats.calibration import reliability_curve
from assay.stats.curves import roc_curve
from assay.stats.histogram import Floats, ScoreCounts
from assay.stats.means import mean_bound
from assay.stats.rates import rate_bound

LEVEL = 0.05
"""Alpha of each limit of a drawn reliability or learning curve."""
LEARNING = "learning"
"""The kind of a learning curve; its label is the criterion that asked for it."""
SENSITIVITY = "sensitivity"
"""The kind of a sensitivity curve, likewise."""
ALL_ROWS = "all rows"


def drawn(across: str, label: str, counts: ScoreCounts, edges: Floats) -> tuple[CurveRecord, ...]:
    """The ROC and the reliability curve of some rows; none where rows of a label are lacking.

    Args:
        edges: of the bins of a grid, when scores were kept on one; else empty.
    """
    if not (counts.negatives.sum() and counts.positives.sum()):
        return ()
    roc = tuple((float(x), float(y)) for x, y in roc_curve(counts, edges=edges))
    bins = reliability_curve(counts, LEVEL)
    reliability = tuple((b.mean_score, b.observed_rate, b.lower, b.upper, float(b.n)) for b in bins)
    return CurveRecord("roc", across, label, roc), CurveRecord("reliability", across, label, reliability)


def curves_of(statistics: Iterable[Statistic]) -> tuple[CurveRecord, ...]:
    """The curves that criteria asked for: right decisions by the number of training rows, and mean scores by the value of an input."""
    return tuple(
        CurveRecord(kind, "", s.criterion, points(s.counts))
        for s in statistics
        for counts, (kind, points) in ASKED_FOR.items()
        if isinstance(s.counts, counts)
    )


def _learned(counts: Learned) -> tuple[tuple[float, ...], ...]:
    bounds = [rate_bound(cell.events, cell.trials, LEVEL) for cell in counts.cells]
    return tuple(
        (float(size), bound.estimate, bound.lower, bound.upper, float(cell.trials))
        for size, cell, bound in zip(counts.sizes, counts.cells, bounds, strict=True)
    )


def _sensitive(counts: MeanCurve) -> tuple[tuple[float, ...], ...]:
    """The limits of all points hold at once with twice the level missed at most (Bonferroni)."""
    means, level = counts.means, LEVEL / max(len(counts.cells), 1)
    bounds = [
        mean_bound(cell.values, cell.rows, low=means.low, high=means.high, alpha=level)
        for cell in means.cells
    ]
    return tuple(
        (point, bound.estimate, bound.lower, bound.upper, float(sum(cell.rows)))
        for point, cell, bound in zip(counts.points, counts.cells, bounds, strict=True)
    )


ASKED_FOR: Mapping[type, tuple[str, Callable[[Any], tuple[tuple[float, ...], ...]]]] = {
    Learned: (LEARNING, _learned),
    MeanCurve: (SENSITIVITY, _sensitive),
}
"""By the type of the counts, the kind of the curve that is drawn of them and its points."""


def curves_contradict(record: Record, asking: Collection[str]) -> str:
    """Where the curves in a record are not those of the scores in its evidence, in one sentence; empty when they are.

    Scores are in the evidence where a criterion is about them. A curve of other rows is taken as recorded, but it is of a group that gates.
    """
    gating = {("", ALL_ROWS)} | {
        (name, label)
        for name in record.specification.protected
        for label in record.specification.groups_of(name)
        if label not in small_of(record)[name]
    }
    told: dict[tuple[str, str], list[CurveRecord]] = {}
    asked_for = {kind for kind, _ in ASKED_FOR.values()}
    if tuple(c for c in record.curves if c.kind in asked_for) != curves_of(record.statistics):
        return "The learning or sensitivity curves in the record are not those of the counts in its evidence."
    for curve in (c for c in record.curves if c.kind not in asked_for):
        told.setdefault((curve.across, curve.label), []).append(curve)
    for across, label in told:
        if (across, label) not in gating:
            return f"A curve in the record is of {label!r} of {across}, which is no group that gates."
    for across, label, cell in _scored(record, asking):
        if (across, label) in gating and tuple(told.get((across, label), ())) != _of(across, label, cell):
            return f"The curves of {label} in the record are not those of the scores in its evidence."
    return ""


def _scored(record: Record, asking: Collection[str]) -> Iterator[tuple[str, str, ScoreCell]]:
    for statistic in answered(record, asking):
        if isinstance(statistic.counts, Scores):
            for cell in statistic.counts.cells:
                yield statistic.across, cell.label or ALL_ROWS, cell


def _of(across: str, label: str, cell: ScoreCell) -> tuple[CurveRecord, ...]:
    counts = ScoreCounts(np.array(cell.scores), np.array(cell.negatives), np.array(cell.positives))
    return drawn(across, label, counts, np.array(cell.edges))
