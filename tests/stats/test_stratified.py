"""Two groups over strata: exact fractions, and figures that others published of Berkeley's admissions."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from assay.domain.assessment import Asked
from assay.domain.evidence import Composite, Rate, Statistic, Stratified
from assay.domain.judge import judge
from assay.domain.vocabulary import Comparator, Reason, Verdict
from assay.stats import stratified
from assay.stats.assess import assess
from assay.stats.histogram import Undefined

BERKELEY = {
    "A": ((512, 825), (89, 108)),
    "B": ((353, 560), (17, 25)),
    "C": ((120, 325), (202, 593)),
    "D": ((138, 417), (131, 375)),
    "E": ((53, 191), (94, 393)),
    "F": ((22, 373), (24, 341)),
}
"""Admitted and all applicants, men and women, by department (Bickel et al. 1975; UCBAdmissions of R)."""


def arrays(strata) -> tuple[np.ndarray, ...]:
    (x1, n1), (x2, n2) = (np.array([cells[g] for cells in strata.values()]).T for g in (0, 1))
    return x1, n1, x2, n2


def drawn(seed: int) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    n1, n2 = rng.integers(20, 90, 5), rng.integers(20, 400, 5)
    return rng.binomial(n1, rng.uniform(0.2, 0.8, 5)), n1, rng.binomial(n2, rng.uniform(0.2, 0.8, 5)), n2


@pytest.mark.parametrize("seed", range(10))
def test_both_parts_are_exact_and_add_up_to_the_gap(seed: int):
    counts = drawn(seed)
    rows = [[int(v) for v in cells] for cells in zip(*counts, strict=True)]
    one, two = (sum(Fraction(row[g]) for row in rows) for g in (1, 3))
    within = sum((m / one + n / two) / 2 * (Fraction(a, m) - Fraction(c, n)) for a, m, c, n in rows)
    moved = sum((m / one - n / two) / 2 * (Fraction(a, m) + Fraction(c, n)) for a, m, c, n in rows)
    assert float(stratified.treatment(*counts).estimate) == pytest.approx(float(within), abs=1e-14)
    assert float(stratified.composition(*counts).estimate) == pytest.approx(float(moved), abs=1e-14)
    assert float(stratified.gap(*counts).estimate) == pytest.approx(float(within + moved), abs=1e-14)


def test_one_stratum_has_the_gap_of_two_rates_and_none_by_composition():
    counts = ([30], [100], [50], [200])
    assert float(stratified.treatment(*counts).estimate) == pytest.approx(0.05)
    assert float(stratified.composition(*counts).estimate) == 0
    assert float(stratified.treatment(*counts).shares) == 0


def test_the_aggregate_gap_of_berkeley_turns_round():
    found = stratified.reversal(*arrays(BERKELEY))
    assert f"{float(found.overall.estimate):.3f}" == "0.142"  # 44.5 % of the men and 30.4 % of the women
    assert float(found.within.estimate) < 0
    assert float(found.estimate) == -float(found.within.estimate)


def test_the_disparity_of_berkeley_in_all_is_the_one_that_clarify_prints():
    """46 % of the refused and 32 % of the admitted were women: DD = 0.46 - 0.32 = 0.14."""
    x1, n1, x2, n2 = (v.sum(keepdims=True) for v in arrays(BERKELEY))
    found = stratified.disparity(x2, n2, x1, n1)
    refused, favoured = (found.x / found.n).tolist()
    assert (f"{refused:.2f}", f"{favoured:.2f}", f"{float(found.estimate):.2f}") == ("0.46", "0.32", "0.14")


@pytest.mark.parametrize("seed", range(5))
def test_the_disparity_is_the_mean_of_the_strata_by_their_rows(seed: int):
    counts = drawn(seed)
    total, rows = Fraction(0), 0
    for a, m, c, n in zip(*(v.tolist() for v in counts), strict=True):
        total += (m + n) * (Fraction(m - a, m + n - a - c) - Fraction(a, a + c))
        rows += m + n
    assert float(stratified.disparity(*counts).estimate) == pytest.approx(float(total / rows), abs=1e-14)


@pytest.mark.parametrize("rule", [stratified.treatment, stratified.composition, stratified.disparity])
def test_limits_lie_around_the_estimate_and_nest(rule):
    found = rule(*drawn(1))
    limits = [(float(found.lower(a)), float(found.upper(a))) for a in (0.2, 0.05, 0.001)]
    assert all(low < float(found.estimate) < high for low, high in limits)
    assert [low for low, _ in limits] == sorted((low for low, _ in limits), reverse=True)
    assert [high for _, high in limits] == sorted(high for _, high in limits)


PRODUCTS = {
    "both small": ((5000, 5000), ((0.43, 0.57), (0.423, 0.577)), ((0.30, 0.62), (0.71, 0.40))),
    "attacked at .0039": (
        (579, 1360),
        ((0.603, 0.397), (0.506, 0.494)),
        ((0.8995, 0.3979), (0.2448, 0.6653)),
    ),
    "attacked at .0101": (
        (1363, 808),
        ((0.367, 0.633), (0.497, 0.503)),
        ((0.6496, 0.7344), (0.2117, 0.2829)),
    ),
    "attacked at .0319": ((678, 482), ((0.325, 0.675), (0.543, 0.457)), ((0.146, 0.568), (0.57, 0.44))),
}
"""Groups in nearly the same strata, whose rates add up to nearly as much in each; the limits of first order passed .08 of the second."""


@pytest.mark.parametrize("population", PRODUCTS.values(), ids=PRODUCTS)
@pytest.mark.parametrize("alpha", [0.05, 0.01])
def test_a_small_part_by_composition_passes_wrongly_no_more_often_than_stated(population, alpha):
    rows, w, p = ([np.asarray(v) for v in given] for given in population)
    rng, reps = np.random.default_rng(2), 6000
    m1, m2 = (rng.multinomial(n, shares, reps) for n, shares in zip(rows, w, strict=True))
    found = stratified.composition(rng.binomial(m1, p[0]), m1, rng.binomial(m2, p[1]), m2)
    truth = ((w[0] - w[1]) * (p[0] + p[1])).sum() / 2
    assert np.mean(found.upper(alpha) < truth) < 1.2 * alpha
    assert np.mean(found.lower(alpha) > truth) < 1.2 * alpha


def test_few_rows_give_no_limits():
    with pytest.raises(Undefined) as refused:
        stratified.bound_of(stratified.treatment([1], [19], [9], [90]), 0.05, rule="kitagawa", method="x")
    assert refused.value.reason == "too_few_rows_for_method"


def judged(strata, composite: Composite, *, at_least: bool, threshold: str, **how):
    cells = tuple(
        Rate(label, x, n, family)
        for family, two in strata.items()
        for label, (x, n) in zip(("men", "women"), two, strict=True)
    )
    sign = Comparator.AT_LEAST if at_least else Comparator.AT_MOST
    statistic = Statistic("fairness.x", "sex", "test", Stratified(cells, composite, **how))
    return judge([assess(statistic, Asked("x", sign, Decimal(threshold), 0.05))])[0]


def test_a_cell_without_rows_is_named():
    strata = BERKELEY | {"G": ((4, 30), (0, 0))}
    found = judged(strata, Composite.WITHIN_STRATA, at_least=False, threshold="0.10")
    assert found.verdict is Verdict.NOT_EVALUABLE
    assert [(u.label, u.reason) for u in found.assessment.undefined] == [("women (G)", Reason.EMPTY_GROUP)]
    odds = judged(strata, Composite.ODDS_RATIO, at_least=True, threshold="0.70")
    assert odds.verdict is Verdict.PASS
    assert ("", "rows of strata with one of them alone", 30) in odds.assessment.pieces[0].counts


def test_p_values_meet_the_level_where_the_limit_meets_the_threshold():
    found = judged(BERKELEY, Composite.WITHIN_STRATA, at_least=False, threshold="0.10").assessment
    again = judged(BERKELEY, Composite.WITHIN_STRATA, at_least=False, threshold=f"{found.bound.value:.12f}")
    worst = again.assessment.pieces[0]
    assert worst.p_pass == pytest.approx(0.05, rel=1e-6)


def test_a_gap_is_not_asked_to_be_large():
    assert (
        judged(BERKELEY, Composite.REVERSAL, at_least=True, threshold="0.1").verdict is Verdict.NOT_EVALUABLE
    )


def test_each_group_has_one_cell_in_each_stratum():
    with pytest.raises(ValueError, match="one cell in each stratum"):
        Stratified((Rate("a", 1, 2, "A"), Rate("b", 1, 2, "B")), Composite.ODDS_RATIO)
