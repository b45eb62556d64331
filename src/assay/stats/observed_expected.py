"""Observed over expected events: calibration in the large, which the KS error cannot see at low base rates.

The ratio is that of Steyerberg et al. 2010 (Epidemiology 21:128); its limits are Fieller's (1954, JRSS B 16:175) with the
correction for skewness of `assay.stats.skew`, for rows that are drawn with their scores. It is a number of events for
each one promised: 0 or more, without units.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from assay.stats import skew
from assay.stats.bound import Bound
from assay.stats.histogram import Floats, ScoreCounts, Undefined, require_level
from assay.stats.ratio import Joint, largest_kept, smallest_kept
from assay.stats.simulated_sizes import simulated_size

LEAST_ROWS = 100
"""Rows below which no limit is given: the rule is asymptotic."""
LARGEST_RATIO = 1e12


def observed_expected(counts: ScoreCounts) -> float:
    """Observed events over the sum of the scores. 1 is calibrated in the large, 2 is twice the promised events.

    counts: scores are probabilities of the event.
    Raises Undefined without rows or when all scores are 0 (``zero_denominator``); ValueError outside [0, 1].
    """
    counts.require_probabilities()
    expected = float(counts.scores @ counts.rows)
    if expected == 0:
        raise Undefined("every score is 0, so no event is expected", reason="zero_denominator")
    return counts.n_pos / expected


def observed_expected_bound(counts: ScoreCounts, alpha: float) -> Bound:
    """The ratio of expectations E label / E score between one-sided limits at level alpha, grade B.

    Fieller's inversion (`assay.stats.ratio`): the ratio exceeds r exactly when E(label - r score) > 0, a mean
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

    joint = _joint(counts)

    def not_below(ratio: Floats) -> NDArray[np.bool_]:
        return np.asarray(skew.p_below(joint.excesses(ratio), 1.0, 0.0) >= alpha)

    def not_above(ratio: Floats) -> NDArray[np.bool_]:
        return np.asarray(skew.p_below(joint.excesses(ratio).mirrored(), ratio, 0.0) >= alpha)

    roof = max(2 * estimate, 1.0)
    while roof < LARGEST_RATIO and not_below(np.array([roof]))[0]:
        roof *= 2
    return Bound(
        estimate=estimate,
        lower=smallest_kept(not_above, 0.0, estimate),
        upper=math.inf if roof >= LARGEST_RATIO else largest_kept(not_below, estimate, roof),
        method="Fieller with t and Gaffke's randomly weighted mean, the more cautious",
        grade="B",
        simulated_size=simulated_size("observed_expected", counts.n, alpha),
    )


@lru_cache(maxsize=8)
def _joint(counts: ScoreCounts) -> Joint:
    """Joint moments of label (0 or 1) and score over all rows, each distinct pair standing for its rows."""
    label = np.repeat([0.0, 1.0], counts.scores.size)
    rows = np.concatenate((counts.negatives, counts.positives)).astype(np.float64)
    return Joint.of_values(label, np.tile(counts.scores, 2), rows)
