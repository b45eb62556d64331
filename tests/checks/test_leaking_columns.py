"""Columns that know the answer: against scikit-learn, and found in 20 seeds of 20 at no false alarm."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import TargetEncoder

from assay.checks.catalogue import catalogue
from assay.checks.data.leaking_columns import tabulate
from assay.checks.tabled import table_view
from assay.domain.dictionary import Column
from assay.domain.evidence import ScoreCell, Scores, Undefined
from assay.domain.vocabulary import Comparator, Verdict
from assay.stats.pieces.kinds import PIECES
from assay.stats.pieces.pieces import Target

CHECK_AT = Decimal("0.90")
CHECK = catalogue()["data.leaking_columns"]


def counted(test: Any, train: Any, label: Any, learnt: Any, **parameters: str) -> Any:
    view = table_view(
        tabulate,
        test,
        label=label,
        others={"train": train},
        labels_of_others={"train": learnt},
        parameters={"column": "", **parameters},
    )
    return CHECK.count(view, arguments=parameters)


def auc_of(cell: ScoreCell) -> float:
    scores = np.repeat(cell.scores * 2, (*cell.negatives, *cell.positives))
    label = np.repeat([0, 1], [sum(cell.negatives), sum(cell.positives)])
    return roc_auc_score(label, scores)


@pytest.mark.parametrize("kind", ["codes", "numbers"])
def test_a_column_is_scored_as_scikit_learn_encodes_targets(kind: str) -> None:
    draw = np.random.default_rng(3)
    share = draw.random(12)
    learnt_on, judged = draw.integers(0, 12, 3000), draw.integers(0, 12, 2000)
    if kind == "codes":
        judged[:20] = draw.integers(12, 14, 20)  # few that were never seen
    learnt, label = (
        (draw.random(len(x)) < np.append(share, [0.5, 0.5])[x]).astype(int) for x in (learnt_on, judged)
    )
    named = [f"c{code}" for code in range(14)] if kind == "codes" else [float(code) for code in range(14)]
    train, test = [named[i] for i in learnt_on], [named[i] for i in judged]
    found = counted({"x": test}, {"x": train}, label, learnt)
    assert isinstance(found, Scores)
    encoder = TargetEncoder(smooth=10.0, target_type="binary").fit(
        np.array(train, dtype=object)[:, None], learnt
    )
    encoded = encoder.transform(np.array(test, dtype=object)[:, None]).ravel()
    (cell,) = found.cells
    assert np.allclose(sorted(set(encoded)), cell.scores, atol=1e-12)
    assert auc_of(cell) == pytest.approx(roc_auc_score(label, encoded), abs=1e-12)


def test_a_missing_value_can_tell_the_answer() -> None:
    label, learnt = np.arange(2000) % 2, np.arange(2000) % 2
    closed = [None if y else 3.0 for y in label]
    (cell,) = counted({"closed": closed}, {"closed": closed}, label, learnt).cells
    assert auc_of(cell) == 1.0


@pytest.mark.parametrize(
    ("learnt", "judged"), [(("l", "r"), ("L", "R")), ((0, 1), (10, 20)), ((0.0, 1.0), (0.4, 0.6))]
)
def test_a_column_that_is_the_label_in_another_spelling_never_passes(learnt: tuple, judged: tuple) -> None:
    label = np.arange(2000) % 2
    found = counted({"x": [judged[y] for y in label]}, {"x": [learnt[y] for y in label]}, label, label)
    assert isinstance(found, Undefined)
    assert "1,000 of 1,000 rows of the label 0 have a value of 'x' that no row of 'train' has" in found.detail


@pytest.mark.parametrize(
    ("days", "found"),
    [
        (
            (["05-01", "06-01"], ["05-01", "06-01"]),
            ["day", "x"],
        ),  # whatever it is called, it was written when the outcome was known
        ((["05-01", "06-01"], ["07-01", "08-01"]), ["x"]),
        ((["05-01", "06-01"], None), ["x"]),
    ],
    ids=["the same days", "later days", "no days"],
)
def test_where_inputs_are_not_known_identifiers_are_not_learnt_and_the_time_where_its_days_come_again(
    days: tuple[list[str], list[str] | None], found: list[str]
) -> None:
    label = np.arange(400) % 2
    columns = {"id": [f"p{i}" for i in range(400)], "x": np.arange(400) // 2 % 7}
    known = [Column(name=n, type=t, description=n) for n, t in (("id", "identifier"), ("day", "date"))]
    judged, learnt = (columns | ({"day": [of[y] for y in label]} if of else {}) for of in days)
    view = table_view(
        tabulate,
        judged,
        label=label,
        others={"train": learnt},
        labels_of_others={"train": label},
        parameters={"column": ""},
        dictionary=(*known, Column(name="x", type="number", description="x")),
        inputs=(),
        time="day",
    )
    counts = CHECK.count(view, arguments={})
    assert [cell.label for cell in counts.cells if ", " not in cell.label] == found
    assert auc_of(counts.cells[0]) == pytest.approx(1.0 if "day" in found else 0.5, abs=0.1)


def test_a_column_that_only_the_judged_rows_have_is_named_and_never_passes() -> None:
    label = np.arange(400) % 2
    known = np.random.default_rng(1).random(400)
    found = counted({"x": label, "z": known}, {"y": label, "z": known}, label, label)
    pieces = PIECES[type(found)](found, Target(Comparator.AT_MOST, Decimal("0.9"), 0.05))
    assert [none.label for none in pieces.undefined] == ["x"]
    assert not pieces.all_pass
    assert isinstance(counted({"x": label}, {"y": label}, label, label), Undefined)


def rows(draw: np.random.Generator, n: int, *, leaks: bool):
    """Four honest columns of which one predicts well; and one that is settled after the outcome."""
    label = (draw.random(n) < 0.25).astype(int)
    columns = {
        "income": draw.lognormal(8, 0.5, n),
        "rating": draw.normal(label * 1.2, 1.0),
        "region": draw.choice(["north", "south", "east"], n).tolist(),
        "months": draw.integers(0, 120, n),
    }
    told = np.where(draw.random(n) < 0.99, label, 1 - label) if leaks else draw.random(n) < 0.25
    columns["recovered"] = np.where(told, draw.normal(50, 5, n), draw.choice([10.0, 90.0], n))
    return columns, label


def verdict_of(seed: int, *, leaks: bool) -> Verdict:
    draw = np.random.default_rng(seed)
    train, learnt = rows(draw, 2000, leaks=leaks)
    test, label = rows(draw, 2000, leaks=leaks)
    found = counted(test, train, label, learnt)
    pieces = PIECES[type(found)](found, Target(Comparator.AT_MOST, CHECK_AT, 0.05))
    if pieces.all_pass:
        return Verdict.PASS
    return (
        Verdict.FAIL if min(p.p_fail for p in pieces.printed) <= 0.05 / pieces.total else Verdict.INCONCLUSIVE
    )


def test_a_planted_leak_is_found_in_every_seed_and_honest_columns_pass() -> None:
    assert [verdict_of(seed, leaks=True) for seed in range(20)] == [Verdict.FAIL] * 20
    assert [verdict_of(seed, leaks=False) for seed in range(20)] == [Verdict.PASS] * 20


def test_numbers_that_differ_by_one_in_a_hundred_thousand_are_told_apart() -> None:
    """Codes of an industry, days and seconds are large whole numbers of which each has a meaning of its own."""
    draw = np.random.default_rng(4)
    learnt, label = draw.integers(0, 2, 3000), draw.integers(0, 2, 2000)
    for start in (541_511, 20_240_101):
        found = counted({"x": start + label}, {"x": start + learnt}, label, learnt)
        assert isinstance(found, Scores)
        (cell,) = found.cells
        assert auc_of(cell) == 1
    noise = counted(
        {"x": 541_511 + draw.integers(0, 9, 2000)}, {"x": 541_511 + draw.integers(0, 9, 3000)}, label, learnt
    )
    assert abs(auc_of(noise.cells[0]) - 0.5) < 0.06
    new = counted({"x": 541_513 + label}, {"x": 541_511 + learnt}, label, learnt)
    assert isinstance(new, Undefined)  # of numbers that were never seen nothing is known
