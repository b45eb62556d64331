"""Criteria that look at one count have it made once, whatever each makes of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assay.checks.catalogue import catalogue
from assay.domain.specification import Criterion, Specification
from assay.plan.passes import Wanted, tables_of

SPECIFICATION = Specification.model_construct(protected={}, intersections=())
OF_CLASSES = (
    "performance.multiclass_accuracy",
    "performance.class_recall",
    "performance.class_precision",
    "performance.macro_recall",
    "performance.macro_f1",
    "fairness.class_recall_gap",
)


def wanted(metric: str) -> Wanted:
    check = catalogue()[metric]
    criterion = Criterion.model_construct(id=metric, metric=metric, across=None, where={})
    return Wanted(criterion, check.need, tuple(sorted(check.bind({}).items())))


@pytest.mark.parametrize(
    "metrics",
    [OF_CLASSES, ("performance.mae", "performance.rmse")],
)
def test_they_share_one_table(metrics: tuple[str, ...]) -> None:
    (table,) = tables_of(SPECIFICATION, map(wanted, metrics))
    assert {wanted(metric).table_key for metric in metrics} == {table.key}


def test_another_parameter_is_another_table() -> None:
    one = wanted("privacy.k_anonymity")
    two = replace(wanted("privacy.unique_people"), parameters=(("quasi_identifiers", "age"),))
    assert len(tables_of(SPECIFICATION, [one, two])) == 2
