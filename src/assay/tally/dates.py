"""Dates in ISO 8601 as numbers: their days in a row, and as they are written without hyphens."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
DATE = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}).*)?", re.DOTALL)
DAYS = 1 << 22
"""No day has a code as large."""
_BEFORE = 719_163
"""Days from the first of January of the year 1 to that of 1970, and one: days have the numbers of ``datetime.date.toordinal``."""
_FIRST, _LAST = 1000_01_01, 9999_12_31
"""Days as whole numbers have eight digits."""


def days_of(values: NDArray[Any]) -> Integers:
    """int64[n]: the day of each date in ISO 8601, as ``datetime.date.toordinal`` counts them; -1 where there is none."""
    found: dict[Any, int] = {}
    days = np.full(len(values), -1, dtype=np.int64)
    if values.dtype.kind in "iufb":
        return days
    for i, value in enumerate(values.tolist()):
        if value not in found:
            found[value] = _day(str(value))
        days[i] = found[value]
    return days


def _day(text: str) -> int:
    match = DATE.fullmatch(text)
    if match is None or match[3] is None:
        return -1
    try:
        return int(np.datetime64(f"{match[1]}-{match[2]}-{match[3]}", "D").astype(np.int64)) + _BEFORE
    except ValueError:
        return -1


def days_of_numbers(values: NDArray[Any]) -> Integers:
    """int64[n]: the same of whole numbers that are written as days are without hyphens, 20241231; -1 of any other number."""
    numbers = values.astype(np.float64)
    whole = (numbers >= _FIRST) & (numbers <= _LAST) & (numbers == np.trunc(numbers))
    year, rest = np.divmod(np.where(whole, numbers, _FIRST).astype(np.int64), 10_000)
    month, day = np.divmod(rest, 100)
    whole &= (month >= 1) & (month <= 12) & (day >= 1)
    of_month = np.where(whole, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    days = of_month.astype("datetime64[D]") + (day - 1)
    whole &= days.astype("datetime64[M]") == of_month  # else there is no such day in it
    return np.where(whole, days.astype(np.int64) + _BEFORE, -1)


def written_dates(values: NDArray[Any]) -> NDArray[np.float64]:
    """float64[n]: each date as a whole number, 20241231, which is in the order of time; NaN where there is none."""
    found: dict[Any, float] = {}
    numbers = np.empty(len(values))
    for i, value in enumerate(values.tolist()):
        if value not in found:
            found[value] = _written(str(value))
        numbers[i] = found[value]
    return numbers


def _written(text: str) -> float:
    return float(text[:10].replace("-", "")) if _day(text) >= 0 else float("nan")
