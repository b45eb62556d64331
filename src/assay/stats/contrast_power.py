"""The power of a criterion on rates, alone or compared between all groups, as a function of the true value and the rows.

The power of single rates is an exact sum. Comparisons are simulated with the limits that will judge them (without the
size audit, which changes a level by a few thousandths); of two groups :func:`assay.stats.power.power_contrast` is the
exact sum, which a test holds against this.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from assay.domain.evidence import Compare, Rate, Rates
from assay.domain.vocabulary import Comparator
from assay.stats.power import power_rate
from assay.stats.rates import lower_limit, upper_limit

MOST_REPLICATES = 4000
MOST_COMPARISONS = 2_000_000
MOST_GROUPS = 40
"""Of more groups than these only the smallest are simulated: they are the ones that decide a comparison."""
MOST_KNOTS = 64
"""Counts of a cell of which limits are computed, at most, besides those near an end."""
BENT = 32
"""So near to none, or to all, limits are computed for every count."""
Passes = Callable[[float, float], float]
"""The probability of passing, from a true value and a factor on the rows."""


def rates_power(counts: Rates, comparator: Comparator, threshold: float, alpha: float, seed: int) -> Passes:
    """Power for rates: binomial counts with the cells' rows, judged as they will be."""
    if counts.compare is Compare.EACH:
        return _each_power(counts, comparator, threshold, alpha)
    counts = _smallest(counts)
    replicates = min(max(MOST_COMPARISONS // max(len(counts.cells) ** 2, 1), 50), MOST_REPLICATES)
    drawn = _drawn(replicates, len(counts.cells), seed)
    trials = _trials(counts.cells)

    def passes(true: float, factor: float) -> float:
        rows = np.maximum(np.round(trials * factor), 0)
        if np.any(rows == 0):
            return 0.0
        events = _binomial(drawn, rows, _good_rates(counts, true))
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


@functools.lru_cache(maxsize=16)
def _drawn(replicates: int, cells: int, seed: int) -> NDArray[np.float64]:
    """Standard normal numbers, which a plan asks for again with each value and number of rows, and a run after its lock."""
    drawn: NDArray[np.float64] = ndtri(_latin(replicates, cells, seed))
    drawn.flags.writeable = False
    return drawn


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
    """All groups at the common rate of their family but the smallest, which is worse by the expected gap or ratio.

    A rate that is smaller than the gap leaves no room below it, and then it is the smallest group's that is so much larger.
    """
    rates = np.zeros(len(counts.cells))
    for family in dict.fromkeys(cell.family for cell in counts.cells):
        at = [i for i, cell in enumerate(counts.cells) if cell.family == family]
        cells = [counts.cells[i] for i in at]
        rates[at] = sum(c.events for c in cells) / max(sum(c.trials for c in cells), 1)
    worst = int(np.argmin(_trials(counts.cells)))
    if counts.compare is Compare.RATIO:
        rates[worst] *= true
    else:
        rates[worst] += true if rates[worst] < true else -true
    clipped: NDArray[np.float64] = np.clip(rates, 0.0, 1.0)
    return clipped


def _binomial(
    z: NDArray[np.float64], rows: NDArray[np.float64], rate: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Binomial counts from common standard normal numbers (quantile with skew, clipped), monotone in rate and rows.

    The Cornish-Fisher expansion to second order (Fisher & Cornish 1960); exact enough for a plan from 20 rows on.
    """
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
    """How far below and above each estimate its limits lie; columns are cells.

    Of many counts those between the knots are interpolated: a plan asks hundreds of times, and the limits are smooth.
    """
    down, up = np.empty_like(events), np.empty_like(events)
    for j, n in enumerate(rows):
        seen = _knots(np.unique(events[:, j]), n)
        down[:, j] = np.interp(events[:, j], seen, seen / n - lower_limit(seen, n, alpha))
        up[:, j] = np.interp(events[:, j], seen, upper_limit(seen, n, alpha) - seen / n)
    return down, up


def _knots(seen: NDArray[np.float64], n: float) -> NDArray[np.float64]:
    """All of a few counts; of many so many spread evenly, and all near 0 and near n, where limits bend."""
    if len(seen) <= MOST_KNOTS:
        return seen
    even = np.linspace(0, len(seen) - 1, MOST_KNOTS).round().astype(int)
    near = np.flatnonzero((seen <= BENT) | (seen >= n - BENT))
    kept: NDArray[np.float64] = seen[np.union1d(even, near)]
    return kept


def normal_power(
    deviation: Callable[[float], float], threshold: float, alpha: float, *, at_least: bool
) -> Passes:
    """Power of an asymptotic rule: how far the true value lies on the good side, in standard errors at these rows, less z_alpha."""
    z = -float(ndtri(alpha))

    def passes(true: float, factor: float) -> float:
        error = deviation(true) / factor**0.5
        distance = true - threshold if at_least else threshold - true
        return float(ndtr(distance / error - z)) if error > 0 else float(distance >= 0)

    return passes
