"""Gains over a baseline and an incumbent: the counts of scikit-learn and statsmodels, and the way through a run."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
import sklearn.metrics as sk
from scipy.stats import fisher_exact, mannwhitneyu
from sklearn.dummy import DummyClassifier
from statsmodels.stats.contingency_tables import mcnemar
from tables import random_rows

from assay.checks.catalogue import catalogue
from assay.checks.performance import auc_gain_over_incumbent, gain_over_incumbent
from assay.checks.performance.gain_over_incumbent import tabulate
from assay.checks.tabled import table_view
from assay.domain.assessment import Asked
from assay.domain.evidence import Paired, Statistic, Undefined
from assay.domain.vocabulary import Comparator, Reason
from assay.plan.counts import prospect_of
from assay.stats.assess import assess
from assay.stats.informed import p_decided, p_ranked
from assay.tally.coding import probability_codes, probability_of

MEASURES = {
    "accuracy": sk.accuracy_score,
    "recall": sk.recall_score,
    "specificity": lambda y, d: sk.recall_score(y, d, pos_label=0),
}


def gains(counts: object) -> dict[str, float]:
    assert isinstance(counts, Paired)
    return {cell.label: (cell.worse - cell.better) / cell.n for cell in counts.cells}


@pytest.mark.parametrize("seed", range(6))
def test_the_gain_over_the_baseline_is_that_over_scikit_learns_dummies(seed: int) -> None:
    rows = random_rows(seed)
    counts = catalogue()["performance.gain_over_baseline"].count(rows.uncut())
    found = [(cell.worse - cell.better) / cell.n for cell in counts.cells]
    accuracy = sk.accuracy_score(rows.label, rows.decided)
    for constant in (0, 1):
        dummy = DummyClassifier(strategy="constant", constant=constant).fit(np.zeros((2, 1)), [0, 1])
        theirs = dummy.score(np.zeros((len(rows.label), 1)), rows.label)
        assert found[constant] == pytest.approx(accuracy - theirs, abs=1e-12)


def test_a_gain_over_the_worse_of_two_constants_is_none() -> None:
    view = random_rows(0).uncut()
    check = catalogue()["performance.gain_over_baseline"]
    rarer = int(np.argmin(view.overall.counts.sum(axis=1)))
    found = check.count(view, arguments={"baseline": f"always_{rarer}"})
    assert isinstance(found, Undefined)
    assert f"Deciding {1 - rarer} for everybody is right in" in found.detail
    assert not isinstance(check.count(view, arguments={"baseline": f"always_{1 - rarer}"}), Undefined)


def compared(seed: int, measure: str, *, missing: bool = False):
    rows = random_rows(seed)
    old = np.clip(rows.score + np.random.default_rng(seed).normal(0, 0.2, len(rows.score)), 0, 1)
    names = list(dict.fromkeys(rows.group.tolist()))
    values = [None if missing and i == 5 else float(v) for i, v in enumerate(old)]
    arguments = {"incumbent": "old", "decide_at": Decimal("0.45"), "measure": measure}
    view = table_view(
        tabulate,
        {"old": values},
        label=rows.label,
        score=rows.score,
        decide_at=0.4,
        groups={"group": (names, [names.index(g) for g in rows.group])},
        across=("group",),
        parameters=arguments,
    )
    counts = catalogue()["performance.gain_over_incumbent"].count(view, across="group", arguments=arguments)
    return rows, (old >= 0.45).astype(int), counts


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("seed", range(4))
def test_the_gain_of_each_group_is_the_difference_of_scikit_learns_measures(seed: int, measure: str) -> None:
    rows, old, counts = compared(seed, measure)
    for label, gain in gains(counts).items():
        mine = rows.group == label
        theirs = [MEASURES[measure](rows.label[mine], d[mine]) for d in (rows.decided, old)]
        assert gain == pytest.approx(theirs[0] - theirs[1], abs=1e-12)


@pytest.mark.parametrize("seed", range(4))
def test_superiority_is_as_significant_as_mcnemars_exact_test_or_a_little_more(seed: int) -> None:
    """Of no difference: the exact unconditional test is not above the conditional one by much, and often below."""
    rows = np.random.default_rng(seed)
    worse, better, n = int(rows.integers(30, 60)), int(rows.integers(20, 30)), 1000
    counts = catalogue()["performance.gain_over_incumbent"].count(
        table_view(
            tabulate,
            {"old": [0.0] * worse + [1.0] * better + [1.0] * (n - worse - better)},
            label=[1] * n,
            score=[1.0] * worse + [0.0] * better + [1.0] * (n - worse - better),
            parameters={"incumbent": "old", "decide_at": Decimal("0.5"), "measure": "recall"},
        ),
        arguments={"incumbent": "old", "decide_at": Decimal("0.5"), "measure": "recall"},
    )
    asked = Asked("gain", Comparator.AT_LEAST, Decimal(0), 0.05)
    (piece,) = assess(Statistic("performance.gain_over_incumbent", "", "test", counts), asked).pieces
    two_sided = mcnemar([[n - worse - better, worse], [better, 0]], exact=True).pvalue
    assert piece.p_pass == pytest.approx(two_sided / 2, rel=0.35, abs=0.004)
    assert piece.estimate == pytest.approx((worse - better) / n)


def test_a_missing_score_of_the_incumbent_is_no_pass() -> None:
    _, _, counts = compared(0, "accuracy", missing=True)
    assert isinstance(counts, Undefined)
    assert counts.reason is Reason.NOT_MEASURED
    assert counts.detail.startswith("1 rows")


STRAW = {
    "nobody": lambda label, draw: np.zeros(len(label)),
    "everybody": lambda label, draw: np.ones(len(label)),
    "nearly everybody": lambda label, draw: np.where(np.arange(len(label)) < 3, 0.0, 1.0),
    "by lot": lambda label, draw: draw.permutation(np.repeat([0.2, 0.8], len(label) // 2)),
    "the other way round": lambda label, draw: np.where(draw.random(len(label)) < 0.8, 1 - label, label),
}


@pytest.mark.parametrize("straw", STRAW)
@pytest.mark.parametrize("measure", [*MEASURES, "auc"])
def test_what_decides_everybody_alike_or_by_lot_is_no_incumbent(straw: str, measure: str) -> None:
    draw = np.random.default_rng(3)
    label = np.arange(2000) % 2
    old = STRAW[straw](label, draw).astype(float)
    module = auc_gain_over_incumbent if measure == "auc" else gain_over_incumbent
    given: dict[str, Decimal | int | str] = {"incumbent": "old"}
    if measure != "auc":
        given |= {"decide_at": Decimal("0.5"), "measure": measure}

    def counted(scores: np.ndarray) -> object:
        view = table_view(module.tabulate, {"old": scores}, label=label, score=label * 0.9, parameters=given)
        return catalogue()[f"performance.{module.__name__.rpartition('.')[2]}"].count(view, arguments=given)

    found = counted(old)
    assert isinstance(found, Undefined)
    assert "performance.gain_over_baseline instead" in found.detail
    assert not isinstance(counted(np.where(draw.random(2000) < 0.45, 1 - label, label)), Undefined)


def test_an_incumbent_that_is_a_group_is_no_model_of_the_people_in_it() -> None:
    label = (np.arange(2000) % 4 > 0).astype(int)
    sex = np.arange(2000) % 2
    given: dict[str, Decimal | int | str] = {
        "incumbent": "old",
        "decide_at": Decimal("0.5"),
        "measure": "accuracy",
    }
    view = table_view(
        tabulate,
        {"old": sex.astype(float)},
        label=label,
        score=label * 0.9,
        groups={"sex": (("women", "men"), sex)},
        across=("sex",),
        parameters=given,
    )
    found = catalogue()["performance.gain_over_incumbent"].count(view, across="sex", arguments=given)
    assert isinstance(found, Undefined)
    assert "decides everybody alike of each group" in found.detail


@pytest.mark.parametrize("seed", range(5))
def test_that_another_knows_the_label_is_tested_as_scipy_does(seed: int) -> None:
    draw = np.random.default_rng(seed)
    table = draw.integers(0, 40, (2, 2))
    theirs = fisher_exact(table, alternative="greater").pvalue
    assert p_decided(table) == pytest.approx(theirs, rel=1e-9)
    label, score = draw.integers(0, 2, 300), draw.integers(0, 20, 300)
    counts = np.zeros((20, 2), dtype=np.int64)
    np.add.at(counts, (score, label), 1)
    u = mannwhitneyu(score[label == 1], score[label == 0], alternative="greater", use_continuity=False)
    assert p_ranked(counts) == pytest.approx(u.pvalue, rel=1e-9)


def test_a_gain_is_planned_at_best_with_no_more_differences_than_it_needs() -> None:
    counts = catalogue()["performance.gain_over_baseline"].count(random_rows(0, n=2000).uncut())
    asked = Asked("gain", Comparator.AT_LEAST, Decimal("0.05"), 0.05)
    prospect = prospect_of(counts, asked, None)
    assert prospect.at_best(0.08, 1.0) == 1
    assert prospect.at_best(0.05, 1.0) == 0
    assert 0.5 < prospect.passes(0.08, 1.0) < 1


@pytest.mark.parametrize("seed", range(3))
def test_the_gain_in_auc_of_each_group_is_the_difference_of_scikit_learns(seed: int) -> None:
    rows = random_rows(seed, n=900)
    old = np.clip(rows.score + np.random.default_rng(seed).normal(0, 0.3, len(rows.score)), 0, 1)
    names = list(dict.fromkeys(rows.group.tolist()))
    view = table_view(
        auc_gain_over_incumbent.tabulate,
        {"old": old.tolist()},
        label=rows.label,
        score=rows.score,
        groups={"group": (names, [names.index(g) for g in rows.group])},
        across=("group",),
        parameters={"incumbent": "old"},
    )
    check = catalogue()["performance.auc_gain_over_incumbent"]
    counts = check.count(view, across="group", arguments={"incumbent": "old"})
    asked = Asked("gain", Comparator.AT_LEAST, Decimal("-0.1"), 0.05)
    found = assess(Statistic(check.id, "group", "test", counts), asked)
    for piece in found.pieces:
        mine = rows.group == piece.label
        new_auc, old_auc = (sk.roc_auc_score(rows.label[mine], s[mine]) for s in (rows.score, old))
        assert piece.estimate == pytest.approx(new_auc - old_auc, abs=1e-6)
        assert piece.lower < piece.estimate < piece.upper
    prospect = prospect_of(counts, asked, None)
    assert 0.9 < prospect.passes(0.0, 1.0) <= 1


@pytest.mark.parametrize("odds", [1e-5, 1.0, 3000.0, 1e6])
def test_an_incumbent_whose_scores_lie_near_0_or_1_ranks_as_well_as_before(odds: float) -> None:
    """The same ranking where events are rarer or likelier: scores near 1 were told apart to .0005, and the gain over them was none."""
    draw = np.random.default_rng(2)
    z = draw.normal(size=4000)
    label = (draw.random(4000) < 1 / (1 + np.exp(-1.5 * z))).astype(int)
    old, new = 1 / (1 + np.exp(-1.5 * z) / odds), 1 / (1 + np.exp(-z - draw.normal(0, 0.6, 4000)))
    given = {"incumbent": "old"}
    view = table_view(
        auc_gain_over_incumbent.tabulate, {"old": old}, label=label, score=new, parameters=given
    )
    counts = catalogue()["performance.auc_gain_over_incumbent"].count(view, arguments=given)
    (piece,) = assess(
        Statistic("gain", "", "test", counts), Asked("gain", Comparator.AT_LEAST, Decimal("0.01"), 0.05)
    ).pieces
    true = sk.roc_auc_score(label, new) - sk.roc_auc_score(label, z)
    assert true < 0
    assert piece.estimate == pytest.approx(true, abs=1e-6)


def test_codes_of_probabilities_keep_their_order_and_tell_them_apart_near_0_and_1() -> None:
    size = 1 << 28
    near = np.geomspace(1e-12, 0.5, 20_000)
    p = np.unique(np.concatenate(([0.0, 2.0**-70, 0.5, 1.0], near, 1 - near)))
    codes = probability_codes(p, size)
    assert codes.min() >= 0
    assert codes.max() < size
    assert (np.diff(codes) >= 0).all()
    assert len(np.unique(probability_codes(near, size))) == len(near)
    assert np.abs(probability_of(codes, size) - p).max() < 1e-6
    assert np.allclose(probability_of(probability_codes(near, size), size), near, rtol=2e-6)


def test_the_two_constants_are_told_apart_in_the_counts_and_in_the_pieces() -> None:
    check = catalogue()["performance.gain_over_baseline"]
    for across, groups in (("", ("",)), ("group", ("a", "b"))):
        rows = random_rows(1, n=600)
        view = rows.view() if across else rows.uncut()
        counts = check.count(view, across=across or None)
        told = [(cell.label, cell.family) for cell in counts.cells]
        assert len(set(told)) == len(told) == 2 * len({label for label, _ in told}), (groups, told)
        assert {family for _, family in told} == {"deciding 0", "deciding 1"}
        asked = Asked("gain", Comparator.AT_LEAST, Decimal(0), 0.05)
        labels = [piece.label for piece in assess(Statistic(check.id, across, "test", counts), asked).pieces]
        assert len(set(labels)) == len(labels)
        assert all("deciding" in label for label in labels)
