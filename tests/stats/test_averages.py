"""Macro averages: exact on all samples of few rows, and of many by simulation; their limits and p-values are one rule."""

import itertools

import numpy as np
import pytest
from scipy.stats import binom

from assay.stats.averages import macro_f1_bound, macro_recall_bound, macro_recall_p
from assay.stats.histogram import Undefined


@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize(("rows", "tau"), [((5, 4), 0.5), ((9, 3), 0.7), ((1, 12), 0.6)])
def test_no_two_recalls_below_the_mean_asked_pass_more_often_than_alpha(
    rows: tuple[int, int], tau: float, side: int
):
    alpha = 0.2
    tables = list(itertools.product(range(rows[0] + 1), range(rows[1] + 1)))
    passes = [macro_recall_p(table, rows, tau)[side] <= alpha for table in tables]
    passed = np.array(passes).reshape(rows[0] + 1, rows[1] + 1)
    assert passed.any()
    wrong = [
        binom.pmf(np.arange(rows[0] + 1), rows[0], one)
        @ passed
        @ binom.pmf(np.arange(rows[1] + 1), rows[1], 2 * tau - one)
        for one in np.linspace(max(0, 2 * tau - 1), min(1, 2 * tau), 101)
    ]
    assert 0 < max(wrong) <= alpha


@pytest.mark.parametrize(
    ("events", "rows"), [((270, 20, 95), (300, 40, 100)), ((3, 4), (5, 5)), ((50, 50), (50, 50))]
)
def test_p_values_of_macro_recall_are_the_levels_at_which_a_limit_meets_the_threshold(
    events: tuple[int, ...], rows: tuple[int, ...]
):
    bound = macro_recall_bound(events, rows, 0.05)
    assert bound.estimate == pytest.approx(np.mean(np.divide(events, rows)))
    assert macro_recall_p(events, rows, bound.lower)[0] == pytest.approx(0.05, rel=1e-6)
    assert bound.upper == 1 or macro_recall_p(events, rows, bound.upper)[1] == pytest.approx(0.05, rel=1e-6)


def test_of_one_class_it_is_chernoffs_bound_of_a_rate():
    x, n, tau = 36, 40, 0.75
    rate = x / n
    divergence = rate * np.log(rate / tau) + (1 - rate) * np.log((1 - rate) / (1 - tau))
    assert macro_recall_p([x], [n], tau)[0] == pytest.approx(np.exp(-n * divergence), rel=1e-4)


def test_macro_f1_of_classes_that_take_rows_from_each_other_is_seldom_above_the_truth():
    rng = np.random.default_rng(5)
    law = np.array([[0.5, 0.05, 0.05], [0.04, 0.12, 0.04], [0.05, 0.05, 0.10]])
    either = law.sum(axis=0) + law.sum(axis=1)
    truth = float(np.mean(2 * np.diag(law) / either))
    wrong = np.zeros(2)
    for _ in range(2000):
        found = rng.multinomial(300, law.ravel()).reshape(3, 3)
        right = np.diag(found)
        bound = macro_f1_bound(right, found.sum(axis=0) + found.sum(axis=1) - right, 0.2)
        wrong += bound.lower > truth, bound.upper < truth
    assert (wrong / 2000 <= 0.2).all()


def test_a_class_without_rows_has_no_rate():
    with pytest.raises(Undefined):
        macro_recall_bound([3, 0], [5, 0], 0.05)
