"""The ratio of two groups' shares of rows that score above the median: exact, though the median is estimated from the same rows.

With a chance of at most :data:`~assay.domain.evidence.MEDIAN_MISSED` the population's median lies outside of the limits that rows were counted above. Else the
rows of a group above the upper limit are at most, and those above the lower limit at least, those above the median itself, which are
binomial; a Clopper-Pearson limit from fewer events is lower. Both rates at half of what is left of alpha make a box (Bonferroni).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from assay.domain.evidence import MEDIAN_MISSED
from assay.stats.rates import lower_limit, upper_limit

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ScoringRatio:
    """Counts [..., 3]: rows of two groups above the median, above its lower limit and above its upper limit."""

    x1: Floats
    n1: Floats
    x2: Floats
    n2: Floats

    @property
    def least(self) -> Floats:
        """Rows of the smaller group."""
        return np.minimum(self.n1[..., 0], self.n2[..., 0])

    @property
    def estimate(self) -> Floats:
        """The ratio of the rates above the sample's median."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(self.x1[..., 0] / self.n1[..., 0] / (self.x2[..., 0] / self.n2[..., 0]))

    def lower(self, alpha: float) -> Floats:
        """Lower limits at level alpha."""
        half = (alpha - MEDIAN_MISSED) / 2
        if half <= 0:
            return np.zeros_like(self.estimate)
        low = lower_limit(self.x1[..., 2], self.n1[..., 2], half)
        return np.asarray(low / upper_limit(self.x2[..., 1], self.n2[..., 1], half))

    def upper(self, alpha: float) -> Floats:
        """Upper limits at level alpha; infinite where the second rate may be 0."""
        half = (alpha - MEDIAN_MISSED) / 2
        if half <= 0:
            return np.full_like(self.estimate, np.inf)
        with np.errstate(divide="ignore"):
            high = upper_limit(self.x1[..., 1], self.n1[..., 1], half)
            return np.asarray(high / lower_limit(self.x2[..., 2], self.n2[..., 2], half))


def scoring_ratio(x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike) -> ScoringRatio:
    """The first group's rate above the median over the second's, of counts above the median and above its two limits."""
    counts = (np.asarray(v, dtype=np.float64) for v in (x1, n1, x2, n2))
    return ScoringRatio(*counts)
