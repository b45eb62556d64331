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
"""What was simulated of shares of strata: strata of so many rows."""
EFFECTS: tuple[effects.Effect, ...] = (effects.direct, effects.indirect, effects.spurious)
SIX = np.array([0, 0, 0, 1, 1, 1])
FOUR = np.array([0, 0, 1, 1])
TWO: dict[effects.Effect, effects.Strata] = {
    effects.direct: np.array([0, 0]),
    effects.indirect: np.array([0, 0]),
    effects.spurious: np.array([0, 1]),
}
"""Two cells: two mediators without confounders, or two confounders without mediators."""


def effect_designs() -> Iterator[Design]:
    """Every effect at its true value: in six cells, two strata of confounders with three mediators in each, and near none in few."""
    for least in SMALLEST:
        for effect in EFFECTS:
            if least < FEWEST.get(effect, 0):
                continue
            for population in _populations(least, _counted(effect, SIX)):
                yield _design(effect, population, SIX, least)
            for stratum in (TWO[effect], FOUR):
                for population in _products(least, _counted(effect, stratum), len(stratum)):
                    yield _design(effect, population, stratum, least)


def _counted(effect: effects.Effect, stratum: effects.Strata) -> effects.Strata:
    """What the smallest of is the size: cells, or strata where mediators sum out."""
    return stratum if effect is effects.spurious else np.arange(len(stratum))


def _design(effect: effects.Effect, population: Population, stratum: effects.Strata, least: int) -> Design:
    name = effect.__name__
    (w1, w0), (p1, p0) = population.shares, population.rates
    truth = float(effect(w1 * p1, w1, w0 * p0, w0, stratum).estimate)
    return Design(
        rule=f"{name}_effect",
        shape=f"{name}: {population.name}",
        rows=f"{population.rows[0]} and {population.rows[1]}",
        size=least,
        truth=truth,
        side="at_most",
        draw=partial(_limits, population, effect, stratum),
        p=partial(_p, population, effect, stratum, truth),
    )


def _limits(
    population: Population, effect: effects.Effect, stratum: effects.Strata, rng: np.random.Generator
) -> Limits:
    x1, n1, x2, n2 = (counts[0] for counts in population.draw(rng, 1))
    found = effect(x1, n1, x2, n2, stratum)
    return partial(bound_of, found, rule=f"{effect.__name__}_effect", method="")


def _p(
    population: Population,
    effect: effects.Effect,
    stratum: effects.Strata,
    truth: float,
    rng: np.random.Generator,
    reps: int,
) -> tuple[Floats, Floats]:
    """Of each sample the smallest of the simulated levels whose limit is beyond the truth, or 1."""
    x1, n1, x2, n2 = population.draw(rng, reps)
    possible = np.minimum(n1, n2).min(axis=1) > 0
    found = effect(x1[possible], n1[possible], x2[possible], n2[possible], stratum)
    told = found.least >= FEWEST.get(effect, SMALLEST[0])
    at_least, at_most = np.full(reps, NEVER), np.full(reps, NEVER)
    known = np.flatnonzero(possible)[told]
    for level in sorted(LEVELS, reverse=True):
        at_least[known[(found.lower(level) > truth)[told]]] = np.nextafter(level, 0)
        at_most[known[(found.upper(level) < truth)[told]]] = np.nextafter(level, 0)
    return at_least, at_most


def _rows(least: int, counted: effects.Strata, *shares: Floats) -> int:
    """Rows of a group that leave the smallest of what is counted half as many again as the least."""
    return round(1.5 * least / min(float(np.bincount(counted, one).min()) for one in shares))


def _populations(least: int, counted: effects.Strata) -> Iterator[Population]:
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
            n = _rows(least, counted, first, second)
            for said, p1, p0 in _rates():
                yield Population(
                    f"{name}, {times} times as many in the second, {said}",
                    (n, n * times),
                    (first, second),
                    (p1, p0),
                )


def _products(least: int, counted: effects.Strata, cells: int) -> Iterator[Population]:
    """Groups whose shares of the cells are nearly alike, and whose rates are nearly alike over them: both factors are near 0.

    Of two cells there are the three too that were found when the rules left the term of second order out, then wrong in up to 12 %.
    """
    base, steep = np.full(cells, 1 / cells), np.linspace(-1, 1, cells)
    if cells > 2:
        steep = steep[[0, 2, 1, 3]]
    for times in (1, 2):
        for apart, unlike in ((0.0, 0.0), (1.0, 1.0), (1.5, 1.5), (3.0, 3.0), (1.5, 4.0), (4.0, 1.5)):
            n = _rows(least, counted, base)
            step = apart / np.sqrt(n)
            shares = (base * (1 + step * steep), base * (1 - step * steep))
            for middle in (0.5, 0.06):
                error = np.sqrt(middle * (1 - middle) / n * cells)
                p1 = np.clip(middle + unlike * error * steep / 2, 0.001, 0.999)
                said = f"{cells} cells, nearly alike by {apart} and {unlike} errors about {middle}"
                yield Population(
                    f"{said}, {times} times as many in the second",
                    (n, n * times),
                    shares,
                    (p1, np.full(cells, middle)),
                )
    for rows, shares_1, rates in FOUND if cells == 2 else ():
        first, second = (np.array([one, 1 - one]) for one in shares_1)
        scale = max(_rows(least, counted, first, second) / min(rows), 1.0)
        yield Population(
            f"2 cells, {shares_1[0]} against {shares_1[1]} in the first, {rates[0]} against {rates[1]}",
            (round(rows[0] * scale), round(rows[1] * scale)),
            (first, second),
            (np.array(rates[0]), np.array(rates[1])),
        )


FOUND = (
    ((2337, 1043), (0.694, 0.664), ((0.964, 0.949), (0.963, 0.963))),
    ((870, 1330), (0.766, 0.795), ((0.388, 0.526), (0.349, 0.001))),
    ((164, 141), (0.604, 0.459), ((0.543, 0.46), (0.443, 0.676))),
)
"""Rows of both groups, their shares of the first cell, the rates of the first group and of the second."""


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
