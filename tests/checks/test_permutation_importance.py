"""Permutation importance: as scikit-learn has it on many rows, and on few as an enumeration of all donors."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LinearRegression, LogisticRegression

from assay.checks.catalogue import catalogue
from assay.checks.performance.permutation_importance import tabulate
from assay.checks.tabled import table_view
from assay.domain.answers import Answers
from assay.domain.errors import SubjectError
from assay.domain.evidence import Undefined
from assay.domain.vocabulary import Task

N, INPUTS = 20_000, ("a", "b", "c")


def counted(columns, label, model, known, *, measure="accuracy", column="", seed=0, answers=None):
    bound = {"column": column, "measure": measure}
    numbers = {} if answers is None else {"answers": answers, "favourable": None}
    given = {**columns, "label": label} if answers else columns
    view = table_view(
        tabulate,
        given,
        label=[0] * len(label) if answers else label,
        model=model,
        known=known,
        parameters=bound,
        inputs=tuple(columns),
        seed=seed,
        **numbers,
    )
    return catalogue()["performance.permutation_importance"].count(view, arguments=bound)


def drawn(seed: int, n: int) -> dict[str, np.ndarray]:
    values = np.random.default_rng(seed).normal(size=(n, 3))
    return {"a": values[:, 0], "b": values[:, 1] + values[:, 0] / 2, "c": values[:, 2]}


def matrix(columns) -> np.ndarray:
    return np.column_stack([columns[name] for name in INPUTS])


@pytest.mark.parametrize("measure", ["accuracy", "loss"])
def test_many_rows_are_worth_what_scikit_learn_says(measure: str) -> None:
    columns, draw = drawn(1, N), np.random.default_rng(2)
    label = (draw.random(N) < 1 / (1 + np.exp(-2 * columns["a"] - columns["b"]))).astype(int)
    made = LogisticRegression().fit(matrix(columns)[:2000], label[:2000])
    scoring = "accuracy" if measure == "accuracy" else "neg_brier_score"
    oracle = permutation_importance(
        made, matrix(columns), label, scoring=scoring, n_repeats=3, random_state=0
    )
    found = counted(
        columns, label, lambda c: made.predict_proba(matrix(c))[:, 1], drawn(3, 2000), measure=measure
    )
    for cell, expected in zip(found.cells, oracle.importances_mean, strict=True):
        if measure == "accuracy":
            value = (cell.worse - cell.better) / cell.n
        else:
            value = np.dot(cell.values, cell.rows) / N
        assert value == pytest.approx(expected, abs=0.008), cell.label


def test_the_loss_of_numbers_is_a_share_of_their_range() -> None:
    columns, draw = drawn(4, N), np.random.default_rng(5)
    truth = np.clip(50 + 5 * columns["a"] + 2 * columns["c"] + draw.normal(size=N), 0, 100)
    made = LinearRegression().fit(matrix(columns), truth)
    model = lambda c: np.clip(made.predict(matrix(c)), 0, 100)  # noqa: E731 - a model in one line
    oracle = permutation_importance(
        made, matrix(columns), truth, scoring="neg_mean_absolute_error", n_repeats=2, random_state=0
    )
    numbers = Answers(Task.REGRESSION, 0.0, 100.0)
    found = counted(columns, truth, model, drawn(6, 2000), measure="loss", answers=numbers)
    for cell, expected in zip(found.cells, oracle.importances_mean, strict=True):
        assert 100 * np.dot(cell.values, cell.rows) / N == pytest.approx(expected, abs=0.15)
    assert isinstance(counted(columns, truth, model, drawn(6, 50), answers=numbers), Undefined)


def test_on_average_over_seeds_a_small_table_loses_what_all_donors_say() -> None:
    rows, label = {"a": np.array([0, 1, 2, 3]), "b": np.array([1, 1, 0, 0])}, np.array([0, 0, 1, 1])
    known = {"a": np.array([0, 2, 3]), "b": np.array([0, 1, 1])}
    model = lambda c: ((c["a"] + c["b"]) > 1.5).astype(float)  # noqa: E731
    right = lambda c: (model(c) >= 0.5) == label  # noqa: E731
    exact = {
        name: np.mean(
            [
                right(rows).mean() - right(rows | {name: np.array(donors)}).mean()
                for donors in itertools.product(known[name], repeat=4)
            ]
        )
        for name in rows
    }
    total = dict.fromkeys(rows, 0.0)
    for seed in range(400):
        for cell in counted(rows, label, model, known, seed=seed).cells:
            total[cell.label] += (cell.worse - cell.better) / cell.n / 400
    assert total == pytest.approx(exact, abs=0.035)  # three standard errors of 400 seeds
    assert exact["a"] != exact["b"]


def test_a_single_donor_leaves_nothing_to_chance() -> None:
    rows, label = {"a": [0, 1, 2, 3], "b": ["x", "y", "x", "y"]}, [0, 0, 1, 1]
    model = lambda c: ((c["a"] > 1) & (c["b"] != "z")).astype(float)  # noqa: E731
    (a, b) = counted(rows, label, model, {"a": [9], "b": ["z"]}).cells
    assert (a.label, a.worse, a.better, a.n) == ("a", 2, 0, 4)
    assert (b.label, b.worse, b.better, b.n) == ("b", 2, 0, 4)


def test_what_the_model_is_not_fed_is_an_error() -> None:
    with pytest.raises(SubjectError, match="not fed 'z'") as refused:
        counted({"a": [0, 1]}, [0, 1], lambda c: c["a"] * 1.0, {"a": [0]}, column="z")
    assert refused.value.code == "nothing_to_change"
