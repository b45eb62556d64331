"""The bound of a mean over folds: valid when the folds have nothing, and everything, to do with each other."""

import itertools
import math

import numpy as np
import pytest
from scipy.stats import binom, entropy

from assay.stats.cross_validation import divergence, mean_limits, p_mean_at_least, p_mean_at_most


@pytest.mark.parametrize(("x", "tau"), [(0.9, 0.8), (0.3, 0.7), (1.0, 0.5), (0.0, 0.5), (0.5, 0.5)])
def test_the_divergence_is_that_of_scipy(x, tau):
    assert divergence(x, tau) == pytest.approx(entropy([x, 1 - x], [tau, 1 - tau]), abs=1e-15)


def size(smallest, folds, tau, alpha, together):
    """P(reject "the mean is at most tau") at tau, by enumeration: folds that are one and the same, or independent."""
    if together:
        return sum(
            binom.pmf(x, smallest, tau)
            for x in range(smallest + 1)
            if p_mean_at_least(x / smallest, smallest, tau) <= alpha
        )
    return sum(
        math.prod(binom.pmf(x, smallest, tau) for x in counts)
        for counts in itertools.product(range(smallest + 1), repeat=folds)
        if p_mean_at_least(sum(counts) / folds / smallest, smallest, tau) <= alpha
    )


@pytest.mark.parametrize("alpha", [0.05, 0.2])
@pytest.mark.parametrize("tau", [0.1, 0.5, 0.8, 0.95])
@pytest.mark.parametrize(("smallest", "together"), [(400, True), (30, True), (12, False)])
def test_the_size_is_at_most_alpha_however_folds_depend(smallest, together, tau, alpha):
    assert size(smallest, 3, tau, alpha, together) <= alpha


@pytest.mark.parametrize(("low", "high"), [(0.6, 1.0), (0.7, 0.9), (0.75, 0.85)])
def test_the_size_is_at_most_alpha_when_the_folds_models_differ(low, high):
    """Two folds with other true rates, whose events are comonotone: the worst that a dependence can do to a sum."""
    draw, rows, tau = np.random.default_rng(5), 200, (low + high) / 2
    uniform = draw.random(20_000)
    first, second = binom.ppf(uniform, rows, low), binom.ppf(uniform, rows, high)
    rejected = [
        p_mean_at_least((a + b) / 2 / rows, rows, tau) <= 0.05 for a, b in zip(first, second, strict=True)
    ]
    assert np.mean(rejected) <= 0.05


def test_a_larger_fold_never_makes_the_bound_wrong():
    """A fold of 40 rows beside one of 10, enumerated with the rows of the smaller one."""
    tau, alpha = 0.7, 0.1
    found = sum(
        binom.pmf(a, 10, tau) * binom.pmf(b, 40, tau)
        for a in range(11)
        for b in range(41)
        if p_mean_at_least((a / 10 + b / 40) / 2, 10, tau) <= alpha
    )
    assert 0 < found <= alpha


@pytest.mark.parametrize("x", [0.0, 0.1, 0.5, 0.913, 1.0])
@pytest.mark.parametrize("smallest", [5, 1000])
def test_the_limits_are_where_the_p_values_cross_alpha(x, smallest):
    lower, upper = mean_limits(x, smallest, 0.05)
    assert lower <= x <= upper
    if x > 0:
        assert p_mean_at_least(x, smallest, lower) == pytest.approx(0.05, rel=1e-6)
    if x < 1:
        assert p_mean_at_most(x, smallest, upper) == pytest.approx(0.05, rel=1e-6)
    assert mean_limits(1 - x, smallest, 0.05) == pytest.approx((1 - upper, 1 - lower), abs=1e-12)


@pytest.mark.parametrize(("x", "smallest", "tau"), [(1.2, 5, 0.5), (0.5, 0, 0.5), (0.5, 5, -0.1)])
def test_what_is_no_rate_of_a_fold_is_refused(x, smallest, tau):
    with pytest.raises(ValueError, match=r"expected|at least"):
        p_mean_at_least(x, smallest, tau)


@pytest.mark.parametrize("alpha", [0.05, 0.2])
@pytest.mark.parametrize("weights", [(0.2, 0.3, 0.5), (0.5, 0.3, 0.2), (0.05, 0.9, 0.05), (0.5, 0.0, 0.5)])
@pytest.mark.parametrize("together", [True, False])
def test_the_size_for_losses_is_at_most_alpha_by_enumeration(weights, together, alpha):
    """Losses of 0, a half or 1 with these chances: all sums of a fold of ten, which is every fold or one of two."""
    smallest, tau = 10, weights[1] / 2 + weights[2]
    of_one = np.array(weights)
    law = np.array([1.0])
    for _ in range(smallest):
        law = np.convolve(law, of_one)  # of the sum in halves
    means = np.arange(len(law)) / 2 / smallest
    if not together:
        law, means = np.convolve(law, law), np.arange(2 * len(law) - 1) / 4 / smallest
    for rule in (p_mean_at_least, p_mean_at_most):
        size = sum(
            p for p, x in zip(law, means, strict=True) if rule(min(float(x), 1.0), smallest, tau) <= alpha
        )
        assert size <= alpha
