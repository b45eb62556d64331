"""Distances between distributions as pieces: one for each column, its p-values by inverting its limits."""

from __future__ import annotations

from functools import partial

from assay.domain.assessment import Piece
from assay.domain.evidence import HistogramPair, Histograms
from assay.stats.distances import distance_bound
from assay.stats.inversion import p_values_of
from assay.stats.pieces.pieces import Pieces, Target, of_each, piece_of


def histograms_pieces(counts: Histograms, target: Target) -> Pieces:
    """One piece for each pair of distributions that has a distance; the others by name and reason."""
    return of_each(((cell.label, partial(_piece, cell, counts, target)) for cell in counts.cells), target)


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
