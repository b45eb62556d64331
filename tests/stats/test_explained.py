"""R2 between limits: rounding to the worse side, limits and p-values of one rule, and no rule where there is nothing to explain."""

import numpy as np
import pytest
from sklearn.metrics import r2_score

from assay.stats.explained import Fitted, explained_bound, explained_p
from assay.stats.histogram import Undefined


def fitted(n: int, noise: float, *, steps: int = 0, seed: int = 0) -> tuple[Fitted, float]:
    """Rows on a grid of so many steps, or exact; and scikit-learn's R2 of them."""
    rng = np.random.default_rng(seed)
    truth = np.clip(rng.normal(0.5, 0.15, n), 0, 1)
    said = np.clip(truth + rng.normal(0, noise, n), 0, 1)
    error, one = np.abs(said - truth), np.ones(n, dtype=np.int64)
    if not steps:
        return Fitted(truth, 0.0, error, error, one), r2_score(truth, said)
    up = np.ceil(error * steps)
    return Fitted(
        np.rint(truth * steps) / steps, 1 / steps, up / steps, np.maximum(up - 1, 0) / steps, one
    ), r2_score(truth, said)


@pytest.mark.parametrize("noise", [0.05, 0.15, 0.3])
def test_it_is_that_of_scikit_learn_and_a_grid_only_widens_the_limits(noise: float):
    (exact, oracle), (kept, _) = fitted(800, noise), fitted(800, noise, steps=300)
    assert exact.estimate == pytest.approx(oracle, abs=1e-12)
    assert kept.estimate == pytest.approx(oracle, abs=0.01)
    narrow, wide = explained_bound(exact, 0.05), explained_bound(kept, 0.05)
    assert wide.lower < narrow.lower < oracle < narrow.upper < wide.upper
    assert wide.upper - wide.lower < 1.3 * (narrow.upper - narrow.lower)


@pytest.mark.parametrize("alpha", [0.01, 0.05, 0.2])
def test_p_values_are_the_levels_at_which_a_limit_meets_the_threshold(alpha: float):
    kept, _ = fitted(400, 0.1, steps=300)
    bound = explained_bound(kept, alpha)
    assert explained_p(kept, bound.lower)[0] == pytest.approx(alpha, rel=1e-4)
    assert explained_p(kept, bound.upper)[1] == pytest.approx(alpha, rel=1e-4)


def test_the_limits_are_about_those_of_the_bootstrap():
    exact, _ = fitted(2000, 0.1)
    rng, found = np.random.default_rng(1), []
    for _ in range(400):
        at = rng.integers(0, 2000, 2000)
        found.append(Fitted(exact.outcome[at], 0.0, exact.upper[at], exact.upper[at], exact.rows).estimate)
    bound = explained_bound(exact, 0.05)
    low, high = np.quantile(found, (0.05, 0.95))
    assert bound.lower == pytest.approx(low, abs=0.05)  # one row more that is off by all of the range
    assert bound.lower < low
    assert high - 0.002 < bound.upper < high + 0.03


def test_a_constant_prediction_shows_nothing_above_0():
    truth = np.random.default_rng(3).random(3000)
    error = np.abs(truth - 0.5)
    bound = explained_bound(Fitted(truth, 0.0, error, error, np.ones(3000, dtype=np.int64)), 0.05)
    assert bound.lower < 0 <= bound.estimate + 0.01


@pytest.mark.parametrize(
    ("truth", "reason"),
    [
        (np.full(500, 0.4), "zero_denominator"),
        (np.linspace(0, 1, 99), "too_few_rows_for_method"),
        (np.empty(0), "no_rows"),
    ],
)
def test_where_there_is_nothing_to_explain_there_is_none(truth: np.ndarray, reason: str):
    error = np.full(len(truth), 0.1)
    with pytest.raises(Undefined) as refused:
        explained_bound(Fitted(truth, 0.0, error, error, np.ones(len(truth), dtype=np.int64)), 0.05)
    assert refused.value.reason == reason
