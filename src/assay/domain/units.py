"""Whether one row of each unit can be chosen: not where nobody knows of many rows whose they are."""

from __future__ import annotations

from decimal import Decimal

MOST_OF_ONE_UNIT = Decimal("0.02")
"""Share of rows that a single unit may have when it has many times the rows of a usual one."""
UNUSUAL = 10
"""A unit with so many times the rows of the average one is more likely a mark for an unknown one."""


def units_unknown(
    unit: str, *, rows: int, missing: int, units: int, largest: int, torn: int = 0
) -> tuple[str, str]:
    """Why one row per unit cannot be chosen, and what to do; two empty texts when it can.

    Of rows that share a unit one counts. Rows whose unit nobody knows would fall together and be left out with
    whatever the model did to them.

    Args:
        unit: the column. rows: in all. missing: rows without a unit. units: different ones. largest: rows of the
            unit that has most. torn: units with rows that are the same but for their score.
    """
    if missing:
        said = f"{missing:,} of {rows:,} rows have no value in the column {unit!r}, the unit of which one row counts."
        return said, "Write the unit of every row, or leave out rows whose unit is not known and say so."
    if torn:
        said = (
            f"{torn:,} of {units:,} units, by the column {unit!r}, have rows that are the same but for their score, so "
            "that nothing can choose the one that counts."
        )
        return said, "Give one score to rows that are the same, or document the column that tells them apart."
    if largest > MOST_OF_ONE_UNIT * rows and largest * units > UNUSUAL * rows:
        said = (
            f"A single value of the column {unit!r}, the unit of which one row counts, has {largest:,} of {rows:,} "
            f"rows; on average a unit has {rows / units:,.1f}."
        )
        remedy = (
            "If it stands for an unknown unit, write the true one or leave these rows out and say so; if it is a true "
            f"one, keep at most a share of {MOST_OF_ONE_UNIT} of the rows for it."
        )
        return said, remedy
    return "", ""
