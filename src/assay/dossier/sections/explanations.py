"""How the answers depend on single inputs, where a criterion asked for a curve of it."""

from __future__ import annotations

from collections.abc import Iterable

from assay.domain import figures
from assay.domain.record import CurveRecord
from assay.dossier.blocks import Block, Column, Figure, Paragraph, Rich, Section, Table
from assay.dossier.charts.sensitivity import sensitivity
from assay.dossier.lookup import Lookup


def explanations(lookup: Lookup) -> Section | None:
    """The section of a record; None when no criterion asked for a curve."""
    blocks = tuple(_blocks(lookup))
    if not blocks:
        return None
    said = (
        "Each curve is what the model would answer on average if one input were the same for everybody and all else as it is: how it "
        "uses the input, not what would happen to people whose value changed."
    )
    return Section("explanations", "How the answers depend on single inputs", (Paragraph((said,)), *blocks))


def _blocks(lookup: Lookup) -> Iterable[Block]:
    told = {s.criterion: dict(s.parameters).get("column", "") for s in lookup.record.statistics}
    for i, curve in enumerate(c for c in lookup.record.curves if c.kind == "sensitivity"):
        chart = sensitivity(curve, prefix=f"sensitivity-{i}")
        if chart is not None:
            caption = (
                f"{curve.label}: the mean score by the value of {told.get(curve.label) or 'an input'}; the bars are limits that hold at "
                "all points at once, with 95 % confidence on either side."
            )
            yield Figure(chart, caption, _points(curve))


def _points(curve: CurveRecord) -> Table:
    columns = tuple(Column(t, numeric=True) for t in ("Value", "Mean score", "Lower", "Upper", "Rows"))
    rows: tuple[tuple[Rich, ...], ...] = tuple(
        (
            (f"{p[0]:,.15g}",),
            (figures.number(p[1]),),
            (figures.lower(p[2]),),
            (figures.upper(p[3]),),
            (figures.count(round(p[4])),),
        )
        for p in curve.points
    )
    return Table(f"Mean score by value, for {curve.label}", columns, rows)
