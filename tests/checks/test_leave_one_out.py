"""Leaving out one column: scikit-learn trained without it, and a planted leak that is found in 20 seeds."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from assay.checks.catalogue import catalogue
from assay.checks.data.leave_one_out import MOST_COLUMNS, design
from assay.domain.assessment import Asked, Judged
from assay.domain.evidence import Counts, PairedScores, Statistic, Undefined
from assay.domain.judge import judge
from assay.domain.vocabulary import Comparator, Verdict
from assay.stats.assess import assess
from assay.tally.refits import Fitted, RefitView, TrainingRows

NAMES = ("age", "income", "settled")


def rows(seed: int, *, leak: float, n: int = 1500) -> tuple[np.ndarray, np.ndarray]:
    """Two inputs that say a little, and one that says this much."""
    draw = np.random.default_rng(seed)
    label = (draw.random(n) < 0.4).astype(np.int64)
    return draw.normal(size=(n, 3)) + label[:, None] * np.array([0.4, 0.4, leak]), label


def model() -> LogisticRegression:
    return LogisticRegression(C=1e6)


def trained(inputs: np.ndarray, label: np.ndarray, column: str = "") -> RefitView:
    """The design, carried out by scikit-learn in this process."""
    codes = {name: np.digitize(inputs[:, i], [-1, 0, 1]) for i, name in enumerate(NAMES)}
    known = TrainingRows(label, np.arange(len(label)), codes)
    fits = []
    for fit in design(known, 7, {"column": column}):
        seen = inputs.copy()
        if fit.held:
            seen[:, NAMES.index(fit.held)] = inputs[fit.like, NAMES.index(fit.held)]
        fitted = model().fit(seen[fit.trained], label[fit.trained])
        fits.append(Fitted(fit.trained, fit.asked, (fitted.predict_proba(seen[fit.asked[0].rows])[:, 1],)))
    return RefitView(known, tuple(fits), 0.5, 7)


def judged(counts: Counts) -> Judged:
    asked = Asked("c", Comparator.AT_MOST, Decimal("0.15"), 0.05)
    return judge([assess(Statistic("data.leave_one_out", "", "train", counts), asked)])[0]


def count(view: RefitView, column: str = "") -> Counts:
    return catalogue()["data.leave_one_out"].count(view, arguments={"column": column})


def test_a_column_that_is_held_is_one_that_scikit_learn_does_not_have() -> None:
    inputs, label = rows(1, leak=1.5)
    view = trained(inputs, label)
    seen, asked = view.fits[0].trained, view.fits[0].asked[0].rows
    assert not np.intersect1d(seen, asked).size
    whole = roc_auc_score(
        label[asked], model().fit(inputs[seen], label[seen]).predict_proba(inputs[asked])[:, 1]
    )
    found = {piece.label.partition(" ")[0]: piece for piece in judged(count(view)).assessment.pieces}
    for i, name in enumerate(NAMES):
        others = np.delete(inputs, i, axis=1)
        without = roc_auc_score(
            label[asked], model().fit(others[seen], label[seen]).predict_proba(others[asked])[:, 1]
        )
        assert found[name].estimate == pytest.approx(whole - without, abs=0.002)
        assert found[name].label == f"{name} (AUC {whole:.3f}, without it {without:.3f})"


@pytest.mark.parametrize("seed", range(20))
def test_a_leak_is_found_by_name_and_none_is_where_all_columns_say_a_little(seed: int) -> None:
    leaking = judged(count(trained(*rows(seed, leak=4.0, n=600))))
    assert leaking.verdict is Verdict.FAIL
    assert leaking.assessment.pieces[0].label.startswith("settled")
    assert judged(count(trained(*rows(seed, leak=0.4, n=600)))).verdict is not Verdict.FAIL


def test_one_column_alone_is_two_models_and_what_is_no_input_is_said() -> None:
    inputs, label = rows(2, leak=1.0)
    view = trained(inputs, label, "income")
    assert len(view.fits) == 2
    assert isinstance(count(view, "income"), PairedScores)
    other = count(trained(inputs, label, "zip"), "zip")
    assert isinstance(other, Undefined)
    assert "'zip'" in other.detail


@pytest.mark.parametrize("measure", ["auc", "accuracy", "loss"])
def test_a_recipe_whose_models_answer_everybody_alike_loses_nothing_and_says_nothing(measure: str) -> None:
    view = trained(*rows(3, leak=4.0, n=600))
    alike = tuple(Fitted(f.trained, f.asked, (np.full(len(f.scores[0]), 0.4),)) for f in view.fits)
    same = RefitView(view.rows, alike, 0.5, 7)
    found = catalogue()["data.leave_one_out"].count(same, arguments={"column": "", "measure": measure})
    assert isinstance(found, Undefined)
    assert "whoever knows nothing loses nothing" in found.detail


def test_with_too_many_inputs_none_is_trained_and_one_must_be_named() -> None:
    label = np.arange(60) % 2
    known = TrainingRows(label, np.arange(60), {f"x{i}": label for i in range(MOST_COLUMNS + 1)})
    assert design(known, 1, {"column": ""}) == ()
    found = count(RefitView(known, (), 0.5, 1))
    assert isinstance(found, Undefined)
    assert "name one" in found.detail


def test_the_value_that_is_held_is_a_frequent_one_and_missing_only_where_nothing_is_there() -> None:
    label = np.arange(90) % 2
    some = np.array([-1] * 40 + [3] * 30 + [5] * 20)
    known = TrainingRows(label, np.arange(90), {"x": some, "y": np.full(90, -1)})
    _, x, y = design(known, 3, {"column": ""})
    assert some[x.like] == 3
    assert y.like in y.trained
