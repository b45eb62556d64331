"""From what was tallied to the cells of a statistic, and the one rule about what is undefined.

The rule, for every check:

1. No rows at all: the statistic is :class:`~assay.domain.evidence.Undefined` with ``no_rows``.
2. A group without a value (no trials, one class only, nothing expected) **keeps its cell**, empty as it is, so that
   the assessing step can name it and judge the criterion not evaluable. It is never dropped.
3. When **no** cell has a value the statistic itself is undefined, with the reason that they share.
4. A comparison needs two groups (``fewer_than_two_groups``) and its reference (``reference_absent``); a ratio
   needs a denominator that is not zero: the reference's rate, or the largest rate when all pairs are compared.
5. Nothing to count (no column that the check is about, no other data set) is ``not_measured``, never a zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from assay.domain.evidence import (
    Census,
    Compare,
    Functional,
    Paired,
    PairedCell,
    Rate,
    Rates,
    ScoreCell,
    Scores,
    Undefined,
)
from assay.domain.vocabulary import Reason
from assay.tally.views import GroupOutcomes, OutcomeView, PairedGroup, PairedView

Count = Callable[[GroupOutcomes], tuple[int, int]]
"""Events and trials of one group."""

NO_ROWS = Undefined(Reason.NO_ROWS, "The data has no rows.")
"""What a check answers when there is nothing to count."""


def rate_of_each(view: OutcomeView, count: Count, *, lacking: Reason, detail: str) -> Rates | Undefined:
    """One rate for each group, or for all rows; ``lacking`` and ``detail`` say why no rate exists anywhere."""
    if view.overall.n == 0:
        return NO_ROWS
    cells = _rates(view.each, count)
    if not any(cell.trials for cell in cells):
        return Undefined(lacking, detail)
    return Rates(cells)


def unfit_for_comparison(labels: Sequence[str], reference: str | None = None) -> Undefined | None:
    """Why groups of these labels cannot be compared, with the reference or pair by pair; None where they can."""
    found = ", ".join(labels) or "none"
    alone = f"there is {found} alone" if labels else "there is none"
    if reference is not None and reference not in labels:
        return Undefined(
            Reason.REFERENCE_ABSENT, f"The reference {reference!r} is none of the groups compared: {found}."
        )
    if len(labels) < 2:
        return Undefined(
            Reason.FEWER_THAN_TWO_GROUPS,
            f"A comparison needs two groups that gate; {alone}. Groups that 'small_groups' sets aside are not compared.",
        )
    return None


LEAST_LEFT = 0.02
"""Of the variance of decisions at least this share must be left within the parts in which groups are compared."""


def say_the_decision(good: Sequence[int], rows: Sequence[int]) -> bool:
    """Whether the parts that rows are in say how they are decided, as bands of the score do: then nothing is compared within them.

    Args:
        good: favourable decisions of each part. rows: all of them.
    """
    left = sum(x * (n - x) / n for x, n in zip(good, rows, strict=True) if n)
    x, n = sum(good), sum(rows)
    return 0 < x < n and left < LEAST_LEFT * x * (n - x) / n


def rates_compared(
    view: OutcomeView,
    families: Mapping[str, Count],
    compare: Compare,
    *,
    reference: str | None,
    lacking: Reason,
    detail: str,
) -> Rates | Undefined:
    """The rates of all groups, to be compared within each family with the reference or pair by pair, as the view's focus says."""
    if view.overall.n == 0:
        return NO_ROWS
    if unfit := unfit_for_comparison([group.label for group in view.groups], reference):
        return unfit
    by_family = [_rates(view.groups, count, family) for family, count in families.items()]
    if not all(any(cell.trials for cell in cells) for cells in by_family):
        return Undefined(lacking, detail)
    cells = tuple(cell for family in by_family for cell in family)
    denominators = [cell for cell in cells if reference in (None, cell.label)]
    if compare is Compare.RATIO and not any(cell.events for cell in denominators):
        who = f"the reference {reference!r}" if reference else "any group"
        return Undefined(Reason.ZERO_DENOMINATOR, f"The rate of {who} is zero; nothing can be divided by it.")
    return Rates(cells, compare, reference, view.focus)


def scores_of_each(
    view: OutcomeView, functional: Functional, *, both_classes: bool = False, bins: int = 15
) -> Scores | Undefined:
    """The score histogram of each group, or of all rows. ``both_classes``: the functional needs two labels."""
    if view.overall.n == 0:
        return NO_ROWS
    cells = tuple(_histogram(group) for group in view.each)
    if both_classes and not any(any(cell.negatives) and any(cell.positives) for cell in cells):
        return Undefined(Reason.ONE_CLASS_ONLY, _one_class(view))
    if functional is Functional.OBSERVED_EXPECTED and not any(_expects(cell) for cell in cells):
        return Undefined(Reason.ZERO_DENOMINATOR, "Every score is zero, so no event is expected.")
    return Scores(cells, functional, bins)


def _one_class(view: OutcomeView) -> str:
    """Which label is lacking; of groups only that none has both."""
    of_label = view.overall.counts.sum(axis=1)
    if of_label.all():
        return "No group has rows of both labels."
    return f"No row has label {1 if of_label[0] else 0}; rows of both labels are needed."


def pairs_of_each(view: PairedView) -> Paired | Undefined:
    """The paired outcomes of each group, or of all rows."""
    if view.overall.n == 0:
        return NO_ROWS
    return Paired(tuple(PairedCell(group.label, group.worse, group.better, group.n) for group in view.each))


def flips_of_each(view: PairedView) -> Rates | Undefined:
    """The share of decisions that changed, of each group or of all rows: of two labels, those that turned right or wrong."""
    return _of_pairs(view, lambda group: group.worse + group.better)


def kept_of_each(view: PairedView) -> Rates | Undefined:
    """The share of decisions that did not change."""
    return _of_pairs(view, lambda group: group.n - group.worse - group.better)


def _of_pairs(view: PairedView, events: Callable[[PairedGroup], int]) -> Rates | Undefined:
    if view.overall.n == 0:
        return NO_ROWS
    return Rates(tuple(Rate(group.label, events(group), group.n) for group in view.each))


def worst_share(
    parts: Iterable[tuple[str, int]], *, rows: int, nothing: str, doubtful: Iterable[tuple[str, int]] = ()
) -> Census | Undefined:
    """The largest of several shares of the same rows, with all that are not zero as details, largest first.

    A part is named and has its number of rows. Parts of one row set may overlap, so they are not added up: the
    largest is exact, and zero exactly when all of them are. ``nothing`` says what is lacking if there is no part.
    ``doubtful`` parts may be there by chance: what they have more than the others is told as such.
    """
    if rows == 0:
        return NO_ROWS
    ranked = sorted(parts, key=lambda part: (-part[1], part[0]))
    if not ranked:
        return Undefined(Reason.NOT_MEASURED, nothing)
    certain = ranked[0][1]
    ranked = sorted([*ranked, *doubtful], key=lambda part: (-part[1], part[0]))
    found = ranked[0][1]
    details = tuple(part for part in ranked if part[1])
    return Census(found, rows, share=True, details=details, by_chance=found - certain)


def worst_column(parts: Iterable[tuple[str, str, int]], *, rows: int) -> Census:
    """The share of rows that are any of what was found in a column, in the column that has most; what was found are details.

    A part is a column, how it is told, and its rows. Parts of one column do not overlap; those that may are added up, to
    all rows at most: the share may then be too large and is never too small.
    """
    listed = sorted(parts, key=lambda part: (-part[2], part[1]))
    of_column: dict[str, int] = {}
    for column, _, n in listed:
        of_column[column] = of_column.get(column, 0) + n
    found = max((min(n, rows) for n in of_column.values()), default=0)
    return Census(found, rows, share=True, details=tuple((told, n) for _, told, n in listed if n))


def _rates(groups: Sequence[GroupOutcomes], count: Count, family: str = "") -> tuple[Rate, ...]:
    return tuple(Rate(group.label, *count(group), family) for group in groups)


def _histogram(group: GroupOutcomes) -> ScoreCell:
    return ScoreCell(
        label=group.label,
        scores=tuple(group.scores.tolist()),
        negatives=tuple(group.by_label[0].tolist()),
        positives=tuple(group.by_label[1].tolist()),
        edges=tuple(group.edges.tolist()),
    )


def _expects(cell: ScoreCell) -> bool:
    rows = zip(cell.scores, cell.negatives, cell.positives, strict=True)
    return any(score > 0 and negatives + positives for score, negatives, positives in rows)
