"""What another threshold would save as pieces: one for each group."""

from __future__ import annotations

from functools import partial

import numpy as np

from assay.domain.assessment import ROWS, NoValue, Piece
from assay.domain.evidence import ScoreCell, Sweep
from assay.domain.vocabulary import Grade, Reason
from assay.stats.histogram import Floats, Undefined
from assay.stats.inversion import smallest_alpha
from assay.stats.pieces.pieces import Pieces, Target, gathered
from assay.stats.sweep import Swept, regret_bound


def sweep_pieces(counts: Sweep, target: Target) -> Pieces:
    """One piece for each group with rows; the others by name and reason."""
    pieces, undefined = [], []
    for cell in counts.cells:
        try:
            pieces.append(_piece(cell, counts, target))
        except Undefined as why:
            undefined.append(NoValue(cell.label, Reason(why.reason), f"{why}."))
    return gathered(pieces, target, tuple(undefined))


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
    at_least = smallest_alpha(lambda a: limits(a).lower, target.tau, meets="at_least")
    at_most = smallest_alpha(lambda a: limits(a).upper, target.tau, meets="at_most")
    return Piece(
        label=cell.label,
        estimate=bound.estimate,
        lower=bound.lower,
        upper=bound.upper,
        n=swept.n,
        p_pass=at_least if target.at_least else at_most,
        level_pass=target.alpha,
        p_fail=at_most if target.at_least else at_least,
        point_passes=bound.estimate >= target.tau if target.at_least else bound.estimate <= target.tau,
        grade=Grade(bound.grade),
        method=bound.method,
        counts=(("", "events", swept.positives), ("", ROWS, swept.n)),
    )
