import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss
from sklearn.metrics import log_loss as sklearn_log_loss

from assay.stats.histogram import ScoreCounts, Undefined
from assay.stats.means import (
    brier,
    brier_bound,
    log_loss,
    log_loss_bound,
    mean_bound,
    mixture_bound,
)
from assay.stats.rates import upper_limit as clopper_pearson
from assay.stats.skew import (
    Moments,
    cautious_width,
    largest_upper_limit,
    moments,
    of_values,
    p_below,
    quantile,
    tail,
    upper_limit,
    weighed,
)

ROWS = st.lists(st.tuples(st.floats(0.001, 0.999), st.booleans()), min_size=2, max_size=50)
ALPHAS = (1e-9, 0.001, 0.01, 0.05, 0.2, 0.5)


def calibrated(n, seed=0):
    rng = np.random.default_rng(seed)
    scores = rng.beta(1, 3, n)
    return ScoreCounts.of_rows(scores, rng.random(n) < scores)


@given(ROWS)
def test_the_losses_are_those_of_scikit_learn(rows):
    scores, labels = map(np.array, zip(*rows, strict=True))
    counts = ScoreCounts.of_rows(scores, labels)
    assert brier(counts) == pytest.approx(brier_score_loss(labels, scores, pos_label=True), abs=1e-12)
    assert log_loss(counts) == pytest.approx(
        sklearn_log_loss(labels, scores, labels=[False, True]), abs=1e-12
    )


def test_log_loss_is_that_of_clipped_scores():
    counts = ScoreCounts.of_rows([0.0, 1.0], [1, 1])
    assert log_loss(counts, clip=0.01) == pytest.approx((-math.log(0.01) - math.log(0.99)) / 2)
    with pytest.raises(ValueError, match="clip"):
        log_loss(counts, clip=0.5)


@pytest.mark.parametrize("n", [60, 400])
@pytest.mark.parametrize("bound", [brier_bound, log_loss_bound])
def test_limits_nest_and_hold_the_estimate(n, bound):
    counts = calibrated(n)
    bounds = [bound(counts, alpha) for alpha in ALPHAS]
    assert all(b.lower <= b.estimate <= b.upper for b in bounds)
    for wide, narrow in itertools.pairwise(bounds):
        assert wide.lower <= narrow.lower + 1e-12
        assert wide.upper >= narrow.upper - 1e-12


def test_few_rows_get_the_exact_limits():
    assert brier_bound(calibrated(99), 0.05).grade == "A"
    assert brier_bound(calibrated(100), 0.05).grade == "B"


@settings(max_examples=25)
@given(st.integers(0, 10**6))
def test_limits_depend_on_the_histogram_alone(seed):
    counts = calibrated(300, seed)
    halves = ScoreCounts(counts.scores, counts.negatives // 2, counts.positives // 2)
    rest = ScoreCounts(
        counts.scores, counts.negatives - halves.negatives, counts.positives - halves.positives
    )
    for bound in (brier_bound, log_loss_bound):
        assert bound(halves + rest, 0.05) == bound(counts, 0.05)


def test_scores_must_be_probabilities():
    with pytest.raises(ValueError, match=r"\[0, 1\]"):
        brier_bound(ScoreCounts.of_rows([0.5, 1.5], [0, 1]), 0.05)


@pytest.mark.parametrize("bound", [mean_bound, mixture_bound])
def test_undefined_and_impossible_means_are_refused(bound):
    with pytest.raises(Undefined):
        bound([0.1, 0.2], [0, 0], low=0.0, high=1.0, alpha=0.05)
    with pytest.raises(ValueError, match="outside"):
        bound([0.1, 1.2], [1, 1], low=0.0, high=1.0, alpha=0.05)
    with pytest.raises(ValueError, match="alpha"):
        bound([0.1], [1], low=0.0, high=1.0, alpha=1.0)


@pytest.mark.parametrize("bound", [mean_bound, mixture_bound])
@pytest.mark.parametrize("n", [150, 2000])
def test_shifted_and_mirrored_values_shift_and_mirror_the_limits(bound, n):
    values = np.random.default_rng(0).beta(0.4, 2, n)
    ones = np.ones(n, dtype=int)
    plain = bound(values, ones, low=0.0, high=1.0, alpha=0.05)
    moved = bound(5 + 2 * values, ones, low=5.0, high=7.0, alpha=0.05)
    turned = bound(1 - values, ones, low=0.0, high=1.0, alpha=0.05)
    assert (moved.lower, moved.upper) == pytest.approx((5 + 2 * plain.lower, 5 + 2 * plain.upper))
    assert (turned.lower, turned.upper) == pytest.approx((1 - plain.upper, 1 - plain.lower))


def test_halls_width_undoes_halls_transformation():
    for r in (-0.9, -0.1, 0.05, 0.4, 1.5):
        t = 1.7
        width = -3 * (np.cbrt(1 + r * (-t - r / 6)) - 1) / r
        reached = -width + r * width**2 / 3 - r**2 * width**3 / 27 + r / 6
        assert reached == pytest.approx(-t)
        assert float(cautious_width(np.float64(r), t)) == pytest.approx(max(width, t))
    assert float(cautious_width(np.float64(0), 1.7)) == 1.7


def test_rare_losses_that_nobody_saw_are_allowed_for():
    m = of_values(np.array([0.0]), np.array([200]))
    assert isinstance(m, Moments)
    for alpha in (0.001, 0.05, 0.2):
        assert float(upper_limit(m, 1.0, alpha)) == pytest.approx(1 - alpha ** (1 / 200), rel=0.005)


@pytest.mark.parametrize("alpha", [0.001, 0.05, 0.2])
@pytest.mark.parametrize("events", [0, 1, 7, 150, 290])
def test_a_rate_has_the_limit_of_clopper_and_pearson(events, alpha):
    m = of_values(np.array([0.0, 1.0]), np.array([300 - events, events]))
    exact = float(clopper_pearson(events, 300, alpha))
    assert float(weighed(m, 1.0).upper(alpha)) == pytest.approx(exact, rel=0.003)


def test_the_randomly_weighted_mean_has_the_moments_and_nearly_the_quantile_of_a_simulated_one():
    values = np.random.default_rng(0).beta(0.3, 3, 60)
    m = of_values(values, np.ones(60, dtype=int))
    drawn = np.random.default_rng(1).dirichlet(np.ones(61), 200_000) @ np.append(values, 1.0)
    law = weighed(m, 1.0)
    assert float(law.mean) == pytest.approx(drawn.mean(), rel=0.002)
    assert float(law.variance) == pytest.approx(drawn.var(), rel=0.02)
    assert float(law.third) == pytest.approx(((drawn - drawn.mean()) ** 3).mean(), rel=0.1)
    for alpha in (0.01, 0.05, 0.2):
        assert float(law.upper(alpha)) == pytest.approx(np.quantile(drawn, 1 - alpha), rel=0.005)


def test_limits_and_p_values_invert_each_other_and_the_largest_is_the_largest():
    rng = np.random.default_rng(2)
    x = rng.beta(0.5, 2, (200, 40)) * rng.random((40,)) ** 3
    m = moments(200, *(np.mean(x**k, axis=0) for k in (1, 2, 3)))
    for alpha in (1e-9, 0.001, 0.05, 0.5):
        limits = upper_limit(m, 1.0, alpha)
        for i in range(0, 40, 7):
            one = Moments(200, m.mean[i], m.variance[i], m.third[i])
            assert float(p_below(one, 1.0, limits[i])) == pytest.approx(alpha, rel=1e-6)
        assert largest_upper_limit(m, 1.0, alpha) == pytest.approx(float(limits.max()), rel=1e-12)
    for skewness in (-1.9, -0.3, -1e-4, 0.0, 5e-4, 0.02, 1.0, 2.0):
        at = quantile(np.float64(skewness), 0.03)
        assert float(tail(at, np.float64(skewness))) == pytest.approx(0.03, rel=1e-5)


def test_exact_limits_are_wider_but_shrink():
    values = np.random.default_rng(0).beta(1, 4, 4000)
    ones = np.ones(4000, dtype=int)
    plain, mixture = (
        mean_bound(values, ones, low=0.0, high=1.0, alpha=0.05),
        mixture_bound(values, ones, low=0.0, high=1.0, alpha=0.05),
    )
    width = plain.upper - plain.estimate
    assert width < mixture.upper - mixture.estimate < 2.5 * width
    assert mixture.grade == "A"
    assert mixture.lower < mixture.estimate < mixture.upper


def test_certain_losses_have_trivial_limits():
    worst = mixture_bound([1.0], [50], low=0.0, high=1.0, alpha=0.05)
    assert worst.upper == 1
    assert 0.8 < worst.lower < 1


@pytest.mark.parametrize("kind", ["rare", "bulk"])
def test_a_loss_at_the_threshold_is_seldom_certified(kind):
    rng, reps, n = np.random.default_rng(3), 600, 150
    values, chances = {
        "rare": (np.array([0.0, 0.3, 1.0]), np.array([0.95, 0.03, 0.02])),
        "bulk": (np.linspace(0, 0.5, 11), np.full(11, 1 / 11)),
    }[kind]
    truth = float(values @ chances)
    wrong = {"grade B": 0, "mixture": 0}
    for _ in range(reps):
        counts = rng.multinomial(n, chances)
        wrong["grade B"] += mean_bound(values, counts, low=0.0, high=1.0, alpha=0.05).upper < truth
    for _ in range(reps // 10):
        counts = rng.multinomial(n, chances)
        wrong["mixture"] += mixture_bound(values, counts, low=0.0, high=1.0, alpha=0.05).upper < truth
    assert wrong["grade B"] / reps <= 0.06 + 3 * math.sqrt(0.06 * 0.94 / reps)
    assert wrong["mixture"] / (reps // 10) <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / (reps // 10))
