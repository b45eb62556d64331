"""How far predictions of numbers are off, by the true number, where a criterion counted it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from assay.domain import figures
from assay.domain.record import CurveRecord
from assay.dossier.blocks import Block, Column, Figure, Fold, Paragraph, Rich, Section, Table
from assay.dossier.charts.errors import errors as drawn
from assay.dossier.lookup import Lookup


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
    titles = (f"True {label}", "Mean error", "Lower", "Upper", "Rows")
    columns = tuple(Column(t, numeric=True) for t in titles)
    lines: tuple[tuple[Rich, ...], ...] = tuple(
        (
            (figures.number(p[0]),),
            (figures.number(p[1]),),
            (figures.lower(p[2]),),
            (figures.upper(p[3]),),
            (figures.count(round(p[4])),),
        )
        for p in curve.points
    )
    return Table(f"Mean absolute error by true {label}, for {curve.label}", columns, lines)
