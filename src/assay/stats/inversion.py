"""From limits to p-values: the smallest level at which a limit meets a threshold."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final, Literal

from assay.stats.bound import Bound

SMALLEST: Final = 1e-12
LARGEST: Final = 0.5
STEPS: Final = 50


def smallest_alpha(
    limit: Callable[[float], float], threshold: float, *, meets: Literal["at_least", "at_most"]
) -> float:
    """The smallest alpha in [1e-12, 0.5] at which limit(alpha) is at least (at most) the threshold: a p-value.

    limit: one-sided limits that become less cautious as alpha grows: lower limits for `at_least`, upper limits for
    `at_most`. Bisection on ln alpha; the answer is never below the true one, by less than one part in 10^12.
    Returns 1 when even alpha = 0.5 does not meet the threshold, 1e-12 when every level does.
    Raises ValueError for another `meets` or a threshold that is not a number.
    """
    if meets not in ("at_least", "at_most") or math.isnan(threshold):
        raise ValueError(f"expected at_least or at_most and a number, found {meets!r} and {threshold!r}")
    sign = 1.0 if meets == "at_least" else -1.0

    def met(alpha: float) -> bool:
        return sign * limit(alpha) >= sign * threshold

    if not met(LARGEST):
        return 1.0
    if met(SMALLEST):
        return SMALLEST
    low, high = math.log(SMALLEST), math.log(LARGEST)
    for _ in range(STEPS):
        middle = (low + high) / 2
        if met(math.exp(middle)):
            high = middle
        else:
            low = middle
    return min(math.exp(high) * (1 + 1e-15), LARGEST)


def p_values_of(limits: Callable[[float], Bound], tau: float) -> tuple[float, float]:
    """P-values for "the value is at least tau" and "at most tau", by inverting limits at any level alpha."""
    at_least = smallest_alpha(lambda a: limits(a).lower, tau, meets="at_least")
    at_most = smallest_alpha(lambda a: limits(a).upper, tau, meets="at_most")
    return at_least, at_most
