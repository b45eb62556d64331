"""Columns of few whole numbers as one code per row: what their values mean is then looked up once per combination."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Codes = NDArray[np.int32] | NDArray[np.int64]
MOST_COMBINATIONS = 1 << 14
"""Combinations of values; a table of them stays in the cache of a processor."""


class Crossing:
    """The combinations of the values of some columns, by the least and the largest value of each.

    Columns are taken in order as long as their combinations stay few; the others are left out.
    """

    def __init__(self, ranges: Mapping[str, tuple[int, int]]) -> None:
        self._columns: dict[str, tuple[int, int, int]] = {}
        self.size = 1
        for name, (low, high) in ranges.items():
            values = high - low + 1
            if self.size * values <= MOST_COMBINATIONS:
                self._columns[name] = (low, high, self.size)
                self.size *= values
        self._offset = sum(low * stride for low, _, stride in self._columns.values())
        reach = sum(max(abs(low), abs(high)) * stride for low, high, stride in self._columns.values())
        self._type: np.dtype[Any] = np.dtype(np.int32 if reach <= np.iinfo(np.int32).max else np.int64)

    def values(self) -> dict[str, Integers]:
        """int64[size] per column: its value in each combination."""
        codes = np.arange(self.size, dtype=np.int64)
        return {
            name: codes // stride % (high - low + 1) + low
            for name, (low, high, stride) in self._columns.items()
        }

    def code(self, columns: Mapping[str, NDArray[Any]]) -> Codes | None:
        """int32[n] or int64[n]: the combination of each row; None when a column holds anything else than its range has."""
        crossed = [(columns[name], *rest) for name, rest in self._columns.items()]
        if not crossed or not all(_within(values, low, high) for values, low, high, _ in crossed):
            return None
        code: Codes = np.full(len(crossed[0][0]), -self._offset, dtype=self._type)
        for values, _, _, stride in crossed:
            code += values.astype(self._type, copy=False) * stride  # all of one type, or it is slow
        return code


def _within(values: NDArray[Any], low: int, high: int) -> bool:
    if values.dtype.kind not in "iu" or values.dtype == np.uint64 or len(values) == 0:
        return False
    return bool(values.min() >= low and values.max() <= high)
