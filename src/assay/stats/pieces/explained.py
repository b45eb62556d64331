"""Explained variance as pieces: one for each group, by p-values of a paired comparison with the constant model."""

from __future__ import annotations

from functools import partial

import numpy as np

from assay.domain.assessment import ROWS, Piece
from assay.domain.evidence import Explained, ExplainedCell
from assay.stats.explained import Fitted, explained_bound, explained_p
from assay.stats.pieces.pieces import Pieces, Target, of_each, piece_of


def explained_pieces(counts: Explained, target: Target) -> Pieces:
    """One piece for each group that has a value; the others by name and reason."""
    return of_each(((cell.label, partial(_piece, cell, counts, target)) for cell in counts.cells), target)


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
    return piece_of(
        bound,
        explained_p(fitted, target.tau),
        target,
        label=cell.label,
        n=cell.n,
        counts=(("", ROWS, cell.n),),
    )
