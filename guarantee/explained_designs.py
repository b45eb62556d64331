"""Populations of outcomes and errors whose R2 is known: usual ones, and ladders of rare grave errors or rare far outcomes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from assay.stats.bound import Bound
from assay.stats.explained import Fitted, explained_p
from guarantee.boundary import Design, Limits, beyond
from guarantee.ladders import LADDERS

Floats = NDArray[np.float64]
SIZES = (100, 300, 1000, 5000)
PLACES = 15


@dataclass(frozen=True)
class Predicted:
    """Pairs of outcome and error, as shares of the range, with their probabilities: float64[k] each."""

    outcome: Floats
    error: Floats
    mass: Floats

    @classmethod
    def independent(cls, outcome: tuple[Floats, Floats], error: tuple[Floats, Floats]) -> Predicted:
        """Values and masses of outcomes and of errors that have nothing to do with each other."""
        (y, p), (e, q) = outcome, error
        return cls(np.repeat(y, e.size), np.tile(e, y.size), np.outer(p, q).ravel())

    @property
    def truth(self) -> float:
        """The true R2."""
        mean = float(self.mass @ self.outcome)
        return 1 - float(self.mass @ self.error**2) / float(self.mass @ (self.outcome - mean) ** 2)

    def sample(self, n: int, rng: np.random.Generator) -> Fitted:
        """Rows as the rule takes them, without rounding."""
        rows = rng.multinomial(n, self.mass)
        seen = rows > 0
        return Fitted(self.outcome[seen], 0.0, self.error[seen], self.error[seen], rows[seen])


def bell(middle: float, width: float) -> tuple[Floats, Floats]:
    """Places around a middle with the masses of a normal law."""
    z = np.linspace(-2.5, 2.5, PLACES)
    mass = np.exp(-(z**2) / 2)
    return np.clip(middle + width * z, 0.0, 1.0), mass / mass.sum()


def _errors(width: float) -> tuple[Floats, Floats]:
    return np.abs(np.linspace(-2.5, 2.5, PLACES) * width), bell(0.5, width)[1]


def shapes(n: int) -> Iterator[tuple[str, Predicted]]:
    """Populations, of which ladders depend on the number of rows."""
    for width in (0.05, 0.15):
        for share in (0.3, 0.6, 1.0):
            name = f"bell {width}, errors {share} of it"
            yield name, Predicted.independent(bell(0.5, width), _errors(share * width))
    few = np.array([0.0, 0.02, 0.9]), np.array([0.6, 0.37, 0.03])
    yield "a few outcomes far away", Predicted.independent(few, _errors(0.08))
    far = (
        np.array([0.02, 0.02, 0.9, 0.9]),
        np.array([0.01, 0.0, 0.02, 0.5]),
        np.array([0.6, 0.37, 0.015, 0.015]),
    )
    yield "errors where outcomes are far away", Predicted(*far)
    for name, ladder in LADDERS.items():
        values, mass = ladder.at(n)
        yield f"errors: {name}", Predicted.independent(bell(0.5, 0.2), (values, mass))
        yield f"outcomes: {name}", Predicted.independent((values, mass), _errors(0.05))


def explained_designs() -> Iterator[Design]:
    """Lower limit of R2 at the truth."""
    for n in SIZES:
        for shape, predicted in shapes(n):
            truth = predicted.truth
            draw, p = partial(_draw, predicted, n, truth), partial(_p, predicted, n, truth)
            yield Design("explained", shape, str(n), n, truth, "at_least", draw, p)


def _draw(predicted: Predicted, n: int, truth: float, rng: np.random.Generator) -> Limits:
    return partial(_decided, predicted.sample(n, rng), truth)


def _decided(sample: Fitted, truth: float, alpha: float) -> Bound:
    """Of outcomes that are all alike there is no limit."""
    return beyond(sample.estimate, explained_p(sample, truth), truth, alpha)


def _p(
    predicted: Predicted, n: int, truth: float, rng: np.random.Generator, reps: int
) -> tuple[Floats, Floats]:
    """P-values at the truth; of outcomes that are all alike, none is small."""
    found = np.ones((reps, 2))
    for i in range(reps):
        sample = predicted.sample(n, rng)
        if sample.variance > 0:
            found[i] = explained_p(sample, truth)
    return found[:, 0], found[:, 1]
