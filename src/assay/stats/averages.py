"""Means over classes of rates that are known by class: macro recall and macro F1, exact for any number of rows.

Macro recall: given how many rows each class has, the rows of each that are recognised are independent binomials. Chernoff's bound for
the sum of their shares, P(T >= t) <= min over lambda of E exp(lambda (T - t)), is taken at the recalls that make it largest among all with the
mean that is claimed. The logarithm of the expectation is concave in the recalls, so that the largest is bounded by its dual, at any multiplier. The
bound falls with T, hence its value is a p-value.

Macro F1: F1 of a class is 2 J / (1 + J), where J is the share of rows of it that are given it among all rows of it or given it. J is one binomial
rate, with Clopper-Pearson limits; each class has its part of alpha (Bonferroni), whatever they have to do with each other. Grade A both.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from assay.stats.bound import Bound
from assay.stats.histogram import Floats, Undefined, require_level
from assay.stats.rates import lower_limit, upper_limit

HALVINGS: Final = 40
METHOD_OF_RECALL: Final = (
    "Chernoff's bound for the mean of independent rates, the worst over all with that mean"
)
METHOD_OF_F1: Final = "Clopper-Pearson of each class's Jaccard index, Bonferroni"


def macro_recall_p(events: ArrayLike, trials: ArrayLike, tau: float) -> tuple[float, float]:
    """P-values for "the mean of the rates is at least tau" and "at most tau"; small values show.

    events, trials: of each class. Raises Undefined where a class has no rows.
    """
    x, n = _checked(events, trials)
    return _p_at_least(x, n, tau), _p_at_least(n - x, n, 1 - tau)


def macro_recall_bound(events: ArrayLike, trials: ArrayLike, alpha: float) -> Bound:
    """The mean of the rates between exact one-sided limits at level alpha. Errors as `macro_recall_p`."""
    require_level(alpha)
    x, n = _checked(events, trials)
    mean = float((x / n).mean())
    return Bound(
        mean, _least(x, n, mean, alpha), 1 - _least(n - x, n, 1 - mean, alpha), METHOD_OF_RECALL, "A"
    )


def macro_f1_bound(events: ArrayLike, trials: ArrayLike, alpha: float) -> Bound:
    """The mean of F1 over the classes between exact one-sided limits at level alpha.

    events: rows of a class that are given it; trials: rows of it or given it. Raises Undefined where a class is neither there nor given.
    """
    require_level(alpha)
    x, n = _checked(events, trials)
    part = alpha / len(x)
    return Bound(
        _mean_f1(x / n),
        _mean_f1(lower_limit(x, n, part)),
        _mean_f1(upper_limit(x, n, part)),
        METHOD_OF_F1,
        "A",
    )


def _mean_f1(jaccard: Floats) -> float:
    return float((2 * jaccard / (1 + jaccard)).mean())


def _checked(events: ArrayLike, trials: ArrayLike) -> tuple[Floats, Floats]:
    x, n = np.asarray(events, dtype=np.float64), np.asarray(trials, dtype=np.float64)
    if not x.size:
        raise Undefined("expected at least one class, found none", reason="no_rows")
    if not n.all():
        raise Undefined("expected rows of every class, found a class without any", reason="empty_group")
    return x, n


def _least(x: Floats, n: Floats, mean: float, alpha: float) -> float:
    """The largest mean found that is shown to be reached."""
    low, high = 0.0, mean
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if _p_at_least(x, n, middle) <= alpha else (low, middle)
    return low


def _p_at_least(x: Floats, n: Floats, tau: float) -> float:
    """P-value for "the mean is at least tau": the bound at the mean found, under means of at most tau."""
    from scipy.optimize import minimize_scalar  # few runs need it, and it is slow to import

    mean = float((x / n).mean())
    if tau <= 0:
        return 0.0
    if mean <= tau:
        return 1.0
    top = 50.0 * float(n.min())  # beyond it the steepness of the smallest class is above e^50
    found = minimize_scalar(
        lambda steep: _log_chernoff(math.exp(steep), n, tau, mean),
        bounds=(math.log(1e-3), math.log(top)),
        method="bounded",
        options={"xatol": 1e-3},
    )
    return math.exp(min(float(found.fun), 0.0))


def _log_chernoff(steep: float, n: Floats, tau: float, mean: float) -> float:
    """An upper bound of the logarithm of E exp(steep (T - t)), T and t sums of shares, over all rates with the mean tau."""
    from scipy.optimize import brentq  # few runs need it, and it is slow to import

    gain, total = np.expm1(steep / n), tau * len(n)

    def rates(price: float) -> Floats:
        return np.clip(n / price - 1 / gain, 0.0, 1.0)

    # The price at which the best rates add up to the total; any other price gives a bound, too.
    low, high = float((n * gain / (1 + gain)).min()) / 2, float((n * gain).max()) * 2
    price = float(brentq(lambda p: rates(p).sum() - total, low, high, xtol=1e-12, rtol=1e-9))
    best = rates(price)
    largest = float((n * np.log1p(best * gain) - price * best).sum()) + price * total
    return largest - steep * mean * len(n)
