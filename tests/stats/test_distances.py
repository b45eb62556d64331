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


def oracle_of(p: np.ndarray, q: np.ndarray, distance: Distance) -> float:
    """The same of shares that need not sum to 1."""
    return {
        Distance.PSI: float(((p - q) * np.log(np.where(p == q, 1, p) / np.where(p == q, 1, q))).sum()),
        Distance.TOTAL_VARIATION: cityblock(p, q) / 2,
        Distance.HELLINGER: euclidean(np.sqrt(p), np.sqrt(q)) / np.sqrt(2),
    }[distance]


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


def test_a_bin_without_rows_has_a_limit_that_is_its_shares_could_be() -> None:
    """Nobody of 20,000 and of 1,000: at most so many as Clopper and Pearson say, against the smallest share that counts."""
    from scipy.stats import beta

    found = distance_bound((20_000, 0), (1_000, 0), Distance.PSI, 0.05)
    high_p, high_q = (beta.ppf(1 - 0.05 / 4, 1, n) for n in (20_000, 1_000))
    rest = [-h * np.log(1 - h) for h in (high_p, high_q)]
    empty = [(h - 1e-4) * np.log(h / 1e-4) for h in (high_p, high_q)]
    assert found.estimate == 0
    assert found.upper == pytest.approx(max(empty) + max(rest), rel=1e-9)
    assert distance_bound((10, 90, 0), (20, 75, 5), Distance.PSI, 0.05).upper < np.inf


@pytest.mark.parametrize("distance", Distance)
@pytest.mark.parametrize(
    ("p", "q", "m", "n"),
    [
        ((1 - 1e-6, 1e-6, 0), (1 - 0.001, 0.001, 0), 20_000, 1_000),
        ((0.5, 0.5 - 1e-6, 1e-6, 0), (0.5, 0.4995, 0.0005, 0), 200_000, 1_000),
        ((0.9999, 0.0001, 0), (0.995, 0.005, 0), 1_000, 300),
    ],
)
def test_bins_that_samples_often_leave_empty_pass_wrongly_no_more_often_than_stated(distance, p, q, m, n):
    rng = np.random.default_rng(7)
    smallest = 1e-4 if distance is Distance.PSI else 0
    truth = oracle_of(np.maximum(p, smallest), np.maximum(q, smallest), distance)
    wrong = sum(
        distance_bound(rng.multinomial(m, p), rng.multinomial(n, q), distance, 0.05).upper < truth
        for _ in range(1000)
    )
    assert wrong <= 50


def test_ten_thousand_rows_in_ten_equal_bins_support_a_small_index() -> None:
    even = np.full(10, 1000)
    assert distance_bound(even, even, Distance.PSI, 0.05).upper == pytest.approx(0.0287, abs=0.0005)
