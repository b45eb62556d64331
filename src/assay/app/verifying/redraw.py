"""Draw again: the curves of a record, from the scores in its evidence."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from assay.domain.evidence import (
    ByInput,
    Explained,
    ExplainedCell,
    Learned,
    LearnedLosses,
    MeanCurve,
    Means,
    Ranked,
    ScoreCell,
    Scores,
    Statistic,
    Summary,
    Sweep,
)
from assay.domain.record import CurveRecord, Record
from assay.domain.record_groups import answered, small_of
from assay.stats.calibration import reliability_curve
from assay.stats.curves import roc_curve
from assay.stats.histogram import Floats, ScoreCounts
from assay.stats.losses import Losing, summary_bound
from assay.stats.means import mean_bound
from assay.stats.paired import paired_box_limits
from assay.stats.pieces.swept import swept_of
from assay.stats.rates import rate_bound
from assay.stats.sweep import bands

Points = tuple[tuple[float, ...], ...]
Draw = Callable[[Statistic, Any], Iterable[CurveRecord]]
LEVEL = 0.05
"""Alpha of each limit of a drawn reliability or learning curve."""
LEARNING = "learning"
"""The kind of a learning curve; its label is the criterion that asked for it."""
LEARNING_LOSSES = "learning_losses"
"""The kind of one of mean losses, likewise."""
SENSITIVITY = "sensitivity"
"""The kind of a sensitivity curve, likewise."""
WORTH = "worth"
"""The kind of what each input is worth, likewise; a point is of an input, by its place among the cells of the statistic."""
SWEEP = "sweep"
"""The kind of the curves over all thresholds."""
ERRORS = "errors"
"""The kind of the curves of mean absolute errors by true number."""
SWEPT = 41
"""So many thresholds of them are drawn at most, the declared one among them."""
PARTS, LEAST = 10, 20
"""So many parts of about as many rows each are made of the true numbers, fewer where a part would have fewer rows than this."""
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
    """The curves that criteria asked for: right decisions or losses by the number of training rows, mean scores by the value of an input,
    what each input is worth, what every threshold gives, and how far predictions are off by true number."""
    told = ((s, ASKED_FOR.get(type(s.counts))) for s in statistics)
    return tuple(curve for s, draw in told if draw is not None for curve in draw(s, s.counts))


def _one(kind: str, points: Callable[[Any], Points]) -> Draw:
    """One curve of all rows."""
    return lambda statistic, counts: (CurveRecord(kind, "", statistic.criterion, points(counts)),)


def _swept(statistic: Statistic, counts: Sweep) -> Iterator[CurveRecord]:
    """A curve for each group that has rows of both labels."""
    for cell in counts.cells:
        if not (sum(cell.negatives) and sum(cell.positives)):
            continue
        swept = swept_of(cell, counts)
        found = bands(swept, LEVEL / 2).values()
        places = np.unique(np.linspace(0, len(cell.scores) - 1, SWEPT - 1).round().astype(int))
        points = tuple(
            (float(swept.thresholds[i]), *(float(of[i]) for band in found for of in band))
            for i in sorted({*places.tolist(), swept.at})
        )
        label = f"{statistic.criterion} ({cell.label})" if cell.label else statistic.criterion
        yield CurveRecord(SWEEP, statistic.across, label, points)


def _off(statistic: Statistic, counts: Explained) -> Iterator[CurveRecord]:
    """A curve for each group that has rows."""
    for cell in counts.cells:
        if cell.n:
            label = f"{statistic.criterion} ({cell.label})" if cell.label else statistic.criterion
            yield CurveRecord(ERRORS, statistic.across, label, _off_by_truth(cell, counts))


def _off_by_truth(cell: ExplainedCell, counts: Explained) -> Points:
    """The mean absolute error in each part of the true numbers, both as shares of the declared range; the limits of all parts hold at once."""
    order = np.argsort(np.array(cell.outcomes), kind="stable")
    outcome, error, rows = (np.array(of)[order] for of in (cell.outcomes, cell.errors, cell.rows))
    first = np.unique(outcome, return_index=True)[1]
    alike = np.add.reduceat(rows, first)  # rows of one true number stay together
    most = min(PARTS, max(cell.n // LEAST, 1))
    part = np.repeat((np.cumsum(alike) - alike) * most // cell.n, np.diff([*first, len(outcome)]))
    parts, found = np.unique(part), []
    for of in parts:
        inside = part == of
        values, place = np.unique(error[inside] / counts.error_steps, return_inverse=True)
        n = np.bincount(place, rows[inside]).astype(np.int64)
        bound = mean_bound(values, n, low=0.0, high=1.0, alpha=LEVEL / len(parts))
        at = float(outcome[inside] @ rows[inside]) / float(n.sum()) / counts.steps
        found.append((at, bound.estimate, bound.lower, bound.upper, float(n.sum())))
    return tuple(found)


def _learned(counts: Learned) -> Points:
    bounds = [rate_bound(cell.events, cell.trials, LEVEL) for cell in counts.cells]
    return tuple(
        (float(size), bound.estimate, bound.lower, bound.upper, float(cell.trials))
        for size, cell, bound in zip(counts.sizes, counts.cells, bounds, strict=True)
    )


def _learned_losses(counts: LearnedLosses) -> Points:
    losing = [Losing.of(cell, counts.largest, counts.steps, Summary.MEAN) for cell in counts.cells]
    bounds = [summary_bound(one, LEVEL) for one in losing]
    return tuple(
        (float(size), bound.estimate, bound.lower, bound.upper, float(cell.n))
        for size, cell, bound in zip(counts.sizes, counts.cells, bounds, strict=True)
    )


def _means(counts: Means, places: Sequence[float]) -> Points:
    """The limits of all cells hold at once on either side (Bonferroni)."""
    level = LEVEL / max(len(counts.cells), 1)
    found = []
    for place, cell in zip(places, counts.cells, strict=True):
        bound = mean_bound(cell.values, cell.rows, low=counts.low, high=counts.high, alpha=level)
        found.append((float(place), bound.estimate, bound.lower, bound.upper, float(sum(cell.rows))))
    return tuple(found)


def _worths(counts: ByInput) -> Points:
    """Of pairs by limits that are exact and cheap, for whoever verifies makes them again; all hold at once on either side."""
    if isinstance(counts.lost, Means):
        return _means(counts.lost, range(len(counts.lost.cells)))
    level = LEVEL / max(len(counts.lost.cells), 1)
    return tuple(
        (float(i), *paired_box_limits(cell.worse, cell.better, cell.n, level), float(cell.n))
        for i, cell in enumerate(counts.lost.cells)
    )


KINDS = frozenset({LEARNING, LEARNING_LOSSES, SENSITIVITY, WORTH, SWEEP, ERRORS})
ASKED_FOR: Mapping[type, Draw] = {
    Learned: _one(LEARNING, _learned),
    LearnedLosses: _one(LEARNING_LOSSES, _learned_losses),
    MeanCurve: _one(SENSITIVITY, lambda counts: _means(counts.means, counts.points)),
    ByInput: _one(WORTH, _worths),
    Sweep: _swept,
    Explained: _off,
}
"""By the type of the counts, the curves that are drawn of them, which are of these kinds."""


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
    if tuple(c for c in record.curves if c.kind in KINDS) != curves_of(record.statistics):
        return "The learning curves, sensitivity curves, worths of inputs, errors by true number or curves over all thresholds in the record are not those of the counts in its evidence."
    for curve in (c for c in record.curves if c.kind not in KINDS):
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
        if isinstance(statistic.counts, Scores | Ranked):
            for cell in statistic.counts.cells:
                yield statistic.across, cell.label or ALL_ROWS, cell


def _of(across: str, label: str, cell: ScoreCell) -> tuple[CurveRecord, ...]:
    counts = ScoreCounts(np.array(cell.scores), np.array(cell.negatives), np.array(cell.positives))
    return drawn(across, label, counts, np.array(cell.edges))
