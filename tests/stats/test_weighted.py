import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.stats.effective import lower_at, upper_at
from assay.stats.histogram import Undefined
from assay.stats.rates import lower_limit, upper_limit
from assay.stats.ratio import Joint
from assay.stats.weighted import WeightedCount, weighted_bound

ROWS = st.lists(st.tuples(st.floats(0.01, 100), st.booleans()), min_size=1, max_size=40)


def sample(n, sd=0.5, rate=0.3, seed=0):
    rng = np.random.default_rng(seed)
    return np.exp(sd * rng.normal(size=n)), rng.random(n) < rate


@given(ROWS, ROWS)
def test_sums_of_parts_are_the_sums_of_the_whole(one, other):
    parts = [WeightedCount.of_rows(*zip(*rows, strict=True)) for rows in (one, other)]
    whole = WeightedCount.of_rows(*zip(*(one + other), strict=True))
    merged = parts[0] + parts[1]
    assert (merged.n, merged.heaviest) == (whole.n, whole.heaviest)
    assert merged.weights + merged.events == pytest.approx(whole.weights + whole.events)


def test_the_rate_is_a_weighted_mean():
    w, y = sample(500)
    count = WeightedCount.of_rows(w, y)
    assert count.rate == pytest.approx(np.average(y, weights=w))
    assert count.kish == pytest.approx(w.sum() ** 2 / (w**2).sum())
    assert count.spread(2) == pytest.approx((w**2 * (y - count.rate) ** 2).sum())
    assert count.spread(4) == pytest.approx((w**4 * (y - count.rate) ** 4).sum())


def test_joint_moments_from_sums_are_those_of_the_rows():
    w, y = sample(300, rate=0.1)
    direct, summed = Joint.of_values(w * y, w), WeightedCount.of_rows(w, y).joint
    assert summed.n == direct.n
    assert summed.variances == pytest.approx(direct.variances)
    assert summed.thirds == pytest.approx(direct.thirds)


def test_a_fractional_count_agrees_with_clopper_pearson_at_whole_ones():
    for x, n in ((0, 30), (3, 30), (29, 30), (30, 30)):
        assert lower_at(x / n, n, 0.05) == pytest.approx(float(lower_limit(x, n, 0.05)))
        assert upper_at(x / n, n, 0.05) == pytest.approx(float(upper_limit(x, n, 0.05)))


def test_equal_weights_are_nearly_clopper_pearson_whatever_their_scale():
    y = np.arange(400) < 60
    one, thousand = (weighted_bound(WeightedCount.of_rows(np.full(400, w), y), 0.05) for w in (1.0, 1000.0))
    assert (one.lower, one.upper) == pytest.approx((thousand.lower, thousand.upper))
    assert one.upper == pytest.approx(float(upper_limit(60, 400, 0.05)), abs=0.002)
    assert one.upper >= float(upper_limit(60, 400, 0.05))
    assert one.lower <= float(lower_limit(60, 400, 0.05))


@pytest.mark.parametrize("rate", [0.0, 0.03, 0.5, 1.0])
def test_limits_nest_and_hold_the_estimate(rate):
    count = WeightedCount.of_rows(*sample(300, rate=rate))
    bounds = [weighted_bound(count, alpha) for alpha in (1e-6, 0.001, 0.01, 0.05, 0.2, 0.5)]
    assert all(b.lower <= b.estimate <= b.upper for b in bounds)
    for wide, narrow in itertools.pairwise(bounds):
        assert wide.lower <= narrow.lower + 1e-12
        assert wide.upper >= narrow.upper - 1e-12


def test_events_and_their_absence_mirror_the_limits():
    w, y = sample(300, sd=0.8)
    bound, mirrored = (weighted_bound(WeightedCount.of_rows(w, z), 0.05) for z in (y, ~y))
    assert (bound.lower, bound.upper) == pytest.approx((1 - mirrored.upper, 1 - mirrored.lower))


def test_what_cannot_be_judged_is_refused():
    with pytest.raises(Undefined) as refused:
        weighted_bound(WeightedCount.of_rows([], []), 0.05)
    assert refused.value.reason == "no_rows"
    with pytest.raises(Undefined) as refused:
        weighted_bound(WeightedCount.of_rows([0.0], [1]), 0.05)
    assert refused.value.reason == "zero_denominator"
    with pytest.raises(Undefined) as refused:
        weighted_bound(WeightedCount.of_rows(*sample(1000, sd=3.0)), 0.05)
    assert refused.value.reason == "too_few_rows_for_method"
    with pytest.raises(ValueError, match="expected"):
        WeightedCount(1, (1.0, 1.0, 1.0, 1.0), (2.0, 1.0, 1.0, 1.0), 1.0)
    with pytest.raises(ValueError, match="expected"):
        WeightedCount.of_rows([-1.0], [1])


def test_a_rate_at_the_threshold_is_seldom_certified_though_heavy_rows_differ():
    rng, reps = np.random.default_rng(2), 1000
    weights = np.array([0.5, 1.0, 4.0])
    chance = np.array([0.05, 0.1, 0.3])
    truth = float(weights @ chance / weights.sum())
    certified = 0
    for _ in range(reps):
        kind = rng.integers(3, size=250)
        bound = weighted_bound(WeightedCount.of_rows(weights[kind], rng.random(250) < chance[kind]), 0.05)
        certified += bound.upper < truth
    assert certified / reps <= 0.06 + 3 * math.sqrt(0.06 * 0.94 / reps)
