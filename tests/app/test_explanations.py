"""Checks that have a model asked again with inputs that they change: planned, judged, drawn and judged again like any other."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import lightgbm as lgb
import numpy as np
import pytest
from tests.app.conftest import Folder, in_process

import assay
from assay.app.judging import open_engine
from assay.app.verifying.rejudge import contradicted, judged_again
from assay.domain.record_document import read_record, to_document
from assay.domain.specification import Prediction
from assay.domain.vocabulary import Reason, Verdict
from assay.dossier.html import render_html
from assay.dossier.lookup import Lookup
from assay.dossier.sections.explanations import explanations
from assay.dossier.sentences import told
from assay.proof.canonical import canonical

CRITERIA = """
  - {id: income-lowers, metric: performance.monotonicity, with: {column: income, direction: decreasing, step: 100}, at_most: 0.5,
     tier: advisory, rationale: who earns more is no worse a risk, owner: validator, requirements: [x/1]}
  - {id: age-lowers, metric: performance.monotonicity, across: sex, with: {column: age, direction: decreasing, step: 1}, at_most: 0.5,
     tier: advisory, rationale: for both sexes, owner: validator, requirements: [x/1]}
  - {id: no-such-step, metric: performance.monotonicity, with: {column: age, direction: decreasing, step: 0.5}, at_most: 0.5,
     tier: advisory, rationale: half a year is no step, owner: validator, requirements: [x/1]}
  - {id: worth, metric: performance.permutation_importance, at_most: 0.2, tier: advisory,
     rationale: nothing hangs on one input alone, owner: validator, requirements: [x/1]}
  - {id: curve, metric: performance.sensitivity_curve, with: {column: income, points: "1000, 3000, 9000"}, at_most: 0.9, tier: advisory,
     rationale: nobody is refused for one number, owner: validator, requirements: [x/1]}
  - {id: reasons-decide, metric: performance.reason_faithfulness, across: sex, with: {reasons: 1}, at_least: 0.2, tier: advisory,
     rationale: a reason is why, owner: validator, requirements: [x/1]}
  - {id: reasons-stay, metric: performance.reason_stability, at_least: 0.2, tier: advisory,
     rationale: a reason is no accident, owner: validator, requirements: [x/1]}
  - {id: usual, metric: performance.ood_acceptance, at_least: 0.9, tier: advisory,
     rationale: the test rows are those of the use, owner: validator, requirements: [x/1]}
  - {id: old-ones, metric: performance.ood_acceptance, where: {life: 60 and over}, at_most: 0.95, tier: advisory,
     rationale: hardly anybody was that old, owner: validator, requirements: [x/1]}
"""


def asked(root: Path) -> tuple[Folder, lgb.Booster]:
    folder = Folder(root)
    x = np.column_stack([folder.develop["age"].to_numpy(), folder.develop["income"].to_numpy()])
    data = lgb.Dataset(x, folder.develop["bad"].to_numpy(), feature_name=["age", "income"])
    booster = lgb.train({"objective": "binary", "verbosity": -1, "num_threads": 1, "seed": 1}, data, 5)
    booster.save_model(folder.root / "model.txt")
    folder.edit(
        "{model: score, format: predictions}", "{model: model.txt, format: lightgbm, inputs: [age, income]}"
    )
    folder.edit("small_groups:", "strata:\n  life: {column: age, bands: [60]}\nsmall_groups:")
    folder.text = folder.text.rstrip() + CRITERIA
    return folder, booster


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Folder, lgb.Booster, assay.Record]:
    folder, booster = asked(tmp_path_factory.mktemp("explained"))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(open_engine, "executor_of", in_process)
        done = assay.certify(
            folder.write(), workers=0, certify_without_a_lock=True, certify_a_hopeless_specification=True
        )
    return folder, booster, done.record


def of(record: assay.Record, criterion: str) -> assay.Judged:
    return next(j for j in record.judged if j.assessment.criterion == criterion)


def counts_of(piece) -> dict[str, int]:
    return {what: n for _, what, n in piece.counts}


def inputs(folder: Folder) -> np.ndarray:
    return np.column_stack([folder.test["age"].to_numpy(), folder.test["income"].to_numpy()]).astype(float)


def test_answers_that_move_the_wrong_way_are_counted_by_the_models_own_word(judged) -> None:
    folder, booster, record = judged
    before, moved = inputs(folder), inputs(folder)
    moved[:, 1] += 100
    (piece,) = of(record, "income-lowers").assessment.pieces
    wrong = booster.predict(moved) > booster.predict(before) + 0.0001
    assert counts_of(piece) == {"events": wrong.sum(), "rows": 4000}
    women = folder.test["sex"].to_numpy() == 2
    moved = inputs(folder) + np.array([1, 0])
    wrong = booster.predict(moved) > booster.predict(before) + 0.0001
    (found,) = (p for p in of(record, "age-lowers").assessment.pieces if p.label == "women")
    assert counts_of(found) == {
        "events": (wrong & women).sum(),
        "rows": women.sum(),
    }


def test_an_input_is_worth_what_other_values_of_the_reference_rows_cost(judged) -> None:
    folder, booster, record = judged
    label, draw = folder.test["bad"].to_numpy(), np.random.default_rng(0)
    right = lambda rows: ((booster.predict(rows) >= 0.5) == label).mean()  # noqa: E731 - used twice
    found = {piece.label: piece for piece in of(record, "worth").assessment.pieces}
    assert set(found) == {"age", "income"}
    for place, name in enumerate(("age", "income")):
        others = inputs(folder)
        others[:, place] = draw.choice(folder.develop[name].to_numpy(), len(label))
        assert found[name].estimate == pytest.approx(right(inputs(folder)) - right(others), abs=0.03)
        assert found[name].n == len(label)


def test_a_curve_is_the_mean_of_the_models_scores_and_is_drawn(judged) -> None:
    folder, booster, record = judged
    (curve,) = (c for c in record.curves if c.kind == "sensitivity")
    for value, mean, low, high, n in curve.points:
        rows = inputs(folder)
        rows[:, 1] = value
        assert mean == pytest.approx(booster.predict(rows).mean(), abs=1 / 4096)
        assert low < mean < high
        assert n == 4000
    for kind in ("sensitivity", "worth"):
        others = tuple(c for c in record.curves if c.kind != kind)
        assert "sensitivity curves" in contradicted(replace(record, curves=others))


@pytest.mark.parametrize(("task", "mean"), [("binary", "mean score"), ("regression", "mean prediction")])
def test_a_curve_is_told_as_what_the_model_answers(judged, task: str, mean: str) -> None:
    record = judged[2]
    specification = record.specification
    numbers = Prediction.model_validate(
        {"task": "regression", "label": "bad", "score": "days", "range": [Decimal(0), Decimal(1)]}
    )
    if task == "regression":  # the same figures, as if they were numbers
        specification = specification.model_copy(update={"prediction": numbers})
    lookup = Lookup(replace(record, specification=specification))
    assert told(lookup, of(record, "curve")).startswith(f"The {mean} is ")
    section = repr(explanations(lookup))
    assert f"the {mean} by the value of income for everybody" in section
    assert f"{mean.capitalize()} by value, for curve" in section


def test_reasons_are_asked_of_those_who_are_declined(judged) -> None:
    folder, booster, record = judged
    declined = booster.predict(inputs(folder)) >= 0.5
    women = folder.test["sex"].to_numpy() == 2
    rows = {p.label: p.n for p in of(record, "reasons-decide").assessment.pieces}
    assert rows == {"women": (declined & women).sum(), "men": (declined & ~women).sum()}
    (piece,) = of(record, "reasons-stay").assessment.pieces
    assert piece.n == declined.sum()
    assert 0 < piece.estimate <= 1


def test_usual_rows_are_accepted_at_the_level_and_a_part_is_looked_at_alone(judged) -> None:
    folder, _, record = judged
    (usual,) = of(record, "usual").assessment.pieces
    assert usual.estimate == pytest.approx(0.95, abs=0.03)
    assert of(record, "usual").verdict is Verdict.PASS
    (old,) = of(record, "old-ones").assessment.pieces
    assert old.n == (folder.test["age"].to_numpy() >= 60).sum()
    assert old.estimate < usual.estimate


def test_a_change_that_cannot_be_made_leaves_the_others_standing(judged) -> None:
    _, _, record = judged
    broken = of(record, "no-such-step")
    assert (broken.verdict, broken.reason) == (Verdict.ERROR, Reason.NOTHING_TO_CHANGE)
    assert of(record, "ranking").verdict is not Verdict.ERROR


def test_the_record_reads_back_is_judged_again_and_drawn(judged) -> None:
    _, _, record = judged
    assert read_record(canonical(to_document(record))) == record
    assert judged_again(record) == (*record.judged, *record.set_aside)
    assert contradicted(record) == ""
    page = render_html(record)
    said = (
        "Violations of a declared direction",
        "How the answers depend on single inputs",
        "Permutation importance",
        "What is lost input by input, for worth",
    )
    assert [text for text in said if text not in page] == []


def test_two_workers_count_what_one_does(judged) -> None:
    folder, _, record = judged
    done = assay.certify(
        folder.root / "specification.yaml",
        workers=2,
        certify_without_a_lock=True,
        certify_a_hopeless_specification=True,
    )
    assert done.record.statistics == record.statistics
