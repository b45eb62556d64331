"""The power that `assay plan` prints, against what really happens."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from assay.checks.catalogue import metrics
from assay.domain.answers import Answers
from assay.domain.assessment import Asked
from assay.domain.evidence import Compare, Composite, LossCell, Losses, Rate, Rates, Statistic, Stratified
from assay.domain.vocabulary import Comparator, Task
from assay.plan.counts import prospect_of
from assay.plan.losses import MEAN_OF_SHAPE
from assay.plan.power import Power, best_value, expected_value
from assay.stats.assess import assess
from assay.stats.contrast_power import rates_power
from assay.stats.contrasts import p_contrast_at_least
from assay.stats.pieces.pieces import Target
from assay.stats.pieces.stratified import stratified_pieces
from assay.stats.power import power_contrast
from assay.stats.rates import p_at_least, p_at_most

ALPHA = 0.05
REPS = 20_000


def cells(*pairs: tuple[int, int], family: str = "") -> tuple[Rate, ...]:
    return tuple(Rate(f"g{i}", events, trials, family) for i, (events, trials) in enumerate(pairs))


def sampled(rates, rows):
    rng = np.random.default_rng(7)
    return rng.binomial(rows, rates, size=(REPS, len(rows)))


def gaps_pass(x, rows, tau):
    passed = np.ones(len(x), dtype=bool)
    for a in range(len(rows)):
        for b in range(len(rows)):
            if a != b:
                p = p_contrast_at_least(x[:, a], rows[a], x[:, b], rows[b], ratio=1.0, margin=-tau)
                passed &= p <= ALPHA
    return passed.mean()


@pytest.mark.parametrize(
    ("comparator", "rule", "tau", "true"),
    [(Comparator.AT_LEAST, p_at_least, 0.8, 0.87), (Comparator.AT_MOST, p_at_most, 0.1, 0.06)],
)
def test_single_rates_are_planned_exactly(comparator, rule, tau, true):
    rows = np.array([300, 500])
    planned = rates_power(Rates(cells((0, 300), (0, 500))), comparator, tau, ALPHA, seed=1)(true, 1.0)
    realised = np.all(rule(sampled(np.full(2, true), rows), rows, tau) <= ALPHA, axis=1).mean()

    assert planned == pytest.approx(realised, abs=0.012)


@pytest.mark.parametrize(("rate", "true"), [(0.0, 0.04), (0.02, 0.03), (0.0, 0.05), (0.98, 0.03)])
def test_a_gap_is_planned_where_the_rate_is_smaller_than_it(rate: float, true: float) -> None:
    """Nothing is missing in the reference, and a gap of 0.04 was none: the plan said 100 % of what passes hardly ever."""
    rows = np.array([900, 300])
    counts = Rates(cells(*((round(rate * n), int(n)) for n in rows)), Compare.DIFFERENCE)
    planned = rates_power(counts, Comparator.AT_MOST, 0.05, ALPHA, seed=3)(true, 1.0)
    small = rate + true if rate < true else rate - true
    realised = gaps_pass(sampled(np.array([rate, small]), rows), rows, 0.05)

    assert planned == pytest.approx(realised, abs=0.02)


@pytest.mark.parametrize(("rows", "other"), [(300, 900), (700, 700), (2000, 250), (40_000, 9_000)])
@pytest.mark.parametrize(
    ("compare", "tau", "true"),
    [
        (Compare.DIFFERENCE, 0.10, 0.0),
        (Compare.DIFFERENCE, 0.10, 0.05),
        (Compare.RATIO, 0.8, 1.0),
        (Compare.RATIO, 0.8, 0.9),
    ],
)
def test_two_groups_are_planned_as_the_exact_sum_has_it(compare, tau, true, rows, other):
    """Either way round one can fail and not both, so that the powers of the two directions give that of the pair."""
    rate, ratio = 0.6, compare is Compare.RATIO
    counts = Rates(cells((round(rate * rows), rows), (round(rate * other), other)), compare)
    at = Comparator.AT_LEAST if ratio else Comparator.AT_MOST
    planned = rates_power(counts, at, tau, ALPHA, seed=5)(true, 1.0)
    small, large = (min(rows, other), rate * true if ratio else rate - true), (max(rows, other), rate)
    each = [
        power_contrast(
            one[0],
            two[0],
            one[1],
            two[1],
            ratio=tau if ratio else 1.0,
            margin=0.0 if ratio else -tau,
            alpha=ALPHA,
        )
        for one, two in ((small, large), (large, small))
    ]
    assert planned == pytest.approx(sum(each) - 1, abs=0.02)


def test_gaps_of_many_groups_are_planned_with_all_of_them():
    rows = np.full(16, 700)
    counts = Rates(cells(*[(189, 700)] * 16), Compare.DIFFERENCE)
    planned = rates_power(counts, Comparator.AT_MOST, 0.10, ALPHA, seed=2)(0.0, 1.0)
    realised = gaps_pass(sampled(np.full(16, 0.27), rows)[:1000], rows, 0.10)

    assert planned == pytest.approx(realised, abs=0.03)


def test_each_family_is_planned_at_its_own_rate():
    low, high = cells((50, 1000), (50, 1000), family="low"), cells((500, 1000), (500, 1000), family="high")
    both = rates_power(Rates(low + high, Compare.DIFFERENCE), Comparator.AT_MOST, 0.07, ALPHA, seed=3)(
        0.0, 1.0
    )
    alone = [
        rates_power(Rates(family, Compare.DIFFERENCE), Comparator.AT_MOST, 0.07, ALPHA, seed=3)(0.0, 1.0)
        for family in (low, high)
    ]

    assert both == pytest.approx(alone[0] * alone[1], abs=0.02)


def test_only_the_pairs_that_will_be_compared_are_planned():
    counts = cells((250, 500), (250, 500), (10, 20))
    focused = Rates(counts, Compare.DIFFERENCE, focus=("g0",))
    all_pairs = Rates(counts, Compare.DIFFERENCE)
    with_reference = Rates(counts[:2], Compare.DIFFERENCE, reference="g0")

    def power(asked: Rates) -> float:
        return rates_power(asked, Comparator.AT_MOST, 0.3, ALPHA, seed=4)(0.0, 1.0)

    assert power(all_pairs) <= power(focused)
    assert power(with_reference) > 0.99


def test_no_rows_no_power():
    counts = Rates(cells((0, 3), (0, 5)), Compare.RATIO)

    assert rates_power(counts, Comparator.AT_LEAST, 0.8, ALPHA, seed=5)(1.0, 0.01) == 0.0


@pytest.mark.parametrize(
    ("metric", "comparator", "threshold", "good"),
    [
        ("performance.observed_expected", Comparator.AT_MOST, "1.2", 1.0),
        ("performance.observed_expected", Comparator.AT_LEAST, "0.8", 1.0),
        ("performance.observed_expected", Comparator.AT_LEAST, "1.2", 1.8),  # the ideal shows nothing there
        ("data.leaking_columns", Comparator.AT_MOST, "0.95", 0.5),
        ("performance.permutation_importance", Comparator.AT_MOST, "0.3", 0.15),
    ],
)
def test_a_good_model_is_one_that_can_be(metric, comparator, threshold, good):
    limit = metrics()[metric], comparator, Decimal(threshold)
    assert expected_value(*limit, None, best_value(*limit, None)) == pytest.approx(good)


@pytest.mark.parametrize(
    ("metric", "comparator", "threshold", "good"),
    [
        ("performance.mae_gain_over_incumbent", Comparator.AT_LEAST, "-5", 0.0),
        ("performance.mae_gain_over_incumbent", Comparator.AT_LEAST, "0", 50.0),
        ("performance.mae_gain_over_incumbent", Comparator.AT_LEAST, "2", 3.0),
        ("performance.sensitivity_curve", Comparator.AT_LEAST, "-10", 20.0),
        ("performance.sensitivity_curve", Comparator.AT_MOST, "-10", -30.0),
    ],
)
def test_what_is_asked_below_zero_is_not_hopeless(metric, comparator, threshold, good):
    """Of an unlimited metric twice the threshold, or zero, was the best that there could be: worse than -5 and -10."""
    found, answers = metrics()[metric], Answers(Task.REGRESSION, -50.0, 50.0)
    limit = found, comparator, Decimal(threshold)
    best = best_value(*limit, None, found.under({}, answers))
    assert expected_value(*limit, None, best) == pytest.approx(good)


@pytest.mark.parametrize(
    ("metric", "answers", "comparator", "threshold", "unknown", "best"),
    [
        ("performance.mae_at_worst", Answers(Task.REGRESSION, 0.0, 100.0), Comparator.AT_MOST, "15", 0, 0.0),
        ("performance.mae_at_worst", Answers(Task.REGRESSION, 0.0, 100.0), Comparator.AT_MOST, "15", 250, 20.0),
        ("performance.multiclass_accuracy_at_worst", Answers(Task.MULTICLASS, classes=("a", "b")), Comparator.AT_LEAST, "0.7", 250, 0.8),
        ("performance.multiclass_accuracy_at_worst", Answers(Task.MULTICLASS, classes=("a", "b")), Comparator.AT_LEAST, "0.7", 1000, 0.5),
    ],
)  # fmt: skip
def test_no_model_is_supposed_to_be_right_about_cases_of_unknown_outcome(
    metric, answers, comparator, threshold, unknown, best
):
    """A plan called it certain that .7 of all cases are right where half of them are unknown."""
    found = metrics()[metric]
    limit = found, comparator, Decimal(threshold)
    declared = found.under({"unknown": unknown}, answers, 1000)
    assert best_value(*limit, None, declared) == pytest.approx(best)
    expected = expected_value(*limit, None, best_value(*limit, None, declared))
    asked = float(threshold)
    hopeless = best >= asked if comparator is Comparator.AT_MOST else best <= asked
    assert expected == pytest.approx(best if hopeless else (asked + best) / 2)


@pytest.mark.parametrize("unknown", [100, 250])
def test_cases_that_lose_all_are_planned_as_simulated_rows_beside_them_pass(unknown):
    """The margin of a plan was half of what is needed: it took the cases of unknown outcome for errors like others."""
    rng, rows, width, steps = np.random.default_rng(7), 2500, 20_000.0, 10_000
    asked = Asked("c", Comparator.AT_MOST, Decimal(2500), ALPHA)

    def counts(known):
        """That many rows, off by so much on average, and the cases that are off by all."""
        off = np.abs(rng.normal(size=rows)) * known / MEAN_OF_SHAPE
        places, found = np.unique(np.minimum(np.ceil(off / width * steps), steps - 1), return_counts=True)
        cell = LossCell("", (*map(int, places), steps), (*map(int, found), unknown))
        return Losses((cell,), width, steps)

    def passes(true):
        known = (true * (rows + unknown) - unknown * width) / rows
        drawn = [assess(Statistic("m", "", "test", counts(known)), asked).all_pass for _ in range(15)]
        return sum(drawn) / len(drawn)

    power = Power.of(prospect_of(counts(700.0), asked, None), expected=2000.0, threshold=2500.0, best=800.0)
    assert power.margin is not None
    assert passes(2500 - power.margin - 30) >= 0.9
    assert passes(2500 - power.margin + 60) <= 0.5


@pytest.mark.parametrize("rows", [500, 3000])
def test_no_reversal_is_planned_as_simulated_rows_without_a_gap_have_it(rows):
    rng = np.random.default_rng(3)
    target = Target(Comparator.AT_MOST, Decimal("0.02"), ALPHA)

    def drawn(gap: float) -> Stratified:
        draw = [(g, s, int(rng.binomial(rows, 0.7 + g * gap))) for s in "AB" for g in (0, 1)]
        return Stratified(tuple(Rate(f"g{g}", n, rows, s) for g, s, n in draw), Composite.REVERSAL)

    def passed(gap: float, sets: int = 180) -> float:
        return float(np.mean([stratified_pieces(drawn(gap), target).all_pass for _ in range(sets)]))

    made = prospect_of(drawn(0.0), Asked("x", Comparator.AT_MOST, Decimal("0.02"), ALPHA), None)

    assert made.passes(0.0, 1.0) == pytest.approx(passed(0.0), abs=0.07)
    assert "no gap exists" in made.assumed
    assert passed(0.15, 25) == 1.0
    assert made.at_best(0.0, 1.0) == 1.0, "a gap that plainly lies on one side passes on any of these rows"
    assert made.at_best(0.015, 1.0) < 0.3, "a reversal that is there is as hard as ever"
