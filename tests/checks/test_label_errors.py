"""Label errors by audit: the limits are scipy's exact ones."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from scipy.stats import binomtest

from assay.checks.catalogue import catalogue
from assay.checks.data.label_errors import tabulate
from assay.checks.tabled import table_view
from assay.domain.evidence import Rates, Undefined
from assay.domain.vocabulary import Comparator
from assay.stats.pieces.kinds import PIECES
from assay.stats.pieces.pieces import Target


@pytest.mark.parametrize("written", [float, lambda x: None if np.isnan(x) else str(int(x))])
def test_errors_of_each_label_have_the_limits_of_scipy(written) -> None:
    draw = np.random.default_rng(1)
    label = draw.integers(0, 2, 3000)
    drawn = draw.random(3000) < np.where(label == 1, 0.2, 0.05)
    wrong = draw.random(3000) < np.where(label == 1, 0.02, 0.1)
    expert = np.where(drawn, np.where(wrong, 1 - label, label), np.nan)
    parameters = {"audited": "audit"}
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


def audit(column: str, expert: list, label: np.ndarray, *, inputs: tuple[str, ...] = ()):
    parameters = {"audited": column}
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
