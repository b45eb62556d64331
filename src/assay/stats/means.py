"""Brier score, log loss and other bounded means from counts.

What gates, and why:

* `mean_bound`, and with it `brier_bound`: with at least 100 rows Gaffke's limit as `assay.stats.skew` has it (grade B);
  below, a mixture of bets (grade A), which needs about four times the rows.
* `mixture_bound`, and with it `log_loss_bound`: grade A at any n. It depends on the counts alone, not on the order
  of rows, hence it merges. A log loss can be 13.8 nats in one row of a thousand: where a sample happens to have none
  of those rows, a skew-corrected t certified wrongly with .07, so the log loss pays for the exact one.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import logsumexp, xlog1py

from assay.stats import skew
from assay.stats.auc import root
from assay.stats.bound import Bound
from assay.stats.histogram import Floats, Integers, ScoreCounts, Undefined, require_level
from assay.stats.simulated_sizes import simulated_size

LEAST_ROWS: Final = 100
"""Rows below which only the exact mixture is used."""
CLIP: Final = 1e-6
"""Scores are moved this far away from 0 and 1 before a logarithm is taken; a row then costs at most 13.8 nats."""
STAKES: Final = 12
"""Bets that the mixture averages over."""


def brier(counts: ScoreCounts) -> float:
    """Brier score, the mean of (score - label)^2 (Brier 1950). Undefined without rows, ValueError outside [0, 1]."""
    values, rows = _brier_losses(counts)
    return float(rows @ values) / counts.n


def brier_bound(counts: ScoreCounts, alpha: float) -> Bound:
    """The Brier score between one-sided limits at level alpha, by `mean_bound` on [0, 1]. Errors as `brier`."""
    require_level(alpha)
    values, rows, m = _brier_moments(counts)
    return _bound(values, rows, m, 0.0, 1.0, alpha)


def log_loss(counts: ScoreCounts, *, clip: float = CLIP) -> float:
    """Mean negative log likelihood in nats of the scores clipped to [clip, 1 - clip].

    Raises Undefined without rows, ValueError for scores outside [0, 1] or unless 0 < clip < 0.5.
    """
    values, rows = _log_losses(counts, clip)
    return float(rows @ values) / counts.n


def log_loss_bound(counts: ScoreCounts, alpha: float, *, clip: float = CLIP) -> Bound:
    """The log loss of clipped scores between exact one-sided limits, by `mixture_bound` on [0, -ln clip].

    Errors as `log_loss`. The clip is part of the estimand: print it with the number.
    """
    values, rows = _log_losses(counts, clip)
    return mixture_bound(values, rows, low=0.0, high=-math.log(clip), alpha=alpha)


def log_loss_p(counts: ScoreCounts, tau: float, *, clip: float = CLIP) -> tuple[float, float]:
    """P-values for "the log loss is at least tau" and "at most tau", by `mixture_p`. Errors as `log_loss`."""
    values, rows = _log_losses(counts, clip)
    return mixture_p(values, rows, low=0.0, high=-math.log(clip), tau=tau)


def mean_bound(values: ArrayLike, counts: ArrayLike, *, low: float, high: float, alpha: float) -> Bound:
    """A mean of values in [low, high] between one-sided limits at level alpha.

    values: float[k] in [low, high]; counts: int[k], rows with each value. Grade B from 100 rows on: the more
    cautious of t and Gaffke's limit. Below: `mixture_bound`.
    Raises Undefined without rows; ValueError for values outside [low, high] or a level outside (0, 1).
    """
    value, rows = _checked(values, counts, low, high, alpha)
    return _bound(value, rows, _moments(value, rows), low, high, alpha)


def _bound(
    value: Floats, rows: Integers, m: skew.Moments | None, low: float, high: float, alpha: float
) -> Bound:
    if m is None:
        return mixture_bound(value, rows, low=low, high=high, alpha=alpha)
    return Bound(
        estimate=float(m.mean),
        lower=float(skew.lower_limit(m, low, alpha)),
        upper=float(skew.upper_limit(m, high, alpha)),
        method="t and Gaffke's randomly weighted mean, the more cautious",
        grade="B",
        simulated_size=simulated_size("mean", m.n, alpha),
    )


def mixture_bound(values: ArrayLike, counts: ArrayLike, *, low: float, high: float, alpha: float) -> Bound:
    """A mean of values in [low, high] between exact one-sided limits that depend on the counts alone, grade A.

    A candidate mean m is excluded from above when the average, over 12 bets f fixed beforehand, of
    prod_c (1 + f (m - x_c) / (high - m))^(n_c) reaches 1 / alpha: each product has expectation at most 1 when the
    true mean is at least m, so Markov's inequality holds for every n. Shapes and errors as `mean_bound`.
    """
    value, rows = _checked(values, counts, low, high, alpha)
    unit = (value - low) / (high - low)
    width = high - low
    mean = float(rows @ unit) / float(rows.sum())
    return Bound(
        estimate=low + width * mean,
        lower=low + width * (1 - _mixture_upper(1 - unit, rows, 1 - mean, alpha)),
        upper=low + width * _mixture_upper(unit, rows, mean, alpha),
        method="mixture of bets (order-free e-value)",
        grade="A",
    )


def mixture_p(
    values: ArrayLike, counts: ArrayLike, *, low: float, high: float, tau: float
) -> tuple[float, float]:
    """P-values for "the mean is at least tau" and "at most tau": one over the capital that `mixture_bound` compares.

    Valid for every n by Markov's inequality; small values show. 1 where tau is not inside (low, high).
    Shapes and errors as `mean_bound`.
    """
    value, rows = _checked(values, counts, low, high, 0.5)
    unit, at = (value - low) / (high - low), (tau - low) / (high - low)
    return _mixture_p(1 - unit, rows, 1 - at), _mixture_p(unit, rows, at)


def _moments(value: Floats, rows: Integers) -> skew.Moments | None:
    """The moments that Gaffke's limit needs; None when the rows are too few for it."""
    return skew.of_values(value, rows) if rows.sum() >= LEAST_ROWS else None


Weighed = tuple[Floats, Integers, skew.Moments | None]


@lru_cache(maxsize=4)
def _brier_moments(counts: ScoreCounts) -> Weighed:
    values, rows = _brier_losses(counts)
    return values, rows, _moments(values, rows)


def _brier_losses(counts: ScoreCounts) -> tuple[Floats, Integers]:
    counts.require_probabilities()
    return (
        np.concatenate((counts.scores**2, (1 - counts.scores) ** 2)),
        np.concatenate((counts.negatives, counts.positives)),
    )


def _log_losses(counts: ScoreCounts, clip: float) -> tuple[Floats, Integers]:
    counts.require_probabilities()
    if not 0 < clip < 0.5:
        raise ValueError(f"expected a clip between 0 and 0.5, found {clip!r}")
    losses = (-np.log1p(-np.minimum(counts.scores, 1 - clip)), -np.log(np.maximum(counts.scores, clip)))
    return (
        np.clip(np.concatenate(losses), -math.log1p(-clip), -math.log(clip)),
        np.concatenate((counts.negatives, counts.positives)),
    )


def _checked(
    values: ArrayLike, counts: ArrayLike, low: float, high: float, alpha: float
) -> tuple[Floats, Integers]:
    value, rows = np.asarray(values, dtype=np.float64), np.asarray(counts, dtype=np.int64)
    require_level(alpha)
    if value.shape != rows.shape or value.ndim != 1 or np.any(rows < 0):
        raise ValueError(f"expected one count of at least 0 per value, found {rows.shape} for {value.shape}")
    if not low < high or not np.all((value >= low) & (value <= high)):
        raise ValueError(f"expected values in [low, high] = [{low}, {high}], found a value outside")
    if rows.sum() == 0:
        raise Undefined("expected at least one row, found none", reason="no_rows")
    return value, rows


def _mixture_upper(unit: Floats, rows: Integers, mean: float, alpha: float) -> float:
    """The largest mean in [0, 1] that the mixture does not exclude."""
    enough = -math.log(alpha)
    return _up_to_one(lambda candidate: _log_capital(unit, rows, candidate) < enough, mean)


def _mixture_p(unit: Floats, rows: Integers, candidate: float) -> float:
    """P-value for "the mean is at most the candidate"."""
    if not 0 < candidate < 1:
        return 1.0
    return math.exp(-max(_log_capital(unit, rows, candidate), 0.0))


def _log_capital(unit: Floats, rows: Integers, candidate: float) -> float:
    """The logarithm of the average capital of the bets against "the mean is at least the candidate"."""
    return float(log_capitals(unit, rows, np.array([candidate]))[0])


def log_capitals(unit: Floats, rows: Integers, candidates: Floats) -> Floats:
    """The same for several candidates: float64[c], and it grows with the candidate.

    unit: float[k] in [0, 1]; rows: int[k]; candidates: float[c] in [0, 1).
    """
    stakes = np.geomspace(min(0.5, 1 / math.sqrt(float(rows.sum()))) / 4, 1.0, STAKES)
    gain = (candidates[:, None] - unit) / (1 - candidates[:, None])
    with np.errstate(divide="ignore"):
        capital = xlog1py(rows, stakes[:, None] * gain[:, None, :]).sum(axis=2)
        found: Floats = logsumexp(capital, axis=1) - math.log(STAKES)
    return found


def _up_to_one(kept: Callable[[float], bool], low: float) -> float:
    """The largest candidate kept, 1 when all of them are; 1 itself is never asked, for no bet against it exists."""
    almost = 1 - 1e-12
    return 1.0 if low >= almost or kept(almost) else root(kept, low, almost)
