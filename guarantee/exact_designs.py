"""Exact rules of counts that no enumeration covers: the top of a ranking, distances between two histograms, means over classes.

Their proofs hold for every population; these simulations would tell if the code did something else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

import numpy as np
from numpy.typing import NDArray

from assay.domain.evidence import Distance
from assay.stats.averages import macro_f1_bound, macro_recall_p
from assay.stats.bound import Bound
from assay.stats.distances import TERMS, distance_bound
from assay.stats.top import Reached, lift_at_top, precision_at_top
from guarantee.boundary import Design, Limits, beyond

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Scored:
    """Scores from the lowest up: their probabilities and event rates."""

    mass: Floats
    rate: Floats

    def at_top(self, share: float) -> float:
        """The true event rate of the rows that reach the score which this share reaches."""
        above = np.cumsum(self.mass[::-1])[::-1]
        place = int(np.flatnonzero(above >= share - 1e-12)[-1])
        return float((self.mass * self.rate)[place:].sum() / above[place])

    @property
    def base(self) -> float:
        """The true event rate of all."""
        return float(self.mass @ self.rate)

    def draw(self, n: int, share: Fraction, rule: str, rng: np.random.Generator) -> Limits:
        """The limits of one sample."""
        cells = rng.multinomial(n, np.concatenate((self.mass * (1 - self.rate), self.mass * self.rate)))
        reached = Reached.of(cells[: self.mass.size], cells[self.mass.size :])
        return partial(precision_at_top if rule == "top_precision" else lift_at_top, reached, share)


RANKINGS = {
    "no ties": Scored(np.full(400, 1 / 400), np.linspace(0.02, 0.7, 400) ** 2),
    "six scores": Scored(np.array([40, 25, 15, 10, 7, 3]) / 100, np.array([0.01, 0.03, 0.08, 0.2, 0.4, 0.7])),
    "the best are not at the top": Scored(
        np.full(20, 1 / 20), np.concatenate((np.full(15, 0.05), np.linspace(0.6, 0.1, 5)))
    ),
}


def top_designs() -> Iterator[Design]:
    """Precision and lift at k exactly at the threshold, with and without ties, also where the score's place matters most."""
    for shape, scored in RANKINGS.items():
        for n in (60, 300, 2000):
            for share in ("0.05", "0.2"):
                precision = scored.at_top(float(share))
                for rule, truth in (("top_precision", precision), ("top_lift", precision / scored.base)):
                    draw = partial(scored.draw, n, Fraction(share), rule)
                    yield Design(rule, f"{shape}, k {share}", str(n), n, truth, "at_least", draw)


SHIFTS = {
    "alike": (np.full(5, 0.2), np.full(5, 0.2)),
    "moved": (np.full(5, 0.2), np.array([0.15, 0.18, 0.2, 0.22, 0.25])),
    "a rare bin": (np.array([0.03, 0.47, 0.5]), np.array([0.06, 0.44, 0.5])),
    "bins that are often empty": (np.array([1e-6, 0.5, 0.5 - 1e-6, 0]), np.array([2e-3, 0.5, 0.498, 0])),
}


def distance_designs() -> Iterator[Design]:
    """Distances exactly at the threshold."""
    for shape, (p, q) in SHIFTS.items():
        for m, n in ((300, 300), (2000, 500), (5000, 5000)):
            for distance in Distance:
                truth = float(TERMS[distance](p, q).sum())
                truth = truth**0.5 if distance is Distance.HELLINGER else truth
                draw = partial(_distance, p, q, m, n, distance)
                yield Design(distance.value, shape, f"{m} and {n}", min(m, n), truth, "at_most", draw)


def _distance(p: Floats, q: Floats, m: int, n: int, distance: Distance, rng: np.random.Generator) -> Limits:
    return partial(distance_bound, rng.multinomial(m, p), rng.multinomial(n, q), distance)


CONFUSED = {
    "three alike": np.array([[8, 1, 1], [1, 8, 1], [1, 1, 8]]) / 30,
    "two rare": np.array([[80, 4, 1], [3, 5, 1], [2, 1, 3]]) / 100,
    "two classes": np.array([[70, 10], [4, 16]]) / 100,
    "one never recognised": np.array([[60, 5, 0], [5, 20, 0], [6, 4, 0]]) / 100,
    "eight, one weak": (np.diag([10, 10, 10, 10, 10, 10, 10, 3]) + 0.4) / (73 + 25.6),
}
"""Masses by true and decided class."""


def average_designs() -> Iterator[Design]:
    """Macro recall and macro F1 exactly at the threshold; classes have as many rows as chance gives them."""
    for shape, law in CONFUSED.items():
        right, of, given = np.diag(law), law.sum(axis=1), law.sum(axis=0)
        truths = {
            "macro_recall": float((right / of).mean()),
            "macro_f1": float((2 * right / (of + given)).mean()),
        }
        for n in (60, 300, 2000):
            for rule, truth in truths.items():
                yield Design(rule, shape, str(n), n, truth, "at_least", partial(_average, law, n, rule))


def _average(law: Floats, n: int, rule: str, rng: np.random.Generator) -> Limits:
    """A sample in which a class has no rows has no limit."""
    found = rng.multinomial(n, law.ravel()).reshape(law.shape)
    right, of = np.diag(found), found.sum(axis=1)
    if rule == "macro_recall":
        return partial(_recall, right, of, float((np.diag(law) / law.sum(axis=1)).mean()))
    return partial(macro_f1_bound, right, of + found.sum(axis=0) - right)


def _recall(right: Integers, of: Integers, truth: float, alpha: float) -> Bound:
    found = macro_recall_p(right, of, truth)  # which says so where a class has no rows
    return beyond(float((right / of).mean()), found, truth, alpha)
