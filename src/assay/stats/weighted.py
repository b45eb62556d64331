"""A rate of weighted rows (sampling, importance or exposure weights), from sums that add."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from assay.stats.bound import Bound
from assay.stats.effective import lower_at, shrinkage, upper_at
from assay.stats.histogram import Floats, Undefined, require_level
from assay.stats.ratio import Joint, fieller_limits
from assay.stats.simulated_sizes import simulated_size
from assay.stats.skew import contributions

LEAST_EFFECTIVE = 50
"""Effective rows below which no limit is given."""


Powers = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class WeightedCount:
    """Sums over rows with weights w >= 0 and events y in {0, 1}. Sums of disjoint rows add.

    n: rows; weights: sums of w, w^2, w^3, w^4 over all rows; events: the same sums over the rows with an event;
    heaviest: the largest weight that a row of the population can have, drawn or not.
    Raises ValueError for sums that no rows can have.
    """

    n: int
    weights: Powers
    events: Powers
    heaviest: float

    def __post_init__(self) -> None:
        values = (float(self.n), *self.weights, *self.events, self.heaviest)
        if len(values) != 10 or not all(math.isfinite(v) and v >= 0 for v in values):
            raise ValueError(
                f"expected four finite sums of at least 0 over all rows and events, found {self}"
            )
        if any(e > w * (1 + 1e-9) for e, w in zip(self.events, self.weights, strict=True)):
            raise ValueError(f"expected sums over events of at most those over all rows, found {self}")

    @classmethod
    def of_rows(
        cls, weights: ArrayLike, events: ArrayLike, *, heaviest: float | None = None
    ) -> WeightedCount:
        """Sum rows: weights float[n] of at least 0, events int or bool[n] of 0 and 1.

        heaviest: the largest weight in the population; without it the largest seen is taken for that.
        """
        w, y = np.asarray(weights, dtype=np.float64), np.asarray(events, dtype=np.float64)
        if w.shape != y.shape or w.ndim != 1 or not np.all((y == 0) | (y == 1)) or np.any(w < 0):
            raise ValueError("expected one weight of at least 0 and one event, 0 or 1, for each row")
        return cls(w.size, _powers(w), _powers(w * y), max(float(w.max(initial=0.0)), heaviest or 0.0))

    def __add__(self, other: WeightedCount) -> WeightedCount:
        """The sums over the rows of both."""
        return WeightedCount(
            self.n + other.n,
            _sum(self.weights, other.weights),
            _sum(self.events, other.events),
            max(self.heaviest, other.heaviest),
        )

    @property
    def rate(self) -> float:
        """The Hajek estimate sum w y / sum w. Raises Undefined without any weight."""
        if self.weights[0] <= 0:
            reason = "no_rows" if self.n == 0 else "zero_denominator"
            raise Undefined("expected rows of positive weight, found none", reason=reason)
        return min(self.events[0] / self.weights[0], 1.0)

    @property
    def kish(self) -> float:
        """Rows of equal weight whose mean varies as much (Kish 1965): (sum w)^2 / sum w^2."""
        return self.weights[0] ** 2 / self.weights[1] if self.weights[1] > 0 else 0.0

    def spread(self, power: int) -> float:
        """Sum of (w (y - rate))^power for power 2 or 4."""
        p, k = self.rate, power - 1
        return self.events[k] * (1 - p) ** power + (self.weights[k] - self.events[k]) * p**power

    @property
    def effective_rows(self) -> float:
        """Rows of equal weight that would tell as much: Kish's number, or less where heavy rows are the different ones.

        The alternative is p (1 - p) over the linearised variance sum w^2 (y - p)^2 / (sum w)^2.
        """
        p, spread = self.rate, self.spread(2)
        if spread <= 0 or not 0 < p < 1:
            return self.kish
        return min(self.kish, p * (1 - p) * self.weights[0] ** 2 / spread)

    @property
    def joint(self) -> Joint:
        """Joint moments of (w y, w), whose ratio of means is the rate."""
        a, a2, a3, _ = (v / self.n for v in self.events)
        b, b2, b3, _ = (v / self.n for v in self.weights)
        return Joint(
            n=self.n,
            top=a,
            bottom=b,
            variances=(a2 - a * a, a2 - a * b, b2 - b * b),
            thirds=(
                a3 - 3 * a * a2 + 2 * a**3,
                a3 - 2 * a * a2 - b * a2 + 2 * a * a * b,
                a3 - 2 * b * a2 - a * b2 + 2 * a * b * b,
                b3 - 3 * b * b2 + 2 * b**3,
            ),
        )


def weighted_bound(count: WeightedCount, alpha: float) -> Bound:
    """The weighted rate between one-sided limits at level alpha, grade B.

    The most cautious of Clopper-Pearson at the effective rows, and Fieller's limits for E(w y) / E(w), with skew correction
    and with a row more that is as heavy as any can be: the first is too short where heavy rows go with the outcome. Where
    `heaviest` is only the largest weight seen, and heavier rows exist, the rate is passed too often (.066 in the worst
    ladder of tenfold weights). In all the estimated variance costs
    degrees of freedom: t has as many as rows make it up (`skew.contributions`).

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
    degrees = min(count.kish - 1, contributions(count.spread(2), count.spread(4)))
    low, high = fieller_limits(count.joint, -float(stdtrit(degrees, alpha)), count.heaviest, alpha)
    rows *= shrinkage(degrees, alpha)
    return Bound(
        estimate=rate,
        lower=min(lower_at(rate, rows, alpha), low),
        upper=max(upper_at(rate, rows, alpha), high),
        method="Clopper-Pearson at the effective rows, skew-corrected Fieller and Gaffke's Fieller, the most cautious",
        grade="B",
        simulated_size=simulated_size("weighted", int(count.effective_rows), alpha),
    )


def _powers(values: Floats) -> Powers:
    square = values * values
    return (
        float(values.sum()),
        float(square.sum()),
        float((square * values).sum()),
        float((square * square).sum()),
    )


def _sum(one: Powers, other: Powers) -> Powers:
    first, second, third, fourth = (a + b for a, b in zip(one, other, strict=True))
    return first, second, third, fourth
