"""Limits for a ratio of two expectations: Fieller's inversion with a correction for skewness.

E a / E b is above r exactly when E(a - r b) > 0 (Fieller 1954, JRSS B 16:175), so a limit for the ratio is the last r at
which the cautious limit for the mean of a - r b (`assay.stats.skew`) does not yet have the other sign. Observed over
expected events, weighted rates and rates of clustered rows are such ratios.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.stats.histogram import Floats
from assay.stats.skew import Moments, cautious_width, p_below

GRID = (257, *(33,) * 6)
"""Points of each grid over the bracket that the one before it left: 11 digits."""


@dataclass(frozen=True, slots=True)
class Joint:
    """Joint moments of n rows (or clusters) of a and b up to the third order.

    top, bottom: means of a and b; variances, thirds: the central moments of (a, b) with weights
    (a a, a b, b b) and (a a a, a a b, a b b, b b b), divisor n.
    """

    n: int
    top: float
    bottom: float
    variances: tuple[float, float, float]
    thirds: tuple[float, float, float, float]

    @classmethod
    def of_values(cls, a: Floats, b: Floats, rows: Floats | None = None) -> Joint:
        """Moments of pairs a, b float64[k], each standing for rows[k] (default: one) of the n rows."""
        weight = np.ones_like(a) if rows is None else rows
        n = float(weight.sum())
        top, bottom = float(weight @ a) / n, float(weight @ b) / n
        u, v = a - top, b - bottom
        second = (u * u, u * v, v * v)
        third = (u * u * u, u * u * v, u * v * v, v * v * v)
        return cls(
            round(n),
            top,
            bottom,
            (float(weight @ second[0]) / n, float(weight @ second[1]) / n, float(weight @ second[2]) / n),
            (
                float(weight @ third[0]) / n,
                float(weight @ third[1]) / n,
                float(weight @ third[2]) / n,
                float(weight @ third[3]) / n,
            ),
        )

    @property
    def ratio(self) -> float:
        """The plug-in ratio."""
        return self.top / self.bottom

    def excess(self, ratio: Floats) -> Floats:
        """Mean of a - r b at each r."""
        return self.top - ratio * self.bottom

    def excesses(self, ratio: Floats) -> Moments:
        """Moments of a - r b at each r."""
        aa, ab, bb = self.variances
        aaa, aab, abb, bbb = self.thirds
        r = ratio
        variance = np.maximum(aa - 2 * r * ab + r * r * bb, 0.0) * (self.n / (self.n - 1))
        third = aaa - 3 * r * aab + 3 * r * r * abb - r * r * r * bbb
        return Moments(self.n, self.excess(r), variance, third)

    def upper_width(self, ratio: Floats, t: float) -> Floats:
        """How far above its estimate the limit for the mean of a - r b lies, at each r."""
        return self._width(ratio, t, 1.0)

    def lower_width(self, ratio: Floats, t: float) -> Floats:
        """How far below its estimate the limit for the mean of a - r b lies, at each r."""
        return self._width(ratio, t, -1.0)

    def _width(self, r: Floats, t: float, side: float) -> Floats:
        m = self.excesses(r)
        root = np.sqrt(m.variance)
        with np.errstate(divide="ignore", invalid="ignore"):
            skewness = np.where(m.variance > 0, side * m.third / (m.variance * root), 0.0) / math.sqrt(self.n)
        return np.asarray(cautious_width(skewness, t) * root / math.sqrt(self.n))


Kept = Callable[[Floats], np.ndarray[tuple[int, ...], np.dtype[np.bool_]]]


def largest_kept(kept: Kept, low: float, high: float) -> float:
    """The largest r in [low, high] with kept(r), vectorised, where `low` is kept; caution where it is not monotone."""
    for points in GRID:
        grid = np.linspace(low, high, points)
        inside = kept(grid)
        inside[0] = True
        last = int(np.flatnonzero(inside)[-1])
        if last == points - 1:
            return high
        low, high = float(grid[last]), float(grid[last + 1])
    return high


def smallest_kept(kept: Kept, low: float, high: float) -> float:
    """The smallest r in [low, high] with kept(r), where `high` is kept: the mirror image of `largest_kept`."""
    return -largest_kept(lambda mirrored: kept(-mirrored), -high, -low)


def fieller_limits(joint: Joint, t: float, largest: float, alpha: float) -> tuple[float, float]:
    """Fieller limits of a rate, a ratio in [0, 1], one-sided at level alpha: the more cautious of two.

    Skew-corrected ones at t standard errors, and Gaffke's (`assay.stats.skew`) with a cluster or row more, of the size
    (or weight) `largest`, in which all are events, or none. Of larger ones nothing is known.
    """
    estimate = min(max(joint.ratio, 0.0), 1.0)

    def not_above(r: Floats) -> NDArray[np.bool_]:
        near = joint.excess(r) - joint.lower_width(r, t) <= 0
        return np.asarray(near | (p_below(joint.excesses(r).mirrored(), r * largest, 0.0) >= alpha))

    def not_below(r: Floats) -> NDArray[np.bool_]:
        near = joint.excess(r) + joint.upper_width(r, t) >= 0
        return np.asarray(near | (p_below(joint.excesses(r), (1 - r) * largest, 0.0) >= alpha))

    return smallest_kept(not_above, 0.0, estimate), largest_kept(not_below, estimate, 1.0)
