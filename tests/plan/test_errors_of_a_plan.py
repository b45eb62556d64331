"""How far imagined numbers are off: as a good model of the criteria about errors is, else a share of the range."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from assay.domain.answers import Answers
from assay.domain.specification import Criterion
from assay.domain.vocabulary import Task
from assay.plan.errors import errors_of
from assay.plugins.catalogue import metrics

DAYS = Answers(Task.REGRESSION, 0.0, 90.0)


def asked(id_: str, metric: str = "performance.mae", **fields: Any) -> Criterion:
    common = {"tier": "critical", "rationale": "It must.", "owner": "validator", "requirements": ("x/1",)}
    return Criterion.model_validate({"id": id_, "metric": metric, **common, **fields})


def number(text: str) -> Decimal:
    return Decimal(text)


@pytest.mark.parametrize(
    ("criteria", "mean", "off", "by"),
    [
        ((), None, 0.1, "no criterion of performance.mae"),
        ((asked("large", "performance.rmse", at_most=number("3")),), None, 0.1, "no criterion of performance.mae"),
        ((asked("small", at_most=number("1.5"), expected=number("0.75")),), 0.75, 1.5 / 90, "'small'"),
        ((asked("small", at_most=number("1.5")),), 0.75, 1.5 / 90, "'small'"),  # what the plan expects of it, too
        ((asked("small", at_most=number("1")), asked("by-sex", across="sex", at_most=number("4"))), 2.0, 4 / 90, "'by-sex'"),
        ((asked("here", at_most=number("1"), where={"site": "here"}),), None, 0.1, "no criterion of performance.mae"),
        ((asked("any", at_most=number("80"), expected=number("60")),), 60.0, 1.0, "'any'"),
    ],
)  # fmt: skip
def test_errors_are_those_of_a_good_model_of_the_same_criteria(
    criteria: tuple[Criterion, ...], mean: float | None, off: float, by: str
) -> None:
    found = errors_of(criteria, metrics())
    assert (found.mean, found.off(DAYS)) == (mean, pytest.approx(off))
    assert by in found.told
