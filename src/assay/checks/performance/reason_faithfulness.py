"""Reasons for a decline that, once removed, would have changed the decision."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import numpy as np

from assay.checks.check import AT_LEAST, Example, check
from assay.checks.counting.reasons import (
    Arguments,
    Mask,
    as_it_is,
    counted,
    gains,
    lender,
    named,
    people,
    principal,
    share_of_declined,
    usual,
)
from assay.checks.tabled import table_view
from assay.domain.evidence import Counts, Undefined
from assay.domain.metric import Across, Names, Parameter, Unit, several
from assay.domain.needs import TabulatedChanges
from assay.domain.vocabulary import Comparator, Reason, Verdict
from assay.tally.table import Integers, Rows, TableContext, TableView


def columns(context: TableContext) -> tuple[str, ...]:
    """The inputs that can be a reason, and the columns of those that were given."""
    return (*named(context), *several(context.parameters["given"]))


def tabulate(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """The group of each declined row, and whether it is accepted with the usual values of its principal reasons."""
    chosen = _given(rows, context)
    if chosen is None:
        gain = gains(rows, "without ", as_it_is, rows.answered)
        chosen = principal(gain, int(context.parameters["reasons"]))
    after = rows.after("all reasons", usual(chosen, context))
    return counted(rows, rows.decisions(after) == context.favourable)


def _given(rows: Rows, context: TableContext) -> Mask | None:
    """bool[n, k]: the first inputs that stand in the columns of given reasons, as many as may be given; None where no such columns are named."""
    wanted = several(context.parameters["given"])
    if not wanted:
        return None
    names, most = named(context), int(context.parameters["reasons"])
    chosen, told = np.zeros((rows.n, len(names)), dtype=bool), np.zeros(rows.n, dtype=np.int64)
    for column in wanted:
        said = rows.column(column).astype(object)
        chosen |= np.column_stack([said == name for name in names]) & (told < most)[:, None]
        told += ~rows.missing(column) & (said != "")
    return chosen


ARGUMENTS: Arguments = {"reasons": 2, "columns": "", "given": ""}

ONLY_YEARS: Arguments = {**ARGUMENTS, "columns": "years"}


def _view(n: int, arguments: Arguments = ARGUMENTS) -> TableView:
    return table_view(
        tabulate, people(n), label=[0] * n, model=lender, known=people(999), parameters=arguments
    )


@check(
    id="performance.reason_faithfulness",
    title="Faithfulness of reason codes",
    estimand="The share of declined rows that are accepted once their principal reasons have the usual value and all else is as it is; in the worst group if groups are named.",
    unit=Unit.SHARE,
    reading="{value} of the declined cases[ for {group}] are accepted once their {reasons} principal reasons are as usual",
    need=TabulatedChanges(tabulate, columns, known=True),
    comparators=AT_LEAST,
    across=Across.OPTIONAL,
    parameters={
        "reasons": Parameter(
            "How many principal reasons are given at most; more than four help nobody.",
            default=4,
            low=Decimal(1),
            high=Decimal(20),
            integer=True,
        ),
        "columns": Parameter(
            "The inputs that can be a reason, with commas between them; by default all.",
            default="",
            names=Names.COLUMNS,
        ),
        "given": Parameter(
            "Columns with the reasons that the model's owner gives, the first reason first, each the name of an input or empty; they are tested instead.",
            default="",
            names=Names.COLUMNS,
        ),
    },
    examples=(
        Example(
            says="Of 2,000 cases some 700 are declined, and most of them are accepted with a usual debt and income.",
            view=lambda: _view(2000),
            comparator=Comparator.AT_LEAST,
            threshold="0.80",
            verdict=Verdict.PASS,
            arguments=ARGUMENTS,
        ),
        Example(
            says="Only years may be named, which hardly matter.",
            view=lambda: _view(2000, ONLY_YEARS),
            comparator=Comparator.AT_LEAST,
            threshold="0.80",
            verdict=Verdict.FAIL,
            arguments=ONLY_YEARS,
        ),
        Example(
            says="A handful of declined cases shows nothing.",
            view=lambda: _view(14),
            comparator=Comparator.AT_LEAST,
            threshold="0.80",
            verdict=Verdict.INCONCLUSIVE,
            arguments=ARGUMENTS,
        ),
    ),
)
def reason_faithfulness(view: TableView) -> Counts:
    """The share of declined cases for which the reasons that are given decide.

    Purpose:
        Who is declined is told why, and acts on it. A reason that was not why, or that changes nothing, misleads; where it is owed by
        law it is worth nothing.
    Method:
        The reasons of a row are the inputs whose replacement by the usual value (the lower median, of codes the most frequent, of
        2,000 reference rows) raises its score most, none without a gain: the comparison with the average that Regulation B's commentary
        names for credit scoring (12 CFR 1002, Supp. I, 9(b)(2)-5). Then all of them are replaced together: the reasons are
        faithful when that turns the decision (sufficiency; DeYoung et al. 2020, ACL, arXiv:1911.03429). The share of the declined
        rows has Clopper-Pearson limits (1934). Costs a prediction of every row for each input, and one more; where the reasons that are given
        stand in columns (``given``), the first of these are replaced, as many as may be given, at one prediction, and a name that is no input's replaces nothing.
    Limits:
        Not evaluable where as many reasons may be given as the model has inputs: with all of them as usual every case is the usual one, whatever the reasons were.
        Without ``given``, one way to find reasons among several, which need not be the owner's. Inputs that decide only together
        are found by no replacement of one. A usual value beside others may be a person that cannot be, and is no advice on what to
        change. Who was declined by a hair is turned by any reason.
    Remedy:
        Give more reasons, name those inputs that decide, or take a model whose reasons can be read.
    Oracle:
        the terms of an additive model, and every replacement of a small table by hand (tests/checks/test_reasons.py); the bound by exact
        enumeration (tests/stats/test_rates.py).
    """
    inputs, most = len(view.context.inputs), int(view.context.parameters["reasons"])
    if view.n and inputs <= min(most, len(named(view.context))):
        said = f"The model has {inputs} inputs, and {most} reasons may be all of them: with all as usual every case is the usual one. Give fewer reasons."
        return Undefined(Reason.NOT_MEASURED, said)
    return share_of_declined(view)
