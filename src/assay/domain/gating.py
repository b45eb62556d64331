"""Which groups gate and whether they may be compared at all: from counts of rows alone, before any outcome is seen."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from decimal import Decimal

from assay.domain.specification.protected import SmallGroups

CHANCE = 0.01
"""A group gates when its rows among the judged ones would be so many with at most this chance, were it small."""
LARGEST_ASIDE = Decimal("0.10")
"""A group with this share of the rows gates, whatever the specification calls small; and all that are set aside of one
grouping have less together, so that nobody is hidden by being cut into many: the largest of them gate then."""
MOST_IN_NO_GROUP = Decimal("0.02")
"""Share of rows that may be in none of an attribute's groups; where a small group is smaller, as many as it has."""

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


def small_groups(rule: SmallGroups | None, reference: Mapping[str, int], of: int) -> frozenset[str]:
    """The groups whose share of the ``of`` labelled reference rows is below the declared one."""
    if rule is None:
        return frozenset()
    small = {label for label, rows in reference.items() if rows < rule.below_share * max(of, 1)}
    return _few(small, reference, of)


def still_small(
    rule: SmallGroups | None, small: frozenset[str], judged: Mapping[str, int], of: int
) -> frozenset[str]:
    """Those of ``small`` that are small among the judged rows too, since whoever chooses the reference rows gains.

    The judged rows are a sample: a group stays aside while a share just below the declared one gives so many rows with
    more than a chance of 1 %, and never with a tenth of the rows. Nothing that is judged is looked at.
    """
    if rule is None:
        return small
    share = float(rule.below_share)
    return _few({label for label in small if at_least(judged[label], of, share) > CHANCE}, judged, of)


def _few(small: Collection[str], rows: Mapping[str, int], of: int) -> frozenset[str]:
    """The smallest of the groups, as many as have less than a tenth of the rows together."""
    kept, total = set(), 0
    for label in sorted(small, key=lambda label: (rows[label], label)):
        total += rows[label]
        if total >= LARGEST_ASIDE * max(of, 1):
            break
        kept.add(label)
    return frozenset(kept)


def at_least(events: int, rows: int, share: float) -> float:
    """The probability of at least so many events among ``rows`` that are events with the probability ``share``.

    Exact: the binomial tail, summed from its largest term on. 1 when no more events are seen than are expected.
    """
    if events <= rows * share:
        return 1.0
    if share <= 0:
        return 0.0
    ways = math.lgamma(rows + 1) - math.lgamma(events + 1) - math.lgamma(rows - events + 1)
    term = math.exp(ways + events * math.log(share) + (rows - events) * math.log1p(-share))
    total, odds = 0.0, share / (1 - share)
    while term > total * 1e-12:
        total += term
        term *= (rows - events) / (events + 1) * odds
        events += 1
    return total


def in_no_group(rule: SmallGroups | None, attribute: str, outside: int, of: int) -> str:
    """Why groups cannot be compared: more rows belong to none than a small group has, or than 2 %, and could hide there.

    Empty when they can. ``outside``: of the ``of`` labelled rows, those in none of the attribute's groups.
    """
    most = MOST_IN_NO_GROUP if rule is None else min(rule.below_share, MOST_IN_NO_GROUP)
    if outside <= most * of:
        return ""
    return f"{outside:,} of {of:,} rows are in none of the groups of {attribute!r}; at most a share of {most} may be."


def in_no_part(
    rule: SmallGroups | None, name: str, outside: int, of: int, by_group: Mapping[str, tuple[int, int]]
) -> str:
    """As :func:`in_no_group`, also of each group that is compared: few of all rows may be most of those of a small group.

    Args:
        by_group: by group its rows in no part, and all of its rows.
    """
    if said := in_no_group(rule, name, outside, of):
        return said
    for label, (lost, rows) in by_group.items():
        if said := in_no_group(None, name, lost, rows):
            return f"Of {label}: {said}"
    return ""
