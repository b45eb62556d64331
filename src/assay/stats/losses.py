"""Means of bounded losses, and their differences between two groups, by bets: exact for any number of rows.

Losses are known on a grid. Evidence that a mean is small takes each loss at the upper end of its step, evidence that it is
large at the lower end, so that rounding never helps.

Of a difference the mean of the second group is not known: for every value s that it could have, the capital of the bets
against "the first is at least s + d" is multiplied with that against "the second is at most s". At the true s both are
e-values of independent rows, and so is their product (Vovk & Wang 2021, Annals of Statistics 49); the least product over all s is no larger, hence exact
by Markov's inequality. One factor grows with s and the other falls, so the least product in an interval is at least
that of the one at its left end and the other at its right end: the search over s is a proof and not a guess.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from assay.domain.evidence import LossCell, Summary
from assay.stats.bound import Bound
from assay.stats.histogram import Floats, Integers, Undefined, require_level
from assay.stats.means import log_capitals

METHOD: Final = "mixture of bets (order-free e-value)"
METHOD_OF_DIFFERENCE: Final = "product of two mixtures of bets, the least over all means of the second group"
CLOSE: Final = 0.02
"""How far the least logarithm of capital may lie below what the search found, which only makes the p-value larger."""
FIRST: Final = 16
"""Intervals that the search over the unknown mean begins with."""
HALVINGS: Final = 21
"""Limits are found to a millionth of the range, and lie on the cautious side of it."""
MOST_ROUNDS: Final = 40

Evidence = Callable[[Floats], Floats]
"""The logarithms of the capital against claims about the summary, by the values that are claimed."""


@dataclass(frozen=True, slots=True)
class Losing:
    """The losses of one group, ready for bets: as shares of the largest one, rounded up and down.

    upper, lower: float[k] in [0, 1]; rows: int64[k]. power: 2 of a root mean square, whose bets are on squares.
    """

    upper: Floats
    lower: Floats
    rows: Integers
    largest: float
    power: int

    @classmethod
    def of(cls, cell: LossCell, largest: float, steps: int, summary: Summary) -> Losing:
        """The losses of a cell. Raises Undefined (``no_rows``) when it has none."""
        if not cell.n:
            raise Undefined("expected at least one row, found none", reason="no_rows")
        places = np.array(cell.places, dtype=np.float64)
        power = 2 if summary is Summary.ROOT_MEAN_SQUARE else 1
        up, down = places / steps, np.maximum(places - 1, 0) / steps
        return cls(up**power, down**power, np.array(cell.rows, dtype=np.int64), largest, power)

    @property
    def estimate(self) -> float:
        """The summary of the losses at the middle of their steps."""
        middle = (self.upper ** (1 / self.power) + self.lower ** (1 / self.power)) / 2
        mean = float(self.rows @ middle**self.power) / float(self.rows.sum())
        return float(self.largest * mean ** (1 / self.power))

    def against_at_least(self, values: ArrayLike) -> Floats:
        """Log capital against "the summary is at least the value", for each value; it grows with it."""
        shares = np.atleast_1d(np.asarray(values, dtype=np.float64)) / self.largest
        return _against(
            self.upper, self.rows, np.where(shares > 1, 2.0, np.maximum(shares, 0.0) ** self.power)
        )

    def against_at_most(self, values: ArrayLike) -> Floats:
        """Log capital against "the summary is at most the value", for each value; it falls with it."""
        shares = np.atleast_1d(np.asarray(values, dtype=np.float64)) / self.largest
        candidates = np.where(shares < 0, 2.0, 1 - np.clip(shares, 0.0, 1.0) ** self.power)
        return _against(1 - self.lower, self.rows, candidates)


def _against(unit: Floats, rows: Integers, candidates: Floats) -> Floats:
    """Log capital against "the mean is at least the candidate"; of a mean that none can have, all the capital there is."""
    evidence = np.zeros(len(candidates))
    everything = candidates >= 1 if bool((unit[rows > 0] < 1).any()) else candidates > 1
    evidence[everything] = math.inf
    bet = (candidates > 0) & (candidates < 1)
    evidence[bet] = log_capitals(unit, rows, candidates[bet])
    return evidence


def p_of(evidence: float | np.float64) -> float:
    """The p-value of a logarithm of capital, by Markov's inequality."""
    return math.exp(-min(max(float(evidence), 0.0), 700.0))


def summary_bound(losing: Losing, alpha: float) -> Bound:
    """The summary between exact one-sided limits at level alpha, grade A."""
    require_level(alpha)
    enough, largest = -math.log(alpha), losing.largest
    return Bound(
        estimate=losing.estimate,
        lower=_last(lambda value: bool(losing.against_at_most(value)[0] >= enough), 0.0, losing.estimate),
        upper=_first(
            lambda value: bool(losing.against_at_least(value)[0] >= enough), losing.estimate, largest
        ),
        method=METHOD,
        grade="A",
    )


def summary_p(losing: Losing, tau: float) -> tuple[float, float]:
    """P-values for "the summary is at least tau" and "at most tau"; small values show."""
    return p_of(losing.against_at_most(tau)[0]), p_of(losing.against_at_least(tau)[0])


def difference_bound(one: Losing, two: Losing, alpha: float) -> Bound:
    """The summary of the first minus that of the second, between exact one-sided limits at level alpha, grade A."""
    require_level(alpha)
    enough, found = -math.log(alpha), one.estimate - two.estimate
    upper = _first(lambda d: is_least(one, two, d, enough), found, one.largest)
    lower = -_first(lambda d: is_least(two, one, d, enough), -found, two.largest)
    return Bound(estimate=found, lower=lower, upper=upper, method=METHOD_OF_DIFFERENCE, grade="A")


def difference_p(one: Losing, two: Losing, tau: float) -> tuple[float, float]:
    """P-values for "the difference is at least tau" and "at most tau"; small values show."""
    return p_of(least_evidence(two, one, -tau)), p_of(least_evidence(one, two, tau))


def least_evidence(one: Losing, two: Losing, difference: float) -> float:
    """Log capital against "the first minus the second is at least the difference", whatever the second is: never above the least."""
    return _least(
        lambda s: one.against_at_least(s + difference),
        two.against_at_most,
        max(0.0, -difference),
        min(two.largest, one.largest - difference),
        None,
    )


def is_least(one: Losing, two: Losing, difference: float, enough: float) -> bool:
    """Whether the least evidence is enough; cheaper than the least itself."""
    low, high = max(0.0, -difference), min(two.largest, one.largest - difference)
    found = _least(lambda s: one.against_at_least(s + difference), two.against_at_most, low, high, enough)
    return found >= enough


def _least(rising: Evidence, falling: Evidence, low: float, high: float, enough: float | None) -> float:
    """A lower bound of min over [low, high] of rising + falling, at most :data:`CLOSE` below it where the search ends by itself.

    With ``enough`` it ends as soon as it is known on which side of it the minimum lies.
    """
    if high < low:
        return math.inf
    places = np.linspace(low, high, FIRST + 1)
    up, down = rising(places), falling(places)
    for _ in range(MOST_ROUNDS):
        bounds, best = up[:-1] + down[1:], float(np.min(up + down))
        least = float(bounds.min())
        if enough is not None and (least >= enough or best < enough):
            return least if least >= enough else best
        wanted = best if enough is None else min(best, enough)
        open_ = np.flatnonzero(bounds < wanted - CLOSE / 2)
        if not len(open_):
            return least
        middles = (places[open_] + places[open_ + 1]) / 2
        places = np.insert(places, open_ + 1, middles)
        up = np.insert(up, open_ + 1, rising(middles))
        down = np.insert(down, open_ + 1, falling(middles))
    return float((up[:-1] + down[1:]).min())


def _first(holds: Callable[[float], bool], low: float, high: float) -> float:
    """The smallest value found in [low, high] from which on a condition holds; the upper end where it never does."""
    if not holds(high):
        return high
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


def _last(holds: Callable[[float], bool], low: float, high: float) -> float:
    """The largest value found up to which a condition holds; the lower end where it never does."""
    if not holds(low):
        return low
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low
