"""The Mantel-Haenszel odds ratio: statsmodels, Berkeley's published figure, rows left out one by one, the bootstrap, and its size."""

import numpy as np
import pytest
from scipy.special import stdtrit
from statsmodels.stats.contingency_tables import StratifiedTable
from tests.stats.test_stratified import BERKELEY, arrays, drawn

from assay.stats.histogram import Undefined
from assay.stats.odds_ratio import mantel_haenszel
from assay.stats.stratified import bound_of

SEPARATED = (
    (421, 2618),
    (
        np.array([0.301, 0.009, 0.041, 0.166, 0.156, 0.327]),
        np.array([0.168, 0.128, 0.2, 0.168, 0.131, 0.205]),
    ),
    (
        np.array([0.005, 0.005, 0.995, 0.005, 0.995, 0.995]),
        np.array([0.005, 0.005, 0.995, 0.995, 0.005, 0.995]),
    ),
)
"""Strata that decide in opposite ways on the two groups: most pairs that decide differently are in two of six."""
MILD = (
    (3000, 900),
    (np.array([0.1, 0.9]), np.array([0.7, 0.3])),
    (np.array([0.9, 0.15]), np.array([0.55, 0.6])),
)
SMALL = (
    (600, 600),
    (np.arange(1, 61) / 1830, np.arange(1, 61) / 1830),
    (np.linspace(0.1, 0.9, 60), np.linspace(0.9, 0.1, 60)),
)
"""Sixty strata, of one row or two on average to forty, whose odds ratios grow with their rows."""


def test_the_odds_ratio_of_berkeley_is_the_published_one_to_all_printed_digits():
    assert f"{float(mantel_haenszel(*arrays(BERKELEY)).estimate):.4f}" == "0.9047"


@pytest.mark.parametrize("seed", range(20))
def test_the_odds_ratio_is_that_of_statsmodels(seed: int):
    counts = drawn(seed)
    table = StratifiedTable([np.array([[a, m - a], [c, n - c]]) for a, m, c, n in zip(*counts, strict=True)])
    assert float(mantel_haenszel(*counts).estimate) == pytest.approx(table.oddsratio_pooled, rel=1e-12)


def test_the_error_and_the_correction_are_those_of_leaving_out_every_row():
    counts = np.array([[7, 2, 1], [4, 9, 0], [5, 3, 1], [8, 6, 2]], dtype=float)
    a, b, c, d = counts
    up, down = (a * d / counts.sum(0)).sum(), (b * c / counts.sum(0)).sum()
    changes, less = [], np.zeros(2)
    for cell in range(4):
        for stratum in range(3):
            left = counts.copy()
            left[cell, stratum] -= 1
            rest = left.sum(0)
            without = (left[0] * left[3] / rest).sum(), (left[1] * left[2] / rest).sum()
            lost = np.array([up - without[0], down - without[1]])
            rows = counts[cell, stratum]
            changes.append(rows * (lost[0] / up - lost[1] / down) ** 2 if rows else 0.0)
            less += rows * lost
    found = mantel_haenszel(a, a + b, c, c + d)
    assert float(found.error) == pytest.approx(np.sqrt(sum(changes)), rel=1e-12)
    assert float(found.unbiased) == pytest.approx(np.log(less[0] / less[1]), rel=1e-12)


def test_the_error_of_berkeley_is_that_of_the_bootstrap():
    x1, n1, x2, n2 = arrays(BERKELEY)
    cells = np.stack([x1, n1 - x1, x2, n2 - x2])
    again = np.random.default_rng(1).multinomial(cells.sum(), cells.ravel() / cells.sum(), 4000)
    a, b, c, d = np.moveaxis(again.reshape(-1, 4, 6), 1, 0)
    bootstrap = np.std(mantel_haenszel(a, a + b, c, c + d).logarithm)
    assert float(mantel_haenszel(x1, n1, x2, n2).error) == pytest.approx(bootstrap, rel=0.03)


def test_limits_are_students_around_both_values():
    found = mantel_haenszel(*drawn(2))
    low = min(float(found.logarithm), float(found.unbiased)) + stdtrit(found.least, 0.05) * found.error
    assert np.log(found.lower(0.05)) == pytest.approx(low, rel=1e-12)


def test_the_swapped_groups_have_the_inverse_odds_ratio():
    x1, n1, x2, n2 = drawn(3)
    one, two = mantel_haenszel(x1, n1, x2, n2), mantel_haenszel(x2, n2, x1, n1)
    assert float(one.upper(0.05)) == pytest.approx(1 / float(two.lower(0.05)), rel=1e-12)


def test_many_decisions_of_both_kinds_give_no_limit_where_few_pairs_decide_differently():
    found = mantel_haenszel([500, 2], [502, 500], [499, 3], [503, 500])
    with pytest.raises(Undefined, match="rests on is 2"):
        bound_of(found, 0.05, rule="mantel_haenszel", method="x")


@pytest.mark.parametrize("population", [SEPARATED, MILD, SMALL], ids=["separated", "mild", "small"])
@pytest.mark.parametrize("alpha", [0.05, 0.01])
def test_a_sampled_ratio_passes_wrongly_no_more_often_than_stated_where_odds_ratios_differ(population, alpha):
    (n1, n2), (w1, w2), (p1, p2) = population
    rng, reps = np.random.default_rng(5), 6000
    m1, m2 = rng.multinomial(n1, w1, reps), rng.multinomial(n2, w2, reps)
    found = mantel_haenszel(rng.binomial(m1, p1), m1, rng.binomial(m2, p2), m2)
    weight = n1 * w1 * n2 * w2 / (n1 * w1 + n2 * w2)
    truth = (weight * p1 * (1 - p2)).sum() / (weight * p2 * (1 - p1)).sum()
    told = found.least >= 20
    assert told.mean() > 0.9
    assert np.mean(told & (found.lower(alpha) > truth)) < 1.2 * alpha
    assert np.mean(told & (found.upper(alpha) < truth)) < 1.2 * alpha
