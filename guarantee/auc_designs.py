"""Scores of two classes with a known AUC, for its rule.

Every population is finite (a few hundred distinct scores), so its true AUC is a sum and a sample is a multinomial draw of counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from assay.stats.auc import auc_bound
from assay.stats.histogram import ScoreCounts
from guarantee.boundary import Design, Limits
from guarantee.ladders import LADDERS

Floats = NDArray[np.float64]
POINTS = 300
RANKS = 100
"""Of a ladder: the kinds of negatives that shares of them are told in."""


@dataclass(frozen=True)
class Classes:
    """Scores with their probabilities among negatives and among positives."""

    scores: Floats
    negatives: Floats
    positives: Floats

    @property
    def auc(self) -> float:
        """The true AUC, ties half."""
        below = np.cumsum(self.negatives) - self.negatives / 2
        return float(self.positives @ below)

    def exchanged(self) -> Classes:
        """The classes exchanged and the scores turned round; the AUC stays."""
        return Classes(self.scores, self.positives[::-1], self.negatives[::-1])

    def sample(self, rng: np.random.Generator, n_pos: int, n_neg: int) -> ScoreCounts:
        """Counts of a sample with that many rows of each class."""
        return ScoreCounts(
            self.scores, rng.multinomial(n_neg, self.negatives), rng.multinomial(n_pos, self.positives)
        )


def _binned(
    cdf_neg: Callable[[Floats], Floats], cdf_pos: Callable[[Floats], Floats], edges: Floats
) -> Classes:
    def mass(cdf: Callable[[Floats], Floats]) -> Floats:
        return np.diff(np.concatenate(([0.0], cdf(edges), [1.0])))

    return Classes(np.arange(edges.size + 1, dtype=np.float64), mass(cdf_neg), mass(cdf_pos))


def binormal(area: float, sd: float) -> Classes:
    """Negatives N(0, 1), positives N(d, sd) with the distance that gives the AUC."""
    d = float(ndtri(area)) * np.sqrt(1 + sd**2)
    edges = np.linspace(min(-4.0, d - 4 * sd), max(4.0, d + 4 * sd), POINTS)
    return _binned(ndtr, lambda x: ndtr((x - d) / sd), edges)


def exponential(area: float, *, mirrored: bool) -> Classes:
    """Negatives Exp(1), positives exponential with mean A / (1 - A); mirrored: with the classes exchanged."""
    scale = area / (1 - area)
    edges = np.concatenate(
        (np.geomspace(1e-3, 8, POINTS // 2), np.geomspace(8.1, 8 * max(scale, 1.1), POINTS // 2))
    )
    found = _binned(lambda x: -np.expm1(-x), lambda x: -np.expm1(-x / scale), edges)
    return Classes(found.scores, found.positives[::-1], found.negatives[::-1]) if mirrored else found


def contaminated(area: float, *, positives: bool) -> Classes:
    """One class looks like the other with probability 2 (1 - A) and is perfectly separated otherwise."""
    share = 2 * (1 - area)
    flat = np.full(POINTS, 1 / POINTS)
    low, high = np.zeros(2 * POINTS), np.zeros(2 * POINTS)
    low[:POINTS], high[POINTS:] = flat, flat
    scores = np.arange(2.0 * POINTS)
    if positives:
        return Classes(scores, low, share * low + (1 - share) * high)
    return Classes(scores, share * high + (1 - share) * low, high)


def five_grades(area: float) -> Classes:
    """A scorecard of five grades: coarse ties; binormal underneath. The AUC is a little below the one asked."""
    d = float(ndtri(area)) * np.sqrt(2)
    return _binned(ndtr, lambda x: ndtr(x - d), np.linspace(-0.5, d + 0.5, 4))


AUC_SHAPES: dict[str, Callable[[float], Classes]] = {
    "binormal": partial(binormal, sd=1.0),
    "binormal, wide positives": partial(binormal, sd=2.0),
    "binormal, narrow positives": partial(binormal, sd=0.5),
    "exponential": partial(exponential, mirrored=False),
    "exponential, mirrored": partial(exponential, mirrored=True),
    "positives hidden among negatives": partial(contaminated, positives=True),
    "negatives hidden among positives": partial(contaminated, positives=False),
    "five grades": five_grades,
}
AUC_SIZES = ((50, 50), (50, 500), (500, 50), (100, 100), (100, 1000), (1000, 100), (300, 300), (1000, 1000))


def auc_designs() -> Iterator[Design]:
    """Lower limit of the AUC over shapes, class sizes and levels of discrimination."""
    for n_pos, n_neg in AUC_SIZES:
        for shape, build in AUC_SHAPES.items():
            for area in (0.7, 0.9, 0.97, 0.99):
                classes = build(area)
                yield Design(
                    rule="auc",
                    shape=shape,
                    rows=f"{n_pos} + {n_neg}",
                    size=min(n_pos, n_neg),
                    truth=classes.auc,
                    side="at_least",
                    draw=partial(_draw_auc, classes, n_pos, n_neg),
                )

    for n in (100, 300, 1000):
        for shape, ladder in LADDERS.items():
            for many in (n, 10 * n):
                classes = ranked_ladder(*ladder.at(n))
                yield from _auc_ladder(f"{shape}, positives", classes, n, many)
                yield from _auc_ladder(f"{shape}, negatives", classes.exchanged(), many, n)


def _auc_ladder(shape: str, classes: Classes, n_pos: int, n_neg: int) -> Iterator[Design]:
    draw, size = partial(_draw_auc, classes, n_pos, n_neg), min(n_pos, n_neg)
    yield Design("auc", shape, f"{n_pos} + {n_neg}", size, classes.auc, "at_least", draw)


def ranked_ladder(values: Floats, mass: Floats) -> Classes:
    """Positives of which a ladder of shares of the negatives, all alike, stands above."""
    place = np.rint((1 - values) * RANKS).astype(np.int64) * 2
    negatives = np.zeros(2 * RANKS + 1)
    negatives[1::2] = 1 / RANKS
    positives: Floats = np.bincount(place, weights=mass, minlength=negatives.size).astype(np.float64)
    return Classes(np.arange(negatives.size, dtype=np.float64), negatives, positives)


def _draw_auc(classes: Classes, n_pos: int, n_neg: int, rng: np.random.Generator) -> Limits:
    return partial(auc_bound, classes.sample(rng, n_pos, n_neg))
