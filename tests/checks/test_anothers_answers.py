"""Columns that a criterion takes for another's answer: made of the label, or no answer at all, they show nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from tests.domain.test_coherence import criterion
from tests.domain.test_settled import BINARY, NUMBER

from assay.checks.catalogue import catalogue
from assay.checks.counting.anothers import intervals
from assay.checks.data import label_errors
from assay.checks.performance import auc_gain_over_incumbent, gain_over_incumbent
from assay.checks.tabled import table_view
from assay.domain.answers import Answers
from assay.domain.coherence import Draft, World, findings
from assay.domain.dictionary import Column, Dictionary
from assay.domain.evidence import Rates, Undefined
from assay.domain.specification.subject import Data, Prediction, Subject
from assay.domain.vocabulary import Reason, Task

ENDS: dict[str, Decimal | int | str] = {"lower": "low", "upper": "high"}


def covered(low: Any, high: Any, metric: str) -> Any:
    truth = np.arange(200.0) / 2
    across = ("sex",) if metric.startswith("fairness") else ()
    view = table_view(
        intervals,
        {"label": truth, "low": low(truth), "high": high(truth)},
        label=[0] * 200,
        score=truth,
        groups={"sex": (("women", "men"), [0, 1] * 100)},
        across=across,
        answers=Answers(Task.REGRESSION, 0.0, 100.0),
        parameters=ENDS,
    )
    return catalogue()[metric].count(view, across=across[0] if across else None, arguments=ENDS)


@pytest.mark.parametrize("metric", ["performance.interval_coverage", "fairness.coverage_gap"])
def test_ends_that_are_the_label_or_equal_in_every_row_are_no_intervals(metric: str) -> None:
    def same(y: Any) -> Any:
        return y

    for low, high, said in (
        (same, same, "'low' is the label"),
        (same, lambda y: y + 1, "'low' is the label"),
        (lambda y: y - 1, same, "'high' is the label"),
        (lambda y: y - 1, lambda y: y - 1, "'low' and 'high' are equal"),
    ):
        found = covered(low, high, metric)
        assert isinstance(found, Undefined)
        assert found.reason is Reason.NOT_MEASURED
        assert said in found.detail
    assert isinstance(covered(lambda y: np.where(y == 3, 2, y), lambda y: y + 1, metric), Rates)


@pytest.mark.parametrize(
    ("scores", "said"),
    [
        (
            [float(18 + i % 60) for i in range(400)],
            "400 rows have a number in 'age' that is below 0 or above 1",
        ),
        (["0.5", "high"] * 200, "400 rows have no number in 'age' that is a score"),
    ],
)
@pytest.mark.parametrize("module", [gain_over_incumbent, auc_gain_over_incumbent])
def test_an_incumbent_that_gives_no_probabilities_is_not_compared(
    module: Any, scores: list[Any], said: str
) -> None:
    metric = f"performance.{module.__name__.rpartition('.')[2]}"
    given: dict[str, Decimal | int | str] = {"incumbent": "age"}
    if metric == "performance.gain_over_incumbent":
        given |= {"decide_at": Decimal("0.5"), "measure": "accuracy"}
    label = np.arange(400) % 2
    view = table_view(
        module.tabulate,
        {"age": scores},
        label=label,
        score=label * 0.9,
        parameters=given,
    )
    found = catalogue()[metric].count(view, arguments=given)
    assert isinstance(found, Undefined)
    assert said in found.detail


def test_an_audit_that_has_the_label_in_every_row_is_a_copy_of_it() -> None:
    given: dict[str, Decimal | int | str] = {"audited": "copy", "by": "", "drawn": "", "word": ""}
    label = [0, 1] * 500

    def counted(copy: list[float | None]) -> Any:
        view = table_view(label_errors.tabulate, {"copy": copy}, label=label, inputs=(), parameters=given)
        return catalogue()["data.label_errors"].count(view, arguments=given)

    found = counted([float(y) for y in label])
    assert isinstance(found, Undefined)
    assert "In every row 'copy' has the label" in found.detail
    assert isinstance(counted([float(y) for y in label[:-1]] + [None]), Rates)


@pytest.mark.parametrize(
    ("metric", "name", "rest"),
    [
        ("performance.interval_coverage", "lower", {"upper": "high"}),
        ("fairness.coverage_gap", "upper", {"lower": "high"}),
        ("performance.gain_over_incumbent", "incumbent", {}),
        ("performance.auc_gain_over_incumbent", "incumbent", {}),
        ("performance.mae_gain_over_incumbent", "incumbent", {}),
        ("data.label_errors", "audited", {}),
        ("fairness.parity_by_probability", "probability", {"member": "x", "calibration_error": 0}),
        ("fairness.impact_ratio_by_probability", "probability", {"member": "x", "calibration_error": 0}),
        ("fairness.stage_parity", "before", {}),
        ("fairness.stage_parity", "after", {"before": "high"}),
        ("fairness.stage_gap", "before", {}),
        ("fairness.stage_gap", "after", {"before": "high"}),
    ],
)
def test_the_label_the_own_scores_and_what_names_a_row_are_nobodys_answer(
    metric: str, name: str, rest: dict[str, Any]
) -> None:
    prediction: Prediction = NUMBER if "coverage" in metric or "mae" in metric else BINARY
    columns = (
        Column(name="y", type="integer", description="The label"),
        Column(name="id", type="identifier", description="Who"),
        Column(name="person", type="integer", description="Who"),
        Column(name="own", type="number", description="The model's"),
        Column(name="other", type="number", description="Theirs"),
        Column(name="high", type="number", description="Theirs"),
    )
    world = World(
        {id_: one.metric for id_, one in catalogue().items()},
        Dictionary(assay_dictionary=1, columns=columns),
    )
    own = Subject(model="own", format="predictions")
    data = Data(dictionary="d.yaml", test="t.parquet", custody="validator", unit="person")

    def said(column: str) -> list[str]:
        given: dict[str, Any] = {"with": {name: column, **rest}}
        asked = criterion(metric=metric, **given)
        draft = Draft(
            subject=own, prediction=prediction, data=data, criteria={0: asked}, written={"criteria": ("a",)}
        )
        return [f.message for f in findings(draft, world) if f.code == "not_another_answer"]

    assert [m.endswith("y is the label.") for m in said("y")] == [True]
    for column in ("id", "person"):
        assert [m.endswith(f"{column} says which row it is.") for m in said(column)] == [True]
    assert [m.endswith("own is what the model itself answered.") for m in said("own")] == [True]
    assert said("other") == []
    if metric.startswith("fairness.stage"):
        assert len(said("high, y, other, own")) == 2
