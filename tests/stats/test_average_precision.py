"""Average precision equals scikit-learn's, its slopes are those of finite differences, and its limits and p-values are one rule."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from assay.stats.average_precision import (
    average_precision,
    average_precision_bound,
    average_precision_p,
    linear,
)
from assay.stats.histogram import ScoreCounts, Undefined
from assay.stats.inversion import smallest_alpha


def sample(n: int, share: float, apart: float = 1.0, seed: int = 0, digits: int = 1):
    rng = np.random.default_rng(seed)
    label = (rng.random(n) < share).astype(np.int64)
    return np.round(rng.normal(size=n) + apart * label, digits), label


@pytest.mark.parametrize("digits", [0, 1, 9])
@pytest.mark.parametrize("share", [0.02, 0.5, 0.9])
def test_it_is_that_of_scikit_learn(share: float, digits: int):
    score, label = sample(3000, share, digits=digits)
    found = average_precision(ScoreCounts.of_rows(score, label))
    assert found == pytest.approx(average_precision_score(label, score), abs=1e-12)
    assert average_precision_bound(ScoreCounts.of_rows(score, label), 0.05).estimate == pytest.approx(found)


def test_scores_that_say_nothing_have_the_share_of_label_1():
    assert average_precision(ScoreCounts([0.5], [900], [100])) == pytest.approx(0.1)


@pytest.mark.parametrize("place", [0, 7, 20])
def test_the_influence_of_a_row_is_that_of_a_small_weight_on_it(place: int):
    counts = ScoreCounts.of_rows(*sample(800, 0.3))
    found, tiny = linear(counts.negatives, counts.positives), 1e-4
    rows = np.array([counts.negatives, counts.positives], dtype=np.float64)
    for label, influence in enumerate((found.negatives, found.positives)):
        of_label = rows[label].sum()
        moved = rows.copy()
        moved[label] *= 1 - tiny
        moved[label, place] += tiny * of_label  # the share of the labels stays
        mean = float(rows[label] @ influence) / of_label
        change = (float(linear(*moved).value) - float(found.value)) / tiny
        assert change == pytest.approx(influence[place] - mean, rel=0.02, abs=1e-3)
    share = rows[1].sum() / rows.sum()
    factor = (share + tiny) / (1 - share - tiny) * (1 - share) / share
    moved = float(linear(rows[0], rows[1] * factor).value) - float(found.value)
    assert moved / tiny == pytest.approx(float(found.slope), rel=0.02)


def test_p_values_are_the_levels_at_which_a_limit_meets_the_threshold():
    counts = ScoreCounts.of_rows(*sample(1500, 0.2))
    for tau in (0.36, 0.42, 0.50):
        at_least, at_most = average_precision_p(counts.negatives, counts.positives, tau)
        low = smallest_alpha(lambda a: average_precision_bound(counts, a).lower, tau, meets="at_least")
        high = smallest_alpha(lambda a: average_precision_bound(counts, a).upper, tau, meets="at_most")
        for p, level in ((at_least, low), (at_most, high)):
            assert float(p) == pytest.approx(level, rel=1e-6) or (level in (1.0, 1e-12))


def test_a_perfect_ranking_shows_no_more_than_its_rows():
    bound = average_precision_bound(ScoreCounts([0.0, 1.0], [100, 0], [0, 100]), 0.05)
    assert bound.estimate == bound.upper == 1.0
    assert 0.8 < bound.lower < 0.97  # 3 of 100 negatives may stand above all


@pytest.mark.parametrize(("positives", "reason"), [(0, "one_class_only"), (49, "too_few_rows_for_method")])
def test_without_enough_rows_of_each_label_there_is_none(positives: int, reason: str):
    with pytest.raises(Undefined) as refused:
        average_precision_bound(ScoreCounts([0.1, 0.9], [500, 0], [0, positives]), 0.05)
    assert refused.value.reason == reason
