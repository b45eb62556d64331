"""Which groups gate and whether they may be compared at all: from counts of rows alone, before any outcome is seen."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from assay.domain.specification.protected import SmallGroups

STILL_SMALL = 2
"""A group that is small on the reference rows gates when it has this many times the declared share on the judged."""
MOST_IN_NO_GROUP = Decimal("0.02")
"""Share of rows that may be in none of an attribute's groups when the specification has no small-group rule."""

MOST_OF_ONE_UNIT = Decimal("0.02")
"""Share of rows that a single unit may have when it has many times the rows of a usual one."""
UNUSUAL = 10
"""A unit with so many times the rows of the average one is more likely a mark for an unknown one."""


def units_unknown(unit: str, *, rows: int, missing: int, units: int, largest: int) -> tuple[str, str]:
    """Why one row per unit cannot be chosen, and what to do; two empty texts when it can.

    Of rows that share a unit one counts. Rows whose unit nobody knows would fall together and be left out with
    whatever the model did to them.

    Args:
        unit: the column. rows: in all. missing: rows without a unit. units: different ones. largest: rows of the
            unit that has most.
    """
    if missing:
        said = f"{missing:,} of {rows:,} rows have no value in the column {unit!r}, the unit of which one row counts."
        return said, "Write the unit of every row, or leave out rows whose unit is not known and say so."
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


def small_groups(rule: SmallGroups | None, reference: Mapping[str, int], of: int) -> frozenset[str]:
    """The groups whose share of the ``of`` labelled reference rows is below the declared one."""
    if rule is None:
        return frozenset()
    return frozenset(label for label, rows in reference.items() if rows < rule.below_share * max(of, 1))


def still_small(
    rule: SmallGroups | None, small: frozenset[str], judged: Mapping[str, int], of: int
) -> frozenset[str]:
    """Those of ``small`` that are small among the judged rows too, since whoever chooses the reference rows gains.

    Twice the share is allowed: the judged rows are a sample. Nothing that is judged is looked at.
    """
    if rule is None:
        return small
    return frozenset(label for label in small if judged[label] < STILL_SMALL * rule.below_share * of)


def in_no_group(rule: SmallGroups | None, attribute: str, outside: int, of: int) -> str:
    """Why groups cannot be compared: more rows than a small group has belong to none, and could hide there.

    Empty when they can. ``outside``: of the ``of`` labelled rows, those in none of the attribute's groups.
    """
    most = rule.below_share if rule is not None else MOST_IN_NO_GROUP
    if outside <= most * of:
        return ""
    return f"{outside:,} of {of:,} rows are in none of the groups of {attribute!r}; at most a share of {most} may be."
