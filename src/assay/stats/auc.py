"""Area under the ROC curve from a score histogram, with limits that hold near 1 and with few rows of one class.

The plain DeLong limit certifies 9-34 % of models that sit exactly at the threshold when the AUC is high or a
class is small. The rule here takes, on each side, the more cautious of two limits:

* DeLong's variance (DeLong, DeLong & Clarke-Pearson 1988) on the logit scale, with Welch's degrees of freedom;
* the score-type limit of Newcombe 2006 (Statistics in Medicine 25:559, method 5).

With fewer than 50 rows in a class neither is good enough, and the exact Chernoff-KL limit for U-statistics
(Hoeffding 1963, section 5) takes over.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.special import expit, logit, ndtri, stdtrit

from assay.stats.bound import Bound
from assay.stats.histogram import Floats, Integers, ScoreCounts, require_level
from assay.stats.simulated_sizes import simulated_size

LEAST_PER_CLASS = 50
"""Rows per class below which only the exact limit is used."""


class DeLong(NamedTuple):
    """An AUC and the two parts of DeLong's variance: over positives and over negatives."""

    auc: float
    over_positives: float
    over_negatives: float
    degrees: float

    @property
    def variance(self) -> float:
        """Variance of the estimated AUC."""
        return self.over_positives + self.over_negatives


def auc(counts: ScoreCounts) -> float:
    """P(score of a positive > score of a negative), ties counted half (Mann-Whitney).

    Raises Undefined when a class is empty.
    """
    counts.require_both_classes()
    below, _ = placements(counts.negatives, counts.positives)
    return float(counts.positives @ below) / counts.n_pos


def gini(counts: ScoreCounts) -> float:
    """Gini coefficient (accuracy ratio): 2 AUC - 1. Errors as `auc`."""
    return 2 * auc(counts) - 1


def delong(counts: ScoreCounts) -> DeLong:
    """AUC with DeLong's variance in O(k), no row sorted. A class of one row has an unknown, infinite variance.

    Raises Undefined when a class is empty.
    """
    counts.require_both_classes()
    below, above = placements(counts.negatives, counts.positives)
    area = float(counts.positives @ below) / counts.n_pos
    over_positives = spread(below, counts.positives, area)
    over_negatives = spread(above, counts.negatives, area)
    degrees = welch(over_positives, counts.n_pos, over_negatives, counts.n_neg)
    return DeLong(area, over_positives, over_negatives, degrees)


def auc_bound(counts: ScoreCounts, alpha: float) -> Bound:
    """The AUC between one-sided limits at level alpha.

    With at least 50 rows per class: grade B, the more cautious of logit-DeLong with Welch's t and Newcombe's
    method 5. Below: grade A, min(m, n) KL(AUC, limit) = ln(1/alpha), very conservative.
    Raises Undefined when a class is empty, ValueError unless 0 < alpha < 1.
    """
    require_level(alpha)
    measured = delong(counts)
    smaller = min(counts.n_pos, counts.n_neg)
    if smaller < LEAST_PER_CLASS:
        return Bound(
            estimate=measured.auc,
            lower=_kl_lower(measured.auc, smaller, alpha),
            upper=1 - _kl_lower(1 - measured.auc, smaller, alpha),
            method="Hoeffding-KL for U-statistics",
            grade="A",
        )
    mirrored = measured._replace(auc=1 - measured.auc)
    return Bound(
        estimate=measured.auc,
        lower=_cautious_lower(measured, counts.n_pos, counts.n_neg, alpha),
        upper=1 - _cautious_lower(mirrored, counts.n_pos, counts.n_neg, alpha),
        method="logit-DeLong with Welch t and Newcombe method 5, the more cautious",
        grade="B",
        simulated_size=simulated_size("auc", smaller),
    )


def gini_bound(counts: ScoreCounts, alpha: float) -> Bound:
    """The Gini coefficient between one-sided limits: those of the AUC, as 2 AUC - 1. Errors as `auc_bound`."""
    area = auc_bound(counts, alpha)
    return Bound(
        estimate=2 * area.estimate - 1,
        lower=2 * area.lower - 1,
        upper=2 * area.upper - 1,
        method=area.method,
        grade=area.grade,
        simulated_size=area.simulated_size,
    )


def newcombe_variance(area: float | Floats, n_pos: int, n_neg: int) -> float | Floats:
    """Variance of an estimated AUC when the true one is `area` (Newcombe 2006, method 5).

    The Hanley-McNeil 1982 form under exponential scores, made symmetric in the classes.
    """
    half = (n_pos + n_neg) / 2
    shape = (1 - area) / (2 - area) + area / (1 + area)
    return area * (1 - area) * (1 + (half - 1) * shape) / (n_pos * n_neg)


def placements(negatives: Integers, positives: Integers) -> tuple[Floats, Floats]:
    """DeLong's placements at each score, ties half: float64[k] each.

    First the share of negatives below a positive here, then the share of positives above a negative here.
    negatives, positives: int64[k] in the order of the scores, neither all zero.
    """
    below = np.cumsum(negatives) - 0.5 * negatives
    above = positives.sum() - np.cumsum(positives) + 0.5 * positives
    return below / negatives.sum(), above / positives.sum()


def spread(placement: Floats, rows: Integers, mean: float) -> float:
    """Variance of a mean placement: sample variance over the number of rows; infinite for a single row."""
    n = int(rows.sum())
    if n < 2:
        return math.inf
    return float(rows @ (placement - mean) ** 2) / (n - 1) / n


def welch(first: float, m: float, second: float, n: float) -> float:
    """Welch-Satterthwaite degrees of freedom of the sum of two variances of means over m and n rows."""
    if first + second == 0 or min(m, n) < 2:
        return float(max(min(m, n) - 1, 1))
    return (first + second) ** 2 / (first**2 / (m - 1) + second**2 / (n - 1))


def root(increasing: Callable[[float], bool], low: float, high: float) -> float:
    """The largest value found in [low, high] at which a monotone condition (true first) still holds.

    Bisection to the last bit but few; returns `low` when it holds nowhere.
    """
    for _ in range(60):
        middle = (low + high) / 2
        if increasing(middle):
            low = middle
        else:
            high = middle
    return low


def _cautious_lower(measured: DeLong, n_pos: int, n_neg: int, alpha: float) -> float:
    """The smaller of the logit-DeLong and the Newcombe lower limit."""
    area, z = measured.auc, -float(ndtri(alpha))
    if area <= 0:
        return 0.0

    def rejected(candidate: float) -> bool:
        variance = float(newcombe_variance(candidate, n_pos, n_neg))
        return area - candidate > z * math.sqrt(variance)

    newcombe = root(rejected, 0.0, area)
    if area >= 1:
        return newcombe
    t = -float(stdtrit(measured.degrees, alpha))
    width = math.sqrt(measured.variance) / (area * (1 - area))
    return min(newcombe, float(expit(logit(area) - t * width)))


def _kl_lower(area: float, blocks: int, alpha: float) -> float:
    """The smallest candidate below `area` with blocks * KL(area, candidate) <= ln(1/alpha)."""
    if area <= 0:
        return 0.0
    budget = -math.log(alpha) / blocks
    return root(lambda candidate: binary_kl(area, candidate) > budget, 0.0, area)


def binary_kl(p: float, q: float) -> float:
    """Kullback-Leibler divergence of Bernoulli(q) from Bernoulli(p), in nats; infinite where q excludes p."""
    total = 0.0
    for a, b in ((p, q), (1 - p, 1 - q)):
        if a > 0:
            if b <= 0:
                return math.inf
            total += a * math.log(a / b)
    return total
