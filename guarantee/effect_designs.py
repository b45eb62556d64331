"""Two groups in cells of confounders and mediators with known rates: the direct, the indirect and the spurious part of their gap."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray

from assay.stats import effects
from assay.stats.simulated_sizes import LEVELS
from assay.stats.stratified import bound_of
from guarantee.boundary import Design, Limits
from guarantee.stratified_designs import NEVER, Population

Floats = NDArray[np.float64]
SMALLEST = (50, 200)
FEWEST: dict[effects.Effect, int] = {effects.spurious: 200}
"""Of shares that are estimated from fewer rows its limits were wrong in 1.6 % of samples at a level of 1 %."""
EFFECTS: tuple[effects.Effect, ...] = (effects.direct, effects.indirect, effects.spurious)
STRATUM = np.array([0, 0, 0, 1, 1, 1])


def effect_designs() -> Iterator[Design]:
    """Every effect at its true value, on populations of six cells: two strata of confounders, three mediators in each."""
    for least in SMALLEST:
        for population in _populations(least):
            for effect in EFFECTS:
                if least < FEWEST.get(effect, 0):
                    continue
                name = effect.__name__
                (w1, w0), (p1, p0) = population.shares, population.rates
                truth = float(effect(w1 * p1, w1, w0 * p0, w0, STRATUM).estimate)
                yield Design(
                    rule=f"{name}_effect",
                    shape=f"{name}: {population.name}",
                    rows=f"{population.rows[0]} and {population.rows[1]}",
                    size=least,
                    truth=truth,
                    side="at_most",
                    draw=partial(_limits, population, effect),
                    p=partial(_p, population, effect, truth),
                )


def _limits(population: Population, effect: effects.Effect, rng: np.random.Generator) -> Limits:
    x1, n1, x2, n2 = (counts[0] for counts in population.draw(rng, 1))
    found = effect(x1, n1, x2, n2, STRATUM)
    return partial(bound_of, found, rule=f"{effect.__name__}_effect", method="")


def _p(
    population: Population, effect: effects.Effect, truth: float, rng: np.random.Generator, reps: int
) -> tuple[Floats, Floats]:
    """Of each sample the smallest of the simulated levels whose limit is beyond the truth, or 1."""
    x1, n1, x2, n2 = population.draw(rng, reps)
    told = np.minimum(n1, n2).min(axis=1) >= SMALLEST[0]
    found = effect(x1[told], n1[told], x2[told], n2[told], STRATUM)
    at_least, at_most = np.full(reps, NEVER), np.full(reps, NEVER)
    known = np.flatnonzero(told)
    for level in sorted(LEVELS, reverse=True):
        at_least[known[found.lower(level) > truth]] = np.nextafter(level, 0)
        at_most[known[found.upper(level) < truth]] = np.nextafter(level, 0)
    return at_least, at_most


def _populations(least: int) -> Iterator[Population]:
    even, one = np.full(6, 1 / 6), np.array([0.3, 0.2, 0.1, 0.2, 0.1, 0.1])
    shapes = (
        ("alike in all cells", even, even),
        (
            "other mediators",
            np.array([0.3, 0.1, 0.1, 0.3, 0.1, 0.1]),
            np.array([0.1, 0.1, 0.3, 0.1, 0.1, 0.3]),
        ),
        ("other confounders", np.array([0.27, 0.27, 0.26, 0.07, 0.07, 0.06]), even),
        ("both other", one, one[::-1]),
        ("rare cells", np.array([0.7, 0.05, 0.05, 0.1, 0.05, 0.05]), even),
    )
    for name, first, second in shapes:
        for times in (1, 20):
            n = round(1.5 * least / min(first.min(), second.min()))
            for said, p1, p0 in _rates():
                yield Population(
                    f"{name}, {times} times as many in the second, {said}",
                    (n, n * times),
                    (first, second),
                    (p1, p0),
                )


def _rates() -> Iterator[tuple[str, Floats, Floats]]:
    steep, rare = np.linspace(0.9, 0.1, 6), np.linspace(0.15, 0.03, 6)
    yield "rates alike from .9 to .1", steep, steep
    yield "rates alike from .15 to .03", rare, rare
    yield (
        "rates higher in the first by .08",
        np.clip(steep - 0.05, 0.02, 0.98),
        np.clip(steep - 0.13, 0.02, 0.98),
    )
    yield "rates of the first a third of the second's", steep / 3, steep
    yield "rates in opposite order", steep, steep[::-1]
