"""A gap between the members of a group and all others, where membership is known only as a probability.

Decisions and membership are never seen together, so that even with any number of rows the gap lies in an interval and not at a point:
within a bin of the probability, members may be those who are decided favourably, or those who are not (Kallus, Mao & Zhou 2022,
Management Science 68:1959). Rows are cut into bins of equal width; of a bin with rate r of favourable decisions and share p of members,
P(favourable, member) lies in [max(0, r + p - 1), min(r, p)] (Frechet 1951), and p within the stated calibration error of the mean
probability. The ends of the interval are attained, all bins together, and no other interval that uses the bins alone is shorter.

To that comes sampling. An end is a function of three means, whose standard error is that of the delta method (the envelope theorem:
which row stands for which mean is held fixed). A minimum of two means that are nearly equal comes out too small, by the standard error of
their difference over sqrt(2 pi) at most; the limits pay it for every bin within three standard errors of a tie. Grade B: sizes were simulated.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from assay.stats.histogram import Undefined, require_level

Floats = NDArray[np.float64]
NEAR: Final = 3.0
"""So many standard errors from a tie a minimum no longer comes out too small."""
FEWEST: Final = 100
"""An end that rests on fewer rows of a kind is not told from infinity: its standard error says too little."""
RULE: Final = "proxied"


@dataclass(frozen=True, slots=True)
class End:
    """The upper end of what the gap may be: its value, what a minimum of means may have made it too small by, and its standard error."""

    value: float
    bias: float
    error: float

    def limit(self, alpha: float) -> float:
        """The upper limit of the end at level alpha."""
        return self.value + self.bias - float(ndtri(alpha)) * self.error


@dataclass(frozen=True, slots=True)
class Interval:
    """A gap, or the logarithm of a ratio, of members against others.

    weighted: what it is if decisions have nothing to do with membership beyond the probability (Chen, Kallus, Mao, Svacha & Udell 2019,
    FAT*). high: its upper end. low: the upper end of its negative. least: rows of the rarest kind.
    """

    weighted: float
    high: End
    low: End
    least: int

    @property
    def ends(self) -> tuple[float, float]:
        """The interval without sampling error."""
        return -self.low.value, self.high.value

    def limits(self, alpha: float) -> tuple[float, float]:
        """A lower limit of the lower end and an upper limit of the upper end, each at level alpha."""
        require_level(alpha)
        low, high = -self.low.limit(alpha), self.high.limit(alpha)
        return min(low, high), max(low, high)  # equal ones are rounded apart where membership is known


@dataclass(frozen=True, slots=True)
class Masses:
    """Rows by bin: ``probability`` of membership of the rows of a cell, their ``bin``, and how many of them are decided favourably or not."""

    probability: Floats
    bin: NDArray[np.int64]
    good: Floats
    bad: Floats

    @classmethod
    def of(cls, probability: ArrayLike, good: ArrayLike, rows: ArrayLike, bins: int) -> Masses:
        """Of cells with a probability each. Bins are of equal width, the last one closed."""
        p, x, n = (np.asarray(v, dtype=np.float64) for v in (probability, good, rows))
        if (p < 0).any() or (p > 1).any() or (x < 0).any() or (x > n).any():
            raise ValueError("expected probabilities between 0 and 1, and 0 <= favourable <= rows")
        return cls(p, np.minimum((p * bins).astype(np.int64), bins - 1), x, n - x)

    @property
    def refused(self) -> Masses:
        """The same with the other decision in the place of the favourable one."""
        return Masses(self.probability, self.bin, self.bad, self.good)

    @property
    def rows(self) -> Floats:
        """Rows of each cell."""
        return self.good + self.bad

    @property
    def n(self) -> float:
        """All rows."""
        return float(self.rows.sum())

    @property
    def least(self) -> int:
        """Rows of the rarest of four kinds, members and others with either decision, as expected if only the probability matters."""
        p = self.probability
        return int(min(float((w * x).sum()) for w in (p, 1 - p) for x in (self.good, self.bad)))


class Slopes(NamedTuple):
    """A value, and its derivatives by P(favourable, member), P(member) and P(favourable); ``rarest``: the smallest mass that it divides by
    or is the logarithm of.
    """

    value: float
    by_t: float
    by_p: float
    by_r: float
    rarest: float


def difference_of(t: float, p: float, r: float) -> Slopes:
    """The rate of members less that of others."""
    one, two = t / p, (r - t) / (1 - p)
    return Slopes(one - two, 1 / p + 1 / (1 - p), -one / p - two / (1 - p), -1 / (1 - p), min(p, 1 - p))


def log_ratio_of(t: float, p: float, r: float) -> Slopes:
    """The logarithm of the rate of members over that of others."""
    others = r - t
    if t <= 0 or others <= 0:
        return Slopes(math.inf if t > 0 else -math.inf, 0.0, 0.0, 0.0, 0.0)
    value = math.log(t / p) - math.log(others / (1 - p))
    return Slopes(value, 1 / t + 1 / others, -1 / p - 1 / (1 - p), -1 / others, min(t, others))


def minus_log_ratio_of_refused(t: float, p: float, r: float) -> Slopes:
    """The negative of the logarithm of the ratio of the favourable rates, told by refusals."""
    value, by_t, by_p, by_r, rarest = log_ratio_of(p - t, p, 1 - r)
    return Slopes(-value, by_t, -by_p - by_t, by_r, rarest)


Told = Callable[[float, float, float], Slopes]


def proxied_difference(masses: Masses, error: float) -> Interval:
    """The gap between the rates of members and others; ``error``: of the calibration of the probabilities, in each bin.

    Told by refusals a difference only changes its sign.
    """
    return _interval(masses, error, difference_of, difference_of)


def proxied_log_ratio(masses: Masses, error: float) -> Interval:
    """The logarithm of their ratio."""
    return _interval(masses, error, log_ratio_of, minus_log_ratio_of_refused)


def _interval(masses: Masses, error: float, told: Told, of_refused: Told) -> Interval:
    p = float((masses.probability * masses.rows).sum()) / masses.n if masses.n else 0.0
    if not 0 < p < 1:
        raise Undefined("nobody, or everybody, is a member by the probabilities", reason="empty_group")
    t = float((masses.probability * masses.good).sum()) / masses.n
    weighted = told(t, p, float(masses.good.sum()) / masses.n).value
    if not math.isfinite(weighted):
        raise Undefined(
            "no favourable decision of members, or of others, is expected", reason="zero_denominator"
        )
    return Interval(
        weighted, _end(masses, error, told), _end(masses.refused, error, of_refused), masses.least
    )


def _end(masses: Masses, error: float, told: Told) -> End:
    """The largest value: favourable decisions are given to members, and each bin has the share of members, within the error, that suits it.

    Of a bin whose rate is within the error of its share, all favourable decisions and no others are of members; of more members, the
    rest would lower the value, and of fewer, favourable decisions would be left to others.
    """
    size = int(masses.bin.max()) + 1
    good, rows, members = (
        np.bincount(masses.bin, weights=w, minlength=size)
        for w in (masses.good, masses.rows, masses.probability * masses.rows)
    )
    few = good < members - error * rows
    many = good > members + error * rows
    n = masses.n
    t = float(np.where(many, members + error * rows, good).sum()) / n
    p = float(np.select([few, many], [members - error * rows, members + error * rows], good).sum()) / n
    if not 0 < p < 1:
        return End(math.inf, 0.0, 0.0)
    value, by_t, by_p, by_r, rarest = told(t, p, float(good.sum()) / n)
    if rarest * n < FEWEST:
        return End(math.inf, 0.0, 0.0)
    here_few, here_many, q = few[masses.bin], many[masses.bin], masses.probability
    square = mean = 0.0
    for decision, count in ((1.0, masses.good), (0.0, masses.bad)):
        of_t = np.where(here_many, q + error, decision)
        of_p = np.select([here_few, here_many], [q - error, q + error], decision)
        influence = by_t * of_t + by_p * of_p + by_r * decision
        mean += float((influence * count).sum()) / n
        square += float((influence**2 * count).sum()) / n
    bias = abs(by_t + by_p) * _too_small(masses, error, size) + abs(by_p) * _too_small(masses, -error, size)
    return End(value, bias, math.sqrt(max(square - mean**2, 0.0) / n))


def _too_small(masses: Masses, error: float, size: int) -> float:
    """How much smaller than the minimum of two means of each bin the minimum of their estimates is at most, over all bins near a tie."""
    n = masses.n
    apart = np.zeros(size)
    square = np.zeros(size)
    for decision, count in ((1.0, masses.good), (0.0, masses.bad)):
        value = decision - masses.probability - error
        apart += np.bincount(masses.bin, weights=value * count, minlength=size) / n
        square += np.bincount(masses.bin, weights=value**2 * count, minlength=size) / n
    deviation = np.sqrt(np.maximum(square - apart**2, 0.0) / n)
    near = np.abs(apart) <= NEAR * deviation
    return float(deviation[near].sum()) / math.sqrt(2 * math.pi)
