"""How the score ranks and whether it can be read as a probability."""

from __future__ import annotations

from collections.abc import Iterable

from assay.domain.record import CurveRecord
from assay.dossier import figures
from assay.dossier.blocks import Block, Column, Figure, Paragraph, Rich, Section, Table
from assay.dossier.charts.reliability import reliability
from assay.dossier.charts.roc import MOST, roc
from assay.dossier.lookup import Lookup

_GRID = tuple(i / 10 for i in range(11))


def curves(lookup: Lookup) -> Section | None:
    """The section of a record; None when no curve was recorded."""
    blocks = tuple(_blocks(lookup.record.curves))
    return Section("curves", "Ranking and calibration", blocks) if blocks else None


def _blocks(found: tuple[CurveRecord, ...]) -> Iterable[Block]:
    ranked = tuple(c for c in found if c.kind == "roc" and c.points)
    chart = roc(ranked, prefix="roc")
    if chart is not None:
        drawn = f" The first {MOST} of {len(ranked)} are drawn." if len(ranked) > MOST else ""
        caption = f"ROC: the share of positives found against the share of negatives flagged, over all cut-offs.{drawn}"
        yield Figure(chart, caption, _roc_table(ranked))
    for i, curve in enumerate(c for c in found if c.kind == "reliability"):
        chart = reliability(curve, prefix=f"reliability-{i}")
        if chart is not None:
            whom = f" for {curve.label}" if curve.label else ""
            caption = f"Reliability{whom}: on the diagonal, predicted probabilities are observed rates. Bars at the bottom: rows."
            yield Figure(chart, caption, _reliability_table(curve, whom))
    yield Paragraph(("Curves are descriptions. No verdict is read off them.",), tone="note")


def _roc_table(found: tuple[CurveRecord, ...]) -> Table:
    columns = (
        Column("False-positive rate", numeric=True),
        *(Column(c.label or "all rows", numeric=True) for c in found),
    )
    rows: tuple[tuple[Rich, ...], ...] = tuple(
        ((f"{x:.1f}",), *((figures.number(_at(c.points, x)),) for c in found)) for x in _GRID
    )
    return Table("True-positive rate at a given false-positive rate", columns, rows)


def _at(points: tuple[tuple[float, ...], ...], x: float) -> float:
    """The curve at x, on the straight line between its points."""
    left = max((p for p in points if p[0] <= x), default=points[0])
    right = min((p for p in points if p[0] >= x), default=points[-1])
    if right[0] == left[0]:
        return max(left[1], right[1])
    return left[1] + (right[1] - left[1]) * (x - left[0]) / (right[0] - left[0])


def _reliability_table(curve: CurveRecord, whom: str) -> Table:
    columns = tuple(Column(t, numeric=True) for t in ("Mean predicted", "Observed", "Lower", "Upper", "Rows"))
    rows: tuple[tuple[Rich, ...], ...] = tuple(
        (
            (figures.number(p[0]),),
            (figures.number(p[1]),),
            (figures.lower(p[2]),),
            (figures.upper(p[3]),),
            (figures.count(round(p[4])),),
        )
        for p in curve.points
    )
    return Table(f"Predicted probability and observed rate{whom}, by bin", columns, rows)
