"""Two scores of the same rows as pieces: the difference of their AUCs, one for each group, its p-values by inverting its limits."""

from __future__ import annotations

from functools import partial

import numpy as np

from assay.domain.assessment import ROWS, Piece
from assay.domain.evidence import PairedScoreCell, PairedScores
from assay.stats.auc_difference import PairedScoreCounts, paired_auc_difference
from assay.stats.inversion import p_values_of
from assay.stats.pieces.pieces import Pieces, Target, of_each, piece_of


def paired_scores_pieces(counts: PairedScores, target: Target) -> Pieces:
    """One piece for each group that has a value; the others by name and reason."""
    return of_each(((cell.label, partial(_piece, cell, target)) for cell in counts.cells), target)


def _piece(cell: PairedScoreCell, target: Target) -> Piece:
    counts = PairedScoreCounts(
        np.array(cell.incumbent), np.array(cell.candidate), np.array(cell.negatives), np.array(cell.positives)
    )
    limits = partial(paired_auc_difference, counts)
    bound = limits(target.alpha)
    positives, n = sum(cell.positives), sum(cell.positives) + sum(cell.negatives)
    return piece_of(
        bound,
        p_values_of(limits, target.tau),
        target,
        label=cell.label,
        n=n,
        counts=(("", "events", positives), ("", ROWS, n)),
    )
