"""Distances between two distributions over the same bins, between exact limits.

Each distance is a sum over bins of a function f(p, q) of the two shares, 0 where they are equal and growing as they move apart.
Clopper-Pearson limits at alpha / (2 bins) hold for all shares at once with 1 - alpha (Bonferroni), whatever the bins depend on;
then no term is larger than at one of the two far corners of its box, and none smaller than where the box comes closest to p = q. So the
limits hold for every number of rows, empty bins among them, if which bins there are was fixed without the rows: grade A, and wide.
A share below 1 in 10,000 counts as 1 in 10,000 in the PSI, in the estimand itself and so in the limits; without it the index of a bin
that nobody may be in would be infinite, and of any bin without rows nothing could ever be shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from assay.domain.evidence import Distance
from assay.stats.bound import Bound
from assay.stats.histogram import Undefined, require_level
from assay.stats.rates import lower_limit, upper_limit

Floats = NDArray[np.float64]
SMALLEST_SHARE = 1e-4
"""Of the PSI: what smaller shares count as, in both distributions."""
METHOD = "simultaneous Clopper-Pearson box over the bins"


def _psi(p: Floats, q: Floats) -> Floats:
    """(p - q) ln(p / q), the population stability index of a bin (Siddiqi 2006, Credit Risk Scorecards; Jeffreys' divergence)."""
    p, q = np.maximum(p, SMALLEST_SHARE), np.maximum(q, SMALLEST_SHARE)
    return np.asarray((p - q) * np.log(p / q))


def _total_variation(p: Floats, q: Floats) -> Floats:
    return np.abs(p - q) / 2


def _squared_hellinger(p: Floats, q: Floats) -> Floats:
    return (np.sqrt(p) - np.sqrt(q)) ** 2 / 2


TERMS: Mapping[Distance, Callable[[Floats, Floats], Floats]] = {
    Distance.PSI: _psi,
    Distance.TOTAL_VARIATION: _total_variation,
    Distance.HELLINGER: _squared_hellinger,
}
LARGEST: Mapping[Distance, float] = {
    Distance.PSI: np.inf,
    Distance.TOTAL_VARIATION: 1.0,
    Distance.HELLINGER: 1.0,
}


def distance_bound(reference: ArrayLike, found: ArrayLike, distance: Distance, alpha: float) -> Bound:
    """A distance between the distributions that two samples come from, between one-sided limits at level alpha, grade A.

    reference, found: int[k], rows per bin, of every bin that was declared. The Hellinger distance is the root of its sum, the others are sums.
    Raises Undefined where a sample has no rows; ValueError for a level outside (0, 1).
    """
    require_level(alpha)
    x, y = np.asarray(reference, dtype=np.float64), np.asarray(found, dtype=np.float64)
    m, n = x.sum(), y.sum()
    if m == 0 or n == 0:
        raise Undefined("expected rows in both data sets, found none in one", reason="no_rows")
    each, term = alpha / (2 * x.size), TERMS[distance]
    low_p, high_p = lower_limit(x, m, each), upper_limit(x, m, each)
    low_q, high_q = lower_limit(y, n, each), upper_limit(y, n, each)
    most = np.maximum(term(high_p, low_q), term(low_p, high_q)).sum()
    least = np.where(
        low_p > high_q, term(low_p, high_q), np.where(low_q > high_p, term(high_p, low_q), 0.0)
    ).sum()
    values = (float(term(x / m, y / n).sum()), float(least), min(float(most), LARGEST[distance]))
    estimate, lower, upper = (value**0.5 for value in values) if distance is Distance.HELLINGER else values
    return Bound(estimate, lower, upper, METHOD, "A")
