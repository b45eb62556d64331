"""Reasons for a decline that stay the same when the case is hardly another one."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from assay.checks.check import AT_LEAST, Example, check
from assay.checks.counting.moved import MOST_NUMBERS, Noting, too_few_moved
from assay.checks.counting.reasons import (
    Arguments,
    as_it_is,
    counted,
    declined,
    gains,
    lender,
    named,
    people,
    principal,
    share_of_declined,
)
from assay.checks.tabled import table_view
from assay.domain.evidence import Counts
from assay.domain.metric import Across, Names, Parameter, Unit
from assay.domain.needs import TabulatedChanges
from assay.domain.vocabulary import Comparator, Verdict
from assay.tally.changes import add_noise
from assay.tally.table import Integers, Rows, TableContext, TableView


def columns(context: TableContext) -> tuple[str, ...]:
    """The inputs that can be a reason."""
    return named(context)


def tabulate(rows: Rows, _: TableContext) -> Mapping[str, Integers]:
    """The group of each declined row, and whether it has a first reason, which stays the same."""
    before = principal(gains(rows, "without ", as_it_is, rows.answered), 1)
    noting = Noting(rows, add_noise)
    moved = rows.after("moved", noting)
    after = principal(gains(rows, "moved without ", add_noise, moved), 1)
    same = counted(rows, before.any(axis=1) & (before == after).all(axis=1))
    return {**same, **noting.table(rows, declined(rows))}


ARGUMENTS: Arguments = {"scale": Decimal("0.05"), "columns": ""}


def _view(n: int, scale: str = "0.05") -> TableView:
    return table_view(
        tabulate,
        people(n),
        label=[0] * n,
        model=lender,
        known=people(999),
        parameters={"scale": Decimal(scale), "columns": ""},
    )


@check(
    id="performance.reason_stability",
    title="Stability of reason codes",
    estimand="The share of declined rows whose first reason stays the same when every number has a small error; in the worst group if groups are named.",
    unit=Unit.SHARE,
    reading="the first reason stays the same for {value} of the declined cases[ for {group}] under errors of {scale} standard deviations",
    need=TabulatedChanges(tabulate, columns, known=True),
    comparators=AT_LEAST,
    across=Across.OPTIONAL,
    parameters={
        "scale": Parameter(
            "Standard deviation of the errors, in standard deviations of the column on the reference data.",
            default=Decimal("0.05"),
            low=Decimal("0.001"),
            high=Decimal(1),
        ),
        "columns": Parameter(
            "The inputs that can be a reason, with commas between them; by default all.",
            default="",
            names=Names.COLUMNS,
        ),
    },
    examples=(
        Example(
            says="An additive model: of some 700 declined cases hardly one gets another first reason.",
            view=lambda: _view(2000),
            comparator=Comparator.AT_LEAST,
            threshold="0.90",
            verdict=Verdict.PASS,
            arguments=ARGUMENTS,
        ),
        Example(
            says="Errors as large as the differences between people change many of them.",
            view=lambda: _view(2000, "1"),
            comparator=Comparator.AT_LEAST,
            threshold="0.90",
            verdict=Verdict.FAIL,
            arguments={"scale": Decimal(1), "columns": ""},
        ),
        Example(
            says="A handful of declined cases shows nothing.",
            view=lambda: _view(14),
            comparator=Comparator.AT_LEAST,
            threshold="0.90",
            verdict=Verdict.INCONCLUSIVE,
            arguments=ARGUMENTS,
        ),
    ),
)
def reason_stability(view: TableView) -> Counts:
    """The share of declined cases whose first reason does not hang on chance.

    Purpose:
        Two people who hardly differ, and one whose income was typed with a small error, are owed the same reason.
    Method:
        The first reason of a row is the input whose replacement by the usual value (the lower median, of codes the most frequent, of 2,000
        reference rows) raises its score most; none where nothing does. It is found for the row as it is and with an independent
        normal error on every number, a pure function of the seed, the column and the row (local stability of explanations:
        Alvarez-Melis & Jaakkola 2018, arXiv:1806.08049). A row without a reason has none that stays the same. The share of declined rows whose first reason is the same has Clopper-Pearson
        limits (1934). Costs two predictions of every row for each input, and one more.
    Limits:
        One draw for each row, and the first reason alone. Where the errors leave more than half of the declined rows of a group as they are, as they
        leave whole numbers of a small spread, the criterion has no value. A reason that is always the same is perfectly stable and may be wrong: ask for
        performance.reason_faithfulness too. Codes that a model hands out itself are not looked at.
    Remedy:
        Name together what can hardly be told apart (one reason for several inputs), or take a smoother model.
    Oracle:
        the terms of an additive model (tests/checks/test_reasons.py); the bound by exact enumeration (tests/stats/test_rates.py).
    """
    return too_few_moved(view, MOST_NUMBERS) or share_of_declined(view)
