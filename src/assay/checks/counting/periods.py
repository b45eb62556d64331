"""When a row is from: months, quarters and years of dates as codes, and the names of these codes.

One rule for every check that reads days: rows whose day cannot be read are not counted as good. With more than 2 % of
them nothing is judged (:func:`unread`); where rows are counted in full, the few that are left count as found.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.domain.evidence import Undefined
from assay.domain.gating import MOST_IN_NO_GROUP
from assay.domain.metric import TIME
from assay.domain.vocabulary import Reason
from assay.tally.dates import DATE, days_of
from assay.tally.table import Rows, TableContext, TableCounts, TableView

Integers = NDArray[np.int64]
PERIODS: dict[str, int] = {"month": 1, "quarter": 3, "year": 12}
"""How many months each has."""
PERIOD_CODES = 1 << 39
"""No code is as large; beside the code of any number, one still makes a key (:mod:`assay.tally.coding`)."""
_NUMBERS = 1 << 38
"""The code of the number 0; those of dates lie far below the codes of all numbers."""
_MOST = 1 << 37

PLACEHOLDERS = (
    "0001-01-01",
    "1601-01-01",
    "1753-01-01",
    "1800-01-01",
    "1899-12-30",
    "1899-12-31",
    "1900-01-01",
    "1970-01-01",
    "2099-12-31",
    "2999-12-31",
    "9999-12-31",
)
"""Days that programs write where none is known: in the order of time they would come before all others, or after."""
_PLACEHOLDERS = days_of(np.array(PLACEHOLDERS, dtype=object))
_AS_NUMBERS = np.array([int(day.replace("-", "")) for day in PLACEHOLDERS])
_NEVER = days_of(np.array(["2099-12-31"], dtype=object))[0]
_NEVER_AS_NUMBERS = ((2_100, 9_999), (209_912, 999_912), (20_991_231, 99_991_231))
"""From the end of the century on no day is one on which something was: of years, months and days that are numbers, from one to the last."""


def known_days_of(values: NDArray[Any]) -> Integers:
    """int64[n]: as :func:`~assay.tally.dates.days_of`, but -1 for a day that stands for none."""
    days = days_of(values)
    return np.where(np.isin(days, _PLACEHOLDERS) | (days >= _NEVER), -1, days)


def _stand_for_none(numbers: NDArray[Any]) -> NDArray[np.bool_]:
    """Which numbers, of those that say when, stand for no day: 19000101, 99991231, 999912."""
    never = [(numbers >= first) & (numbers <= last) for first, last in _NEVER_AS_NUMBERS]
    found: NDArray[np.bool_] = np.logical_or.reduce([np.isin(numbers, _AS_NUMBERS), *never])
    return found


def known_days(counts: TableCounts) -> TableCounts:
    """Rows per number of a period, without those of months and days that stand for none; four digits may count anything."""
    numbers = counts.keys - _NUMBERS
    kept = (numbers <= _NEVER_AS_NUMBERS[0][1]) | ~_stand_for_none(numbers)
    return TableCounts(counts.keys[kept], counts.counts[kept])


def time_columns(context: TableContext) -> tuple[str, ...]:
    """The column that says when, if one is declared."""
    return (context.time,) if context.time is not None else ()


def without_time(view: TableView) -> Undefined | None:
    """Why nothing is told over time: no column is declared that says when; None where one is."""
    if view.context.time is not None:
        return None
    return Undefined(Reason.NOT_MEASURED, "The specification names no column that says when (data: time).")


def periods_of(values: NDArray[Any], period: str) -> Integers:
    """int64[n]: the period of each value, in the order of time; -1 where there is none.

    Of dates in ISO 8601 it is the month, quarter or year. A whole number is a period of its own: 2024, or 202401.
    """
    if values.dtype.kind in "iufb":
        numbers = values.astype(np.float64)
        whole = (np.abs(numbers) < _MOST) & (numbers == np.trunc(numbers))
        return np.where(whole, np.where(whole, numbers, 0).astype(np.int64) + _NUMBERS, -1)
    return np.array([_of_date(value, PERIODS[period]) for value in values.tolist()], dtype=np.int64)


def period_asked(context: TableContext) -> Callable[[NDArray[Any]], Integers]:
    """:func:`periods_of` with the length of a period that the criterion sets."""
    return partial(periods_of, period=str(context.parameters["period"]))


def dates_of(values: NDArray[Any], period: str) -> Integers:
    """int64[n]: as :func:`periods_of`, but a whole number is a date or none: 2024 is a year, 202401 and 20240131 lie in a month. A day that
    stands for none, such as 9999-12-31, lies in no period."""
    codes = periods_of(values, period)
    if values.dtype.kind in "iufb":
        return np.where(_stand_for_none(values), -1, _dated(codes, period))
    return np.where((days_of(values) >= 0) & (known_days_of(values) < 0), -1, codes)


def dates_or_numbers_of(values: NDArray[Any], period: str) -> Integers:
    """int64[n]: as :func:`dates_of`; a whole number that is no date is the period of its own that :func:`periods_of` makes of it."""
    codes = periods_of(values, period)
    if values.dtype.kind not in "iufb":
        return codes
    dates = _dated(codes, period)
    return np.where(dates < 0, codes, dates)


def _dated(codes: Integers, period: str) -> Integers:
    """The dates that the codes of whole numbers stand for; -1 of a number that is none."""
    number = np.where(codes < 0, -1, codes - _NUMBERS)
    of_month, of_day, of_year = _months_of(number), _months_of(number // 100), np.full(len(number), -1)
    if period == "year":
        of_year = np.where((number >= 1000) & (number <= 9999), number * 12, -1)
    day = number % 100
    months = np.maximum.reduce([of_month, np.where((day >= 1) & (day <= 31), of_day, -1), of_year])
    return np.where(months < 0, -1, months // PERIODS[period])


def _months_of(number: Integers) -> Integers:
    """Of a year and a month such as 202401, the months since the year 0; -1 of any other number."""
    year, month = np.divmod(number, 100)
    return np.where((year >= 1000) & (year <= 9999) & (month >= 1) & (month <= 12), year * 12 + month - 1, -1)


def _of_date(value: object, months: int) -> int:
    match = DATE.fullmatch(str(value))
    if match is None or not 1 <= int(match[2]) <= 12:
        return -1
    return (int(match[1]) * 12 + int(match[2]) - 1) // months


PERIOD_FORMS = "2024-12-31, 2024-12 or a whole number such as 202412"
DAY_FORMS = "2024-12-31, with a time behind it or without"


def unread(
    columns: tuple[str, ...], data: str, without: int, rows: int, forms: str = PERIOD_FORMS
) -> Undefined | None:
    """Why nothing is judged by a column that says when: more than 2 % of the rows have nothing there that can be read.

    Args:
        columns, data: their names, and that of the data set. without: rows without a day that can be read. rows: all that were looked at.
        forms: how a day may be written.
    """
    if without <= MOST_IN_NO_GROUP * rows:
        return None
    return Undefined(
        Reason.NOT_MEASURED,
        f"{without:,} of {rows:,} rows of {data!r} have no day in {' or '.join(map(repr, columns))} that can be read; at most a share of "
        f"{MOST_IN_NO_GROUP} may. Write it as {forms}.",
    )


WHOLE = ""
"""What the rows are parted by beside the strata, none of which has such a name: nothing. (And by ``TIME``.)"""


def parts_and_all(rows: Rows, context: TableContext, period: str) -> dict[str, Integers]:
    """By what rows are parted, the part that each is in: all of them, the strata, and the time where one is declared."""
    parts = {WHOLE: np.zeros(rows.n, dtype=np.int64)}
    parts |= {name: rows.stratum(name) for name, of in context.strata.items() if of.column in rows.names}
    if context.time is not None and context.time in rows.names:
        parts[TIME] = rows.each(context.time, partial(dates_or_numbers_of, period=period))
    return parts


def untimed(view: TableView, between: str) -> Undefined | None:
    """Why nothing is told over time of columns: of too many rows with a value the time cannot be read.

    between: what stands before the last word of a table's name, which is by what its rows are parted.
    """
    counted = view.tables[view.data]
    for name in (name for name in counted if name.endswith(f"{between}{TIME}")):
        rows = counted[f"{name.removesuffix(TIME)}{WHOLE}"].total
        if said := unread((str(view.context.time),), view.data, rows - counted[name].total, rows):
            return said
    return None


def period_name(code: int, period: str) -> str:
    """What a period is called: 2024-03, 2024-Q1, 2024, or the number that it is."""
    if is_number(code):
        return str(code - _NUMBERS)
    year, place = divmod(code, 12 // PERIODS[period])
    return {"month": f"{year:04}-{place + 1:02}", "quarter": f"{year:04}-Q{place + 1}", "year": f"{year:04}"}[
        period
    ]


_NAMED = re.compile(r"(\d{4})(?:-(\d{2})|-Q([1-4]))?")


def period_code(name: str, period: str, *, number: bool) -> int:
    """The code of a period by what it is called; ``number``: of a column of whole numbers. -1 for what is no such name."""
    if number:
        return int(name) + _NUMBERS if re.fullmatch(r"-?\d{1,12}", name) else -1
    match = _NAMED.fullmatch(name)
    if match is None or (bool(match[2]), bool(match[3])) != (period == "month", period == "quarter"):
        return -1
    month = int(match[2] or 3 * int(match[3] or 1) - 2)
    return _of_date(f"{match[1]}-{month:02}", PERIODS[period])


def numbers_of_periods(codes: Integers) -> Integers:
    """int64[k]: the numbers that are periods of their own, by their codes."""
    return codes - _NUMBERS


def is_number(code: int) -> bool:
    """Whether a period is a number that stands for itself."""
    return code >= _NUMBERS - _MOST


FORMS = ("", "year", "month", "day")
"""How whole numbers may say when, by the codes of :func:`forms_of`."""


def forms_of(codes: Integers) -> Integers:
    """int64[k]: of whole numbers that are periods of their own, whether each can be a year, a month or a day; 0 of any other number."""
    number = np.where(codes < 0, -1, codes - _NUMBERS)
    form = np.select([number < 1000, number <= 9999, number <= 999_999], [0, 1, 2], 3)
    return np.where(_dated(codes, "year") < 0, 0, form)
