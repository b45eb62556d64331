"""Holm's step-down procedure: which of many hypotheses fall, with a family-wise error of at most alpha."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from assay.stats.rates import Floats


class Holm(NamedTuple):
    """One entry per hypothesis, in the order given: adjusted p-values, and whether each is rejected."""

    adjusted: Floats
    rejected: NDArray[np.bool_]


def holm(p: ArrayLike, alpha: float, *, hypotheses: int | None = None) -> Holm:
    """Holm 1979 (Scand. J. Statist. 6:65): reject while the i-th smallest p-value times (m - i) is at most alpha.

    p: one-dimensional p-values, each valid at every level, of any dependence. `hypotheses` is m when some are not
    listed because their p-values are no smaller than all of these. The empty family rejects nothing.
    Raises ValueError for p outside [0, 1] or NaN, more p-values than hypotheses, or alpha outside (0, 1).
    """
    values = np.asarray(p, dtype=np.float64)
    if values.ndim != 1 or not np.all((values >= 0) & (values <= 1)):
        raise ValueError("expected a one-dimensional array of p-values between 0 and 1")
    total = values.size if hypotheses is None else hypotheses
    if total < values.size or not 0 < alpha < 1:
        raise ValueError(
            f"expected at least {values.size} hypotheses and alpha in (0, 1), found {total} and {alpha}"
        )
    order = np.argsort(values, kind="stable")
    stepped = np.maximum.accumulate(values[order] * (total - np.arange(values.size)))
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(stepped, 1.0)
    return Holm(adjusted, adjusted <= alpha)
