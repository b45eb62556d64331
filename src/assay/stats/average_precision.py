"""Average precision (the area under the precision-recall curve) from a score histogram, with limits from 50 rows per class on.

The average precision of a sample is a function of the shares of each class at each score and of the share of positives. Its
spread is that of the linear terms (the influence of one positive, of one negative, of the prevalence), as DeLong's is of an AUC.
Each limit is the more cautious of two:

* t with the smaller class less one degrees of freedom;
* the idea of Gaffke 2005 (`assay.stats.skew`): beside the rows stand one negative and one positive at their worst places, which
  nobody saw, and all rows have random weights that are uniform on the simplex. A negative above all scores is what a sample
  without one hides: it lowers the precision at every recall. The law of the value under such weights is taken as the gamma law
  with its first three moments, to first order.

No proof: grade B, its size is simulated. All arrays may have leading axes, one entry for each sample.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtr, stdtrit

from assay.stats import skew
from assay.stats.bound import Bound
from assay.stats.histogram import Floats, ScoreCounts, Undefined, require_level
from assay.stats.simulated_sizes import simulated_size

LEAST_PER_CLASS: Final = 50
"""Rows per class below which there is no rule."""


class Linear(NamedTuple):
    """The average precision and its terms: float64[...] value and slope in the prevalence, float64[..., k] influences of a row."""

    value: Floats
    positives: Floats
    negatives: Floats
    slope: Floats


class Law(NamedTuple):
    """Mean, variance and third central moment of a value: float64[...]."""

    mean: Floats
    variance: Floats
    third: Floats

    def mirrored(self) -> Law:
        """That of the value negated."""
        return Law(-self.mean, self.variance, -self.third)

    def upper(self, alpha: float) -> float:
        """What the gamma law with these moments exceeds with probability alpha."""
        return float(np.asarray(skew.Weighed(*(np.atleast_1d(m) for m in self)).upper(alpha))[0])

    def above(self, value: float) -> Floats:
        """The probability with which it exceeds a value."""
        return np.asarray(skew.Weighed(*self).above(value))


class Both(NamedTuple):
    """What the limits of a sample are made of: the law that t takes, its degrees of freedom, and those with the worst and best rows."""

    plain: Law
    degrees: Floats
    worst: Law
    best: Law


def average_precision(counts: ScoreCounts) -> float:
    """The mean over the positives of the precision at the score of each, rows of one score tied (step-wise, no interpolation).

    Raises Undefined when a class is empty.
    """
    counts.require_both_classes()
    return float(linear(counts.negatives, counts.positives).value)


def average_precision_bound(counts: ScoreCounts, alpha: float) -> Bound:
    """The average precision between one-sided limits at level alpha, grade B.

    Raises Undefined when a class is empty or has fewer than 50 rows, ValueError unless 0 < alpha < 1.
    """
    require_level(alpha)
    counts.require_both_classes()
    smaller = min(counts.n_pos, counts.n_neg)
    if smaller < LEAST_PER_CLASS:
        said = f"{smaller:,} rows of a label are too few: the error rate of the method is known from {LEAST_PER_CLASS} on"
        raise Undefined(said, reason="too_few_rows_for_method")
    found = _both(counts)
    value, t = float(found.plain.mean), -float(stdtrit(found.degrees, alpha))
    width = t * float(np.sqrt(found.plain.variance))
    return Bound(
        estimate=value,
        lower=max(min(value - width, -found.worst.mirrored().upper(alpha)), 0.0),
        upper=min(max(value + width, found.best.upper(alpha)), 1.0),
        method="delta method with t and with randomly weighted rows, the more cautious",
        grade="B",
        simulated_size=simulated_size("average_precision", smaller, alpha),
    )


def average_precision_p(negatives: ArrayLike, positives: ArrayLike, tau: float) -> tuple[Floats, Floats]:
    """P-values for "at least tau" and for "at most tau": the levels at which a limit is tau. Rows int[..., k] by increasing score."""
    found = both(np.asarray(negatives, dtype=np.float64), np.asarray(positives, dtype=np.float64))
    error = np.sqrt(found.plain.variance)
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = found.plain.mean - tau
        t = np.where(error > 0, gap / error, skew.FAR * np.sign(gap))
    at_least = np.maximum(stdtr(found.degrees, -t), found.worst.mirrored().above(-tau))
    return at_least, np.maximum(stdtr(found.degrees, t), found.best.above(tau))


@lru_cache(maxsize=8)
def _both(counts: ScoreCounts) -> Both:
    return both(counts.negatives.astype(np.float64), counts.positives.astype(np.float64))


def both(negatives: Floats, positives: Floats) -> Both:
    """What the limits of each sample are made of."""
    rows = positives.sum(axis=-1), negatives.sum(axis=-1)
    return Both(
        _law(negatives, positives, taken=-1),
        np.minimum(*rows) - 1,
        _law(_beside(negatives, 0, 1), _beside(positives, 1, 0), taken=1),
        _law(_beside(negatives, 1, 0), _beside(positives, 0, 1), taken=1),
    )


def linear(negatives: ArrayLike, positives: ArrayLike) -> Linear:
    """The average precision of rows [..., k] by increasing score, and what a row of each class at each score adds to first order."""
    neg, pos = np.asarray(negatives, dtype=np.float64), np.asarray(positives, dtype=np.float64)
    n_pos, n_neg = pos.sum(axis=-1, keepdims=True), neg.sum(axis=-1, keepdims=True)
    share = n_pos / (n_pos + n_neg)
    recall, alarms = _reaching(pos) / n_pos, _reaching(neg) / n_neg
    decided = share * recall + (1 - share) * alarms
    some = np.where(decided > 0, decided, 1.0)
    precision, mass = share * recall / some, pos / n_pos
    steepness = mass * share * (1 - share) / some**2
    value = (mass * precision).sum(axis=-1)
    return Linear(
        value,
        precision + np.cumsum(steepness * alarms, axis=-1),
        -np.cumsum(steepness * recall, axis=-1),
        (mass * recall * alarms / some**2).sum(axis=-1),
    )


def _reaching(rows: Floats) -> Floats:
    """Rows that reach each score."""
    return np.asarray(np.cumsum(rows[..., ::-1], axis=-1)[..., ::-1])


def _beside(rows: Floats, below: int, above: int) -> Floats:
    """The rows with one more score below all and one above all."""
    ends = (np.full((*rows.shape[:-1], 1), float(n)) for n in (below, above))
    low, high = ends
    return np.concatenate((low, rows, high), axis=-1)


def _law(negatives: Floats, positives: Floats, *, taken: int) -> Law:
    """The law of the value to first order: of the rows' own spread (``taken`` -1), or of random weights (1)."""
    found = linear(negatives, positives)
    n_pos, second, third = _moments(found.positives, positives)
    n_neg, second_neg, third_neg = _moments(found.negatives, negatives)
    n = n_pos + n_neg
    share = n_pos / n
    labels = share * (1 - share)
    variance = second / (n_pos + taken) + second_neg / (n_neg + taken) + found.slope**2 * labels / (n + taken)
    skewed = (
        2 * third / ((n_pos + 1) * (n_pos + 2))
        + 2 * third_neg / ((n_neg + 1) * (n_neg + 2))
        + 2 * found.slope**3 * labels * (1 - 2 * share) / ((n + 1) * (n + 2))
    )
    return Law(found.value, variance, skewed)


def _moments(values: Floats, rows: Floats) -> tuple[Floats, Floats, Floats]:
    """Rows, and their central moments of order two and three with divisor n."""
    n = rows.sum(axis=-1)
    centred = values - ((rows * values).sum(axis=-1) / n)[..., None]
    return n, (rows * centred**2).sum(axis=-1) / n, (rows * centred**3).sum(axis=-1) / n
