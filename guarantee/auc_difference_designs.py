"""Scores of two models for the same rows with a known difference of their AUCs, for its rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from assay.stats.auc_difference import PairedScoreCounts, paired_auc_difference
from guarantee.auc_designs import POINTS, RANKS
from guarantee.boundary import Design, Limits
from guarantee.ladders import LADDERS

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Pairs:
    """Pairs of scores of positives and of negatives, float64[k, 2] each, with their probabilities, float64[k]."""

    positives: Floats
    negatives: Floats
    p_mass: Floats
    n_mass: Floats

    @classmethod
    def alike(cls, positives: Floats, negatives: Floats) -> Pairs:
        """Equally likely pairs."""
        masses = (np.full(len(pairs), 1 / len(pairs)) for pairs in (positives, negatives))
        return cls(positives, negatives, *masses)

    def area(self, model: int) -> float:
        """The true AUC of the incumbent (0) or the candidate (1)."""
        p, n = self.positives[:, model][:, None], self.negatives[:, model]
        return float(self.p_mass @ ((p > n) + 0.5 * (p == n)) @ self.n_mass)

    def exchanged(self) -> Pairs:
        """The classes exchanged and the scores turned round; both AUCs stay."""
        return Pairs(-self.negatives, -self.positives, self.n_mass, self.p_mass)

    def draw(self, n_pos: int, n_neg: int, rng: np.random.Generator) -> Limits:
        """The difference judged on one sample."""
        p, n = rng.multinomial(n_pos, self.p_mass), rng.multinomial(n_neg, self.n_mass)
        both = np.concatenate((self.positives, self.negatives))
        counts = PairedScoreCounts(
            both[:, 0],
            both[:, 1],
            np.concatenate((np.zeros_like(p), n)),
            np.concatenate((p, np.zeros_like(n))),
        )
        return partial(paired_auc_difference, counts)


def noisier(area: float, noise: float) -> Pairs:
    """The candidate is the incumbent with noise added to its scores."""
    rng = np.random.default_rng(1)
    d = float(ndtri(area)) * np.sqrt(2)
    positives, negatives = rng.normal(d, 1, POINTS), rng.normal(0, 1, POINTS)
    return Pairs.alike(
        np.stack((positives, positives + noise * rng.normal(size=POINTS)), axis=1),
        np.stack((negatives, negatives + noise * rng.normal(size=POINTS)), axis=1),
    )


def some_lost(area: float, lost: int) -> Pairs:
    """The candidate is the incumbent except that `lost` of 300 kinds of positives fall to the bottom."""
    rng = np.random.default_rng(1)
    d = float(ndtri(area)) * np.sqrt(2)
    positives, negatives = rng.normal(d, 1, POINTS), rng.normal(0, 1, POINTS)
    changed = positives.copy()
    changed[rng.permutation(POINTS)[:lost]] = -10
    return Pairs.alike(np.stack((positives, changed), axis=1), np.stack((negatives, negatives), axis=1))


def auc_difference_designs() -> Iterator[Design]:
    """Non-inferiority at a margin equal to the true loss: small noise everywhere, or grave changes of few rows."""
    shapes = {
        **{f"noise {z}, incumbent {a}": noisier(a, z) for a in (0.7, 0.9) for z in (0.2, 0.7)},
        **{
            f"{k} of 300 positives lost, incumbent {a}": some_lost(a, k)
            for a in (0.7, 0.97)
            for k in (2, 6, 15)
        },
    }
    for n_pos, n_neg in ((50, 50), (100, 100), (100, 1000), (1000, 100), (300, 300), (1000, 1000)):
        for shape, pairs in shapes.items():
            yield _pairs_design(shape, pairs, n_pos, n_neg)
    for n in (100, 300, 1000):
        for shape, ladder in LADDERS.items():
            yield _pairs_design(f"{shape}, positives", fallen(*ladder.at(n)), n, 10 * n)
            yield _pairs_design(f"{shape}, negatives", fallen(*ladder.at(n)).exchanged(), 10 * n, n)


def _pairs_design(shape: str, pairs: Pairs, n_pos: int, n_neg: int) -> Design:
    return Design(
        rule="auc_difference",
        shape=shape,
        rows=f"{n_pos} + {n_neg}",
        size=min(n_pos, n_neg),
        truth=pairs.area(1) - pairs.area(0),
        side="at_least",
        draw=partial(pairs.draw, n_pos, n_neg),
    )


def fallen(values: Floats, mass: Floats) -> Pairs:
    """The incumbent is perfect; in the candidate a ladder of shares of the negatives stands above the positives."""
    negatives = np.arange(RANKS) + 0.5
    candidate = np.rint((1 - values) * RANKS)
    return Pairs(
        np.stack((np.full_like(values, RANKS), candidate), axis=1),
        np.stack((negatives, negatives), axis=1),
        mass,
        np.full(RANKS, 1 / RANKS),
    )
