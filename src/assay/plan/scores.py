"""The power of criteria about scores, from the planning formulas of ``stats.score_power``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from assay.domain.assessment import Asked
from assay.domain.evidence import Functional, Scores
from assay.domain.vocabulary import Comparator
from assay.plan.power import Prospect, all_of
from assay.stats.contrast_power import Passes
from assay.stats.pieces.scores import too_few_rows
from assay.stats.score_power import (
    power_auc,
    power_average_precision,
    power_brier,
    power_calibration,
    power_ece,
    power_mean,
    power_observed_expected,
)

CONCENTRATION = 0.75
"""Mean score * (1 - score) of a useful, calibrated model as a share of that of the base rate alone: a guess, and said to be
one, where no model was asked."""
CERTAIN = 1e-9
"""Mean score * (1 - score) of a model that is always nearly sure and right: no model has less."""
ERRORS = 3
"""So many standard errors below its mean a spread that was observed is not believed to lie."""


@dataclass(frozen=True, slots=True)
class Spread:
    """E[s(1 - s)] of the scores s that a model gave to some rows: how much chance such scores leave to a calibrated model.

    Attributes:
        mean: over the rows; None of answers that are no such scores. error: the standard error of the mean. rows: how many were asked. data: of which data set.
    """

    mean: float | None
    error: float
    rows: int
    data: str


@dataclass(frozen=True, slots=True)
class Noise:
    """What is assumed of E[s(1 - s)] in one group, the least that it may be, and the assumption for a reader."""

    assumed: float
    least: float
    said: str


def noise(spread: Spread | None, negatives: int, positives: int, *, everybody: bool) -> Noise:
    """The noise of a group with these rows.

    What was observed of all rows is not known of a group, and without a model nothing is: then what is assumed is a guess,
    and nothing but 0 is the least.
    """
    if spread is not None and spread.mean is not None and everybody:
        least = max(spread.mean - ERRORS * spread.error, CERTAIN)
        said = f"E[s(1 - s)] of the scores s is {spread.mean:.3g}, as on {spread.rows:,} rows of the {spread.data} data"
        return Noise(max(spread.mean, CERTAIN), least, said)
    base = positives * negatives / max(positives + negatives, 1) ** 2
    said = (
        f"E[s(1 - s)] of the scores s is {CONCENTRATION * base:.3g}, {CONCENTRATION:.0%} of what it is when every score is "
        "the base rate"
    )
    return Noise(max(CONCENTRATION * base, CERTAIN), CERTAIN, said)


RESTS_ON_NOISE = frozenset({Functional.KS_CALIBRATION, Functional.ECE, Functional.OBSERVED_EXPECTED})
"""The functionals whose power depends on how the scores lie, beyond the true value and the rows."""
SPREAD_OF_LOG_LOSS = 2 * 0.6
"""Standard deviation of the log loss of a row, in nats, of such a model, times what the exact rule costs.

Its limits lie about twice as far from the estimate as those that the planning formula of a mean knows.
"""
_OF_GROUPS = f"E[s(1 - s)] of the scores s is in each group {CONCENTRATION:.0%} of what it is when every score is the group's base rate"


def scores_prospect(counts: Scores, asked: Asked, spread: Spread | None) -> Prospect | str:
    """By the planning formula of the functional, at what is assumed of the scores and at its most favourable."""
    assumed, at_best, said = [], [], ""
    for cell in counts.cells:
        negatives, positives = sum(cell.negatives), sum(cell.positives)
        if few := too_few_rows(counts.functional, negatives, positives):
            return f"{cell.label}: {few}." if cell.label else f"{few}."
        power = partial(
            scores_power,
            counts.functional,
            negatives,
            positives,
            at_least=asked.comparator is Comparator.AT_LEAST,
            threshold=float(asked.threshold),
            alpha=asked.alpha,
            bins=counts.bins,
        )
        supposed = noise(spread, negatives, positives, everybody=not cell.label)
        assumed.append(power(noise=supposed.assumed))
        at_best.append(power(noise=supposed.least))
        said = supposed.said if not cell.label else _OF_GROUPS
    return Prospect(all_of(assumed), all_of(at_best), said if counts.functional in RESTS_ON_NOISE else "")


def scores_power(
    functional: Functional,
    negatives: int,
    positives: int,
    *,
    at_least: bool,
    threshold: float,
    alpha: float,
    bins: int,
    noise: float,
) -> Passes:
    """The probability of passing as a function of the true value and a factor on the rows of one group.

    ``noise`` is E[s(1 - s)] of the scores; it matters to :data:`RESTS_ON_NOISE`.

    A calibration error of e leaves threshold - e for what chance adds to it (triangle inequality), so the power for
    a perfectly calibrated model at that smaller threshold is a lower bound.
    """
    rules = {
        Functional.AUC: lambda true, m, n: _auc(m, n, true, threshold, alpha, at_least=at_least),
        Functional.GINI: lambda true, m, n: _auc(
            m, n, (true + 1) / 2, (threshold + 1) / 2, alpha, at_least=at_least
        ),
        Functional.AVERAGE_PRECISION: lambda true, m, _: power_average_precision(m, true, threshold, alpha),
        Functional.BRIER: lambda true, m, n: power_brier(m + n, true, threshold, alpha),
        Functional.LOG_LOSS: lambda true, m, n: power_mean(m + n, true, threshold, SPREAD_OF_LOG_LOSS, alpha),
        Functional.KS_CALIBRATION: lambda true, m, n: power_calibration(
            m + n, threshold - true, alpha, base_rate=m / (m + n), brier=noise
        ),
        Functional.ECE: lambda true, m, n: power_ece(
            m + n, threshold - true, alpha, base_rate=m / (m + n), brier=noise, bins=bins
        ),
        Functional.OBSERVED_EXPECTED: lambda true, m, n: power_observed_expected(
            m + n,
            m / (m + n),
            true,
            threshold,
            alpha,
            meets="at_least" if at_least else "at_most",
            brier=noise,
        ),
    }
    rule: Callable[[float, int, int], float] = rules[functional]

    def passes(true: float, factor: float) -> float:
        m, n = round(positives * factor), round(negatives * factor)
        if min(m, n) < 1 or too_few_rows(functional, n, m):
            return 0.0
        try:
            return rule(true, m, n)
        except ValueError:
            return _at_the_edge(functional, true, threshold, at_least=at_least)

    return passes


def _auc(m: int, n: int, true: float, threshold: float, alpha: float, *, at_least: bool) -> float:
    """Scores with the sign turned have one minus the AUC, so that at most is at least of them."""
    if at_least:
        return power_auc(m, n, true, threshold, alpha)
    return power_auc(m, n, 1 - true, 1 - threshold, alpha)


def _at_the_edge(functional: Functional, true: float, threshold: float, *, at_least: bool) -> float:
    """The formulas have no value at perfect or impossible models: those pass always, or never."""
    larger = at_least and functional in {Functional.AUC, Functional.GINI, Functional.AVERAGE_PRECISION}
    return 1.0 if (true > threshold if larger else true < threshold) else 0.0
