"""What the data must at least have for the use case: rows, events, periods, complete rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from assay.checks.check import AT_LEAST, ONE, Example, check
from assay.checks.tabled import table_view
from assay.domain.evidence import Census, Counts, Undefined
from assay.domain.metric import Across, Parameter, Unit
from assay.domain.needs import Tabulated
from assay.domain.vocabulary import Comparator, Reason, Verdict
from assay.tally.cells import NO_ROWS
from assay.tally.periods import PERIOD_CODES, PERIODS, dates_of, period_name, time_columns, unread
from assay.tally.table import Integers, Rows, TableContext, TableView, together

LABELS, TIMES, COMPLETE = "labels", "times", "complete"
_MONTHS = "2024-12-31, 2024-12 or a whole number such as 20241231 or 202412"
_FORMS = {"month": _MONTHS, "quarter": _MONTHS, "year": f"{_MONTHS}, or 2024"}
"""How what says when may be written, for periods that can be counted."""


def nothing(_: TableContext) -> tuple[str, ...]:
    """No column but the label and those of the groups."""
    return ()


def by_label(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """The group of each row and its label."""
    return {LABELS: together((rows.group(), max(len(context.groups), 1)), (rows.label, 2))}


def by_period(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """The period of each row."""
    if context.time is None or context.time not in rows.names:
        return {}
    period = dates_of(rows.column(context.time), str(context.parameters["period"]))
    return {TIMES: together((period, PERIOD_CODES))}


def fed(context: TableContext) -> tuple[str, ...]:
    """What the model is fed."""
    return context.fed


def by_completeness(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """Whether each row has a value in every column that the model is fed."""
    lacks = np.zeros(rows.n, dtype=bool)
    for name in context.fed:
        lacks |= _without_value(rows, name) if name in rows.names else True
    return {COMPLETE: (~lacks).astype(np.int64)}


def _without_value(rows: Rows, name: str) -> NDArray[np.bool_]:
    """Which values are missing, or are infinite and no value."""
    values = rows.column(name)
    if values.dtype.kind != "f":
        return rows.missing(name)
    without: NDArray[np.bool_] = ~np.isfinite(values)
    return without


def _labelled(negatives: int, positives: int) -> TableView:
    label = [0] * negatives + [1] * positives
    return table_view(by_label, {"age": [40] * len(label)}, label=label)


def _in_months(*rows: int) -> TableView:
    when = [f"2024-{month:02}-15" for month, n in enumerate(rows, start=1) for _ in range(n)]
    parameters: dict[str, Decimal | int | str] = {"period": "month", "rows": 100}
    return table_view(by_period, {"day": when}, label=[0] * len(when), time="day", parameters=parameters)


def _incomplete(rows: int, lacking: int) -> TableView:
    return table_view(by_completeness, {"age": [None] * lacking + [40] * (rows - lacking), "sex": [1] * rows})


@check(
    id="data.rows",
    title="Rows",
    estimand="The number of rows with a label, one of each unit; of groups that of the smallest.",
    unit=Unit.COUNT,
    reading="there are {value} rows that count",
    need=Tabulated(by_label, nothing, per_unit=True, every_group=True),
    comparators=AT_LEAST,
    high=None,
    across=Across.OPTIONAL,
    census=True,
    examples=(
        Example(
            says="There are 2,000 rows.",
            view=lambda: _labelled(1900, 100),
            comparator=Comparator.AT_LEAST,
            threshold="1000",
            verdict=Verdict.PASS,
        ),
        Example(
            says="There are 400.",
            view=lambda: _labelled(300, 100),
            comparator=Comparator.AT_LEAST,
            threshold="1000",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="The file has no rows.",
            view=lambda: _labelled(0, 0),
            comparator=Comparator.AT_LEAST,
            threshold="1000",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def rows_that_count(view: TableView) -> Counts:
    """The rows that count: those with a label, one of each unit.

    Purpose:
        A requirement of the use case on the data: fewer rows are too few to learn from or to judge on, whatever the bounds of other criteria say.
    Method:
        Rows with label 0 or 1, one of each declared unit; across groups, of the smallest group. Counted in full, no inference. (EU AI Act 2024/1689, Article 10, on
        data sets that are sufficient for the purpose.)
    Limits:
        Says nothing of whom the rows are: see ``data.population`` and ``data.group_representation``. Of groups every one counts, the small ones that the small-group rule sets aside too.
    Remedy:
        Collect more rows.
    Oracle:
        Counted by hand and by pandas (tests/checks/test_requirements.py).
    """
    return _least(view, lambda negatives, positives: negatives + positives)


@check(
    id="data.events",
    title="Events",
    estimand="The number of rows with the rarer label, one of each unit; of groups that of the group with fewest.",
    unit=Unit.COUNT,
    reading="there are {value} rows of the rarer label",
    need=Tabulated(by_label, nothing, per_unit=True, every_group=True),
    comparators=AT_LEAST,
    high=None,
    across=Across.OPTIONAL,
    census=True,
    examples=(
        Example(
            says="A hundred of 2,000 rows have the label 1.",
            view=lambda: _labelled(1900, 100),
            comparator=Comparator.AT_LEAST,
            threshold="100",
            verdict=Verdict.PASS,
        ),
        Example(
            says="Twelve of 2,000 have it.",
            view=lambda: _labelled(1988, 12),
            comparator=Comparator.AT_LEAST,
            threshold="100",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="The file has no rows.",
            view=lambda: _labelled(0, 0),
            comparator=Comparator.AT_LEAST,
            threshold="100",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def events(view: TableView) -> Counts:
    """The rows of the label that is rarer.

    Purpose:
        A requirement of the use case on the data: how well recall, discrimination and calibration are known depends on the events, not on the rows.
    Method:
        The smaller of the numbers of rows with label 0 and label 1, one of each unit; across groups, of the group with fewest. Counted in full, no
        inference. (Collins, Ogundimu & Altman 2016, Statistics in Medicine 35: at least 100 events, better 200, to validate a prediction model.)
    Limits:
        As many events as this are a rule of thumb; the plan says what they can show.
    Remedy:
        Collect more cases, or a longer period.
    Oracle:
        Counted by hand and by pandas (tests/checks/test_requirements.py).
    """
    return _least(view, min)


def _least(view: TableView, count: Callable[[int, int], int]) -> Counts:
    if view.n == 0:
        return NO_ROWS
    counts = view.table(LABELS).dense(max(len(view.context.groups), 1), 2)
    found = tuple((label, int(count(*counts[place].tolist()))) for label, place in view.each)
    return Census(min(n for _, n in found), view.n, details=found if view.context.across else ())


@check(
    id="data.period",
    title="Period covered",
    estimand="The number of months, quarters or years with enough rows.",
    unit=Unit.COUNT,
    reading="the data cover {value} periods",
    need=Tabulated(by_period, time_columns, per_unit=True),
    comparators=AT_LEAST,
    high=None,
    census=True,
    parameters={
        "period": Parameter("What of a date is one period.", default="month", choices=tuple(PERIODS)),
        "rows": Parameter(
            "A period counts if it has at least so many rows.", default=1, low=ONE, integer=True
        ),
    },
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
        Periods need not follow each other; the details have them all. A whole number is read as a date (2024, 202412, 20241231) or not at all. Rows without a date that can be read count nowhere; with more than 2 % of them the criterion is not evaluable.
    Remedy:
        Take rows of a longer time.
    Oracle:
        pandas' PeriodIndex (tests/checks/test_requirements.py).
    """
    if view.n == 0:
        return NO_ROWS
    if view.context.time is None:
        return Undefined(
            Reason.NOT_MEASURED, "The specification names no column that says when (data: time)."
        )
    counts = view.table(TIMES)
    said = unread((view.context.time,), view.data, view.n - counts.total, view.n, _FORMS[period])
    if said is not None:
        return said
    found = zip(counts.keys.tolist(), counts.counts.tolist(), strict=True)
    details = tuple((period_name(code, period), n) for code, n in found)
    return Census(sum(n >= rows for _, n in details), view.n, details=details)


@check(
    id="data.complete_rows",
    title="Complete rows",
    estimand="The share of rows that have a value in every column that the model is fed.",
    unit=Unit.SHARE,
    reading="{value} of the rows have a value in every column that the model is fed",
    need=Tabulated(by_completeness, fed),
    comparators=AT_LEAST,
    census=True,
    examples=(
        Example(
            says="Twenty of 1,000 rows lack a value.",
            view=lambda: _incomplete(1000, 20),
            comparator=Comparator.AT_LEAST,
            threshold="0.95",
            verdict=Verdict.PASS,
        ),
        Example(
            says="A hundred of 1,000 do.",
            view=lambda: _incomplete(1000, 100),
            comparator=Comparator.AT_LEAST,
            threshold="0.95",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="The file has no rows.",
            view=lambda: _incomplete(0, 0),
            comparator=Comparator.AT_LEAST,
            threshold="0.95",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def complete_rows(view: TableView) -> Counts:
    """The rows in which nothing is missing.

    Purpose:
        A requirement of the use case on the data: a model that is fed guesses for every second person is another model than it seems.
    Method:
        Rows with a value (neither null nor NaN nor infinite) in every input, of all rows. Counted in full, no inference. (Little & Rubin 2019, "Statistical analysis with missing data".)
    Limits:
        Values that stand for missing ones count as values; ``data.sentinel_values`` finds them.
    Remedy:
        Collect what is missing, or train and judge on rows as they will come.
    Oracle:
        pandas' dropna (tests/checks/test_requirements.py).
    """
    if view.n == 0:
        return NO_ROWS
    counts = view.table(COMPLETE)
    return Census(int(counts.counts[counts.keys == 1].sum()), view.n, share=True)
