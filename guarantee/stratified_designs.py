"""Two groups in strata with known rates: the common odds ratio, Kitagawa's parts, a reversal and the conditional disparity."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from assay.stats import stratified as rules
from assay.stats.simulated_sizes import LEVELS
from guarantee.boundary import Design, Limits

Floats = NDArray[np.float64]
Sample = tuple[Floats, Floats, Floats, Floats]
SMALLEST = (20, 50, 200)
"""Rows, or decisions, that the smallest cell has on average at least, with a margin so that few samples fall below."""
FEWEST = {"composition": 200}
"""Of shares of strata that are estimated from fewer rows the limits were wrong in more than 6 % of samples."""
NEVER = 1.0


@dataclass(frozen=True)
class Population:
    """Two groups: their rows, their shares of the strata, their rates of favourable decisions in each. fixed: the rows of each
    stratum are given, as for the odds ratio; else they are sampled.
    """

    name: str
    rows: tuple[int, int]
    shares: tuple[Floats, Floats]
    rates: tuple[Floats, Floats]
    fixed: bool = False

    def draw(self, rng: np.random.Generator, reps: int) -> Sample:
        """Samples: favourable decisions and rows of both groups, each [reps, strata]."""
        found: list[Floats] = []
        for n, w, p in zip(self.rows, self.shares, self.rates, strict=True):
            m = (
                np.tile(np.rint(n * w).astype(np.int64), (reps, 1))
                if self.fixed
                else rng.multinomial(n, w, reps)
            )
            found += [rng.binomial(m, p).astype(np.float64), m.astype(np.float64)]
        return found[0], found[1], found[2], found[3]

    def together(self, rng: np.random.Generator, reps: int) -> Sample:
        """The same where the group of a row is sampled too, as the disparity is about all rows."""
        (n1, n2), (w1, w2), (p1, p2) = self.rows, self.shares, self.rates
        cells = np.concatenate([n1 * w1 * p1, n1 * w1 * (1 - p1), n2 * w2 * p2, n2 * w2 * (1 - p2)])
        drawn = rng.multinomial(n1 + n2, cells / cells.sum(), reps).reshape(reps, 4, -1).astype(np.float64)
        x1, y1, x2, y2 = (drawn[:, i] for i in range(4))
        return x1, x1 + y1, x2, x2 + y2


def stratified_designs() -> Iterator[Design]:
    """Every rule at its true value, on populations of few and of many strata, alike and unlike, rare and common."""
    for least in SMALLEST:
        for population in _populations(least):
            w, p = population.shares, population.rates
            within = float(((w[0] + w[1]) * (p[0] - p[1])).sum() / 2)
            moved = float(((w[0] - w[1]) * (p[0] + p[1])).sum() / 2)
            yield _design("kitagawa", "within", population, least, within, rules.treatment)
            if least >= FEWEST["composition"]:
                yield _design("composition", "by composition", population, least, moved, rules.composition)
            yield _design(
                "disparity",
                "disparity",
                population,
                least,
                _disparity(population),
                rules.disparity,
                together=True,
            )
            turned = max(min(within + moved, -within), 0.0)
            if turned > 0:
                yield _design("reversal", "reversal", population, least, turned, rules.reversal)
        for population in _of_odds(least):
            truth = _odds_ratio(population)
            yield _design("mantel_haenszel", "odds ratio", population, least, truth, rules.mantel_haenszel)


def _design(
    rule: str,
    what: str,
    population: Population,
    least: int,
    truth: float,
    function: rules.Rule,
    *,
    together: bool = False,
) -> Design:
    sample = population.together if together else population.draw
    return Design(
        rule=rule,
        shape=f"{what}: {population.name}",
        rows=f"{population.rows[0]} and {population.rows[1]}",
        size=least,
        truth=truth,
        side="at_least" if rule == "mantel_haenszel" else "at_most",
        draw=partial(_limits, sample, function, rule),
        p=partial(_p, sample, function, truth),
    )


def _limits(
    sample: Callable[[np.random.Generator, int], Sample],
    function: rules.Rule,
    rule: str,
    rng: np.random.Generator,
) -> Limits:
    found = function(*(counts[0] for counts in sample(rng, 1)))
    return partial(rules.bound_of, found, rule=rule, method="")


def _p(
    sample: Callable[[np.random.Generator, int], Sample],
    function: rules.Rule,
    truth: float,
    rng: np.random.Generator,
    reps: int,
) -> tuple[Floats, Floats]:
    """Of each sample the smallest of the simulated levels whose limit is beyond the truth, or 1: enough to count by levels."""
    x1, n1, x2, n2 = sample(rng, reps)
    fewest = (
        np.minimum(n1, n2).min(axis=1)
        if function is not rules.disparity
        else np.minimum(n1 + n2 - x1 - x2, x1 + x2).min(axis=1)
    )
    possible = fewest > 0
    found = function(*(counts[possible] for counts in (x1, n1, x2, n2)))
    at_least, at_most = np.full(reps, NEVER), np.full(reps, NEVER)
    known = np.flatnonzero(possible)[found.least >= SMALLEST[0]]
    told = found.least >= SMALLEST[0]
    for level in sorted(LEVELS, reverse=True):
        at_least[known[(found.lower(level) > truth)[told]]] = np.nextafter(level, 0)
        at_most[known[(found.upper(level) < truth)[told]]] = np.nextafter(level, 0)
    return at_least, at_most


def _populations(least: int) -> Iterator[Population]:
    half, skewed = np.array([0.5, 0.5]), np.array([0.9, 0.1])
    many = np.full(8, 1 / 8)
    shapes = (
        ("two equal strata", half, half),
        ("two strata, the groups in opposite ones", skewed, skewed[::-1]),
        ("two strata, both in one", skewed, skewed),
        ("eight strata", many, many),
        ("three strata, unlike", np.array([0.1, 0.2, 0.7]), np.array([0.7, 0.2, 0.1])),
    )
    for name, one, two in shapes:
        for times in (1, 20):
            n = round(1.5 * least / min(one.min(), two.min()))
            for rates in _rates(len(one)):
                said = f"{name}, {times} times as many in the second, {rates[0]}"
                yield Population(said, (n, n * times), (one, two), (rates[1], rates[2]))


def _rates(strata: int) -> Iterator[tuple[str, Floats, Floats]]:
    steep, rare = np.linspace(0.9, 0.1, strata), np.linspace(0.15, 0.03, strata)
    yield "rates alike from .9 to .1", steep, steep
    yield "rates alike from .15 to .03", rare, rare
    yield (
        "rates higher in the first by .08",
        np.clip(steep - 0.05, 0.01, 0.99),
        np.clip(steep - 0.13, 0.01, 0.99),
    )
    yield "rates lower in the first by .05", np.clip(steep - 0.05, 0.02, 0.99), np.clip(steep, 0.02, 0.99)
    yield "rates of the first a third of the second's", steep / 3, steep
    yield "rates in opposite order", steep, steep[::-1]


def _disparity(population: Population) -> float:
    (n1, n2), (w1, w2), (p1, p2) = population.rows, population.shares, population.rates
    first, second = n1 * w1, n2 * w2
    refused, favoured = first * (1 - p1) + second * (1 - p2), first * p1 + second * p2
    each = first * (1 - p1) / refused - first * p1 / favoured
    rows = first + second
    return float((rows * each).sum() / rows.sum())


def _of_odds(least: int) -> Iterator[Population]:
    """Groups whose rarest kind of decision is about so rare; few large strata, and many with a row or two of each group."""
    many = np.full(60, 1 / 60)
    shapes = (
        ("one stratum", np.array([1.0]), np.array([1.0]), np.array([0.3])),
        ("one stratum, rare", np.array([1.0]), np.array([1.0]), np.array([0.04])),
        (
            "five strata, unlike",
            np.array([8, 4, 2, 1, 1]) / 16,
            np.array([1, 1, 2, 4, 8]) / 16,
            np.linspace(0.7, 0.1, 5),
        ),
        ("sixty small strata", many, many, np.linspace(0.1, 0.6, 60)),
    )
    for ratio in (0.25, 0.8, 1.0, 4.0):
        for name, one, two, rate in shapes:
            odds = rate / (1 - rate) * ratio
            rates = odds / (1 + odds), rate
            means = [float((w * p).sum()) for w, p in zip((one, two), rates, strict=True)]
            n1, n2 = (max(round(1.3 * least / min(m, 1 - m)), len(one)) for m in means)
            yield Population(
                f"{name}, odds ratio {ratio}", (n1, max(n2, 2 * len(two))), (one, two), rates, fixed=True
            )


def _odds_ratio(population: Population) -> float:
    m1, m2 = (np.rint(n * w) for n, w in zip(population.rows, population.shares, strict=True))
    p1, p2 = population.rates
    weight = m1 * m2 / np.maximum(m1 + m2, 1)
    return float((weight * p1 * (1 - p2)).sum() / (weight * p2 * (1 - p1)).sum())
