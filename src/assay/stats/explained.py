"""The share of an outcome's variance that a prediction explains (R2), between limits, from rows by outcome and error.

R2 is at least t exactly when E[d] <= 0 for d = error^2 - (1 - t) (outcome - m)^2, where m is the mean of the outcome: a paired comparison,
row by row, with a model that predicts m for everybody and is forgiven all but 1 - t. For each m it is a claim about a mean of values
with known ends, and is assessed as such (`assay.stats.skew`: the more cautious of t and Gaffke's limit). m is not known: the
p-value is the largest over all m within four standard errors of the mean found, of which the true one is one but in 1 of 10,000 samples. Grade B:
its size is simulated.

Outcomes and errors are known on grids. Evidence that R2 is large takes errors at the upper ends of their steps and outcomes half a step
nearer to m, evidence that it is small the other way round, so that rounding never helps.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from assay.stats import skew
from assay.stats.bound import Bound
from assay.stats.histogram import Floats, Integers, Undefined, require_level
from assay.stats.simulated_sizes import simulated_size

LEAST_ROWS: Final = 100
"""Rows below which there is no rule."""
ERRORS: Final = 4.0
MEANS: Final = 17
"""So many means of the outcome are tried, within so many standard errors of the one found."""
HALVINGS: Final = 30
LEAST: Final = -1e6
"""No lower limit is looked for below."""


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """Rows by outcome and absolute error, both as shares of the range: float64[k], and int64[k] rows.

    outcome: to the nearest step, up to half of ``step`` off. upper, lower: ends of the step that the error lies in.
    An object is its own identity: what does not depend on the level is remembered.
    """

    outcome: Floats
    step: float
    upper: Floats
    lower: Floats
    rows: Integers

    @property
    def n(self) -> int:
        """All rows."""
        return int(self.rows.sum())

    @property
    def mean(self) -> float:
        """The mean outcome."""
        return float(self.rows @ self.outcome) / self.n

    @property
    def variance(self) -> float:
        """The mean squared distance of the outcomes from their mean."""
        return float(self.rows @ (self.outcome - self.mean) ** 2) / self.n

    @property
    def estimate(self) -> float:
        """R2 with errors in the middle of their steps. Undefined without rows, or where all outcomes are alike."""
        if not self.n:
            raise Undefined("expected at least one row, found none", reason="no_rows")
        if np.all(self.outcome == self.outcome[0]):
            raise Undefined("expected outcomes that differ, found one", reason="zero_denominator")
        return 1 - float(self.rows @ ((self.upper + self.lower) / 2) ** 2) / self.n / self.variance


def explained_p(found: Fitted, tau: float) -> tuple[float, float]:
    """P-values for "R2 is at least tau" and "at most tau"; small values show. 1 and less than any level where no R2 is larger."""
    if tau >= 1:
        return 1.0, 0.0
    means, allowed = _means(found)[:, None], 1 - tau
    away = np.abs(found.outcome - means)
    near, far = np.maximum(away - found.step / 2, 0.0), away + found.step / 2
    ends = np.stack((means[:, 0], 1 - means[:, 0])) ** 2
    largest = 1 - allowed * ends.min(axis=0) if allowed <= 1 else np.ones(len(means))
    too_large = _moments(found.upper**2 - allowed * near**2, found.rows)
    too_small = _moments(found.lower**2 - allowed * far**2, found.rows)
    worst = -allowed * (np.sqrt(ends.max(axis=0)) + found.step / 2) ** 2
    at_least = skew.p_below(too_large, largest, 0.0)
    at_most = skew.p_below(too_small.mirrored(), -worst, 0.0)
    return float(np.max(at_least)), float(np.max(at_most))


@lru_cache(maxsize=256)
def _kept_p(found: Fitted, tau: float) -> tuple[float, float]:
    return explained_p(found, tau)


def explained_bound(found: Fitted, alpha: float) -> Bound:
    """R2 between one-sided limits at level alpha, grade B: what the p-values do not exclude.

    Raises Undefined on fewer than 100 rows, or where all outcomes are alike; ValueError unless 0 < alpha < 1.
    """
    require_level(alpha)
    estimate = found.estimate
    if found.n < LEAST_ROWS:
        said = f"{found.n:,} rows are too few: the error rate of the method is known from {LEAST_ROWS:,} on"
        raise Undefined(said, reason="too_few_rows_for_method")
    return Bound(
        estimate=estimate,
        lower=_lower(found, estimate, alpha),
        upper=_upper(found, estimate, alpha),
        method="paired with the constant model: t and Gaffke's randomly weighted mean, over all likely means, the most cautious",
        grade="B",
        simulated_size=simulated_size("explained", found.n, alpha),
    )


def _lower(found: Fitted, estimate: float, alpha: float) -> float:
    """The largest value found that is shown to be reached."""
    width, low = 0.05, estimate
    while _kept_p(found, low)[0] > alpha:
        low, width = estimate - width, 2 * width
        if low < LEAST:
            return -math.inf
    high = min(low + width / 2, estimate)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if _kept_p(found, middle)[0] <= alpha else (low, middle)
    return low


def _upper(found: Fitted, estimate: float, alpha: float) -> float:
    """The smallest value found that is shown not to be exceeded; 1 where none is."""
    low, high = estimate, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if _kept_p(found, middle)[1] <= alpha else (middle, high)
    return high


def _means(found: Fitted) -> Floats:
    """Means of the outcome that are likely: float64[m] in [0, 1]."""
    width = ERRORS * (math.sqrt(found.variance) + found.step) / math.sqrt(found.n) + found.step / 2
    return np.clip(found.mean + width * np.linspace(-1, 1, MEANS), 0.0, 1.0)


def _moments(values: Floats, rows: Integers) -> skew.Moments:
    """Moments of values float64[m, k] with multiplicities rows[k]: one entry for each m."""
    n = int(rows.sum())
    mean = values @ rows / n
    centred = values - mean[:, None]
    return skew.Moments(n, mean, centred**2 @ rows / (n - 1), centred**3 @ rows / n)
