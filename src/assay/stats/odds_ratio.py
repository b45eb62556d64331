"""The Mantel-Haenszel odds ratio of two groups over strata, with limits that hold where odds ratios differ between strata and where
the rows of a stratum are sampled too. Grade B: normal approximations whose size was simulated.

What it estimates is a number of the population that the rows come from: with a, b the shares of all rows that are favourable and other
decisions of the first group in a stratum, c, d of the second, and w those of the stratum, the sum of a d / w over strata divided by the
sum of b c / w. It is the common odds ratio where there is one; else each stratum counts by its w times how often such pairs of rows
decide differently.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from assay.stats.stratified import Floats, counted


@dataclass(frozen=True, slots=True)
class OddsRatio:
    """Odds ratios over strata: logarithms, the same without the bias of small strata, standard errors, and ``least``: the smaller of
    the two sums that are divided, in rows.
    """

    logarithm: Floats
    unbiased: Floats
    error: Floats
    least: Floats

    @property
    def estimate(self) -> Floats:
        """The odds ratio."""
        return np.exp(self.logarithm)

    def lower(self, alpha: float) -> Floats:
        """Lower limits at level alpha, by Student's t with as many degrees of freedom as the smaller sum has rows."""
        return np.asarray(
            np.exp(np.minimum(self.logarithm, self.unbiased) + stdtrit(self.least, alpha) * self.error)
        )

    def upper(self, alpha: float) -> Floats:
        """Upper limits, likewise."""
        return np.asarray(
            np.exp(np.maximum(self.logarithm, self.unbiased) - stdtrit(self.least, alpha) * self.error)
        )


def mantel_haenszel(x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike) -> OddsRatio:
    """The odds ratio of Mantel & Haenszel 1959 (JNCI 22), first group over second, over the last axis.

    Its standard error is the jackknife's over rows, to first order in the two sums: what they lose when any one row is left out. In
    large strata it is the delta method's for multinomial cells; in small ones it is on the large side (Efron & Stein 1981, Annals of
    Statistics 9:586). The variance of Robins, Breslow & Greenland 1986 is that of one common odds ratio and given strata, and is too
    small elsewhere. A stratum of few rows weighs less in the sums than in the population; the jackknife's correction divides by one
    row less, and the limits lie around both values.
    """
    a, m1, c, m2 = counted(x1, n1, x2, n2)
    b, d, rows = m1 - a, m2 - c, m1 + m2
    of_rows, of_others = np.maximum(rows, 1.0), np.maximum(rows - 1, 1.0)
    up, down = (a * d / of_rows).sum(-1), (b * c / of_rows).sum(-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        more, less = (1 / (of_rows * of_others * total[..., None]) for total in (up, down))
        good, bad = a * d * more, b * c * less
        lost = (
            (a, d * (rows - a) * more + bad),
            (d, a * (rows - d) * more + bad),
            (b, c * (rows - b) * less + good),
            (c, b * (rows - c) * less + good),
        )
        variance = sum((n * each**2).sum(-1) for n, each in lost)
        unbiased = np.log((a * d / of_others).sum(-1) / (b * c / of_others).sum(-1))
        return OddsRatio(
            np.asarray(np.log(up / down)), np.asarray(unbiased), np.sqrt(variance), np.minimum(up, down)
        )
