"""A rate of rows that come in clusters (several rows of a client, patient or site)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from assay.stats.bound import Bound
from assay.stats.effective import lower_at, shrinkage, upper_at
from assay.stats.histogram import Floats, Undefined, require_level
from assay.stats.ratio import Joint, fieller_limits
from assay.stats.simulated_sizes import simulated_size
from assay.stats.skew import contributions

LEAST_CLUSTERS = 50
"""Clusters, counted as effective ones, below which no limit is given."""


class TooFewClusters(Undefined):
    """Fewer clusters than the rule needs, by number or because a few of them hold most rows."""

    def __init__(self, found: float) -> None:
        super().__init__(
            f"a clustered rate needs at least {LEAST_CLUSTERS} clusters of comparable size, found {found:.4g} "
            "effective ones; take one row per unit instead",
            reason="too_few_rows_for_method",
        )
        self.found = found


def clustered_bound(events: ArrayLike, rows: ArrayLike, alpha: float) -> Bound:
    """The rate sum(events) / sum(rows) over clusters between one-sided limits at level alpha, grade B.

    events, rows: int[C], events and rows of each cluster; clusters without rows are ignored. Korn & Graubard 1998
    (Survey Methodology 24:193): Clopper-Pearson at n / deff (z / t)^2 rows, deff from the linearised variance
    C/(C - 1) sum_c (events_c - p rows_c)^2 / n^2; never more than n rows. As published, with C - 1 degrees of freedom,
    it certifies up to 9 % wrongly when clusters are unequal and rates extreme, and 16 % where in most clusters hardly a row
    is an event and in a few all are. Hence three cautions: t has the degrees
    of freedom of the clusters that make up the variance (`skew.contributions`, at most the effective clusters
    n^2 / sum rows_c^2 less 1), and the limit is never inside the Fieller limits of `assay.stats.ratio`, the skew-corrected
    one and the one with a cluster more, as large as the largest seen.
    Raises Undefined without rows, TooFewClusters below 50 effective clusters, ValueError for impossible counts or
    a level outside (0, 1).
    """
    require_level(alpha)
    x, m = _checked(events, rows)
    n = m.sum()
    clusters = float(n**2 / (m @ m))
    if clusters < LEAST_CLUSTERS - 1e-9:
        raise TooFewClusters(clusters)
    p = float(x.sum() / n)
    squares = (x - p * m) ** 2
    degrees = min(clusters - 1, contributions(float(squares.sum()), float(squares @ squares)))
    effective = _effective_rows(x, m, p) * shrinkage(degrees, alpha)
    low, high = fieller_limits(Joint.of_values(x, m), -float(stdtrit(degrees, alpha)), float(m.max()), alpha)
    return Bound(
        estimate=p,
        lower=min(lower_at(p, effective, alpha), low),
        upper=max(upper_at(p, effective, alpha), high),
        method="Korn-Graubard, skew-corrected Fieller and Gaffke's Fieller, the most cautious",
        grade="B",
        simulated_size=simulated_size("clustered", int(clusters + 1e-9), alpha),
    )


def _checked(events: ArrayLike, rows: ArrayLike) -> tuple[Floats, Floats]:
    x, m = np.asarray(events, dtype=np.float64), np.asarray(rows, dtype=np.float64)
    if x.shape != m.shape or x.ndim != 1 or not np.all((x >= 0) & (x <= m)):
        raise ValueError("expected 0 <= events <= rows for each cluster, one of each per cluster")
    if m.sum() == 0:
        raise Undefined("expected at least one row, found none", reason="no_rows")
    return x[m > 0], m[m > 0]


def _effective_rows(x: Floats, m: Floats, p: float) -> float:
    """n / deff, at most n; the number of clusters when no row differs, for then nothing tells rows apart."""
    n, clusters = float(m.sum()), x.size
    if not 0 < p < 1:
        return float(clusters)
    variance = clusters / (clusters - 1) * float(((x - p * m) ** 2).sum()) / n**2
    return min(p * (1 - p) / variance, n) if variance > 0 else n
