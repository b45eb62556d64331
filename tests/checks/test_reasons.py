"""Reason codes: of an additive model they are its own terms, and of a small table what every replacement by hand says."""

from __future__ import annotations

import itertools
from decimal import Decimal

import numpy as np
import pytest

from assay.checks.catalogue import catalogue
from assay.checks.counting.reasons import principal, usual_value
from assay.checks.performance import reason_faithfulness, reason_stability
from assay.checks.tabled import table_view
from assay.domain.dictionary import Column
from assay.domain.errors import SubjectError
from assay.domain.evidence import Undefined
from assay.domain.vocabulary import Reason
from assay.tally.perturbation import normals

N, NAMES = 3000, ("a", "b", "c")
WEIGHTS = np.array([1.0, -2.0, 0.5])
MODULES = {
    "performance.reason_faithfulness": reason_faithfulness,
    "performance.reason_stability": reason_stability,
}


def counted(metric: str, found, model, known, **given):
    bound = catalogue()[metric].bind(given)
    view = table_view(
        MODULES[metric].tabulate,
        found,
        label=[0] * len(found["a"]),
        model=model,
        known=known,
        parameters=bound,
    )
    return catalogue()[metric].count(view, arguments=bound)


def drawn(seed: int, n: int = N) -> dict[str, np.ndarray]:
    values = np.random.default_rng(seed).normal(size=(n, 3))
    return {name: values[:, i] for i, name in enumerate(NAMES)}


def matrix(columns) -> np.ndarray:
    return np.column_stack([columns[name] for name in NAMES])


def additive(columns) -> np.ndarray:
    return 1 / (1 + np.exp(-matrix(columns) @ WEIGHTS - 0.5))


def terms(columns, known) -> np.ndarray:
    """By how much each term of the log-odds falls short of that of the median: the reasons of an additive model."""
    median = [np.sort(known[name])[(len(known[name]) - 1) // 2] for name in NAMES]
    return (np.array(median) - matrix(columns)) * WEIGHTS


def test_as_many_reasons_as_inputs_say_nothing_of_any() -> None:
    columns, known = drawn(1, 300), drawn(2, 101)
    found = counted("performance.reason_faithfulness", columns, additive, known, reasons=3)
    assert isinstance(found, Undefined)
    assert "The model has 3 inputs, and 3 reasons may be all of them" in found.detail


@pytest.mark.parametrize("reasons", [1, 2])
def test_the_reasons_of_an_additive_model_are_its_terms(reasons: int) -> None:
    columns, known = drawn(1), drawn(2, 501)
    short = terms(columns, known)
    declined = additive(columns) < 0.5
    largest = np.sort(short, axis=1)[:, ::-1][:, :reasons]
    odds = matrix(columns) @ WEIGHTS + 0.5 + np.maximum(largest, 0).sum(axis=1)
    (cell,) = counted("performance.reason_faithfulness", columns, additive, known, reasons=reasons).cells
    assert cell.trials == declined.sum()
    assert cell.events == (declined & (odds >= 0)).sum()
    assert cell.events > 0


def test_the_first_reason_of_an_additive_model_changes_with_its_largest_term() -> None:
    columns, known = drawn(3), drawn(4, 501)
    moved = {
        name: values + 0.3 * np.nanstd(values) * normals(0, name, np.arange(N, dtype=np.uint64))
        for name, values in columns.items()
    }
    first = [np.where((s := terms(c, known)).max(axis=1) > 0, s.argmax(axis=1), -1) for c in (columns, moved)]
    none = first[0] < 0
    declined = additive(columns) < 0.5
    (cell,) = counted("performance.reason_stability", columns, additive, known, scale=Decimal("0.3")).cells
    assert cell.trials == declined.sum()
    assert cell.events == (declined & ~none & (first[0] == first[1])).sum()
    assert cell.events < cell.trials


def test_a_case_without_a_reason_has_none_that_stays_the_same() -> None:
    """The model never looks at the one input that may be a reason: no reason before and none after is not a stable one."""
    columns, known = drawn(3), drawn(4, 501)
    found = counted(
        "performance.reason_stability",
        columns,
        lambda inputs: additive({**inputs, "c": np.zeros(len(inputs["c"]))}),
        known,
        scale=Decimal("0.05"),
        columns="c",
    )
    (cell,) = found.cells
    assert cell.events == 0
    assert cell.trials > 1000


def test_every_row_of_a_small_table_is_explained_as_by_hand() -> None:
    """All rows of three codes each, and a model in which inputs act together."""
    rows = list(itertools.product([0, 1, 2], ["x", "y"], [0, 1]))
    columns = {"a": [r[0] for r in rows], "b": [r[1] for r in rows], "c": [r[2] for r in rows]}
    known = {"a": [2, 2, 0], "b": ["y", "y", "x"], "c": [1, 1, 0]}
    usual = {"a": 2, "b": "y", "c": 1}

    def score(row: dict) -> float:
        return 0.2 * (row["a"] == 2) + 0.35 * (row["b"] == "y" and row["a"] > 0) + 0.1 * row["c"]

    def model(found) -> np.ndarray:
        return np.array(
            [score(dict(zip(NAMES, r, strict=True))) for r in zip(*(found[n] for n in NAMES), strict=True)]
        )

    turned = asked = 0
    for row in (dict(zip(NAMES, r, strict=True)) for r in rows):
        if score(row) >= 0.5:
            continue
        gain = {n: score(row | {n: usual[n]}) - score(row) for n in NAMES}
        best = sorted((n for n in NAMES if gain[n] > 0), key=lambda n: -gain[n])[:2]
        asked += 1
        turned += score(row | {n: usual[n] for n in best}) >= 0.5
    (cell,) = counted("performance.reason_faithfulness", columns, model, known, reasons=2).cells
    assert (cell.events, cell.trials) == (turned, asked)
    assert 0 < turned < asked


def test_only_named_inputs_are_reasons_and_they_are_fed_to_the_model() -> None:
    columns, known = drawn(5, 200), drawn(6, 50)
    (cell,) = counted("performance.reason_faithfulness", columns, additive, known, columns="c").cells
    median = np.sort(known["c"])[24]
    odds = matrix(columns) @ WEIGHTS + 0.5 + np.maximum(0.5 * (median - columns["c"]), 0)
    assert cell.events == ((additive(columns) < 0.5) & (odds >= 0)).sum()
    with pytest.raises(SubjectError, match="not fed 'z'"):
        counted("performance.reason_faithfulness", columns, additive, known, columns="a, z")


def test_reasons_that_were_given_are_replaced_and_no_others() -> None:
    columns, known = drawn(9, 400), drawn(10, 51)
    draw = np.random.default_rng(11)
    given = {name: draw.choice(["a", "c", "R01", None], 400) for name in ("first", "second")}
    median = {name: np.sort(known[name])[25] for name in NAMES}
    replaced = {
        name: np.where((given["first"] == name) | (given["second"] == name), median[name], columns[name])
        for name in NAMES
    }
    turned = (additive(columns) < 0.5) & (additive(replaced) >= 0.5)
    bound = {"given": "first, second", "columns": "a, b, c"}
    (cell,) = counted("performance.reason_faithfulness", columns | given, additive, known, **bound).cells
    assert (cell.events, cell.trials) == (turned.sum(), (additive(columns) < 0.5).sum())
    assert cell.events > 0


def test_no_more_given_reasons_are_replaced_than_may_be_given() -> None:
    """A reason that is no input's takes its place; an empty one takes none."""
    columns, known = drawn(9, 400), drawn(10, 51)
    draw = np.random.default_rng(12)
    given = {name: draw.choice(["a", "c", "R01", ""], 400) for name in ("first", "second")}
    median = {name: np.sort(known[name])[25] for name in NAMES}
    told = np.where(given["first"] == "", given["second"], given["first"])
    replaced = {name: np.where(told == name, median[name], columns[name]) for name in NAMES}
    turned = (additive(columns) < 0.5) & (additive(replaced) >= 0.5)
    bound = {"given": "first, second", "columns": "a, b, c", "reasons": 1}
    (cell,) = counted("performance.reason_faithfulness", columns | given, additive, known, **bound).cells
    assert (cell.events, cell.trials) == (turned.sum(), (additive(columns) < 0.5).sum())
    assert cell.events > 0


def test_nobody_declined_is_undefined() -> None:
    found = counted("performance.reason_faithfulness", drawn(7, 50), lambda c: 0 * c["a"] + 0.9, drawn(8, 50))
    assert isinstance(found, Undefined)


def test_a_usual_value_is_one_that_occurs() -> None:
    assert usual_value(np.array([3.0, 1.0, np.nan, 2.0, 9.0]), numeric=True) == 2
    assert usual_value(np.array([3.0, 1.0, 3.0, 2.0]), numeric=False) == 3
    assert usual_value(np.array(["b", "a", None, "a", "b"], dtype=object), numeric=False) == "a"
    assert np.isnan(usual_value(np.array([np.nan]), numeric=True))
    assert usual_value(np.array([None], dtype=object), numeric=False) is None


def test_the_principal_reasons_are_the_largest_gains_and_never_a_loss() -> None:
    gain = np.array([[3.0, 1.0, 2.0], [-1.0, 0.0, 0.5], [1.0, 1.0, 1.0]])
    assert principal(gain, 2).tolist() == [[True, False, True], [False, False, True], [True, True, False]]


def test_errors_that_leave_the_declined_as_they_are_show_nothing_of_reasons() -> None:
    columns = {n: np.rint(4 * v).astype(np.int64) for n, v in drawn(12, 400).items()}
    whole = tuple(Column(name=n, type="integer", description=n) for n in NAMES)
    bound = {"scale": Decimal("0.001"), "columns": ""}
    view = table_view(
        reason_stability.tabulate,
        columns,
        label=[0] * 400,
        model=additive,
        known=columns,
        dictionary=whole,
        parameters=bound,
    )
    found = catalogue()["performance.reason_stability"].count(view, arguments=bound)
    assert isinstance(found, Undefined)
    assert found.reason is Reason.NOT_MEASURED
    assert f"made 0 of {(additive(columns) < 0.5).sum():,} rows others" in found.detail
