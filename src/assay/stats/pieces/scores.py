"""Functionals of scores and labels as pieces: one for each group, its p-values by inverting its limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from assay.domain.assessment import NoValue, Piece
from assay.domain.evidence import Functional, ScoreCell, Scores
from assay.domain.vocabulary import Grade, Reason
from assay.stats.auc import auc_bound, gini_bound
from assay.stats.bound import Bound
from assay.stats.calibration import ece_bound, ks_calibration_bound
from assay.stats.histogram import ScoreCounts, Undefined
from assay.stats.inversion import smallest_alpha
from assay.stats.means import brier_bound, log_loss_bound, log_loss_p
from assay.stats.observed_expected import observed_expected_bound
from assay.stats.pieces.pieces import Pieces, Target, gathered
from assay.stats.simulated_sizes import SIMULATED_SIZES, simulated_size

Rule = Callable[[ScoreCounts, float], Bound]
RULES: Mapping[Functional, Rule] = {
    Functional.AUC: auc_bound,
    Functional.GINI: gini_bound,
    Functional.BRIER: brier_bound,
    Functional.LOG_LOSS: log_loss_bound,
    Functional.KS_CALIBRATION: ks_calibration_bound,
    Functional.OBSERVED_EXPECTED: observed_expected_bound,
}


WITHOUT_EXACT_RULE: Mapping[Functional, str] = {
    Functional.KS_CALIBRATION: "ks_calibration",
    Functional.ECE: "ece",
    Functional.OBSERVED_EXPECTED: "observed_expected",
}
"""Those that have only a simulated rule, by its name; the others have an exact one for few rows, or for any number."""


def too_few_rows(functional: Functional, n: int) -> str:
    """Why the rule of a functional is not used on n rows; empty when it is."""
    rule = WITHOUT_EXACT_RULE.get(functional)
    if rule is None or simulated_size(rule, n) is not None:
        return ""
    least = SIMULATED_SIZES[rule][0][0]
    return f"{n:,} rows are too few: the error rate of the method is known from {least:,} on"


def scores_pieces(counts: Scores, target: Target) -> Pieces:
    """One piece for each group that has a value; the others by name and reason."""
    rule = (
        partial(ece_bound, bins=counts.bins)
        if counts.functional is Functional.ECE
        else RULES[counts.functional]
    )
    pieces, undefined = [], []
    for cell in counts.cells:
        try:
            pieces.append(_piece(cell, counts.functional, rule, target))
        except Undefined as why:
            undefined.append(NoValue(cell.label, Reason(why.reason), f"{why}."))
    return gathered(pieces, target, tuple(undefined))


def _piece(cell: ScoreCell, functional: Functional, rule: Rule, target: Target) -> Piece:
    counts = ScoreCounts(
        np.array(cell.scores, dtype=np.float64),
        np.array(cell.negatives, dtype=np.int64),
        np.array(cell.positives, dtype=np.int64),
    )
    bound = rule(counts, target.alpha)  # first: that there is no value says more than that rows are few
    if said := too_few_rows(functional, counts.n):
        raise Undefined(said, reason=Reason.TOO_FEW_ROWS_FOR_METHOD.value)
    if functional is Functional.LOG_LOSS:
        at_least, at_most = log_loss_p(counts, target.tau)
    else:
        at_least = smallest_alpha(lambda a: rule(counts, a).lower, target.tau, meets="at_least")
        at_most = smallest_alpha(lambda a: rule(counts, a).upper, target.tau, meets="at_most")
    return Piece(
        label=cell.label,
        estimate=bound.estimate,
        lower=bound.lower,
        upper=bound.upper,
        n=counts.n,
        p_pass=at_least if target.at_least else at_most,
        level_pass=target.alpha,
        p_fail=at_most if target.at_least else at_least,
        point_passes=bound.estimate >= target.tau if target.at_least else bound.estimate <= target.tau,
        grade=Grade(bound.grade),
        method=bound.method,
        simulated_size=bound.simulated_size,
        counts=(("events", counts.n_pos), ("rows", counts.n)),
    )
