"""Two scores of the same rows as pieces: the difference of their AUCs, one for each group, its p-values by inverting its limits."""

from __future__ import annotations

from functools import partial

import numpy as np

from assay.domain.assessment import ROWS, NoValue, Piece
from assay.domain.evidence import PairedScoreCell, PairedScores
from assay.domain.vocabulary import Grade, Reason
from assay.stats.auc_difference import PairedScoreCounts, paired_auc_difference
from assay.stats.histogram import Undefined
from assay.stats.inversion import smallest_alpha
from assay.stats.pieces.pieces import Pieces, Target, gathered


def paired_scores_pieces(counts: PairedScores, target: Target) -> Pieces:
    """One piece for each group that has a value; the others by name and reason."""
    pieces, undefined = [], []
    for cell in counts.cells:
        try:
            pieces.append(_piece(cell, target))
        except Undefined as why:
            undefined.append(NoValue(cell.label, Reason(why.reason), f"{why}."))
    return gathered(pieces, target, tuple(undefined))


def _piece(cell: PairedScoreCell, target: Target) -> Piece:
    counts = PairedScoreCounts(
        np.array(cell.incumbent), np.array(cell.candidate), np.array(cell.negatives), np.array(cell.positives)
    )
    limits = partial(paired_auc_difference, counts)
    bound = limits(target.alpha)
    at_least = smallest_alpha(lambda a: limits(a).lower, target.tau, meets="at_least")
    at_most = smallest_alpha(lambda a: limits(a).upper, target.tau, meets="at_most")
    positives, n = sum(cell.positives), sum(cell.positives) + sum(cell.negatives)
    return Piece(
        label=cell.label,
        estimate=bound.estimate,
        lower=bound.lower,
        upper=bound.upper,
        n=n,
        p_pass=at_least if target.at_least else at_most,
        level_pass=target.alpha,
        p_fail=at_most if target.at_least else at_least,
        point_passes=bound.estimate >= target.tau if target.at_least else bound.estimate <= target.tau,
        grade=Grade(bound.grade),
        method=bound.method,
        simulated_size=bound.simulated_size,
        counts=(("", "events", positives), ("", ROWS, n)),
    )
