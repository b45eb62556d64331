"""Explained variance as pieces: one for each group, by p-values of a paired comparison with the constant model."""

from __future__ import annotations

import math

import numpy as np

from assay.domain.assessment import ROWS, NoValue, Piece
from assay.domain.evidence import Explained, ExplainedCell
from assay.domain.vocabulary import Grade, Reason
from assay.stats.explained import Fitted, explained_bound, explained_p
from assay.stats.histogram import Undefined
from assay.stats.pieces.pieces import Pieces, Target, gathered


def explained_pieces(counts: Explained, target: Target) -> Pieces:
    """One piece for each group that has a value; the others by name and reason."""
    pieces, undefined = [], []
    for cell in counts.cells:
        try:
            pieces.append(_piece(cell, counts, target))
        except Undefined as why:
            undefined.append(NoValue(cell.label, Reason(why.reason), f"{why}."))
    return gathered(pieces, target, tuple(undefined))


def _fitted(cell: ExplainedCell, counts: Explained) -> Fitted:
    errors = np.array(cell.errors, dtype=np.float64)
    return Fitted(
        outcome=np.array(cell.outcomes, dtype=np.float64) / counts.steps,
        step=1 / counts.steps,
        upper=errors / counts.error_steps,
        lower=np.maximum(errors - 1, 0) / counts.error_steps,
        rows=np.array(cell.rows, dtype=np.int64),
    )


def _piece(cell: ExplainedCell, counts: Explained, target: Target) -> Piece:
    fitted = _fitted(cell, counts)
    bound = explained_bound(fitted, target.alpha)
    at_least, at_most = explained_p(fitted, target.tau)
    return Piece(
        label=cell.label,
        estimate=bound.estimate,
        lower=bound.lower if math.isfinite(bound.lower) else None,
        upper=bound.upper,
        n=cell.n,
        p_pass=at_least if target.at_least else at_most,
        level_pass=target.alpha,
        p_fail=at_most if target.at_least else at_least,
        point_passes=bound.estimate >= target.tau if target.at_least else bound.estimate <= target.tau,
        grade=Grade(bound.grade),
        method=bound.method,
        simulated_size=bound.simulated_size,
        counts=(("", ROWS, cell.n),),
    )
