"""Populations of weighted and of clustered rows with known true rates."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, ndtri

from assay.stats.clustered import clustered_bound
from assay.stats.weighted import WeightedCount, weighted_bound
from guarantee.boundary import Design, Limits
from guarantee.ladders import LADDERS

Floats = NDArray[np.float64]
QUANTILES = ndtri((np.arange(2000) + 0.5) / 2000)
RATES = (0.02, 0.1, 0.5, 0.9, 0.98)


def weighted_designs() -> Iterator[Design]:
    """Lognormal weights, independent of the outcome or going with it; upper limits, both ends by symmetry of RATES."""
    for n, sd in ((100, 0.0), (100, 0.5), (200, 1.0), (1000, 0.5), (1000, 1.0), (1000, 1.5)):
        weights = np.exp(sd * QUANTILES)
        for link in (0.0, 0.5, -0.5) if sd else (0.0,):
            for rate in RATES:
                chance = expit(np.log(rate / (1 - rate)) + link * QUANTILES)
                yield Design(
                    rule="weighted",
                    shape=f"lognormal weights, sd {sd}, outcome slope {link}, rate {rate}",
                    rows=str(n),
                    size=int(max(n / np.exp(sd**2), 50)),
                    truth=float(weights @ chance / weights.sum()),
                    side="at_most",
                    draw=partial(_draw_weighted, weights, chance, n),
                )

    for n in (300, 1000):
        for shape, ladder in LADDERS.items():
            # heavy rows are events: the weight of a row grows with its loss, up to tenfold, which is known
            values, mass = ladder.at(n)
            weights, chance = 1 + 9 * values, (values > values[0]).astype(np.float64)
            for side, events in (("heavy rows are events", chance), ("heavy rows are none", 1 - chance)):
                yield Design(
                    rule="weighted",
                    shape=f"{shape}, {side}",
                    rows=str(n),
                    size=max(int((mass @ weights) ** 2 / (mass @ weights**2) * n), 50),
                    truth=float((mass * weights) @ events / (mass @ weights)),
                    side="at_most",
                    draw=partial(_draw_weights, weights, events, mass, n),
                )


def _draw_weights(weights: Floats, events: Floats, mass: Floats, n: int, rng: np.random.Generator) -> Limits:
    rows = rng.multinomial(n, mass)
    drawn = np.repeat(weights, rows), np.repeat(events, rows)
    return partial(weighted_bound, WeightedCount.of_rows(*drawn, heaviest=10.0))


def _draw_weighted(weights: Floats, chance: Floats, n: int, rng: np.random.Generator) -> Limits:
    kind = rng.integers(weights.size, size=n)
    return partial(weighted_bound, WeightedCount.of_rows(weights[kind], rng.random(n) < chance[kind]))


def clustered_designs() -> Iterator[Design]:
    """Beta-binomial clusters: equal sizes, lognormal sizes, and sizes that go with the rate."""
    for clusters in (50, 75, 100, 300):
        for kind in ("equal", "lognormal", "informative"):
            for icc in (0.02, 0.1, 0.3, 0.7):
                for rate in (0.05, 0.2, 0.5, 0.8, 0.95):
                    yield Design(
                        rule="clustered",
                        shape=f"{kind} sizes, ICC {icc}, rate {rate}",
                        rows=f"{clusters} clusters",
                        size=clusters if kind == "equal" else round(SHARE * clusters),
                        truth=_truth(kind, rate),
                        side="at_most",
                        draw=partial(_draw_clustered, clusters, kind, icc, rate),
                    )
    yield from clustered_ladder_designs()


def clustered_ladder_designs() -> Iterator[Design]:
    """Clusters of twenty rows: in most hardly any is an event, in a few some, and in fewer all of them."""
    for clusters in (50, 100, 300):
        for shape, ladder in LADDERS.items():
            values, mass = ladder.at(clusters)
            events = np.rint(20 * values)
            for side, x in (("", events), (", mirrored", 20 - events)):
                yield Design(
                    rule="clustered",
                    shape=f"{shape}{side}",
                    rows=f"{clusters} clusters",
                    size=clusters,
                    truth=float(x @ mass) / 20,
                    side="at_most",
                    draw=partial(_draw_ladder, x, mass, clusters),
                )


def _draw_ladder(events: Floats, mass: Floats, clusters: int, rng: np.random.Generator) -> Limits:
    drawn = np.repeat(events, rng.multinomial(clusters, mass))
    return partial(clustered_bound, drawn, np.full(clusters, 20))


SIZE_QUANTILES = 1 + np.round(9 * np.exp(0.7 * QUANTILES))
SHARE = float(SIZE_QUANTILES.mean() ** 2 / (SIZE_QUANTILES**2).mean())
_TILT = 0.5 * QUANTILES


def _chances(kind: str, rate: float) -> Floats:
    tilt = _TILT if kind == "informative" else 0.0
    chances: Floats = expit(np.log(rate / (1 - rate)) + tilt + np.zeros_like(QUANTILES))
    return chances


def _truth(kind: str, rate: float) -> float:
    if kind == "equal":
        return rate
    return float(SIZE_QUANTILES @ _chances(kind, rate) / SIZE_QUANTILES.sum())


def _draw_clustered(clusters: int, kind: str, icc: float, rate: float, rng: np.random.Generator) -> Limits:
    at = rng.integers(QUANTILES.size, size=clusters)
    rows = np.full(clusters, 10) if kind == "equal" else SIZE_QUANTILES[at].astype(np.int64)
    mean = _chances(kind, rate)[at]
    own = rng.beta(mean * (1 - icc) / icc, (1 - mean) * (1 - icc) / icc)
    return partial(clustered_bound, rng.binomial(rows, own), rows)
