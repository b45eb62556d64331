"""Functionals of scores and labels as pieces: one for each group, its p-values by inverting its limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from assay.domain.assessment import ROWS, Piece
from assay.domain.evidence import Functional, ScoreCell, Scores
from assay.domain.vocabulary import Reason
from assay.stats import grid
from assay.stats.auc import auc_bound, gini_bound
from assay.stats.average_precision import average_precision_bound
from assay.stats.calibration import ece_bound, ks_calibration_bound
from assay.stats.grid import GridCounts, Limits, OnGrid, Rule
from assay.stats.histogram import ScoreCounts, Undefined
from assay.stats.inversion import p_values_of
from assay.stats.means import brier_bound, log_loss_bound, log_loss_p
from assay.stats.observed_expected import observed_expected_bound
from assay.stats.pieces.pieces import Pieces, Target, of_each, piece_of
from assay.stats.simulated_sizes import SIMULATED_SIZES

RULES: Mapping[Functional, Rule] = {
    Functional.AUC: auc_bound,
    Functional.GINI: gini_bound,
    Functional.AVERAGE_PRECISION: average_precision_bound,
    Functional.BRIER: brier_bound,
    Functional.LOG_LOSS: log_loss_bound,
    Functional.KS_CALIBRATION: ks_calibration_bound,
    Functional.OBSERVED_EXPECTED: observed_expected_bound,
}


ON_GRID: Mapping[Functional, Callable[[GridCounts], OnGrid]] = {
    Functional.AUC: grid.auc_on_grid,
    Functional.GINI: grid.gini_on_grid,
    Functional.AVERAGE_PRECISION: grid.average_precision_on_grid,
    Functional.BRIER: grid.brier_on_grid,
    Functional.LOG_LOSS: grid.log_loss_on_grid,
    Functional.KS_CALIBRATION: grid.ks_calibration_on_grid,
    Functional.OBSERVED_EXPECTED: grid.observed_expected_on_grid,
}
"""The same where the scores were kept on a grid."""
WITHOUT_EXACT_RULE: Mapping[Functional, str] = {
    Functional.KS_CALIBRATION: "ks_calibration",
    Functional.ECE: "ece",
    Functional.OBSERVED_EXPECTED: "observed_expected",
    Functional.AVERAGE_PRECISION: "average_precision",
}
"""Those that have only a simulated rule, by its name; the others have an exact one for few rows, or for any number."""


OF_SMALLER_CLASS = frozenset({Functional.AVERAGE_PRECISION})
"""Those whose simulated sizes are by the rows of the rarer label."""


def too_few_rows(functional: Functional, negatives: int, positives: int) -> str:
    """Why the rule of a functional is not used on so many rows; empty when it is."""
    by_class = functional in OF_SMALLER_CLASS
    n = min(negatives, positives) if by_class else negatives + positives
    rule = WITHOUT_EXACT_RULE.get(functional)
    if rule is None or n >= (least := SIMULATED_SIZES[rule][0][0]):
        return ""
    what = "rows of a label" if by_class else "rows"
    return f"{n:,} {what} are too few: the error rate of the method is known from {least:,} on"


def scores_pieces(counts: Scores, target: Target) -> Pieces:
    """One piece for each group that has a value; the others by name and reason."""
    return of_each(
        (
            (cell.label, partial(_piece, cell, counts.functional, counts.bins, target))
            for cell in counts.cells
        ),
        target,
    )


def _limits(counts: ScoreCounts, edges: Sequence[float], functional: Functional, bins: int) -> Limits:
    """Estimate and limits of a functional at any level; allowing for what a grid with these edges hides, if any."""
    ece = functional is Functional.ECE
    if not edges:
        rule = partial(ece_bound, bins=bins) if ece else RULES[functional]
        return partial(rule, counts)
    kept = GridCounts.of(counts, np.array(edges, dtype=np.float64))
    return (grid.ece_on_grid(kept, bins) if ece else ON_GRID[functional](kept)).bound


def _p_values(
    counts: ScoreCounts, edges: Sequence[float], functional: Functional, limits: Limits, tau: float
) -> tuple[float, float]:
    """P-values for "at least tau" and "at most tau": by inverting the limits, or as the exact log loss has them."""
    if functional is Functional.LOG_LOSS:
        kept = GridCounts.of(counts, np.array(edges, dtype=np.float64)) if edges else None
        arranged = (counts,) if kept is None else grid.arrangements_of_log_loss(kept)
        found = [log_loss_p(one, tau) for one in arranged]
        return max(p for p, _ in found), max(p for _, p in found)
    return p_values_of(limits, tau)


def _piece(cell: ScoreCell, functional: Functional, bins: int, target: Target) -> Piece:
    counts = ScoreCounts(
        np.array(cell.scores, dtype=np.float64),
        np.array(cell.negatives, dtype=np.int64),
        np.array(cell.positives, dtype=np.int64),
    )
    limits = _limits(counts, cell.edges, functional, bins)
    bound = limits(target.alpha)  # first: that there is no value says more than that rows are few
    if said := too_few_rows(functional, counts.n_neg, counts.n_pos):
        raise Undefined(said, reason=Reason.TOO_FEW_ROWS_FOR_METHOD.value)
    p_values = _p_values(counts, cell.edges, functional, limits, target.tau)
    piece = piece_of(
        bound,
        p_values,
        target,
        label=cell.label,
        n=counts.n,
        counts=(("", "events", counts.n_pos), ("", ROWS, counts.n)),
    )
    # Records have always said "inf" where no ratio of observed to expected is excluded, and are judged again as they stand.
    return replace(piece, upper=bound.upper)
