"""Means of bounded values as pieces: one for each group, its p-values by inverting its limits."""

from __future__ import annotations

from functools import partial

from assay.domain.assessment import ROWS, NoValue, Piece
from assay.domain.evidence import MeanCell, Means
from assay.domain.vocabulary import Grade, Reason
from assay.stats.inversion import smallest_alpha
from assay.stats.means import mean_bound
from assay.stats.pieces.pieces import Pieces, Target, gathered


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
    limits = partial(mean_bound, cell.values, cell.rows, low=counts.low, high=counts.high)
    bound = limits(alpha=target.alpha)
    at_least = smallest_alpha(lambda a: limits(alpha=a).lower, target.tau, meets="at_least")
    at_most = smallest_alpha(lambda a: limits(alpha=a).upper, target.tau, meets="at_most")
    return Piece(
        label=cell.label,
        estimate=bound.estimate,
        lower=bound.lower,
        upper=bound.upper,
        n=sum(cell.rows),
        p_pass=at_least if target.at_least else at_most,
        level_pass=target.alpha,
        p_fail=at_most if target.at_least else at_least,
        point_passes=bound.estimate >= target.tau if target.at_least else bound.estimate <= target.tau,
        grade=Grade(bound.grade),
        method=bound.method,
        simulated_size=bound.simulated_size,
        counts=(("", ROWS, sum(cell.rows)),),
    )
