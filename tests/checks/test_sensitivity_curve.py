"""Sensitivity curves are scikit-learn's partial dependence, and their limits hold at all points at once."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.inspection import partial_dependence
from sklearn.linear_model import LinearRegression, LogisticRegression

from assay.app.verifying.redraw import curves_of
from assay.checks.catalogue import catalogue
from assay.checks.performance.sensitivity_curve import tabulate
from assay.checks.tabled import table_view
from assay.domain.answers import Answers
from assay.domain.errors import SubjectError
from assay.domain.evidence import MeanCurve, Statistic, Undefined
from assay.domain.vocabulary import Task
from assay.stats.means import mean_bound

N, POINTS = 1500, (-1.0, 0.0, 0.5, 2.0)
X = np.random.default_rng(1).normal(size=(N, 2))


def counted(model, points="2, -1, 0, 0.5", column="a", answers: Answers | None = None):
    bound = {"column": column, "points": points}
    numbers = {} if answers is None else {"answers": answers, "favourable": None}
    columns = {"a": X[:, 0], "b": X[:, 1], "word": ["x"] * N}
    view = table_view(tabulate, columns, label=[0] * N, model=model, parameters=bound, **numbers)
    return catalogue()["performance.sensitivity_curve"].count(view, arguments=bound)


def matrix(columns) -> np.ndarray:
    return np.column_stack([columns["a"], columns["b"]])


def means(counts) -> list[float]:
    assert isinstance(counts, MeanCurve)
    return [float(np.dot(cell.values, cell.rows)) / sum(cell.rows) for cell in counts.cells]


def test_the_curve_of_a_probability_is_scikit_learns_partial_dependence() -> None:
    label = (np.random.default_rng(2).random(N) < 1 / (1 + np.exp(-X[:, 0] - X[:, 1]))).astype(int)
    made = LogisticRegression().fit(X, label)
    oracle = partial_dependence(
        made, X, [0], custom_values={0: np.array(POINTS)}, response_method="predict_proba"
    )
    found = counted(lambda c: made.predict_proba(matrix(c))[:, 1])
    assert found.points == POINTS
    assert means(found) == pytest.approx(oracle["average"][0], abs=1 / 4096)
    assert [sum(cell.rows) for cell in found.cells] == [N] * 4


def test_the_curve_of_a_number_is_too() -> None:
    made = LinearRegression().fit(X, 3 * X[:, 0] - X[:, 1])
    oracle = partial_dependence(made, X, [0], custom_values={0: np.array(POINTS)})
    found = counted(lambda c: made.predict(matrix(c)), answers=Answers(Task.REGRESSION, -40.0, 40.0))
    assert means(found) == pytest.approx(oracle["average"][0], abs=80 / 4096)


def test_the_drawn_limits_share_the_level_among_the_points() -> None:
    found = counted(lambda c: 1 / (1 + np.exp(-c["a"] * (1 + c["b"]))))
    (curve,) = curves_of([Statistic("performance.sensitivity_curve", "", "test", found, criterion="curve")])
    assert (curve.kind, curve.label) == ("sensitivity", "curve")
    for point, place, cell in zip(curve.points, POINTS, found.cells, strict=True):
        bound = mean_bound(cell.values, cell.rows, low=0, high=1, alpha=0.05 / 4)
        assert point == (place, bound.estimate, bound.lower, bound.upper, N)


@pytest.mark.parametrize("points", ["", "a", "1, nan", ",".join(map(str, range(21)))])
def test_what_are_no_points_have_no_curve(points: str) -> None:
    assert isinstance(counted(lambda c: 0.5 + 0 * c["a"], points), Undefined)


def test_a_text_is_not_set_to_a_number() -> None:
    with pytest.raises(SubjectError, match="as numbers"):
        counted(lambda c: 0.5 + 0 * c["a"], column="word")
