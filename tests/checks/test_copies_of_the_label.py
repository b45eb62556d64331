"""Inputs that are the label, nearly, turned round, in some of the rows or for one group: generated in every type, none passes."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score
from tests.checks.test_leaking_columns import CHECK, auc_of, counted

from assay.checks.counting.leaks import PRIOR
from assay.checks.data.leaking_columns import tabulate
from assay.checks.tabled import table_view
from assay.domain.evidence import Scores, Undefined
from assay.domain.vocabulary import Comparator, Verdict
from assay.stats.pieces.kinds import PIECES
from assay.stats.pieces.pieces import Target

Labels = np.ndarray[Any, np.dtype[np.int64]]
WRITTEN: dict[str, Callable[[int], Any]] = {
    "number": lambda y: 3.5 * y + 1,
    "whole number": int,
    "boolean": bool,
    "text": lambda y: "closed" if y else "open",
}
GROUPS = ("women", "men")


def turned(label: Labels, which: Any) -> Labels:
    copied = label.copy()
    copied[which] = 1 - copied[which]
    return copied


COPIES: dict[str, tuple[Callable[[Labels, np.random.Generator], Labels], float]] = {
    "copy": (lambda y, _: y, 0.0),
    "negation": (lambda y, _: 1 - y, 0.0),
    "all but one row": (lambda y, _: turned(y, [7]), 0.0),
    "all but a few": (lambda y, draw: turned(y, draw.choice(len(y), 10, replace=False)), 0.0),
    "negation of all but one row": (lambda y, _: 1 - turned(y, [7]), 0.0),
    "a tenth is missing": (lambda y, _: y, 0.1),
    "half is missing": (lambda y, _: y, 0.5),
    "four fifths are missing": (lambda y, _: y, 0.8),
    "negation, a third is missing": (lambda y, _: 1 - y, 0.33),
}


def rows(copy: str, written: str, seed: int) -> tuple[list[Any], Labels]:
    draw = np.random.default_rng(seed)
    label = (draw.random(2000) < 0.3).astype(np.int64)
    made, lost = COPIES[copy]
    absent = draw.random(2000) < lost
    return [
        None if a else WRITTEN[written](y) for y, a in zip(made(label, draw).tolist(), absent, strict=True)
    ], label


def verdict(found: Any, at: str = "0.95") -> Verdict:
    assert isinstance(found, Scores)
    pieces = PIECES[type(found)](found, Target(Comparator.AT_MOST, Decimal(at), 0.05))
    failed = min(p.p_fail for p in pieces.printed) <= 0.05 / pieces.total
    return Verdict.PASS if pieces.all_pass else Verdict.FAIL if failed else Verdict.INCONCLUSIVE


@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize("copy", COPIES)
def test_a_copy_of_the_label_fails_however_it_is_written(copy: str, written: str) -> None:
    for seed in range(3):
        (train, learnt), (test, label) = rows(copy, written, seed), rows(copy, written, 100 + seed)
        honest = {name: np.random.default_rng(seed).random(2000) for name in ("a", "b")}
        found = counted({"x": test, **honest}, {"x": train, **honest}, label, learnt)
        assert verdict(found) is Verdict.FAIL, seed


def grouped(
    told: Callable[[Labels, Labels, np.random.Generator], Labels], written: str, seed: int, n: int = 2000
) -> Any:
    """A column of the label and of the group, in two data sets; every second row is a woman."""
    sets = []
    for draw in (np.random.default_rng(seed), np.random.default_rng(100 + seed)):
        label, group = (draw.random(n) < 0.3).astype(np.int64), np.arange(n) % 2
        sets.append(([WRITTEN[written](y) for y in told(label, group, draw).tolist()], label))
    (train, learnt), (test, label) = sets
    view = table_view(
        tabulate,
        {"x": test},
        label=label,
        groups={"sex": (GROUPS, np.arange(n) % 2)},
        others={"train": {"x": train}},
        labels_of_others={"train": learnt},
        groups_of_others={"train": {"sex": np.arange(n) % 2}},
        parameters={"column": ""},
    )
    return CHECK.count(view, arguments={}), (train, learnt, test, label)


def at_random(label: Labels, draw: np.random.Generator) -> Labels:
    return (draw.random(len(label)) < 0.3).astype(np.int64)


OF_A_GROUP: dict[str, Callable[[Labels, Labels, np.random.Generator], Labels]] = {
    "of the men alone": lambda y, group, draw: np.where(group == 1, y, at_random(y, draw)),
    "of the men, and else nothing": lambda y, group, _: np.where(group == 1, y, 0),
    "turned round for the women": lambda y, group, _: np.where(group == 1, y, 1 - y),
    "of all but one man": lambda y, group, draw: turned(np.where(group == 1, y, at_random(y, draw)), [7]),
}


@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize("told", OF_A_GROUP)
def test_a_column_that_knows_the_answer_for_one_group_alone_fails(told: str, written: str) -> None:
    for seed in range(3):
        found, _ = grouped(OF_A_GROUP[told], written, seed)
        assert verdict(found) is Verdict.FAIL, seed
        assert [cell.label for cell in found.cells] == ["x", "x (sex: men)", "x (sex: women)"]


def test_columns_that_know_nothing_of_any_group_pass_in_every_seed() -> None:
    for seed in range(20):
        found, _ = grouped(lambda y, _, draw: at_random(y, draw), "number", seed)
        assert verdict(found, "0.75") is Verdict.PASS, seed


def test_a_group_is_ranked_by_what_was_learnt_on_its_own_rows() -> None:
    """The shares by hand, and the areas by scikit-learn."""

    def told(y: Labels, group: Labels, draw: np.random.Generator) -> Labels:
        return np.where(draw.random(len(y)) < 0.7, np.where(group == 1, y, 1 - y), at_random(y, draw))

    found, (train, learnt, test, label) = grouped(told, "whole number", 1)
    x, y, of = np.array(train), np.array(learnt), np.arange(2000) % 2
    for place, group in enumerate(GROUPS):
        mean = y.mean()
        share = {}
        for value in (0, 1):
            overall = (y[x == value].sum() + PRIOR * mean) / ((x == value).sum() + PRIOR)
            mine = (x == value) & (of == place)
            share[value] = (y[mine].sum() + PRIOR * overall) / (mine.sum() + PRIOR)
        (cell,) = (cell for cell in found.cells if cell.label == f"x (sex: {group})")
        assert sorted(share.values()) == pytest.approx(cell.scores)
        scores = np.vectorize(share.get)(np.array(test)[of == place])
        assert auc_of(cell) == pytest.approx(roc_auc_score(label[of == place], scores), abs=1e-12)


def test_a_group_with_few_rows_of_a_label_is_not_looked_at_by_itself() -> None:
    found, _ = grouped(lambda y, _, draw: at_random(y, draw), "number", 3, n=120)
    assert [cell.label for cell in found.cells] == ["x"]


@pytest.mark.parametrize(("rows", "of_label"), [(20, 0.3), (2000, 0.0)])
def test_a_column_is_not_called_clean_where_little_or_one_label_could_be_learnt(
    rows: int, of_label: float
) -> None:
    draw = np.random.default_rng(5)
    learnt, label = (
        (draw.random(n) < share).astype(np.int64) for n, share in ((rows, of_label), (2000, 0.3))
    )
    found = counted({"x": label.astype(float)}, {"x": learnt.astype(float)}, label, learnt)
    assert isinstance(found, Undefined)
    assert "30 of each are needed" in found.detail
