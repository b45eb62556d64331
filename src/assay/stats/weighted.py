"""A rate of weighted rows (sampling, importance or exposure weights), from sums that add."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike

from assay.stats.bound import Bound
from assay.stats.effective import lower_at, upper_at
from assay.stats.histogram import Undefined, require_level
from assay.stats.simulated_sizes import simulated_size

LEAST_EFFECTIVE = 50
"""Effective rows below which no limit is given."""


@dataclass(frozen=True, slots=True)
class WeightedCount:
    """Sums over rows with weights w >= 0 and events y in {0, 1}. Sums of disjoint rows add.

    n: rows; weights: sum w; squares: sum w^2; events: sum w y; event_squares: sum w^2 y; heaviest: the largest w.
    Raises ValueError for sums that no rows can have.
    """

    n: int
    weights: float
    squares: float
    events: float
    event_squares: float
    heaviest: float

    def __post_init__(self) -> None:
        values = [float(getattr(self, f.name)) for f in fields(self)]
        if not all(math.isfinite(v) and v >= 0 for v in values):
            raise ValueError(f"expected finite sums of at least 0, found {self}")
        slack = 1 + 1e-9
        if self.events > self.weights * slack or self.event_squares > self.squares * slack:
            raise ValueError(f"expected sums over events of at most those over all rows, found {self}")

    @classmethod
    def of_rows(cls, weights: ArrayLike, events: ArrayLike) -> WeightedCount:
        """Sum rows: weights float[n] of at least 0, events int or bool[n] of 0 and 1."""
        w, y = np.asarray(weights, dtype=np.float64), np.asarray(events, dtype=np.float64)
        if w.shape != y.shape or w.ndim != 1 or not np.all((y == 0) | (y == 1)) or np.any(w < 0):
            raise ValueError("expected one weight of at least 0 and one event, 0 or 1, for each row")
        heaviest = float(w.max()) if w.size else 0.0
        return cls(w.size, math.fsum(w), math.fsum(w**2), math.fsum(w * y), math.fsum(w**2 * y), heaviest)

    def __add__(self, other: WeightedCount) -> WeightedCount:
        """The sums over the rows of both."""
        return WeightedCount(
            self.n + other.n,
            self.weights + other.weights,
            self.squares + other.squares,
            self.events + other.events,
            self.event_squares + other.event_squares,
            max(self.heaviest, other.heaviest),
        )

    @property
    def rate(self) -> float:
        """The Hajek estimate sum w y / sum w. Raises Undefined without any weight."""
        if self.weights <= 0:
            reason = "no_rows" if self.n == 0 else "zero_denominator"
            raise Undefined("expected rows of positive weight, found none", reason=reason)
        return min(self.events / self.weights, 1.0)

    @property
    def effective_rows(self) -> float:
        """Rows of equal weight that would tell as much: the least of two counts.

        Kish 1965: (sum w)^2 / sum w^2. And p (1 - p) over the linearised variance sum w^2 (y - p)^2 / (sum w)^2,
        which is less where heavy rows are also the ones that differ.
        """
        p = self.rate
        kish = self.weights**2 / self.squares
        spread = self.event_squares * (1 - 2 * p) + p**2 * self.squares
        if spread <= 0 or not 0 < p < 1:
            return kish
        return min(kish, p * (1 - p) * self.weights**2 / spread)


def weighted_bound(count: WeightedCount, alpha: float) -> Bound:
    """The weighted rate between one-sided Clopper-Pearson limits at its effective rows, grade B.

    Raises Undefined without weight (``no_rows``, ``zero_denominator``) or below 50 effective rows
    (``too_few_rows_for_method``); ValueError unless 0 < alpha < 1.
    """
    require_level(alpha)
    rate, rows = count.rate, count.effective_rows
    if rows < LEAST_EFFECTIVE:
        raise Undefined(
            f"a weighted rate needs at least {LEAST_EFFECTIVE} effective rows, found {rows:.1f} of {count.n} rows",
            reason="too_few_rows_for_method",
        )
    return Bound(
        estimate=rate,
        lower=min(lower_at(rate, rows, alpha), rate),
        upper=max(upper_at(rate, rows, alpha), rate),
        method="Hajek estimate, Clopper-Pearson at the effective number of rows",
        grade="B",
        simulated_size=simulated_size("weighted", int(rows)),
    )
