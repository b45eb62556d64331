"""Values that are missing more often for one group than for another."""

from __future__ import annotations

from collections.abc import Mapping

from assay.checks.check import AT_MOST, ZERO, Example, check
from assay.checks.counting.cells import NO_ROWS, unfit_for_comparison
from assay.checks.counting.columns import COLUMN, named_or_fed
from assay.checks.counting.unknown import not_known
from assay.checks.tabled import table_view
from assay.domain.evidence import Compare, Counts, Rate, Rates, Undefined
from assay.domain.metric import Across, Unit
from assay.domain.needs import Tabulated
from assay.domain.vocabulary import Comparator, Reason, Task, Verdict
from assay.tally.table import Integers, Rows, TableContext, TableView, together


def tabulate(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """By column, the group of each row and whether its value is missing."""
    return {
        name: together(rows.grouped, (not_known(rows, name), 2))
        for name in named_or_fed(context)
        if name in rows.names
    }


def _view(women: int, men: int) -> TableView:
    """A thousand women and a thousand men, of whom so many have no income."""
    income = [None if i < women else 1.0 for i in range(1000)] + [
        None if i < men else 1.0 for i in range(1000)
    ]
    return table_view(
        tabulate,
        {"income": income},
        groups={"sex": (("women", "men"), [0] * 1000 + [1] * 1000)},
        across=("sex",),
        parameters={"column": ""},
    )


@check(
    id="data.missing_by_group",
    title="Gap in missing values between groups",
    estimand="The largest difference between two groups in the share of rows without a value, over the columns that the model is fed, "
    "or in the named one.",
    unit=Unit.POINTS,
    reading="values[ of {family}] are missing {value} more often for {one} than for {two}",
    need=Tabulated(tabulate, named_or_fed, per_unit=True),
    comparators=AT_MOST,
    ideal=ZERO,
    across=Across.REQUIRED,
    tasks=tuple(Task),
    pairwise=True,
    parameters={"column": COLUMN},
    examples=(
        Example(
            says="20 of 1,000 women and 22 of 1,000 men have no income.",
            view=lambda: _view(20, 22),
            comparator=Comparator.AT_MOST,
            threshold="0.05",
            verdict=Verdict.PASS,
            across="sex",
        ),
        Example(
            says="200 of 1,000 women and 20 of 1,000 men have no income.",
            view=lambda: _view(200, 20),
            comparator=Comparator.AT_MOST,
            threshold="0.05",
            verdict=Verdict.FAIL,
            across="sex",
        ),
        Example(
            says="70 of 1,000 women and 30 of 1,000 men have no income: a gap of 0.04, which so few rows do not tell from 0.05.",
            view=lambda: _view(70, 30),
            comparator=Comparator.AT_MOST,
            threshold="0.05",
            verdict=Verdict.INCONCLUSIVE,
            across="sex",
        ),
    ),
)
def missing_by_group(view: TableView, *, column: str) -> Counts:
    """The share of rows without a value in each group, compared column by column.

    Purpose:
        Shows whether a model must guess more about one group than about another: what is missing is filled in by somebody, and a
        model is worse where more was filled in.
    Method:
        Rows without a value (null, NaN or infinite, a text without a character, or a code that the dictionary calls unknown, not asked and such) of the labelled rows of a group, one of each unit, for each column; every ordered pair of groups is one piece in each
        column. A gap is bounded by MOVER with Clopper-Pearson limits and an audit of its exact size (Zou & Donner 2008, Statistics
        in Medicine 27). Groups and missingness as in Fernando et al. 2021, "Missing the missing values: the ugly duckling of
        fairness in machine learning", Int. J. Intelligent Systems 36.
    Limits:
        Knows these only: a 0 or 999 that stands for "unknown" is no missing value here. That values are missing equally often does
        not say that they are missing for the same reason.
    Remedy:
        Find out where the gap arises, at the source or by joining tables; collect what is missing, or give the model an input that
        says that it is.
    Oracle:
        shares that were planted (tests/app/test_tabled_checks.py); the bound by exact enumeration
        (tests/stats/test_exact_size.py).
    """
    if view.n == 0:
        return NO_ROWS
    if unfit := unfit_for_comparison(view.groups):
        return unfit
    cells = []
    for name in sorted(view.tables[view.data]):
        counts = view.table(name).dense(len(view.context.groups), 2)
        cells += [
            Rate(label, int(counts[place, 1]), int(counts[place].sum()), name) for label, place in view.each
        ]
    if not cells:
        lacking = repr(column) if column else "that the model is fed"
        return Undefined(Reason.COLUMN_MISSING, f"The data set {view.data!r} has no column {lacking}.")
    if not any(cell.trials for cell in cells):
        return Undefined(Reason.NO_ROWS, "No group has rows.")
    return Rates(tuple(cells), Compare.DIFFERENCE, None, view.focus)
