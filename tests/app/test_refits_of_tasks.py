"""Evidence on the recipe of a model of numbers and of one of classes: the way from a specification to a page, in this process."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import skops.io
from sklearn.linear_model import LinearRegression, LogisticRegression
from tests.app.conftest import in_process

import assay
from assay.app.judging import open_engine
from assay.app.judging.planning import make_plan
from assay.app.organisation.report import document
from assay.app.verifying.rejudge import contradicted
from assay.domain.answers import Answers
from assay.domain.errors import InvalidDocument, SubjectError
from assay.domain.record_document import from_document
from assay.domain.vocabulary import Reason, Task, Verdict
from assay.dossier.html import render_html
from assay.engine import refitting
from assay.sandbox.scores import checked_scores
from assay.subject.models.recipe import opened
from assay.subject.training import RecipeReference

INPUTS = ("x0", "x1", "x2")
COMMON = """
    assay: 1
    name: tasks
    use_case: {{domain: health, purpose: plan, population: adults, test_population: a random part, risk: limited}}
    charter: {{sponsor: the clinic, risk_appetite: low, success: fewer visits, tradeoffs: a plain model}}
    roles: {{developer: [dev], data_steward: [steward], validator: [val], risk_officer: [risk]}}
    owners: {{data: data_steward, updates: developer, monitoring: validator, incidents: risk_officer}}
    approval: {{lock: {{validator: 1}}, quorum: {{validator: 1, risk_officer: 1}}, valid_for: 180 days}}
    subject: {{model: model.skops, format: skops, recipe: 'train.py:train', inputs: [x0, x1, x2]}}
    prediction: {prediction}
    data: {{dictionary: dictionary.yaml, train: train.parquet, test: test.parquet, custody: validator}}
    protected: {{sex: {{column: sex, groups: {{one: 1, two: 2}}}}}}
    failure_modes:
      - {{id: harm, harm: people are seen too seldom, severity: critical, criteria: [complete]}}
    criteria:
      - {{id: complete, metric: data.missing_values, at_most: 0, tier: critical, rationale: as agreed, owner: validator}}
"""
NUMBERS = """
      - {id: folds, metric: performance.cross_validated_mae, at_most: 8, tier: advisory, with: {folds: 2},
         rationale: the recipe and not luck, owner: validator, requirements: [model-risk/4]}
      - {id: seeds, metric: performance.seed_shift, at_most: 6, tier: advisory, with: {seeds: 2},
         rationale: not a matter of luck, owner: validator, requirements: [model-risk/4]}
      - {id: curve, metric: performance.mae_learning_curve, at_most: 8, tier: advisory, with: {sizes: 2},
         rationale: whether rows are lacking, owner: validator, requirements: [model-risk/4]}
      - {id: hangs, metric: data.leave_one_out, at_most: 0.2, tier: advisory, data: train, with: {column: x1, measure: loss},
         rationale: no column knows the answer, owner: data_steward, requirements: [model-risk/5]}
"""
CLASSES = """
      - {id: folds, metric: performance.cross_validation, at_least: 0.4, tier: advisory, with: {folds: 2},
         rationale: the recipe and not luck, owner: validator, requirements: [model-risk/4]}
      - {id: seeds, metric: performance.seed_stability, at_most: 0.6, tier: advisory, with: {seeds: 2},
         rationale: not a matter of luck, owner: validator, requirements: [model-risk/4]}
      - {id: curve, metric: performance.learning_curve, at_most: 0.3, tier: advisory, with: {sizes: 2},
         rationale: whether rows are lacking, owner: validator, requirements: [model-risk/4]}
      - {id: hangs, metric: data.leave_one_out, at_most: 0.5, tier: advisory, data: train, with: {column: x1, measure: accuracy},
         rationale: no column knows the answer, owner: data_steward, requirements: [model-risk/5]}
"""
PRIVATE = """
      - {id: members, metric: privacy.membership_inference, at_most: 0.9, tier: advisory,
         with: {shadow_pairs: 2, attacked: 200, false_positive_rate: 0.1}, rationale: nobody is recognised, owner: validator, requirements: [gdpr/5]}
      - {id: told, metric: privacy.membership_auc, at_most: 0.95, tier: advisory, with: {shadow_pairs: 2, attacked: 200, attack: rmia},
         rationale: nobody is recognised, owner: validator, requirements: [gdpr/5]}
      - {id: read-off, metric: privacy.attribute_inference, at_most: 0.5, tier: advisory, with: {column: x2},
         rationale: nothing is given away, owner: validator, requirements: [gdpr/5]}
"""
TASKS = {
    "numbers": ("{task: regression, label: y, score: days, range: [-30, 30]}", NUMBERS + PRIVATE),
    "classes": ("{task: multiclass, label: y, score: the kind, classes: [ash, elm, oak]}", CLASSES + PRIVATE),
}
NAMES = np.array(["ash", "elm", "oak"])
RECIPE = """
    import numpy as np
    from sklearn.tree import DecisionTree{kind} as Tree

    def train(data, seed):
        rows = np.column_stack([data[name].to_pylist() for name in ("x0", "x1", "x2")])
        return Tree(max_depth=4, max_features=1, random_state=seed).fit(rows, data["y"].to_pylist())
"""


class Here:
    """A model that a recipe trains in this process, by the program of the child and with its answers checked alike."""

    def __init__(self, recipe: RecipeReference, rows: pa.Table, seed: int) -> None:
        answers = recipe.answers
        self._answers = answers
        self._model = opened(
            recipe.path, "train.py", recipe.function, list(recipe.inputs), answers.task.value, answers.classes
        )
        for batch in rows.to_batches(max_chunksize=300):
            self._model.change(batch)
        self._model.train(seed)

    def scores(self, rows: pa.Table) -> np.ndarray:
        answers = [
            checked_scores(self._model(b), b.num_rows, self._answers)
            for b in rows.to_batches(max_chunksize=100)
        ]
        return np.concatenate(answers)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass


def people(task: str, n: int, seed: int) -> pa.Table:
    draw = np.random.default_rng(seed)
    inputs = draw.normal(size=(n, 3)).round(3)
    if task == "numbers":
        label: list[Any] = np.clip(
            3 * inputs[:, 0] + 2 * inputs[:, 1] + draw.normal(size=n), -30, 30
        ).tolist()
    else:
        odds = np.stack([0 * inputs[:, 0], 2 * inputs[:, 0], 2 * inputs[:, 1]], axis=1) + draw.gumbel(
            size=(n, 3)
        )
        label = NAMES[odds.argmax(axis=1)].tolist()
    columns = {name: inputs[:, i] for i, name in enumerate(INPUTS)}
    return pa.table(
        {"id": np.arange(n) + 10_000 * seed, "sex": draw.integers(1, 3, n), **columns, "y": label}
    )


def write(root: Path, task: str, criteria: str | None = None) -> Path:
    prediction, asked = TASKS[task]
    text = textwrap.dedent(COMMON.format(prediction=prediction)).lstrip().rstrip("\n")
    text += textwrap.indent(textwrap.dedent(asked if criteria is None else criteria), "  ").rstrip() + "\n"
    of_y = "number" if task == "numbers" else "category, codes: {ash: one, elm: two, oak: three}"
    (root / "dictionary.yaml").write_text(
        "assay_dictionary: 1\ncolumns:\n  - {name: id, type: identifier, description: number}\n"
        "  - {name: sex, type: category, description: sex, codes: {1: one, 2: two}}\n"
        + "".join(f"  - {{name: {name}, type: number, description: measured}}\n" for name in INPUTS)
        + f"  - {{name: y, description: the outcome, type: {of_y}}}\n"
    )
    kind = "Regressor" if task == "numbers" else "Classifier"
    (root / "train.py").write_text(textwrap.dedent(RECIPE.format(kind=kind)))
    train = people(task, 600, 1)
    pq.write_table(train, root / "train.parquet", row_group_size=250)
    pq.write_table(people(task, 300, 2), root / "test.parquet")
    model = LinearRegression() if task == "numbers" else LogisticRegression()
    rows = np.column_stack([train[name].to_numpy() for name in INPUTS])
    skops.io.dump(model.fit(rows, train["y"].to_pylist()), root / "model.skops")
    path = root / "specification.yaml"
    path.write_text(text)
    return path


@pytest.fixture(scope="module", params=sorted(TASKS))
def run(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path, assay.Record]:
    """The task, the path of a specification that asks all of it of a recipe, and the record of a judged run."""
    path = write(tmp_path_factory.mktemp(request.param), request.param)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(open_engine, "executor_of", in_process)
        patched.setattr(refitting, "Trained", Here)
        done = assay.certify(path, workers=0, certify_without_a_lock=True)
    return request.param, path, done.record


def test_each_criterion_has_a_verdict_by_a_bound(run: tuple[str, Path, assay.Record]) -> None:
    _, _, record = run
    found = {j.assessment.criterion: j for j in record.judged}
    assert {name: j.sentence for name, j in found.items() if j.verdict is not Verdict.PASS} == {}
    for name, j in found.items():
        for piece in j.assessment.pieces if name != "complete" else ():
            assert piece.lower is not None
            assert piece.upper is not None
            assert piece.lower < piece.estimate < piece.upper, name


def test_it_is_judged_again_read_back_drawn_and_exported(run: tuple[str, Path, assay.Record]) -> None:
    task, _, record = run
    assert contradicted(record) == ""
    assert from_document(json.loads(document(record, "json"))) == record
    page, junit = render_html(record), document(record, "junit")
    for j in record.judged:
        assert f'name="{j.assessment.criterion}"' in junit
    assert Reason.CHECK_CRASHED.value not in page
    assert "The folds of folds" in page
    head = "Mean absolute error by training rows" if task == "numbers" else "Right decisions by training rows"
    assert f"{head}, for curve" in page
    (curve,) = (c for c in record.curves if c.kind.startswith("learning"))
    assert [p[0] for p in curve.points] == [240, 480]


def test_it_is_planned_without_odds(run: tuple[str, Path, assay.Record]) -> None:
    _, path, record = run
    (attempt,) = make_plan(path, workers=0).attempts
    planned = {p.criterion.id: p for p in attempt.criteria}
    assert all(
        planned[j.assessment.criterion].refits for j in record.judged if j.assessment.criterion != "complete"
    )
    assert not attempt.broken


@pytest.mark.parametrize(
    ("task", "asked", "said"),
    [
        ("numbers", CLASSES, "Cross-validation of the recipe"),
        ("classes", NUMBERS, "Cross-validated mean absolute error of the recipe"),
        (
            "classes",
            CLASSES.replace("folds: 2", "folds: 2, rate: true_positive_rate"),
            "'rate' of 'performance.cross_validation' is true_positive_rate, which asks about the labels 0 and 1; the task is multiclass",
        ),
    ],
)
def test_what_is_for_another_task_is_refused_at_reading(
    tmp_path: Path, task: str, asked: str, said: str
) -> None:
    with pytest.raises(InvalidDocument) as caught:
        make_plan(write(tmp_path, task, asked), workers=0)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("answers", "labels", "said"),
    [
        (Answers(Task.REGRESSION, -30.0, 30.0), [1.0, 31.0, None], "2 have a label 'y' that is no number between -30 and 30"),
        (Answers(Task.MULTICLASS, classes=("ash", "elm")), ["ash", "yew", "elm"], "1 have a label 'y' that is none of the declared classes"),
        (Answers(), [0, 1, 2], "1 have a label 'y' that is neither 0 nor 1"),
    ],
)  # fmt: skip
def test_a_training_label_of_another_task_is_refused_with_what_to_write(
    answers: Answers, labels: list[object], said: str
) -> None:
    with pytest.raises(SubjectError) as caught:
        refitting._labels(pa.table({"y": labels}), "y", answers)
    assert (caught.value.code, caught.value.remedy.partition(", ")[0]) == (
        "data_invalid",
        f"Write the label as {answers.label_written}".partition(", ")[0],
    )
    assert said in caught.value.message
