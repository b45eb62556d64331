import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve

from assay.stats.calibration import (
    ece,
    ece_bound,
    ks_calibration,
    ks_calibration_bound,
    reliability_curve,
)
from assay.stats.histogram import ScoreCounts, Undefined
from assay.stats.observed_expected import observed_expected, observed_expected_bound
from assay.stats.rates import lower_limit, upper_limit

RULES = (ks_calibration_bound, ece_bound, observed_expected_bound)
ROWS = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=40)


def sample(n, seed=0, odds=1.0):
    rng = np.random.default_rng(seed)
    scores = rng.beta(1.2, 3, n)
    return scores, rng.random(n) < odds * scores / (1 + (odds - 1) * scores)


@given(ROWS)
def test_errors_are_those_of_their_definitions(rows):
    scores, labels = map(np.array, zip(*rows, strict=True))
    counts = ScoreCounts.of_rows(scores, labels)
    gaps = scores - labels
    expected_ks = max(abs(gaps[scores <= t].sum()) for t in scores) / len(rows)
    bins = np.minimum((np.searchsorted(np.arange(1, 11) / 10, scores, side="right")), 9)
    expected_ece = sum(abs(gaps[bins == b].sum()) for b in range(10)) / len(rows)
    assert ks_calibration(counts) == pytest.approx(expected_ks, abs=1e-12)
    assert ece(counts, bins=10) == pytest.approx(expected_ece, abs=1e-12)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("n", [120, 3000])
@pytest.mark.parametrize("odds", [0.5, 1.0, 3.0])
def test_limits_nest_and_hold_the_estimate(rule, n, odds):
    counts = ScoreCounts.of_rows(*sample(n, odds=odds))
    bounds = [rule(counts, alpha) for alpha in (1e-9, 0.001, 0.01, 0.05, 0.2, 0.5)]
    assert all(b.lower <= b.estimate <= b.upper for b in bounds)
    for wide, narrow in itertools.pairwise(bounds):
        assert wide.lower <= narrow.lower + 1e-9
        assert wide.upper >= narrow.upper - 1e-9


@pytest.mark.parametrize("rule", RULES)
def test_too_few_rows_are_refused(rule):
    with pytest.raises(Undefined) as refused:
        rule(ScoreCounts.of_rows(*sample(99)), 0.05)
    assert refused.value.reason == "too_few_rows_for_method"
    with pytest.raises(ValueError, match="alpha"):
        rule(ScoreCounts.of_rows(*sample(100)), 0.0)


@settings(max_examples=20)
@given(st.integers(0, 10**6))
def test_limits_depend_on_the_histogram_alone(seed):
    scores, labels = sample(200, seed)
    parts = [ScoreCounts.of_rows(scores[p], labels[p]) for p in (slice(0, 70), slice(70, None))]
    for rule in RULES:
        assert rule(parts[0] + parts[1], 0.05) == rule(ScoreCounts.of_rows(scores, labels), 0.05)


def test_the_sign_limit_is_not_inside_the_published_one():
    counts = ScoreCounts.of_rows(*sample(2000, odds=1.5))
    bound = ece_bound(counts, 0.05)
    brier = float(((counts.scores - counts.positives) ** 2).mean())
    published = bound.estimate + 1.6449 * math.sqrt((brier - bound.estimate**2) / counts.n)
    assert published <= bound.upper <= published + 0.003


def test_gross_miscalibration_is_found_and_calibration_is_not_accused():
    wrong = ScoreCounts.of_rows(*sample(3000, odds=4.0))
    right = ScoreCounts.of_rows(*sample(3000))
    for rule in (ks_calibration_bound, ece_bound):
        assert rule(wrong, 0.05).lower > 0.1
        assert rule(right, 0.05).lower < 0.01
        assert rule(right, 0.05).upper < 0.05


def test_events_that_did_not_happen_yet_are_allowed_for():
    counts = ScoreCounts(np.array([1e-4]), np.array([300]), np.array([0]))
    assert ks_calibration_bound(counts, 0.05).upper > 0.0095
    assert ece_bound(counts, 0.05).upper > 0.0095


def test_the_reliability_curve_counts_every_row_once():
    counts = ScoreCounts.of_rows(*sample(700))
    curve = reliability_curve(counts, 0.05, bins=10)
    assert sum(b.n for b in curve) == 700
    assert sum(b.n * b.observed_rate for b in curve) == pytest.approx(counts.n_pos)
    assert all(b.low <= b.mean_score <= b.high for b in curve)
    gap = sum(b.n * abs(b.mean_score - b.observed_rate) for b in curve) / 700
    assert gap == pytest.approx(ece(counts, bins=10))
    for b in curve:
        events = round(b.n * b.observed_rate)
        assert (b.lower, b.upper) == (lower_limit(events, b.n, 0.05), upper_limit(events, b.n, 0.05))


def test_observed_over_expected_is_a_ratio_of_sums():
    scores, labels = sample(400, odds=2.0)
    bound = observed_expected_bound(ScoreCounts.of_rows(scores, labels), 0.05)
    assert bound.estimate == pytest.approx(labels.sum() / scores.sum())
    excess = labels - bound.estimate * scores
    delta = 1.6449 * excess.std() / math.sqrt(400) / scores.mean()
    assert bound.estimate - bound.lower == pytest.approx(delta, rel=0.1)
    assert bound.upper - bound.estimate == pytest.approx(delta, rel=0.1)


def test_observed_over_expected_without_events_or_expectation():
    none = observed_expected_bound(ScoreCounts(np.array([0.1]), np.array([100]), np.array([0])), 0.05)
    assert none.estimate == none.lower == 0
    assert none.upper == pytest.approx((1 - 0.05 ** (1 / 100)) / 0.1, rel=0.05)
    with pytest.raises(Undefined) as refused:
        observed_expected(ScoreCounts(np.array([0.0]), np.array([100]), np.array([3])))
    assert refused.value.reason == "zero_denominator"


@pytest.mark.parametrize("rule", RULES)
def test_a_model_at_the_threshold_is_seldom_certified(rule):
    scores = np.array([0.02, 0.1, 0.3, 0.6])
    mass, chance = np.array([0.4, 0.3, 0.2, 0.1]), np.array([0.04, 0.15, 0.4, 0.7])
    gaps = mass * (scores - chance)
    truth = {
        ks_calibration_bound: np.abs(np.cumsum(gaps)).max(),
        ece_bound: np.abs(gaps).sum(),
        observed_expected_bound: (mass @ chance) / (mass @ scores),
    }[rule]
    rng, reps, certified, failed = np.random.default_rng(5), 1200, 0, 0
    for _ in range(reps):
        cells = rng.multinomial(250, np.concatenate((mass * (1 - chance), mass * chance)))
        bound = rule(ScoreCounts(scores, cells[:4], cells[4:]), 0.05)
        certified += bound.upper < truth
        failed += bound.lower > truth
    for wrong in (certified, failed):
        assert wrong / reps <= 0.06 + 3 * math.sqrt(0.06 * 0.94 / reps)


def test_the_reliability_curve_is_that_of_scikit_learn():
    scores = np.random.default_rng(3).random(2_000)
    labels = (np.random.default_rng(4).random(2_000) < scores).astype(int)
    observed, predicted = calibration_curve(labels, scores, n_bins=10)
    curve = reliability_curve(ScoreCounts.of_rows(scores, labels), 0.05, bins=10)
    np.testing.assert_allclose([b.observed_rate for b in curve], observed, atol=1e-12)
    np.testing.assert_allclose([b.mean_score for b in curve], predicted, atol=1e-12)
