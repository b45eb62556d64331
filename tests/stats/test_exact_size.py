"""The audit's bound is never below the true size, and an audited level never errs more often than alpha."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from assay.stats.contrasts import p_box_at_least, p_contrast_at_least
from assay.stats.exact_size import (
    Audit,
    Staircase,
    audited_level,
    box_staircase,
    mover_staircase,
    nominal_size,
    shrink_level,
)
from assay.stats.supremum import supremum

DESIGNS = st.tuples(
    st.integers(1, 60),
    st.integers(1, 60),
    st.sampled_from([1.0, 0.8, 1.25]),
    st.integers(-40, 40).map(lambda hundredths: hundredths / 100),
)


def by_enumeration(stairs: Staircase, ratio: float, margin: float, points: int = 1501) -> np.ndarray:
    """True size at each point of a dense grid of the nuisance, by scipy.stats: shares nothing with the audit."""
    p2 = np.linspace(max(0, -margin / ratio), min(1, (1 - margin) / ratio), points)
    p1 = np.clip(margin + ratio * p2, 0, 1)
    x2 = np.arange(stairs.n2 + 1)
    reach = binom.sf(stairs.first - 1, stairs.n1, p1[:, None])
    return (binom.pmf(x2, stairs.n2, p2[:, None]) * reach).sum(axis=1)


def by_interval_splitting(stairs: Staircase, ratio: float, margin: float, alpha: float) -> bool:
    """The bound of methods.md section 1: p1 at the upper and p2 at the lower end, split until at most alpha."""
    waiting = [(max(0.0, -margin / ratio), min(1.0, (1 - margin) / ratio))]
    for _ in range(4000):
        if not waiting:
            return True
        a, b = waiting.pop()
        p1 = np.array([min(1.0, margin + ratio * b)])
        if stairs.probability(p1, np.array([a]))[0] > alpha:
            waiting += [(a, (a + b) / 2), ((a + b) / 2, b)]
    return False


@given(DESIGNS, st.sampled_from([0.01, 0.05, 0.2]))
@settings(max_examples=60)
def test_a_grid_never_exceeds_the_rigorous_bound(design, level):
    n1, n2, ratio, margin = design
    stairs = mover_staircase(n1, n2, ratio=ratio, margin=margin, level=level)
    found = stairs.size(ratio=ratio, margin=margin)
    grid = by_enumeration(stairs, ratio, margin)
    assert grid.max() <= found.bound
    assert found.bound <= grid.max() + 5e-4
    assert found.seen <= found.bound


@given(DESIGNS)
@settings(max_examples=40)
def test_audited_size_is_at_most_alpha_by_brute_force(design):
    n1, n2, ratio, margin = design
    audit = audited_level(n1, n2, ratio=ratio, margin=margin, alpha=0.05)
    x1, x2 = np.meshgrid(np.arange(n1 + 1), np.arange(n2 + 1), indexing="ij")
    if audit.fallback:
        passes = p_box_at_least(x1, n1, x2, n2, ratio=ratio, margin=margin) <= 0.05
    else:
        passes = p_contrast_at_least(x1, n1, x2, n2, ratio=ratio, margin=margin) <= audit.level
    p2 = np.linspace(max(0, -margin / ratio), min(1, (1 - margin) / ratio), 401)[:, None]
    p1 = np.clip(margin + ratio * p2, 0, 1)
    one, two = binom.pmf(np.arange(n1 + 1), n1, p1), binom.pmf(np.arange(n2 + 1), n2, p2)
    assert np.einsum("gi,ij,gj->g", one, passes, two).max() <= 0.05
    assert audit.size_bound <= 0.05
    assert 0.025 <= audit.level <= 0.05
    assert audit.monotone


def test_inside_h0_nothing_is_worse_than_the_boundary():
    stairs = mover_staircase(12, 20, ratio=1.0, margin=-0.1, level=0.05)
    p1, p2 = (v.ravel() for v in np.meshgrid(np.linspace(0, 1, 60), np.linspace(0, 1, 60)))
    violates = p1 - p2 < -0.1
    inside = stairs.probability(p1[violates], p2[violates])
    assert inside.max() <= stairs.size(ratio=1.0, margin=-0.1).bound


@given(DESIGNS)
@settings(max_examples=40)
def test_the_staircase_is_the_region_and_it_is_monotone(design):
    n1, n2, ratio, margin = design
    stairs = mover_staircase(n1, n2, ratio=ratio, margin=margin, level=0.05)
    x1, x2 = np.meshgrid(np.arange(n1 + 1), np.arange(n2 + 1), indexing="ij")
    level = p_contrast_at_least(x1, n1, x2, n2, ratio=ratio, margin=margin)
    inside = x1 >= stairs.first[x2]
    far_from_ties = np.abs(level - 0.05) > 1e-7
    assert np.array_equal((level <= 0.05)[far_from_ties], inside[far_from_ties])
    assert stairs.monotone


@given(DESIGNS)
@settings(max_examples=30)
def test_the_box_region_has_size_at_most_alpha_and_lies_inside(design):
    n1, n2, ratio, margin = design
    box = box_staircase(n1, n2, ratio=ratio, margin=margin, alpha=0.05)
    half = mover_staircase(n1, n2, ratio=ratio, margin=margin, level=0.025)
    assert box.size(ratio=ratio, margin=margin).bound <= 0.05
    assert np.all(box.first >= half.first)


def test_the_published_example_that_a_grid_got_wrong():
    """methods.md section 1: 3000 against 100 rows, margin .1, nominal .05 has true size .0542."""
    nominal = nominal_size(3000, 100, ratio=1.0, margin=-0.1, level=0.05)
    assert nominal.bound == pytest.approx(0.0542, abs=5e-5)
    audit = audited_level(3000, 100, ratio=1.0, margin=-0.1, alpha=0.05)
    assert audit.level < 0.05
    assert audit.size_bound <= 0.05
    stairs = mover_staircase(3000, 100, ratio=1.0, margin=-0.1, level=audit.level)
    assert by_enumeration(stairs, 1.0, -0.1, points=3001).max() <= 0.05
    coarse = mover_staircase(3000, 100, ratio=1.0, margin=-0.1, level=0.05)
    assert (
        by_enumeration(coarse, 1.0, -0.1, points=121).max() < by_enumeration(coarse, 1.0, -0.1, 20001).max()
    )


@pytest.mark.parametrize(
    ("n1", "n2", "ratio", "margin"),
    [(3000, 100, 1.0, -0.1), (200, 200, 0.8, 0.0), (40, 900, 1.0, 0.1), (150, 60, 1.0, -0.05)],
)
def test_splitting_intervals_confirms_the_audit(n1, n2, ratio, margin):
    audit = audited_level(n1, n2, ratio=ratio, margin=margin, alpha=0.05)
    stairs = mover_staircase(n1, n2, ratio=ratio, margin=margin, level=audit.level)
    assert by_interval_splitting(stairs, ratio, margin, 0.05 + 1e-6)


def test_a_nominal_level_that_is_too_large_is_not_confirmed_by_splitting():
    stairs = mover_staircase(3000, 100, ratio=1.0, margin=-0.1, level=0.05)
    assert not by_interval_splitting(stairs, 1.0, -0.1, 0.0540)


def test_a_difference_and_its_complement_share_an_audit():
    assert audited_level(100, 30, ratio=1.0, margin=-0.1, alpha=0.05) == audited_level(
        30, 100, ratio=1.0, margin=-0.1, alpha=0.05
    )
    one = nominal_size(100, 30, ratio=1.0, margin=-0.1, level=0.05)
    other = nominal_size(30, 100, ratio=1.0, margin=-0.1, level=0.05)
    assert one.bound == pytest.approx(other.bound, abs=1e-9)


def test_thresholds_that_cannot_be_violated_or_met_have_size_zero():
    assert audited_level(10, 10, ratio=1.0, margin=-1.0, alpha=0.05).size_bound == 0
    assert audited_level(10, 10, ratio=1.0, margin=1.5, alpha=0.05).size_bound == 0


def test_one_row_each():
    audit = audited_level(1, 1, ratio=1.0, margin=0.0, alpha=0.05)
    assert audit.size_bound <= 0.05


def test_the_level_never_falls_below_half_and_then_the_box_judges():
    stubborn = shrink_level(lambda level: Audit(level, 0.06, monotone=True, intervals=1), 0.05)
    assert stubborn.fallback
    assert stubborn.level == 0.025
    assert shrink_level(lambda level: Audit(level, 0.01, monotone=False, intervals=1), 0.05).fallback


def test_an_audit_is_fast():
    start = time.process_time()
    audited_level(1000, 1003, ratio=1.0, margin=-0.0931, alpha=0.05)
    middle = time.process_time()
    audited_level(10_000, 10_007, ratio=1.0, margin=-0.0931, alpha=0.05)
    assert middle - start < 0.6
    assert time.process_time() - middle < 3


@pytest.mark.parametrize("bad", [{"ratio": 0.0}, {"alpha": 0.0}, {"alpha": 0.6}, {"n1": 0}])
def test_refusals(bad):
    arguments = {"n1": 5, "n2": 5, "ratio": 1.0, "margin": 0.0, "alpha": 0.05} | bad
    n1, n2 = arguments.pop("n1"), arguments.pop("n2")
    with pytest.raises(ValueError, match="expected rows"):
        audited_level(n1, n2, **arguments)


def test_the_supremum_of_a_known_polynomial():
    """x^20 (1 - x)^10 / its maximum, as a probability of a Binomial(30, x) count of 20, peaks at 2/3."""
    peak = binom.pmf(20, 30, 2 / 3)

    def growth(centre, a, b):
        return 30 * max(np.log(abs(x + 1j * b) + abs(1 - x - 1j * b)) for x in (centre - a, centre + a))

    found = supremum(lambda x: binom.pmf(20, 30, x), growth, 0.0, 1.0, rounding=1e-12)
    assert peak <= found.bound <= peak + 1e-3
    assert found.at == pytest.approx(2 / 3, abs=0.01)
    with pytest.raises(ValueError, match="low <= high"):
        supremum(lambda x: x, growth, 1.0, 0.0, rounding=0.0)


def test_millions_of_rows_are_left_to_the_box_which_is_exact():
    audit = audited_level(10, 10_000_000, ratio=0.8, margin=0.0, alpha=0.05)
    assert audit.fallback
    assert audit.intervals == 0
