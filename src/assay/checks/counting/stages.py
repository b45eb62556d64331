"""Favourable decisions at declared stages, before the model's decision and after it, of the same rows.

A stage is a column of decisions, 0 or 1 as the model decides, or of scores that are cut where the model's are.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import numpy as np

from assay.checks.counting.cells import NO_ROWS, unfit_for_comparison
from assay.domain import gating
from assay.domain.evidence import Undefined
from assay.domain.metric import Names, Parameter, several
from assay.domain.vocabulary import Reason
from assay.tally.table import Integers, Rows, TableContext, TableView, apart, together

TABLE = "stages"
MOST_STAGES = 10
DECISION = "the model's decision"
PARAMETERS: Mapping[str, Parameter] = {
    "before": Parameter(
        "The columns of the stages before the model's decision, in their order, with commas between them.",
        default="",
        names=Names.COLUMNS,
        anothers=True,
    ),
    "after": Parameter(
        "Those after it, such as a decision that people overrode.",
        default="",
        names=Names.COLUMNS,
        anothers=True,
    ),
}
Followed = Mapping[str, Integers]
"""By group: int64[k, stages + 1], whether each stage is favourable, and at the end how many rows go that way."""


def stages(before: str, after: str) -> tuple[str, ...]:
    """The names of all stages, in their order."""
    return (*several(before), DECISION, *several(after))


def at_each_stage(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """The group of each row, and whether each stage is favourable to it; 2 where a stage says nothing."""
    codes = []
    for name in stages(str(context.parameters["before"]), str(context.parameters["after"])):
        if name == DECISION:
            code = (rows.decided == context.favourable).astype(np.int64)
        else:
            known = rows.numbers(name)
            decided = (known >= context.decide_at).astype(np.int64) == context.favourable
            told = (known >= 0) & (
                known <= 1
            )  # else it is no decision or probability, but a code or another column
            code = np.where(told, decided.astype(np.int64), 2)
        codes.append((code, 3))
    return {TABLE: together(rows.grouped, *codes)}


def columns(context: TableContext) -> tuple[str, ...]:
    """The columns of the stages."""
    return (*several(context.parameters["before"]), *several(context.parameters["after"]))


def followed(view: TableView, before: str, after: str, reference: str | None) -> Followed | Undefined:
    """The ways that rows of each group go through the stages; or why they cannot be compared."""
    names, table = stages(before, after), view.table(TABLE)
    if not 2 <= len(names) <= MOST_STAGES:
        said = f"A change needs from 2 to {MOST_STAGES} stages, the model's decision among them; found {len(names)}."
        return Undefined(Reason.NOT_MEASURED, said)
    if not table.total:
        return NO_ROWS
    if unfit := unfit_for_comparison(view.groups, reference):
        return unfit
    group, *ways = apart(table.keys, len(view.context.groups), *(3 for _ in names))
    whole = np.array(ways).T
    known = (whole < 2).all(axis=1)
    lost = np.where(known, 0, table.counts)
    groups = {
        label: (int(lost[group == code].sum()), int(table.counts[group == code].sum()))
        for label, code in view.each
    }
    stated = " and ".join(columns(view.context))
    if said := gating.in_no_part(None, stated, int(lost.sum()), table.total, groups):
        return Undefined(
            Reason.ROWS_IN_NO_GROUP,
            f"{said} There a stage has no number from 0 to 1: a decision for 1, or its probability.",
        )
    return {
        label: np.column_stack([whole, table.counts])[known & (group == code)] for label, code in view.each
    }


def steps(before: str, after: str) -> tuple[str, ...]:
    """The names of the steps from each stage to the next."""
    return tuple(f"{one} to {two}" for one, two in itertools.pairwise(stages(before, after)))
