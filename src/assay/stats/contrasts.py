"""Two independent groups: limits and p-values for the contrast p1 - r p2 against a margin m.

A difference has r = 1; "the ratio p1 / p2 is at least r" is the contrast against m = 0. Limits are MOVER limits
(Zou & Donner 2008; Donner & Zou 2012 for ratios) with Clopper-Pearson limits of each rate. They are nearly
exact, not exact: at 3000 against 100 rows and margin 0.1 the nominal 0.05 has true size 0.0542. A verdict
therefore takes a p-value of `p_contrast_at_least` together with the level of `exact_size.audited_level`, or the
p-value of the Bonferroni box, which is valid at every level as it stands.

"p_a - p_b is at most tau" is "p_b - p_a is at least -tau": swap the groups and negate the margin.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from assay.stats.mover import LARGEST_LEVEL, crossing_level
from assay.stats.rates import Floats, lower_limit, upper_limit


class Limits(NamedTuple):
    """Estimates with one-sided lower and upper limits, each at level alpha; arrays of one shape."""

    estimate: Floats
    lower: Floats
    upper: Floats


class RateLimits(NamedTuple):
    """Rates with their one-sided Clopper-Pearson limits; arrays of one shape."""

    rate: Floats
    lower: Floats
    upper: Floats

    def along(self, axis: int) -> RateLimits:
        """One-dimensional limits laid along an axis of a table of pairs."""
        return RateLimits(*(v[:, None] if axis == 0 else v[None, :] for v in self))

    def at(self, places: NDArray[np.intp] | slice) -> RateLimits:
        """The limits at these places."""
        return RateLimits(*(v[places] for v in self))


def rate_limits(x: ArrayLike, n: ArrayLike, alpha: float) -> RateLimits:
    """Rates x / n with their limits, each one-sided at level alpha. Raises ValueError for impossible counts."""
    events, trials = np.asarray(x, dtype=np.float64), np.asarray(n, dtype=np.float64)
    if events.ndim == 1 and events.shape == trials.shape:
        return _limits_of_cells(events.tobytes(), trials.tobytes(), alpha)
    lower, upper = lower_limit(events, trials, alpha), upper_limit(events, trials, alpha)
    return RateLimits(events / trials, lower, upper)


@lru_cache(maxsize=64)
def _limits_of_cells(events: bytes, trials: bytes, alpha: float) -> RateLimits:
    """The same cells are asked alone, for their gaps and for their ratios; inverting the beta is the dear part."""
    x, n = np.frombuffer(events, dtype=np.float64), np.frombuffer(trials, dtype=np.float64)
    lower, upper = lower_limit(x, n, alpha), upper_limit(x, n, alpha)
    found = RateLimits(x / n, lower, upper)
    for values in found:
        values.setflags(write=False)
    return found


def contrast_width(one: RateLimits, two: RateLimits, ratio: float) -> Floats:
    """The distance from p1 - ratio * p2 down to its MOVER-CP lower limit, for limits that broadcast together."""
    width: Floats = np.asarray((one.rate - one.lower) ** 2 + (ratio * (two.upper - two.rate)) ** 2)
    return np.sqrt(width, out=width)


def ratio_floor(one: RateLimits, two: RateLimits) -> Floats:
    """The MOVER-CP lower limit of p1 / p2, for limits that broadcast together; see `ratio_limits`."""
    product = np.asarray(one.rate * two.rate)
    a, b = one.lower * (2 * one.rate - one.lower), two.upper * (2 * two.rate - two.upper)
    # In place: a table of all pairs is as large as what a processor keeps at hand.
    floor: Floats = np.asarray(np.square(product))
    floor -= a * b
    np.maximum(floor, 0.0, out=floor)
    np.sqrt(floor, out=floor)
    floor += product
    with np.errstate(divide="ignore", invalid="ignore"):
        np.divide(a, floor, out=floor)
    np.copyto(floor, 0.0, where=one.rate == 0)
    return floor


def contrast_limits(
    x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike, *, ratio: float, alpha: float
) -> Limits:
    """MOVER-CP limits of p1 - ratio * p2, each one-sided at nominal level alpha.

    Counts broadcast together; returns rates of the broadcast shape.
    Raises ValueError for counts outside 0 <= x <= n, n = 0, ratio <= 0 or alpha outside (0, 0.5].
    """
    _check(ratio, alpha)
    return contrast_between(rate_limits(x1, n1, alpha), rate_limits(x2, n2, alpha), ratio)


def contrast_between(one: RateLimits, two: RateLimits, ratio: float) -> Limits:
    """`contrast_limits` of rates whose own limits are known."""
    estimate = one.rate - ratio * two.rate
    up = np.sqrt((one.upper - one.rate) ** 2 + (ratio * (two.rate - two.lower)) ** 2)
    return Limits(estimate, estimate - contrast_width(one, two, ratio), estimate + up)


def difference_limits(x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike, *, alpha: float) -> Limits:
    """MOVER-CP limits of p1 - p2. Shapes and errors as `contrast_limits`."""
    return contrast_limits(x1, n1, x2, n2, ratio=1.0, alpha=alpha)


def ratio_limits(x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike, *, alpha: float) -> Limits:
    """MOVER-CP limits of p1 / p2: the ratios at which the limits of the contrast p1 - r p2 cross zero.

    The lower limit is the smaller root of (p1 - r p2)^2 = (p1 - l1)^2 + r^2 (u2 - p2)^2 (Donner & Zou 2012,
    Stat. Methods Med. Res. 21:347), written without cancellation; the upper limit is the mirror root.
    The estimate is inf where only x2 = 0 and nan where x1 = x2 = 0; the upper limit is inf where x2 = 0.
    Shapes and errors as `contrast_limits`.
    """
    _check(1.0, alpha)
    return ratio_between(rate_limits(x1, n1, alpha), rate_limits(x2, n2, alpha))


def ratio_between(one: RateLimits, two: RateLimits) -> Limits:
    """`ratio_limits` of rates whose own limits are known."""
    product = one.rate * two.rate
    c, d = one.upper * (2 * one.rate - one.upper), two.lower * (2 * two.rate - two.lower)
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate = one.rate / two.rate
        root = np.sqrt(np.maximum(product**2 - c * d, 0.0))
        upper = np.where(two.rate == 0, np.inf, (product + root) / d)
    return Limits(estimate, ratio_floor(one, two), upper)


def p_contrast_at_least(
    x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike, *, ratio: float, margin: ArrayLike
) -> Floats:
    """Smallest nominal level at which the MOVER-CP lower limit of p1 - ratio * p2 is at least the margin.

    Small values show "at least"; compare with an audited level. Values above 0.5 are given as 1.
    Counts and margin broadcast together. Raises ValueError as `contrast_limits`.
    """
    return _level_of(x1, n1, x2, n2, ratio, margin, rho=0.0)


def p_contrast_at_most(
    x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike, *, ratio: float, margin: ArrayLike
) -> Floats:
    """Smallest nominal level at which the MOVER-CP upper limit of p1 - ratio * p2 is at most the margin.

    By complement: counts n - x and margin 1 - ratio - margin. Otherwise as `p_contrast_at_least`; the audit of
    this direction is that of the complement too.
    """
    mirrored = 1.0 - ratio - np.asarray(margin, dtype=np.float64)
    return p_contrast_at_least(*_complement(x1, n1), *_complement(x2, n2), ratio=ratio, margin=mirrored)


def p_box_at_least(
    x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike, *, ratio: float, margin: ArrayLike
) -> Floats:
    """Exact p-value of H0 "p1 - ratio * p2 is below the margin": the smallest level a at which the corner
    l1(a/2) - ratio * u2(a/2) of the Bonferroni box of Clopper-Pearson limits is at least the margin.

    Valid at every level (P(p <= a) <= a under H0), so it also serves step-down procedures. Whenever it is at
    most a, `p_contrast_at_least` is at most a / 2. Shapes and errors as `p_contrast_at_least`.
    """
    return np.minimum(2.0 * _level_of(x1, n1, x2, n2, ratio, margin, rho=1.0), 1.0)


def p_box_at_most(
    x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike, *, ratio: float, margin: ArrayLike
) -> Floats:
    """Exact p-value of H0 "p1 - ratio * p2 is above the margin": the mirror of `p_box_at_least`."""
    mirrored = 1.0 - ratio - np.asarray(margin, dtype=np.float64)
    return p_box_at_least(*_complement(x1, n1), *_complement(x2, n2), ratio=ratio, margin=mirrored)


def _level_of(
    x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike, ratio: float, margin: ArrayLike, rho: float
) -> Floats:
    _check(ratio, LARGEST_LEVEL)
    arrays = np.broadcast_arrays(*(np.asarray(v, dtype=np.float64) for v in (x1, n1, x2, n2, margin)))
    shape = arrays[0].shape
    _refuse_bad_counts(arrays[0], arrays[1])
    _refuse_bad_counts(arrays[2], arrays[3])
    flat = [np.ravel(v) for v in arrays]
    level = crossing_level(*flat[:4], ratio=ratio, margin=flat[4], rho=np.full(flat[0].size, rho))
    return level.reshape(shape)


def _complement(x: ArrayLike, n: ArrayLike) -> tuple[Floats, Floats]:
    rows = np.asarray(n, dtype=np.float64)
    return rows - np.asarray(x, dtype=np.float64), rows


def _refuse_bad_counts(x: Floats, n: Floats) -> None:
    if not np.all(n >= 1):
        raise ValueError("a contrast needs at least one row in each group, found n = 0")
    if not np.all((x >= 0) & (x <= n)):
        raise ValueError("expected 0 <= x <= n in both groups, found a count outside")


def _check(ratio: float, alpha: float) -> None:
    if not ratio > 0:
        raise ValueError(f"expected a positive ratio, found {ratio}")
    if not 0 < alpha <= LARGEST_LEVEL:
        raise ValueError(f"expected a level alpha in (0, {LARGEST_LEVEL}], found {alpha}")
