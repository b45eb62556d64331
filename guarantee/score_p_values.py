"""The p-values of many samples of scores at the truth, computed apart from the rules whose limits invert them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from assay.stats import skew
from guarantee.scored_populations import Population

Floats = NDArray[np.float64]


def mean_p(
    values: Floats, mass: Floats, n: int, ends: tuple[float, float], rng: np.random.Generator, reps: int
) -> tuple[Floats, Floats]:
    rows, truth = rng.multinomial(n, mass, size=reps).astype(np.float64), float(values @ mass)
    m = skew.moments(n, *(rows @ (values - truth) ** k / n for k in (1, 2, 3)))
    return (
        np.asarray(skew.p_below(m.mirrored(), truth - ends[0], 0.0)),
        np.asarray(skew.p_below(m, ends[1] - truth, 0.0)),
    )


def _gap_rows(population: Population, n: int, rng: np.random.Generator, reps: int) -> tuple[Floats, Floats]:
    """Rows without and with an event at each score: float64[reps, k] each."""
    rows = rng.multinomial(n, population.cells, size=reps).astype(np.float64)
    return rows[:, : population.scores.size], rows[:, population.scores.size :]


def _variances(s: Floats, without: Floats, events: Floats) -> Floats:
    """Sum over rows of squared gaps at each score, or of what is expected of calibrated scores if that is more in all."""
    observed, expected = without * s**2 + events * (1 - s) ** 2, (without + events) * (s * (1 - s))
    more = observed.sum(axis=1) >= expected.sum(axis=1)
    return np.where(more[:, None], observed, expected)


def ks_p(population: Population, n: int, rng: np.random.Generator, reps: int) -> tuple[Floats, Floats]:
    s, truth = population.scores, population.ks
    without, events = _gap_rows(population, n, rng, reps)
    first, second, third = (np.cumsum(s**k * without + (s - 1) ** k * events, axis=1) / n for k in (1, 2, 3))
    over = skew.moments(n, first, second, third)
    at_most = np.maximum(
        np.max(skew.p_below(over, s, truth), axis=1),
        np.max(skew.p_below(over.mirrored(), 1.0, truth), axis=1),
    )
    error = np.sqrt(_variances(s, without, events).sum(axis=1)) / n
    found = np.abs(first).max(axis=1)
    return 4 * ndtr((truth - found) / error), np.where(found > truth, 1.0, at_most)


def ece_p(
    population: Population, n: int, bins: int, rng: np.random.Generator, reps: int
) -> tuple[Floats, Floats]:
    s, truth = population.scores, population.ece(bins)
    without, events = _gap_rows(population, n, rng, reps)
    in_bin = np.eye(bins)[np.searchsorted(np.arange(1, bins) / bins, s, side="right")]
    gaps = without * s - events * (1 - s)
    signs = np.where((gaps @ in_bin) < 0, -1.0, 1.0) @ in_bin.T
    powers = (signs**k * (without * s**k + events * (s - 1) ** k) for k in (1, 2, 3))
    m = skew.moments(n, *(power.sum(axis=1) / n for power in powers))
    parts = _variances(s, without, events) @ in_bin
    z = (np.asarray(m.mean) - truth) * n - np.sqrt(2 / np.pi) * np.sqrt(parts).sum(axis=1)
    at_least = ndtr(-z / np.sqrt(parts.sum(axis=1)))
    return at_least, np.asarray(skew.p_below(m, 1.0, truth))
