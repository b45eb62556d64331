"""Area under the ROC curve from a score histogram, with limits that hold near 1 and with few rows of one class.

The plain DeLong limit certifies 9-34 % of models that sit exactly at the threshold when the AUC is high or a
class is small. The rule here takes, on each side, the most cautious of three limits:

* DeLong's variance on the logit scale, with Welch's degrees of freedom;
* the score-type limit of Newcombe 2006 (Statistics in Medicine 25:559, method 5);
* DeLong's variance corrected for skewness and for placements that were not seen (`assay.stats.delong`): where a few
  positives look like negatives the other two certify up to 18 % wrongly.

With fewer than 50 rows in a class these are not good enough, and the exact Chernoff-KL limit for U-statistics
(Hoeffding 1963, section 5) takes over.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

from scipy.special import expit, logit, ndtri, stdtrit

from assay.stats.bound import Bound
from assay.stats.delong import Placed, cautious_upper, placed, placements
from assay.stats.histogram import Floats, ScoreCounts, require_level
from assay.stats.simulated_sizes import simulated_size

LEAST_PER_CLASS = 50
"""Rows per class below which only the exact limit is used."""


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


def auc_bound(counts: ScoreCounts, alpha: float) -> Bound:
    """The AUC between one-sided limits at level alpha.

    With at least 50 rows per class: grade B, the most cautious of logit-DeLong with Welch's t, Newcombe's method 5 and
    skew-corrected DeLong. Below: grade A, min(m, n) KL(AUC, limit) = ln(1/alpha), very conservative.
    Raises Undefined when a class is empty, ValueError unless 0 < alpha < 1.
    """
    require_level(alpha)
    counts.require_both_classes()
    smaller = min(counts.n_pos, counts.n_neg)
    if smaller < LEAST_PER_CLASS:
        area = auc(counts)
        return Bound(
            estimate=area,
            lower=_kl_lower(area, smaller, alpha),
            upper=1 - _kl_lower(1 - area, smaller, alpha),
            method="Hoeffding-KL for U-statistics",
            grade="A",
        )
    parts = _placed(counts)
    area = float(parts.pos.mean)
    return Bound(
        estimate=area,
        lower=min(
            _least_lower(area, parts, counts, alpha), -cautious_upper(parts.mirrored(), -area, 0.0, alpha)
        ),
        upper=max(1 - _least_lower(1 - area, parts, counts, alpha), cautious_upper(parts, area, 1.0, alpha)),
        method="logit-DeLong with Welch t, Newcombe method 5, skew-corrected DeLong, the most cautious",
        grade="B",
        simulated_size=simulated_size("auc", smaller, alpha),
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
    """Variance of an estimated AUC when the true one is `area` (Newcombe 2006, Statist. Med. 25:559, method 5).

    The form of Hanley & McNeil 1982 (Radiology 143:29) under exponential scores, made symmetric in the classes by giving
    both half of all rows in the term of the shape.

    area: true AUC in [0, 1], a number or float64[k]; n_pos, n_neg: rows of each class, at least 1. Returns the variance,
    in squared units of the AUC, of the shape of `area`. Nothing is validated.
    """
    half = (n_pos + n_neg) / 2
    shape = (1 - area) / (2 - area) + area / (1 + area)
    return area * (1 - area) * (1 + (half - 1) * shape) / (n_pos * n_neg)


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


@lru_cache(maxsize=8)
def _placed(counts: ScoreCounts) -> Placed:
    below, above = placements(counts.negatives, counts.positives)
    return placed(below, counts.positives, above, counts.negatives)


def _least_lower(area: float, parts: Placed, counts: ScoreCounts, alpha: float) -> float:
    """The smaller of the logit-DeLong and the Newcombe lower limit of an AUC, or of its complement."""
    if area <= 0:
        return 0.0
    z = -float(ndtri(alpha))

    def rejected(candidate: float) -> bool:
        variance = float(newcombe_variance(candidate, counts.n_pos, counts.n_neg))
        return area - candidate > z * math.sqrt(variance)

    newcombe = root(rejected, 0.0, area)
    if area >= 1:
        return newcombe
    t = -float(stdtrit(parts.degrees, alpha))
    width = math.sqrt(parts.variance) / (area * (1 - area))
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
