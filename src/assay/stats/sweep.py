"""What each threshold of a score would give, and what another threshold than the declared one would save: limits that hold for all at once.

Of n rows the share that reaches a score, whatever the label asked for, lies within sqrt(ln(1 / a) / 2n) of the true one on either
side, at every score at once, but for a share a of the samples (Dvoretzky, Kiefer & Wolfowitz 1956, with the constant of Massart 1990, Annals of
Probability 18). It holds for shares within a label, and for rows of one label as a share of all. Everything below is made of such
shares, so that a threshold may be picked after looking. Grade A.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from assay.stats.bound import Bound
from assay.stats.histogram import Floats, Undefined, require_level
from assay.stats.rates import lower_limit, upper_limit

METHOD = "band of Dvoretzky, Kiefer, Wolfowitz and Massart over all thresholds"


class Band(NamedTuple):
    """A value at each threshold with limits: float64[k] each."""

    value: Floats
    lower: Floats
    upper: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Swept:
    """Rows that reach each threshold, by label: float64[k] each, thresholds increasing; with what each error costs.

    at: the place of the declared threshold.
    """

    thresholds: Floats
    reach_negative: Floats
    reach_positive: Floats
    negatives: int
    positives: int
    at: int
    cost_fp: float
    cost_fn: float

    @property
    def n(self) -> int:
        """All rows."""
        return self.negatives + self.positives

    @property
    def costs(self) -> Floats:
        """The mean cost of a decision at each threshold."""
        missed = self.positives - self.reach_positive
        return np.asarray((self.cost_fp * self.reach_negative + self.cost_fn * missed) / max(self.n, 1))


def deviation(n: int, alpha: float) -> float:
    """By how much the share of n rows that reach a score is off at most, on one side, at all scores at once."""
    return math.sqrt(math.log(1 / alpha) / (2 * n)) if alpha < 0.5 else math.sqrt(math.log(2) / (2 * n))


def regret_bound(swept: Swept, alpha: float) -> Bound:
    """The cost at the declared threshold less the least over all thresholds, between one-sided limits at level alpha.

    Each label's rows between the two thresholds have half of alpha; of the two directions of a difference each is one band of two sides.
    Raises Undefined without rows; ValueError unless 0 < alpha < 1.
    """
    require_level(alpha)
    if not swept.n:
        raise Undefined("expected at least one row, found none", reason="no_rows")
    saved = swept.costs[swept.at] - swept.costs
    estimate = float(saved.max())
    # A difference of two shares is off by at most what both sides of a band allow.
    spread = 2 * deviation(swept.n, alpha / 4) * (swept.cost_fp + swept.cost_fn)
    most = swept.cost_fp + swept.cost_fn
    return Bound(estimate, max(estimate - spread, 0.0), min(estimate + spread, most), METHOD, "A")


def bands(swept: Swept, alpha: float) -> dict[str, Band]:
    """Recall, false-positive rate, precision, selection and cost at each threshold; each kind holds at all thresholds but for 2 alpha of samples.

    Raises Undefined unless rows of both labels are there.
    """
    if not swept.negatives or not swept.positives:
        raise Undefined("expected rows of both labels", reason="one_class_only")
    recall = _share(swept.reach_positive, swept.positives, alpha)
    alarms = _share(swept.reach_negative, swept.negatives, alpha)
    selected = swept.reach_positive + swept.reach_negative
    off = deviation(swept.n, alpha / 2) * (swept.cost_fp + swept.cost_fn)
    costs = swept.costs
    return {
        "recall": recall,
        "false-positive rate": alarms,
        "precision": _precision(swept, alpha),
        "selected": _share(selected, swept.n, alpha),
        "cost": Band(costs, np.maximum(costs - off, 0.0), costs + off),
    }


def _share(rows: Floats, n: int, alpha: float) -> Band:
    off, value = deviation(n, alpha), rows / n
    return Band(value, np.maximum(value - off, 0.0), np.minimum(value + off, 1.0))


def _precision(swept: Swept, alpha: float) -> Band:
    """From the bands of recall and false alarms and the limits of the share of positives, a third of alpha each."""
    part = alpha / 3
    recall = _share(swept.reach_positive, swept.positives, part)
    alarms = _share(swept.reach_negative, swept.negatives, part)
    least, most = (float(limit(swept.positives, swept.n, part)) for limit in (lower_limit, upper_limit))
    selected = swept.reach_positive + swept.reach_negative
    value = np.where(selected > 0, swept.reach_positive / np.maximum(selected, 1), 1.0)
    return Band(
        value,
        _purity(least, recall.lower, alarms.upper, empty=0.0),
        _purity(most, recall.upper, alarms.lower, empty=1.0),
    )


def _purity(share: float, recall: Floats, alarms: Floats, *, empty: float) -> Floats:
    found, wrong = share * recall, (1 - share) * alarms
    return np.where(found + wrong > 0, found / np.maximum(found + wrong, 1e-300), empty)
