"""Declared directions: LightGBM's monotone trees keep them, and of free ones every violation is counted."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import lightgbm as lgb
import numpy as np
import pytest

from assay.checks.catalogue import catalogue
from assay.checks.performance.monotonicity import ARGUMENTS, tabulate
from assay.checks.tabled import table_view
from assay.domain.answers import Answers
from assay.domain.dictionary import Column
from assay.domain.errors import SubjectError
from assay.domain.evidence import Rates, Undefined
from assay.domain.vocabulary import Reason, Task

N = 1500


def rows() -> dict[str, np.ndarray]:
    draw = np.random.default_rng(3)
    return {"debt": draw.integers(0, 20, N), "age": draw.uniform(18, 80, N)}


def trees(constraint: int) -> lgb.Booster:
    """Trees that are shown labels of which the chance hardly follows the debt, so that free ones learn noise."""
    draw, columns = np.random.default_rng(4), rows()
    chance = 0.47 + 0.003 * columns["debt"] + 0.02 * (columns["age"] < 50)
    data = lgb.Dataset(matrix(columns), (draw.random(N) < chance).astype(int))
    how = {"objective": "binary", "verbosity": -1, "num_threads": 1, "num_leaves": 8, "seed": 1}
    return lgb.train(how | {"monotone_constraints": [constraint, 0]}, data, 20)


def matrix(columns) -> np.ndarray:
    return np.column_stack([columns["debt"], columns["age"]]).astype(float)


def counted(model: Callable, columns=None, dictionary=None, answers: Answers | None = None, **arguments):
    bound = {**ARGUMENTS, **arguments}
    found = columns or rows()
    view = table_view(
        tabulate,
        found,
        label=[0] * len(found["debt"]),
        model=model,
        parameters=bound,
        dictionary=dictionary,
        inputs=tuple(name for name in found if name != "debts"),
        **({} if answers is None else {"answers": answers, "favourable": None}),
    )
    return catalogue()["performance.monotonicity"].count(view, arguments=bound)


def cell(found):
    assert isinstance(found, Rates)
    (one,) = found.cells
    return one.events, one.trials


@pytest.mark.parametrize("measure", ["score", "decision"])
def test_monotone_trees_of_lightgbm_have_no_violation_and_free_ones_those_of_their_predictions(measure):
    bound, free = trees(1), trees(0)
    assert cell(counted(lambda c: bound.predict(matrix(c)), measure=measure)) == (0, N)
    columns = rows()
    before = free.predict(matrix(columns))
    after = free.predict(matrix(columns | {"debt": columns["debt"] + 1}))
    wrong = (after < before - 0.0001) if measure == "score" else (after < 0.5) & (before >= 0.5)
    assert wrong.sum() > 10
    found = counted(lambda c: free.predict(matrix(c)), measure=measure)
    assert cell(found) == (int(wrong.sum()), N)


def test_the_other_direction_has_the_other_violations():
    score = lambda c: 0.5 + 0.01 * np.where(c["age"] < 40, c["debt"], -c["debt"])  # noqa: E731 - a model in one line
    young = int((rows()["age"] < 40).sum())
    assert cell(counted(score)) == (N - young, N)
    assert cell(counted(score, direction="decreasing")) == (young, N)


def test_a_step_beyond_the_documented_range_goes_the_other_way_and_one_with_no_room_is_not_counted():
    asked: list[list[float]] = []

    def model(columns):
        asked.append(columns["debt"].tolist())
        return 0.01 * columns["debt"]

    columns = {"debt": [0.0, 5.0, 10.0, None, 3.0]}
    known = (Column(name="debt", type="number", description="debt", range=(0, 10), missing="allowed"),)
    assert cell(counted(model, columns, known, step=Decimal(4))) == (0, 4)
    assert np.array_equal(asked[-1], [4.0, 9.0, 6.0, np.nan, 7.0], equal_nan=True)
    assert cell(counted(model, columns, known, step=Decimal(6))) == (0, 3)
    assert isinstance(counted(model, columns, known, step=Decimal(11)), Undefined)
    few = counted(model, {"debt": [0.0, 5.0, None, None, None]}, known, step=Decimal(4))
    assert isinstance(few, Undefined)
    assert "2 of 5 rows could be moved" in few.detail


def test_a_step_to_where_nobody_is_shows_nothing_of_those_who_are():
    """The score rises with the debt as it must not, and falls for debts that nobody has: a step of a million saw the fall alone."""
    known = {"debt": np.r_[np.arange(2000.0) % 20, np.full(9, 1e9)], "age": np.full(2009, 40.0)}
    arguments = {**ARGUMENTS, "direction": "decreasing"}

    def found(step: int):
        view = table_view(
            tabulate,
            rows(),
            label=[0] * N,
            model=lambda c: np.where(c["debt"] < 100, 0.2 + 0.02 * c["debt"], 0.0),
            known=known,
            parameters={**arguments, "step": Decimal(step)},
        )
        return catalogue()["performance.monotonicity"].count(view, arguments=arguments)

    far = found(1_000_000)
    assert isinstance(far, Undefined)
    assert "beyond the values of the reference rows" in far.detail
    assert cell(found(2)) == (N, N)


def test_a_number_that_is_predicted_has_a_direction_too_and_no_decision():
    numbers = Answers(Task.REGRESSION, 0.0, 1000.0)
    model = lambda c: 500.0 + 10 * np.sin(c["debt"])  # noqa: E731
    falls = (
        np.sin(rows()["debt"] + 1) < np.sin(rows()["debt"]) - 0.01
    )  # .0001 of the range is .1, ten times the sine's hundredth
    assert cell(counted(model, answers=numbers)) == (int(falls.sum()), N)
    assert isinstance(counted(model, answers=numbers, measure="decision"), Undefined)


@pytest.mark.parametrize(
    ("column", "step", "said"),
    [("debts", "1", "not fed"), ("name", "1", "no numbers"), ("debt", "0.5", "whole")],
)
def test_what_cannot_be_moved_is_an_error_and_no_pass(column: str, step: str, said: str):
    columns = {"debt": [1, 2], "name": ["a", "b"], "debts": [1, 2]}
    known = tuple(Column(name=n, type=t, description=n) for n, t in (("debt", "integer"), ("name", "text")))
    with pytest.raises(SubjectError, match=said) as refused:
        counted(lambda c: 0.1 * c["debt"], columns, known, column=column, step=Decimal(step))
    assert refused.value.code == "nothing_to_change"


@pytest.mark.parametrize("measure", ["score", "decision"])
@pytest.mark.parametrize(
    ("model", "moving"),
    [
        (lambda c: 0.6 - 0.00001 * c["debt"], 0),  # the wrong way, within the tolerance
        (lambda c: 0.5 + 0.001 * c["age"], 0),  # does not look at the debt
        (lambda c: 0.9 - 0.1 * (c["debt"] > 18), None),  # a fall for those next to the edge
    ],
)
def test_scores_that_do_not_move_show_no_direction(model, moving, measure: str):
    found = counted(model, measure=measure)
    assert isinstance(found, Undefined)
    assert found.reason is Reason.NOT_MEASURED
    edge = int((rows()["debt"] == 18).sum())
    assert f"The score of {edge if moving is None else moving:,} of {N:,} rows moves by more" in found.detail


def test_a_number_with_a_huge_declared_range_hardly_moves_and_shows_no_direction():
    wide = Answers(Task.REGRESSION, 0.0, 1_000_000.0)
    found = counted(lambda c: 500.0 - 10 * c["debt"], answers=wide)
    assert isinstance(found, Undefined)
    narrow = Answers(Task.REGRESSION, 0.0, 1000.0)
    assert cell(counted(lambda c: 500.0 - 10 * c["debt"], answers=narrow)) == (N, N)


@pytest.mark.parametrize("why", ["no room for the step", "no score that moves"])
def test_each_judged_group_must_move_by_itself(why: str):
    group = np.arange(N) % 4 // 3  # a quarter are men
    debt = np.where((group == 1) & (why == "no room for the step"), np.nan, rows()["debt"])
    view = table_view(
        tabulate,
        {"debt": debt, "man": group},
        label=[0] * N,
        groups={"sex": (["women", "men"], group)},
        across=("sex",),
        model=lambda c: 0.5 + 0.01 * np.nan_to_num(c["debt"]) * (c["man"] == 0),
        parameters=ARGUMENTS,
    )
    found = catalogue()["performance.monotonicity"].count(view, across="sex", arguments=ARGUMENTS)
    assert isinstance(found, Undefined)
    said = "could be moved" if why == "no room for the step" else "moves by more than the tolerance"
    assert f"0 of {N // 4:,} rows of 'men' {said}" in found.detail
