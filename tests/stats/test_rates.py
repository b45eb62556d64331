"""Clopper-Pearson limits and tails: exact at the edges, monotone, never wrong more often than alpha."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest

from assay.stats.bound import Bound
from assay.stats.rates import lower_limit, p_at_least, p_at_most, rate_bound, upper_limit

ALPHAS = st.floats(1e-4, 0.5)


@st.composite
def counts(draw, most=400):
    n = draw(st.integers(1, most))
    return draw(st.integers(0, n)), n


@given(counts(), ALPHAS)
def test_limits_agree_with_scipy(xn, alpha):
    x, n = xn
    above = binomtest(x, n, alternative="greater").proportion_ci(1 - alpha, method="exact").low
    below = binomtest(x, n, alternative="less").proportion_ci(1 - alpha, method="exact").high
    assert lower_limit(x, n, alpha) == pytest.approx(above, abs=1e-10)
    assert upper_limit(x, n, alpha) == pytest.approx(below, abs=1e-10)


def test_limits_agree_with_statsmodels():
    proportion = pytest.importorskip("statsmodels.stats.proportion")
    for x, n in ((0, 5), (3, 10), (10, 10), (270, 300), (1, 5000)):
        low, high = proportion.proportion_confint(x, n, alpha=0.1, method="beta")
        assert lower_limit(x, n, 0.05) == pytest.approx(low, abs=1e-12)
        assert upper_limit(x, n, 0.05) == pytest.approx(high, abs=1e-12)


@given(counts(), ALPHAS)
def test_edges_are_closed_forms_and_limits_enclose(xn, alpha):
    x, n = xn
    assert lower_limit(0, n, alpha) == 0
    assert upper_limit(n, n, alpha) == 1
    assert lower_limit(n, n, alpha) == pytest.approx(alpha ** (1 / n), abs=1e-12)
    assert upper_limit(0, n, alpha) == pytest.approx(1 - alpha ** (1 / n), abs=1e-12)
    assert lower_limit(x, n, alpha) <= x / n <= upper_limit(x, n, alpha)


@given(st.integers(1, 400), ALPHAS, ALPHAS)
def test_limits_rise_with_x_and_nest_with_alpha(n, one, two):
    x = np.arange(n + 1)
    assert np.all(np.diff(lower_limit(x, n, one)) > 0)
    assert np.all(np.diff(upper_limit(x, n, one)) > 0)
    loose, tight = max(one, two), min(one, two)
    assert np.all(lower_limit(x, n, tight) <= lower_limit(x, n, loose))
    assert np.all(upper_limit(x, n, tight) >= upper_limit(x, n, loose))


@given(counts(), ALPHAS)
def test_complement_symmetry(xn, alpha):
    x, n = xn
    assert upper_limit(x, n, alpha) == pytest.approx(1 - lower_limit(n - x, n, alpha), abs=1e-15)
    tau = 0.37
    assert p_at_most(x, n, tau) == pytest.approx(p_at_least(n - x, n, 1 - tau), abs=1e-14)


@given(counts(), st.floats(0, 1))
def test_tails_agree_with_scipy(xn, tau):
    x, n = xn
    assert p_at_least(x, n, tau) == pytest.approx(binom.sf(x - 1, n, tau), abs=1e-12)
    assert p_at_most(x, n, tau) == pytest.approx(binom.cdf(x, n, tau), abs=1e-12)


@given(counts(), st.floats(0.01, 0.99), ALPHAS)
def test_the_verdict_by_tail_is_the_verdict_by_limit(xn, tau, alpha):
    x, n = xn
    p, limit = float(p_at_least(x, n, tau)), float(lower_limit(x, n, alpha))
    if abs(p - alpha) > 1e-9 and abs(limit - tau) > 1e-9:
        assert (p <= alpha) == (limit >= tau)


def test_true_size_never_exceeds_alpha():
    for n in (1, 7, 40, 300):
        tau = np.linspace(0, 1, 501)[:, None]
        x = np.arange(n + 1)
        passes = p_at_least(x, n, tau) <= 0.05
        assert (binom.pmf(x, n, tau) * passes).sum(axis=1).max() <= 0.05 + 1e-12


def test_edge_taus():
    assert p_at_least(0, 10, 0.0) == 1
    assert p_at_least(1, 10, 0.0) == 0
    assert p_at_least(10, 10, 1.0) == 1
    assert p_at_most(10, 10, 1.0) == 1
    assert p_at_most(9, 10, 1.0) == 0


def test_arrays_broadcast():
    assert lower_limit(np.arange(3)[:, None], np.array([5, 6]), 0.05).shape == (3, 2)


def test_what_300_rows_support():
    assert lower_limit(270, 300, 0.05) == pytest.approx(0.867, abs=5e-4)
    assert lower_limit(270, 300, 0.20) == pytest.approx(0.883, abs=5e-4)


@pytest.mark.parametrize(
    ("x", "n", "says"),
    [(0, 0, "at least one row"), (-1, 5, "0 <= x <= n"), (6, 5, "0 <= x <= n"), (1.5, 5, "whole counts")],
)
def test_impossible_counts_are_refused(x, n, says):
    with pytest.raises(ValueError, match=says):
        lower_limit(x, n, 0.05)
    with pytest.raises(ValueError, match=says):
        p_at_least(x, n, 0.5)


@pytest.mark.parametrize("alpha", [0.0, 1.0, -0.1, float("nan")])
def test_impossible_levels_are_refused(alpha):
    with pytest.raises(ValueError, match="level alpha"):
        lower_limit(1, 2, alpha)


@pytest.mark.parametrize("tau", [-0.1, 1.1, float("nan")])
def test_impossible_rates_are_refused(tau):
    with pytest.raises(ValueError, match="between 0 and 1"):
        p_at_most(1, 2, tau)


def test_a_bound_is_an_estimate_between_its_limits():
    bound = rate_bound(9, 10, 0.05)
    assert bound.lower < bound.estimate < bound.upper
    assert bound.grade == "A"
    with pytest.raises(ValueError, match="lower <= upper"):
        Bound(0.5, 0.6, 0.4, "x", "A")
    with pytest.raises(ValueError, match="grade"):
        Bound(0.5, 0.4, 0.6, "x", "D")
    with pytest.raises(ValueError, match="at least one row"):
        rate_bound(0, 0, 0.05)
