"""Two groups in strata with known rates: the common odds ratio, Kitagawa's parts, a reversal and the conditional disparity."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from assay.stats import stratified as rules
from assay.stats.odds_ratio import mantel_haenszel
from assay.stats.simulated_sizes import LEVELS
from guarantee.boundary import Design, Limits

Floats = NDArray[np.float64]
Sample = tuple[Floats, Floats, Floats, Floats]
SMALLEST = (20, 50, 200)
"""Rows, or decisions, that the smallest cell has on average at least, with a margin so that few samples fall below."""
FEWEST = {"composition": 200}
"""What was simulated of shares of strata: cells of so many rows."""
NEVER = 1.0


@dataclass(frozen=True)
class Population:
    """Two groups: their rows, their shares of the strata, their rates of favourable decisions in each."""

    name: str
    rows: tuple[int, int]
    shares: tuple[Floats, Floats]
    rates: tuple[Floats, Floats]

    def draw(self, rng: np.random.Generator, reps: int) -> Sample:
        """Samples: favourable decisions and rows of both groups, each [reps, strata]."""
        found: list[Floats] = []
        for n, w, p in zip(self.rows, self.shares, self.rates, strict=True):
            m = rng.multinomial(n, w, reps)
            found += [rng.binomial(m, p).astype(np.float64), m.astype(np.float64)]
        return found[0], found[1], found[2], found[3]

    def together(self, rng: np.random.Generator, reps: int) -> Sample:
        """The same where the group of a row is sampled too, as the disparity is about all rows and an odds ratio may be."""
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
        if least >= FEWEST["composition"]:
            for population in (*_populations(least), *_products(least)):
                w, p = population.shares, population.rates
                moved = float(((w[0] - w[1]) * (p[0] + p[1])).sum() / 2)
                yield _design("composition", "by composition", population, least, moved, rules.composition)
        for population in _of_odds(least):
            up, down = _odds(population)
            for together in (False, True):
                yield _design(
                    "mantel_haenszel",
                    "odds ratio, groups drawn" if together else "odds ratio",
                    population,
                    least,
                    up / down,
                    mantel_haenszel,
                    together=together,
                )


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
    drawn = sample(rng, reps)
    possible = MUST_NOT_BE_0.get(function, _cells)(drawn) > 0
    found = function(*(counts[possible] for counts in drawn))
    at_least, at_most = np.full(reps, NEVER), np.full(reps, NEVER)
    known = np.flatnonzero(possible)[found.least >= SMALLEST[0]]
    told = found.least >= SMALLEST[0]
    for level in sorted(LEVELS, reverse=True):
        at_least[known[(found.lower(level) > truth)[told]]] = np.nextafter(level, 0)
        at_most[known[(found.upper(level) < truth)[told]]] = np.nextafter(level, 0)
    return at_least, at_most


def _cells(sample: Sample) -> Floats:
    _, n1, _, n2 = sample
    return np.asarray(np.minimum(n1, n2).min(axis=1))


def _either(sample: Sample) -> Floats:
    x1, n1, x2, n2 = sample
    return np.asarray(np.minimum(n1 + n2 - x1 - x2, x1 + x2).min(axis=1))


def _sums(sample: Sample) -> Floats:
    """Of an odds ratio, to which a stratum need not add anything."""
    found: Floats = mantel_haenszel(*sample).least
    return found


MUST_NOT_BE_0: dict[rules.Rule, Callable[[Sample], Floats]] = {
    rules.disparity: _either,
    mantel_haenszel: _sums,
}
"""What a rule divides by; else the rows of every cell."""


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


def _products(least: int) -> Iterator[Population]:
    """Groups that are in nearly the same strata, whose rates add up to nearly as much in each: both factors are near 0."""
    for strata in (2, 5):
        base, steep = np.full(strata, 1 / strata), np.linspace(-1, 1, strata)
        for times in (1, 2):
            n = round(1.5 * least * strata)
            for apart, unlike in ((0.0, 0.0), (1.0, 1.0), (1.5, 1.5), (3.0, 3.0), (1.5, 4.0), (4.0, 1.5)):
                step = apart / np.sqrt(n)
                one, two = base * (1 + step * steep), base * (1 - step * steep)
                first = 0.5 + steep * 0.3
                second = 1.0 - first + unlike * steep / np.sqrt(n / strata) / 2
                said = f"{strata} strata, nearly alike by {apart} and {unlike} errors, {times} times as many in the second"
                yield Population(said, (n, n * times), (one, two), (first, second))


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
    """Groups of which the smaller sum is about so large, few large strata and many small ones; one odds ratio in all, or others."""
    one, steep = np.array([1.0]), np.linspace(0.1, 0.9, 60)
    many, growing = np.full(60, 1 / 60), np.arange(1, 61) / 1830
    unlike, likewise = np.array([8, 4, 2, 1, 1]) / 16, np.array([1, 1, 2, 4, 8]) / 16
    opposite = np.array([0.005, 0.995, 0.005, 0.995])
    shares = (np.array([0.3, 0.05, 0.15, 0.5]), np.array([0.15, 0.15, 0.2, 0.5]))
    for ratio in (0.25, 0.8, 1.0, 4.0):
        for name, (w1, w2), rate in (
            ("one stratum", (one, one), np.array([0.3])),
            ("one stratum, rare", (one, one), np.array([0.04])),
            ("five strata, unlike", (unlike, likewise), np.linspace(0.7, 0.1, 5)),
            ("sixty small strata", (many, many), np.linspace(0.1, 0.6, 60)),
        ):
            odds = rate / (1 - rate) * ratio
            yield from _scaled(f"{name}, odds ratio {ratio}", (w1, w2), (odds / (1 + odds), rate), least)
    for name, among, rates in (
        ("two strata, .9 and .15 against .55 and .6", (unlike[:2] / 0.75, likewise[2:4] / 0.375), ((0.9, 0.15), (0.55, 0.6))),
        ("five strata, opposite rates", (unlike, likewise), (np.linspace(0.9, 0.1, 5), np.linspace(0.1, 0.9, 5))),
        ("four strata that decide all or nobody", shares, (opposite, opposite[[0, 1, 3, 2]])),
        ("a stratum with nearly all rows", (np.array([0.97, 0.03]), np.array([0.9, 0.1])), ((0.5, 0.9), (0.5, 0.1))),
        ("three strata, rare", (unlike[2:] * 4, likewise[2:] / 0.875), ((0.001, 0.02, 0.1), (0.05, 0.01, 0.004))),
        ("sixty strata whose odds ratios grow with their rows", (growing, growing), (steep, steep[::-1])),
    ):  # fmt: skip
        yield from _scaled(name, among, (np.asarray(rates[0]), np.asarray(rates[1])), least)


def _scaled(
    name: str, shares: tuple[Floats, Floats], rates: tuple[Floats, Floats], least: int
) -> Iterator[Population]:
    """Groups of as many rows, and a second one of ten times as many."""
    for times in (1, 10):
        per_row = min(_odds(Population(name, (1, times), shares, rates)))
        n = max(round(1.3 * least / per_row), 1)
        yield Population(f"{name}, {times} times as many in the second", (n, n * times), shares, rates)


def _odds(population: Population) -> tuple[float, float]:
    """The two sums that the odds ratio divides."""
    m1, m2 = (n * w for n, w in zip(population.rows, population.shares, strict=True))
    p1, p2 = population.rates
    weight = m1 * m2 / (m1 + m2)
    return float((weight * p1 * (1 - p2)).sum()), float((weight * p2 * (1 - p1)).sum())
