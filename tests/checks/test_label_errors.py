"""Label errors by audit: the limits are scipy's exact ones."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from scipy.stats import binomtest

from assay.checks.catalogue import catalogue
from assay.checks.counting.audited import drawn_rows
from assay.checks.data.label_errors import tabulate
from assay.checks.tabled import table_view
from assay.domain.evidence import Rates, Undefined
from assay.domain.vocabulary import Comparator
from assay.stats.pieces.kinds import PIECES
from assay.stats.pieces.pieces import Target
from assay.tally.hashes import number_words, text_words


@pytest.mark.parametrize("written", [float, lambda x: None if np.isnan(x) else str(int(x))])
def test_errors_of_each_label_have_the_limits_of_scipy(written) -> None:
    draw = np.random.default_rng(1)
    label = draw.integers(0, 2, 3000)
    drawn = draw.random(3000) < np.where(label == 1, 0.2, 0.05)
    wrong = draw.random(3000) < np.where(label == 1, 0.02, 0.1)
    expert = np.where(drawn, np.where(wrong, 1 - label, label), np.nan)
    parameters = {"audited": "audit", "by": "", "drawn": "", "word": ""}
    columns = {"audit": [written(v) for v in expert]}
    view = table_view(tabulate, columns, label=label, inputs=(), parameters=parameters)
    found = catalogue()["data.label_errors"].count(view, arguments=parameters)
    assert isinstance(found, Rates)
    pieces = PIECES[Rates](found, Target(Comparator.AT_MOST, Decimal("0.2"), 0.05))
    for y in (0, 1):
        mine = drawn & (label == y)
        piece = next(p for p in pieces.printed if p.label == f"label {y}")
        interval = binomtest(int((mine & wrong).sum()), int(mine.sum())).proportion_ci(0.90, "exact")
        assert piece.upper == pytest.approx(interval.high, abs=1e-9)
        assert piece.n == mine.sum()


DRAWING = {"audited": "audit", "by": "id", "drawn": "0=0.1, 1=0.5", "word": "heron"}


def drawing(names: object, label: np.ndarray, expert: np.ndarray, **changed: str):
    parameters = DRAWING | changed
    view = table_view(tabulate, {"id": names, "audit": expert}, label=label, inputs=(), parameters=parameters)
    return catalogue()["data.label_errors"].count(view, arguments=parameters)


@pytest.mark.parametrize("kind", [int, str])
def test_rows_that_were_not_drawn_never_enter_the_bound(kind: type) -> None:
    draw = np.random.default_rng(2)
    label = draw.integers(0, 2, 4000)
    names = np.arange(4000) if kind is int else [f"p{i}" for i in range(4000)]
    words = number_words(names) if kind is int else text_words(np.array(names, dtype=object))
    drawn = drawn_rows(words, label, {0: Decimal("0.1"), 1: Decimal("0.5")}, "heron")
    for y, share in ((0, 0.1), (1, 0.5)):
        assert binomtest(int(drawn[label == y].sum()), int((label == y).sum()), share).pvalue > 0.001
    right = np.where(drawn, label, np.nan)
    ranked = np.where(drawn, label, 1 - label)  # an auditor also looked at all others, and found each wrong
    first, second = drawing(names, label, right), drawing(names, label, ranked)
    assert isinstance(first, Rates)
    assert first == second
    assert [(c.events, c.trials) for c in first.cells] == [(0, int(drawn[label == y].sum())) for y in (0, 1)]
    other = drawing(names, label, ranked, word="stork")
    assert isinstance(other, Rates)
    assert other != first


def test_a_row_that_was_drawn_and_left_out_leaves_nothing_to_say() -> None:
    label, names = np.zeros(500, dtype=int), np.arange(500)
    drawn = np.flatnonzero(drawn_rows(number_words(names), label, {0: Decimal("0.1")}, "heron"))
    expert = np.where(np.isin(names, drawn[1:]), 0.0, np.nan)
    found = drawing(names, label, expert)
    assert isinstance(found, Undefined)
    assert found.detail.startswith("1 of the rows")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"by": ""}, "under 'by'"),
        ({"drawn": "2=0.1"}, "0=share"),
        ({"drawn": ""}, "0=share"),
        ({"word": ""}, "'word' must"),
    ],
)
def test_a_drawing_that_is_not_stated_whole_is_said(changed: dict[str, str], said: str) -> None:
    found = drawing(np.arange(9), np.zeros(9, dtype=int), np.zeros(9), **changed)
    assert isinstance(found, Undefined)
    assert said in found.detail


def audit(column: str, expert: list, label: np.ndarray, *, inputs: tuple[str, ...] = ()):
    parameters = {"audited": column, "by": "", "drawn": "", "word": ""}
    view = table_view(tabulate, {column: expert}, label=label, inputs=inputs, parameters=parameters)
    return catalogue()["data.label_errors"].count(view, arguments=parameters)


def test_the_label_itself_or_an_input_audits_nothing() -> None:
    label = np.arange(400) % 2
    assert isinstance(audit("label", label.tolist(), label), Undefined)
    found = audit("x", label.tolist(), label, inputs=("x",))
    assert isinstance(found, Undefined)
    assert "'x' is the label, an input or a score" in found.detail


@pytest.mark.parametrize(("neither", "written"), [(2, float), ("unclear", str), ("2", str)])
def test_an_answer_that_is_no_label_is_an_error(neither, written) -> None:
    label = np.arange(1000) % 2
    found = audit("audit", [neither] * 300 + [written(int(y)) for y in label[300:]], label)
    assert [(cell.events, cell.trials) for cell in found.cells] == [(150, 500), (150, 500)]


def test_labels_may_be_written_as_decimal_numbers() -> None:
    label = np.arange(1000) % 2
    found = audit("audit", [f"{1 - y if i < 300 else y}.0" for i, y in enumerate(label)], label)
    assert [(cell.events, cell.trials) for cell in found.cells] == [(150, 500), (150, 500)]


def test_rows_without_a_name_or_with_one_in_common_are_no_random_sample() -> None:
    label, expert = np.zeros(4000, dtype=int), np.zeros(4000)
    without = drawing([None] * 3000 + [f"p{i}" for i in range(1000)], label, expert)
    assert isinstance(without, Undefined)
    assert "3,000 of 4,000 rows have nothing in 'id'" in without.detail
    lots = drawing(["lot a"] * 2000 + ["lot b"] * 2000, label, expert, drawn="0=1")
    assert isinstance(lots, Undefined)
    assert "are drawn together or not at all" in lots.detail


@pytest.mark.parametrize("name", [None, "p0"])
def test_few_rows_without_a_name_of_their_own_hide_no_wrong_labels(name) -> None:
    """Of 1,000 rows with label 1 the 390 wrong ones had no name, 2 % of all rows, and were never drawn; under one name they hardly ever were."""
    label = (np.arange(20000) < 1000).astype(int)
    expert = np.where(np.arange(20000) < 390, 0.0, label)
    names = [name if i < 390 else f"p{i}" for i in range(20000)]
    assert isinstance(drawing(names, label, expert, drawn="0=0.05, 1=0.05"), Undefined)
