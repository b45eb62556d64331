"""Populations whose members are known by probabilities alone, and the ends of what their gap may be.

Most of the populations are such that a minimum of two means is a tie in every bin, where estimates of it come out too small.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from assay.stats.bound import Bound
from assay.stats.histogram import Undefined
from assay.stats.proxied import FEWEST, RULE, Interval, Masses, proxied_difference, proxied_log_ratio
from guarantee.boundary import Design, Limits, Side

Floats = NDArray[np.float64]
SMALLEST = (FEWEST, 500)
Made = Callable[[Masses, float], Interval]


@dataclass(frozen=True)
class Population:
    """Shares of rows by probability of membership, the chance of a favourable decision of each, bins, and the stated error."""

    name: str
    probability: Floats
    share: Floats
    favourable: Floats
    bins: int
    error: float

    def masses(self) -> Masses:
        """The population itself."""
        return Masses.of(self.probability, self.share * self.favourable, self.share, self.bins)

    def whole(self) -> Masses:
        """The same as very many rows."""
        whole = self.masses()
        return Masses(whole.probability, whole.bin, whole.good * 1e9, whole.bad * 1e9)

    def rows(self, least: int) -> int:
        """So many that the rarest kind has about ``least``, with a margin so that few samples fall below."""
        p, found = self.probability, self.masses()
        rarest = min(float((w * x).sum()) for w in (p, 1 - p) for x in (found.good, found.bad))
        return round(1.3 * least / rarest)


def proxied_designs() -> Iterator[Design]:
    """Both ends of the difference and of the logarithm of the ratio."""
    for least in SMALLEST:
        for population in _populations():
            for name, made in (("difference", proxied_difference), ("ratio", proxied_log_ratio)):
                ends = made(population.whole(), population.error).ends
                for end, side in zip(ends, _SIDES, strict=True):
                    if np.isfinite(end):
                        yield _design(population, least, name, made, end, side)


_SIDES: tuple[Side, Side] = ("at_least", "at_most")


def _design(population: Population, least: int, name: str, made: Made, truth: float, side: Side) -> Design:
    n = population.rows(least)
    return Design(
        rule=RULE,
        shape=f"{'lower' if side == 'at_least' else 'upper'} end of the {name}: {population.name}",
        rows=str(n),
        size=least,
        truth=truth,
        side=side,
        draw=partial(_limits, population, n, made),
        p=None,
    )


def _limits(population: Population, n: int, made: Made, rng: np.random.Generator) -> Limits:
    q = population.favourable
    drawn = rng.multinomial(n, np.concatenate([population.share * q, population.share * (1 - q)]))
    good, bad = drawn.reshape(2, -1).astype(np.float64)
    masses = Masses.of(population.probability, good, good + bad, population.bins)
    if masses.least < SMALLEST[0]:
        return _none
    found = made(masses, population.error)

    def limits(alpha: float) -> Bound:
        low, high = found.limits(alpha)
        return Bound(min(max(found.weighted, low), high), low, high, "", "B")

    return limits


def _none(_: float) -> Bound:
    raise Undefined("a sample of too few rows of a kind", reason="too_few_rows_for_method")


def _populations() -> Iterator[Population]:
    fine = np.linspace(0.025, 0.975, 20)
    even = np.full(20, 1 / 20)
    ends = np.exp(-8 * fine) + 0.4 * np.exp(-8 * (1 - fine))
    for error in (0.0, 0.05):
        told = f"error {error}"
        yield Population(f"even, decided alike, {told}", fine, even, np.full(20, 0.5), 10, error)
        for bins in (10, 30):
            spread, share = (
                (fine, even) if bins == 10 else (np.linspace(1 / 60, 59 / 60, 30), np.full(30, 1 / 30))
            )
            yield Population(f"a tie in each of {bins} bins, {told}", spread, share, spread, bins, error)
        yield Population(
            f"a tie at the edge of the error, {told}", fine, even, np.clip(fine + error, 0, 1), 10, error
        )
        yield Population(f"a tie of refusals, {told}", fine, even, 1 - fine, 10, error)
        yield Population(f"most are known well, {told}", fine, ends / ends.sum(), np.full(20, 0.8), 10, error)
        yield Population(f"favourable decisions are rare, {told}", fine, even, np.full(20, 0.06), 10, error)
        yield Population(
            f"members are rare, {told}", fine, np.exp(-12 * fine) / np.exp(-12 * fine).sum(), fine, 10, error
        )
    known, shares = np.array([0.0, 1.0]), np.array([0.8, 0.2])
    yield Population("membership is known", known, shares, np.array([0.5, 0.4]), 10, 0.0)
    yield Population("membership is known, rare decisions", known, shares, np.array([0.1, 0.03]), 10, 0.0)
