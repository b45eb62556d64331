"""The gap between two groups in what errors cost a person, of an error of each kind: exact, by a box of binomial limits.

A row has at most one error, so that its cost is one of the given ones or 0, and the cost per person is the sum of the rates of each
kind times what it costs. Each rate has a Clopper-Pearson limit at its part of alpha (Bonferroni); whatever the kinds have to do
with each other, all hold at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from assay.stats.rates import lower_limit, upper_limit

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CostGap:
    """Errors [..., kinds] of two groups of n1 and n2 rows, and what one of each kind costs."""

    x1: Floats
    n1: Floats
    x2: Floats
    n2: Floats
    costs: Floats

    @property
    def least(self) -> Floats:
        """Rows of the smaller group."""
        return np.asarray(np.minimum(self.n1.min(axis=-1), self.n2.min(axis=-1)))

    @property
    def estimate(self) -> Floats:
        """Cost per person of the first group less that of the second."""
        return np.asarray(((self.x1 / self.n1 - self.x2 / self.n2) * self.costs).sum(axis=-1))

    def lower(self, alpha: float) -> Floats:
        """Lower limits at level alpha."""
        part = alpha / (2 * len(self.costs))
        gap = lower_limit(self.x1, self.n1, part) - upper_limit(self.x2, self.n2, part)
        return np.asarray((gap * self.costs).sum(axis=-1))

    def upper(self, alpha: float) -> Floats:
        """Upper limits at level alpha."""
        part = alpha / (2 * len(self.costs))
        gap = upper_limit(self.x1, self.n1, part) - lower_limit(self.x2, self.n2, part)
        return np.asarray((gap * self.costs).sum(axis=-1))


def expected_cost(
    x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike, costs: Sequence[float]
) -> CostGap:
    """The gap of two groups. A kind that costs nothing takes no part of alpha."""
    price = np.asarray(costs, dtype=np.float64)
    counted = price > 0
    a, m1, c, m2 = (np.asarray(v, dtype=np.float64)[..., counted] for v in (x1, n1, x2, n2))
    return CostGap(a, m1, c, m2, price[counted])
