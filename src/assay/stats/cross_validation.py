"""The mean rate over the folds of a cross-validation, bounded whatever the folds have to do with each other.

The model of a fold has not seen the rows of the fold, so given that model their events are independent, with its true rate R_j.
The folds are not: each model learned from the rows of all other folds, and no unbiased estimate of the variance of their mean
exists (Bengio & Grandvalet 2004, JMLR 5:1089), which is why intervals from the spread of the folds (Nadeau & Bengio 2003,
Machine Learning 52:239) have no proven level. A bound needs no variance:

For a fold with n_j rows, rate X_j and any s > 0, M_j = exp(m (s X_j - log(1 - R_j + R_j e^s))) has a mean of at most 1 for every
m <= n_j (the moment generating function of a mean of n_j is at most that of one of m). By Jensen exp(mean_j log M_j) is at most
mean_j M_j, whose mean is at most 1 too. log(1 - R + R e^s) is concave and increases in R: wherever the mean of the R_j is at most
tau, exp(m (s X - log(1 - tau + tau e^s))) is at most exp(mean_j log M_j), for X the mean of the X_j. So by Markov

    P(mean R_j <= tau and X >= x) <= exp(-m kl(x, tau)),   kl the divergence of Bernoulli(x) from Bernoulli(tau),

with m the rows of the smallest fold: the bound of Chernoff 1952 for one fold alone, and by symmetry for the other side. It is attained,
up to the factor that Chernoff loses, by folds that all tell the same.

The same holds of losses between 0 and 1 with the true mean R_j in the place of events: e^(sx) is convex, so that the moment generating
function of a loss is at most 1 - R + R e^s, that of events of the same mean (Hoeffding 1963, JASA 58, theorem 1).
"""

from __future__ import annotations

import math

from scipy.special import rel_entr


def divergence(x: float, tau: float) -> float:
    """kl(x, tau) = x ln(x / tau) + (1 - x) ln((1 - x) / (1 - tau)), infinite where tau excludes x."""
    return float(rel_entr(x, tau) + rel_entr(1 - x, 1 - tau))


def p_mean_at_least(x: float, smallest: int, tau: float) -> float:
    """A p-value of H0 "the mean of the folds' true rates is at most tau"; small values show "at least tau".

    x: the mean of the rates of the folds, or of their mean losses as shares of the largest. smallest: rows of the smallest fold.
    Raises ValueError unless x and tau are rates and the smallest fold has a row.
    """
    _check(x, smallest, tau)
    return 1.0 if x <= tau else math.exp(-smallest * divergence(x, tau))


def p_mean_at_most(x: float, smallest: int, tau: float) -> float:
    """A p-value of H0 "the mean of the folds' true rates is at least tau": the mirror image of `p_mean_at_least`."""
    return p_mean_at_least(1 - x, smallest, 1 - tau)


def mean_limits(x: float, smallest: int, alpha: float) -> tuple[float, float]:
    """The one-sided limits, each at level alpha: where the p-values cross it. Errors as `p_mean_at_least`."""
    _check(x, smallest, alpha)
    return _lower(x, smallest, alpha), 1 - _lower(1 - x, smallest, alpha)


def _lower(x: float, smallest: int, alpha: float) -> float:
    if x <= 0:
        return 0.0
    wanted = math.log(1 / alpha) / smallest
    from scipy.optimize import brentq  # few runs need it, and it is slow to import

    return float(brentq(lambda tau: divergence(x, tau) - wanted, 1e-300, x, xtol=1e-15))


def _check(x: float, smallest: int, other: float) -> None:
    if not (0 <= x <= 1 and 0 <= other <= 1):
        raise ValueError(f"rates between 0 and 1 were expected, found {x} and {other}")
    if smallest < 1:
        raise ValueError("a fold has at least one row")
