"""DeLong's placements: what an AUC and a difference of two AUCs are means of, and their cautious limit.

DeLong, DeLong & Clarke-Pearson 1988 (Biometrics 44:837): an estimated AUC deviates from the true one as the mean
placement of the positives among the negatives plus that of the negatives among the positives.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit

from assay.stats import skew
from assay.stats.histogram import Floats, Integers


class Placed(NamedTuple):
    """Placements (or differences of placements) over the positives and over the negatives.

    pos, neg: their moments; degrees: Welch's degrees of freedom; cautious_degrees: counting only the rows that make up
    the variance (`skew.contributions`).
    """

    pos: skew.Moments
    neg: skew.Moments
    degrees: float
    cautious_degrees: float

    @property
    def variance(self) -> float:
        """DeLong's variance of the estimate."""
        return float(self.pos.variance) / self.pos.n + float(self.neg.variance) / self.neg.n

    def mirrored(self) -> Placed:
        """The placements negated."""
        return self._replace(pos=self.pos.mirrored(), neg=self.neg.mirrored())


def placements(negatives: Integers, positives: Integers) -> tuple[Floats, Floats]:
    """At each score the share of negatives below and the share of positives above, ties half: float64[k] each.

    negatives, positives: int64[k] in the order of the scores, neither all zero.
    """
    below = np.cumsum(negatives) - 0.5 * negatives
    above = positives.sum() - np.cumsum(positives) + 0.5 * positives
    return below / negatives.sum(), above / positives.sum()


def placed(of_positives: Floats, positives: Integers, of_negatives: Floats, negatives: Integers) -> Placed:
    """Gather placements float64[k] with the int64[k] rows that have them, at least two rows per class."""
    pos, neg = skew.of_values(of_positives, positives), skew.of_values(of_negatives, negatives)
    variances = float(pos.variance) / pos.n, float(neg.variance) / neg.n
    rows = _contributions(of_positives, positives, pos), _contributions(of_negatives, negatives, neg)
    return Placed(pos, neg, _welch(*variances, pos.n - 1, neg.n - 1), _welch(*variances, rows[0], rows[1]))


def cautious_upper(parts: Placed, estimate: float, high: float, alpha: float) -> float:
    """Upper limit of an AUC or a difference: the most cautious of three, as in `assay.stats.skew`.

    t, Hall's skew-corrected t with the third cumulants of both classes, and an allowance for a share
    1 - alpha^(1/n) of a class that was not seen and has the largest possible placement, `high`.
    """
    error = math.sqrt(parts.variance)
    third = float(parts.pos.third) / parts.pos.n**2 + float(parts.neg.third) / parts.neg.n**2
    t = -float(stdtrit(parts.cautious_degrees, alpha))
    skewness = np.float64(third / error**3 if error > 0 else 0.0)
    width = float(skew.cautious_width(skewness, t)) * error
    hidden = max((high - float(m.largest)) * skew.unseen(m.n, alpha) for m in (parts.pos, parts.neg))
    return min(estimate + max(width, hidden), high)


def _contributions(values: Floats, rows: Integers, m: skew.Moments) -> float:
    squares = (values - m.mean) ** 2
    return skew.contributions(float(rows @ squares), float(rows @ squares**2))


def _welch(first: float, second: float, degrees: float, others: float) -> float:
    """Welch-Satterthwaite degrees of freedom of the sum of two estimated variances."""
    if first + second == 0:
        return min(degrees, others)
    return (first + second) ** 2 / (first**2 / degrees + second**2 / others)
