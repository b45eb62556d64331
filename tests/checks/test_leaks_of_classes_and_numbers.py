"""Columns that know one of several classes, or a number: against scikit-learn, and found in 20 seeds of 20 at no false alarm."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import TargetEncoder
from tests.checks.test_copies_of_the_label import verdict
from tests.checks.test_leaking_columns import auc_of

from assay.checks.catalogue import catalogue
from assay.checks.counting.confusion import THREE
from assay.checks.data import leaking_columns, leaking_columns_of_numbers
from assay.checks.tabled import table_view
from assay.domain.answers import Answers
from assay.domain.evidence import Scores, Undefined
from assay.domain.vocabulary import Reason, Task, Verdict

Columns = dict[str, Any]
NUMBERS = Answers(Task.REGRESSION, 0.0, 1000.0)


def of_classes(test: Columns, train: Columns, label: Any, learnt: Any) -> Any:
    parameters = {"column": ""}
    view = table_view(
        leaking_columns.tabulate,
        test,
        label=label,
        others={"train": train},
        labels_of_others={"train": learnt},
        answers=THREE,
        parameters=parameters,
    )
    return catalogue()["data.leaking_columns"].count(view, arguments=parameters)


def of_numbers(test: Columns, train: Columns, label: Any, learnt: Any, *, at: str = "", **given: Any) -> Any:
    check = catalogue()["data.leaking_columns_of_numbers"]
    parameters = check.bind({"at": at})
    view = table_view(
        leaking_columns_of_numbers.tabulate,
        test | {"label": label},
        label=np.where(np.isnan(label), -1, 0),
        others={"train": train | {"label": learnt}},
        labels_of_others={"train": np.where(np.isnan(learnt), -1, 0)},
        inputs=tuple(test),
        answers=NUMBERS,
        parameters=parameters,
        **({"known": {"label": learnt}} | given),
    )
    return check.count(view, arguments=parameters)


def encoded(train: Any, learnt: Any, test: Any) -> Any:
    """The share of a binary target of each code, by scikit-learn."""
    encoder = TargetEncoder(smooth=10.0, target_type="binary")
    return encoder.fit(np.array(train)[:, None], learnt).transform(np.array(test)[:, None]).ravel()


def test_each_class_is_scored_against_the_rest_as_scikit_learn_encodes_targets() -> None:
    draw = np.random.default_rng(3)
    shares = draw.dirichlet([1, 1, 1], 12)
    codes = [draw.integers(0, 12, n) for n in (3000, 2000)]
    learnt, label = ((draw.random(len(x))[:, None] > shares[x].cumsum(1)).sum(1) for x in codes)
    train, test = ([f"c{code}" for code in x] for x in codes)
    found = of_classes({"x": test}, {"x": train}, label, learnt)
    assert isinstance(found, Scores)
    assert [cell.label for cell in found.cells] == [f"x for class {name}" for name in THREE.classes]
    for code, cell in enumerate(found.cells):
        scores = encoded(train, learnt == code, test)
        assert np.allclose(sorted(set(scores)), cell.scores, atol=1e-12)
        assert auc_of(cell) == pytest.approx(roc_auc_score(label == code, scores), abs=1e-12)


@pytest.mark.parametrize("at", ["", "140, 160"])
def test_numbers_from_a_cut_on_are_scored_as_scikit_learn_encodes_targets(at: str) -> None:
    draw = np.random.default_rng(4)
    mean = draw.uniform(20, 80, 12)
    codes = [draw.integers(0, 12, n) for n in (3000, 2000)]
    learnt, label = (draw.normal(mean[x], 15) + 100 for x in codes)
    train, test = ([f"c{code}" for code in x] for x in codes)
    found = of_numbers({"x": test}, {"x": train}, label, learnt, at=at, known={"label": learnt[:2000]})
    assert isinstance(found, Scores)
    cuts = [float(cut) for cut in at.split(",")] if at else [float(np.sort(learnt[:2000])[1000])]
    assert [cell.label for cell in found.cells] == [f"x for {cut:.15g} or more" for cut in cuts]
    for cut, cell in zip(cuts, found.cells, strict=True):
        scores = encoded(train, learnt >= cut, test)
        assert np.allclose(sorted(set(scores)), cell.scores, atol=1e-12)
        assert auc_of(cell) == pytest.approx(roc_auc_score(label >= cut, scores), abs=1e-12)


def rows(draw: np.random.Generator, n: int, *, leaks: bool) -> tuple[Columns, Any, Any]:
    """Honest columns of which one predicts well; one that is settled after the outcome; a class and a number that are predicted."""
    label = draw.choice(3, n, p=[0.6, 0.25, 0.15])
    number = draw.gamma(2.0, 20.0, n).clip(0, 1000)
    told = draw.random(n) < 0.99 if leaks else np.zeros(n, dtype=bool)
    sold = np.where(told, number, draw.permutation(number))
    columns = {
        "income": draw.lognormal(8, 0.5, n),
        "rating": draw.normal(label * 0.8 + number / 40, 1.0),
        "region": draw.choice(["north", "south", "east"], n).tolist(),
        # Neither rising nor falling: the last class lies between the others.
        "settled": np.where(told, np.array([10.0, 90.0, 50.0])[label], draw.choice([10.0, 50.0, 90.0], n))
        + draw.normal(0, 3, n),
        # It rises to the median, about, and falls behind it.
        "paid": np.where(sold < 33, sold, 300 - sold),
        "closed": [
            float(x) if so else None for x, so in zip(number, told & (draw.random(n) < 0.3), strict=True)
        ],
    }
    return columns, label, number


@pytest.mark.parametrize("seed", range(20))
def test_a_planted_leak_is_found_in_every_seed_and_honest_columns_pass(seed: int) -> None:
    wanted = {True: Verdict.FAIL, False: Verdict.PASS}
    for leaks, expected in wanted.items():
        draw = np.random.default_rng(seed)
        train, learnt, learnt_number = rows(draw, 2000, leaks=leaks)
        test, label, number = rows(draw, 2000, leaks=leaks)
        settled, paid, closed = (
            [{n: of[n] for n in ("income", "rating", "region", asked)} for of in (test, train)]
            for asked in ("settled", "paid", "closed")
        )
        assert verdict(of_classes(*settled, label, learnt), "0.90") is expected
        assert verdict(of_numbers(*paid, number, learnt_number), "0.90") is expected
        if leaks:
            assert verdict(of_numbers(*closed, number, learnt_number), "0.90") is expected


def test_a_class_of_which_too_few_rows_teach_is_named() -> None:
    label = np.repeat([0, 1, 2], [500, 480, 20])
    found = of_classes({"x": label * 1.0}, {"x": label * 1.0}, label, label)
    assert isinstance(found, Undefined)
    assert "20 rows of the class 'c', or of the others, with which 'x' can be learnt" in found.detail
    numbers = of_numbers({"x": label * 1.0}, {"x": label * 1.0}, label * 1.0, label * 1.0, at="2")
    assert isinstance(numbers, Undefined)
    assert "20 rows of labels on one side of 2 with which 'x' can be learnt" in numbers.detail


def test_labels_that_are_all_alike_give_no_cut() -> None:
    label = np.arange(400.0)
    found = of_numbers({"x": label}, {"x": label}, label, label, known={"label": [3.0] * 90})
    assert isinstance(found, Undefined)
    assert found.reason is Reason.NOT_MEASURED
    assert "name numbers under 'at'" in found.detail


def test_rows_without_a_number_are_not_ranked() -> None:
    label = np.where(np.arange(2000) % 4 == 0, np.nan, np.arange(2000) % 100)
    (cell,) = of_numbers({"x": label}, {"x": label}, label, label, at="50").cells[:1]
    assert sum(cell.negatives) + sum(cell.positives) == 1500
    assert auc_of(cell) == 1
