"""What given rows can show: the strictest threshold that a model of known quality passes with given power.

After the test the strictest threshold supported is the confidence limit itself; these are for the plan, before
any result exists. Each inverts the exact power of `power` in one of its arguments.
"""

from collections.abc import Callable

import numpy as np
from scipy.special import betaincinv

from assay.stats.power import critical_count, power_contrast, power_paired, power_rate

_PRECISION = 1e-6


def true_rate_needed(
    n: int, tau: float, *, alpha: float, power: float, at_least: bool = True
) -> float | None:
    """The true rate, nearest to tau, that passes "rate >= tau" (or <= tau) on n rows with probability `power`.

    Exact: Beta^-1(power; k, n - k + 1) for the smallest passing count k. None when no count passes.
    Raises ValueError as `power_rate`.
    """
    power_rate(n, tau, tau, alpha, at_least=at_least)  # validates
    threshold = tau if at_least else 1 - tau
    k = float(critical_count(np.asarray(float(n)), threshold, alpha))
    if k > n:
        return None
    needed = float(betaincinv(k, n - k + 1, power)) if k > 0 else 0.0
    return needed if at_least else 1 - needed


def strictest_rate(n: int, true: float, *, alpha: float, power: float, at_least: bool = True) -> float:
    """The strictest tau that a model with that true rate passes on n rows with probability `power`, to 1e-6.

    Raises ValueError as `power_rate`.
    """
    if at_least:
        return _largest(lambda t: bool(power_rate(n, t, true, alpha) >= power), 0.0, true)
    return 1 - _largest(lambda t: bool(power_rate(n, t, 1 - true, alpha) >= power), 0.0, 1 - true)


def strictest_margin(
    n1: int, n2: int, p1: float, p2: float, *, ratio: float, alpha: float, power: float
) -> float:
    """The largest margin m with which "p1 - ratio * p2 >= m" passes with probability `power`, to 1e-6.

    For a gap "p1 - p2 <= tau" swap the groups and negate. Nominal level alpha. Raises ValueError as
    `power_contrast`.
    """
    return _largest(
        lambda m: power_contrast(n1, n2, p1, p2, ratio=ratio, margin=m, alpha=alpha) >= power,
        -ratio,
        p1 - ratio * p2,
    )


def strictest_ratio(n1: int, n2: int, p1: float, p2: float, *, alpha: float, power: float) -> float:
    """The largest r with which "p1 / p2 >= r" passes with probability `power`, to 1e-6; 0 when none does.

    Nominal level alpha. Raises ValueError as `power_contrast`, or for p2 = 0.
    """
    if not p2 > 0:
        raise ValueError("a ratio needs a positive rate in the second group, found p2 = 0")
    return _largest(
        lambda r: r <= 0 or power_contrast(n1, n2, p1, p2, ratio=r, margin=0.0, alpha=alpha) >= power,
        0.0,
        max(p1 / p2, _PRECISION),
    )


def strictest_drop(n: int, worse: float, better: float, *, alpha: float, power: float) -> float:
    """The smallest tau with which "drop <= tau" passes with probability `power`, to 1e-6.

    Nominal level alpha. Raises ValueError as `power_paired`.
    """
    return -_largest(
        lambda m: power_paired(n, worse, better, tau=-m, alpha=alpha) >= power, -1.0, better - worse
    )


def _largest(passes: Callable[[float], bool], low: float, high: float) -> float:
    """Bisect for the largest value that passes; passing is monotone because the regions are nested."""
    while high - low > _PRECISION:
        middle = (low + high) / 2
        low, high = (middle, high) if passes(middle) else (low, middle)
    return low
