"""How far predicted probabilities are from what happens: KS calibration error, binned ECE, reliability curve.

Both errors are suprema, of |E (score - label) 1{score <= t}| over t and of a signed sum over the signs of the bins.
So *certifying is pointwise*: the largest of the pointwise upper limits has level alpha, because a model that
violates the threshold does so at one fixed t (or one fixed vector of signs). *Failing is uniform*: the lower
limits hold for all t, or all signs, at once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import ndtri

from assay.stats import rates, skew
from assay.stats.bound import Bound
from assay.stats.histogram import Floats, Integers, ScoreCounts, Undefined, require_level
from assay.stats.simulated_sizes import simulated_size

LEAST_ROWS = 100
"""Rows below which no limit is given: the rules here are asymptotic."""
DEFAULT_BINS = 15


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Rows whose score lies in [low, high): their mean score, and the observed rate between two-sided limits.

    `lower` and `upper` are each one-sided Clopper-Pearson limits at the level asked. The last bin is closed.
    """

    low: float
    high: float
    n: int
    mean_score: float
    observed_rate: float
    lower: float
    upper: float


def ks_calibration(counts: ScoreCounts) -> float:
    """KS calibration error max_t |mean of (score - label) 1{score <= t}| (Gupta et al. 2021, arXiv:2006.12800).

    Raises Undefined without rows, ValueError for scores outside [0, 1].
    """
    counts.require_probabilities()
    return float(np.abs(np.cumsum(_gaps(counts))).max()) / counts.n


def ks_calibration_bound(counts: ScoreCounts, alpha: float) -> Bound:
    """The KS calibration error between one-sided limits at level alpha, grade B.

    Upper: the largest over t and sign of the limit of `assay.stats.skew` for that one mean.
    Lower, uniform in t: D - z_(alpha/4) sqrt(V / n), V the larger of the Brier score and mean s (1 - s). The
    deviations of S_t converge to a Gaussian process whose covariance is that of Brownian motion run to time V less
    a square; by Anderson's inequality and the reflection principle its supremum exceeds x with probability at
    most 4 P(N > x / sqrt V).
    Raises Undefined for fewer than 100 rows, ValueError for scores outside [0, 1] or alpha outside (0, 1).
    """
    _require(counts, alpha)
    over, under = _remembered_moments(counts)
    upper = max(
        skew.largest_upper_limit(over, counts.scores, alpha),
        skew.largest_upper_limit(under, 1.0, alpha),
    )
    estimate = ks_calibration(counts)
    uniform = -float(ndtri(alpha / 4)) * math.sqrt(variance(counts) / counts.n)
    return Bound(
        estimate=estimate,
        lower=max(estimate - uniform, 0.0),
        upper=max(upper, estimate),
        method="pointwise Gaffke upper limit, uniform (reflection) lower limit",
        grade="B",
        simulated_size=simulated_size("ks_calibration", counts.n, alpha),
    )


def ece(counts: ScoreCounts, *, bins: int = DEFAULT_BINS) -> float:
    """Plug-in expected calibration error over equal bins [j/bins, (j+1)/bins) of [0, 1], the last one closed.

    The sum over bins of |mean of (score - label) 1{bin}| (Naeini et al. 2015). Biased upwards. Errors as
    `ks_calibration`; ValueError for fewer than one bin.
    """
    counts.require_probabilities()
    return float(np.abs(_per_bin(counts, _gaps(counts), bins)).sum()) / counts.n


def ece_bound(counts: ScoreCounts, alpha: float, *, bins: int = DEFAULT_BINS) -> Bound:
    """The binned ECE between one-sided limits at level alpha, grade B.

    Upper (sign intersection-union): with the signs of the population's gaps, ECE is the mean of the bounded
    sign * (score - label); the plug-in takes the signs that make it largest and so errs upwards. The limit is that
    of `assay.stats.skew`, hence at least ECE + t sqrt((Brier - ECE^2) / (n - 1)).
    Lower, uniform over signs: ECE - (sqrt(2/pi) sum_b sqrt(V_b) + z sqrt(V)) / sqrt(n), V = sum_b V_b: the plug-in
    exceeds ECE by at most an L1 norm of a Gaussian vector, whose median is at most its mean (Kwapien) and whose
    upper tail beyond the median is at most that of N(0, V) (Borell, Tsirelson-Ibragimov-Sudakov).
    Errors as `ks_calibration_bound`; ValueError for fewer than one bin.
    """
    _require(counts, alpha)
    estimate = _remembered_ece(counts, bins)
    total, roots = _noise(counts, bins)
    allowance = (math.sqrt(2 / math.pi) * roots - float(ndtri(alpha)) * total) / counts.n
    return Bound(
        estimate=estimate,
        lower=max(estimate - max(allowance, 0.0), 0.0),
        upper=max(float(skew.upper_limit(_signed_moments(counts, bins), 1.0, alpha)), estimate),
        method="sign intersection-union upper limit, uniform (Gaussian L1) lower limit",
        grade="B",
        simulated_size=simulated_size("ece", counts.n, alpha),
    )


def edges_of_bins(bins: int) -> Floats:
    """float64[bins - 1]: where one bin of `ece` ends and the next begins."""
    return np.arange(1, bins) / bins


def reliability_curve(
    counts: ScoreCounts, alpha: float, *, bins: int = DEFAULT_BINS
) -> tuple[ReliabilityBin, ...]:
    """The non-empty bins of `ece` in order, each with Clopper-Pearson limits at level alpha. Errors as `ece`."""
    counts.require_probabilities()
    require_level(alpha)
    rows = _per_bin(counts, counts.rows, bins)
    events = _per_bin(counts, counts.positives, bins)
    sums = _per_bin(counts, counts.scores * counts.rows, bins)
    return tuple(
        ReliabilityBin(
            low=j / bins,
            high=(j + 1) / bins,
            n=int(rows[j]),
            mean_score=float(sums[j] / rows[j]),
            observed_rate=float(events[j] / rows[j]),
            lower=float(rates.lower_limit(events[j], rows[j], alpha)),
            upper=float(rates.upper_limit(events[j], rows[j], alpha)),
        )
        for j in np.flatnonzero(rows).tolist()
    )


def _require(counts: ScoreCounts, alpha: float) -> None:
    require_level(alpha)
    require_enough(counts)


def require_enough(counts: ScoreCounts) -> None:
    """Raise Undefined for fewer than 100 rows, ValueError for scores outside [0, 1]."""
    counts.require_probabilities()
    if counts.n < LEAST_ROWS:
        raise Undefined(
            f"calibration limits need at least {LEAST_ROWS} rows, found {counts.n}",
            reason="too_few_rows_for_method",
        )


def _gaps(counts: ScoreCounts) -> Floats:
    """Sum of (score - label) over the rows at each score."""
    return counts.scores * counts.negatives - (1 - counts.scores) * counts.positives


def _variance_per_score(counts: ScoreCounts) -> Floats:
    """Sum over the rows at each score: observed squared gaps, or what is expected of calibrated scores if more.

    The second alternative is for events that are expected but did not occur.
    """
    s = counts.scores
    observed = s**2 * counts.negatives + (1 - s) ** 2 * counts.positives
    expected = s * (1 - s) * counts.rows
    return observed if observed.sum() >= expected.sum() else expected


@lru_cache(maxsize=8)
def variance(counts: ScoreCounts) -> float:
    """The larger of the Brier score and mean s (1 - s): of what the running sum of `ks_calibration` is made."""
    return float(_variance_per_score(counts).sum()) / counts.n


@lru_cache(maxsize=2)
def _remembered_moments(counts: ScoreCounts) -> tuple[skew.Moments, skew.Moments]:
    return cumulative_moments(counts.scores, counts.negatives, counts.positives)


def cumulative_moments(
    s: Floats, negatives: Integers, positives: Integers
) -> tuple[skew.Moments, skew.Moments]:
    """Moments of (score - label) 1{score <= t} and of its negative after each score t.

    s: float64[k], negatives, positives: int64[k], in the order of summing; two rows or more.
    """
    n = int(negatives.sum() + positives.sum())
    first, second, third = (np.cumsum(s**k * negatives + (s - 1) ** k * positives) / n for k in (1, 2, 3))
    over = skew.moments(n, first, second, third)
    return over, over.mirrored()


@lru_cache(maxsize=8)
def _remembered_ece(counts: ScoreCounts, bins: int) -> float:
    return ece(counts, bins=bins)


@lru_cache(maxsize=8)
def _noise(counts: ScoreCounts, bins: int) -> tuple[float, float]:
    """The square root of the total of the gaps' variances over bins, and the sum of their square roots."""
    parts = _per_bin(counts, _variance_per_score(counts), bins)
    return math.sqrt(parts.sum()), float(np.sqrt(parts).sum())


@lru_cache(maxsize=8)
def _signed_moments(counts: ScoreCounts, bins: int) -> skew.Moments:
    """Moments of sign * (score - label) with the observed sign of each bin."""
    signs = np.where(_per_bin(counts, _gaps(counts), bins) < 0, -1.0, 1.0)[_bin_of(counts.scores, bins)]
    values = np.concatenate((signs * counts.scores, signs * (counts.scores - 1)))
    rows = np.concatenate((counts.negatives, counts.positives))
    return skew.of_values(values, rows)


def _bin_of(scores: Floats, bins: int) -> Integers:
    if bins < 1:
        raise ValueError(f"expected at least one bin, found {bins}")
    return np.searchsorted(edges_of_bins(bins), scores, side="right").astype(np.int64)


def _per_bin(counts: ScoreCounts, values: Floats | Integers, bins: int) -> Floats:
    sums = np.bincount(_bin_of(counts.scores, bins), weights=values, minlength=bins)
    return sums.astype(np.float64)
