"""Discrete Laplace noise against scipy's distribution, and cells against rows that are counted one by one."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import dlaplace

from assay.stats.released import Noise, cells_of


@pytest.mark.parametrize("epsilon", [0.1, 0.5, 1.0, 3.0, 20.0])
@pytest.mark.parametrize("sensitivity", [1, 3, 7])
@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.9875, 0.999])
def test_the_error_is_that_of_scipy(epsilon: float, sensitivity: int, confidence: float) -> None:
    noise = Noise(epsilon, sensitivity)
    law = dlaplace(epsilon / sensitivity)
    m = noise.within(confidence)
    assert law.cdf(m) - law.cdf(-m - 1) >= confidence - 1e-12
    assert m == 0 or law.cdf(m - 1) - law.cdf(-m) < confidence


def test_one_person_makes_no_outcome_more_likely_than_by_epsilon() -> None:
    """The definition, point by point, for the worst neighbour: one count differs by one in each of three groupings."""
    epsilon, sensitivity = 0.7, 3
    law = dlaplace(epsilon / sensitivity)
    k = np.arange(-200, 201)
    ratio = law.logpmf(k) - law.logpmf(k - 1)
    assert sensitivity * np.abs(ratio).max() <= epsilon + 1e-12


@pytest.mark.parametrize("seed", range(20))
def test_each_person_is_in_one_cell(seed: int) -> None:
    rng = np.random.default_rng(seed)
    label, decided = rng.integers(0, 2, (2, int(rng.integers(0, 50))))
    sums = len(label), int(label.sum()), int(decided.sum()), int((label == decided).sum())
    expected = tuple(int(((label == a) & (decided == b)).sum()) for a in (0, 1) for b in (0, 1))
    assert cells_of(*sums) == expected


def test_sums_that_no_rows_have_are_refused() -> None:
    for sums in ((3, 1, 1, 0), (1, 1, 1, 0), (2, 3, 0, 0)):
        with pytest.raises(ValueError, match="no rows have"):
            cells_of(*sums)


def test_noise_needs_an_epsilon_and_somebody() -> None:
    for epsilon, sensitivity in ((0.0, 1), (float("inf"), 1), (1.0, 0)):
        with pytest.raises(ValueError, match="epsilon"):
            Noise(epsilon, sensitivity)
