"""What errors cost equals scikit-learn's confusion matrix times the costs; the bound is never wrong more often than alpha."""

import itertools
from decimal import Decimal

import numpy as np
import pytest
from scipy.stats import multinomial
from sklearn.metrics import confusion_matrix
from tables import random_rows

from assay.checks.catalogue import catalogue
from assay.domain.evidence import Combination, Combined, Rate, Undefined
from assay.domain.vocabulary import Comparator
from assay.stats.expected_cost import expected_cost
from assay.stats.pieces.kinds import PIECES
from assay.stats.pieces.pieces import Target

CHECK = catalogue()["fairness.error_cost"]
COSTS = {"cost_fp": Decimal(10), "cost_fn": Decimal("2.5")}


@pytest.mark.parametrize("seed", range(6))
def test_costs_per_person_are_those_of_the_confusion_matrix(seed: int):
    rows = random_rows(seed)
    counts = CHECK.count(rows.view(), across="group", arguments=COSTS)
    assert isinstance(counts, Combined)
    found = {
        label: sum(w * c.events / c.trials for w, c in zip(counts.weights, mine, strict=True))
        for label in counts.labels
        for mine in [[c for c in counts.cells if c.label == label]]
    }
    for label, cost in found.items():
        mine = rows.group == label
        _, fp, fn, _ = confusion_matrix(rows.label[mine], rows.decided[mine]).ravel()
        assert cost == pytest.approx((10 * fp + 2.5 * fn) / mine.sum(), abs=1e-12)


@pytest.mark.parametrize("rates", [(0.1, 0.2, 0.3, 0.1), (0.02, 0.4, 0.05, 0.5), (0.3, 0.3, 0.3, 0.3)])
def test_by_enumeration_the_limits_are_wrong_in_at_most_alpha_of_all_samples(rates):
    """All samples of two groups of 9 and 7 rows, each row right, a false positive or a false negative."""
    alpha, costs, sizes = 0.1, (10.0, 2.5), (9, 7)
    chances = [(1 - a - b, a, b) for a, b in (rates[:2], rates[2:])]
    truth = sum(w * (p - q) for w, p, q in zip(costs, chances[0][1:], chances[1][1:], strict=True))
    outcomes = [
        [(fp, fn) for fp, fn in itertools.product(range(n + 1), repeat=2) if fp + fn <= n] for n in sizes
    ]
    mass = [
        [multinomial.pmf((n - a - b, a, b), n, p) for a, b in found]
        for n, p, found in zip(sizes, chances, outcomes, strict=True)
    ]
    one, two = (np.array(found, dtype=float) for found in outcomes)
    shape = (len(one), len(two), 2)
    made = expected_cost(
        np.broadcast_to(one[:, None, :], shape),
        np.full(shape, sizes[0]),
        np.broadcast_to(two[None, :, :], shape),
        np.full(shape, sizes[1]),
        costs,
    )
    chance = np.outer(*mass)
    assert chance.sum() == pytest.approx(1)
    assert chance[made.lower(alpha) > truth + 1e-12].sum() <= alpha
    assert chance[made.upper(alpha) < truth - 1e-12].sum() <= alpha


def test_what_costs_nothing_takes_no_part_of_alpha():
    both = expected_cost([3, 5], [40, 40], [6, 1], [50, 50], (2.0, 0.0))
    alone = expected_cost([3], [40], [6], [50], (2.0,))
    assert both.upper(0.05) == alone.upper(0.05)
    free = {"cost_fp": Decimal(0), "cost_fn": Decimal(0)}
    assert isinstance(CHECK.count(random_rows(0).view(), across="group", arguments=free), Undefined)


def test_each_row_is_told_once():
    rows = random_rows(0)
    found = CHECK.count(rows.view(), across="group", arguments=COSTS)
    for piece in PIECES[Combined](found, Target(Comparator.AT_MOST, Decimal("0.5"), 0.05)).printed:
        assert piece.n == np.isin(rows.group, piece.between).sum()


def test_only_an_expected_cost_has_costs():
    cells = (Rate("a", 1, 2, "x"), Rate("b", 1, 2, "x"))
    with pytest.raises(ValueError, match="cost of each family"):
        Combined(cells, Combination.EXPECTED_COST)
    with pytest.raises(ValueError, match="nothing else"):
        Combined(cells, Combination.SCORING_RATIO, weights=(1.0,))
    with pytest.raises(ValueError, match="of the same rows"):
        Combined(
            (*cells, Rate("a", 1, 3, "y"), Rate("b", 1, 2, "y")), Combination.EXPECTED_COST, weights=(1, 1)
        )
    with pytest.raises(ValueError, match="at least 0"):
        Combined(cells, Combination.EXPECTED_COST, weights=(-1.0,))
