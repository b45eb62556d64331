"""Planning of score criteria: how likely a good model is to pass, and how many rows make that likely.

Normal approximations of the rules that judge (`auc`, `means`, `calibration`, `observed_expected`), with the variance at
the truth that is assumed. They plan; they do not judge. Power is a probability, alpha one-sided, rows are rows.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal

import numpy as np
from scipy.special import expit, logit, ndtr, ndtri

from assay.stats.auc import LEAST_PER_CLASS, binary_kl, newcombe_variance, root
from assay.stats.histogram import require_level
from assay.stats.skew import unseen

MOST_ROWS = 10**9
STEPS = 100
PLACES = 401
BETWEEN = 0.5826
"""Overshoot of a random walk over a boundary in steps (Siegmund 1985, X.2)."""


def power_auc(n_pos: int, n_neg: int, true: float, tau: float, alpha: float) -> float:
    """Probability that "AUC at least tau" passes when the AUC is `true`.

    The smallest passing estimate from the rule itself (with Newcombe's variance in DeLong's place), its probability
    from a normal law on the logit scale with Newcombe 2006's variance at `true`. Below 50 rows per class the rule is
    the exact KL limit. Simulated within .06 for binormal scores; for exponential ones with ten times as many negatives
    the true power was lower by up to .16. Raises ValueError unless true and tau lie strictly between 0 and 1 and both classes have rows.
    """
    _require_probabilities(alpha=alpha, true=true, tau=tau)
    if min(n_pos, n_neg) < 1:
        raise ValueError(f"expected rows of both classes, found {n_pos} and {n_neg}")
    least = _least_passing(n_pos, n_neg, tau, alpha)
    if least >= 1:
        return 0.0
    return float(ndtr((logit(true) - logit(least)) / _logit_error(true, n_pos, n_neg)))


def rows_for_auc(prevalence: float, true: float, tau: float, alpha: float, power: float) -> int | None:
    """Rows, with that share of positives, that give `power_auc` of at least `power`; None beyond 10^9.

    Raises ValueError as `power_auc`, and unless prevalence and power lie strictly between 0 and 1.
    """
    _require_probabilities(alpha=alpha, prevalence=prevalence, true=true, tau=tau, power=power)

    def at(rows: int) -> float:
        positives = round(rows * prevalence)
        if not 0 < positives < rows:
            return 0.0
        return power_auc(positives, rows - positives, true, tau, alpha)

    return smallest_rows(at, power=power)


def power_average_precision(n_pos: int, true: float, tau: float, alpha: float) -> float:
    """Probability that "average precision at least tau" passes when it is `true`.

    With the variance of a rate of the positives, `true` (1 - `true`) / n_pos (Boyd, Eng & Page 2013, ECML PKDD, section 4): the
    negatives add little to it. Raises ValueError unless true and tau lie strictly between 0 and 1 and there are 2 positives.
    """
    _require_probabilities(alpha=alpha, true=true, tau=tau)
    return power_mean(n_pos, 1 - true, 1 - tau, math.sqrt(true * (1 - true)), alpha)


def power_mean(
    n: int, true: float, tau: float, sd: float, alpha: float, *, high: float | None = None
) -> float:
    """Probability that "mean at most tau" passes when the mean is `true` and a row's standard deviation is `sd`.

    Phi((tau - true - (high - true) / n) sqrt(n) / sd - z): the row that nobody saw moves the limit by its distance to
    the largest possible loss, `high`, over n (`assay.stats.skew`); without `high` there is none. Rare losses cost more
    than this. Raises ValueError for n < 2 or sd <= 0.
    """
    require_level(alpha)
    if n < 2 or sd <= 0:
        raise ValueError(f"expected at least 2 rows and a standard deviation above 0, found {n} and {sd}")
    shift = 0.0 if high is None else (high - true) / n
    return float(ndtr((tau - true - shift) * math.sqrt(n) / sd + ndtri(alpha)))


def power_brier(n: int, true: float, tau: float, alpha: float, *, sd: float | None = None) -> float:
    """Probability that "Brier score at most tau" passes at the true score.

    sd: of the squared error of a row; without it the largest possible, sqrt(true (1 - true)), for a lower bound.
    Errors as `power_mean`, and ValueError unless true and tau lie strictly between 0 and 1.
    """
    _require_probabilities(alpha=alpha, true=true, tau=tau)
    return power_mean(n, true, tau, math.sqrt(true * (1 - true)) if sd is None else sd, alpha, high=1.0)


def power_calibration(
    n: int, tau: float, alpha: float, *, base_rate: float, brier: float | None = None
) -> float:
    """Probability that "KS calibration error at most tau" passes for a perfectly calibrated model.

    brier: its Brier score, E s (1 - s); without it the largest possible, base_rate (1 - base_rate), for a lower bound.
    The deviations S_t sqrt(n) of such a model are Brownian motion run to time brier, so the model passes when
    |W(v)| stays within tau sqrt(n) - z sqrt(v) for all v: computed by steps, the boundary moved inwards for what
    happens between them (Siegmund 1985). 0 while a share of 1 - alpha^(1/n) of unseen events alone exceeds tau.
    Raises ValueError for n < 2 or shares outside (0, 1).
    """
    sd = _residual_sd(n, alpha, base_rate, brier)
    if unseen(n, alpha) > tau:
        return 0.0
    return _stays_within(max(tau - 1 / n, 0.0) * math.sqrt(n) / sd, -float(ndtri(alpha)))


def power_ece(
    n: int, tau: float, alpha: float, *, base_rate: float, brier: float | None = None, bins: int = 15
) -> float:
    """Approximate probability that "ECE at most tau" passes for a perfectly calibrated model.

    The plug-in of such a model is a sum of |N(0, V_b)| over bins; its mean is taken at its largest,
    sqrt(2 bins V / (pi n)), as if the residual variance V = brier were spread evenly over the bins. Errors and the
    default of brier as `power_calibration`; ValueError for fewer than one bin.
    """
    if bins < 1:
        raise ValueError(f"expected at least one bin, found {bins}")
    error = _residual_sd(n, alpha, base_rate, brier) / math.sqrt(n)
    bias = math.sqrt(2 * bins / math.pi) * error
    return float(
        ndtr((tau - 1 / n + float(ndtri(alpha)) * error - bias) / (error * math.sqrt(1 - 2 / math.pi)))
    )


def power_observed_expected(
    n: int,
    base_rate: float,
    true: float,
    tau: float,
    alpha: float,
    *,
    meets: Literal["at_least", "at_most"],
    brier: float | None = None,
) -> float:
    """Probability that "observed over expected at least (at most) tau" passes when the ratio is `true`.

    The mean of label - tau score is base_rate (1 - tau / true); its variance is taken as brier, without it as
    base_rate (1 - base_rate). Raises ValueError for ratios that are not above 0, n < 2 or shares outside (0, 1).
    """
    sd = _residual_sd(n, alpha, base_rate, brier)
    if not (true > 0 and tau > 0) or meets not in ("at_least", "at_most"):
        raise ValueError(f"expected ratios above 0 and at_least or at_most, found {true}, {tau}, {meets!r}")
    room = base_rate * (1 - tau / true) * (1 if meets == "at_least" else -1)
    shift = (tau if meets == "at_least" else 1.0) / n
    return float(ndtr((room - shift) * math.sqrt(n) / sd + ndtri(alpha)))


def smallest_rows(power_at: Callable[[int], float], *, power: float) -> int | None:
    """The smallest number of rows at which power_at(rows) reaches `power`; None beyond 10^9.

    power_at: from 2 rows on, growing with the rows up to rounding. Raises ValueError unless 0 < power < 1.
    """
    _require_probabilities(power=power)
    high = 2
    while power_at(high) < power:
        high *= 2
        if high > MOST_ROWS:
            return None
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        if power_at(middle) >= power:
            high = middle
        else:
            low = middle
    return high


def _least_passing(n_pos: int, n_neg: int, tau: float, alpha: float) -> float:
    """The smallest estimated AUC whose lower limit reaches tau."""
    smaller = min(n_pos, n_neg)
    if smaller < LEAST_PER_CLASS:
        return root(lambda area: binary_kl(area, tau) * smaller < -math.log(alpha), tau, 1.0)
    z = -float(ndtri(alpha))
    by_newcombe = tau + z * math.sqrt(float(newcombe_variance(tau, n_pos, n_neg)))

    def too_small(area: float) -> bool:
        return float(expit(logit(area) - z * _logit_error(area, n_pos, n_neg))) < tau

    return max(by_newcombe, root(too_small, tau, 1 - 1e-12))


def _logit_error(area: float, n_pos: int, n_neg: int) -> float:
    return math.sqrt(float(newcombe_variance(area, n_pos, n_neg))) / (area * (1 - area))


def _residual_sd(n: int, alpha: float, base_rate: float, brier: float | None) -> float:
    variance = base_rate * (1 - base_rate) if brier is None else brier
    _require_probabilities(alpha=alpha, base_rate=base_rate, brier=variance)
    if n < 2:
        raise ValueError(f"expected at least 2 rows, found {n}")
    return math.sqrt(variance)


def _stays_within(start: float, slope: float) -> float:
    """P(|W(v)| <= start - slope sqrt(v) for all v in [0, 1]), W standard Brownian motion."""
    step = 1 / STEPS
    places = np.linspace(-start, start, PLACES)
    width = places[1] - places[0]
    kernel = np.exp(-((places[:, None] - places) ** 2) / (2 * step)) * (width / math.sqrt(2 * math.pi * step))
    edges = start - slope * np.sqrt(np.arange(1, STEPS + 1) * step) - BETWEEN * math.sqrt(step)
    if edges[-1] <= width or width > math.sqrt(step):
        return 0.0 if edges[-1] <= width else 1.0
    density = kernel[PLACES // 2] / width
    for number, edge in enumerate(edges):
        density = np.where(np.abs(places) <= edge, density if number == 0 else kernel @ density, 0.0)
    return min(float(density.sum() * width), 1.0)


def _require_probabilities(**values: float) -> None:
    for name, value in values.items():
        if not 0 < value < 1:
            raise ValueError(f"{name} lies strictly between 0 and 1, found {value!r}")
