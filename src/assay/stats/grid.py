"""Limits from scores that were kept on a grid: valid whatever the scores do inside its bins.

On a grid the rows and the mean score (to 2**-32) of each label in each bin are known; the scores are not. A functional
is therefore bounded over *arrangements*, that is over all data sets with these rows and means, and the limits are the
most cautious of those of its extreme arrangements:

* Areas depend on order alone: in each bin all positives stand below all negatives, or above.
* Average precision depends on order too, and is least where no two positives are tied.
* Losses are convex in the score: the least is at the mean (Jensen's inequality), the largest at the edges of the bin.
* KS calibration: within a bin the running sum of score - label is largest after the negatives and before the positives,
  smallest the other way round; at the edges of bins it is exact.
* ECE: a bin that is cut by an edge of the error's own bins may lie on either side of it, or on both.
* Observed over expected needs mean scores only. The variance of scores within a bin, at most a quarter of its squared
  width, is nothing beside that of the labels.

Why extremes suffice for limits too: of an arrangement that is D away from the extreme one the estimate is better by D,
and its variance V per row is larger by at most about 2 D. So its standard error is larger by D / sqrt(V n) at most, and
its limit is no worse once V n, about the number of events behind the estimate, exceeds the square of the quantile. The
correction for skewness is not monotone; in 475 adverse data sets of 200 to 20,000 rows on 100 to 1,000 bins no limit at
alpha = .05 of an AUC, a loss or a calibration error was bolder than that of the scores themselves (`adverse` in
`tests/stats/test_grid.py` makes them).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from scipy.special import digamma, ndtri

from assay.stats import skew
from assay.stats.auc import auc, auc_bound, gini, gini_bound
from assay.stats.average_precision import average_precision, average_precision_bound
from assay.stats.bound import Bound
from assay.stats.calibration import (
    cumulative_moments,
    ece_bound,
    edges_of_bins,
    ks_calibration_bound,
    require_enough,
    variance,
)
from assay.stats.histogram import Floats, Integers, ScoreCounts
from assay.stats.means import CLIP, brier, brier_bound, log_loss, log_loss_bound
from assay.stats.observed_expected import observed_expected, observed_expected_bound

MOST_PARTS = 32
"""Ranks among which the positives of a bin are spread where order within their label matters."""

Rule = Callable[[ScoreCounts, float], Bound]
Limits = Callable[[float], Bound]
"""An estimate with limits, each one-sided at the level alpha asked for."""


class OnGrid(NamedTuple):
    """What a functional may be on the rows that a grid holds: in the unit of the functional.

    least, largest: no arrangement has a smaller, or a larger, value. limits: valid for every arrangement.
    """

    least: float
    largest: float
    limits: Limits

    def bound(self, alpha: float) -> Bound:
        """The limits at level alpha; the method says how much the grid may hide."""
        found = self.limits(alpha)
        below, above = (_rounded_up(x) for x in (found.estimate - self.least, self.largest - found.estimate))
        said = f"scores on a grid, allowing for values up to {below} below and {above} above the estimate"
        return replace(found, method=f"{found.method}; {said}")


@dataclass(frozen=True, slots=True, eq=False)
class GridCounts:
    """Rows and mean scores per label in each bin that holds rows.

    counts: the mean scores as if they were scores. low, high: float64[k], edges; a bin is closed in what follows.
    rows: int64[2, k] per label. means: float64[2, k]; `low` where a label has no rows.
    """

    counts: ScoreCounts
    low: Floats
    high: Floats
    rows: Integers
    means: Floats

    @classmethod
    def of(cls, counts: ScoreCounts, edges: Floats) -> GridCounts:
        """Mean scores between edges float64[m]: bins [edge, next edge), the last one closed.

        Raises ValueError unless the edges increase strictly and enclose the scores.
        """
        if edges.size < 2 or not np.all(np.diff(edges) > 0):
            raise ValueError("expected at least two strictly increasing edges of a grid")
        if counts.scores.size and not edges[0] <= counts.scores[0] <= counts.scores[-1] <= edges[-1]:
            raise ValueError("expected scores between the edges of their grid")
        last = edges.size - 2
        bins, at = np.unique(
            np.minimum(np.searchsorted(edges, counts.scores, side="right") - 1, last), return_inverse=True
        )
        low, high = edges[bins], edges[bins + 1]
        rows, sums = np.zeros((2, bins.size), dtype=np.int64), np.zeros((2, bins.size))
        for label, of_label in enumerate((counts.negatives, counts.positives)):
            np.add.at(rows[label], at, of_label)
            np.add.at(sums[label], at, counts.scores * of_label)
        means = np.clip(np.where(rows > 0, sums / np.maximum(rows, 1), low), low, high)
        return cls(counts, low, high, rows, means)

    @property
    def over(self) -> Floats:
        """float64[k]: the sum of score - label over the negatives of each bin, at least 0."""
        return np.asarray(self.means[0] * self.rows[0])

    @property
    def under(self) -> Floats:
        """float64[k]: the sum of label - score over the positives of each bin, at least 0."""
        return np.asarray((1 - self.means[1]) * self.rows[1])

    def tied(self) -> ScoreCounts:
        """All rows of a bin have one score."""
        return ScoreCounts(self.low, self.rows[0], self.rows[1])

    def apart(self, first: int) -> ScoreCounts:
        """In each bin the rows of label `first` stand below the others. The scores are ranks."""
        rows = np.zeros((2, self.low.size, 2), dtype=np.int64)
        rows[first, :, 0], rows[1 - first, :, 1] = self.rows[first], self.rows[1 - first]
        return ScoreCounts(np.arange(2.0 * self.low.size), rows[0].ravel(), rows[1].ravel())

    def one_below_another(self) -> ScoreCounts:
        """In each bin the negatives stand above all positives, of which no two are tied, or few where they are many. The scores are ranks."""
        parts = np.minimum(self.rows[1], MOST_PARTS)
        ends = np.cumsum(parts + 1)  # the parts of the positives of a bin, then its negatives
        rows = np.zeros((2, int(ends[-1]) if ends.size else 0), dtype=np.int64)
        rows[0, ends - 1] = self.rows[0]
        of_bin = np.repeat(np.arange(parts.size), parts)
        part = np.arange(of_bin.size) - np.repeat(np.cumsum(parts) - parts, parts)
        each, left = np.divmod(self.rows[1][of_bin], parts[of_bin])
        rows[1, (ends - 1 - parts)[of_bin] + part] = each + (part < left)
        return ScoreCounts(np.arange(float(rows.shape[1])), rows[0], rows[1])

    def spread(self, *, clip: float = 0.0) -> ScoreCounts:
        """The rows stand at the edges of their bins, at the same mean or at one that costs more.

        Of all arrangements this has the largest mean of a loss that is convex in the score, and of its square. A
        logarithm cut at `clip` is convex beyond it and constant before, so there the clip takes the edge's place.
        """
        low = np.array([self.low, np.maximum(self.low, clip)])
        high = np.array([np.minimum(self.high, 1 - clip), self.high])
        at_low, at_high = _at_edges(self.rows, self.means, low, high, up=(True, False))
        scores = np.concatenate((low[0], high[0], low[1], high[1]))
        none = np.zeros(2 * self.low.size, dtype=np.int64)
        return ScoreCounts.merged(
            scores,
            np.concatenate((at_low[0], at_high[0], none)),
            np.concatenate((none, at_low[1], at_high[1])),
        )

    def running(self, first: int) -> tuple[Floats, Integers, Integers]:
        """Scores, negatives and positives, [4 k] each, in the order in which their gaps are to be summed.

        In each bin the rows of label `first` come before the others. They stand at its edges, where their variance is
        largest; whole rows round to the side on which the sum becomes more extreme, by one row in all.
        """
        up = first == 0
        at_low, at_high = _at_edges(self.rows, self.means, self.low, self.high, up=(up, up))
        scores = np.stack((self.low, self.high, self.low, self.high), axis=1)
        rows = np.zeros((2, self.low.size, 4), dtype=np.int64)
        for label in (0, 1):
            place = 0 if label == first else 2
            rows[label, :, place], rows[label, :, place + 1] = at_low[label], at_high[label]
        return scores.ravel(), rows[0].ravel(), rows[1].ravel()


def auc_on_grid(grid: GridCounts) -> OnGrid:
    """The area under the curve; estimate: ties half. Undefined when a class is empty."""
    against, in_favour, tied = grid.apart(1), grid.apart(0), grid.tied()
    return OnGrid(auc(against), auc(in_favour), _most_cautious(auc_bound, tied, against, in_favour))


def gini_on_grid(grid: GridCounts) -> OnGrid:
    """The Gini coefficient, as the area."""
    against, in_favour, tied = grid.apart(1), grid.apart(0), grid.tied()
    return OnGrid(gini(against), gini(in_favour), _most_cautious(gini_bound, tied, against, in_favour))


def average_precision_on_grid(grid: GridCounts) -> OnGrid:
    """The average precision; estimate: rows of a bin tied. Least where each positive stands alone, below the negatives of its bin."""
    grid.counts.require_both_classes()
    against, in_favour, tied = grid.one_below_another(), grid.apart(0), grid.tied()
    before = _before(grid.rows)
    rows = grid.rows[1].astype(np.float64)
    alarms = before[0] + grid.rows[0]
    found = before[1] + alarms + 1  # of the best positive of a bin: rows that reach its score
    least = float((rows - alarms * (digamma(found + rows) - digamma(found))).sum()) / grid.counts.n_pos
    coarse = max(average_precision(against) - least, 0.0)

    def limits(alpha: float) -> Bound:
        low = average_precision_bound(against, alpha)
        both = average_precision_bound(tied, alpha), average_precision_bound(in_favour, alpha)
        return replace(
            both[0],
            lower=max(min(low.lower - coarse, *(b.lower for b in both)), 0.0),
            upper=max(low.upper, *(b.upper for b in both)),
        )

    return OnGrid(least, average_precision(in_favour), limits)


def _before(rows: Integers) -> Integers:
    """Rows of each label in the bins above each bin."""
    return np.asarray(rows[:, ::-1].cumsum(axis=1)[:, ::-1] - rows)


def brier_on_grid(grid: GridCounts) -> OnGrid:
    """The Brier score; estimate: that of the means, which is the least."""
    spread = grid.spread()
    return OnGrid(brier(grid.counts), brier(spread), _most_cautious(brier_bound, grid.counts, spread))


def log_loss_on_grid(grid: GridCounts) -> OnGrid:
    """The log loss in nats; estimate: that of the means."""
    plain, least, spread = arrangements_of_log_loss(grid)
    return OnGrid(log_loss(least), log_loss(spread), _most_cautious(log_loss_bound, plain, least, spread))


def arrangements_of_log_loss(grid: GridCounts) -> tuple[ScoreCounts, ScoreCounts, ScoreCounts]:
    """The means, the arrangement that costs least, and the one that costs most."""
    return grid.counts, _least_log_loss(grid), grid.spread(clip=CLIP)


def observed_expected_on_grid(grid: GridCounts) -> OnGrid:
    """Observed over expected events, exact from the mean scores."""
    ratio = observed_expected(grid.counts)
    return OnGrid(ratio, ratio, _most_cautious(observed_expected_bound, grid.counts))


def ks_calibration_on_grid(grid: GridCounts) -> OnGrid:
    """The KS calibration error; estimate: its largest value at an edge of a bin, which is attained."""
    require_enough(grid.counts)
    n = grid.counts.n
    at_edges = np.cumsum(grid.over - grid.under)
    before = at_edges - (grid.over - grid.under)
    least = float(np.abs(at_edges).max()) / n
    largest = float(max((before + grid.over).max(), (grid.under - before).max())) / n
    reach = np.repeat(grid.high, 4)
    over, _ = cumulative_moments(*grid.running(0))
    _, under = cumulative_moments(*grid.running(1))
    most_variance = max(variance(grid.counts), variance(grid.spread()))

    def limits(alpha: float) -> Bound:
        plain = ks_calibration_bound(grid.counts, alpha)
        uniform = -float(ndtri(alpha / 4)) * math.sqrt(most_variance / n)
        upper = max(skew.largest_upper_limit(over, reach, alpha), skew.largest_upper_limit(under, 1.0, alpha))
        return replace(plain, estimate=least, lower=max(least - uniform, 0.0), upper=max(upper, largest))

    return OnGrid(least, largest, limits)


def ece_on_grid(grid: GridCounts, bins: int) -> OnGrid:
    """The binned ECE; estimate: every label of a bin of the grid lies where its mean score lies."""
    require_enough(grid.counts)
    spread, n = grid.spread(), grid.counts.n
    sure, unsure = _sure_and_unsure(grid, bins)
    least, largest = max(sure - unsure, 0.0) / n, (sure + unsure) / n

    def limits(alpha: float) -> Bound:
        plain = ece_bound(grid.counts, alpha, bins=bins)
        both = plain, ece_bound(spread, alpha, bins=bins)
        return replace(
            plain,
            lower=max(least - max(b.estimate - b.lower for b in both), 0.0),
            upper=min(largest + max(b.upper - b.estimate for b in both), 1.0),
        )

    return OnGrid(least, largest, limits)


def _sure_and_unsure(grid: GridCounts, bins: int) -> tuple[float, float]:
    """The sum over bins of |sum of score - label| over rows that surely lie there, and what others add at most."""
    edges = edges_of_bins(bins)
    first, last = (
        np.searchsorted(edges, grid.low, side="right"),
        np.searchsorted(edges, grid.high, side="left"),
    )
    cut = first < last
    sums = np.bincount(first[~cut], weights=(grid.over - grid.under)[~cut], minlength=bins)
    return float(np.abs(sums).sum()), float((grid.over + grid.under)[cut].sum())


def _least_log_loss(grid: GridCounts) -> ScoreCounts:
    """Means; but where the clip falls into a bin the loss is not convex, and the rows stand at its cheaper edge."""
    negatives = np.where(grid.high > 1 - CLIP, grid.low, grid.means[0])
    positives = np.where(grid.low < CLIP, grid.high, grid.means[1])
    none = np.zeros(grid.low.size, dtype=np.int64)
    return ScoreCounts.merged(
        np.concatenate((negatives, positives)),
        np.concatenate((grid.rows[0], none)),
        np.concatenate((none, grid.rows[1])),
    )


def _at_edges(
    rows: Integers, means: Floats, low: Floats, high: Floats, *, up: tuple[bool, bool]
) -> tuple[Integers, Integers]:
    """Whole rows at the low and the high edge with the given means, int64[2, k] each, rounded `up` per label."""
    width = np.broadcast_to(high - low, rows.shape)
    share = np.divide(np.clip(means, low, high) - low, width, out=np.zeros(rows.shape), where=width > 0)
    exact = rows * share
    at_high = np.where(np.array(up)[:, None], np.ceil(exact), np.floor(exact)).astype(np.int64)
    at_high = np.minimum(at_high, rows)
    return rows - at_high, at_high


def _most_cautious(rule: Rule, plain: ScoreCounts, *extremes: ScoreCounts) -> Limits:
    """The estimate of the plain arrangement between the most cautious limits of all."""

    def limits(alpha: float) -> Bound:
        found = [rule(counts, alpha) for counts in (plain, *extremes)]
        return replace(found[0], lower=min(b.lower for b in found), upper=max(b.upper for b in found))

    return limits


def _rounded_up(x: float) -> str:
    """To five places, never less than it is beyond rounding errors of the sums."""
    return f"{max(math.ceil(x * 1e5 - 1e-4), 0) / 1e5:.5f}"
