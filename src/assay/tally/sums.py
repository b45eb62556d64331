"""Exact sums of floating-point numbers: whole multiples of powers of two, so that order cannot matter."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

LOWEST = -1126
SPAN = 2200


@dataclass(frozen=True, slots=True)
class ExactSum:
    """The exact sum of finite float64 values, as one integer per binary exponent (int64[2, 2200]: high, low)."""

    parts: NDArray[np.int64]
    count: int

    @classmethod
    def empty(cls) -> ExactSum:
        """Nothing summed."""
        return cls(np.zeros((2, SPAN), dtype=np.int64), 0)

    def adding(self, values: NDArray[np.float64]) -> ExactSum:
        """This sum and all finite ``values``; safe for up to 2**31 values."""
        finite = values[np.isfinite(values)]
        mantissa, exponent = np.frexp(finite)
        whole = np.ldexp(mantissa, 53).astype(np.int64)
        place = exponent.astype(np.int64) - 53 - LOWEST
        parts = self.parts.copy()
        np.add.at(parts[0], place, whole >> 27)
        np.add.at(parts[1], place, whole & ((1 << 27) - 1))
        return ExactSum(parts, self.count + len(finite))

    def __add__(self, other: ExactSum) -> ExactSum:
        """Both sums together."""
        return ExactSum(self.parts + other.parts, self.count + other.count)

    @property
    def total(self) -> Fraction:
        """The sum, exactly."""
        total = Fraction(0)
        for place in np.flatnonzero(self.parts.any(axis=0)):
            whole = (int(self.parts[0, place]) << 27) + int(self.parts[1, place])
            total += Fraction(whole) * Fraction(2) ** (int(place) + LOWEST)
        return total


@dataclass(frozen=True, slots=True)
class Spread:
    """The exact sums of a column and of its (rounded) squares, from which its standard deviation follows."""

    first: ExactSum
    second: ExactSum

    @classmethod
    def empty(cls) -> Spread:
        """Nothing summed."""
        return cls(ExactSum.empty(), ExactSum.empty())

    def adding(self, values: NDArray[np.float64]) -> Spread:
        """With more values; missing ones are left out."""
        with np.errstate(over="ignore", under="ignore"):
            squares = np.square(values[np.isfinite(values)])
        return Spread(self.first.adding(values), self.second.adding(squares))

    def __add__(self, other: Spread) -> Spread:
        """Both together."""
        return Spread(self.first + other.first, self.second + other.second)

    @property
    def deviation(self) -> float:
        """The standard deviation (population form); 0 for fewer than two values, NaN when a square is no number."""
        n = self.first.count
        if self.second.count != n:
            return math.nan
        if n < 2:
            return 0.0
        mean = self.first.total / n
        return math.sqrt(max(self.second.total / n - mean * mean, Fraction(0)))
