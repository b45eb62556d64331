"""Numbers that were cut off at a largest or smallest value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from assay.checks.check import AT_MOST, Example, check
from assay.checks.counting.cells import NO_ROWS, worst_column
from assay.checks.counting.numbers import (
    coded_numbers,
    measured,
    measured_numbers,
    not_looked_at,
    not_numbers,
    numbered,
)
from assay.checks.tabled import table_view
from assay.domain.evidence import Counts, Undefined
from assay.domain.metric import Names, Parameter, Unit
from assay.domain.needs import Tabulated
from assay.domain.vocabulary import Comparator, Reason, Task, Verdict
from assay.stats.spikes import spike_at, usual_spacing
from assay.tally.coding import number_of
from assay.tally.table import Integers, Rows, TableContext, TableCounts, TableView

TIMES = 2
"""What is beside an end may be half as many: where nothing is cut, a distribution falls towards its end."""
FALSE_ALARMS = 0.01
"""The probability at most that an end is called cut off in a data set in which none is a spike."""


def columns(context: TableContext) -> tuple[str, ...]:
    """The named column, or all numbers without codes."""
    named = str(context.parameters["column"])
    return (named,) if named else (*measured_numbers(context), *coded_numbers(context))


def tabulate(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """By column, the number of each row."""
    coded = coded_numbers(context)
    wanted = tuple(name for name in columns(context) if name not in coded)
    bins = {name: numbered(rows, name) for name in wanted}
    return not_numbers(rows, wanted, coded) | {
        name: found for name, found in bins.items() if found is not None
    }


def _ends(counts: TableCounts) -> Iterator[tuple[str, int, float]]:
    """The largest and the smallest number: what it is called, its rows, and how probable that is if it is no spike."""
    values, numbers = number_of(counts.keys), counts.counts
    finite = np.isfinite(values)  # what has no end was cut off at none
    values, numbers = values[finite], numbers[finite]
    if len(values) < 3:
        return
    for place, called in ((-1, "largest"), (0, "smallest")):
        if called == "smallest" and values[0] >= 0:
            continue  # counts pile up at 0 and 1 by themselves
        others, rows = np.delete(values, place), np.delete(numbers, place)
        value = float(values[place])
        width = max(usual_spacing(others), abs(value) / 512)
        at = int(numbers[place])
        spike = replace(spike_at(value, at, others, rows, width), times=TIMES)
        yield f"at its {called} value", at, spike.p_value


def _view(at_most: float) -> TableView:
    hours = np.random.default_rng(1).normal(40, 12, 2000).round().clip(1, at_most)
    return table_view(tabulate, {"hours": hours}, parameters={"column": ""})


@check(
    id="data.top_coding",
    title="Numbers cut off at an end",
    estimand="The share of rows at the largest value of a column, or at a smallest one below zero, where values pile up there; in the column that has most.",
    unit=Unit.SHARE,
    reading="{value} of the rows lie at a value at which a column was cut off",
    need=Tabulated(tabulate, columns),
    tasks=tuple(Task),
    comparators=AT_MOST,
    census=True,
    parameters={
        "column": Parameter("One column to look at; by default all numbers.", default="", names=Names.COLUMN)
    },
    examples=(
        Example(
            says="Hours of work that end where they end.",
            view=lambda: _view(168),
            comparator=Comparator.AT_MOST,
            threshold="0.01",
            verdict=Verdict.PASS,
        ),
        Example(
            says="All who work more than 60 hours are written as 60.",
            view=lambda: _view(60),
            comparator=Comparator.AT_MOST,
            threshold="0.01",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="The file has no rows.",
            view=lambda: table_view(tabulate, {"hours": []}, parameters={"column": ""}),
            comparator=Comparator.AT_MOST,
            threshold="0.01",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def top_coding(view: TableView, *, column: str) -> Counts:
    """The rows at the end of a column, where more of them are than what lies beside it explains.

    Purpose:
        Shows where larger values were written as the largest that was allowed: what lies beyond is unknown, and means and gaps of the column are wrong.
    Method:
        Rows with the largest value of each number, and with its smallest if that is below zero, where they are more than twice as many as in the three cells beside it,
        or as in the free cells up to the next value; a cell is as wide as neighbouring values usually lie apart. If no end is a spike in that sense one is named with a probability
        of at most 1 % in the whole data set (binomial tail, Bonferroni). (Burkhauser et al. 2012, Review of Economics and Statistics 94, on top-coded incomes.)
    Limits:
        A natural end at which many lie, such as a full mark, looks the same. Values cut at 0 from below are not looked at. Cutting that hits few rows is not seen. A number that is stored as text, or has a few documented codes among
        other values, makes the criterion not evaluable.
    Remedy:
        Ask for the values as they were recorded; else say in the dictionary at which value the column ends.
    Oracle:
        Planted limits counted by pandas (tests/checks/test_columns_and_codes.py); the rule by enumeration (tests/checks/test_sentinel_values.py).
    """
    if view.n == 0:
        return NO_ROWS
    if unread := not_looked_at(view):
        return unread
    if not measured(view):
        return Undefined(
            Reason.NOT_MEASURED,
            f"The data set {view.data!r} has no {f'number {column!r}' if column else 'numbers'}.",
        )
    ends = [(name, *end) for name, counts in measured(view).items() for end in _ends(counts)]
    named = [
        (name, f"{name}, {called}", n)
        for name, called, n, p in ends
        if p * 2 * len(measured(view)) <= FALSE_ALARMS
    ]
    return worst_column(named, rows=view.n)
