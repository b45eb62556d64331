"""From ``assay init`` to a verdict for models that predict numbers or classes: the text that is begun is filled in, planned and judged."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import skops.io
from tests.app.diabetes import Clinic
from tests.app.test_multiclass import Cellar

import assay
from assay.app.organisation.report import document
from assay.app.starting.init import start
from assay.app.starting.scaffold import DICTIONARY, SPECIFICATION
from assay.app.verifying.rejudge import contradicted
from assay.domain.vocabulary import Verdict


@dataclass(frozen=True)
class Case:
    """Real data and a model of a task, its label, and what a person writes where a number is left blank."""

    make: Callable[[Path], Any]
    label: str
    task: str
    criteria: Mapping[str, str]
    blanks: Mapping[str, str]


CASES = {
    "numbers": Case(
        Clinic,
        "progression",
        "regression",
        {
            "small-errors": "performance.mae",
            "no-large-errors": "performance.rmse",
            "equal-errors-sex": "fairness.mae_gap",
        },
        {"small-errors": "65", "no-large-errors": "110", "equal-errors-sex": "60", "equal-errors-age": "150"},
    ),
    "classes": Case(
        Cellar,
        "grape",
        "multiclass",
        {
            "right-classes": "performance.multiclass_accuracy",
            "every-class": "performance.class_recall",
            "classes-apart": "performance.multiclass_auc",
            "survives-noise": "robustness.noise",
        },
        {},
    ),
}


def begun(case: Case, folder: Path) -> tuple[str, ...]:
    """The data and the model of the case, and the texts that ``assay init --label`` makes of them."""
    made = case.make(folder)
    for name in ("develop", "test"):
        table = getattr(made, name)
        kept = [c for c in table.column_names if c not in {"low", "high", "old"}]
        pq.write_table(table.select(kept), folder / f"{name}.parquet")
    skops.io.dump(made.model, folder / "model.skops")
    return start(folder / "develop.parquet", str(folder / "model.skops"), folder, label=case.label).warnings


def filled(case: Case, folder: Path) -> Path:
    """As a person leaves it who has a word for every blank."""
    for name in (SPECIFICATION, DICTIONARY):
        place, said = folder / name, iter(range(10_000))
        text = place.read_text(encoding="utf-8").replace('  test: ""', "  test: test.parquet")
        for criterion, number in case.blanks.items():
            text = re.sub(rf'(- id: {criterion}\n(?:    .*\n)*?    at_\w+: )""', rf"\g<1>{number}", text)
        text = text.replace('range: ["", ""]', "range: [0, 400]").replace("inputs: [deep, ", "inputs: [")
        text = re.sub('""', lambda _: f'"Filled in by a test ({next(said)})."', text)  # noqa: B023
        place.write_text(text, encoding="utf-8")
    return folder / SPECIFICATION


@pytest.mark.parametrize("name", CASES)
def test_what_init_begins_goes_the_whole_way(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    warnings = begun(case, tmp_path)
    assert not [w for w in warnings if "label" in w], warnings
    path = filled(case, tmp_path)
    made = assay.make_plan(path, workers=0)
    planned = {p.criterion.id: p for p in made.attempts[0].criteria}
    assert {id_: planned[id_].criterion.metric for id_ in case.criteria} == case.criteria
    record = assay.certify(
        path, workers=0, certify_without_a_lock=True, certify_a_hopeless_specification=True
    ).record
    assert record.specification.prediction.task.value == case.task
    told = {j.assessment.criterion: j for j in record.judged}
    unmeasured = {
        n: j.sentence for n, j in told.items() if j.verdict in {Verdict.ERROR, Verdict.NOT_EVALUABLE}
    }
    assert not unmeasured
    assert {told[id_].verdict for id_ in case.criteria} <= {Verdict.PASS, Verdict.INCONCLUSIVE}
    assert all(told[id_].assessment.estimate is not None for id_ in case.criteria)
    assert contradicted(record) == ""
    page = document(record, "html")
    assert all(f'id="criterion-{id_}"' in page for id_ in told)
