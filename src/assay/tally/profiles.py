"""What the columns of a data set hold, against the dictionary: counts only, never a value of a row."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.domain.dictionary import BOOLEANS, NUMERIC, Column
from assay.tally.coding import is_blank
from assay.tally.hashes import EXACT
from assay.tally.texts import Texts
from assay.tally.views import ColumnProfile

Integers = NDArray[np.int64]

MOST_CODES = 100
"""Distinct undocumented codes that are still named; beyond it, only their number is kept."""
FEWEST_NAMED = 10
"""Rows that have an undocumented code before it is named: what fewer have may be a name, or tell one person apart.

Ten units in a cell are what output checkers commonly ask for (Griffiths et al. 2019, "Handbook on Statistical Disclosure Control
for Outputs")."""
MOST_CLOSE = 10_000
MANY = "more than 100 different codes"
_TIME = re.compile(
    r"([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.,][0-9]+)?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)?)?"
)
"""What may follow the day of a date: nothing, or a time of ISO 8601, with a blank as Arrow and SQL write it."""


@dataclass(frozen=True, slots=True)
class ProfileTally:
    """Counts about one column.

    ``undocumented`` holds rows per code in the order of the codes as text; with more than a hundred different ones
    (whatever the partitioning) a single entry with their number of rows. Only :func:`named` makes of it what is told.
    """

    name: str
    rows: int = 0
    missing: int = 0
    ill_typed: int = 0
    out_of_range: int = 0
    codes: tuple[tuple[str, int], ...] = ()
    undocumented: tuple[tuple[str, int], ...] = ()

    def __add__(self, other: ProfileTally) -> ProfileTally:
        """All rows of both."""
        return ProfileTally(
            self.name,
            self.rows + other.rows,
            self.missing + other.missing,
            self.ill_typed + other.ill_typed,
            self.out_of_range + other.out_of_range,
            _merged(self.codes, other.codes),
            _capped(_merged(self.undocumented, other.undocumented)),
        )

    def view(self, column: Column) -> ColumnProfile:
        """The profile as checks are handed it."""
        return ColumnProfile(
            name=self.name,
            rows=self.rows,
            missing=self.missing,
            ill_typed=self.ill_typed,
            out_of_range=self.out_of_range,
            undocumented=named(self.undocumented),
            codes=self.codes,
            missing_allowed=column.missing == "allowed",
        )


def named(undocumented: tuple[tuple[str, int], ...]) -> tuple[tuple[str, int], ...]:
    """Rows per undocumented code as they may leave the machine: a code that fewer than ten rows have is counted, not named.

    The codes that are not named are one entry at the end, of their number and of all their rows.
    """
    common = tuple(pair for pair in undocumented if pair[1] >= FEWEST_NAMED or pair[0] == MANY)
    rare = [rows for code, rows in undocumented if rows < FEWEST_NAMED and code != MANY]
    if not rare:
        return common
    codes = f"{len(rare)} other code{'s' * (len(rare) > 1)}, in fewer than {FEWEST_NAMED} rows{' each' * (len(rare) > 1)}"
    return (*common, (codes, sum(rare)))


class ProfileSum:
    """Profiles the batches of one column."""

    def __init__(self, column: Column) -> None:
        self._column = column
        self._rest = ProfileTally(column.name)
        self._plain = 0

    def count(self, values: NDArray[Any]) -> None:
        """One more batch: numbers as a numeric array (missing is NaN), everything else as objects."""
        if values.dtype.kind not in "iufb":
            self.count_texts(Texts.of(values))
        elif self._column.codes is not None and _whole(values):
            self.count_codes(*_counted(values))
        elif self._column.codes is not None or not self._in_order(values):
            self._rest += _profile(self._column, values)

    def count_texts(self, texts: Texts) -> None:
        """One more batch of texts."""
        found = zip(texts.different.tolist(), texts.rows.tolist(), strict=True)
        self._rest += _of_texts(self._column, {text: rows for text, rows in found if rows})

    def count_codes(self, values: NDArray[Any], rows: Integers) -> None:
        """More rows of a column with codes: how many (int64[k]) have each of some distinct values."""
        begun = ProfileTally(self._column.name, rows=int(rows.sum()))
        self._rest += _with_codes(begun, self._column, values, rows)

    def tally(self) -> ProfileTally:
        """What was counted so far."""
        return replace(self._rest, rows=self._rest.rows + self._plain)

    def _in_order(self, values: NDArray[Any]) -> bool:
        """Numbers of which the least and the largest show that none is missing or wrong."""
        column = self._column
        if column.type not in NUMERIC or not len(values):
            return False
        if not (_whole(values) or (values.dtype.kind == "f" and column.type == "number")):
            return False
        least, largest = float(values.min()), float(values.max())
        low, high = column.range or (None, None)
        if not (math.isfinite(least) and math.isfinite(largest)):
            return False
        if (low is not None and least < float(low)) or (high is not None and largest > float(high)):
            return False
        self._plain += len(values)
        return True


def _profile(column: Column, values: NDArray[Any]) -> ProfileTally:
    absent = np.isnan(values) if values.dtype.kind == "f" else np.zeros(len(values), dtype=bool)
    blank = int(np.isinf(values).sum()) if values.dtype.kind == "f" else 0  # no value, and of no type
    begun = ProfileTally(column.name, rows=len(values), missing=int(absent.sum()) + blank)
    present = values[~absent]
    if column.codes is not None:
        return _with_codes(begun, column, *_counted(present))
    if column.type in NUMERIC:
        return _with_range(begun, column, present)
    if column.type == "date":
        return replace(begun, ill_typed=len(present))
    if column.type == "boolean":
        return replace(begun, ill_typed=int(((present != 0) & (present != 1)).sum()))
    return begun


def _of_texts(column: Column, found: Mapping[str | None, int]) -> ProfileTally:
    """Of how many rows have each text."""
    present = {text: rows for text, rows in found.items() if text is not None}
    # A text without a character is missing; it is no date and no documented code either.
    blank = sum(rows for text, rows in present.items() if is_blank(text) and text not in (column.codes or ()))
    begun = ProfileTally(column.name, rows=sum(found.values()), missing=found.get(None, 0) + blank)
    if column.codes is not None:
        return _with_codes(begun, column, present, present.values())
    such = SUCH.get(column.type)
    if such is None:
        return begun
    return replace(begun, ill_typed=sum(rows for text, rows in present.items() if not such(text)))


def _is_date(text: str) -> bool:
    """Whether it is a day of the calendar as ISO 8601 writes it, such as 2024-12-31, with a time or without."""
    try:
        date.fromisoformat(text[:10])  # which takes 20241231 and 2024-W01-1 as well
    except ValueError:
        return False
    return text[4:5] == text[7:8] == "-" and _TIME.fullmatch(text, 10) is not None


def _is_boolean(text: str) -> bool:
    return text.casefold() in {"true", "false", "0", "1"}


def _whole(values: NDArray[Any]) -> bool:
    return values.dtype.kind in "iu" and values.dtype != np.uint64


SUCH: Mapping[str, Callable[[str], bool]] = {
    **dict.fromkeys(NUMERIC, lambda _: False),
    "date": _is_date,
    "boolean": _is_boolean,
}
"""By type of a column, whether a text is a value of it; of other types each is."""


def _with_codes(
    begun: ProfileTally, column: Column, values: Iterable[Any], counts: Iterable[int]
) -> ProfileTally:
    known = {str(code) for code in column.codes or {}}
    truths = BOOLEANS if known <= {"0", "1"} else {}
    rows: Counter[str] = Counter()
    for value, count in zip(values, counts, strict=True):
        text = _as_text(value)
        rows[str(truths.get(text, text))] += int(count)
    found = sorted(rows.items())
    return replace(
        begun,
        codes=tuple(pair for pair in found if pair[0] in known),
        undocumented=_capped(tuple(pair for pair in found if pair[0] not in known)),
    )


def _counted(values: NDArray[Any]) -> tuple[NDArray[Any], Integers]:
    """Each distinct value and its rows; whole numbers that lie close together are counted without sorting."""
    if values.dtype.kind in "iuf" and values.dtype != np.uint64 and len(values):
        low, high = values.min(), values.max()
        if math.isfinite(low) and math.isfinite(high) and int(high) - int(low) <= MOST_CLOSE:
            whole = values.astype(np.int64) if abs(int(low)) < EXACT else np.empty(0, dtype=np.int64)
            if np.array_equal(whole, values):
                counts = np.bincount(whole - int(low))
                found = np.flatnonzero(counts)
                return found + int(low), counts[found]
    return np.unique(values, return_counts=True)


def _as_text(value: Any) -> str:
    """A code as the dictionary writes it: a float that is a whole number is written like one."""
    if isinstance(value, np.floating) and np.isfinite(value) and value == np.floor(value):
        return str(int(value))
    return str(value)


def _with_range(begun: ProfileTally, column: Column, present: NDArray[Any]) -> ProfileTally:
    if present.dtype.kind not in "iufb":
        return replace(begun, ill_typed=len(present))
    numbers = present.astype(np.float64)
    ill = ~np.isfinite(numbers)
    if column.type == "integer":
        ill |= numbers != np.floor(numbers)
    outside = np.zeros(len(numbers), dtype=bool)
    low, high = column.range or (None, None)
    if low is not None:
        outside |= numbers < float(low)
    if high is not None:
        outside |= numbers > float(high)
    return replace(begun, ill_typed=int(ill.sum()), out_of_range=int((outside & ~ill).sum()))


def _merged(
    left: tuple[tuple[str, int], ...], right: tuple[tuple[str, int], ...]
) -> tuple[tuple[str, int], ...]:
    total = dict(left)
    for code, count in right:
        total[code] = total.get(code, 0) + count
    return tuple(sorted(total.items()))


def _capped(pairs: tuple[tuple[str, int], ...]) -> tuple[tuple[str, int], ...]:
    if len(pairs) <= MOST_CODES and MANY not in dict(pairs):
        return pairs
    return ((MANY, sum(count for _, count in pairs)),)
