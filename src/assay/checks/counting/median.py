"""How many of each group score above the median of all rows, and above two scores between which the population's median lies."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from assay.domain.evidence import CUTS, MEDIAN_MISSED, Rate
from assay.tally.views import GroupOutcomes, OutcomeView

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def above_the_median(view: OutcomeView) -> tuple[Rate, ...]:
    """For each group, rows above the sample's median score, and above the limits of the population's median.

    Of n rows the limits are the k-th score from either end, k = n/2 - sqrt(n ln(2 / .001) / 2): by Hoeffding's inequality fewer than k
    rows lie on one side of the median with a chance of at most .0005. Where scores were kept on a grid, rows in the bin of a
    limit count against the claim, and rows in the bin of the median are not above it.
    """
    rows = view.overall.by_label.sum(axis=0)
    n, bins = int(rows.sum()), _bins(view.overall)
    order = np.cumsum(rows[np.argsort(bins, kind="stable")])
    ranked = np.sort(bins)
    k = math.floor(n / 2 - math.sqrt(n * math.log(2 / MEDIAN_MISSED) / 2))
    cuts = {
        CUTS[0]: (_at(ranked, order, (n + 1) // 2) + _at(ranked, order, n // 2 + 1)) / 2,
        CUTS[1]: _at(ranked, order, k) if k > 0 else -math.inf,
        CUTS[2]: _at(ranked, order, n + 1 - k) if k > 0 else math.inf,
    }
    return tuple(
        Rate(group.label, _above(group, cut, counted=name == CUTS[1]), group.n, name)
        for name, cut in cuts.items()
        for group in view.groups
    )


def _bins(group: GroupOutcomes) -> Floats:
    """What scores are compared by: themselves, or the bins of a grid, of which nothing finer is known."""
    if not len(group.edges):
        return group.scores
    return np.searchsorted(group.edges, group.scores, side="right").astype(np.float64)


def _at(ranked: Floats, order: Integers, place: int) -> float:
    """The score of this place, from the lowest on."""
    return float(ranked[int(np.searchsorted(order, place))])


def _above(group: GroupOutcomes, cut: float, *, counted: bool) -> int:
    """Rows above a score; those of the same bin of a grid only where they are to be counted."""
    bins, rows = _bins(group), group.by_label.sum(axis=0)
    with_bin = counted and len(group.edges) > 0
    return int(rows[bins >= cut if with_bin else bins > cut].sum())
