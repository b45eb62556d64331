"""Populations whose average precision is known: those of the AUC, at several shares of positives, of which a sample has as many as chance gives it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray

from assay.stats.average_precision import (
    LEAST_PER_CLASS,
    average_precision_bound,
    average_precision_p,
    linear,
)
from assay.stats.histogram import ScoreCounts
from guarantee.auc_designs import AUC_SHAPES, Classes, ranked_ladder
from guarantee.boundary import Design, Limits
from guarantee.ladders import LADDERS

Floats = NDArray[np.float64]
SIZES = {
    50: ((120, 0.5), (600, 0.1), (600, 0.9), (1200, 0.05)),
    200: ((460, 0.5), (2300, 0.1), (2300, 0.9)),
    1000: ((2200, 0.5), (11000, 0.1)),
}
"""By the rows of the rarer label that nearly every sample has: all rows, and the share of positives."""


def average_precision_designs() -> Iterator[Design]:
    """Lower limit of the average precision over shapes, ladders, sizes and shares of positives."""
    for size, samples in SIZES.items():
        for n, share in samples:
            for shape, build in AUC_SHAPES.items():
                for area in (0.7, 0.9, 0.97):
                    yield _design(f"{shape}, area {area}", build(area), size, n, share)
            for shape, ladder in LADDERS.items():
                classes = ranked_ladder(*ladder.at(size))
                yield _design(f"{shape}, positives", classes, size, n, share)
                yield _design(f"{shape}, negatives", classes.exchanged(), size, n, share)


def _design(shape: str, classes: Classes, size: int, n: int, share: float) -> Design:
    cells = np.concatenate((classes.negatives * (1 - share), classes.positives * share))
    cells /= cells.sum()
    truth = float(linear(*np.split(cells, 2)).value)
    return Design(
        "average_precision",
        shape,
        f"{n}, {share:.0%} positive",
        size,
        truth,
        "at_least",
        partial(_draw, classes.scores, cells, n),
        partial(_p, cells, n, truth),
    )


def _draw(scores: Floats, cells: Floats, n: int, rng: np.random.Generator) -> Limits:
    return partial(average_precision_bound, ScoreCounts(scores, *np.split(rng.multinomial(n, cells), 2)))


def _p(cells: Floats, n: int, truth: float, rng: np.random.Generator, reps: int) -> tuple[Floats, Floats]:
    """P-values at the truth; 1 of a sample that has no limit."""
    negatives, positives = np.split(rng.multinomial(n, cells, size=reps), 2, axis=1)
    few = np.minimum(negatives.sum(axis=1), positives.sum(axis=1)) < LEAST_PER_CLASS
    p = average_precision_p(negatives, positives, truth)
    return np.where(few, 1.0, p[0]), np.where(few, 1.0, p[1])
