"""The attacks on membership and attributes, against their definitions written out anew and against other libraries."""

import itertools

import numpy as np
import pytest
from scipy.stats import hypergeom, norm
from sklearn.metrics import roc_curve
from sklearn.naive_bayes import CategoricalNB

from assay.stats.attacks import confidence, flagged, lira, naive_bayes, rmia
from assay.stats.rates import upper_limit


def drawn(seed: int, rows: int = 60, shadows: int = 8):
    draw = np.random.default_rng(seed)
    halves = [draw.permutation(rows) < rows // 2 for _ in range(shadows // 2)]
    member = np.stack([side for half in halves for side in (half, ~half)])
    return draw.uniform(0.01, 0.99, rows), draw.uniform(0.01, 0.99, (shadows, rows)), member


def test_the_confidence_is_the_probability_of_the_true_label():
    assert confidence(np.array([0.2, 0.2]), np.array([1, 0])).tolist() == [0.2, 0.8]


@pytest.mark.parametrize("seed", range(3))
def test_lira_is_the_ratio_of_two_normal_densities(seed: int):
    """Algorithm 1 of Carlini et al. 2022, row by row, with densities of scipy and one variance a side."""
    target, shadows, member = drawn(seed)

    def logit(p):
        return np.log(p / (1 - p))

    def spread(among):
        residuals = [
            logit(shadows[among[:, i], i]) - logit(shadows[among[:, i], i]).mean() for i in range(len(target))
        ]
        count = sum(map(len, residuals)) - len(target)
        return np.sqrt(sum((r**2).sum() for r in residuals) / count)

    expected = [
        norm.logpdf(logit(target[i]), logit(shadows[member[:, i], i]).mean(), spread(member))
        - norm.logpdf(logit(target[i]), logit(shadows[~member[:, i], i]).mean(), spread(~member))
        for i in range(len(target))
    ]
    assert lira(target, shadows, member) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_rmia_is_the_share_of_pairwise_ratios_of_at_least_one(seed: int):
    """Equation 2 of Zarifzadeh et al. 2024 for each pair of a row and one of the population."""
    target, shadows, _ = drawn(seed)
    population, of_population, _ = drawn(seed + 100, rows=25)
    expected = [
        np.mean(
            [
                (target[i] / shadows[:, i].mean()) / (population[z] / of_population[:, z].mean()) >= 1
                for z in range(len(population))
            ]
        )
        for i in range(len(target))
    ]
    assert rmia(target, shadows, population, of_population) == pytest.approx(expected, abs=1e-12)


def test_a_model_that_gives_every_row_the_same_tells_nothing():
    _, _, member = drawn(1)
    same, shadows = np.full(60, 0.3), np.full((8, 60), 0.3)
    assert len(set(lira(same, shadows, member).tolist())) == 1
    assert set(rmia(same, shadows, same[:9], shadows[:, :9]).tolist()) == {1.0}


@pytest.mark.parametrize("rate", [0.1, 0.25, 0.5])
@pytest.mark.parametrize("values", [(1, 2, 3, 4, 5, 6, 7, 8), (1, 1, 1, 1, 2, 2, 3, 3), (5,) * 8])
def test_the_false_positive_rate_is_exact_whoever_of_those_exchangeable_is_the_new_one(values, rate: float):
    """Each of n in turn against the others: exactly k of n are flagged, with ties and without."""
    numbers, lots = np.array(values, dtype=float), np.random.default_rng(1).permutation(8) / 8
    k = int(rate * 8 + 1e-9)
    found = 0
    for i in range(8):
        rest = np.arange(8) != i
        hit, told = flagged(numbers[[i]], numbers[rest], (lots[[i]], lots[rest]), rate)
        assert told == k
        found += int(hit[0])
    assert found == k


def test_too_few_others_fix_no_threshold():
    hit, k = flagged(np.ones(3), np.zeros(98), (np.zeros(3), np.linspace(0, 1, 98)), 0.01)
    assert (hit.any(), k) == (False, 0)
    assert flagged(np.ones(3), np.zeros(99), (np.zeros(3), np.linspace(0, 1, 99)), 0.01)[1] == 1


def test_the_true_positive_rate_is_on_the_roc_of_scikit_learn():
    draw = np.random.default_rng(3)
    members, others = draw.normal(0.7, 1, 500), draw.normal(0, 1, 499)
    hit, k = flagged(members, others, (draw.random(500), draw.random(499)), 0.05)
    fpr, tpr, _ = roc_curve(
        np.repeat([1, 0], [500, 499]), np.concatenate([members, others]), drop_intermediate=False
    )
    below = fpr <= (k - 1) / 499 + 1e-12  # above the k-th largest lie k - 1 of them
    assert hit.mean() == pytest.approx(tpr[below].max(), abs=1e-12)


def test_naive_bayes_is_that_of_scikit_learn():
    draw = np.random.default_rng(4)
    known = [draw.integers(-1, 4, 300), draw.integers(0, 2, 300)]
    wanted, among, asked = draw.integers(0, 3, 300), np.arange(200), np.arange(200, 300)
    found = naive_bayes(known, wanted, among, asked, 3)
    prior = (np.bincount(wanted[among], minlength=3) + 1) / (200 + 3)
    other = CategoricalNB(alpha=1.0, class_prior=prior, min_categories=[5, 3])
    rows = np.column_stack([codes + 1 for codes in known])
    other.fit(rows[among], wanted[among])
    expected = other.predict_log_proba(rows[asked])
    assert found - found.max(axis=1)[:, None] == pytest.approx(
        expected - expected.max(axis=1)[:, None], abs=1e-9
    )


@pytest.mark.parametrize(("everyone", "attacked"), [(40, 20), (40, 40), (61, 15), (30, 1)])
def test_the_bound_holds_for_a_draw_of_the_members_without_putting_back(everyone: int, attacked: int):
    """Clopper-Pearson's limit is of a binomial; of a draw from a finite population it is wrong no more often, by enumeration."""
    for alpha, recognised in itertools.product((0.05, 0.2), range(everyone + 1)):
        seen = np.arange(attacked + 1)
        wrong = upper_limit(seen, attacked, alpha) < recognised / everyone - 1e-12
        assert hypergeom.pmf(seen, everyone, recognised, attacked)[wrong].sum() <= alpha + 1e-12
