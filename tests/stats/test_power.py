"""Exact power and the rows it asks for, against brute force and the tables of methods.md section 3."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from assay.stats.contrasts import p_contrast_at_least
from assay.stats.exact_size import audited_level
from assay.stats.paired import nominal_paired_p_at_most
from assay.stats.power import (
    power_contrast,
    power_contrast_audited,
    power_paired,
    power_rate,
    rows_for_contrast,
    rows_for_paired,
    rows_for_rate,
)
from assay.stats.rates import p_at_least

RATES = [  # tau, true, published rows for 80 % and 90 % power
    (0.80, 0.85, 398, 529),
    (0.80, 0.90, 94, 124),
    (0.85, 0.90, 304, 408),
    (0.90, 0.95, 203, 263),
    (0.95, 0.97, 649, 877),
    (0.95, 0.98, 260, 336),
    (0.95, 0.99, 124, 153),
    (0.99, 0.995, 1948, 2554),
]


@given(st.integers(1, 300), st.floats(0.02, 0.98), st.floats(0.02, 0.98), st.sampled_from([0.01, 0.05, 0.2]))
@settings(max_examples=60)
def test_power_of_a_rate_is_the_exact_sum(n, tau, true, alpha):
    x = np.arange(n + 1)
    passes = p_at_least(x, n, tau) <= alpha
    assert power_rate(n, tau, true, alpha) == pytest.approx(binom.pmf(x, n, true)[passes].sum(), abs=1e-12)
    mirrored = power_rate(n, 1 - tau, 1 - true, alpha, at_least=False)
    assert mirrored == pytest.approx(float(power_rate(n, tau, true, alpha)), abs=1e-9)


@pytest.mark.parametrize(("tau", "true", "rows80", "rows90"), RATES)
def test_published_rows_for_a_rate(tau, true, rows80, rows90):
    """Power is saw-toothed. The published figures reach the power and then hold it for the next rows or so; they
    lie between the first number that reaches it and the first that never falls short again (one row above in one
    case)."""
    for rows, power in ((rows80, 0.8), (rows90, 0.9)):
        first = rows_for_rate(tau, true, alpha=0.05, power=power, sustained=False)
        for_good = rows_for_rate(tau, true, alpha=0.05, power=power)
        assert power_rate(rows, tau, true, 0.05) >= power
        assert first <= rows <= for_good + 1


@pytest.mark.parametrize(
    ("tau", "true", "rows80", "rows90"),
    [row for row in RATES if row[:2] not in {(0.95, 0.97), (0.95, 0.98), (0.99, 0.995)}],
)
def test_most_published_rows_are_ours_to_one_row(tau, true, rows80, rows90):
    assert rows_for_rate(tau, true, alpha=0.05, power=0.8) == pytest.approx(rows80, abs=1)
    if (tau, true) != (0.95, 0.99):
        assert rows_for_rate(tau, true, alpha=0.05, power=0.9) == pytest.approx(rows90, abs=1)


@pytest.mark.parametrize("design", [(0.8, 0.85), (0.5, 0.6), (0.05, 0.09), (0.99, 0.998), (0.3, 0.9)])
def test_rows_for_a_rate_are_the_last_to_fall_short_plus_one(design):
    tau, true = design
    rows = rows_for_rate(tau, true, alpha=0.05, power=0.9)
    every = power_rate(np.arange(1, 6 * rows + 200), tau, true, 0.05)
    assert rows == np.flatnonzero(every < 0.9)[-1] + 2
    first = rows_for_rate(tau, true, alpha=0.05, power=0.9, sustained=False)
    assert first == np.flatnonzero(every >= 0.9)[0] + 1
    assert rows_for_rate(1 - tau, 1 - true, alpha=0.05, power=0.9, at_least=False) == pytest.approx(
        rows, abs=1
    )


def test_no_rows_are_enough_for_a_model_at_or_below_the_threshold():
    assert rows_for_rate(0.8, 0.8, alpha=0.05, power=0.9) is None
    assert rows_for_rate(0.8, 0.85, alpha=0.05, power=0.9, at_least=False) is None
    assert rows_for_rate(0.5, 0.5001, alpha=0.05, power=0.9) is None  # over twenty million
    contrast = {"share1": 0.5, "share2": 0.5, "ratio": 1.0, "alpha": 0.05, "power": 0.9}
    assert rows_for_contrast(0.8, 0.9, margin=-0.1, **contrast) is None
    assert rows_for_paired(0.1, 0.05, tau=0.05, alpha=0.05, power=0.9) is None


def test_large_answers_are_quick_and_right():
    rows = rows_for_rate(0.8, 0.801, alpha=0.05, power=0.9)
    assert rows == pytest.approx(1_369_542, rel=1e-3)
    assert power_rate(np.arange(rows, rows + 3000), 0.8, 0.801, 0.05).min() >= 0.9


@given(
    st.integers(1, 40),
    st.integers(1, 40),
    st.floats(0, 1),
    st.floats(0, 1),
    st.sampled_from([(1.0, -0.1), (0.8, 0.0)]),
)
@settings(max_examples=40)
def test_power_of_a_contrast_is_the_exact_sum(n1, n2, p1, p2, rule):
    ratio, margin = rule
    x1, x2 = np.meshgrid(np.arange(n1 + 1), np.arange(n2 + 1), indexing="ij")
    level = p_contrast_at_least(x1, n1, x2, n2, ratio=ratio, margin=margin)
    if np.any(np.abs(level - 0.05) < 1e-8):
        return
    p1, p2 = round(p1, 3), round(p2, 3)
    mass = binom.pmf(x1, n1, p1) * binom.pmf(x2, n2, p2)
    found = power_contrast(n1, n2, p1, p2, ratio=ratio, margin=margin, alpha=0.05)
    assert found == pytest.approx(mass[level <= 0.05].sum(), abs=1e-10)
    audited = audited_level(n1, n2, ratio=ratio, margin=margin, alpha=0.05)
    got = power_contrast_audited(n1, n2, p1, p2, ratio=ratio, margin=margin, alpha=0.05)
    assert got <= found + 1e-12
    assert audited.level < 0.05 or got == found


GAPS = [  # p of the group that may be lower, p of the other, margin, published rows per group
    (0.5, 0.5, 0.10, 315, 444),
    (0.8, 0.8, 0.10, 210, 285),
    (0.8, 0.83, 0.10, 406, 549),
    (0.8, 0.8, 0.05, 815, 1116),
    (0.9, 0.9, 0.05, 477, 654),
    (0.5, 0.5, 0.02, 7914, 10964),
]


@pytest.mark.parametrize(("p1", "p2", "gap", "rows80", "rows90"), GAPS)
def test_published_rows_for_a_gap(p1, p2, gap, rows80, rows90):
    for rows, power in ((rows80, 0.8), (rows90, 0.9)):
        found = rows_for_contrast(
            p1, p2, share1=0.5, share2=0.5, ratio=1.0, margin=-gap, alpha=0.05, power=power
        )
        assert found / 2 == pytest.approx(rows, rel=0.04)


FOUR_FIFTHS = [
    (0.1, 0.1, 2329, 3231),
    (0.3, 0.3, 617, 833),
    (0.5, 0.5, 266, 367),
    (0.8, 0.8, 74, 99),
    (0.45, 0.5, 1025, 1421),
    (0.27, 0.3, 2326, 3174),
]


@pytest.mark.parametrize(("p1", "p2", "rows80", "rows90"), FOUR_FIFTHS)
def test_published_rows_for_the_four_fifths_rule(p1, p2, rows80, rows90):
    for rows, power in ((rows80, 0.8), (rows90, 0.9)):
        found = rows_for_contrast(
            p1, p2, share1=0.5, share2=0.5, ratio=0.8, margin=0.0, alpha=0.05, power=power
        )
        assert found / 2 == pytest.approx(rows, rel=0.03)


def test_published_rows_for_a_paired_comparison_are_a_formula_without_the_exact_limit():
    """methods.md: 1546 / 2141 by the normal formula, at discordance .1 and margin .02; exact power asks 5 % more."""
    for rows, power in ((1546, 0.8), (2141, 0.9)):
        found = rows_for_paired(0.05, 0.05, tau=0.02, alpha=0.05, power=power)
        assert rows < found <= 1.08 * rows
        assert power_paired(found, 0.05, 0.05, tau=0.02, alpha=0.05) >= power


def test_where_the_audit_shrinks_the_level_the_rows_follow():
    rows = rows_for_contrast(0.9, 0.9, share1=0.9, share2=0.1, ratio=1.0, margin=-0.1, alpha=0.05, power=0.8)
    n1, n2 = round(0.9 * rows), round(0.1 * rows)
    got = power_contrast_audited(n1, n2, 0.9, 0.9, ratio=1.0, margin=-0.1, alpha=0.05)
    assert got >= 0.79


@pytest.mark.parametrize(("worse", "better", "tau"), [(0.2, 0.1, 0.2), (0.0, 0.3, 0.0), (0.05, 0.05, 0.1)])
def test_power_of_a_paired_comparison_is_the_exact_sum(worse, better, tau):
    n, total = 25, 0.0
    for b in range(n + 1):
        for c in range(n + 1 - b):
            if nominal_paired_p_at_most(b, c, n, tau) <= 0.05:
                share = better / (1 - worse)
                total += binom.pmf(b, n, worse) * binom.pmf(c, n - b, share)
    assert power_paired(n, worse, better, tau=tau, alpha=0.05) == pytest.approx(total, abs=1e-10)


def test_power_matches_simulation():
    rng = np.random.default_rng(7)
    x1, x2 = rng.binomial(400, 0.8, 20_000), rng.binomial(300, 0.82, 20_000)
    passed = np.mean(p_contrast_at_least(x1, 400, x2, 300, ratio=1.0, margin=-0.1) <= 0.05)
    assert power_contrast(400, 300, 0.8, 0.82, ratio=1.0, margin=-0.1, alpha=0.05) == pytest.approx(
        passed, abs=0.015
    )


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: power_rate(0, 0.5, 0.6, 0.05), "n = 0"),
        (lambda: power_rate(10, 1.5, 0.6, 0.05), "between 0 and 1"),
        (lambda: power_rate(10, 0.5, 0.6, 0.0), "level alpha"),
        (lambda: power_contrast(0, 5, 0.5, 0.5, ratio=1.0, margin=0.0, alpha=0.05), "rows >= 1"),
        (lambda: power_paired(10, 0.7, 0.7, tau=0.0, alpha=0.05), "between 0 and 1"),
        (
            lambda: rows_for_contrast(
                0.5, 0.5, share1=0.0, share2=0.5, ratio=1.0, margin=-0.1, alpha=0.05, power=0.8
            ),
            "shares of rows",
        ),
    ],
)
def test_refusals(call, says):
    with pytest.raises(ValueError, match=says):
        call()
