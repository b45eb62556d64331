"""Values that are missing more often at one time than at another."""

from __future__ import annotations

from collections.abc import Mapping

from assay.checks.check import AT_MOST, ZERO, Example, check
from assay.checks.counting.cells import NO_ROWS
from assay.checks.counting.columns import COLUMN, named_or_fed
from assay.checks.counting.drifting import SETTINGS, of_periods
from assay.checks.counting.periods import PERIOD_CODES, period_asked, time_columns, without_time
from assay.checks.counting.unknown import not_known
from assay.checks.tabled import Values, table_view
from assay.domain.evidence import Compare, Counts, Rate, Rates, Undefined
from assay.domain.metric import Declared, Unit
from assay.domain.needs import Tabulated
from assay.domain.vocabulary import Comparator, Reason, Task, Verdict
from assay.tally.table import Integers, Rows, TableContext, TableView, together


def timed_columns(context: TableContext) -> tuple[str, ...]:
    """The named column, or what the model is fed; and what says when."""
    return (*named_or_fed(context), *time_columns(context))


def by_period(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """By column, the period of each row and whether its value is missing."""
    if context.time is None or context.time not in rows.names:
        return {}
    period = rows.each(context.time, period_asked(context))
    return {
        name: together((period, PERIOD_CODES), (not_known(rows, name), 2))
        for name in named_or_fed(context)
        if name in rows.names and name != context.time
    }


def _months(*lacking: int) -> TableView:
    when = [f"2024-{month:02}-15" for month in range(1, len(lacking) + 1) for _ in range(1000)]
    income = [None if i < n else 1.0 for n in lacking for i in range(1000)]
    rows: dict[str, Values] = {"income": income, "day": when}
    parameters = {"period": "month", "column": ""}
    return table_view(by_period, rows, time="day", inputs=("income",), parameters=parameters)


@check(
    id="data.missing_by_period",
    title="Gap in missing values between periods",
    estimand="The largest difference between two periods in the share of rows without a value, over the columns that the model is fed, or in the named one.",
    unit=Unit.POINTS,
    reading="values[ of {family}] are missing {value} more often[ in {first} than in {second}]",
    need=Tabulated(by_period, timed_columns, per_unit=True),
    tasks=tuple(Task),
    comparators=AT_MOST,
    ideal=ZERO,
    parameters={
        "period": SETTINGS["period"],
        "column": COLUMN,
    },
    declared=(Declared.TIME,),
    examples=(
        Example(
            says="20, 25 and 22 of 1,000 rows of three months have no income.",
            view=lambda: _months(20, 25, 22),
            comparator=Comparator.AT_MOST,
            threshold="0.05",
            verdict=Verdict.PASS,
        ),
        Example(
            says="In the third month a feed broke, and 300 have none.",
            view=lambda: _months(20, 25, 300),
            comparator=Comparator.AT_MOST,
            threshold="0.05",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="30 of 1,000 and 70 of 1,000, which so few rows do not tell from a gap of 0.05.",
            view=lambda: _months(30, 70),
            comparator=Comparator.AT_MOST,
            threshold="0.05",
            verdict=Verdict.INCONCLUSIVE,
        ),
        Example(
            says="All rows are of one month.",
            view=lambda: _months(20),
            comparator=Comparator.AT_MOST,
            threshold="0.05",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def missing_by_period(view: TableView, *, period: str, column: str) -> Counts:
    """The share of rows without a value in each period, compared column by column.

    Purpose:
        Shows whether a feed broke, a question was added or a system was changed within the data: the model is then fed something else than
        what it learned from.
    Method:
        Rows without a value (null, NaN or infinite, a text without a character, or a code that the dictionary calls unknown, not asked and such) of the labelled rows of each period, one of each unit, for each column; every ordered pair of periods is one piece in each column. A gap is bounded by MOVER with
        Clopper-Pearson limits and an audit of its exact size (Zou & Donner 2008, Statistics in Medicine 27); a fail pays for all pairs and columns (Holm).
    Limits:
        Knows these only; ``data.sentinel_values`` looks for values that stand for them. Short periods make it inconclusive: compare quarters or years. Rows without a date that
        can be read are left out; with more than 2 % of them the criterion is not evaluable.
    Remedy:
        Ask what changed at that time; load the values anew, or train and judge on the time after the change.
    Oracle:
        Shares by pandas' groupby (tests/checks/test_missing_by_part.py); the bound by exact enumeration (tests/stats/test_exact_size.py).
    """
    if view.n == 0:
        return NO_ROWS
    if said := without_time(view):
        return said
    cells: list[Rate] = []
    for name in sorted(view.tables[view.data]):
        periods = of_periods(view, view.table(name), period)
        if isinstance(periods, Undefined):
            return periods
        cells += [Rate(when, events, n, name) for when, (events, n) in periods.items() if len(periods) > 1]
    if not cells:
        asked = f"The column {column!r} has" if column else "The columns have"
        return Undefined(Reason.FEWER_THAN_TWO_GROUPS, f"{asked} rows in fewer than two periods.")
    return Rates(tuple(cells), Compare.DIFFERENCE)
