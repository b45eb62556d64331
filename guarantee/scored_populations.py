"""Populations of scores with a known event rate at each, so that every loss and calibration error of theirs is a sum.

A sample is a multinomial draw of counts: a design is exactly at the boundary, without numerical integration.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, expit, logit

from assay.stats.histogram import ScoreCounts
from guarantee.ladders import LADDERS

Floats = NDArray[np.float64]
POINTS = 300


@dataclass(frozen=True)
class Population:
    """Scores with their probabilities and the true event rate at each."""

    scores: Floats
    mass: Floats
    rate: Floats

    def sample(self, rng: np.random.Generator, n: int) -> ScoreCounts:
        """Counts of a sample of n rows."""
        cells = rng.multinomial(n, self.cells)
        return ScoreCounts(self.scores, cells[: self.scores.size], cells[self.scores.size :])

    @property
    def cells(self) -> Floats:
        """Probabilities of each score without an event, then of each with one."""
        return np.concatenate((self.mass * (1 - self.rate), self.mass * self.rate))

    def mean(self, if_negative: Floats, if_positive: Floats) -> float:
        """The expectation of a value that depends on score and label."""
        return float(self.mass @ ((1 - self.rate) * if_negative + self.rate * if_positive))

    @property
    def brier(self) -> float:
        """The true Brier score."""
        return self.mean(self.scores**2, (1 - self.scores) ** 2)

    @property
    def gaps(self) -> Floats:
        """Score less event rate, times the mass, at each score."""
        return self.mass * (self.scores - self.rate)

    @property
    def ks(self) -> float:
        """The true KS calibration error."""
        return float(np.abs(np.cumsum(self.gaps)).max())

    def ece(self, bins: int) -> float:
        """The true binned ECE."""
        place = np.searchsorted(np.arange(1, bins) / bins, self.scores, side="right")
        return float(np.abs(np.bincount(place, weights=self.gaps)).sum())

    @property
    def ratio(self) -> float:
        """The true observed over expected."""
        return float(self.mass @ self.rate) / float(self.mass @ self.scores)


def brier_ladder(values: Floats, mass: Floats) -> Population:
    """Squared errors that are a ladder: the base among both labels, the rungs among rows without an event."""
    error = np.sqrt(values)
    without, with_event = mass.copy(), np.zeros_like(mass)
    without[0] = with_event[0] = mass[0] / 2
    return labelled(
        np.concatenate((error, 1 - error)),
        np.concatenate((without, np.zeros_like(mass))),
        np.concatenate((np.zeros_like(mass), with_event)),
    )


def promise_ladder(values: Floats, mass: Floats, *, events: float) -> Population:
    """Scores that are a ladder and come to nothing, beside a share of certain events that come."""
    return labelled(
        np.append(values, 1.0), np.append(mass * (1 - events), 0.0), np.append(np.zeros_like(mass), events)
    )


def labelled(scores: Floats, without: Floats, with_event: Floats) -> Population:
    """The population with these probabilities of each score without and with an event; equal scores are merged."""
    distinct, place = np.unique(scores, return_inverse=True)
    zero, one = (np.bincount(place, weights=mass).astype(np.float64) for mass in (without, with_event))
    mass = zero + one
    some = mass > 0
    return Population(distinct[some], mass[some], one[some] / mass[some])


def mirrored(population: Population) -> Population:
    """Scores and labels turned round: what was promised and did not come has come without a promise."""
    return Population(1 - population.scores[::-1], population.mass[::-1], 1 - population.rate[::-1])


def promise_ladders(n: int) -> Iterator[tuple[str, Population]]:
    for shape, ladder in LADDERS.items():
        for events in (0.1, 0.4):
            # the rows expected on a rung are those without an event
            values, mass = ladder.at(round(n * (1 - events)))
            population = promise_ladder(values, mass, events=events)
            yield f"{shape}, {events} events", population
            yield f"{shape}, {events} events, mirrored", mirrored(population)


def beta_scores(base_rate: float, weight: float) -> tuple[Floats, Floats]:
    """Scores Beta(weight * base_rate, weight * (1 - base_rate)) as equally likely quantile midpoints."""
    middle = (np.arange(POINTS) + 0.5) / POINTS
    values = betaincinv(weight * base_rate, weight * (1 - base_rate), middle)
    scores, rows = np.unique(np.clip(values, 1e-9, 1 - 1e-9), return_counts=True)
    return scores, rows / POINTS


def calibrated(base_rate: float, weight: float = 4.0) -> Population:
    """Event rates equal to the scores."""
    scores, mass = beta_scores(base_rate, weight)
    return Population(scores, mass, scores)


def distorted(base_rate: float, *, shift: float = 0.0, slope: float = 1.0, weight: float = 4.0) -> Population:
    """logit(event rate) = shift + slope logit(score)."""
    scores, mass = beta_scores(base_rate, weight)
    return Population(scores, mass, expit(shift + slope * logit(scores)))


def only_at_the_top(base_rate: float) -> Population:
    """Calibrated except in the highest 5 % of the scores, where a third of the events is missing."""
    scores, mass = beta_scores(base_rate, 4.0)
    top = np.cumsum(mass) > 0.95
    return Population(scores, mass, np.where(top, scores * 2 / 3, scores))


def rarely_fatal(error: float) -> Population:
    """Two confident scores, .01 and .99, each wrong with probability `error`: rare, large losses."""
    return Population(np.array([0.01, 0.99]), np.array([0.5, 0.5]), np.array([error, 1 - error]))


def fatal_in_a_bulk() -> Population:
    """Two broad scores and one that is next to 0 and, once in a thousand rows, as wrong as can be.

    Found by an attacker: samples without such a row look so good that a skew-corrected limit of the log loss passed
    .07 of them.
    """
    negatives = np.array([0.056509, 0.071087, 0.00193])
    positives = np.array([0.000953, 0.589834, 0.279687])
    mass = negatives + positives
    return Population(np.array([1e-9, 0.7, 0.99]), mass / mass.sum(), positives / mass)


def unpromised_events(rate: float) -> Population:
    """A model that scores everyone almost 0 while events happen."""
    return Population(np.array([1e-4]), np.array([1.0]), np.array([rate]))


POPULATIONS: dict[str, Population] = {
    "calibrated, base rate .5": calibrated(0.5),
    "calibrated, base rate .2": calibrated(0.2),
    "calibrated, base rate .05": calibrated(0.05),
    "calibrated, base rate .01": calibrated(0.01, 20.0),
    "calibrated, sharp, base rate .3": calibrated(0.3, 0.3),
    "overconfident, base rate .3": distorted(0.3, slope=0.5),
    "underconfident, base rate .3": distorted(0.3, slope=2.0),
    "too low, base rate .2": distorted(0.2, shift=0.4),
    "too high, base rate .2": distorted(0.2, shift=-0.4),
    "events doubled, base rate .03": distorted(0.03, shift=0.75, weight=20.0),
    "only the top 5 % is wrong": only_at_the_top(0.3),
    "one in a thousand is fatal": fatal_in_a_bulk(),
    "confident, 1 % wrong": rarely_fatal(0.01),
    "confident, 5 % wrong": rarely_fatal(0.05),
    "events that nobody promised, 1 %": unpromised_events(0.01),
    "events that nobody promised, 5 %": unpromised_events(0.05),
}
