"""Populations at the boundary of a mean loss, of a calibration error, and of observed over expected."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from assay.stats.bound import Bound
from assay.stats.calibration import ece_bound, ks_calibration_bound
from assay.stats.histogram import ScoreCounts
from assay.stats.means import brier_bound, mean_bound
from assay.stats.observed_expected import observed_expected_bound
from guarantee.boundary import Design, Limits, Side
from guarantee.ladders import LADDERS
from guarantee.score_p_values import ece_p, ks_p, mean_p
from guarantee.scored_populations import POINTS, POPULATIONS, Population, brier_ladder, promise_ladders

Floats = NDArray[np.float64]
SIZES = (100, 300, 1000, 5000)
LADDER_SIZES = (*SIZES, 20_000)
ECE_BINS = (1, 15)
SIDES: tuple[Side, ...] = ("at_most", "at_least")

Rule = Callable[[ScoreCounts, float], Bound]


def mean_designs() -> Iterator[Design]:
    """Upper limits of the Brier score and of plain bounded means, which share a rule. The log loss is exact."""
    for n in SIZES:
        for shape, population in POPULATIONS.items():
            yield _brier_design(shape, population, n)
        for shape, (values, mass) in BOUNDED.items():
            yield _mean_design(f"mean: {shape}", values, mass, n)
    for n in LADDER_SIZES:
        for shape, ladder in LADDERS.items():
            values, mass = ladder.at(n)
            yield _mean_design(f"mean: {shape}", values, mass, n)
            yield _mean_design(f"mean: {shape}, mirrored", 1 - values, mass, n)
            population = brier_ladder(values, mass)
            yield _brier_design(shape, population, n)


def calibration_designs() -> Iterator[Design]:
    """Upper limits of the KS calibration error and of the binned ECE at the true error."""
    for n in SIZES:
        for shape, population in POPULATIONS.items():
            if population.ks > 1e-9:
                yield from _calibration_designs(shape, population, n)
    for n in LADDER_SIZES:
        for shape, population in promise_ladders(n):
            yield from _calibration_designs(shape, population, n)


def _calibration_designs(shape: str, population: Population, n: int) -> Iterator[Design]:
    design = _design("ks_calibration", shape, population, n, population.ks, ks_calibration_bound)
    yield replace(design, p=partial(ks_p, population, n))
    for bins in ECE_BINS:
        if population.ece(bins) > 1e-9:
            rule = partial(ece_bound, bins=bins)
            design = _design("ece", f"{shape}; {bins} bins", population, n, population.ece(bins), rule)
            yield replace(design, p=partial(ece_p, population, n, bins))


def observed_expected_designs() -> Iterator[Design]:
    """Upper and lower limits of observed over expected: passing wrongly by one is failing wrongly by the other."""
    for n in SIZES:
        for shape, population in POPULATIONS.items():
            yield _ratio_design(shape, population, n)
    for n in LADDER_SIZES:
        for shape, population in promise_ladders(n):
            for side in SIDES:
                yield _ratio_design(shape, population, n, side)


def _ratio_design(shape: str, population: Population, n: int, side: Side = "at_most") -> Design:
    """Its p-values are those of the mean of label - ratio * score, which is 0."""
    s, ratio = population.scores, population.ratio
    p = partial(mean_p, np.concatenate((-ratio * s, 1 - ratio * s)), population.cells, n, (-ratio, 1.0))
    design = _design("observed_expected", shape, population, n, ratio, observed_expected_bound, side)
    return replace(design, p=p)


def _design(
    rule: str, shape: str, population: Population, n: int, truth: float, bound: Rule, side: Side = "at_most"
) -> Design:
    def draw(rng: np.random.Generator) -> Limits:
        return partial(bound, population.sample(rng, n))

    return Design(rule, shape, str(n), n, truth, side, draw)


def _brier_design(shape: str, population: Population, n: int) -> Design:
    losses = np.concatenate((population.scores**2, (1 - population.scores) ** 2))
    design = _design("mean", f"Brier: {shape}", population, n, population.brier, brier_bound)
    return replace(design, p=partial(mean_p, losses, population.cells, n, (0.0, 1.0)))


def _mean_design(shape: str, values: Floats, mass: Floats, n: int) -> Design:
    draw, p = partial(_draw_mean, values, mass, n), partial(mean_p, values, mass, n, (0.0, 1.0))
    return Design("mean", shape, str(n), n, float(values @ mass), "at_most", draw, p)


def _draw_mean(values: Floats, mass: Floats, n: int, rng: np.random.Generator) -> Limits:
    counts = rng.multinomial(n, mass)
    return lambda alpha: mean_bound(values, counts, low=0.0, high=1.0, alpha=alpha)


def _two_parts(bulk: Floats, share: float, value: float) -> tuple[Floats, Floats]:
    return np.append(bulk, value), np.append(np.full(bulk.size, (1 - share) / bulk.size), share)


_GRID = (np.arange(POINTS) + 0.5) / POINTS
BOUNDED: dict[str, tuple[Floats, Floats]] = {
    "uniform": (_GRID, np.full(POINTS, 1 / POINTS)),
    "Bernoulli .01": (np.array([0.0, 1.0]), np.array([0.99, 0.01])),
    "Bernoulli .1": (np.array([0.0, 1.0]), np.array([0.9, 0.1])),
    "Beta(.2, .8)": (betaincinv(0.2, 0.8, _GRID), np.full(POINTS, 1 / POINTS)),
    "Beta(.1, 10)": (betaincinv(0.1, 10.0, _GRID), np.full(POINTS, 1 / POINTS)),
    "bulk .1-.3 and 1 % of 1": _two_parts(0.1 + 0.2 * _GRID, 0.01, 1.0),
    "bulk .1-.3 and .3 % of 1": _two_parts(0.1 + 0.2 * _GRID, 0.003, 1.0),
    "bulk 0-.02 and 2 % of .6": _two_parts(0.02 * _GRID, 0.02, 0.6),
}
