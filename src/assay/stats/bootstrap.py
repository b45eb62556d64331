"""The bootstrap over cells, for reported intervals only; it never gates.

Resampling n rows with replacement gives cell counts that are Multinomial(n, counts / n), so any statistic of
the counts has the identical bootstrap law at a cost that does not depend on n (Efron & Tibshirani 1993, ch. 6).
Small groups and maxima are exactly where the percentile interval fails: a group without an error gets [1, 1].
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from assay.stats.rates import Floats

Integers = NDArray[np.int64]


class Percentiles(NamedTuple):
    """The statistic of the data and the percentile interval of its replicates, each side at level alpha."""

    estimate: Floats
    lower: Floats
    upper: Floats


def resample_cells(counts: ArrayLike, replicates: int, generator: np.random.Generator) -> Integers:
    """Bootstrap replicates of a table of counts, shape (replicates, *counts.shape), each with the same total.

    counts: whole numbers, any shape, at least one row in total. The generator is the caller's, seeded and recorded.
    Raises ValueError for negative or fractional counts, an empty table or replicates < 1.
    """
    table = np.asarray(counts)
    if not np.all(table >= 0) or np.any(table != np.floor(table)):
        raise ValueError("expected whole, non-negative cell counts")
    total = int(table.sum())
    if total < 1 or replicates < 1:
        raise ValueError(f"expected at least one row and one replicate, found {total} and {replicates}")
    shares = table.ravel().astype(np.float64) / total
    drawn = generator.multinomial(total, shares / shares.sum(), size=replicates)
    return drawn.reshape(replicates, *table.shape)


def percentile_interval(
    counts: ArrayLike,
    statistic: Callable[[Integers], ArrayLike],
    *,
    replicates: int,
    alpha: float,
    generator: np.random.Generator,
) -> Percentiles:
    """Percentile interval of a statistic of the counts, each side one-sided at level alpha. Grade C.

    statistic: maps tables of shape (m, *counts.shape) to values of shape (m, ...); undefined replicates are NaN
    and are left out. Raises ValueError as `resample_cells`, or unless 0 < alpha <= 0.5.
    """
    if not 0 < alpha <= 0.5:
        raise ValueError(f"expected a level alpha in (0, 0.5], found {alpha}")
    drawn = resample_cells(counts, replicates, generator)
    values = np.asarray(statistic(drawn), dtype=np.float64)
    observed = np.asarray(statistic(np.asarray(counts, dtype=np.int64)[None]), dtype=np.float64)[0]
    lower, upper = np.nanquantile(values, [alpha, 1 - alpha], axis=0)
    return Percentiles(observed, lower, upper)
