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


def many_of_few(outside: int, of: int) -> bool:
    """Whether more than 2 % of some of the rows are outside, and more than 2 % of all rows would be of so many with a chance of 1 %: few of all may be most
    of the rows of one label, or of one site."""
    most = MOST_IN_NO_GROUP
    return outside > most * of and at_least(outside, of, float(most)) <= CHANCE


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
