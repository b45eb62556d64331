"""The points of a curve as a table: where each lies, its value between its limits, and the rows that it is of."""

from __future__ import annotations

from collections.abc import Callable

from assay.domain import figures
from assay.domain.record import CurveRecord
from assay.dossier.blocks import Column, Rich, Table

LIMITS = ("Lower", "Upper", "Rows")
"""What the columns behind a value are called."""


def limited(point: tuple[float, ...]) -> tuple[Rich, ...]:
    """The value of a point, its limits and its rows, which stand behind where it lies."""
    return (
        (figures.number(point[1]),),
        (figures.lower(point[2]),),
        (figures.upper(point[3]),),
        (figures.count(round(point[4])),),
    )


def table_of_points(
    title: str, where: str, what: str, curve: CurveRecord, shown: Callable[[float], str] = figures.number
) -> Table:
    """The table of a curve; ``where`` and ``what`` head the first two columns, ``shown`` writes the first."""
    columns = tuple(Column(heading, numeric=True) for heading in (where, what, *LIMITS))
    lines = tuple(((shown(point[0]),), *limited(point)) for point in curve.points)
    return Table(title, columns, lines)
