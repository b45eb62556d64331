"""The expected cost against scikit-learn's confusion matrix, and its limits by an exact sum over all tables."""

from __future__ import annotations

import itertools
import math
from decimal import Decimal

import numpy as np
import pytest
import sklearn.metrics as sk
from tables import random_rows

from assay.checks.catalogue import catalogue
from assay.domain.assessment import Asked
from assay.domain.evidence import MeanCell, Means, Statistic
from assay.domain.vocabulary import Comparator
from assay.plan.counts import prospect_of
from assay.stats.assess import assess
from assay.stats.means import mixture_p

COSTS = {
    "cost_fp": Decimal(1),
    "cost_fn": Decimal("7.5"),
    "cost_tp": Decimal("-0.5"),
    "cost_tn": Decimal("0.1"),
}


def assessed(counts: Means, threshold: str, comparator: Comparator = Comparator.AT_MOST):
    asked = Asked("cost", comparator, Decimal(threshold), 0.05)
    return assess(Statistic("performance.expected_cost", "", "test", counts), asked)


@pytest.mark.parametrize("seed", range(5))
def test_the_mean_cost_is_that_of_scikit_learns_confusion_matrix(seed: int) -> None:
    rows = random_rows(seed)
    counts = catalogue()["performance.expected_cost"].count(rows.view(), across="group", arguments=COSTS)
    assert isinstance(counts, Means)
    cost = np.array([[0.1, 1], [7.5, -0.5]])
    for cell in counts.cells:
        mine = rows.group == cell.label
        matrix = sk.confusion_matrix(rows.label[mine], rows.decided[mine])
        expected = float((matrix * cost).sum() / matrix.sum())
        assert np.dot(cell.values, cell.rows) / sum(cell.rows) == pytest.approx(expected, abs=1e-12)
        assert sum(cell.rows) == mine.sum()


def test_few_rows_pass_wrongly_with_at_most_alpha_by_exact_enumeration() -> None:
    """Every table of 25 rows with three costs, weighed by its probability at a true mean on the threshold."""
    n, dear, cheap, p_dear, p_cheap = 25, 10.0, 1.0, 0.2, 0.3
    true, wrong, looked = dear * p_dear + cheap * p_cheap, 0.0, 0
    for a, b in itertools.product(range(n + 1), range(n + 1)):
        if a + b > n or dear * a + cheap * b > true * n:
            continue  # an estimate above the threshold never passes
        values, rows = (0.0, cheap, dear), (n - a - b, b, a)
        passes = mixture_p(values, rows, low=0.0, high=dear, tau=true)[1] <= 0.05
        if passes and looked < 5:
            counts = Means((MeanCell("", values, rows),), 0.0, dear)
            assert assessed(counts, repr(round(true + 1e-6, 9))).all_pass
            looked += 1
        ways = math.comb(n, a) * math.comb(n - a, b)
        wrong += passes * ways * p_dear**a * p_cheap**b * (1 - p_dear - p_cheap) ** (n - a - b)
    assert looked
    assert 0 < wrong <= 0.05


def test_equal_costs_are_merged_and_rows_without_one_are_not_kept() -> None:
    counts = catalogue()["performance.expected_cost"].count(
        random_rows(1).uncut(), arguments={"cost_fp": Decimal(2), "cost_fn": Decimal(2)}
    )
    assert isinstance(counts, Means)
    (cell,) = counts.cells
    assert cell.values == (0.0, 2.0)


def test_a_cost_is_planned_with_the_spread_of_the_imagined_decisions() -> None:
    counts = Means((MeanCell("", (0.0, 1.0, 10.0), (3000, 800, 200)),), 0.0, 10.0)
    asked = Asked("cost", Comparator.AT_MOST, Decimal("0.9"), 0.05)
    prospect = prospect_of(counts, asked, None)
    # At the threshold as often as the rule lets such a mean pass: it pays a little for the range of the costs.
    assert 0.03 <= prospect.passes(0.9, 1.0) <= 0.05
    assert prospect.passes(0.7, 1.0) > 0.99
    assert prospect.at_best(0.7, 1.0) == 1
