"""Whether one row of each unit can be chosen: not where nobody knows of many rows whose they are."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

MOST_OF_ONE_UNIT = Decimal("0.02")
"""Share of rows that a single unit may have when it has many times the rows of a usual one."""
UNUSUAL = 10
"""A unit with so many times the rows of the average one is more likely a mark for an unknown one."""


def units_unknown(
    unit: str,
    *,
    rows: int,
    missing: int,
    units: int,
    largest: int,
    torn: int = 0,
    by_group: Mapping[str, tuple[int, int]] | None = None,
) -> tuple[str, str]:
    """Why one row per unit cannot be chosen, and what to do; two empty texts when it can.

    Of rows that share a unit one counts. Rows whose unit nobody knows would fall together and be left out with
    whatever the model did to them.

    Args:
        unit: the column. rows: in all. missing: rows without a unit. units: different ones. largest: rows of the
            unit that has most. torn: units with rows that are the same but for their score. by_group: by group that is compared the rows
            in it of the one such unit that has most there, and all of its rows: few of all rows may be most of those of a small group.
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
    of = {"": (largest, rows), **(by_group or {})}
    for label, (most, among) in of.items():
        if most > MOST_OF_ONE_UNIT * among and most > unusual(rows, units):
            said = (
                f"A single value of the column {unit!r}, the unit of which one row counts, has {most:,} of {among:,} "
                f"rows{f' of {label!r}' if label else ''}; on average a unit has {rows / units:,.1f}."
            )
            return said, _ONE_UNIT
    return "", ""


def unusual(rows: int, units: int) -> float:
    """More rows than this are more than a unit usually has."""
    return UNUSUAL * rows / max(units, 1)


_ONE_UNIT = (
    "If it stands for an unknown unit, write the true one or leave these rows out and say so; if it is a true "
    f"one, keep at most a share of {MOST_OF_ONE_UNIT} of the rows for it."
)
