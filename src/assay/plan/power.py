"""How likely a good model is to pass a criterion on the rows at hand, before anything is measured.

A good model is one whose true value is the one that the specification expects (``expected``) or, where it says
nothing, the ideal for a gap or a ratio and half-way from the threshold to the best possible value otherwise.
The power of single rates is an exact sum. Comparisons are simulated with the limits that will judge them (without
the size audit, which changes a level by a few thousandths); functionals of scores use their planning formulas.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from assay.domain.evidence import Compare, Rate, Rates
from assay.domain.metric import Metric
from assay.domain.vocabulary import Comparator
from assay.stats.power import power_rate
from assay.stats.rates import lower_limit, upper_limit

MOST_REPLICATES = 4000
MOST_COMPARISONS = 2_000_000
MOST_GROUPS = 40
"""Of more groups than these only the smallest are simulated: they are the ones that decide a comparison."""
HOPELESS = 0.05
"""A good model that passes with less than this probability: the criterion cannot do its work on these rows."""
AIM = 0.90
MOST_FACTOR = 4096


@dataclass(frozen=True, slots=True)
class Power:
    """What the rows can do for one criterion.

    Attributes:
        passes: the probability that a good model passes. expected: the true value that was assumed of it.
        factor: how many times these rows would give 90 %; 1 or less is enough, None when no number is.
        margin: the smallest distance from the threshold that passes with 90 % on these rows; None when none does.
        at_best: ``passes`` whatever is only assumed of the model, at its most favourable.
        assumed: what that is, for a reader; empty when nothing is.
    """

    passes: float
    expected: float
    factor: float | None
    margin: float | None
    at_best: float
    assumed: str = ""

    @property
    def hopeless(self) -> bool:
        """Whether a model as good as expected would hardly ever pass, whatever else is assumed of it."""
        return self.at_best < HOPELESS


Passes = Callable[[float, float], float]
"""The probability of passing, from a true value and a factor on the rows."""


@dataclass(frozen=True, slots=True)
class Prospect:
    """The probability of passing under an assumption, the same at its most favourable, and the assumption for a reader."""

    passes: Passes
    at_best: Passes
    assumed: str = ""

    @classmethod
    def plain(cls, passes: Passes) -> Prospect:
        """Of a criterion for which nothing is assumed of the model but its value."""
        return cls(passes, passes)


def power_of(prospect: Prospect, *, expected: float, threshold: float, best: float) -> Power:
    """Search the factor on the rows and the margin that give 90 %, both by bisection on the monotone power."""
    passes = prospect.passes
    return Power(
        passes=passes(expected, 1.0),
        expected=expected,
        factor=_factor(passes, expected),
        margin=_margin(passes, threshold, best),
        at_best=prospect.at_best(expected, 1.0),
        assumed=prospect.assumed,
    )


def _factor(passes: Passes, expected: float) -> float | None:
    if passes(expected, MOST_FACTOR) < AIM:
        return None
    low, high = 1 / 64, float(MOST_FACTOR)
    if passes(expected, low) >= AIM:
        return low
    while high / low > 1.05:
        middle = (low * high) ** 0.5
        low, high = (low, middle) if passes(expected, middle) >= AIM else (middle, high)
    return high


def _margin(passes: Passes, threshold: float, best: float) -> float | None:
    if passes(best, 1.0) < AIM:
        return None
    low, high = 0.0, 1.0
    for _ in range(10):
        middle = (low + high) / 2
        enough = passes(threshold + middle * (best - threshold), 1.0) >= AIM
        low, high = (low, middle) if enough else (middle, high)
    return abs(high * (best - threshold))


def expected_value(
    metric: Metric, comparator: Comparator, threshold: Decimal, stated: Decimal | None
) -> float:
    """The true value assumed of a good model."""
    if stated is not None:
        return float(stated)
    if metric.ideal is not None:
        return float(metric.ideal)
    return (float(threshold) + best_value(metric, comparator, threshold)) / 2


def best_value(metric: Metric, comparator: Comparator, threshold: Decimal) -> float:
    """The best value that the metric can have; for an unlimited one, as far again as the threshold from zero."""
    limit = metric.high if comparator is Comparator.AT_LEAST else metric.low
    if limit is not None:
        return float(limit)
    return float(threshold) * (2 if comparator is Comparator.AT_LEAST else 0)


def rates_power(counts: Rates, comparator: Comparator, threshold: float, alpha: float, seed: int) -> Passes:
    """Power for rates: binomial counts with the cells' rows, judged as they will be."""
    if counts.compare is Compare.EACH:
        return _each_power(counts, comparator, threshold, alpha)
    counts = _smallest(counts)
    replicates = min(max(MOST_COMPARISONS // max(len(counts.cells) ** 2, 1), 50), MOST_REPLICATES)
    uniform = _latin(replicates, len(counts.cells), seed)
    trials = _trials(counts.cells)

    def passes(true: float, factor: float) -> float:
        rows = np.maximum(np.round(trials * factor), 0)
        if np.any(rows == 0):
            return 0.0
        events = _binomial(uniform, rows, _good_rates(counts, true))
        return float(np.mean(_pairs_pass(counts, events, rows, threshold, alpha)))

    return passes


def _each_power(counts: Rates, comparator: Comparator, threshold: float, alpha: float) -> Passes:
    """Exact: the groups are independent and each passes with the power of one rate."""
    trials = _trials(counts.cells)
    at_least = comparator is Comparator.AT_LEAST

    def passes(true: float, factor: float) -> float:
        rows = np.maximum(np.round(trials * factor), 0)
        if np.any(rows == 0):
            return 0.0
        return float(np.prod(power_rate(rows, threshold, true, alpha, at_least=at_least)))

    return passes


def _trials(cells: Sequence[Rate]) -> NDArray[np.float64]:
    return np.array([cell.trials for cell in cells], dtype=np.float64)


def _latin(replicates: int, cells: int, seed: int) -> NDArray[np.float64]:
    """Uniform numbers in which each cell's are spread evenly (McKay, Beckman & Conover 1979): less noise in a plan."""
    rng = np.random.default_rng(seed)
    places = rng.permuted(np.tile(np.arange(replicates), (cells, 1)), axis=1).T
    spread: NDArray[np.float64] = (places + rng.random((replicates, cells))) / replicates
    return spread


def _smallest(counts: Rates) -> Rates:
    """The smallest groups of each family, and the reference."""
    kept: list[Rate] = []
    for family in dict.fromkeys(cell.family for cell in counts.cells):
        cells = sorted((c for c in counts.cells if c.family == family), key=lambda c: c.trials)
        kept += [c for i, c in enumerate(cells) if i < MOST_GROUPS or c.label == counts.reference]
    return replace(counts, cells=tuple(kept))


def _good_rates(counts: Rates, true: float) -> NDArray[np.float64]:
    """All groups at the common rate of their family but the smallest, which is worse by the expected gap or ratio."""
    rates = np.zeros(len(counts.cells))
    for family in dict.fromkeys(cell.family for cell in counts.cells):
        at = [i for i, cell in enumerate(counts.cells) if cell.family == family]
        cells = [counts.cells[i] for i in at]
        rates[at] = sum(c.events for c in cells) / max(sum(c.trials for c in cells), 1)
    worst = int(np.argmin(_trials(counts.cells)))
    rates[worst] = rates[worst] * true if counts.compare is Compare.RATIO else rates[worst] - true
    clipped: NDArray[np.float64] = np.clip(rates, 0.0, 1.0)
    return clipped


def _binomial(
    uniform: NDArray[np.float64], rows: NDArray[np.float64], rate: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Binomial counts from common random numbers (normal quantile with skew, clipped), monotone in rate and rows.

    The Cornish-Fisher expansion to second order (Fisher & Cornish 1960); exact enough for a plan from 20 rows on.
    """
    z = ndtri(uniform)
    spread = np.sqrt(rows * rate * (1 - rate))
    skew = np.where(spread > 0, (1 - 2 * rate) / np.maximum(spread, 1e-12), 0.0)
    drawn = rows * rate + spread * (z + skew * (z**2 - 1) / 6)
    counts: NDArray[np.float64] = np.clip(np.round(drawn), 0, rows)
    return counts


def _pairs_pass(
    counts: Rates, events: NDArray[np.float64], rows: NDArray[np.float64], threshold: float, alpha: float
) -> NDArray[np.bool_]:
    """Whether every pair's MOVER limit satisfies the threshold; the limits of a cell are computed once."""
    ratio = counts.compare is Compare.RATIO
    r, margin = (threshold, 0.0) if ratio else (1.0, -threshold)
    estimate = events / rows
    down, up = _distances(events, rows, alpha)
    passed = np.ones(len(events), dtype=bool)
    for a, one in enumerate(counts.cells):
        others = [
            b
            for b, two in enumerate(counts.cells)
            if a != b and one.family == two.family and counts.compares(one, two)
        ]
        contrast = estimate[:, [a]] - r * estimate[:, others]
        passed &= np.all(contrast - np.hypot(down[:, [a]], r * up[:, others]) >= margin, axis=1)
    return passed


def _distances(
    events: NDArray[np.float64], rows: NDArray[np.float64], alpha: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How far below and above each estimate its limits lie; columns are cells."""
    down, up = np.empty_like(events), np.empty_like(events)
    for j, n in enumerate(rows):
        seen, back = np.unique(events[:, j], return_inverse=True)
        down[:, j] = (seen / n - lower_limit(seen, n, alpha))[back]
        up[:, j] = (upper_limit(seen, n, alpha) - seen / n)[back]
    return down, up


def normal_power(deviation: Callable[[float], float], threshold: float, alpha: float) -> Passes:
    """Power of an asymptotic rule: the distance to the threshold in standard errors at these rows, less z_alpha."""
    z = -float(ndtri(alpha))

    def passes(true: float, factor: float) -> float:
        error = deviation(true) / factor**0.5
        distance = abs(threshold - true)
        return float(ndtr(distance / error - z)) if error > 0 else 1.0

    return passes


def all_of(parts: Sequence[Passes]) -> Passes:
    """At least 1 - sum(1 - power of each): every piece must pass, however they depend on each other."""

    def passes(true: float, factor: float) -> float:
        return max(0.0, 1 - sum(1 - part(true, factor) for part in parts))

    return passes
