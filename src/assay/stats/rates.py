"""One rate: one-sided Clopper-Pearson limits and the exact tail probabilities behind a verdict.

Source: Clopper & Pearson 1934 (Biometrika 26:404). A limit at level alpha is wrong with probability at most
alpha for every n and every true rate; "p is at least tau" is shown exactly when ``p_at_least(x, n, tau)`` is at
most alpha, which is the same event as ``lower_limit(x, n, alpha) >= tau`` without the rounding of a quantile.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc, betaincinv

from assay.stats.bound import Bound

Floats = NDArray[np.float64]


def lower_limit(x: ArrayLike, n: ArrayLike, alpha: float) -> Floats:
    """Lower Clopper-Pearson limit, one-sided at level alpha: Beta^-1(alpha; x, n - x + 1), and 0 at x = 0.

    x, n: counts, broadcast together. Returns rates of the broadcast shape.
    Raises ValueError unless 0 <= x <= n, n >= 1 and 0 < alpha < 1.
    """
    x, n = _counts(x, n)
    _level(alpha)
    return np.where(x == 0, 0.0, betaincinv(np.maximum(x, 1.0), n - x + 1, alpha))


def upper_limit(x: ArrayLike, n: ArrayLike, alpha: float) -> Floats:
    """Upper Clopper-Pearson limit, one-sided at level alpha: Beta^-1(1 - alpha; x + 1, n - x), and 1 at x = n.

    Computed as 1 - lower_limit(n - x, n, alpha), its mirror image. Shapes and errors as `lower_limit`.
    """
    x, n = _counts(x, n)
    return 1.0 - lower_limit(n - x, n, alpha)


def p_at_least(x: ArrayLike, n: ArrayLike, tau: ArrayLike) -> Floats:
    """Exact p-value of H0 "the rate is below tau": P(X >= x | n, tau).

    x, n: counts; tau: rates in [0, 1]; broadcast together. Small values show "at least tau".
    Raises ValueError unless 0 <= x <= n, n >= 1 and 0 <= tau <= 1.
    """
    x, n = _counts(x, n)
    return tail_above(x, n, _rate(tau))


def p_at_most(x: ArrayLike, n: ArrayLike, tau: ArrayLike) -> Floats:
    """Exact p-value of H0 "the rate is above tau": P(X <= x | n, tau). Shapes and errors as `p_at_least`."""
    x, n = _counts(x, n)
    return tail_below(x, n, _rate(tau))


def rate_bound(x: int, n: int, alpha: float) -> Bound:
    """The rate x / n with its two one-sided Clopper-Pearson limits, grade A. Errors as `lower_limit`."""
    return Bound(
        estimate=float(x / n) if n else float("nan"),
        lower=float(lower_limit(x, n, alpha)),
        upper=float(upper_limit(x, n, alpha)),
        method="Clopper-Pearson",
        grade="A",
    )


def tail_above(x: Floats, n: Floats, p: Floats) -> Floats:
    """P(X >= x) for X ~ Binomial(n, p): the incomplete beta function I_p(x, n - x + 1) (NIST DLMF 8.17.5).

    x, n: counts; p: rates in [0, 1]; float64, broadcast together. Returns probabilities of the broadcast shape: 1 for
    x <= 0, 0 for x > n. Nothing is validated.
    """
    inside = betainc(np.maximum(x, 1.0), np.maximum(n - x + 1, 1.0), p)
    return np.where(x <= 0, 1.0, np.where(x > n, 0.0, inside))


def tail_below(x: Floats, n: Floats, p: Floats) -> Floats:
    """P(X <= x) for X ~ Binomial(n, p): P(n - X >= n - x), the mirror image of `tail_above`. Shapes as there."""
    return tail_above(n - x, n, 1.0 - p)


def _counts(x: ArrayLike, n: ArrayLike) -> tuple[Floats, Floats]:
    successes, rows = np.asarray(x, dtype=np.float64), np.asarray(n, dtype=np.float64)
    if not np.all(rows >= 1):
        raise ValueError("a rate needs at least one row, found n = 0; test for an empty slice first")
    if not np.all((successes >= 0) & (successes <= rows)):
        raise ValueError("expected 0 <= x <= n, found a count outside; x are successes among n rows")
    if np.any(successes != np.floor(successes)) or np.any(rows != np.floor(rows)):
        raise ValueError("expected whole counts, found a fraction; weighted rates need their own method")
    return successes, rows


def _rate(tau: ArrayLike) -> Floats:
    rate = np.asarray(tau, dtype=np.float64)
    if not np.all((rate >= 0) & (rate <= 1)):
        raise ValueError(f"expected a rate between 0 and 1, found {rate}")
    return rate


def _level(alpha: float) -> None:
    if not 0 < alpha < 1:
        raise ValueError(f"expected a level alpha strictly between 0 and 1, found {alpha}")
