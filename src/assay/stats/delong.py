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

    pos, neg: their moments; smallest, largest: their ends; degrees: Welch's degrees of freedom; cautious_degrees: counting only the rows that make up
    the variance (`skew.contributions`).
    """

    pos: skew.Moments
    neg: skew.Moments
    degrees: float
    cautious_degrees: float
    smallest: tuple[float, float]
    largest: tuple[float, float]

    @property
    def variance(self) -> float:
        """DeLong's variance of the estimate."""
        return float(self.pos.variance) / self.pos.n + float(self.neg.variance) / self.neg.n

    def mirrored(self) -> Placed:
        """The placements negated."""
        return self._replace(
            pos=self.pos.mirrored(),
            neg=self.neg.mirrored(),
            smallest=(-self.largest[0], -self.largest[1]),
            largest=(-self.smallest[0], -self.smallest[1]),
        )


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
    seen = of_positives[positives > 0], of_negatives[negatives > 0]
    return Placed(
        pos,
        neg,
        _welch(*variances, pos.n - 1, neg.n - 1),
        _welch(*variances, rows[0], rows[1]),
        smallest=(float(seen[0].min()), float(seen[1].min())),
        largest=(float(seen[0].max()), float(seen[1].max())),
    )


def cautious_upper(parts: Placed, estimate: float, high: float, alpha: float) -> float:
    """Upper limit of an AUC: the most cautious of t, Hall 1992 (JRSS B 54:221) and what nobody saw.

    Hall's skew-corrected t has the third cumulants of both classes. What nobody saw is a share 1 - alpha^(1/n) of a
    class with the largest possible placement, `high`.
    """
    error = math.sqrt(parts.variance)
    third = float(parts.pos.third) / parts.pos.n**2 + float(parts.neg.third) / parts.neg.n**2
    t = -float(stdtrit(parts.cautious_degrees, alpha))
    skewness = np.float64(third / error**3 if error > 0 else 0.0)
    width = float(skew.cautious_width(skewness, t)) * error
    both = zip(parts.largest, (parts.pos, parts.neg), strict=True)
    hidden = max((high - largest) * skew.unseen(m.n, alpha) for largest, m in both)
    return min(estimate + max(width, hidden), high)


def weighed_upper(parts: Placed, estimate: float, high: float, alpha: float) -> float:
    """Upper limit of a difference of AUCs: the more cautious of t and Gaffke's limit, as in `assay.stats.skew`.

    Each class has a mean of its own, hence a row more with the largest possible difference, `high`, and random weights
    of its own. A difference has no law of its variance as an AUC has (Newcombe's), which would hold where a grave change
    was not seen beside middling ones.
    """
    t = -float(stdtrit(parts.cautious_degrees, alpha)) * math.sqrt(parts.variance)
    means = [skew.weighed(m, high) for m in (parts.pos, parts.neg)]
    shift = sum(float(w.mean - m.mean) for w, m in zip(means, (parts.pos, parts.neg), strict=True))
    both = skew.Weighed(
        np.float64(estimate + shift), means[0].variance + means[1].variance, means[0].third + means[1].third
    )
    return min(max(estimate + t, float(both.upper(alpha))), high)


def _contributions(values: Floats, rows: Integers, m: skew.Moments) -> float:
    squares = (values - m.mean) ** 2
    return skew.contributions(float(rows @ squares), float(rows @ squares**2))


def _welch(first: float, second: float, degrees: float, others: float) -> float:
    """Welch-Satterthwaite degrees of freedom of the sum of two estimated variances."""
    if first + second == 0:
        return min(degrees, others)
    return (first + second) ** 2 / (first**2 / degrees + second**2 / others)
