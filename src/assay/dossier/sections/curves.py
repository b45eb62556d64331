"""How the score ranks and whether it can be read as a probability."""

from __future__ import annotations

from collections.abc import Iterable

from assay.domain import figures
from assay.domain.record import CurveRecord
from assay.dossier.blocks import Block, Column, Figure, Fold, Paragraph, Rich, Section, Table
from assay.dossier.charts.reliability import reliability
from assay.dossier.charts.roc import MOST, roc
from assay.dossier.charts.sweep import sweep
from assay.dossier.lookup import Lookup
from assay.dossier.sections.points import table_of_points

_GRID = tuple(i / 10 for i in range(11))


def curves(lookup: Lookup) -> Section | None:
    """The section of a record; None when no curve was recorded."""
    found = lookup.record.curves
    at = lookup.record.specification.prediction.decide_at
    blocks = (*_blocks(found), *(_sweeps(found, float(at)) if at is not None else ()))
    return Section("curves", "Ranking and calibration", blocks) if blocks else None


def _blocks(found: tuple[CurveRecord, ...]) -> Iterable[Block]:
    ranked = tuple(c for c in found if c.kind == "roc" and c.points)
    calibrated = tuple(c for c in found if c.kind == "reliability" and c.points)
    if not ranked and not calibrated:
        return
    yield from _several(
        [_roc(i, *part) for i, part in enumerate(_by_attribute(ranked))], "ROC curves of other groups"
    )
    yield from _several([_reliability(i, c) for i, c in enumerate(calibrated)], "Reliability by group")
    yield Paragraph(("Curves are descriptions. No verdict is read off them.",), tone="note")


def _sweeps(found: tuple[CurveRecord, ...], at: float) -> Iterable[Block]:
    swept = [_sweep(i, c, at) for i, c in enumerate(c for c in found if c.kind == "sweep" and c.points)]
    yield from _several(swept, "Other groups by threshold")
    if swept:
        yield Paragraph(
            (f"All verdicts were made at the declared threshold, {at:g}. No other one is recommended here.",),
            tone="note",
        )


def _sweep(i: int, curve: CurveRecord, at: float) -> Figure | None:
    chart = sweep(curve, at=at, prefix=f"sweep-{i}")
    if chart is None:
        return None
    caption = (
        f"{curve.label}: what each threshold would give. Bands hold at all thresholds at once, with 95 % confidence for each "
        f"line; the upright line is the declared threshold, {at:g}."
    )
    return Figure(chart, caption, _sweep_table(curve, at))


def _sweep_table(curve: CurveRecord, at: float) -> Table:
    titles = ("Recall", "False-positive rate", "Precision", "Decided as 1", "Cost")
    columns = (Column("Threshold", numeric=True), *(Column(t, numeric=True) for t in titles))
    few = [p for k, p in enumerate(curve.points) if k % 4 == 0 or p[0] == at]
    rows: tuple[tuple[Rich, ...], ...] = tuple(
        ((f"{p[0]:.3g}",), *((_with_limits(p[i : i + 3]),) for i in range(1, len(p), 3))) for p in few
    )
    return Table(f"Rates and cost by threshold, for {curve.label}, with limits", columns, rows)


def _with_limits(found: tuple[float, ...]) -> str:
    value, low, high = found
    return f"{figures.number(value)} ({figures.lower(low)} to {figures.upper(high)})"


def _several(drawn: list[Figure | None], summary: str) -> Iterable[Block]:
    """The first figure in view, the others folded."""
    shown = [figure for figure in drawn if figure is not None]
    yield from shown[:1]
    if len(shown) > 1:
        yield Fold(f"{summary} ({len(shown) - 1})", tuple(shown[1:]))


def _by_attribute(found: tuple[CurveRecord, ...]) -> Iterable[tuple[str, tuple[CurveRecord, ...]]]:
    """Curves that belong in one chart: those of one attribute, beside that of all rows."""
    whole = tuple(c for c in found if not c.across)
    parts: dict[str, list[CurveRecord]] = {}
    for c in found:
        if c.across:
            parts.setdefault(c.across, []).append(c)
    if not parts:
        return [("", whole)]
    return [(name, whole + tuple(members)) for name, members in parts.items()]


def _roc(i: int, name: str, found: tuple[CurveRecord, ...]) -> Figure | None:
    chart = roc(found, prefix=f"roc-{i}")
    if chart is None:
        return None
    whom = f" by {name}" if name else ""
    drawn = f" The first {MOST} of {len(found)} are drawn." if len(found) > MOST else ""
    caption = f"ROC{whom}: the share of positives found against the share of negatives flagged, over all cut-offs.{drawn}"
    return Figure(chart, caption, _roc_table(found, whom))


def _reliability(i: int, curve: CurveRecord) -> Figure | None:
    chart = reliability(curve, prefix=f"reliability-{i}")
    if chart is None:
        return None
    whom = f" for {curve.told}" if curve.label else ""
    caption = f"Reliability{whom}: on the diagonal, predicted probabilities are observed rates. Bars at the bottom: rows."
    return Figure(chart, caption, _reliability_table(curve, whom))


def _roc_table(found: tuple[CurveRecord, ...], whom: str) -> Table:
    columns = (
        Column("False-positive rate", numeric=True),
        *(Column(c.label or "all rows", numeric=True) for c in found),
    )
    rows: tuple[tuple[Rich, ...], ...] = tuple(
        ((f"{x:.1f}",), *((figures.number(_at(c.points, x)),) for c in found)) for x in _GRID
    )
    return Table(f"True-positive rate at a given false-positive rate{whom}", columns, rows)


def _at(points: tuple[tuple[float, ...], ...], x: float) -> float:
    """The curve at x, on the straight line between its points."""
    left = max((p for p in points if p[0] <= x), default=points[0])
    right = min((p for p in points if p[0] >= x), default=points[-1])
    if right[0] == left[0]:
        return max(left[1], right[1])
    return left[1] + (right[1] - left[1]) * (x - left[0]) / (right[0] - left[0])


def _reliability_table(curve: CurveRecord, whom: str) -> Table:
    title = f"Predicted probability and observed rate{whom}, by bin"
    return table_of_points(title, "Mean predicted", "Observed", curve)
