"""The ROC curve as it is drawn: a few points of it, while the numbers beside it come from all rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from assay.stats.grid import GridCounts
from assay.stats.histogram import Floats, ScoreCounts, Undefined

POINTS = 200
"""Points of a drawn curve."""


def roc_curve(
    counts: ScoreCounts, *, edges: Floats | None = None, points: int = POINTS
) -> NDArray[np.float64]:
    """False- and true-positive rate at thresholds from the highest to the lowest (Fawcett 2006).

    Args:
        counts: rows per score and label. points: at most so many thresholds, evenly spaced by rank.
        edges: of the bins of a grid, when scores were kept on one; the rows of a bin are then tied.

    Returns:
        float64[k, 2] from (0, 0) to (1, 1).

    Raises:
        Undefined: when a label has no rows.
    """
    ranked = GridCounts.of(counts, edges).tied() if edges is not None and edges.size else counts
    rates = []
    for rows in (ranked.negatives, ranked.positives):
        if not rows.sum():
            raise Undefined("A ROC curve needs rows of both labels.", reason="one_class_only")
        rates.append(np.concatenate([[0], np.cumsum(rows[::-1])]) / rows.sum())
    at = np.unique(np.linspace(0, len(rates[0]) - 1, points).round().astype(int))
    curve: NDArray[np.float64] = np.stack(rates, axis=1)[at]
    return curve
