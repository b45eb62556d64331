import itertools
import math

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.stats.clustered import TooFewClusters, clustered_bound
from assay.stats.histogram import Undefined
from assay.stats.rates import lower_limit, upper_limit


def sample(clusters, icc=0.2, rate=0.3, seed=0, most=12):
    rng = np.random.default_rng(seed)
    rows = rng.integers(4, most, size=clusters)
    chance = rng.beta(rate * (1 - icc) / icc, (1 - rate) * (1 - icc) / icc, size=clusters)
    return rng.binomial(rows, chance), rows


def test_singletons_are_nearly_clopper_pearson():
    events = (np.arange(300) < 45).astype(int)
    bound = clustered_bound(events, np.ones(300, dtype=int), 0.05)
    assert bound.upper == pytest.approx(float(upper_limit(45, 300, 0.05)), abs=0.003)
    assert bound.upper >= float(upper_limit(45, 300, 0.05))
    assert bound.lower <= float(lower_limit(45, 300, 0.05))


def test_the_width_follows_the_cluster_robust_variance_of_statsmodels():
    events, rows = sample(400)
    y = np.concatenate([np.arange(m) < x for x, m in zip(events, rows, strict=True)]).astype(float)
    fit = sm.OLS(y, np.ones_like(y)).fit(
        cov_type="cluster", cov_kwds={"groups": np.repeat(np.arange(400), rows)}
    )
    bound = clustered_bound(events, rows, 0.05)
    assert bound.estimate == pytest.approx(fit.params[0])
    unseen = rows.max() / rows.sum()  # a cluster more, in which all are events, or none
    above, below = unseen * (1 - bound.estimate), unseen * bound.estimate
    assert bound.upper - bound.estimate == pytest.approx(1.6449 * fit.bse[0] + above, rel=0.1)
    assert bound.estimate - bound.lower == pytest.approx(1.6449 * fit.bse[0] + below, rel=0.1)


@settings(max_examples=20)
@given(st.integers(0, 10**6))
def test_the_order_of_clusters_and_empty_ones_do_not_matter(seed):
    events, rows = sample(60, seed=seed)
    order = np.random.default_rng(seed).permutation(60)
    bound = clustered_bound(events, rows, 0.05)
    other = clustered_bound(np.append(events[order], 0), np.append(rows[order], 0), 0.05)
    assert (other.lower, other.upper) == pytest.approx((bound.lower, bound.upper), abs=1e-9)
    mirrored = clustered_bound(rows - events, rows, 0.05)
    assert (mirrored.lower, mirrored.upper) == pytest.approx((1 - bound.upper, 1 - bound.lower), abs=1e-9)


@pytest.mark.parametrize("rate", [0.02, 0.5, 0.97])
def test_limits_nest_and_hold_the_estimate(rate):
    events, rows = sample(80, rate=rate)
    bounds = [clustered_bound(events, rows, alpha) for alpha in (1e-6, 0.001, 0.01, 0.05, 0.2, 0.5)]
    assert all(b.lower <= b.estimate <= b.upper for b in bounds)
    for wide, narrow in itertools.pairwise(bounds):
        assert wide.lower <= narrow.lower + 1e-12
        assert wide.upper >= narrow.upper - 1e-12


def test_no_event_anywhere_counts_clusters_not_rows():
    bound = clustered_bound(np.zeros(60, dtype=int), np.full(60, 100), 0.05)
    assert bound.lower == 0
    assert bound.upper >= 1 - 0.05 ** (1 / 60)


def test_too_few_clusters_are_refused_by_number_and_by_weight():
    with pytest.raises(TooFewClusters):
        clustered_bound(*sample(45), 0.05)
    with pytest.raises(TooFewClusters) as refused:
        clustered_bound(np.ones(200, dtype=int), np.append(np.ones(199, dtype=int), 1000), 0.05)
    assert refused.value.reason == "too_few_rows_for_method"
    assert refused.value.found < 2
    with pytest.raises(Undefined) as refused:
        clustered_bound([0], [0], 0.05)
    assert refused.value.reason == "no_rows"
    with pytest.raises(ValueError, match="events"):
        clustered_bound([3], [2], 0.05)


def test_exactly_fifty_equal_clusters_are_enough():
    assert clustered_bound(np.arange(50) % 3, np.full(50, 7), 0.05).grade == "B"


@pytest.mark.parametrize(("icc", "rate"), [(0.3, 0.05), (0.1, 0.9)])
def test_a_rate_at_the_threshold_is_seldom_certified(icc, rate):
    reps, certified, failed = 800, 0, 0
    for seed in range(reps):
        bound = clustered_bound(*sample(60, icc, rate, seed), 0.05)
        certified += bound.upper < rate
        failed += bound.lower > rate
    for wrong in (certified, failed):
        assert wrong / reps <= 0.06 + 3 * math.sqrt(0.06 * 0.94 / reps)
