"""Whether rows that two sets share are used again, or are equal because there are so few different ones.

In data of few whole-numbered columns fresh rows coincide with used ones by chance. What chance gives is read off the two
sets themselves, in two ways that fail differently:

- **By the counts of a value.** Of a value that stands ``k`` times in both sets together each set has, by chance, a binomial share of
  the ``k`` that is as uneven as that law says; rows that were used again stand in both about as often. Conditional on ``k``, as in the exact
  test of two Poisson rates (Przyborowski & Wilenski 1940, Biometrika 31), nothing of the population has to be known.
- **By what the other set lacks.** A fresh row is of a value that a set does not have with the chance that is the share of
  its rows that stand there once (Good 1953, Biometrika 40). Used rows lack nothing.

Each is asked from both sides, and the largest answer counts: copies in one of both sets hide nothing from the other side. Where no
value repeats in either set chance gives nothing, and the second answer is the plain share of common rows.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from assay.domain.sketch import Sketch

TOLD = 0.06
"""The largest standard error of a share of used rows that tells something: a tenth is then 1.6 of them away from nothing."""
BEYOND = 2.0
"""An estimate that is no more of its standard errors above nothing is told as chance."""
LIKE_CHANCE = 3.0
"""Standard errors from nothing that one of four estimates exceeds in about 1 of 100 pairs of fresh sets."""
SEEN = LIKE_CHANCE + BEYOND
"""Standard errors from nothing at which a used set must be expected if nothing is to be made of its being like chance: of 40 such sets about one is."""
CROWDED = 64
"""A value that stands more often in both sets together tells next to nothing of single rows, and is not asked."""


@dataclass(frozen=True, slots=True)
class Coincidence:
    """What two sets have in common, and how much of it chance explains.

    Attributes:
        rows: of the later set. alike: the share of them that the earlier set has too. expected: the share by chance.
        used: the share of the smaller set's rows that were used again beyond chance, as estimated; at most 1, and below 0 where fewer
            coincide than chance gives. error: its standard error if none were; infinite where nothing can be told.
        beyond: the largest estimate that is more than :data:`BEYOND` of its own standard errors above nothing; 0 where none is. Copies
            that make one of them vague hide nothing from the others.
        apart: how many of its own standard errors the estimate is from nothing that is farthest from it, on either side. Used rows are
            above it, and rows that were made up to look like chance below.
        seen: how many standard errors the surest estimate would be from nothing if all rows of the smaller set were used.
        smaller: the rows of the smaller set. most: the surest estimate and :data:`BEYOND` of its standard errors.
    """

    rows: int
    alike: float
    expected: float
    used: float
    error: float
    beyond: float
    apart: float
    seen: float
    smaller: int
    most: float

    @property
    def clear(self) -> bool:
        """Whether fresh rows could be told from used ones."""
        return self.error <= TOLD

    @property
    def like_chance(self) -> bool:
        """Whether nothing in the two sets speaks against fresh rows, though used ones would have spoken against it."""
        return self.apart <= LIKE_CHANCE and self.seen >= SEEN

    @property
    def perhaps_used(self) -> float:
        """The share of the later set's rows that may be used ones, two errors above what was found.

        By the largest answer with the largest error where fresh rows could be told from used ones, else by the surest answer.
        """
        most = max(self.used, 0.0) + BEYOND * self.error if self.clear else self.most
        return min(max(most, 0.0), 1.0) * self.smaller / self.rows

    @property
    def sentence(self) -> str:
        """How many rows coincide, and how many would by chance."""
        alike, expected = round(self.alike * self.rows), round(self.expected * self.rows)
        return f"{alike:,} of {self.rows:,} coincide, about {expected:,} expected by chance"


@lru_cache(maxsize=1024)
def coincidence(later: Sketch, earlier: Sketch) -> Coincidence:
    """Hold what two sets have in common against chance."""
    reused = later.reused((earlier,))
    share = max(later.overlap(earlier), reused)
    counts = [_by_counts(later, earlier), _by_counts(earlier, later)]
    lacks = [_by_what_lacks(later, earlier), _by_what_lacks(earlier, later)]
    found = [*((share * used, share * error) for used, error in counts), *lacks]
    smaller, larger = sorted((later.rows, earlier.rows))
    surest, error = min(found, key=lambda one: one[1])
    return Coincidence(
        later.rows,
        reused,
        1.0 - _once(earlier)[0],
        min(max(used for used, _ in found), 1.0),
        max(error for _, error in found),
        min(max((used for used, error in found if used > BEYOND * error), default=0.0), 1.0),
        max(abs(used) / error if error else math.inf for used, error in found),
        smaller / larger / error,
        smaller,
        max(surest, 0.0) + BEYOND * error,
    )


def _by_counts(one: Sketch, other: Sketch) -> tuple[float, float]:
    """The share of coinciding values that are used ones, by how alike both counts of a value are; and its standard error.

    Asked are the values of ``one``. Those that ``other`` has not are known in number alone, where its sample reaches less far.
    """
    reach = min(one.bound, other.bound) / one.bound
    there = dict(zip(other.hashes, other.weights, strict=True))
    every, found = Counter(one.weights), Counter[int]()
    above = most = variance = 0.0
    for value, times in zip(one.hashes, one.weights, strict=True):
        others = there.get(value, 0)
        if not others:
            continue
        found[times] += 1
        if times + others <= CROWDED:
            law = _law(times + others, one.rows, other.rows)
            above += _evenness(times / one.rows, others / other.rows) - law.mean
            most += law.largest - law.mean
            variance += law.variance
    for times, number in every.items():
        if 2 <= times <= CROWDED:
            law, lacking = _law(times, one.rows, other.rows), reach * number - found[times]
            above -= law.mean * lacking
            most += (law.largest - law.mean) * lacking
            variance += law.variance * max(lacking, 0.0) + reach * (1.0 - reach) * number * law.mean**2
    return (above / most, math.sqrt(variance) / most) if most > 0.0 else (1.0, math.inf)


def _evenness(one: float, other: float) -> float:
    """1 where a value has the same share of both sets, 0 where one of them lacks it."""
    return min(one, other) / max(one, other)


@dataclass(frozen=True, slots=True)
class _Law:
    """The evenness of a value's two counts by chance."""

    mean: float
    variance: float
    largest: float


@lru_cache(maxsize=4096)
def _law(times: int, rows: int, others: int) -> _Law:
    """Of a value that stands ``times`` times in two sets of so many rows together, at least once in the first."""
    share = rows / (rows + others)
    pairs = [
        (
            math.comb(times, here) * share**here * (1.0 - share) ** (times - here),
            _evenness(here / rows, (times - here) / others),
        )
        for here in range(1, times + 1)
    ]
    total = sum(chance for chance, _ in pairs)
    mean = sum(chance * even for chance, even in pairs) / total
    square = sum(chance * even * even for chance, even in pairs) / total
    return _Law(mean, max(square - mean * mean, 0.0), max(even for _, even in pairs))


def _by_what_lacks(one: Sketch, other: Sketch) -> tuple[float, float]:
    """The share of rows of ``one`` that are used ones, by how few of them ``other`` lacks; and its standard error.

    The error is the one if none were used: then as large a share of the ``n`` rows that the samples have in reach is lacking as stands in ``other`` once,
    with a binomial error (Good 1953, Biometrika 40). Where the rows found spread more, by a ratio of sums over sampled values, so that one
    value with many rows makes it large, that counts. Of rows that lack nothing the spread alone would be 0, which tells nothing.
    """
    new, error = _lacking(one, other)
    fresh, fresh_error = _once(other)
    if fresh == 0.0:
        return 1.0, math.inf
    n = sum(one.weights) * min(one.bound, other.bound) / one.bound
    none_used = math.sqrt(fresh * (1.0 - fresh) / n)
    spread = math.hypot(max(error, none_used), max(new / fresh, 1.0) * fresh_error)
    return 1.0 - new / fresh, spread / fresh


def _lacking(one: Sketch, other: Sketch) -> tuple[float, float]:
    """The share of rows of ``one`` that ``other`` has not, and its standard error."""
    reach = min(one.bound, other.bound) / one.bound
    there, total = set(other.hashes), sum(one.weights)
    found = [(value in there) / reach for value in one.hashes]
    shared = sum(times * at for times, at in zip(one.weights, found, strict=True)) / total
    apart = sum((times * (at - shared)) ** 2 for times, at in zip(one.weights, found, strict=True))
    return 1.0 - shared, math.sqrt(apart) / total


def _once(one: Sketch) -> tuple[float, float]:
    """The share of rows that stand there once, and its standard error."""
    total = sum(one.weights)
    share = sum(times == 1 for times in one.weights) / total
    apart = sum(((times == 1) - share * times) ** 2 for times in one.weights)
    return share, math.sqrt(apart) / total
