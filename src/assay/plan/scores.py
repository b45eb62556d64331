"""Standard errors of functionals of scores, for plans: what a good model of this base rate would show."""

from __future__ import annotations

import math
from collections.abc import Callable

from assay.domain.evidence import Functional
from assay.stats.auc import newcombe_variance

CONCENTRATION = 0.75
"""Mean score * (1 - score) of a useful, calibrated model as a share of that of the base rate alone."""


def score_deviation(functional: Functional, negatives: int, positives: int) -> Callable[[float], float]:
    """The standard error of a functional as a function of its true value.

    AUC and Gini by Newcombe 2006, method 5. Means of losses by the variance of a calibrated model's loss. Calibration
    errors by that of a cumulative mean of (label - score), whose variance is at most the Brier score over n, half as
    much again because the supremum of a calibrated model is not zero.
    """
    n = negatives + positives
    if min(negatives, positives) == 0:
        return lambda _: math.inf
    base = positives / n
    noise = CONCENTRATION * base * (1 - base)
    if functional is Functional.AUC:
        return lambda true: math.sqrt(float(newcombe_variance(true, positives, negatives)))
    if functional is Functional.GINI:
        return lambda true: 2 * math.sqrt(float(newcombe_variance((true + 1) / 2, positives, negatives)))
    if functional is Functional.OBSERVED_EXPECTED:
        return lambda _: math.sqrt(noise / n) / base
    if functional in {Functional.KS_CALIBRATION, Functional.ECE}:
        return lambda _: 1.5 * math.sqrt(noise / n)
    spread = 0.5 if functional is Functional.LOG_LOSS else 0.25
    return lambda _: spread / math.sqrt(n)


def drop_deviation(discordance: float, n: int) -> Callable[[float], float]:
    """The standard error of a paired drop over ``n`` rows of which this share changes."""
    return lambda _: math.sqrt(discordance / n)
