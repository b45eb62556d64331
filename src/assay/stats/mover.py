"""The nominal level of a MOVER limit, found without inverting a single quantile.

MOVER (Zou & Donner 2008, Statist. Med. 27:1693; Newcombe 1998) joins one-sided limits l1 of p1 and u2 of p2 into

    L = p1 - r p2 - sqrt(A^2 + B^2 + 2 |rho| A B),   A = p1 - l1,  B = r (u2 - p2),

where rho <= 0 is the correlation of the two estimated rates: 0 for independent groups, negative for the two
discordant cells of a pair, and -1 gives l1 - r u2, the corner of the Bonferroni box. With Clopper-Pearson limits
at level a, L reaches the margin m when (A, B) lies on the arc A^2 + B^2 + 2 |rho| A B = D^2, D = p1 - r p2 - m.
Along the arc the tail P(X1 >= x1 | p1 - A) rises and P(X2 <= x2 | p2 + B / r) falls: where they cross is a.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from assay.stats.rates import Floats, tail_above, tail_below

_MOST_STEPS = 120
_CLOSE = 1e-14
LARGEST_LEVEL = 0.5
"""Up to here a Clopper-Pearson limit is never on the wrong side of the estimate, so MOVER limits are nested."""

SMALLEST_LEVEL = 1e-12
"""Regions are enumerated at no smaller level. With a handful of rows a nominal level can be 0 where the true size
is not: MOVER limits never leave the disc of radius sqrt(1 + r^2) around the estimate, whatever the level."""


@dataclass(frozen=True, slots=True)
class _Arc:
    """One arc per element, all arrays of one length."""

    x1: Floats
    n1: Floats
    x2: Floats
    n2: Floats
    distance: Floats
    rho: Floats
    ratio: float

    def take(self, index: NDArray[np.intp]) -> _Arc:
        return _Arc(
            self.x1[index],
            self.n1[index],
            self.x2[index],
            self.n2[index],
            self.distance[index],
            self.rho[index],
            self.ratio,
        )

    def tails(self, angle: Floats) -> tuple[Floats, Floats]:
        """The rising tail of group 1 and the falling tail of group 2; a limit that cannot move has tail 0."""
        sine = np.sin(angle)
        first = np.sqrt(np.maximum(1 - (1 - self.rho**2) * sine**2, 0.0)) - self.rho * sine
        low = np.clip(self.x1 / self.n1 - self.distance * first, 0.0, 1.0)
        high = np.clip(self.x2 / self.n2 + self.distance * sine / self.ratio, 0.0, 1.0)
        rising = np.where(self.x1 == 0, 0.0, tail_above(self.x1, self.n1, low))
        falling = np.where(self.x2 == self.n2, 0.0, tail_below(self.x2, self.n2, high))
        return rising, falling

    def start(self) -> Floats:
        """The crossing for two normal estimates."""
        p1, p2 = (self.x1 + 0.5) / (self.n1 + 1), (self.x2 + 0.5) / (self.n2 + 1)
        return np.arctan2(self.ratio * np.sqrt(p2 * (1 - p2) / self.n2), np.sqrt(p1 * (1 - p1) / self.n1))


def crossing_level(
    x1: Floats, n1: Floats, x2: Floats, n2: Floats, *, ratio: float, margin: Floats, rho: Floats
) -> Floats:
    """Smallest nominal level at which the MOVER lower limit of p1 - ratio * p2 reaches the margin.

    All arrays one-dimensional and of one length; rho is the absolute correlation in [0, 1]. A value above 0.5
    is returned as 1. The result errs upwards: it is the larger of two tails that agree to about 1e-14.
    """
    distance = x1 / n1 - ratio * (x2 / n2) - margin
    level = np.ones_like(distance)
    possible = np.flatnonzero(distance >= 0)
    arc = _Arc(x1, n1, x2, n2, distance, rho, ratio).take(possible)
    found = _cross(arc)
    level[possible] = np.where(found > LARGEST_LEVEL, 1.0, found)
    return level


def _cross(arc: _Arc) -> Floats:
    """Bracketed secant steps on the difference of the tails' normal scores, which is nearly straight."""
    left, right = np.zeros_like(arc.distance), np.full_like(arc.distance, np.pi / 2)
    best = np.ones_like(arc.distance)
    # A limit that cannot move (x1 = 0 or x2 = n2) is decided at an end of the arc. The ends of all others have a tail
    # P(X >= x | x / n) or P(X <= x | x / n), which are above a half: no level.
    fixed = np.flatnonzero((arc.x1 == 0) | (arc.x2 == arc.n2))
    if fixed.size:
        ends = (arc.take(fixed).tails(at[fixed]) for at in (left, right))
        best[fixed] = np.minimum(*(np.maximum(*tails) for tails in ends))
    active = np.arange(best.size)
    angle, before, gap_before = arc.start(), left, np.full_like(best, np.nan)
    for step in range(_MOST_STEPS):
        if active.size == 0:
            break
        rising, falling = arc.take(active).tails(angle)
        best[active] = np.minimum(best[active], np.maximum(rising, falling))
        gap = _score(rising) - _score(falling)
        left, right = np.where(gap < 0, angle, left), np.where(gap < 0, right, angle)
        with np.errstate(divide="ignore", invalid="ignore"):
            following = angle - gap * (angle - before) / (gap - gap_before)
        inside = (following > left) & (following < right) & (step <= 12 or step % 2 == 0)
        following = np.where(inside, following, (left + right) / 2)
        unfinished = (np.abs(rising - falling) > _CLOSE) & (right - left > _CLOSE)
        before, gap_before = angle[unfinished], gap[unfinished]
        left, right, angle = left[unfinished], right[unfinished], following[unfinished]
        active = active[unfinished]
    return best


def _score(tail: Floats) -> Floats:
    score: Floats = np.clip(ndtri(tail), -38.0, 9.0)
    return score
