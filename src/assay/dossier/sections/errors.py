"""How far predictions of numbers are off, by the true number, where a criterion counted it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from assay.domain.record import CurveRecord
from assay.dossier.blocks import Block, Figure, Fold, Paragraph, Section, Table
from assay.dossier.charts.errors import errors as drawn
from assay.dossier.lookup import Lookup
from assay.dossier.sections.points import table_of_points


def errors(lookup: Lookup) -> Section | None:
    """The section of a record; None when no criterion counted errors by true number."""
    shown = tuple(_figures(lookup))
    if not shown:
        return None
    said = (
        "Where the true numbers lie, and how far the predictions are off there on average: rows in up to ten parts of about as many each. Limits hold "
        "for all parts of a line at once, with 95 % confidence on either side. No verdict is read off them."
    )
    others = (Fold(f"Other groups ({len(shown) - 1})", shown[1:]),) if shown[1:] else ()
    return Section("errors", "How far predictions are off", (Paragraph((said,)), shown[0], *others))


def _figures(lookup: Lookup) -> Iterable[Block]:
    prediction = lookup.record.specification.prediction
    if prediction.range is None:
        return
    low, high = map(float, prediction.range)
    for i, curve in enumerate(c for c in lookup.record.curves if c.kind == "errors"):
        told = _in_its_unit(curve, low, high - low)
        chart = drawn(told, unit=prediction.label, prefix=f"errors-{i}")
        if chart is not None:
            caption = (
                f"{curve.label}: the mean absolute error by the true {prediction.label}; the bars are limits."
            )
            yield Figure(chart, caption, _points(told, prediction.label))


def _in_its_unit(curve: CurveRecord, low: float, width: float) -> CurveRecord:
    points = tuple((low + p[0] * width, *(of * width for of in p[1:4]), p[4]) for p in curve.points)
    return replace(curve, points=points)


def _points(curve: CurveRecord, label: str) -> Table:
    title = f"Mean absolute error by true {label}, for {curve.label}"
    return table_of_points(title, f"True {label}", "Mean error", curve)
