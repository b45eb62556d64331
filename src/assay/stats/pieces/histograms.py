"""Distances between distributions as pieces: one for each column, its p-values by inverting its limits."""

from __future__ import annotations

import math
from functools import partial

from assay.domain.assessment import NoValue, Piece
from assay.domain.evidence import HistogramPair, Histograms
from assay.domain.vocabulary import Grade, Reason
from assay.stats.distances import distance_bound
from assay.stats.histogram import Undefined
from assay.stats.inversion import smallest_alpha
from assay.stats.pieces.pieces import Pieces, Target, gathered


def histograms_pieces(counts: Histograms, target: Target) -> Pieces:
    """One piece for each pair of distributions that has a distance; the others by name and reason."""
    pieces, undefined = [], []
    for cell in counts.cells:
        try:
            pieces.append(_piece(cell, counts, target))
        except Undefined as why:
            undefined.append(NoValue(cell.label, Reason(why.reason), f"{why}."))
    return gathered(pieces, target, tuple(undefined))


def _piece(cell: HistogramPair, counts: Histograms, target: Target) -> Piece:
    limits = partial(distance_bound, cell.reference, cell.found, counts.distance)
    bound = limits(target.alpha)
    at_least = smallest_alpha(lambda a: limits(a).lower, target.tau, meets="at_least")
    at_most = smallest_alpha(lambda a: limits(a).upper, target.tau, meets="at_most")
    return Piece(
        label=cell.label,
        estimate=bound.estimate if math.isfinite(bound.estimate) else None,
        lower=bound.lower,
        upper=bound.upper if math.isfinite(bound.upper) else None,
        n=sum(cell.found),
        p_pass=at_least if target.at_least else at_most,
        level_pass=target.alpha,
        p_fail=at_most if target.at_least else at_least,
        point_passes=bound.estimate >= target.tau if target.at_least else bound.estimate <= target.tau,
        grade=Grade(bound.grade),
        method=bound.method,
        counts=(("reference", "rows", sum(cell.reference)), ("found", "rows", sum(cell.found))),
    )
