"""Numbers that were cut off at a largest or smallest value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from assay.checks.check import AT_MOST, Example, check
from assay.checks.counting.cells import NO_ROWS, worst_column
from assay.checks.counting.numbers import (
    TOLD_APART,
    called_texts,
    coded_numbers,
    made_one,
    measured,
    measured_numbers,
    not_looked_at,
    not_numbers,
    numbered,
    texts_by_name,
    told_apart,
)
from assay.checks.tabled import table_view
from assay.domain.evidence import Counts, Undefined
from assay.domain.gating import MOST_IN_NO_GROUP
from assay.domain.metric import Names, Parameter, Unit
from assay.domain.needs import Tabulated
from assay.domain.vocabulary import Comparator, Reason, Task, Verdict
from assay.stats.spikes import NEXT, spike_at, usual_spacing
from assay.tally.coding import NEAR, number_of
from assay.tally.table import Integers, Rows, TableContext, TableView

TIMES = 2
"""What is beside an end may be half as many: where nothing is cut, a distribution falls towards its end."""
KNOWN_TO = 1 / 512
"""No cell is narrower than this share of the number at an end, for numbers are known to .1 %."""
FALSE_ALARMS = 0.01
"""The probability at most that an end is called cut off in a data set in which none is a spike."""


def columns(context: TableContext) -> tuple[str, ...]:
    """The named column, or all numbers without codes."""
    named = str(context.parameters["column"])
    return (
        (named,)
        if named
        else (
            *measured_numbers(context),
            *coded_numbers(context),
            *texts_by_name(context),
        )
    )


def tabulate(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """By column, the number of each row."""
    coded = coded_numbers(context)
    called = texts_by_name(context)
    wanted = tuple(name for name in columns(context) if name not in {*coded, *called})
    bins = {name: numbered(rows, name) for name in wanted}
    found = {name: of for name, of in bins.items() if of is not None}
    return not_numbers(rows, wanted, coded) | called_texts(rows, called) | found | told_apart(rows, *found)


@dataclass(frozen=True, slots=True)
class _Numbers:
    """The numbers of a column, increasing, with their rows; what has no end was cut off at none. ``known_to``: how far apart they must be at the
    end farthest from zero to be told apart, as a share of it: none where nearly all are known exactly."""

    values: NDArray[np.float64]
    rows: Integers
    known_to: float

    @classmethod
    def of(cls, view: TableView, name: str) -> _Numbers:
        """Those of a column."""
        counts, near = view.table(name), view.table(f"{TOLD_APART}{name}")
        exact = near.counts[near.keys % NEAR == 0].sum() >= (1 - MOST_IN_NO_GROUP) * near.total
        values = number_of(counts.keys)
        finite = np.isfinite(values)
        return cls(values[finite], counts.counts[finite], 0.0 if exact else KNOWN_TO)

    def ends(self) -> Iterator[tuple[str, int, float]]:
        """The largest and the smallest number: what it is called, its rows, and how probable that is if it is no spike."""
        if len(self.values) < 3:
            return
        for place, called in ((-1, "largest"), (0, "smallest")):
            if called == "smallest" and self.values[0] >= 0:
                continue  # counts pile up at 0 and 1 by themselves
            others, rows = np.delete(self.values, place), np.delete(self.rows, place)
            value = float(self.values[place])
            width = max(usual_spacing(others), abs(value) * self.known_to)
            at = int(self.rows[place])
            spike = replace(spike_at(value, at, others, rows, width), times=TIMES)
            yield f"at its {called} value", at, spike.p_value

    @property
    def too_close(self) -> bool:
        """Whether half of the rows lie within what is beside an end, because no narrower cell can be told."""
        far = float(np.abs(self.values).max(initial=0)) * self.known_to
        if far <= usual_spacing(self.values):
            return False
        with np.errstate(over="ignore"):
            beside = self.rows[self.values[-1] - self.values <= (NEXT + 0.5) * far].sum()
        return bool(2 * beside > self.rows.sum())


def _too_close(view: TableView) -> Undefined | None:
    """Why ends are not looked at: numbers are known to a share of their size, and those of a column lie closer."""
    for name in measured(view):
        if said := made_one(view, name):
            return said
        if _Numbers.of(view, name).too_close:
            return Undefined(
                Reason.NOT_MEASURED,
                f"The numbers of {name!r} lie so close together, for their size, that their ends are not told from what lies beside them. Write them from a "
                "nearer zero, as the difference from a round number, or name each other column in a criterion of its own ('column').",
            )
    return None


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
        A natural end at which many lie, such as a full mark, looks the same. Values cut at 0 from below are not looked at. Cutting that hits few rows is not seen. Numbers are known to .1 %: a column that lies far from zero for its width makes the criterion not evaluable; name the others one by one (`column`). A number that is stored as text, is called a text or a day, or has a few documented codes among
        other values, makes the criterion not evaluable.
    Remedy:
        Ask for the values as they were recorded; else say in the dictionary at which value the column ends.
    Oracle:
        Planted limits counted by pandas (tests/checks/test_columns_and_codes.py); the rule by enumeration (tests/checks/test_sentinel_values.py).
    """
    if view.n == 0:
        return NO_ROWS
    if unread := not_looked_at(view) or _too_close(view):
        return unread
    if not measured(view):
        return Undefined(
            Reason.NOT_MEASURED,
            f"The data set {view.data!r} has no {f'number {column!r}' if column else 'numbers'}.",
        )
    ends = [(name, *end) for name in measured(view) for end in _Numbers.of(view, name).ends()]
    named = [
        (name, f"{name}, {called}", n)
        for name, called, n, p in ends
        if p * 2 * len(measured(view)) <= FALSE_ALARMS
    ]
    return worst_column(named, rows=view.n)
