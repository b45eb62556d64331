"""How the answers depend on single inputs, where a criterion asked for it."""

from __future__ import annotations

from collections.abc import Iterable

from assay.domain.evidence import ByInput
from assay.domain.record import CurveRecord
from assay.dossier.blocks import Block, Column, Figure, Paragraph, Section, Table
from assay.dossier.charts.sensitivity import sensitivity
from assay.dossier.lookup import Lookup
from assay.dossier.sections.points import LIMITS, limited, table_of_points


def explanations(lookup: Lookup) -> Section | None:
    """The section of a record; None when no criterion asked for a curve or for the worth of each input."""
    blocks = (*_worths(lookup), *_curves(lookup))
    if not blocks:
        return None
    said = (
        "The model was asked again with one input changed and all else as it is. This tells how it uses the input, not what would happen "
        "to people whose value changed. Limits hold for all lines of a table at once, with 95 % confidence on either side."
    )
    return Section("explanations", "How the answers depend on single inputs", (Paragraph((said,)), *blocks))


def _worths(lookup: Lookup) -> Iterable[Block]:
    """What each input is worth, the dearest first."""
    statistics = {s.criterion: s.counts for s in lookup.record.statistics if not s.aside}
    for curve in (c for c in lookup.record.curves if c.kind == "worth"):
        counts = statistics.get(curve.label)
        if isinstance(counts, ByInput):
            named = [cell.label for cell in counts.lost.cells]
            points = sorted(curve.points, key=lambda point: -point[1])
            lines = tuple(((named[round(p[0])],), *limited(p)) for p in points)
            columns = (Column("Input"), *(Column(t, numeric=True) for t in ("Lost", *LIMITS)))
            yield Table(f"What is lost input by input, for {curve.label}", columns, lines)


def _curves(lookup: Lookup) -> Iterable[Block]:
    told = {s.criterion: dict(s.parameters).get("column", "") for s in lookup.record.statistics}
    mean = f"mean {lookup.record.specification.prediction.answers.answer}"
    for i, curve in enumerate(c for c in lookup.record.curves if c.kind == "sensitivity"):
        chart = sensitivity(curve, mean, prefix=f"sensitivity-{i}")
        if chart is not None:
            caption = f"{curve.label}: the {mean} by the value of {told.get(curve.label) or 'an input'} for everybody; the bars are limits."
            yield Figure(chart, caption, _points(curve, mean))


def _points(curve: CurveRecord, mean: str) -> Table:
    title = f"{mean.capitalize()} by value, for {curve.label}"
    return table_of_points(title, "Value", mean.capitalize(), curve, lambda value: f"{value:,.15g}")
