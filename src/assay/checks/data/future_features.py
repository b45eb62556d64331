"""Dates of inputs that lie after the decision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.checks.check import AT_MOST, Example, check
from assay.checks.counting.cells import NO_ROWS, worst_share
from assay.checks.counting.periods import (
    DAY_FORMS,
    known_days_of,
    unread,
)
from assay.checks.counting.recognised import Kind, recognised
from assay.checks.tabled import table_view
from assay.domain.dictionary import Column
from assay.domain.evidence import Counts
from assay.domain.metric import Names, Parameter, Unit
from assay.domain.needs import Tabulated
from assay.domain.vocabulary import Comparator, Task, Verdict
from assay.tally.coding import missing
from assay.tally.dates import days_of, days_of_numbers
from assay.tally.table import Integers, Rows, TableContext, TableCounts, TableView

EARLIER, LATER, UNREAD, NONE, NUMBER = range(5)
"""How a date lies to its decision; that one of both cannot be read; that there is no date, which cannot be late; a number that is no day."""


def date_columns(context: TableContext) -> tuple[str, ...]:
    """When the decision was taken, and the dates that are looked at."""
    decided = _decided(context)
    return (*_dates(context), decided) if decided else ()


def _decided(context: TableContext) -> str:
    return str(context.parameters["decided"]) or context.time or ""


def _dates(context: TableContext) -> tuple[str, ...]:
    """All columns that a model could be fed: some may hold days, whatever the dictionary calls them."""
    later = {name.strip() for name in str(context.parameters["later"]).split(",")}
    left_out = {_decided(context), context.label, *later}
    return tuple(c.name for c in context.dictionary if c.type != "identifier" and c.name not in left_out)


def by_order(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """By column, how the date of each row lies to its decision."""
    decided = _decided(context)
    if decided not in rows.names:
        return {}
    then = rows.each(decided, known_days_of)
    found = {}
    for name in _dates(context):
        if name not in rows.names:
            continue
        column = context.column(name)
        dated = column is not None and column.type == "date"
        numbers = rows.holds_numbers(name) and not dated
        day = days_of_numbers(rows.column(name)) if numbers else rows.each(name, days_of)
        order = np.where((day < 0) | (then < 0), UNREAD, np.where(day > then, LATER, EARLIER))
        if numbers:
            order = np.where(day < 0, NUMBER, order)
        typed = dated or numbers
        none = rows.each(name, missing) if typed else (day < 0) & ~rows.each(name, _dated_otherwise)
        found[name] = np.where(none, NONE, order)
    return found


def _dated_otherwise(values: NDArray[Any]) -> NDArray[np.bool_]:
    """Which texts are dates that are written in another way than days are read: 01.08.2024."""
    return np.array([recognised(text or "")[0] is Kind.DATE for text in values.tolist()], dtype=bool)


def _dated(late: int) -> TableView:
    known = tuple(Column(name=name, type="date", description=name) for name in ("decided", "report"))
    rows = {
        "decided": ["2023-06-30"] * 1000,
        "report": ["2023-08-01"] * late + ["2023-06-01"] * (1000 - late),
    }
    return table_view(
        by_order, rows, dictionary=known, time="decided", parameters={"decided": "", "later": ""}
    )


@check(
    id="data.future_features",
    title="Dates after the decision",
    estimand="The share of rows in which a date lies after the day of the decision, in the column that has most.",
    unit=Unit.SHARE,
    reading="{value} of the rows hold a date from after the decision[ besides {later}]",
    need=Tabulated(by_order, date_columns),
    tasks=tuple(Task),
    comparators=AT_MOST,
    census=True,
    parameters={
        "decided": Parameter(
            "The column with the day of the decision; by default the time of the specification.",
            default="",
            names=Names.COLUMN,
        ),
        "later": Parameter(
            "Columns that are rightly later, such as the day of the outcome, separated by commas.", default=""
        ),
    },
    examples=(
        Example(
            says="All reports are from before the decision.",
            view=lambda: _dated(0),
            comparator=Comparator.AT_MOST,
            threshold="0",
            verdict=Verdict.PASS,
        ),
        Example(
            says="Seventy of 1,000 reports were written after it.",
            view=lambda: _dated(70),
            comparator=Comparator.AT_MOST,
            threshold="0",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="No column says when it was decided.",
            view=lambda: table_view(by_order, {"age": [40]}, parameters={"decided": "", "later": ""}),
            comparator=Comparator.AT_MOST,
            threshold="0",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def future_features(view: TableView, *, decided: str, later: str) -> Counts:
    """The rows that know something from after the decision.

    Purpose:
        Shows features that were not there when the decision was taken: a report that was written later, a balance of the next month.
    Method:
        For each column of dates, and of each column of texts those that are or begin with a day (a date that is written otherwise cannot be read), the rows in which it lies on a later day than the decision, of all rows.
        Whole numbers are days where half of a column are written as 20241231 is, whatever the dictionary calls it. Counted in full, no inference. (Kaufman et al. 2012, "Leakage in data mining",
        ACM TKDD 6: legitimacy is a matter of time.)
    Limits:
        Sees dates that are in the data; days that are counted from some first day, and seconds, are numbers like others. Identifiers, which no model is fed, are not looked at. A value that was overwritten later carries none. Days, not hours, are compared. A date that is missing is not late. Where a date or the day of its
        decision cannot be read, or stands for none such as 1900-01-01 or 9999-12-31, the row counts as late; with more than 2 % of such rows in a column the criterion is not evaluable.
    Remedy:
        Rebuild the features as they stood on the day of the decision.
    Oracle:
        pandas' comparison of dates (tests/checks/test_time_order.py).
    """
    if view.n == 0:
        return NO_ROWS
    when = decided or view.context.time
    ordered = {name: _ordered(counts) for name, counts in sorted(view.tables[view.data].items())}
    for name, rows in ordered.items():
        said = unread((name, str(when)), view.data, int(rows[UNREAD]), view.n, DAY_FORMS)
        if said is not None:
            return said
    excepted = f" but {later}" if later else ""
    nothing = (
        f"No column of dates{excepted} with a date in any row is beside {when!r}."
        if when
        else "No column says when it was decided (with: decided, or data: time)."
    )
    # A column without any date tests nothing.
    parts = [(name, int(rows[LATER] + rows[UNREAD])) for name, rows in ordered.items() if rows[:NONE].any()]
    return worst_share(parts, rows=view.n, nothing=nothing)


def _ordered(counts: TableCounts) -> Integers:
    """Rows of a column by how its date lies to the decision. Numbers of which fewer than half are days are no dates: of any numbers hardly one in 25 is."""
    earlier, later, neither, none, numbers = counts.dense(NUMBER + 1).tolist()
    if earlier + later + neither >= numbers:
        return np.array([earlier, later, neither + numbers, none])
    return np.array([0, 0, 0, counts.total])
