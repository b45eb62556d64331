"""The mean over folds of a cross-validation, enumerated where the folds have everything, and nothing, to do with each other."""

from collections.abc import Iterator
from itertools import product

import numpy as np

from assay.stats.cross_validation import p_mean_at_least
from assay.stats.rates import tail_above

Row = dict[str, object]
ALPHA = 0.05
_TIE = 1e-9
FOLDS = (2, 5, 10)


def folds(rows: tuple[int, ...], taus: tuple[float, ...]) -> Iterator[Row]:
    """At a mean of tau: folds that are one and the same are so many rows as one of them has, independent ones as many as all."""
    for smallest, tau, count in product(rows, taus, FOLDS):
        for depend, n in (("one and the same", smallest), ("independent", count * smallest)):
            yield {
                "folds": count,
                "rows of each": smallest,
                "threshold": tau,
                "folds are": depend,
                "bound": _above(_first(n, smallest, tau), n, tau),
                "point estimate": _above(int(np.ceil(n * tau - _TIE)), n, tau),
            }


def _first(n: int, smallest: int, tau: float) -> int:
    """The fewest events of n with which the rule passes: the p-value falls as they grow."""
    low, high = 0, n + 1
    while low < high:
        middle = (low + high) // 2
        passes = p_mean_at_least(middle / n, smallest, tau) <= ALPHA - _TIE
        low, high = (low, middle) if passes else (middle + 1, high)
    return low


def _above(first: int, n: int, tau: float) -> float:
    return float(tail_above(np.array([float(first)]), np.array([float(n)]), np.array([tau]))[0])
