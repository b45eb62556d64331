"""Limits for a mean from its first three moments, also where the loss is rare or the rows are few.

The limit is the most cautious of three, for none of them is good everywhere:

* Student's t;
* Hall 1992 (JRSS B 54:221): t after a cubic transformation that removes skewness. It repairs the main fault of t,
  which certifies 14-21 % of models at the threshold when losses are rare;
* what nobody saw: a part of the population of up to 1 - alpha^(1/n) (about 3/n) may be missing among n rows, with
  the largest possible loss. This repairs both others where the rows show no large loss at all.

Everything is vectorised: a calibration curve has one mean per score.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit

from assay.stats.histogram import Floats, Integers

Numbers = Floats | np.float64

NEGLIGIBLE = 1e-9
"""Skewness of the mean below which Hall's transformation is the identity."""


class Moments(NamedTuple):
    """Moments of n rows: mean, variance (divisor n - 1), third central moment, smallest and largest value seen.

    float or float64[k] each; broadcast together. n: rows, at least 2.
    """

    n: int
    mean: Numbers
    variance: Numbers
    third: Numbers
    smallest: Numbers
    largest: Numbers

    def mirrored(self) -> Moments:
        """The moments of the negated values."""
        return Moments(self.n, -self.mean, self.variance, -self.third, -self.largest, -self.smallest)


def moments(
    n: int, first: Floats, second: Floats, third: Floats, smallest: Floats, largest: Floats
) -> Moments:
    """Central moments from raw ones, by the textbook identities.

    n: rows, at least 2. first, second, third: means of x, x^2 and x^3; smallest, largest: values seen; float64[k] each, one
    entry for each mean, in the units of x to the power named. Cancels where the spread is small against the mean: there
    use `of_values`, which passes twice.
    """
    variance = np.maximum(second - first**2, 0.0) * (n / (n - 1))
    central = third - 3 * first * second + 2 * first**3
    return Moments(n, first, variance, central, smallest, largest)


def of_values(values: Floats, rows: Integers) -> Moments:
    """Moments of values float64[k] with multiplicities rows[k], at least two rows in all; two passes, stable."""
    seen = values[rows > 0]
    n = int(rows.sum())
    mean = float(rows @ values) / n
    centred = values - mean
    return Moments(
        n=n,
        mean=np.float64(mean),
        variance=np.float64(rows @ centred**2 / (n - 1)),
        third=np.float64(rows @ centred**3 / n),
        smallest=seen.min(),
        largest=seen.max(),
    )


def upper_limit(m: Moments, high: float | Floats, alpha: float) -> Numbers:
    """Upper limits of the means, one-sided at level alpha: the most cautious of t, Hall 1992 and unseen mass (see above).

    m: moments of k means. high: the largest possible value, one for all or float64[k]; alpha in (0, 1).
    Returns float64[k] in the units of the values, at most `high`. Asymptotic: grade B.
    """
    error = np.sqrt(m.variance / m.n)
    with np.errstate(divide="ignore", invalid="ignore"):
        skewness = np.where(m.variance > 0, m.third / m.variance**1.5, 0.0) / np.sqrt(m.n)
    width = cautious_width(skewness, -float(stdtrit(m.n - 1, alpha))) * error
    limit: Numbers = np.minimum(m.mean + np.maximum(width, (high - m.largest) * unseen(m.n, alpha)), high)
    return limit


def lower_limit(m: Moments, low: float | Floats, alpha: float) -> Numbers:
    """Lower limits of the means, one-sided at level alpha: `upper_limit` of the negated values, negated.

    low: the smallest possible value, one for all or float64[k]. Returns float64[k], at least `low`.
    """
    return -upper_limit(m.mirrored(), -low, alpha)


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

    skewness: of the estimate itself, r = skewness of a row / sqrt(n). The transformed statistic
    g(T) = T + r T^2 / 3 + r^2 T^3 / 27 + r / 6 is monotone and its inverse closed; the width is -T at g(T) = -t.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        hall = -3 * (np.cbrt(1 + skewness * (-t - skewness / 6)) - 1) / skewness
    width: Numbers = np.where(np.abs(skewness) > NEGLIGIBLE, np.maximum(hall, t), t)
    return width
