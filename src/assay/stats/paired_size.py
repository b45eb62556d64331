"""The size audit for paired cells: P(reject) over a trinomial, maximised rigorously over its nuisance parameter.

The rule certifies "p_c - p_b is at least m" when the MOVER-CP lower limit L(b, c) reaches m. For fixed c, L falls
in b (the spread moves by less than the estimate, the correlation only adds to it), so the region is
{b <= last(c)} and P(reject) falls when p_b grows at the expense of unchanged rows. Over H0 "p_c - p_b < m" it is
therefore largest on the line p_b = p_c - m (the unconditional test of matched pairs, Suissa & Shuster 1991,
Biometrics 47:361, here with a margin); for m > 0 the part of H0 with p_c < m is covered too, because with
p_b = 0 every b is 0, rho is 0 and L rises in c. On that line `supremum` bounds it from above.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import hypot, log

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from assay.stats.exact_size import Audit, binomial_rows, limits_of_all, rounding, shrink_level
from assay.stats.mover import LARGEST_LEVEL
from assay.stats.rates import Floats, tail_below
from assay.stats.supremum import Supremum, supremum

_TIE = 1e-10
_TINY = 1e-300


@dataclass(frozen=True, slots=True)
class PairedRegion:
    """The region {b <= last[c]}, c = 0..n; -1 is "never"."""

    n: int
    last: NDArray[np.int64]

    @property
    def monotone(self) -> bool:
        """Whether, with no worse row, more better rows never withdraw the certificate."""
        certified = self.last >= 0
        return bool(np.all(certified[np.argmax(certified) :]) or not certified.any())

    def probability(self, worse: Floats, better: Floats) -> Floats:
        """P(B <= last[C]) at each pair of shares (one-dimensional arrays): C binomial, B binomial given C."""
        start, mass = binomial_rows(self.n, better)
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.where(better < 1, np.clip(worse / (1 - better), 0.0, 1.0), 0.0)
        reach = self._reach(start, mass.shape[1], share)
        total: Floats = np.einsum("ij,ij->i", mass, reach)
        return total

    def _reach(self, start: int, width: int, share: Floats) -> Floats:
        """P(B <= last[c] | n - c rows, share) for a run of c, each from the one before.

        One row fewer adds share * P(B = k | one row fewer); one more b adds its own mass. Only the first column
        needs an incomplete beta function, which makes an audit some twenty times cheaper.
        """
        count = np.arange(start, start + width)
        last, rows = self.last[count], self.n - count
        log_share = np.log(np.maximum(share, _TINY))[:, None]
        log_rest = np.log(np.maximum(1 - share, _TINY))[:, None]

        def mass(k: NDArray[np.int64], n: NDArray[np.int64]) -> Floats:
            possible = (k >= 0) & (k <= n)
            inside, among = np.where(possible, k, 0), np.maximum(n, 0)
            table = _log_factorials(self.n)
            ways = table[among] - table[inside] - table[among - inside]
            return np.where(possible, np.exp(ways + inside * log_share + (among - inside) * log_rest), 0.0)

        added = np.empty((share.size, width))
        added[:, 0] = tail_below(last[:1].astype(np.float64), rows[:1].astype(np.float64), share)
        before, jump = last[:-1], np.diff(last)
        added[:, 1:] = share[:, None] * mass(before, rows[1:])
        for step in range(int(np.abs(jump).max(initial=0))):
            up, down = jump > step, jump < -step
            added[:, 1:] += np.where(up, mass(before + step + 1, rows[1:]), 0.0)
            added[:, 1:] -= np.where(down, mass(before - step, rows[1:]), 0.0)
        return np.clip(np.cumsum(added, axis=1), 0.0, 1.0)

    def size(self, margin: float) -> Supremum:
        """The largest P(reject) over H0 "p_c - p_b < margin", bounded from above."""
        if margin <= -1 or margin > 1:
            return Supremum(0.0, 0.0, 0.0, 0)

        def on_the_line(better: Floats) -> Floats:
            inside = np.clip(better, 0.0, 1.0)
            return self.probability(np.clip(inside - margin, 0.0, 1.0), inside)

        def growth(centre: float, a: float, b: float) -> float:
            return self.n * max(
                log(hypot(z, b) + hypot(z - margin, b) + hypot(1 + margin - 2 * z, 2 * b))
                for z in (centre - a, centre + a)
            )

        return supremum(
            on_the_line, growth, max(0.0, margin), (1 + margin) / 2, rounding=rounding(2 * self.n)
        )


def paired_size(n: int, *, margin: float, level: float) -> Supremum:
    """Rigorous bound on the size of "MOVER-CP lower limit of p_c - p_b at nominal level >= margin". Cached.

    n: rows, at least 1. margin: a difference of shares in [-1, 1]. level: nominal, one-sided, in (0, 0.5].
    Returns a probability from above and where on the line it was found. Nothing is validated.
    """
    return _size(int(n), float(margin), float(level))[0]


def audited_paired_level(n: int, *, margin: float, alpha: float) -> Audit:
    """Largest nominal level found at which that rule has size at most alpha; see `exact_size.audited_level`.

    What the page of the guarantee tables of the limit that is shown (guarantee/binomial.py); verdicts ask exact p-values.
    n: rows. margin: of p_c - p_b, so minus the largest drop. Raises ValueError for n < 1 or alpha outside (0, 0.5].
    """
    if n < 1 or not 0 < alpha <= LARGEST_LEVEL:
        raise ValueError(f"expected rows >= 1 and alpha in (0, {LARGEST_LEVEL}], found {n} and {alpha}")
    return _audited(int(n), float(margin), float(alpha))


@lru_cache(maxsize=4096)
def _audited(n: int, margin: float, alpha: float) -> Audit:
    def audit_at(level: float) -> Audit:
        size, monotone = _size(n, margin, level)
        return Audit(level, size.bound, monotone, size.pieces)

    return shrink_level(audit_at, alpha)


@lru_cache(maxsize=4096)
def _size(n: int, margin: float, level: float) -> tuple[Supremum, bool]:
    region = paired_region(n, margin=margin, level=level)
    return region.size(margin), region.monotone


def paired_region(n: int, *, margin: float, level: float) -> PairedRegion:
    """All tables (b, c) whose MOVER-CP lower limit of p_c - p_b is at least the margin, ties included.

    Limits as in `assay.stats.paired` (Newcombe 1998; Zou & Donner 2008). n, margin, level as in `paired_size`; `last` of the
    region is int64[n + 1], the most worse rows b for each number c of better ones. Nothing is validated.
    """
    share = np.arange(n + 1) / n
    limits = limits_of_all(n, level)
    down, up = share - limits, 1.0 - limits[::-1] - share
    better = np.arange(n + 1)
    always, never = np.full(n + 1, -1), n - better + 1
    while np.any(never - always > 1):  # the largest certified b lies in [always, never)
        middle = (always + never) // 2
        worse = np.clip(middle, 0, n - better)
        rho = correlation(worse, better, n)
        spread = np.sqrt(down**2 + up[worse] ** 2 + 2 * rho * down * up[worse])
        certified = (share - share[worse] - spread >= margin - _TIE) & (middle >= 0)
        always, never = np.where(certified, middle, always), np.where(certified, never, middle)
    return PairedRegion(n, always.astype(np.int64))


@lru_cache(maxsize=16)
def _log_factorials(n: int) -> Floats:
    table: Floats = gammaln(np.arange(n + 1) + 1.0)
    return table


def correlation(worse: Floats | NDArray[np.int64], better: Floats | NDArray[np.int64], n: int) -> Floats:
    """|rho| of the two shares of a multinomial, estimated: sqrt(p_b p_c / ((1 - p_b)(1 - p_c))) (Newcombe 1998).

    worse, better: rows of n, of one shape, which is returned. At most 1; 0 where one of them is 0.
    """
    product = (worse / n) * (better / n)
    rest = (1 - worse / n) * (1 - better / n)
    with np.errstate(divide="ignore", invalid="ignore"):
        rho: Floats = np.where(product == 0, 0.0, np.minimum(np.sqrt(product / rest), 1.0))
    return rho
