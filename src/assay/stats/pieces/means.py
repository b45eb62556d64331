"""Means of bounded values as pieces: one for each group, its p-values by inverting its limits."""

from __future__ import annotations

from assay.domain.assessment import ROWS, NoValue, Piece
from assay.domain.evidence import MeanCell, Means
from assay.domain.vocabulary import Reason
from assay.stats.bound import Bound
from assay.stats.inversion import p_values_of
from assay.stats.means import mean_bound
from assay.stats.pieces.pieces import Pieces, Target, gathered, piece_of


def means_pieces(counts: Means, target: Target) -> Pieces:
    """One piece for each group with rows; the others by name and reason."""
    undefined = tuple(
        NoValue(cell.label, Reason.EMPTY_GROUP, "There are no rows to take a mean of.")
        for cell in counts.cells
        if not sum(cell.rows)
    )
    found = (_piece(cell, counts, target) for cell in counts.cells if sum(cell.rows))
    return gathered(found, target, undefined)


def _piece(cell: MeanCell, counts: Means, target: Target) -> Piece:
    def limits(alpha: float) -> Bound:
        return mean_bound(cell.values, cell.rows, low=counts.low, high=counts.high, alpha=alpha)

    bound = limits(target.alpha)
    return piece_of(
        bound,
        p_values_of(limits, target.tau),
        target,
        label=cell.label,
        n=sum(cell.rows),
        counts=(("", ROWS, sum(cell.rows)),),
    )
