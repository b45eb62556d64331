"""Distances of distributions: scipy's values, a box that holds, and bounds that err seldom where the truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cityblock, euclidean
from scipy.stats import entropy

from assay.domain.evidence import Distance
from assay.stats.distances import distance_bound

P = np.array([0.1, 0.2, 0.4, 0.25, 0.05])
Q = np.array([0.12, 0.25, 0.33, 0.2, 0.1])


def oracle(p: np.ndarray, q: np.ndarray, distance: Distance) -> float:
    return {
        Distance.PSI: entropy(p, q) + entropy(q, p),
        Distance.TOTAL_VARIATION: cityblock(p, q) / 2,
        Distance.HELLINGER: euclidean(np.sqrt(p), np.sqrt(q)) / np.sqrt(2),
    }[distance]


@pytest.mark.parametrize("distance", Distance)
@pytest.mark.parametrize("seed", range(4))
def test_the_estimate_is_scipys(distance: Distance, seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.multinomial(500, P), rng.multinomial(800, Q)
    found = distance_bound(x, y, distance, 0.05)
    assert found.estimate == pytest.approx(oracle(x / 500, y / 800, distance), rel=1e-9)
    assert found.lower <= found.estimate <= found.upper


@pytest.mark.parametrize("distance", Distance)
@pytest.mark.parametrize(("m", "n"), [(200, 300), (5000, 2000)])
@pytest.mark.parametrize("q", [P, Q], ids=["alike", "moved"])
def test_bounds_err_with_at_most_alpha(distance: Distance, m: int, n: int, q: np.ndarray) -> None:
    rng = np.random.default_rng(3)
    truth, wrong = oracle(P, q, distance), np.zeros(2)
    for _ in range(500):
        found = distance_bound(rng.multinomial(m, P), rng.multinomial(n, q), distance, 0.20)
        wrong += found.upper < truth - 1e-12, found.lower > truth + 1e-12
    assert (wrong / 500).max() <= 0.20


def test_nothing_in_the_box_is_further_apart_than_the_bound() -> None:
    """Thousands of pairs of shares in the limits: none has a larger distance than the corners."""
    from assay.stats.rates import lower_limit, upper_limit

    x, y = np.array([30, 50, 20]), np.array([40, 120, 40])
    each, rng = 0.05 / 6, np.random.default_rng(1)
    for distance in Distance:
        bound = distance_bound(x, y, distance, 0.05)
        for _ in range(2000):
            p, q = (rng.uniform(lower_limit(c, c.sum(), each), upper_limit(c, c.sum(), each)) for c in (x, y))
            value = {
                Distance.PSI: float(((p - q) * np.log(p / q)).sum()),
                Distance.TOTAL_VARIATION: float(np.abs(p - q).sum() / 2),
                Distance.HELLINGER: float((((np.sqrt(p) - np.sqrt(q)) ** 2).sum() / 2) ** 0.5),
            }[distance]
            assert bound.lower - 1e-12 <= value <= bound.upper + 1e-12


def test_a_bin_that_may_be_empty_has_no_upper_psi_and_other_distances_have_one() -> None:
    x, y = (10, 90, 0), (20, 75, 5)
    assert distance_bound(x, y, Distance.PSI, 0.05).upper == np.inf
    assert distance_bound(x, y, Distance.TOTAL_VARIATION, 0.05).upper < 1
    assert distance_bound(x, y, Distance.HELLINGER, 0.05).upper < 1


def test_ten_thousand_rows_in_ten_equal_bins_support_a_small_index() -> None:
    even = np.full(10, 1000)
    assert distance_bound(even, even, Distance.PSI, 0.05).upper == pytest.approx(0.0287, abs=0.0005)
