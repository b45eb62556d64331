"""Two decisions on the same rows: the drop p_b - p_c when one model replaces another.

Of n rows, b are worse (right before, wrong now), c are better, the rest unchanged. Limits are MOVER limits with
the multinomial correlation rho = -sqrt(p_b p_c / ((1 - p_b)(1 - p_c))) and Clopper-Pearson limits of each share
(Newcombe 1998, Statist. Med. 17:2635; Tang, Tang & Chan 2005; Zou & Donner 2008). Verdicts do not rest on that
approximation: `paired_p_at_most` and `paired_p_at_least` are exact unconditional p-values, the size of the region
of all tables at least as convincing as the one seen, maximised over the nuisance parameter (`paired_size`).
They are valid at every level: grade A.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from assay.stats.bound import Bound
from assay.stats.exact_size import LARGEST_AUDIT
from assay.stats.mover import LARGEST_LEVEL, SMALLEST_LEVEL, crossing_level
from assay.stats.paired_size import correlation, paired_size
from assay.stats.rates import Floats, lower_limit, upper_limit

_METHOD = "exact unconditional, tables ordered by MOVER with Clopper-Pearson limits"
_SETTLED = 0.04
_ROUNDS = 25
_TIE = 1e-9
_BOX = "Bonferroni box of Clopper-Pearson limits"


def paired_bound(b: int, c: int, n: int, alpha: float) -> Bound:
    """The drop (b - c) / n between one-sided limits, each at level alpha. Grade A.

    Each limit inverts the exact p-value of `paired_p_at_most` (or its mirror), to within 4 % of alpha: the test of
    that very threshold has size at most alpha. Beyond `LARGEST_AUDIT` rows it is the corner of the Bonferroni box.
    Raises ValueError unless 0 <= b, c, b + c <= n, n >= 1 and 0 < alpha <= 0.5.
    """
    _check(b, c, n, alpha)
    if n > LARGEST_AUDIT:
        estimate, lower, upper = paired_box_limits(b, c, n, alpha)
        return Bound(estimate, lower, upper, _BOX, "A")
    return Bound((b - c) / n, -_exact_upper(c, b, n, alpha), _exact_upper(b, c, n, alpha), _METHOD, "A")


def paired_limits(b: int, c: int, n: int, alpha: float) -> tuple[float, float, float]:
    """Estimate, lower and upper MOVER-CP limit of the drop p_b - p_c, one-sided at nominal level alpha.

    Errors as `paired_bound`. The true size at n = 1000 and alpha 0.05 is near 0.05 but not bounded by it.
    """
    _check(b, c, n, alpha)
    return (b - c) / n, -_upper(c, b, n, alpha), _upper(b, c, n, alpha)


def paired_box_limits(b: int, c: int, n: int, alpha: float) -> tuple[float, float, float]:
    """Estimate and limits u_b(alpha/2) - l_c(alpha/2) and its mirror: exact, and wide. Errors as `paired_bound`."""
    _check(b, c, n, alpha)
    shares = np.array([b, c])
    low, high = lower_limit(shares, n, alpha / 2), upper_limit(shares, n, alpha / 2)
    return (b - c) / n, float(low[0] - high[1]), float(high[0] - low[1])


def paired_p_at_most(b: int, c: int, n: int, tau: float) -> float:
    """Exact unconditional p-value of H0 "the drop p_b - p_c exceeds tau"; small values show "at most tau".

    Tables are ordered by `nominal_paired_p_at_most` (Barnard's principle; Chan 1998). Valid at every level and
    rounded upwards by at most 2e-4 of itself plus 2e-6. Beyond `LARGEST_AUDIT` rows: `paired_box_p_at_most`.
    Raises ValueError for impossible counts.
    """
    _check(b, c, n, LARGEST_LEVEL)
    if n > LARGEST_AUDIT:
        return paired_box_p_at_most(b, c, n, tau)
    nominal = nominal_paired_p_at_most(b, c, n, tau)
    if nominal > LARGEST_LEVEL:
        return 1.0
    return min(1.0, paired_size(n, margin=-tau, level=max(nominal, SMALLEST_LEVEL)).bound)


def paired_p_at_least(b: int, c: int, n: int, tau: float) -> float:
    """Exact unconditional p-value of H0 "the drop p_b - p_c is below tau": `paired_p_at_most` with the two
    models' roles exchanged."""
    return paired_p_at_most(c, b, n, -tau)


def nominal_paired_p_at_most(b: int, c: int, n: int, tau: float) -> float:
    """Smallest nominal level at which the MOVER-CP upper limit of the drop is at most tau; above 0.5 it is 1.

    Compare with `audited_paired_level(n, margin=-tau, alpha=alpha).level`. Raises ValueError for impossible counts.
    """
    _check(b, c, n, LARGEST_LEVEL)
    return _nominal(b, c, n, tau, correlation(np.array([float(b)]), np.array([float(c)]), n))


def paired_box_p_at_most(b: int, c: int, n: int, tau: float) -> float:
    """Exact p-value of H0 "the drop exceeds tau" by the Bonferroni box of Clopper-Pearson limits. Grade A, cheap
    and costly in rows. Raises ValueError for impossible counts."""
    _check(b, c, n, LARGEST_LEVEL)
    return min(1.0, 2.0 * _nominal(b, c, n, tau, np.ones(1)))


def _nominal(b: int, c: int, n: int, tau: float, rho: Floats) -> float:
    better, worse, rows = (np.array([float(v)]) for v in (c, b, n))
    level = crossing_level(better, rows, worse, rows, ratio=1.0, margin=np.array([-tau]), rho=rho)
    return float(level[0])


def _exact_upper(b: int, c: int, n: int, alpha: float) -> float:
    """A drop that `paired_p_at_most` shows not to be exceeded, at a level within 4 % below alpha where one exists.

    Never beyond the corner of the box, which needs no audit.
    """
    estimate, low, high = (b - c) / n, (b - c) / n, min(1.0, paired_box_limits(b, c, n, alpha)[2])
    drop = min(high, _upper(b, c, n, alpha))
    for _ in range(_ROUNDS):
        p = paired_p_at_most(b, c, n, drop)
        low, high = (low, drop) if p <= alpha else (drop, high)
        if alpha * (1 - _SETTLED) <= p <= alpha or high - low < _TIE:
            break
        rescaled = (
            estimate + (drop - estimate) * float(ndtri(alpha * (1 - _SETTLED / 2)) / ndtri(p)) if p else low
        )
        drop = rescaled if low < rescaled < high else (low + high) / 2
    return high


def _upper(b: int, c: int, n: int, alpha: float) -> float:
    first, second = np.array([float(b)]), np.array([float(c)])
    up, down = upper_limit(first, n, alpha) - first / n, second / n - lower_limit(second, n, alpha)
    spread = np.sqrt(up**2 + down**2 + 2 * correlation(first, second, n) * up * down)
    return float(((first - second) / n + spread)[0])


def _check(b: int, c: int, n: int, alpha: float) -> None:
    if n < 1:
        raise ValueError(f"a paired comparison needs at least one row, found n = {n}")
    if b < 0 or c < 0 or b + c > n:
        raise ValueError(f"expected 0 <= b, c and b + c <= n, found b = {b}, c = {c}, n = {n}")
    if not 0 < alpha <= LARGEST_LEVEL:
        raise ValueError(f"expected a level alpha in (0, {LARGEST_LEVEL}], found {alpha}")
