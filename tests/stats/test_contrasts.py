"""MOVER-CP limits of two groups and the levels that invert them."""

import time
from math import sqrt

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import binom

from assay.stats.contrasts import (
    contrast_limits,
    difference_limits,
    p_box_at_least,
    p_box_at_most,
    p_contrast_at_least,
    p_contrast_at_most,
    ratio_limits,
)
from assay.stats.exact_p import p_exact_at_least, p_exact_at_most
from assay.stats.rates import lower_limit, upper_limit

ALPHAS = st.floats(1e-3, 0.5)


@st.composite
def tables(draw, most=300):
    n1, n2 = draw(st.integers(1, most)), draw(st.integers(1, most))
    return draw(st.integers(0, n1)), n1, draw(st.integers(0, n2)), n2


RATIOS = st.sampled_from([1.0, 0.8, 1.25, 0.5])
MARGINS = st.integers(-500, 500).map(lambda thousandths: thousandths / 1000)


@given(tables(), RATIOS, ALPHAS)
def test_the_formula_of_the_limits(t, r, alpha):
    x1, n1, x2, n2 = t
    p1, p2 = x1 / n1, x2 / n2
    l1, u2 = lower_limit(x1, n1, alpha), upper_limit(x2, n2, alpha)
    found = contrast_limits(*t, ratio=r, alpha=alpha)
    assert found.lower == pytest.approx(p1 - r * p2 - sqrt((p1 - l1) ** 2 + r**2 * (u2 - p2) ** 2), abs=1e-14)
    assert found.lower <= found.estimate <= found.upper


@given(tables(), RATIOS, MARGINS, ALPHAS)
def test_levels_invert_limits(t, r, m, alpha):
    limits = contrast_limits(*t, ratio=r, alpha=alpha)
    assume(min(abs(limits.lower - m), abs(limits.upper - m)) > 1e-10)
    assert (p_contrast_at_least(*t, ratio=r, margin=m) <= alpha) == (limits.lower >= m)
    assert (p_contrast_at_most(*t, ratio=r, margin=m) <= alpha) == (limits.upper <= m)


@given(tables(), RATIOS, st.floats(1e-3, 0.49))
def test_a_level_is_found_to_eleven_digits(t, r, alpha):
    assume(t[0] > 0 and t[2] < t[3])  # otherwise a limit does not depend on the level
    margin = contrast_limits(*t, ratio=r, alpha=alpha).lower
    assert p_contrast_at_least(*t, ratio=r, margin=margin) == pytest.approx(alpha, abs=1e-11)


@given(tables(), RATIOS, MARGINS, ALPHAS)
def test_the_box_is_the_corner_and_lies_inside_mover_at_half_the_level(t, r, m, alpha):
    x1, n1, x2, n2 = t
    corner = lower_limit(x1, n1, alpha / 2) - r * upper_limit(x2, n2, alpha / 2)
    other = upper_limit(x1, n1, alpha / 2) - r * lower_limit(x2, n2, alpha / 2)
    assume(min(abs(corner - m), abs(other - m)) > 1e-10)
    box = p_box_at_least(*t, ratio=r, margin=m)
    assert (box <= alpha) == (corner >= m)
    assert (p_box_at_most(*t, ratio=r, margin=m) <= alpha) == (other <= m)
    if box <= 1 - 1e-9:
        assert p_contrast_at_least(*t, ratio=r, margin=m) <= box / 2 + 1e-12


@given(tables(), RATIOS, ALPHAS)
def test_ratio_limits_are_where_the_contrast_limits_cross_zero(t, r, alpha):
    limits = ratio_limits(*t, alpha=alpha)
    contrast = contrast_limits(*t, ratio=r, alpha=alpha)
    if abs(contrast.lower) > 1e-12:
        assert (limits.lower >= r) == (contrast.lower >= 0)
    if abs(contrast.upper) > 1e-12:
        assert (limits.upper <= r) == (contrast.upper <= 0)


@given(tables(), MARGINS)
def test_complement_and_swap_are_symmetries_of_a_difference(t, m):
    x1, n1, x2, n2 = t
    level = p_contrast_at_least(*t, ratio=1.0, margin=m)
    swapped = p_contrast_at_least(n2 - x2, n2, n1 - x1, n1, ratio=1.0, margin=m)
    assert level == pytest.approx(float(swapped), abs=1e-11)
    mirrored = p_contrast_at_most(x2, n2, x1, n1, ratio=1.0, margin=-m)
    assert level == pytest.approx(float(mirrored), abs=1e-11)


@given(tables(), RATIOS, MARGINS)
def test_levels_are_monotone_in_counts_and_margin(t, r, m):
    x1, n1, x2, n2 = t
    for rule in (p_contrast_at_least, p_box_at_least):
        along1 = rule(np.arange(n1 + 1), n1, x2, n2, ratio=r, margin=m)
        along2 = rule(x1, n1, np.arange(n2 + 1), n2, ratio=r, margin=m)
        strict = rule(x1, n1, x2, n2, ratio=r, margin=np.array([m - 0.05, m, m + 0.05]))
        assert np.all(np.diff(along1) <= 1e-12)
        assert np.all(np.diff(along2) >= -1e-12)
        assert np.all(np.diff(strict) >= -1e-12)


@given(tables(), ALPHAS, ALPHAS)
def test_limits_nest(t, one, two):
    loose, tight = max(one, two), min(one, two)
    wide, narrow = difference_limits(*t, alpha=tight), difference_limits(*t, alpha=loose)
    assert wide.lower <= narrow.lower + 1e-12
    assert wide.upper >= narrow.upper - 1e-12


def test_edges():
    assert p_contrast_at_least(0, 10, 0, 10, ratio=1.0, margin=-1.0) == pytest.approx(0, abs=1e-12)
    assert p_contrast_at_least(10, 10, 0, 10, ratio=1.0, margin=1.0) > 0.5
    assert p_contrast_at_least(5, 10, 5, 10, ratio=1.0, margin=0.0) == 1
    assert ratio_limits(0, 10, 5, 10, alpha=0.05).lower == 0
    assert ratio_limits(5, 10, 0, 10, alpha=0.05).upper == np.inf
    assert ratio_limits(5, 10, 0, 10, alpha=0.05).estimate == np.inf
    assert np.isnan(ratio_limits(0, 10, 0, 10, alpha=0.05).estimate)
    both_zero = ratio_limits(0, 10, 0, 10, alpha=0.05)
    assert (both_zero.lower, both_zero.upper) == (0, np.inf)


def test_a_level_at_x1_zero_is_a_single_tail():
    # l1 stays 0, so the level is P(X2 <= x2 | p2 + D) with D = -m - p2.
    level = p_contrast_at_least(0, 50, 3, 40, ratio=1.0, margin=-0.2)
    assert level == pytest.approx(binom.cdf(3, 40, 0.2), abs=1e-12)


def test_all_pairs_of_320_groups_take_less_than_two_seconds():
    rng = np.random.default_rng(1)
    n = rng.integers(20, 5000, 320)
    x = rng.binomial(n, 0.8)
    i, j = np.nonzero(~np.eye(320, dtype=bool))
    start = time.process_time()
    level = p_contrast_at_least(x[i], n[i], x[j], n[j], ratio=1.0, margin=-0.1)
    box = p_box_at_least(x[i], n[i], x[j], n[j], ratio=1.0, margin=-0.1)
    assert time.process_time() - start < 4
    assert level.shape == box.shape == (102_080,)


@pytest.mark.parametrize(("n1", "n2"), [(1, 1), (2, 3), (9, 14)])
@pytest.mark.parametrize(("ratio", "margin"), [(1.0, -0.1), (1.0, -0.45), (1.0, 0.2), (0.8, 0.0)])
def test_exact_p_values_are_valid_at_every_level(ratio, margin, n1, n2):
    x1, x2 = np.meshgrid(np.arange(n1 + 1), np.arange(n2 + 1), indexing="ij")
    for rule, mirrored in ((p_exact_at_least, False), (p_exact_at_most, True)):
        p = np.array(
            [[rule(a, n1, b, n2, ratio=ratio, margin=margin) for b in range(n2 + 1)] for a in range(n1 + 1)]
        )
        for p2 in np.linspace(0, 1, 41):
            p1 = margin + ratio * p2
            if not 0 <= p1 <= 1:
                continue
            mass = binom.pmf(x1, n1, p1) * binom.pmf(x2, n2, p2)
            for level in np.unique(p[p < 0.6]):
                assert mass[p <= level].sum() <= level + 1e-9, (mirrored, p2, level)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: p_contrast_at_least(1, 0, 1, 2, ratio=1.0, margin=0.0), "n = 0"),
        (lambda: p_contrast_at_least(3, 2, 1, 2, ratio=1.0, margin=0.0), "0 <= x <= n"),
        (lambda: p_box_at_most(1, 2, 1, 2, ratio=0.0, margin=0.0), "positive ratio"),
        (lambda: difference_limits(1, 2, 1, 2, alpha=0.6), "level alpha"),
        (lambda: difference_limits(1, 0, 1, 2, alpha=0.05), "at least one row"),
    ],
)
def test_refusals(call, says):
    with pytest.raises(ValueError, match=says):
        call()
