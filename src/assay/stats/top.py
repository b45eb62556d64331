"""Precision and lift of the rows with the highest scores, when the share of them is fixed and not the score.

The score t that a share k of all rows reaches is unknown: the largest t with P(S >= t) >= k. A score is kept as a possible t unless
the rows that reach it are too few for P(S >= t) >= k, or those above it too many for P(S > t) < k: two binomial tests at alpha / 4 each
(the distribution-free interval of a quantile; Conover 1999, Practical Nonparametric Statistics, 3.2). For every score that is kept, the
precision of the rows that reach it lies above its Clopper-Pearson limit at alpha / 2, and t is one fixed score: so the smallest of these
limits errs with at most alpha / 2 + alpha / 2. For the lift the three parts (score, precision, base rate) have alpha / 3 each. Grade A.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, bdtrc

from assay.stats.bound import Bound
from assay.stats.histogram import Undefined, require_level
from assay.stats.rates import lower_limit, upper_limit

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
METHOD = "Clopper-Pearson over all scores that may be the quantile"


@dataclass(frozen=True, slots=True)
class Reached:
    """Per score, from the highest down: rows that reach it, and how many of them have label 1; the first entry is of a score above all."""

    rows: Integers
    events: Integers

    @classmethod
    def of(cls, negatives: Integers, positives: Integers) -> Reached:
        """Those of a histogram in the order of its scores."""
        rows = np.concatenate(([0], np.cumsum((negatives + positives)[::-1])))
        return cls(rows, np.concatenate(([0], np.cumsum(positives[::-1]))))

    @property
    def n(self) -> int:
        """All rows."""
        return int(self.rows[-1])


def precision_at_top(reached: Reached, share: Fraction, alpha: float) -> Bound:
    """Precision of the rows that reach the score which ``share`` of all rows reach, between limits at level alpha.

    Raises Undefined without rows; ValueError for a level outside (0, 1).
    """
    require_level(alpha)
    estimate = _estimate(reached, share)
    lower, upper = _limits(reached, float(share), alpha / 2, alpha / 2)
    return Bound(estimate, lower, upper, METHOD, "A")


def lift_at_top(reached: Reached, share: Fraction, alpha: float) -> Bound:
    """That precision divided by the share of label 1 among all rows. Raises Undefined without a row of label 1, too."""
    require_level(alpha)
    estimate, events, n = _estimate(reached, share), int(reached.events[-1]), reached.n
    if events == 0:
        raise Undefined("expected a row of label 1, found none", reason="one_class_only")
    lower, upper = _limits(reached, float(share), alpha / 3, alpha / 3)
    least, most = float(lower_limit(events, n, alpha / 3)), float(upper_limit(events, n, alpha / 3))
    return Bound(estimate / (events / n), lower / most, upper / least, METHOD + " and of the base rate", "A")


def _estimate(reached: Reached, share: Fraction) -> float:
    if reached.n == 0:
        raise Undefined("expected at least one row, found none", reason="no_rows")
    place = int(np.searchsorted(reached.rows, math.ceil(share * reached.n)))
    return float(reached.events[place]) / float(reached.rows[place])


def _limits(reached: Reached, share: float, of_score: float, of_rate: float) -> tuple[float, float]:
    """The smallest and largest precision that is not excluded at these levels."""
    n = reached.n
    enough = bdtr(reached.rows.astype(float), n, share) > of_score / 2  # not too few reach it
    above = np.concatenate(([0], reached.rows[:-1])).astype(float)
    few = np.where(above > 0, bdtrc(above - 1, n, share), 1.0) > of_score / 2  # not too many are above it
    kept = enough & few
    rows, events = reached.rows[kept], reached.events[kept]
    if not rows.size or rows[0] == 0:
        return 0.0, 1.0  # the score may be one that no row here reaches
    return float(lower_limit(events, rows, of_rate).min()), float(upper_limit(events, rows, of_rate).max())
