"""Thresholds that nothing can miss because of what the specification itself declares."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from tests.domain.test_coherence import criterion

from assay.checks.catalogue import catalogue
from assay.domain.answers import Answers
from assay.domain.coherence import Draft, World, findings
from assay.domain.settled import Settled, Settles
from assay.domain.specification.subject import Prediction
from assay.domain.vocabulary import Task, Tier

NUMBER = Prediction.model_validate(
    {"task": "regression", "label": "y", "score": "euros", "range": [Decimal(100), Decimal(500)]}
)
BINARY = Prediction.model_validate(
    {"task": "binary", "label": "y", "score": "risk", "favourable": 0, "decide_at": Decimal("0.5")}
)
COSTS = {"cost_fp": 2, "cost_fn": 10}
SETTLED = [
    (NUMBER, "performance.mae", {}, 400, 300),
    (NUMBER, "performance.rmse", {}, 400, 300),
    (NUMBER, "fairness.mae_gap", {}, 400, 300),
    (NUMBER, "performance.pinball", {"quantile": Decimal("0.9")}, 360, 300),
    (NUMBER, "performance.sensitivity_curve", {"column": "x", "points": "1"}, 500, 499),
    (BINARY, "performance.expected_cost", COSTS, 10, 9),
    (BINARY, "performance.threshold_regret", COSTS, 10, 9),
    (BINARY, "fairness.error_cost", COSTS, 10, 9),
    (BINARY, "fairness.error_cost", {}, 1, "0.9"),
    (BINARY, "performance.calibration_by_grade", {"grades": "A: 1"}, 1, "0.9"),
    (BINARY, "performance.calibration_by_grade", {"grades": "A: 0.01, B: 1"}, 100, 99),
]


def said(prediction: Prediction, metric: str, given: dict[str, Any], **fields: Any) -> set[str]:
    asked = criterion(metric=metric, **{"with": given, "at_least": None, **fields})
    draft = Draft(prediction=prediction, criteria={0: asked}, written={"criteria": ("a",)})
    return {
        f.code
        for f in findings(draft, World({id_: one.metric for id_, one in catalogue().items()}))
        if "across" not in f.code
    }


@pytest.mark.parametrize(("prediction", "metric", "given", "most", "less"), SETTLED)
def test_a_threshold_that_what_is_declared_makes_vacuous_is_refused(
    prediction: Prediction, metric: str, given: dict[str, Any], most: int, less: int | str
) -> None:
    wrong = {"vacuous_criterion", "threshold_out_of_range"}
    assert said(prediction, metric, given, at_most=Decimal(most)) & wrong == {"vacuous_criterion"}
    assert said(prediction, metric, given, at_most=Decimal(most + 1)) & wrong
    assert not said(prediction, metric, given, at_most=Decimal(less)) & wrong


def test_a_lift_beyond_one_over_k_cannot_be() -> None:
    asked = {"k": Decimal("0.2")}
    assert "threshold_out_of_range" in said(BINARY, "performance.lift", asked, at_least=Decimal("5.1"))
    assert not said(BINARY, "performance.lift", asked, at_least=Decimal(3)) & {"threshold_out_of_range"}


@pytest.mark.parametrize("given", [{}, {"grades": "A"}, {"grades": "A: nan"}, {"grades": "A: 0"}])
def test_settings_that_settle_nothing_leave_the_range_as_it_is(given: dict[str, str]) -> None:
    assert Settled(Settles.INVERSE, ("grades",)).range(given, Answers()) is None
    assert Settled(Settles.SPREAD, ("a", "b")).range({"a": 1, "b": 1}, Answers()) is None
    with pytest.raises(ValueError, match="needs the name of a setting"):
        Settled(Settles.LARGEST)


@pytest.mark.parametrize("tier", [Tier.CRITICAL, Tier.SUPPORTING])
def test_what_is_evidence_beside_criteria_never_gates(tier: Tier) -> None:
    asked: dict[str, Any] = {
        "metric": "performance.recalibration_gain",
        "given": {},
        "at_most": Decimal("0.02"),
    }
    assert "never_gates" in said(BINARY, **asked, tier=tier.value)
    assert "never_gates" not in said(BINARY, **asked, tier=Tier.ADVISORY.value)
    assert all(check.evidence_only for check in catalogue_of_refits())


def catalogue_of_refits() -> list[Any]:
    return [check.metric for check in catalogue().values() if check.metric.refits]


def test_a_range_is_told_as_it_is_written() -> None:
    """0 and 20000, where it said 20000.0."""
    found = Settled(Settles.WIDTH).range({}, Answers(Task.REGRESSION, 0.0, 20000.0))
    assert found is not None
    assert [str(end) for end in found] == ["0", "20000"]
