"""The size audit: a nominal level for which a MOVER-CP contrast errs with probability at most alpha. Grade A.

The rejection region {L(x1, x2) >= m} is a staircase. Because a Clopper-Pearson limit is monotone and moves by
less than its estimate, L rises in x1 and falls in x2, so the region is {x1 >= k(x2)} with k nondecreasing, and
P(reject) rises in p1 and falls in p2: over H0 "p1 - r p2 < m" it is largest on the line p1 = m + r p2
(Chan & Zhang 1999, Biometrics 55:1202; Fay & Hunsberger 2021, Statist. Surv. 15:72). Along that line the maximum
is bounded by `supremum`, never read off a grid. If the bound exceeds alpha the nominal level shrinks until it
does not, down to alpha / 2, where the Bonferroni box takes over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import hypot, log

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from assay.stats.mover import LARGEST_LEVEL
from assay.stats.rates import Floats, lower_limit
from assay.stats.supremum import Supremum, supremum

_TIE = 1e-10
"""The audited region is wider than the judged one by this much in L: rounding of limits cannot escape it."""
_LOG_TAIL = 33.0
"""Each truncated binomial tail holds less than exp(-33) < 5e-15."""
_TINY = 1e-300
_SHRINKS = 12
LARGEST_AUDIT = 1_000_000
"""Rows, of both groups together, up to which an audit takes a few seconds; beyond, the Bonferroni box, which is exact, judges."""
_RECOVERIES = 4


@dataclass(frozen=True, slots=True)
class Audit:
    """What one audit found.

    Attributes:
        level: judge the nominal p-value at this level.
        size_bound: rigorous bound on P(reject | H0) of that rule; at most alpha.
        monotone: whether the region was confirmed to be a monotone staircase.
        intervals: pieces of the nuisance line that were bounded.
        fallback: no level above alpha / 2 was found, or none was looked for: judge by the Bonferroni box, at alpha,
            alone.
    """

    level: float
    size_bound: float
    monotone: bool
    intervals: int
    fallback: bool = False


@dataclass(frozen=True, slots=True)
class Staircase:
    """The region {x1 >= first[x2]} of two independent binomial counts; first[x2] = n1 + 1 is "never"."""

    n1: int
    n2: int
    first: NDArray[np.int64]

    @property
    def monotone(self) -> bool:
        """Whether fewer events in group 2 never demand more events in group 1."""
        return bool(np.all(np.diff(self.first) >= 0))

    def probability(self, p1: Floats, p2: Floats) -> Floats:
        """P(X1 >= first[X2]) at each pair of rates (one-dimensional arrays), to about 1e-13 (n1 + n2) + 1e-13."""
        start1, pmf1 = binomial_rows(self.n1, p1)
        start2, pmf2 = binomial_rows(self.n2, p2)
        reach = np.zeros((p1.size, pmf1.shape[1] + 1))
        reach[:, :-1] = np.cumsum(pmf1[:, ::-1], axis=1)[:, ::-1]
        needed = np.clip(self.first[start2 : start2 + pmf2.shape[1]] - start1, 0, pmf1.shape[1])
        total: Floats = np.einsum("ij,ij->i", pmf2, reach[:, needed])
        return total

    def size(self, *, ratio: float, margin: float) -> Supremum:
        """The largest P(reject) over H0 "p1 - ratio * p2 < margin", bounded from above."""
        low, high = max(0.0, -margin / ratio), min(1.0, (1 - margin) / ratio)
        if margin <= -ratio or low > high:
            return Supremum(0.0, 0.0, low, 0)

        def on_the_line(p2: Floats) -> Floats:
            return self.probability(np.clip(margin + ratio * p2, 0.0, 1.0), np.clip(p2, 0.0, 1.0))

        def growth(centre: float, a: float, b: float) -> float:
            first = log_modulus(margin + ratio * centre, ratio * a, ratio * b)
            return self.n1 * first + self.n2 * log_modulus(centre, a, b)

        return supremum(on_the_line, growth, low, high, rounding=rounding(self.n1 + self.n2))


def audited_level(n1: int, n2: int, *, ratio: float, margin: float, alpha: float) -> Audit:
    """Largest nominal level found at which "MOVER-CP lower limit of p1 - ratio * p2 >= margin" has size <= alpha.

    n1, n2: rows of the two groups. The rule is: `p_contrast_at_least` <= level, or with `fallback`:
    `p_box_at_least` <= alpha. For "at most" pass ratio and margin of the complement, 1 - ratio - margin, or for a
    difference swap the groups and negate the margin. Cached in memory.
    Raises ValueError for n < 1, ratio <= 0 or alpha outside (0, 0.5].
    """
    if ratio == 1 and n1 > n2:  # by complement, p1 - p2 >= m is (1 - p2) - (1 - p1) >= m: one audit for both
        n1, n2 = n2, n1
    return _audited(int(n1), int(n2), float(ratio), float(margin), float(alpha))


@lru_cache(maxsize=65536)
def _audited(n1: int, n2: int, ratio: float, margin: float, alpha: float) -> Audit:
    if min(n1, n2) < 1 or not ratio > 0 or not 0 < alpha <= LARGEST_LEVEL:
        raise ValueError(
            f"expected rows >= 1, ratio > 0 and alpha in (0, {LARGEST_LEVEL}], "
            f"found rows {n1} and {n2}, ratio {ratio}, alpha {alpha}"
        )
    if n1 + n2 > LARGEST_AUDIT:
        return Audit(alpha / 2, alpha, monotone=True, intervals=0, fallback=True)
    return shrink_level(lambda level: _audit_at(n1, n2, ratio, margin, level), alpha)


def nominal_size(n1: int, n2: int, *, ratio: float, margin: float, level: float) -> Supremum:
    """Rigorous bound on the true size of "MOVER-CP lower limit at nominal level >= margin"; not cached."""
    return mover_staircase(n1, n2, ratio=ratio, margin=margin, level=level).size(ratio=ratio, margin=margin)


def _audit_at(n1: int, n2: int, ratio: float, margin: float, level: float) -> Audit:
    stairs = mover_staircase(n1, n2, ratio=ratio, margin=margin, level=level)
    found = stairs.size(ratio=ratio, margin=margin)
    return Audit(level, found.bound, stairs.monotone, found.pieces)


def shrink_level(audit_at: Callable[[float], Audit], alpha: float) -> Audit:
    """Search the nominal levels in [alpha / 2, alpha] for the largest whose audited size is at most alpha."""
    audit = audit_at(alpha)
    failed = alpha
    for attempt in range(_SHRINKS):
        if audit.size_bound <= alpha or not audit.monotone or audit.level <= alpha / 2:
            break
        failed = audit.level
        audit = audit_at(max(alpha / 2, failed * alpha / audit.size_bound * (1 - 1e-4 * 2**attempt)))
    if audit.size_bound > alpha or not audit.monotone:
        return Audit(alpha / 2, alpha, audit.monotone, audit.intervals, fallback=True)
    if audit.level == alpha:
        return audit
    for _ in range(_RECOVERIES):
        middle = audit_at((audit.level + failed) / 2)
        audit, failed = (middle, failed) if middle.size_bound <= alpha else (audit, middle.level)
    return audit


def box_staircase(n1: int, n2: int, *, ratio: float, margin: float, alpha: float) -> Staircase:
    """The region where the corner of the Bonferroni box, each side at alpha / 2, is at least the margin."""
    return mover_staircase(n1, n2, ratio=ratio, margin=margin, level=alpha / 2, rho=1.0)


def mover_staircase(
    n1: int, n2: int, *, ratio: float, margin: float, level: float, rho: float = 0.0
) -> Staircase:
    """The region where the MOVER-CP lower limit of p1 - ratio * p2 is at least the margin, ties included.

    rho is the absolute correlation of `mover`: 0 for independent groups, 1 for the corner of a box.
    """
    low1 = limits_of_all(n1, level)
    down = np.arange(n1 + 1) / n1 - low1
    p2 = np.arange(n2 + 1) / n2
    up = ratio * (1.0 - limits_of_all(n2, level)[::-1] - p2)
    none, always = np.full(n2 + 1, -1), np.full(n2 + 1, n1 + 1)
    while np.any(always - none > 1):  # the smallest x1 that rejects lies in (none, always]
        middle = (none + always) // 2
        inside = np.clip(middle, 0, n1)
        spread = np.sqrt(down[inside] ** 2 + up**2 + 2 * rho * down[inside] * up)
        limit = inside / n1 - ratio * p2 - spread
        rejects = (limit >= margin - _TIE) | (middle > n1)
        none, always = np.where(rejects, none, middle), np.where(rejects, middle, always)
    return Staircase(n1, n2, always.astype(np.int64))


@lru_cache(maxsize=64)
def limits_of_all(n: int, level: float) -> Floats:
    """Lower Clopper-Pearson limits of x = 0..n."""
    limits = lower_limit(np.arange(n + 1), n, level)
    limits.setflags(write=False)
    return limits


def binomial_rows(n: int, p: Floats) -> tuple[int, Floats]:
    """Binomial probabilities at several rates on one common window; the window's first count and (rates, counts).

    Outside the window each rate has mass below 1e-14 (Bernstein's inequality); rows are scaled to sum to one,
    which cancels the common rounding of the log factorials.
    """
    spread = _LOG_TAIL / 3 + np.sqrt(_LOG_TAIL**2 / 9 + 2 * _LOG_TAIL * n * p * (1 - p))
    start = max(0, int(np.floor(np.min(n * p - spread))))
    stop = min(n, int(np.ceil(np.max(n * p + spread))))
    x = np.arange(start, stop + 1)
    log_p, log_q = np.log(np.maximum(p, _TINY)), np.log(np.maximum(1 - p, _TINY))
    exponent = np.multiply.outer(log_p - log_q, x) + (n * log_q)[:, None]
    mass = np.exp(exponent + _log_binomials(n)[start : stop + 1])
    return start, mass / mass.sum(axis=1, keepdims=True)


@lru_cache(maxsize=64)
def _log_binomials(n: int) -> Floats:
    x = np.arange(n + 1)
    table: Floats = gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1)
    return table


def log_modulus(centre: float, a: float, b: float) -> float:
    """Bound of log(|z| + |1 - z|) on the rectangle centre +- a +- i b; convex, hence largest at a corner."""
    return log(max(hypot(x, b) + hypot(1 - x, b) for x in (centre - a, centre + a)))


def rounding(rows: int) -> float:
    """Allowance for floating point and truncated tails in one probability over that many rows."""
    return 1e-9 + 1e-13 * rows
