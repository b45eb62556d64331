"""The periods from which the data must have rows."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import partial

from assay.checks.check import AT_LEAST, ONE, Example, check
from assay.checks.counting.cells import NO_ROWS
from assay.checks.counting.periods import (
    PERIOD_CODES,
    PERIODS,
    dates_of,
    period_name,
    time_columns,
    unread,
    without_time,
)
from assay.checks.tabled import table_view
from assay.domain.evidence import Census, Counts
from assay.domain.metric import Declared, Parameter, Unit
from assay.domain.needs import Tabulated
from assay.domain.vocabulary import Comparator, Task, Verdict
from assay.tally.table import Integers, Rows, TableContext, TableView, together

TIMES = "times"
_MONTHS = "2024-12-31, 2024-12 or a whole number such as 20241231 or 202412"
_FORMS = {"month": _MONTHS, "quarter": _MONTHS, "year": f"{_MONTHS}, or 2024"}
"""How what says when may be written, for periods that can be counted."""


def by_period(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """The period of each row."""
    if context.time is None or context.time not in rows.names:
        return {}
    period = rows.each(context.time, partial(dates_of, period=str(context.parameters["period"])))
    return {TIMES: together((period, PERIOD_CODES))}


def _in_months(*rows: int) -> TableView:
    when = [f"2024-{month:02}-15" for month, n in enumerate(rows, start=1) for _ in range(n)]
    parameters: dict[str, Decimal | int | str] = {"period": "month", "rows": 100}
    return table_view(by_period, {"day": when}, label=[0] * len(when), time="day", parameters=parameters)


@check(
    id="data.period",
    title="Period covered",
    estimand="The number of months, quarters or years with enough rows.",
    unit=Unit.COUNT,
    reading="the data cover {value} periods",
    need=Tabulated(by_period, time_columns, per_unit=True),
    tasks=tuple(Task),
    comparators=AT_LEAST,
    high=None,
    census=True,
    parameters={
        "period": Parameter("What of a date is one period.", default="month", choices=tuple(PERIODS)),
        "rows": Parameter(
            "A period counts if it has at least so many rows.", default=1, low=ONE, integer=True
        ),
    },
    declared=(Declared.TIME,),
    examples=(
        Example(
            says="Each of three months has at least 100 rows.",
            view=lambda: _in_months(150, 100, 120),
            comparator=Comparator.AT_LEAST,
            threshold="3",
            verdict=Verdict.PASS,
            arguments={"rows": 100},
        ),
        Example(
            says="The second month has 20 rows only.",
            view=lambda: _in_months(150, 20, 120),
            comparator=Comparator.AT_LEAST,
            threshold="3",
            verdict=Verdict.FAIL,
            arguments={"rows": 100},
        ),
        Example(
            says="No column says when a row is from.",
            view=lambda: table_view(by_period, {"age": [40]}, parameters={"period": "month", "rows": 1}),
            comparator=Comparator.AT_LEAST,
            threshold="3",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def period_covered(view: TableView, *, period: str, rows: int) -> Counts:
    """The periods from which there are enough rows.

    Purpose:
        A requirement of the use case on the data: a model of a whole year is not judged on its spring.
    Method:
        Labelled rows per period of the column that the specification calls its time, one of each unit; periods with enough of them count. Counted in full, no
        inference. (EBA Guidelines 2017/16 on PD estimation, on the length of the historical observation period.)
    Limits:
        Periods need not follow each other; the details have them all. A whole number is read as a date (2024, 202412, 20241231) or not at all. Rows without a date that can be read, or with one that programs write where none is known (1900-01-01, 1970-01-01 and others, and every day from the end of 2099 on), count nowhere; with more than 2 % of them the criterion is not evaluable.
    Remedy:
        Take rows of a longer time.
    Oracle:
        pandas' PeriodIndex (tests/checks/test_requirements.py).
    """
    if view.n == 0:
        return NO_ROWS
    if said := without_time(view):
        return said
    counts = view.table(TIMES)
    said = unread(time_columns(view.context), view.data, view.n - counts.total, view.n, _FORMS[period])
    if said is not None:
        return said
    found = zip(counts.keys.tolist(), counts.counts.tolist(), strict=True)
    details = tuple((period_name(code, period), n) for code, n in found)
    return Census(sum(n >= rows for _, n in details), view.n, details=details)
