"""Evidence on recipes for numbers and classes, held against scikit-learn on the same folds, rows and seeds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import accuracy_score, mean_absolute_error, mean_squared_error
from sklearn.model_selection import PredefinedSplit, cross_val_score
from sklearn.preprocessing import label_binarize
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from tests.checks.procedures import CLASSES, NUMBERS, counted, judged, rows, trained

from assay.checks.catalogue import catalogue
from assay.checks.counting.losses import STEPS, losses_of_rows
from assay.checks.counting.procedures import gains
from assay.domain.assessment import Judged
from assay.domain.evidence import FoldLosses, Folds, Learned, LearnedLosses, LossCell, Rates, Undefined
from assay.domain.vocabulary import Comparator, Reason, Task, Verdict
from assay.tally.refits import RefitView, TrainingRows, parts

NUMBER, CLASS = Task.REGRESSION, Task.MULTICLASS
TREES = {
    NUMBER: lambda seed: DecisionTreeRegressor(max_depth=4, max_features=1, random_state=seed),
    CLASS: lambda seed: DecisionTreeClassifier(max_depth=4, max_features=1, random_state=seed),
}
"""Models that hang on their seed."""


def split(n: int, count: int, seed: int = 7) -> PredefinedSplit:
    return PredefinedSplit(parts(TrainingRows(np.zeros(n, np.int64), np.arange(n)), seed, count))


def mean(cell: LossCell, steps: int = STEPS) -> float:
    return float(np.dot(cell.places, cell.rows)) / cell.n / steps


def test_the_folds_of_numbers_are_off_as_scikit_learn_says() -> None:
    inputs, labels = rows(NUMBER, 900, 1)
    counts = counted(
        "performance.cross_validated_mae", NUMBER, lambda _: LinearRegression(), inputs, labels, folds=3
    )
    assert isinstance(counts, FoldLosses)
    wanted = -cross_val_score(
        LinearRegression(), inputs, labels, cv=split(900, 3), scoring="neg_mean_absolute_error"
    )
    width = NUMBERS.width_of_range
    for cell, expected in zip(counts.cells, wanted, strict=True):
        # Each error stands at the upper end of its step.
        assert expected <= width * mean(cell) <= expected + width / STEPS
    found = judged("performance.cross_validated_mae", counts, Comparator.AT_MOST, "4")
    assert found.verdict is Verdict.PASS
    assert found.assessment.estimate.value == pytest.approx(wanted.mean(), abs=width / STEPS / 2)


def test_the_folds_of_classes_are_right_as_often_as_scikit_learn_says() -> None:
    inputs, labels = rows(CLASS, 900, 1)
    counts = counted(
        "performance.cross_validation", CLASS, lambda _: LogisticRegression(), inputs, labels, folds=3
    )
    assert isinstance(counts, Folds)
    wanted = cross_val_score(LogisticRegression(), inputs, labels, cv=split(900, 3))
    assert [cell.events / cell.trials for cell in counts.cells] == pytest.approx(list(wanted), abs=1e-12)


def test_a_rate_of_two_labels_is_none_of_three_classes() -> None:
    inputs, labels = rows(CLASS, 60, 1)
    found = counted(
        "performance.cross_validation",
        CLASS,
        lambda _: LogisticRegression(),
        inputs,
        labels,
        folds=2,
        rate="true_positive_rate",
    )
    assert isinstance(found, Undefined)
    assert found.reason is Reason.NOT_MEASURED


def test_the_mean_of_folds_of_other_sizes_is_that_of_their_means() -> None:
    counts = FoldLosses((LossCell("a", (0, 40), (1, 9)), LossCell("b", (10,), (40,))), 8.0, 100)
    found = judged("performance.cross_validated_mae", counts, Comparator.AT_MOST, "5")
    # 9 of 10 lost 0.36 at 39.5 steps, and 40 lost 9.5 steps.
    assert found.assessment.estimate.value == pytest.approx(8 * (0.9 * 39.5 + 9.5) / 200)


@pytest.mark.parametrize("threshold", ["0", "100", "150"])
def test_thresholds_at_the_ends_of_the_range_are_judged(threshold: str) -> None:
    inputs, labels = rows(NUMBER, 200, 1)
    counts = counted(
        "performance.cross_validated_mae", NUMBER, lambda _: LinearRegression(), inputs, labels, folds=2
    )
    found = judged("performance.cross_validated_mae", counts, Comparator.AT_MOST, threshold)
    assert found.verdict is (Verdict.FAIL if threshold == "0" else Verdict.PASS)


@pytest.mark.parametrize("task", [NUMBER, CLASS])
def test_seeds_change_what_they_change(task: Task) -> None:
    """Worked out anew from the design: the same rows, trained by scikit-learn with the seeds that the recipe was told."""
    metric = "performance.seed_shift" if task is NUMBER else "performance.seed_stability"
    inputs, labels = rows(task, 500, 2)
    view, bound = trained(metric, task, TREES[task], inputs, labels, seeds=3)
    counts = catalogue()[metric].count(view, arguments=bound)
    asked = view.fits[0].asked[0].rows
    kept = np.setdiff1d(np.arange(500), asked)
    fits = [(fit.seed, fit.trained) for fit in catalogue()[metric].need.design(view.rows, 7, bound)]
    assert len({seed for seed, _ in fits}) == 3
    assert all((of == kept).all() for _, of in fits)
    said = [TREES[task](seed).fit(inputs[kept], labels[kept]).predict(inputs[asked]) for seed, _ in fits]
    for cell, (i, j) in zip(counts.cells, ((0, 1), (0, 2), (1, 2)), strict=True):
        assert cell.label == f"seeds {i + 1} and {j + 1}"
        if task is CLASS:
            assert isinstance(counts, Rates)
            assert cell.events == (said[i] != said[j]).sum() > 0
        else:
            apart = mean_absolute_error(said[i], said[j])
            assert apart <= NUMBERS.width_of_range * mean(cell) <= apart + NUMBERS.width_of_range / STEPS


@pytest.mark.parametrize("task", [NUMBER, CLASS])
def test_the_last_half_of_the_rows_brings_what_it_brings(task: Task) -> None:
    metric = "performance.mae_learning_curve" if task is NUMBER else "performance.learning_curve"
    inputs, labels = rows(task, 400, 3)
    view, bound = trained(metric, task, TREES[task], inputs, labels, sizes=3)
    counts = catalogue()[metric].count(view, arguments=bound)
    assert isinstance(counts, LearnedLosses | Learned)
    assert counts.sizes == (80, 160, 320)
    asked = view.fits[0].asked[0].rows
    fits = catalogue()[metric].need.design(view.rows, 7, bound)
    said = [
        TREES[task](f.seed).fit(inputs[f.trained], labels[f.trained]).predict(inputs[asked]) for f in fits
    ]
    if isinstance(counts, Learned):
        assert [c.events for c in counts.cells] == [(s == labels[asked]).sum() for s in said]
        return
    off = [mean_absolute_error(labels[asked], s) for s in said]
    width = NUMBERS.width_of_range
    assert [width * mean(c) for c in counts.cells] == pytest.approx(off, abs=width / STEPS)
    gained = np.dot(counts.last.values, counts.last.rows) / sum(counts.last.rows)
    assert off[1] - off[2] <= gained <= off[1] - off[2] + width / 5000
    found = judged(metric, counts, Comparator.AT_MOST, "20")
    assert found.assessment.estimate.value == pytest.approx(gained)


def test_what_loses_nothing_is_at_place_zero_and_gains_nothing() -> None:
    assert losses_of_rows("", np.zeros(3)) == LossCell("", (0,), (3,))
    cell = gains(np.array([0.0, -1.0, 1.0, 1e-13]), 10.0)
    assert cell.values == (-10.0, 0.0, 10.0)
    assert str(cell.values[1]) == "0.0"


@pytest.mark.parametrize(
    "made",
    [
        lambda: FoldLosses((LossCell("", (), ()),), 1.0, 10),
        lambda: FoldLosses((LossCell("", (11,), (1,)),), 1.0, 10),
        lambda: FoldLosses((LossCell("", (1,), (1,)),), 0.0, 10),
        lambda: LearnedLosses((1, 2), (LossCell("", (1,), (1,)),), 1.0, 10, gains(np.zeros(1), 1.0)),
        lambda: LearnedLosses((1,), (LossCell("", (1,), (1,)),), 1.0, 10, gains(np.ones(1), 2.0)),
    ],
)
def test_counts_that_cannot_be_are_refused(made: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"losses|larg"):
        made()


def test_no_rows_are_no_models() -> None:
    view = RefitView(TrainingRows(np.empty(0), np.empty(0, np.int64), answers=CLASSES), (), 0.5, 1)
    for metric in ("performance.seed_shift", "performance.mae_learning_curve"):
        assert catalogue()[metric].count(view, arguments={}).reason is Reason.NO_ROWS


def column_left_out(task: Task, measure: str) -> tuple[RefitView, Judged]:
    inputs, labels = rows(task, 900, 5)
    codes = {f"x{i}": np.digitize(inputs[:, i], [-1, 0, 1]) for i in range(3)}
    view, bound = trained(
        "data.leave_one_out", task, PLAIN[task], inputs, labels, codes=codes, measure=measure
    )
    counts = catalogue()["data.leave_one_out"].count(view, arguments=bound)
    return view, judged("data.leave_one_out", counts, Comparator.AT_MOST, MOST[task])


MOST = {NUMBER: "0.002", CLASS: "0.02"}
PLAIN = {NUMBER: lambda _: LinearRegression(), CLASS: lambda _: LogisticRegression(C=1e6, tol=1e-8)}


@pytest.mark.parametrize(("task", "measure"), [(NUMBER, "loss"), (CLASS, "loss"), (CLASS, "accuracy")])
def test_what_a_column_is_worth_is_what_scikit_learn_loses_without_it(task: Task, measure: str) -> None:
    view, found = column_left_out(task, measure)
    inputs, labels = rows(task, 900, 5)
    seen, asked = view.fits[0].trained, view.fits[0].asked[0].rows

    def done(columns: list[int]) -> float:
        model = PLAIN[task](0).fit(inputs[seen][:, columns], labels[seen])
        if measure == "accuracy":
            return accuracy_score(labels[asked], model.predict(inputs[asked][:, columns]))
        if task is NUMBER:
            off = mean_absolute_error(labels[asked], model.predict(inputs[asked][:, columns]))
            return -off / NUMBERS.width_of_range
        wanted = label_binarize(labels[asked], classes=[0, 1, 2])
        return -mean_squared_error(wanted, model.predict_proba(inputs[asked][:, columns])) * 3 / 2

    whole = done([0, 1, 2])
    pieces = {piece.label.partition(" ")[0]: piece for piece in found.assessment.pieces}
    for i in range(3):
        others = [j for j in range(3) if j != i]
        assert pieces[f"x{i}"].estimate == pytest.approx(whole - done(others), abs=0.004)
        assert f"({measure} {abs(whole):.3f}, without it" in pieces[f"x{i}"].label
    assert found.verdict is Verdict.FAIL
    assert found.assessment.pieces[0].label.startswith(("x0", "x1"))
    assert pieces["x2"].estimate < float(MOST[task])


class ByLot:
    """Predicts a number that is drawn."""

    def __init__(self, seed: int) -> None:
        self._draw = np.random.default_rng(seed)

    def fit(self, *_: object) -> Any:
        return self

    def predict(self, inputs: np.ndarray) -> np.ndarray:
        return self._draw.normal(size=len(inputs))


KNOW_NOTHING = {
    NUMBER: (lambda _: DummyRegressor(), ByLot),
    CLASS: (
        lambda _: DummyClassifier(),
        lambda seed: DummyClassifier(strategy="stratified", random_state=seed),
    ),
}


@pytest.mark.parametrize("which", [0, 1], ids=["all alike", "by lot"])
@pytest.mark.parametrize(("task", "measure"), [(NUMBER, "loss"), (CLASS, "loss"), (CLASS, "accuracy")])
def test_a_recipe_that_knows_nothing_has_nothing_to_lose(task: Task, measure: str, which: int) -> None:
    """Whatever the columns know, nothing hung on any of them."""
    inputs, labels = rows(task, 900, 6)
    codes = {f"x{i}": np.digitize(inputs[:, i], [-1, 0, 1]) for i in range(3)}
    found = counted(
        "data.leave_one_out", task, KNOW_NOTHING[task][which], inputs, labels, codes=codes, measure=measure
    )
    assert isinstance(found, Undefined)
    assert "whoever knows nothing loses nothing" in found.detail


@pytest.mark.parametrize(("task", "measure"), [(NUMBER, "auc"), (NUMBER, "accuracy"), (CLASS, "auc")])
def test_what_a_task_does_not_have_is_not_measured(task: Task, measure: str) -> None:
    _, found = column_left_out(task, measure)
    assert found.verdict is Verdict.NOT_EVALUABLE
    assert found.reason is Reason.NOT_MEASURED
