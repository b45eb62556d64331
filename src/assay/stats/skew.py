"""Limits for a mean of bounded values from its first three moments, also where the loss is rare or the rows are few.

The limit is the more cautious of two:

* Student's t;
* Gaffke 2005 (Three test statistics for a nonparametric one-sided hypothesis on the mean of a nonnegative variable,
  Mathematical Methods of Statistics 14:451-467): a quantile of the mean of the n rows *and one more with the largest
  possible loss*, under random weights that are uniform on the simplex, Dirichlet(1, ..., 1). For rates it is the limit of
  Clopper & Pearson; for other bounded values nobody has found a population on which it is wrong more often than alpha,
  and that there is none is a conjecture (Learned-Miller & Thomas 2019, arXiv:1905.06208): hence grade B. The law of that
  mean is taken as the gamma law with its first three moments, which needs no more than those of the rows.

What the rows show and what nobody saw are so in one law: the row that was not seen stands beside those that were. Taking
the larger of the two allowances instead (Hall's skew-corrected t, and 1 - alpha^(1/n) times the largest loss) passed up
to 8 % of populations in which a middling loss was seen and a grave one was not.

Everything is vectorised: a calibration curve has one mean per score.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammainc, gammaincc, gammainccinv, gammaincinv, ndtr, ndtri, stdtr, stdtrit

from assay.stats.histogram import Floats, Integers

Numbers = Floats | np.float64
Booleans = NDArray[np.bool_]

NEGLIGIBLE = 1e-9
"""Skewness of the mean below which Hall's transformation is the identity."""
SLIGHT = 1e-3
"""Skewness up to which the gamma law is taken as a normal one with one term of skewness (Cornish & Fisher)."""
NODES = np.linspace(-2.0, 2.0, 257)
"""Skewnesses at which quantiles are tabulated: those of a randomly weighted mean lie between -2 and 2."""
FAR = 1e3
"""Standard errors beyond which nothing is possible."""
NEAR = 1e-3
"""Standard errors by which an interpolated quantile is surely not wrong."""


class Moments(NamedTuple):
    """Moments of n rows: mean, variance (divisor n - 1), third central moment.

    float or float64[k] each; broadcast together. n: rows, at least 2.
    """

    n: int
    mean: Numbers
    variance: Numbers
    third: Numbers

    def mirrored(self) -> Moments:
        """The moments of the negated values."""
        return Moments(self.n, -self.mean, self.variance, -self.third)


class Weighed(NamedTuple):
    """Mean, variance and third central moment of a mean under random weights; those of independent ones add."""

    mean: Numbers
    variance: Numbers
    third: Numbers

    def upper(self, alpha: float) -> Numbers:
        """What the gamma law with these moments exceeds with probability alpha."""
        found: Numbers = self.mean + np.sqrt(self.variance) * quantile(self._skewness, alpha)
        return found

    def largest_upper(self, alpha: float) -> float:
        """The largest of `upper`: roughly for all, then exactly for those that may be the largest."""
        error, skewness = np.sqrt(self.variance), self._skewness
        rough = self.mean + error * np.interp(skewness, NODES, _tabulated(alpha))
        may = np.asarray(rough + NEAR * error >= np.max(rough - NEAR * error))
        chosen = (np.broadcast_to(x, may.shape)[may] for x in self)
        return float(np.max(Weighed(*chosen).upper(alpha)))

    def above(self, value: Numbers | float) -> Numbers:
        """The probability with which the gamma law exceeds a value."""
        error = np.sqrt(self.variance)
        with np.errstate(divide="ignore", invalid="ignore"):
            z = np.where(error > 0, (value - self.mean) / error, FAR * np.sign(value - self.mean))
        return tail(z, self._skewness)

    @property
    def _skewness(self) -> Numbers:
        with np.errstate(divide="ignore", invalid="ignore"):
            found: Numbers = np.where(self.variance > 0, self.third / self.variance**1.5, 0.0)
        return np.clip(found, -2.0, 2.0)


def moments(n: int, first: Floats, second: Floats, third: Floats) -> Moments:
    """Central moments from raw ones, by the textbook identities.

    n: rows, at least 2. first, second, third: means of x, x^2 and x^3; float64[k] each, one entry for each mean, in the
    units of x to the power named. Cancels where the spread is small against the mean: there use `of_values`, which
    passes twice.
    """
    variance = np.maximum(second - first**2, 0.0) * (n / (n - 1))
    return Moments(n, first, variance, third - 3 * first * second + 2 * first**3)


def of_values(values: Floats, rows: Integers) -> Moments:
    """Moments of values float64[k] with multiplicities rows[k], at least two rows in all; two passes, stable."""
    n = int(rows.sum())
    mean = float(rows @ values) / n
    centred = values - mean
    return Moments(
        n=n,
        mean=np.float64(mean),
        variance=np.float64(rows @ centred**2 / (n - 1)),
        third=np.float64(rows @ centred**3 / n),
    )


def weighed(m: Moments, high: float | Floats) -> Weighed:
    """The mean of the rows and one more at `high` under weights that are uniform on the simplex."""
    rows = m.n + 1
    gap = high - m.mean
    shift = gap / rows
    spread = m.variance * (m.n - 1) / m.n
    variance = (m.n * (spread + shift**2) + (gap - shift) ** 2) / rows
    third = (m.n * (m.third - 3 * shift * spread - shift**3) + (gap - shift) ** 3) / rows
    return Weighed(m.mean + shift, variance / (rows + 1), 2 * third / ((rows + 1) * (rows + 2)))


def upper_limit(m: Moments, high: float | Floats, alpha: float) -> Numbers:
    """Upper limits of the means, one-sided at level alpha: the more cautious of t and Gaffke's limit.

    m: moments of k means. high: the largest possible value, one for all or float64[k]; alpha in (0, 1).
    Returns float64[k] in the units of the values, at most `high`. Asymptotic: grade B.
    """
    limit: Numbers = np.minimum(np.maximum(_student(m, alpha), weighed(m, high).upper(alpha)), high)
    return limit


def largest_upper_limit(m: Moments, high: float | Floats, alpha: float) -> float:
    """The largest of `upper_limit`, without most of the work; none is above its `high`."""
    largest = max(float(np.max(_student(m, alpha))), weighed(m, high).largest_upper(alpha))
    return min(largest, float(np.max(high)))


def lower_limit(m: Moments, low: float | Floats, alpha: float) -> Numbers:
    """Lower limits of the means, one-sided at level alpha: `upper_limit` of the negated values, negated.

    low: the smallest possible value, one for all or float64[k]. Returns float64[k], at least `low`.
    """
    return -upper_limit(m.mirrored(), -low, alpha)


def p_below(m: Moments, high: float | Floats, value: float) -> Numbers:
    """P-values for "the mean is below `value`": the level at which `upper_limit` is `value`."""
    error = np.sqrt(m.variance / m.n)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.where(error > 0, (m.mean - value) / error, FAR * np.sign(m.mean - value))
    found: Numbers = np.maximum(stdtr(m.n - 1, t), weighed(m, high).above(value))
    return found


def _student(m: Moments, alpha: float) -> Numbers:
    limit: Numbers = m.mean - float(stdtrit(m.n - 1, alpha)) * np.sqrt(m.variance / m.n)
    return limit


def quantile(skewness: Numbers, alpha: float) -> Numbers:
    """What the standardised gamma law (Pearson's type III) of a skewness exceeds with probability alpha."""
    normal = -float(ndtri(alpha))
    found = np.asarray(normal + skewness * (normal**2 - 1) / 6)
    shape, right, left = _sides(skewness)
    long, short = shape[right], shape[left]
    found[right] = (gammainccinv(long, alpha) - long) / np.sqrt(long)
    found[left] = (short - gammaincinv(short, alpha)) / np.sqrt(short)
    return found


def tail(z: Numbers, skewness: Numbers) -> Numbers:
    """The probability with which the standardised gamma law of a skewness exceeds z: the inverse of `quantile`."""
    found = np.asarray(ndtr(skewness * (z**2 - 1) / 6 - z))
    shape, right, left = _sides(skewness)
    reached = np.maximum(shape + np.where(left, -z, z) * np.sqrt(shape), 0.0)
    found[right] = gammaincc(shape[right], reached[right])
    found[left] = gammainc(shape[left], reached[left])
    return found


def _sides(skewness: Numbers) -> tuple[Floats, Booleans, Booleans]:
    """The shape of the gamma law, and whether its long tail lies on the right or on the left; neither where slight."""
    shape = np.asarray(4 / np.maximum(np.abs(skewness), SLIGHT) ** 2)
    return shape, np.asarray(skewness > SLIGHT), np.asarray(skewness < -SLIGHT)


@lru_cache(maxsize=64)
def _tabulated(alpha: float) -> Floats:
    return np.asarray(quantile(NODES, alpha))


def unseen(n: int, alpha: float) -> float:
    """1 - alpha^(1/n): a part of the population this large is missing among n rows with probability alpha."""
    return -math.expm1(math.log(alpha) / n)


def contributions(squares: float, fourths: float) -> float:
    """How many rows make up an estimated variance: (sum z^2)^2 / sum z^4, n over the kurtosis; at least 1.

    Used as degrees of freedom where a few rows or clusters may dominate: a third of n for normal z, few for heavy
    tails. More cautious than Satterthwaite's 2 n / (kurtosis - 1), of which the simulation asked for about half.
    """
    return max(squares**2 / fourths, 1.0) if fourths > 0 else 1.0


def cautious_width(skewness: Numbers, t: float) -> Numbers:
    """Standard errors from an estimate to its upper limit: t, or more where Hall's transformed statistic needs it.

    Hall 1992 (JRSS B 54:221), t after a cubic transformation that removes skewness; for values without known ends.
    skewness: of the estimate itself, r = skewness of a row / sqrt(n). The transformed statistic
    g(T) = T + r T^2 / 3 + r^2 T^3 / 27 + r / 6 is monotone and its inverse closed; the width is -T at g(T) = -t.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        hall = -3 * (np.cbrt(1 + skewness * (-t - skewness / 6)) - 1) / skewness
    width: Numbers = np.where(np.abs(skewness) > NEGLIGIBLE, np.maximum(hall, t), t)
    return width
