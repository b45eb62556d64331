"""A rigorous maximum of a rejection probability over its one nuisance parameter.

A grid over the nuisance parameter only ever sees part of the size. Here the interval is cut into pieces, and on
each piece the probability, which is a polynomial of very high degree, is replaced by its interpolant in 41
Chebyshev points. Two theorems bound what the replacement and the final grid can miss:

- if |f| <= M inside the Bernstein ellipse rho of the piece, then |f - p| <= 4 M rho^-N / (rho - 1)
  (Trefethen, Approximation Theory and Approximation Practice, theorem 8.2); M follows from the triangle
  inequality, because a multinomial generating function at complex probabilities is at most (sum |p_i|)^n;
- a polynomial of degree N never exceeds its largest modulus on m > N Chebyshev nodes by more than the factor
  1 / cos(pi N / (2 m)) (Ehlich & Zeller 1964, Math. Zeitschr. 86:41).

This is the interval bound of the audit in a sharper form: pieces shrink like 1 / sqrt(n) instead of 1 / n.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import cos, exp, pi

import numpy as np

from assay.stats.rates import Floats

Probability = Callable[[Floats], Floats]
"""Maps nuisance values to P(reject) there, each correct to `rounding`."""

Growth = Callable[[float, float, float], float]
"""Maps (centre, a, b) to a bound of log |P(reject)| on the rectangle centre +- a +- i b."""

_DEGREE = 40
_RHO = 2.0
_FINE = 64 * _DEGREE
_MOST_GROWTH = 12.0
_LEBESGUE = 4.0
_SMALLEST = 1e-15


@dataclass(frozen=True, slots=True)
class Supremum:
    """`bound` is never below the true maximum; `seen` is the largest value computed, at nuisance `at`."""

    bound: float
    seen: float
    at: float
    pieces: int


def supremum(
    probability: Probability, growth: Growth, low: float, high: float, *, rounding: float
) -> Supremum:
    """Bound the maximum of `probability` over [low, high] from above.

    `rounding` is the largest error of one computed probability (floating point and truncated tails).
    Raises ValueError if low > high.
    """
    if low > high:
        raise ValueError(f"expected low <= high, found [{low}, {high}]")
    worst = Supremum(0.0, 0.0, low, 0)
    pieces = _pieces(growth, low, high)
    for centre, half, log_modulus in pieces:
        found = _over_piece(probability, centre, half, log_modulus)
        bound = max(worst.bound, found.bound + _LEBESGUE * rounding)
        best = max(worst, found, key=lambda s: s.seen)
        worst = Supremum(bound, best.seen, best.at, len(pieces))
    return worst


def _pieces(growth: Growth, low: float, high: float) -> list[tuple[float, float, float]]:
    """Halve the interval until the ellipse of every piece is tame; returns (centre, half width, log M)."""
    waiting, done = [(low, high)], []
    while waiting:
        a, b = waiting.pop()
        centre, half = (a + b) / 2, (b - a) / 2
        log_modulus = growth(centre, half * (_RHO + 1 / _RHO) / 2, half * (_RHO - 1 / _RHO) / 2)
        if log_modulus <= _MOST_GROWTH or half < _SMALLEST:
            done.append((centre, half, log_modulus))
        else:
            waiting += [(a, centre), (centre, b)]
    return done


def _over_piece(probability: Probability, centre: float, half: float, log_modulus: float) -> Supremum:
    nodes, fine, matrix = _interpolation()
    values = probability(centre + half * nodes)
    curve = matrix @ values
    middle, radius = (curve.max() + curve.min()) / 2, (curve.max() - curve.min()) / 2
    missed_by_grid = radius / cos(pi * _DEGREE / (2 * _FINE))
    missed_by_interpolant = 4 * exp(log_modulus) * _RHO**-_DEGREE / (_RHO - 1)
    peak = int(np.argmax(curve))
    return Supremum(
        bound=float(middle + missed_by_grid + missed_by_interpolant),
        seen=float(values.max()),
        at=float(centre + half * fine[peak]),
        pieces=1,
    )


@lru_cache(maxsize=1)
def _interpolation() -> tuple[Floats, Floats, Floats]:
    """Chebyshev points of the second kind, the fine nodes, and the barycentric matrix between them."""
    j = np.arange(_DEGREE + 1)
    nodes = np.cos(pi * j / _DEGREE)
    weights = np.where(j % 2 == 0, 1.0, -1.0)
    weights[[0, -1]] /= 2
    fine = np.cos(pi * (np.arange(_FINE) + 0.5) / _FINE)
    kernel = weights / (fine[:, None] - nodes)
    return nodes, fine, kernel / kernel.sum(axis=1, keepdims=True)
