"""Paired cells: limits by the formula, exact p-values valid by brute force, and the audit never below the truth."""

import time
from math import sqrt

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import multinomial

from assay.stats import paired, paired_size
from assay.stats.paired import (
    nominal_paired_p_at_most,
    paired_bound,
    paired_box_limits,
    paired_box_p_at_most,
    paired_limits,
    paired_p_at_least,
    paired_p_at_most,
)
from assay.stats.paired_size import audited_paired_level, paired_region
from assay.stats.rates import lower_limit, upper_limit

DROPS = st.integers(-30, 30).map(lambda hundredths: hundredths / 100)


@st.composite
def cells(draw, most=200):
    n = draw(st.integers(1, most))
    b = draw(st.integers(0, n))
    return b, draw(st.integers(0, n - b)), n


def tables(n):
    """All (b, c) with b + c <= n."""
    b, c = (v.ravel() for v in np.meshgrid(np.arange(n + 1), np.arange(n + 1), indexing="ij"))
    possible = b + c <= n
    return b[possible], c[possible]


def sizes_by_enumeration(n, passes, tau, points):
    """P(passes) along the boundary p_b - p_c = tau, summed over every table by scipy.stats."""
    b, c = tables(n)
    for better in np.linspace(max(0, -tau), (1 - tau) / 2, points):
        shares = np.clip([better + tau, better, 1 - tau - 2 * better], 0, 1)
        yield multinomial.pmf(np.stack([b, c, n - b - c], axis=1), n, shares / shares.sum())[passes].sum()


@given(cells(), st.floats(1e-3, 0.5))
def test_the_formula_of_the_limits(t, alpha):
    b, c, n = t
    pb, pc = b / n, c / n
    rho = -sqrt(pb * pc / ((1 - pb) * (1 - pc))) if pb * pc else 0.0
    up, down = upper_limit(b, n, alpha) - pb, pc - lower_limit(c, n, alpha)
    expected = pb - pc + sqrt(up**2 + down**2 - 2 * rho * up * down)
    estimate, lower, upper = paired_limits(b, c, n, alpha)
    assert upper == pytest.approx(expected, abs=1e-12)
    assert lower <= estimate <= upper
    assert lower == pytest.approx(-paired_limits(c, b, n, alpha)[2], abs=1e-14)
    _, box_low, box_high = paired_box_limits(b, c, n, alpha)
    assert box_low <= paired_limits(b, c, n, alpha / 2)[1] + 1e-12
    assert box_high >= paired_limits(b, c, n, alpha / 2)[2] - 1e-12


@given(cells(), DROPS, st.floats(1e-3, 0.5))
def test_levels_invert_limits(t, tau, alpha):
    upper, box = paired_limits(*t, alpha)[2], paired_box_limits(*t, alpha)[2]
    assume(min(abs(upper - tau), abs(box - tau)) > 1e-10)
    assert (nominal_paired_p_at_most(*t, tau) <= alpha) == (upper <= tau)
    assert (paired_box_p_at_most(*t, tau) <= alpha) == (box <= tau)


@given(st.integers(1, 40), DROPS, st.sampled_from([0.02, 0.05, 0.2]))
@settings(max_examples=40)
def test_the_region_is_the_rule_and_monotone(n, tau, level):
    region = paired_region(n, margin=-tau, level=level)
    b, c = tables(n)
    nominal = np.array([nominal_paired_p_at_most(int(i), int(j), n, tau) for i, j in zip(b, c, strict=True)])
    inside = b <= region.last[c]
    far_from_ties = np.abs(nominal - level) > 1e-7
    assert np.array_equal((nominal <= level)[far_from_ties], inside[far_from_ties])
    assert region.monotone


@given(st.integers(1, 25), DROPS, st.sampled_from([0.05, 0.2]))
@settings(max_examples=30)
def test_a_grid_never_exceeds_the_rigorous_bound(n, tau, level):
    region = paired_region(n, margin=-tau, level=level)
    b, c = tables(n)
    grid = max(sizes_by_enumeration(n, b <= region.last[c], tau, 101))
    found = region.size(-tau)
    assert grid <= found.bound
    assert found.bound <= grid + 2e-3


@pytest.mark.parametrize(("n", "tau"), [(1, 0.42), (3, 0.45), (12, 0.1), (12, -0.1), (20, 0.0), (17, 0.25)])
def test_exact_p_values_are_valid_at_every_level(n, tau):
    b, c = tables(n)
    pairs = list(zip(b.tolist(), c.tolist(), strict=True))
    for rule, line in ((paired_p_at_most, tau), (paired_p_at_least, tau)):
        p = np.array([rule(i, j, n, tau) for i, j in pairs])
        for level in (0.01, 0.05, 0.1, 0.25):
            assert max(sizes_by_enumeration(n, p <= level, line, 81)) <= level


@pytest.mark.parametrize("p_value", [paired_p_at_most, paired_box_p_at_most])
def test_inside_h0_nothing_is_worse_than_the_boundary(p_value):
    n, tau = 15, 0.1
    b, c = tables(n)
    passes = np.array([p_value(int(i), int(j), n, tau) for i, j in zip(b, c, strict=True)]) <= 0.1
    cells_of = np.stack([b, c, n - b - c], axis=1)
    for worse in np.linspace(0, 1, 26):
        for better in np.linspace(0, 1 - worse, 12):
            if worse - better > tau:
                shares = np.clip([worse, better, 1 - worse - better], 0, 1)
                assert multinomial.pmf(cells_of, n, shares / shares.sum())[passes].sum() <= 0.1


def test_the_audited_level_at_a_thousand_rows():
    """methods.md section 4 gives size .0485 at n = 1000 by a grid; the rigorous bound is near and below .05."""
    audit = audited_paired_level(1000, margin=-0.02, alpha=0.05)
    assert 0.048 < audit.size_bound <= 0.05
    assert audit.monotone
    assert not audit.fallback


@given(st.integers(2, 60), DROPS)
@settings(max_examples=30)
def test_audited_levels_keep_alpha(n, tau):
    audit = audited_paired_level(n, margin=-tau, alpha=0.05)
    assert audit.size_bound <= 0.05
    assert 0.025 <= audit.level <= 0.05


def test_the_exact_p_value_is_far_more_powerful_than_the_box():
    assert paired_p_at_most(55, 45, 1000, 0.03) < 0.03
    assert paired_box_p_at_most(55, 45, 1000, 0.03) > 0.15


@pytest.mark.parametrize(
    "t", [(55, 45, 1000), (3, 9, 120), (0, 0, 50), (20, 0, 20), (0, 1, 1), (1, 0, 1), (4, 4, 9)]
)
def test_the_bound_is_what_the_verdict_supports(t):
    bound = paired_bound(*t, 0.05)
    assert bound.grade == "A"
    assert bound.lower <= bound.estimate <= bound.upper
    _, box_low, box_high = paired_box_limits(*t, 0.05)
    assert box_low - 1e-9 <= bound.lower
    assert bound.upper <= box_high + 1e-9
    if bound.upper < 1 - 1e-9:
        assert paired_p_at_most(*t, bound.upper) <= 0.05
        assert t[2] < 50 or paired_p_at_most(*t, bound.upper - 0.02) > 0.05
    if bound.lower > -1 + 1e-9:
        assert paired_p_at_least(*t, bound.lower) <= 0.05


def test_one_row_shows_nothing_although_its_nominal_limit_claims_much():
    """At n = 1 the nominal limit of (0, 1) has true size .32, and .29 at nominal level 0; the exact one knows."""
    assert paired_limits(0, 1, 1, 0.05)[2] < 0.35
    assert nominal_paired_p_at_most(0, 1, 1, 0.42) == 0
    assert paired_p_at_most(0, 1, 1, 0.42) == pytest.approx(0.29, abs=1e-3)
    assert paired_bound(0, 1, 1, 0.05).upper > 0.85


def test_edges():
    assert paired_p_at_most(0, 0, 10, 1.0) == pytest.approx(0, abs=1e-6)
    assert paired_p_at_most(5, 5, 10, 0.0) == 1
    assert paired_p_at_most(10, 0, 10, 0.5) == 1
    assert paired_p_at_least(10, 0, 10, 0.5) == pytest.approx(0.75**10, abs=1e-4)  # the boundary at p_b = .75
    # no change in n rows: the limit of the drop is that of one share at u_b, since l_c is 0
    assert paired_limits(0, 0, 50, 0.05)[2] == pytest.approx(1 - 0.05 ** (1 / 50), abs=1e-12)


def test_beyond_the_largest_audit_the_box_judges(monkeypatch):
    monkeypatch.setattr(paired, "LARGEST_AUDIT", 10)
    assert paired_p_at_most(1, 3, 20, 0.1) == paired_box_p_at_most(1, 3, 20, 0.1)
    assert "box" in paired_bound(1, 3, 20, 0.05).method


def test_an_audit_of_ten_thousand_rows_takes_seconds():
    start = time.process_time()
    paired_size.paired_size(10_000, margin=-0.0123, level=0.05)
    assert time.process_time() - start < 3


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: paired_p_at_most(1, 1, 0, 0.1), "at least one row"),
        (lambda: paired_p_at_most(6, 5, 10, 0.1), r"b \+ c <= n"),
        (lambda: paired_p_at_least(-1, 5, 10, 0.1), "0 <= b, c"),
        (lambda: paired_bound(1, 1, 10, 0.7), "level alpha"),
        (lambda: audited_paired_level(0, margin=0.0, alpha=0.05), "rows >= 1"),
    ],
)
def test_refusals(call, says):
    with pytest.raises(ValueError, match=says):
        call()
