"""A short, exact version of `make guarantee`, and proof that its method would catch a broken rule."""

from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binom, norm

sys.path.insert(0, str(Path(__file__).parents[2]))

from guarantee.boundary import Design, simulate, simulate_at, wrong
from guarantee.effect_designs import effect_designs
from guarantee.folds import folds
from guarantee.ladders import LADDERS
from guarantee.proxied_designs import proxied_designs
from guarantee.rule import Rule
from guarantee.simulated import TABLES
from guarantee.stratified_designs import stratified_designs
from guarantee.tiny_worlds import WORLDS, Decided, World, decided, worst

from assay.domain.assessment import Asked
from assay.domain.evidence import Compare, Rate, Rates, Statistic
from assay.domain.vocabulary import Comparator, Grade
from assay.stats.assess import assess
from assay.stats.simulated_sizes import SIMULATED_SIZES
from assay.stats.skew import cautious_width, unseen

ALPHA = 0.05
SHORT = [WORLDS[i] for i in (0, 1, 2, 3, 4, 5, 7)]


@pytest.fixture(scope="module")
def enumerated() -> list[tuple[World, Decided]]:
    return [(world, decided(world)) for world in SHORT]


def test_no_tiny_world_certifies_a_bad_model_more_often_than_alpha(enumerated):
    found = [worst(world, tables, tables.certified, effort=0.5) for world, tables in enumerated]

    assert all(f.probability <= world.alpha for f, (world, _) in zip(found, enumerated, strict=True))
    assert max(f.probability / w.alpha for f, (w, _) in zip(found, enumerated, strict=True)) > 0.8
    """The rules are not merely cautious: some world comes close to its level."""


def test_every_tiny_world_certifies_something(enumerated):
    assert all(tables.certified.any() and not tables.certified.all() for _, tables in enumerated)


def test_the_same_adversary_catches_the_point_estimate(enumerated):
    found = [worst(world, tables, tables.point, effort=0.5).probability for world, tables in enumerated]

    assert min(found) > 0.3


@pytest.mark.parametrize("factor", [2])
def test_the_same_adversary_catches_a_wrong_level(factor):
    """Two one-sided limits of one 1 - 2 alpha interval mistaken for 1 - alpha, and worse."""
    caught = 0
    for world in SHORT[:4]:
        broken = Rule(world.asked, alpha=factor * world.alpha)
        tables = decided(world, broken)
        caught += worst(world, tables, tables.certified, effort=0.5).probability > world.alpha

    assert caught >= 2


def test_a_certificate_is_only_ever_lost_by_a_stricter_level(enumerated):
    for world, tables in enumerated[:4]:
        stricter = decided(world, Rule(world.asked, alpha=world.alpha / 2))
        assert not (stricter.certified & ~tables.certified).any()


# --- larger counts, one criterion: sizes as sums over all tables -------------------------------------------------


def size_of_a_rate(n: int, tau: str, passes) -> float:
    """P(the rule passes) at the threshold, the worst point of H0."""
    x = np.arange(n + 1)
    chosen = np.array([passes(int(k), n) for k in x])
    return float(binom.pmf(x, n, float(Decimal(tau)))[chosen].sum())


def product_passes(tau: str):
    def passes(x: int, n: int) -> bool:
        return assessed(Rates((Rate("", x, n),)), Comparator.AT_LEAST, tau).all_pass

    return passes


def wald_passes(tau: str):
    def passes(x: int, n: int) -> bool:
        p = x / n
        return p - norm.ppf(1 - ALPHA) * np.sqrt(p * (1 - p) / n) >= float(Decimal(tau))

    return passes


def assessed(counts: Rates, comparator: Comparator, threshold: str):
    statistic = Statistic("m", "", "test", counts)
    return assess(statistic, Asked("c", comparator, Decimal(threshold), ALPHA))


RATES = [(n, tau) for n in (5, 20, 60, 150) for tau in ("0.1", "0.5", "0.8", "0.95")]


@pytest.mark.parametrize(("n", "tau"), RATES)
def test_a_rate_has_its_level(n, tau):
    assert size_of_a_rate(n, tau, product_passes(tau)) <= ALPHA


def test_wald_limits_are_caught():
    assert max(size_of_a_rate(n, tau, wald_passes(tau)) for n, tau in RATES) > 2 * ALPHA


def size_of_a_comparison(n1: int, n2: int, compare: Compare, threshold: str, passes) -> float:
    """The largest P(the rule passes) on a fine grid of populations at the threshold, in both directions."""
    chosen = np.array([[passes(x1, n1, x2, n2) for x2 in range(n2 + 1)] for x1 in range(n1 + 1)])
    tau = float(Decimal(threshold))
    p = np.linspace(0, 1, 401)
    other = tau * p if compare is Compare.RATIO else p - tau
    p, other = p[other >= 0], other[other >= 0]
    sizes = []
    for one, two in ((p, other), (other, p)):
        first = binom.pmf(np.arange(n1 + 1)[:, None], n1, one)
        second = binom.pmf(np.arange(n2 + 1)[:, None], n2, two)
        sizes.append(np.einsum("ik,ij,jk->k", first, chosen, second).max())
    return float(max(sizes))


def product_compares(compare: Compare, threshold: str):
    comparator = Comparator.AT_LEAST if compare is Compare.RATIO else Comparator.AT_MOST

    def passes(x1: int, n1: int, x2: int, n2: int) -> bool:
        found = assessed(Rates((Rate("a", x1, n1), Rate("b", x2, n2)), compare), comparator, threshold)
        assert found.grade is Grade.A
        return found.all_pass

    return passes


COMPARISONS = [
    (8, 8, Compare.DIFFERENCE, "0.5"),
    (6, 14, Compare.DIFFERENCE, "0.4"),
    (15, 15, Compare.DIFFERENCE, "0.3"),
    (10, 10, Compare.RATIO, "0.4"),
    (7, 16, Compare.RATIO, "0.5"),
    (18, 12, Compare.RATIO, "0.6"),
]


@pytest.mark.parametrize(("n1", "n2", "compare", "threshold"), COMPARISONS)
def test_a_comparison_has_its_level(n1, n2, compare, threshold):
    size = size_of_a_comparison(n1, n2, compare, threshold, product_compares(compare, threshold))

    assert size <= ALPHA


def test_wald_differences_are_caught():
    def passes(x1: int, n1: int, x2: int, n2: int) -> bool:
        p1, p2 = x1 / n1, x2 / n2
        error = np.sqrt(p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2)
        return abs(p1 - p2) + norm.ppf(1 - ALPHA) * error <= 0.4

    assert size_of_a_comparison(6, 14, Compare.DIFFERENCE, "0.4", passes) > 1.2 * ALPHA


# --- grade B: ladders of losses ------------------------------------------------------------------------------------

LADDER = "three rungs, .02, .3"
DESIGNS = [design for designs in TABLES.values() for design in designs()]
IN_STRATA = {
    design.rule for designs in (stratified_designs, effect_designs, proxied_designs) for design in designs()
}
OF_ROWS = [rule for rule in SIMULATED_SIZES if rule not in IN_STRATA]
"""Rules of rows, whose values can lie on a ladder; the others are of counts in strata or bins, which have designs of their own."""


def ladders_of(rule: str) -> list[Design]:
    """Its ladders of the first size: both directions, mirrored ones, both labels."""
    found = [d for d in DESIGNS if d.rule == rule and LADDER in d.shape and d.size >= 100]
    return [d for d in found if d.size == found[0].size]


@pytest.mark.parametrize("rule", SIMULATED_SIZES)
def test_every_simulated_rule_has_designs(rule):
    assert any(design.rule == rule for design in DESIGNS)


@pytest.mark.parametrize("rule", OF_ROWS)
def test_every_ladder_is_tried_for_every_rule(rule):
    assert all(any(d.rule == rule and shape in d.shape for d in DESIGNS) for shape in LADDERS)


def error(share: float, reps: int) -> float:
    return float(np.sqrt(share * (1 - share) / reps))


@pytest.mark.parametrize("rule", OF_ROWS)
def test_a_ladder_of_losses_is_seldom_passed(rule):
    for design in ladders_of(rule):
        levels, reps = (0.01, 0.05, 0.20), 1000
        if design.p is None:
            assert wrong(simulate(design, 120)) <= 0.06 + 3 * error(0.06, 120), design.shape
            continue
        for level, row in zip(levels, simulate_at(design, reps, levels), strict=True):
            assert wrong(row) <= level + 3 * error(level, reps), (design.shape, level)


def test_the_same_ladder_catches_the_larger_of_two_allowances():
    """Hall's skew-corrected t or the losses that nobody saw, whichever is more: what was done before."""
    values, mass = LADDERS["three rungs, .07, .38"].at(300)
    rows = np.random.default_rng(1).multinomial(300, mass, size=20_000)
    mean = rows @ values / 300
    centred = values - mean[:, None]
    deviation = np.sqrt((rows * centred**2).sum(axis=1) / 299)
    skewness = (rows * centred**3).sum(axis=1) / 300 / np.maximum(deviation, 1e-9) ** 3 / np.sqrt(300)
    width = cautious_width(skewness, 1.65) * deviation / np.sqrt(300)
    largest = np.where(rows > 0, values, 0).max(axis=1)
    upper = mean + np.maximum(width, (1 - largest) * unseen(300, ALPHA))
    assert (upper < values @ mass).mean() > 0.075


@pytest.mark.parametrize("rule", ["mean", "ks_calibration", "ece", "observed_expected"])
def test_the_p_values_of_many_samples_are_those_that_the_limits_invert(rule):
    for design in [d for d in DESIGNS if d.rule == rule][::29]:
        at_least, at_most = design.p(np.random.default_rng(5), 1)
        limits = design.draw(np.random.default_rng(5))
        for level in (0.001, 0.05, 0.2):
            bound = limits(level)
            for p, beyond in (
                (at_least[0], bound.lower - design.truth),
                (at_most[0], design.truth - bound.upper),
            ):
                assert abs(beyond) < 1e-9 or (beyond > 0) == (p < level), design.shape


def test_a_mean_over_folds_is_certified_wrongly_no_more_often_than_alpha_however_they_depend():
    found = list(folds((20, 300), (0.05, 0.5, 0.99)))
    assert max(row["bound"] for row in found) <= ALPHA
    same = [row for row in found if row["folds are"] == "one and the same"]
    assert max(row["bound"] for row in same) > 0.01
    assert max(row["point estimate"] for row in found) > 0.5
