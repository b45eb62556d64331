"""Observed over expected events: calibration in the large, which the KS error cannot see at low base rates."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from assay.stats import skew
from assay.stats.auc import root
from assay.stats.bound import Bound
from assay.stats.histogram import ScoreCounts, Undefined, require_level
from assay.stats.simulated_sizes import simulated_size

LEAST_ROWS = 100
"""Rows below which no limit is given: the rule is asymptotic."""
LARGEST_RATIO = 1e12


def observed_expected(counts: ScoreCounts) -> float:
    """Observed events over the sum of the scores. 1 is calibrated in the large, 2 is twice the promised events.

    Raises Undefined without rows or when all scores are 0 (``zero_denominator``); ValueError outside [0, 1].
    """
    counts.require_probabilities()
    expected = float(counts.scores @ counts.rows)
    if expected == 0:
        raise Undefined("every score is 0, so no event is expected", reason="zero_denominator")
    return counts.n_pos / expected


def observed_expected_bound(counts: ScoreCounts, alpha: float) -> Bound:
    """The ratio of expectations E label / E score between one-sided limits at level alpha, grade B.

    Fieller's inversion (Fieller 1954, JRSS B 16:175): the ratio exceeds r exactly when E(label - r score) > 0, a mean
    of values in [-r, 1]; its limit is that of `assay.stats.skew`. Rows are the sample, scores and labels together,
    so the sampling of the scores is covered too. The upper limit is infinite when no ratio is excluded.
    Errors as `observed_expected`; Undefined below 100 rows, ValueError unless 0 < alpha < 1.
    """
    require_level(alpha)
    estimate = observed_expected(counts)
    if counts.n < LEAST_ROWS:
        raise Undefined(
            f"limits of observed/expected need at least {LEAST_ROWS} rows, found {counts.n}",
            reason="too_few_rows_for_method",
        )

    joint = _Joint.of(counts)

    def above(ratio: float) -> bool:
        return float(skew.lower_limit(joint.excess(ratio), -ratio, alpha)) > 0

    def not_below(ratio: float) -> bool:
        return float(skew.upper_limit(joint.excess(ratio), 1.0, alpha)) >= 0

    roof = max(2 * estimate, 1.0)
    while not_below(roof) and roof < LARGEST_RATIO:
        roof *= 2
    return Bound(
        estimate=estimate,
        lower=root(above, 0.0, estimate),
        upper=math.inf if roof >= LARGEST_RATIO else root(not_below, estimate, roof),
        method="Fieller with skew correction and unseen mass",
        grade="B",
        simulated_size=simulated_size("observed_expected", counts.n),
    )


class _Joint(NamedTuple):
    """What the moments of label - ratio * score are made of, for every ratio."""

    n: int
    label: float
    score: float
    central: dict[tuple[int, int], float]
    extremes: tuple[tuple[float, float, float], ...]

    @classmethod
    def of(cls, counts: ScoreCounts) -> _Joint:
        n = counts.n
        label, score = counts.n_pos / n, float(counts.scores @ counts.rows) / n
        off = counts.scores - score
        central = {
            (i, j): float(
                ((1 - label) ** i * counts.positives + (-label) ** i * counts.negatives) @ off**j / n
            )
            for i in range(4)
            for j in range(4 - i)
        }
        classes = ((0.0, counts.negatives), (1.0, counts.positives))
        seen = ((value, counts.scores[rows > 0]) for value, rows in classes)
        extremes = tuple((value, float(s[0]), float(s[-1])) for value, s in seen if s.size)
        return cls(n, label, score, central, extremes)

    def excess(self, ratio: float) -> skew.Moments:
        """Moments of label - ratio * score."""
        c = self.central
        second = c[2, 0] - 2 * ratio * c[1, 1] + ratio**2 * c[0, 2]
        third = c[3, 0] - 3 * ratio * c[2, 1] + 3 * ratio**2 * c[1, 2] - ratio**3 * c[0, 3]
        return skew.Moments(
            n=self.n,
            mean=np.float64(self.label - ratio * self.score),
            variance=np.float64(max(second, 0.0) * self.n / (self.n - 1)),
            third=np.float64(third),
            smallest=np.float64(min(value - ratio * most for value, _, most in self.extremes)),
            largest=np.float64(max(value - ratio * least for value, least, _ in self.extremes)),
        )
