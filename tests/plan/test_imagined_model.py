"""The model that a plan imagines, and rules that have no value on few rows."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from assay.checks.catalogue import catalogue
from assay.domain.assessment import Asked
from assay.domain.evidence import Explained, ExplainedCell, MeanCell, Means, PairedScoreCell, PairedScores
from assay.domain.specification import Criterion
from assay.domain.vocabulary import Comparator
from assay.plan.counts import prospect_of
from assay.plan.imagined import Imagined
from assay.plan.passes import Wanted
from assay.plan.power import Power, Prospect
from assay.stats.contrast_power import normal_power
from assay.stats.explained import explained_p
from assay.stats.means import mean_bound
from assay.stats.pieces.explained import _fitted
from assay.tally.groups import Layout


def asked(threshold: str) -> Asked:
    return Asked("a", Comparator.AT_LEAST, Decimal(threshold), 0.05)


@pytest.mark.parametrize("positives", [0.1, 0.5, 0.9])
def test_of_an_imagined_model_some_are_above_the_median_however_many_are_decided_favourably(
    positives: float,
) -> None:
    """Nine in ten had the label 1 and one score, so that nobody was above it: the rule was called hopeless, and lock refused."""
    layout = Layout((("sex", ("women", "men")),))
    rows = round(1000 * positives)
    population = np.array([[1000 - rows, rows]] * 2 + [[0, 0]])
    imagined = Imagined(layout, population, 2000, 1.0, {"sex": ("sex",)}, {"sex": frozenset()}, 1)
    check = catalogue()["fairness.ll144_scoring"]
    criterion = Criterion.model_validate(
        {"id": "a", "metric": check.id, "across": "sex", "at_least": Decimal("0.5"), "tier": "critical", "rationale": "r", "owner": "o"}
    )  # fmt: skip
    view = imagined.outcomes(Wanted(criterion, check.need))
    assert view.overall.by_label.sum() == view.overall.n == 2000
    made = prospect_of(check.count(view, across="sex"), asked("0.5"), None)
    assert isinstance(made, Prospect)
    assert made.passes(1.0, 1.0) > 0.8


def test_rules_that_have_no_value_on_few_rows_are_planned_so() -> None:
    """Seven rows of a label, and 60 of a regression: a plan promised 100 % of what is not evaluable."""

    def gain(rarer: int) -> PairedScores:
        return PairedScores((PairedScoreCell("", (0.2, 0.8), (0.3, 0.7), (rarer, 0), (0, 500)),))

    def fit(n: int) -> Explained:
        half = n // 2
        return Explained((ExplainedCell("", (100, 400), (10, 10), (half, n - half)),), 500, 2000)

    assert (
        prospect_of(gain(7), asked("-0.4"), None)
        == "7 rows of a label are too few: the error rate of the method is known from 50 on."
    )
    assert (
        prospect_of(fit(60), asked("0.1"), None)
        == "60 rows are too few: the error rate of the method is known from 100 on."
    )
    for counts, least in ((gain(500), 50 / 500), (fit(1000), 100 / 1000)):
        made = prospect_of(counts, asked("-0.4" if counts == gain(500) else "0.1"), None)
        assert isinstance(made, Prospect)
        power = Power.of(made, expected=0.6, threshold=0.1, best=1.0)
        assert power.passes > 0.99
        assert power.factor is not None
        assert 0.98 * least <= power.factor <= 1.1 * least  # rows are whole


@pytest.mark.parametrize(
    ("sd", "rows", "true", "tau"), [(0.08, 300, 0.5, 0.01), (0.16, 400, 0.6, 0.3), (0.16, 400, 0.75, 0.4)]
)
def test_explained_variance_is_planned_with_what_the_rule_pays_for_the_range(
    sd: float, rows: int, true: float, tau: float
) -> None:
    """Wages between -5 and 60 that lie within 5 of each other: the plan said 100 % of what never passes on 188 rows."""
    draw = np.random.default_rng(11)

    def drawn(n: int) -> ExplainedCell:
        outcome = np.rint(np.clip(draw.normal(0.5, sd, n), 0, 1) * 500).astype(int)
        error = np.ceil(np.abs(draw.normal(0, sd * np.sqrt(1 - true), n)) * 2000).astype(int)
        return ExplainedCell("", tuple(outcome.tolist()), tuple(error.tolist()), (1,) * n)

    made = prospect_of(Explained((drawn(rows),), 500, 2000), asked(str(tau)), None)
    assert isinstance(made, Prospect)
    passed = [explained_p(_fitted(drawn(rows), Explained((), 500, 2000)), tau)[0] <= 0.05 for _ in range(150)]
    assert made.passes(true, 1.0) == pytest.approx(np.mean(passed), abs=0.2)


@pytest.mark.parametrize("tau", ["3.2", "4", "5.5"])
def test_a_mean_is_planned_with_what_the_rule_pays_for_rare_values(tau: str) -> None:
    """One row in thirty costs 50: a normal interval is far too narrow for such a mean."""
    counts = Means((MeanCell("", (0.0, 50.0), (290, 10)),), 0.0, 50.0)
    made = prospect_of(counts, Asked("a", Comparator.AT_MOST, Decimal(tau), 0.05), None)
    assert isinstance(made, Prospect)
    dear = np.random.default_rng(5).binomial(300, 1 / 30, 400)
    passed = [
        mean_bound([0.0, 50.0], [300 - n, n], low=0.0, high=50.0, alpha=0.05).upper <= float(tau)
        for n in dear.tolist()
    ]
    assert made.passes(50 / 30, 1.0) == pytest.approx(np.mean(passed), abs=0.12)


def test_what_is_assumed_is_never_more_hopeful_than_the_most_favourable() -> None:
    made = Power.of(Prospect(lambda _, __: 0.17, lambda _, __: 0.0), expected=0.0, threshold=0.02, best=0.0)
    assert made.at_best == 0.17
    assert not made.hopeless


@pytest.mark.parametrize(("true", "at_least"), [(0.5, True), (0.7, False)])
def test_nobody_on_the_wrong_side_of_a_threshold_is_planned_to_pass(true: float, *, at_least: bool) -> None:
    """The distance was taken without its sign, so that a model far on the wrong side passed with 100 %."""
    for error in (0.01, 0.0):
        assert normal_power(lambda _, e=error: e, 0.6, 0.05, at_least=at_least)(true, 1.0) < 1e-6
        assert normal_power(lambda _, e=error: e, 0.6, 0.05, at_least=not at_least)(true, 1.0) > 0.99
