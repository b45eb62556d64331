"""Distances between distributions as pieces: one for each column, its p-values by inverting its limits."""

from __future__ import annotations

from functools import partial

from assay.domain.assessment import NoValue, Piece
from assay.domain.evidence import HistogramPair, Histograms
from assay.domain.vocabulary import Reason
from assay.stats.distances import distance_bound
from assay.stats.histogram import Undefined
from assay.stats.inversion import p_values_of
from assay.stats.pieces.pieces import Pieces, Target, gathered, piece_of


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
    return piece_of(
        bound,
        p_values_of(limits, target.tau),
        target,
        label=cell.label,
        n=sum(cell.found),
        counts=(("reference", "rows", sum(cell.reference)), ("found", "rows", sum(cell.found))),
    )
