"""What is asked of the rows with the highest scores as pieces: one for each group, its p-values by inverting its limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import partial

import numpy as np

from assay.domain.assessment import ROWS, Piece
from assay.domain.evidence import Ranked, ScoreCell, Top
from assay.stats.bound import Bound
from assay.stats.inversion import p_values_of
from assay.stats.pieces.pieces import Pieces, Target, of_each, piece_of
from assay.stats.top import Reached, lift_at_top, precision_at_top

TOPS: Mapping[Top, Callable[[Reached, Fraction, float], Bound]] = {
    Top.PRECISION: precision_at_top,
    Top.LIFT: lift_at_top,
}


def ranked_pieces(counts: Ranked, target: Target) -> Pieces:
    """One piece for each group that has a value; the others by name and reason."""
    return of_each(((cell.label, partial(_piece, cell, counts, target)) for cell in counts.cells), target)


def reached_of(cell: ScoreCell) -> Reached:
    """Rows that reach each score; of scores on a grid, each bin."""
    negatives, positives = np.array(cell.negatives, dtype=np.int64), np.array(cell.positives, dtype=np.int64)
    if cell.edges and negatives.size:
        place = np.searchsorted(np.array(cell.edges), np.array(cell.scores), side="right")
        size = int(place.max()) + 1
        negatives = np.bincount(place, weights=negatives, minlength=size).astype(np.int64)
        positives = np.bincount(place, weights=positives, minlength=size).astype(np.int64)
    kept = negatives + positives > 0
    return Reached.of(negatives[kept], positives[kept])


def _piece(cell: ScoreCell, counts: Ranked, target: Target) -> Piece:
    reached = reached_of(cell)
    limits = partial(TOPS[counts.top], reached, Fraction(repr(counts.share)))
    bound = limits(target.alpha)
    return piece_of(
        bound,
        p_values_of(limits, target.tau),
        target,
        label=cell.label,
        n=reached.n,
        counts=(("", "events", int(reached.events[-1])), ("", ROWS, reached.n)),
    )
