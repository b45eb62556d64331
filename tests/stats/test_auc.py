import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import rankdata
from sklearn.metrics import roc_auc_score

from assay.stats.auc import auc, auc_bound, binary_kl, gini, gini_bound, newcombe_variance
from assay.stats.auc_difference import PairedScoreCounts, paired_auc_difference
from assay.stats.delong import placed, placements
from assay.stats.histogram import ScoreCounts, Undefined

ROWS = st.lists(
    st.tuples(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.7, 1.0]), st.booleans()), min_size=1, max_size=60
)


def sample(n_pos, n_neg, shift=1.2, seed=0, digits=6):
    rng = np.random.default_rng(seed)
    scores = np.round(np.concatenate((rng.normal(shift, 1, n_pos), rng.normal(0, 1, n_neg))), digits)
    return scores, np.repeat([1, 0], [n_pos, n_neg])


def delong_of_pairs(scores, labels):
    """The textbook: every positive against every negative."""
    pos, neg = scores[labels == 1], scores[labels == 0]
    wins = (pos[:, None] > neg) + 0.5 * (pos[:, None] == neg)
    of_pos, of_neg = wins.mean(axis=1), wins.mean(axis=0)
    return wins.mean(), of_pos, of_neg


def same(a, b):
    return (
        np.array_equal(a.scores, b.scores)
        and np.array_equal(a.negatives, b.negatives)
        and np.array_equal(a.positives, b.positives)
    )


@given(ROWS, ROWS)
def test_merging_histograms_is_the_histogram_of_all_rows(one, other):
    parts = [ScoreCounts.of_rows(*zip(*rows, strict=True)) for rows in (one, other)]
    whole = ScoreCounts.of_rows(*zip(*(one + other), strict=True))
    assert same(parts[0] + parts[1], whole)
    assert same(parts[1] + parts[0], whole)
    assert whole.n == len(one) + len(other) == whole.n_pos + whole.n_neg


@pytest.mark.parametrize(
    "columns",
    [
        ([0.2, 0.1], [1, 1], [1, 1]),
        ([0.1, 0.1], [1, 1], [1, 1]),
        ([0.1, math.nan], [1, 1], [1, 1]),
        ([0.1], [1, 1], [1]),
        ([0.1], [-1], [1]),
        ([0.1], [0.5], [1]),
        ([[0.1]], [[1]], [[1]]),
    ],
)
def test_impossible_histograms_are_refused(columns):
    with pytest.raises(ValueError, match="expected"):
        ScoreCounts(*map(np.array, columns))


@given(ROWS)
def test_the_auc_is_that_of_scikit_learn(rows):
    scores, labels = map(np.array, zip(*rows, strict=True))
    counts = ScoreCounts.of_rows(scores, labels)
    if labels.all() or not labels.any():
        with pytest.raises(Undefined) as refused:
            auc(counts)
        assert refused.value.reason == "one_class_only"
    else:
        assert auc(counts) == pytest.approx(roc_auc_score(labels, scores), abs=1e-12)
        assert gini(counts) == pytest.approx(2 * auc(counts) - 1)


def test_nothing_has_no_auc():
    with pytest.raises(Undefined) as refused:
        auc_bound(ScoreCounts.of_rows([], np.array([], dtype=int)), 0.05)
    assert refused.value.reason == "no_rows"


@pytest.mark.parametrize("digits", [0, 1, 6])
def test_placements_are_those_of_all_pairs(digits):
    scores, labels = sample(70, 130, digits=digits)
    counts = ScoreCounts.of_rows(scores, labels)
    area, of_pos, of_neg = delong_of_pairs(scores, labels)
    below, above = placements(counts.negatives, counts.positives)
    parts = placed(below, counts.positives, above, counts.negatives)
    assert float(parts.pos.mean) == pytest.approx(area, abs=1e-12)
    assert float(parts.neg.mean) == pytest.approx(area, abs=1e-12)
    assert parts.variance == pytest.approx(of_pos.var(ddof=1) / 70 + of_neg.var(ddof=1) / 130, rel=1e-10)


@settings(max_examples=30)
@given(st.integers(0, 10**6), st.sampled_from([np.exp, np.arctan, lambda s: 3 * s - 7, lambda s: s**3]))
def test_a_monotone_map_of_the_scores_changes_nothing(seed, mapping):
    scores, labels = sample(60, 80, seed=seed, digits=3)
    before = auc_bound(ScoreCounts.of_rows(scores, labels), 0.05)
    after = auc_bound(ScoreCounts.of_rows(mapping(scores), labels), 0.05)
    assert after == before


@settings(max_examples=20)
@given(st.integers(0, 10**6), st.sampled_from([(60, 80), (20, 500)]))
def test_exchanging_the_classes_or_the_direction_mirrors_the_limits(seed, sizes):
    scores, labels = sample(*sizes, seed=seed)
    bound = auc_bound(ScoreCounts.of_rows(scores, labels), 0.05)
    for mirrored in (ScoreCounts.of_rows(scores, 1 - labels), ScoreCounts.of_rows(-scores, labels)):
        other = auc_bound(mirrored, 0.05)
        assert other.estimate == pytest.approx(1 - bound.estimate)
        assert (other.lower, other.upper) == pytest.approx((1 - bound.upper, 1 - bound.lower))


@pytest.mark.parametrize("sizes", [(60, 80), (20, 500), (300, 300)])
@pytest.mark.parametrize("shift", [0.3, 2.5, 9.0])
def test_limits_nest(sizes, shift):
    counts = ScoreCounts.of_rows(*sample(*sizes, shift))
    bounds = [auc_bound(counts, alpha) for alpha in (1e-9, 0.001, 0.01, 0.05, 0.2, 0.5)]
    assert all(b.lower <= b.estimate <= b.upper for b in bounds)
    for wide, narrow in itertools.pairwise(bounds):
        assert wide.lower <= narrow.lower + 1e-12
        assert wide.upper >= narrow.upper - 1e-12


def test_few_rows_of_a_class_get_the_exact_limit():
    counts = ScoreCounts.of_rows(*sample(49, 500))
    bound = auc_bound(counts, 0.05)
    assert bound.grade == "A"
    assert 49 * binary_kl(bound.estimate, bound.lower) == pytest.approx(math.log(20))
    assert auc_bound(ScoreCounts.of_rows(*sample(50, 500)), 0.05).grade == "B"


def test_a_perfect_ranking_is_not_certain():
    bound = auc_bound(ScoreCounts.of_rows(np.arange(200.0), np.repeat([0, 1], 100)), 0.05)
    assert bound.upper == bound.estimate == 1
    assert bound.lower < 0.98


def test_newcombe_variance_of_equal_classes_is_that_of_hanley_and_mcneil():
    area, n = 0.85, 120
    q1, q2 = area / (2 - area), 2 * area**2 / (1 + area)
    hanley = (area * (1 - area) + (n - 1) * (q1 - area**2) + (n - 1) * (q2 - area**2)) / n**2
    assert newcombe_variance(area, n, n) == pytest.approx(hanley)


def test_the_gini_limits_are_those_of_the_auc():
    counts = ScoreCounts.of_rows(*sample(100, 100))
    area, accuracy_ratio = auc_bound(counts, 0.05), gini_bound(counts, 0.05)
    assert (accuracy_ratio.estimate, accuracy_ratio.lower, accuracy_ratio.upper) == pytest.approx(
        (2 * area.estimate - 1, 2 * area.lower - 1, 2 * area.upper - 1)
    )


def test_the_difference_is_that_of_two_textbook_aucs():
    scores, labels = sample(90, 140)
    other = scores + np.random.default_rng(1).normal(0, 0.6, scores.size)
    bound = paired_auc_difference(PairedScoreCounts.of_rows(scores, other, labels), 0.05)
    one, two = delong_of_pairs(scores, labels), delong_of_pairs(other, labels)
    error = math.sqrt(np.var(two[1] - one[1], ddof=1) / 90 + np.var(two[2] - one[2], ddof=1) / 140)
    assert bound.estimate == pytest.approx(two[0] - one[0], abs=1e-12)
    assert bound.estimate - bound.lower >= 1.6448 * error
    unseen = 1 / 90 + 1 / 140  # a row of each class that nobody saw, with the gravest change
    assert bound.estimate - bound.lower <= 2.2 * error + 1.1 * unseen


def test_pairs_merge_and_do_not_depend_on_their_order():
    scores, labels = sample(90, 140)
    other = rankdata(scores + np.random.default_rng(1).normal(0, 0.6, scores.size))
    whole = PairedScoreCounts.of_rows(scores, other, labels)
    order = np.random.default_rng(2).permutation(scores.size)
    parts = [PairedScoreCounts.of_rows(scores[p], other[p], labels[p]) for p in (order[:50], order[50:])]
    one, two = paired_auc_difference(whole, 0.05), paired_auc_difference(parts[0] + parts[1], 0.05)
    assert (one.estimate, one.lower, one.upper) == pytest.approx(
        (two.estimate, two.lower, two.upper), abs=1e-12
    )


def test_equal_models_are_not_certainly_equal():
    scores, labels = sample(100, 100)
    bound = paired_auc_difference(PairedScoreCounts.of_rows(scores, scores, labels), 0.05)
    assert bound.estimate == 0
    assert bound.lower < -0.02


@pytest.mark.parametrize(("n_pos", "reason"), [(0, "one_class_only"), (49, "too_few_rows_for_method")])
def test_a_difference_of_too_few_rows_is_refused(n_pos, reason):
    scores, labels = sample(n_pos, 200)
    with pytest.raises(Undefined) as refused:
        paired_auc_difference(PairedScoreCounts.of_rows(scores, scores, labels), 0.05)
    assert refused.value.reason == reason


@pytest.mark.parametrize("shift", [1.0, 2.6])
def test_a_model_at_the_threshold_is_seldom_certified(shift):
    rng, reps = np.random.default_rng(7), 1500
    threshold = 0.5 * (1 + math.erf(shift / 2))
    labels = np.repeat([1, 0], [60, 240])
    certified = sum(
        auc_bound(
            ScoreCounts.of_rows(np.concatenate((rng.normal(shift, 1, 60), rng.normal(0, 1, 240))), labels),
            0.05,
        ).lower
        >= threshold
        for _ in range(reps)
    )
    assert certified / reps <= 0.06 + 3 * math.sqrt(0.06 * 0.94 / reps)
