"""Test rows from before the model's training ended."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from assay.checks.check import AT_MOST, Example, check
from assay.checks.counting.cells import NO_ROWS
from assay.checks.counting.periods import (
    DAY_FORMS,
    FORMS,
    PERIOD_CODES,
    forms_of,
    is_number,
    known_days,
    known_days_of,
    numbers_of_periods,
    periods_of,
    time_columns,
    unread,
)
from assay.checks.tabled import table_view
from assay.domain.evidence import Census, Counts, Undefined
from assay.domain.gating import MOST_IN_NO_GROUP
from assay.domain.metric import Declared, Unit
from assay.domain.needs import TabulatedEverywhere
from assay.domain.vocabulary import Comparator, Reason, Task, Verdict
from assay.tally.table import Integers, Rows, TableContext, TableCounts, TableView, together

TIMES = "times"
_FORMS = f"{DAY_FORMS}, or as a whole number such as 20241231"


def by_day(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """The day of each row, or the number that stands for its time."""
    if context.time is None or context.time not in rows.names:
        return {}
    when = partial(periods_of, period="month") if rows.holds_numbers(context.time) else known_days_of
    return {TIMES: together((rows.each(context.time, when), PERIOD_CODES))}


def _split(early: int) -> TableView:
    train = {"train": {"day": ["2023-06-30"] * 1000}}
    days = ["2023-03-01"] * early + ["2023-07-01"] * (1000 - early)
    return table_view(by_day, {"day": days}, others=train, time="day")


@check(
    id="data.time_overlap",
    title="Rows from before the last training row",
    estimand="The share of rows that are dated before the last row of the training data, else of the development data.",
    unit=Unit.SHARE,
    reading="{value} of the rows are from before the last training row",
    need=TabulatedEverywhere(by_day, time_columns, against_all=True),
    tasks=tuple(Task),
    comparators=AT_MOST,
    census=True,
    declared=(Declared.TIME,),
    examples=(
        Example(
            says="The training rows end in June, the test rows begin in July.",
            view=lambda: _split(0),
            comparator=Comparator.AT_MOST,
            threshold="0",
            verdict=Verdict.PASS,
        ),
        Example(
            says="Three hundred of 1,000 test rows are from March.",
            view=lambda: _split(300),
            comparator=Comparator.AT_MOST,
            threshold="0",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="No column says when a row is from.",
            view=lambda: table_view(by_day, {"age": [40]}, others={"train": {"age": [30]}}),
            comparator=Comparator.AT_MOST,
            threshold="0",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def time_overlap(view: TableView) -> Counts:
    """The rows that are older than what the model learned from.

    Purpose:
        Shows leakage from the future: a model that learned from June is asked about March, and knows how the months between went.
    Method:
        Rows of this data set whose date (or number of a period) lies before the latest one of the training data, of all rows. Counted in full, no inference.
        (Kapoor & Narayanan 2023, "Leakage and the reproducibility crisis", Patterns 4: temporal leakage.)
    Limits:
        Goes by the day that the row carries, not by when its values became known. Where a random split was agreed all rows overlap, and the criterion is the wrong one.
        Rows whose day cannot be read count as too early; with more than 2 % of them, here or where the last day is looked for, the criterion is not evaluable, and so
        it is where numbers say days in one data set and months or years in the other (20230115 and 202312), or seconds in one and days in the other. A day that
        programs write where none is known (1900-01-01, 1970-01-01 and others, and every day from the end of 2099 on) cannot be read.
    Remedy:
        Split by time: train on what was known before the first test row.
    Oracle:
        pandas' comparison of dates (tests/checks/test_time_order.py).
    """
    if view.n == 0:
        return NO_ROWS
    before = next((d for d in ("train", "develop") if d != view.data and view.rows.get(d)), None)
    if view.context.time is None or before is None or not view.table(TIMES).total:
        lacking = (
            "names no column that says when (data: time)"
            if view.context.time is None
            else "has no dates in both data sets"
        )
        return Undefined(Reason.NOT_MEASURED, f"The specification {lacking}.")
    mine, theirs = _known(view, view.data), _known(view, before)
    return _unfit(view, {view.data: mine, before: theirs}) or _early(view, mine, before, theirs)


def _known(view: TableView, data: str) -> TableCounts:
    """The rows of a data set by the day or number that says when, without days that stand for none."""
    counts = view.table(TIMES, data)
    return counts if 0 in _forms(counts) else known_days(counts)


def _unfit(view: TableView, times: Mapping[str, TableCounts]) -> Undefined | None:
    """Why the times of two data sets cannot be compared."""
    when = str(view.context.time)
    numbered, forms = set(), set[int]()
    for data, counts in times.items():
        forms |= _forms(view.table(TIMES, data))
        said = unread((when,), data, view.rows[data] - counts.total, view.rows[data], _FORMS)
        if said is not None:
            return said
        numbered |= {is_number(key) for key in counts.keys.tolist()}
    both = " and ".join(map(repr, times))
    if len(numbered) > 1:
        return Undefined(
            Reason.NOT_MEASURED,
            f"Some rows of {both} have a date in {when!r} and others a number; write one of both.",
        )
    if 0 not in forms and len(forms) > 1:
        told = " and ".join(FORMS[form] for form in sorted(forms))
        return Undefined(
            Reason.NOT_MEASURED,
            f"Numbers in {when!r} of {both} say a {told}, and such numbers are in no order; write the same in both.",
        )
    if numbered == {True} and _other_units(*times.values()):
        return Undefined(
            Reason.NOT_MEASURED,
            f"Numbers in {when!r} of {both} are of another size and lie far from each other, as those of days and of seconds do; write the same in both.",
        )
    return None


def _other_units(one: TableCounts, two: TableCounts) -> bool:
    """Whether numbers that say when count something else in one data set than in the other, as days and seconds."""
    ends = [numbers_of_periods(counts.keys[[0, -1]]).tolist() for counts in (one, two)]
    (_, last), (first, _) = sorted(ends)
    widest = max(high - low for low, high in ends)
    return bool(last >= SIZED and first >= TENFOLD * last and first - last > TENFOLD * widest)


SIZED, TENFOLD = 1000, 10
"""Numbers from so many on have a size; and units differ by more than so many times."""


def _forms(counts: TableCounts) -> set[int]:
    """How the numbers of a data set say when; 0 where more than a few of them are like no date."""
    forms = forms_of(counts.keys)
    plain = int(counts.counts[forms == 0].sum())
    return {0} if plain > MOST_IN_NO_GROUP * counts.total else set(forms[forms > 0].tolist())


def _early(view: TableView, mine: TableCounts, before: str, theirs: TableCounts) -> Counts:
    early = int(mine.counts[mine.keys < theirs.keys.max()].sum())
    blank = view.n - mine.total
    parts = [(before, early), ("no day that can be read", blank)]
    return Census(early + blank, view.n, share=True, details=tuple(part for part in parts if part[1]))
