"""What another threshold would save as pieces: one for each group."""

from __future__ import annotations

from functools import partial

import numpy as np

from assay.domain.assessment import ROWS, Piece
from assay.domain.evidence import ScoreCell, Sweep
from assay.stats.histogram import Floats
from assay.stats.inversion import p_values_of
from assay.stats.pieces.pieces import Pieces, Target, of_each, piece_of
from assay.stats.sweep import Swept, regret_bound


def sweep_pieces(counts: Sweep, target: Target) -> Pieces:
    """One piece for each group with rows; the others by name and reason."""
    return of_each(((cell.label, partial(_piece, cell, counts, target)) for cell in counts.cells), target)


def swept_of(cell: ScoreCell, counts: Sweep) -> Swept:
    """The rows of a group that reach each threshold."""
    return Swept(
        np.array(cell.scores),
        _reaching(cell.negatives),
        _reaching(cell.positives),
        sum(cell.negatives),
        sum(cell.positives),
        cell.scores.index(counts.at),
        counts.cost_fp,
        counts.cost_fn,
    )


def _reaching(rows: tuple[int, ...]) -> Floats:
    return np.asarray(np.cumsum(np.array(rows, dtype=np.float64)[::-1])[::-1])


def _piece(cell: ScoreCell, counts: Sweep, target: Target) -> Piece:
    swept = swept_of(cell, counts)
    limits = partial(regret_bound, swept)
    bound = limits(target.alpha)
    return piece_of(
        bound,
        p_values_of(limits, target.tau),
        target,
        label=cell.label,
        n=swept.n,
        counts=(("", "events", swept.positives), ("", ROWS, swept.n)),
    )
