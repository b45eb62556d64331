"""The power of criteria whose limits hold for a whole curve or histogram at once: whether the band of so many rows leaves room."""

from __future__ import annotations

from functools import partial

import numpy as np

from assay.domain.assessment import Asked
from assay.domain.evidence import HistogramPair, Histograms, Sweep
from assay.plan.power import Prospect, all_of
from assay.plan.scores import Spread
from assay.stats.contrast_power import Passes
from assay.stats.distances import distance_bound
from assay.stats.sweep import deviation


def sweep_prospect(counts: Sweep, asked: Asked, _: Spread | None) -> Prospect | str:
    """Whether the band of so many rows leaves room for the true value, were that found."""
    sizes = [sum(cell.negatives) + sum(cell.positives) for cell in counts.cells]
    if not all(sizes):
        return "A group has no rows."
    found = all_of([partial(_room, n, counts.cost_fp + counts.cost_fn, asked) for n in sizes])
    return Prospect.plain(found)


def _room(n: int, costs: float, asked: Asked, true: float, factor: float) -> float:
    rows = max(round(n * factor), 1)
    return float(true + 2 * deviation(rows, asked.alpha / 4) * costs <= float(asked.threshold))


def histograms_prospect(counts: Histograms, asked: Asked, _: Spread | None) -> Prospect | str:
    """As if both samples were distributed as the reference is."""
    if not all(sum(cell.reference) and sum(cell.found) for cell in counts.cells):
        return "A data set has no rows."
    likely = all_of([_no_shift(cell, counts, asked) for cell in counts.cells])
    return Prospect(likely, likely, "both are distributed as the reference is, but for the distance itself")


def _no_shift(cell: HistogramPair, counts: Histograms, asked: Asked) -> Passes:
    """Whether the limit of two samples that are exactly alike leaves room for the true distance."""
    before = np.array(cell.reference)
    after = before * (sum(cell.found) / sum(cell.reference))

    def passes(true: float, factor: float) -> float:
        reference, found = (np.rint(rows * factor) for rows in (before, after))
        if not reference.sum() or not found.sum():
            return 0.0
        bound = distance_bound(reference, found, counts.distance, asked.alpha)
        return float(true + bound.upper <= float(asked.threshold))

    return passes
