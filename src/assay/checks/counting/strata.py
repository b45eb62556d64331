"""Favourable decisions of groups within declared strata: the table that conditional checks share, and the cells made of it.

The rule, for each of them: a stratum in which a group has no rows keeps its empty cell, so that the criterion is not evaluable
and says which cell is empty. Strata are put together only where the criterion says below how many rows, and by rows alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from assay.checks.counting.cells import NO_ROWS, say_the_decision, unfit_for_comparison
from assay.domain import gating
from assay.domain.evidence import Rate, Undefined
from assay.domain.metric import Names, Parameter
from assay.domain.vocabulary import Reason
from assay.tally.table import Integers, Rows, TableContext, TableView, together

TABLE = "favourable"
WITHIN = Parameter(
    "The strata within which groups are compared, by their name. Where they say the decision, as bands of the score do, nothing is judged.",
    names=Names.STRATUM,
    before_decision=True,
)
MOST_POOLED = 200
"""Where each group has so many rows every method can compare them: put together, opposite gaps would hide each other."""
POOL_BELOW = Parameter(
    "Strata in which a group has fewer rows than this are put together into one, so that gaps of opposite sign cancel there; at most 200, for of so many each method tells a gap. By default none are.",
    default=0,
    low=Decimal(0),
    high=Decimal(MOST_POOLED),
    integer=True,
)
PARAMETERS: Mapping[str, Parameter] = {"within": WITHIN, "pool_below": POOL_BELOW}


def favourable(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """The stratum of each row, its group, and whether the decision is favourable; a stratum more for rows in none."""
    name = str(context.parameters["within"])
    strata = len(context.strata[name].labels())
    stratum = rows.stratum(name)
    stratum = stratum + (stratum < 0) * (strata + 1)
    good = (rows.decided == context.favourable).astype("int64")
    return {TABLE: together((stratum, strata + 1), rows.grouped, (good, 2))}


def columns(context: TableContext) -> tuple[str, ...]:
    """The column of the strata."""
    return (context.strata[str(context.parameters["within"])].column,)


def rates_within(
    view: TableView, within: str, pool_below: int = 0, reference: str | None = None
) -> tuple[Rate, ...] | Undefined:
    """The favourable decisions of each group in each stratum; or why they cannot be compared."""
    if not view.table(TABLE).total:
        return NO_ROWS
    if unfit := unfit_for_comparison(view.groups, reference):
        return unfit
    labels = view.context.strata[within].labels()
    counts = view.table(TABLE).dense(len(labels) + 1, len(view.context.groups), 2)
    if said := _outside(view, within, counts):
        return Undefined(Reason.ROWS_IN_NO_GROUP, said)
    cells = [
        [Rate(label, int(counts[s, g, 1]), int(counts[s, g].sum()), stratum) for label, g in view.each]
        for s, stratum in enumerate(labels)
    ]
    if not any(cell.trials for stratum in cells for cell in stratum):
        return NO_ROWS
    if said := _decided_by(within, cells):
        return Undefined(Reason.NOT_MEASURED, said)
    pooled = _pooled(cells, pool_below)
    if len(pooled) == 1 < len(cells):
        said = f"All strata of {within!r} have fewer than {pool_below:,} rows of a group and were put together: nothing is compared within any."
        return Undefined(Reason.NOT_MEASURED, said)
    return tuple(cell for stratum in pooled for cell in stratum)


def _outside(view: TableView, within: str, counts: Integers) -> str:
    """Why the strata cannot stand for the rows: too many are in none, of all or of one of the groups, where a small one could hide."""
    rows = counts.sum(axis=2)
    groups = {label: (int(rows[-1, g]), int(rows[:, g].sum())) for label, g in view.each}
    return gating.in_no_part(None, within, int(rows[-1].sum()), int(rows.sum()), groups)


def _decided_by(within: str, cells: Sequence[Sequence[Rate]]) -> str:
    """That the strata say the decision: all whom it could differ for are in other strata, and none are compared."""
    good, rows = (
        [sum(getattr(cell, of) for cell in stratum) for stratum in cells] for of in ("events", "trials")
    )
    if not say_the_decision(good, rows):
        return ""
    return (
        f"Within {within!r} hardly any two rows are decided differently: its parts say the decision, as bands of the score would, so that nothing "
        "is compared within them. Name strata of what is known before the decision, and of which each has rows of both decisions."
    )


def nobody_in(cells: Sequence[Rate]) -> Undefined | None:
    """Why ratios do not exist: a stratum with rows in which no group ever receives the favourable decision."""
    for stratum in dict.fromkeys(cell.family for cell in cells):
        mine = [cell for cell in cells if cell.family == stratum]
        if any(cell.trials for cell in mine) and not any(cell.events for cell in mine):
            said = (
                f"Nobody in {stratum!r} receives the favourable decision; nothing can be divided by its rate."
            )
            return Undefined(Reason.ZERO_DENOMINATOR, said)
    return None


def _pooled(strata: Sequence[Sequence[Rate]], below: int) -> list[Sequence[Rate]]:
    """The strata, those with too few rows of a group put together."""
    few = [cells for cells in strata if min(cell.trials for cell in cells) < below]
    if len(few) < 2:
        return list(strata)
    name = ", ".join(cells[0].family for cells in few[:-1]) + f" and {few[-1][0].family} together"
    joined = [
        Rate(cells[0].label, sum(c.events for c in cells), sum(c.trials for c in cells), name)
        for cells in zip(*few, strict=True)
    ]
    return [*(cells for cells in strata if cells not in few), joined]
