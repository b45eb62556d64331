"""A model that predicts numbers goes the whole way: planned, judged, drawn, signed, gated, loaded and replayed, with real patients."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import mean_absolute_error, root_mean_squared_error
from tests.app.conftest import in_process, replaced
from tests.app.diabetes import STEADY, Clinic
from tests.app.team import Team

import assay
from assay.app.judging import open_engine
from assay.app.judging.replay import Alike, replay
from assay.app.verifying.rejudge import contradicted, judged_again
from assay.domain.errors import InvalidDocument, SubjectError
from assay.domain.record_document import read_record, to_document
from assay.domain.vocabulary import Verdict
from assay.dossier.html import render_html
from assay.proof.canonical import canonical


@pytest.fixture
def clinic(tmp_path: Path) -> Clinic:
    return Clinic(tmp_path)


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Clinic, assay.Record]:
    clinic = Clinic(tmp_path_factory.mktemp("clinic"))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(open_engine, "executor_of", in_process)
        return clinic, run(clinic)


def run(clinic: Clinic) -> assay.Record:
    return assay.certify(clinic.write(), workers=0, certify_without_a_lock=True).record


def of(record: assay.Record, criterion: str) -> assay.Judged:
    return next(j for j in record.judged if j.assessment.criterion == criterion)


def test_the_figures_are_those_of_scikit_learn(judged: tuple[Clinic, assay.Record]) -> None:
    clinic, record = judged
    table = clinic.test
    said = clinic.model.predict(
        np.column_stack([table[name].to_numpy() for name in record.specification.subject.inputs])
    )
    truth = table["progression"].to_numpy()
    for criterion, oracle in (("mae", mean_absolute_error), ("rmse", root_mean_squared_error)):
        (piece,) = of(record, criterion).assessment.pieces
        assert piece.estimate == pytest.approx(oracle(truth, said), abs=0.02)
        assert piece.n == 300
    (worst,) = of(record, "worst").assessment.pieces
    off = mean_absolute_error(truth, said)
    assert worst.estimate == pytest.approx((300 * off + 20 * 400) / 320, abs=0.02)
    assert worst.n == 320
    assert {j.verdict for j in record.judged} == {Verdict.PASS}
    assert [(g.label, g.rows, g.positives, g.favourable, g.correct) for g in record.groups] == [
        (name, int((table["sex"].to_numpy() == code).sum()), None, None, None)
        for name, code in (("one", 1), ("two", 2))
    ]


def test_drift_is_looked_for_at_the_numbers_of_the_reference_rows(
    judged: tuple[Clinic, assay.Record],
) -> None:
    """All 142 development rows are known; five of their labels cut the test rows' labels, by numpy."""
    clinic, record = judged
    (found,) = (s.counts for s in record.statistics if s.metric == "data.value_drift")
    known, label = (table["progression"].to_numpy() for table in (clinic.develop, clinic.test))
    old = clinic.test["age"].to_numpy() >= 50
    cuts = sorted({float(cell.family.partition(" or more")[0]) for cell in found.cells})
    assert [(known < cut).mean() for cut in cuts] == pytest.approx([0.1, 0.25, 0.5, 0.75, 0.9], abs=0.01)
    counted = {(cell.family, cell.label): (cell.events, cell.trials) for cell in found.cells}
    for cut in cuts:
        for name, mine in (("50 and over", old), ("under 50", ~old)):
            family = f"{cut:g} or more, by years"
            assert counted[family, name] == ((label[mine] >= cut).sum(), mine.sum())


def test_how_far_predictions_are_off_is_drawn_by_the_true_number(judged: tuple[Clinic, assay.Record]) -> None:
    """Each part by numpy, from the rows themselves; errors are counted to two thousandths of the range, to the worse side."""
    clinic, record = judged
    table, width = clinic.test, 400.0
    truth = table["progression"].to_numpy()
    said = clinic.model.predict(
        np.column_stack([table[name].to_numpy() for name in record.specification.subject.inputs])
    )
    off = np.abs(truth - said)
    (curve,) = (c for c in record.curves if c.kind == "errors")
    assert curve.label == "r2"
    assert len(curve.points) == 10
    left = np.argsort(truth, kind="stable")
    for at, mean, lower, upper, rows in curve.points:
        part, left = left[: int(rows)], left[int(rows) :]
        assert at * width == pytest.approx(truth[part].mean(), abs=width / 500)
        assert off[part].mean() <= mean * width <= off[part].mean() + width / 2000
        assert lower <= mean <= upper
    assert not len(left)
    page = render_html(record)
    assert "How far predictions are off" in page
    assert "r2: the mean absolute error by the true progression" in page
    others = tuple(c for c in record.curves if c.kind != "errors")
    better = replace(curve, points=tuple((p[0], p[1] / 2, *p[2:]) for p in curve.points))
    for forged in (others, (*others, better)):
        assert "errors by true number" in contradicted(replace(record, curves=forged))


def test_its_record_reads_back_and_is_judged_again_from_its_counts(
    judged: tuple[Clinic, assay.Record],
) -> None:
    _, record = judged
    assert read_record(canonical(to_document(record))) == record
    assert judged_again(record) == (*record.judged, *record.set_aside)
    assert contradicted(record) == ""


def test_the_page_says_what_is_predicted_and_draws_no_decisions(judged: tuple[Clinic, assay.Record]) -> None:
    _, record = judged
    page = render_html(record)
    said = ("progression is predicted as a number from 0 to 400", "Mean absolute error", "mixture of bets")
    assert [text for text in said if text not in page] == []
    assert [text for text in ("Label 1", "Favourable", ">None<") if text in page] == []
    assert {curve.kind for curve in record.curves} == {"errors"}


def test_it_is_locked_judged_signed_issued_gated_loaded_and_replayed(clinic: Clinic) -> None:
    team = Team(clinic)  # type: ignore[arg-type]  # a folder of another subject
    team.lock()
    assert team.certify().decision.outcome is assay.Outcome.CERTIFIED
    assert replay(clinic.root, workers=0).alike is Alike.IDENTICAL
    team.sign()
    scope = team.issue().certificate.scope
    assert (scope.decide_at, scope.favourable) == (None, None)
    assert scope.predicts == ("regression", "0.0", "400.0")
    model = clinic.root / "model.skops"
    asked = {"use_case": "diabetes", "policy": team.policy, "certificate": clinic.root / "cert"}
    assert team.gate(model=model, use_case="diabetes") is None
    rows = clinic.test.slice(0, 5)
    with assay.load_certified(model, **asked) as loaded:
        values = np.column_stack([rows[name].to_numpy() for name in scope.inputs])
        assert loaded.predict(rows) == pytest.approx(clinic.model.predict(values))
        with pytest.raises(SubjectError, match="predicts a number"):
            loaded.decide(rows)


def test_a_plan_says_what_the_rows_can_show(clinic: Clinic) -> None:
    made = assay.make_plan(clinic.write(), workers=0)
    planned = {p.criterion.id: p.power for p in made.attempts[0].criteria}
    assert all(power is None or power.passes > 0.9 for power in planned.values())
    assert planned["mae"] is not None
    assert "absolute value of a normal number" in planned["mae"].assumed
    assert made.errors == "Imagined numbers are off by 45 on average, as a good model's are by 'mae'."
    assert planned["mae-gap"] is not None
    assert re.match(r"rows lose 4[3-7](\.\d)? on average in each group", planned["mae-gap"].assumed)
    assert {g.events for g in made.groups} == {None}
    assert made.answered > 0


def test_a_criterion_that_no_such_rows_can_show_is_hopeless(clinic: Clinic) -> None:
    clinic.edit("at_most: 65, expected: 45", "at_most: 2, expected: 1")
    made = assay.make_plan(clinic.write(), workers=0)
    assert [p.criterion.id for p in made.attempts[0].hopeless] == ["mae"]


def test_scores_in_a_column_are_numbers_too(clinic: Clinic, judged: tuple[Clinic, assay.Record]) -> None:
    clinic.edit(STEADY, "")  # it asks the model again
    clinic.edit(
        "{model: model.skops, format: skops, inputs: [age, sex, bmi, bp, s1, s2, s3, s4, s5, s6]}",
        "{model: said, format: predictions}",
    )
    clinic.dictionary += "  - {name: said, type: number, description: what the model said}\n"
    for role in ("test", "develop"):
        table = getattr(clinic, role)
        said = (table["low"].to_numpy() + table["high"].to_numpy()) / 2
        setattr(clinic, role, table.append_column("said", pa.array(said)))
    assert of(run(clinic), "mae").assessment.pieces[0].estimate == pytest.approx(
        of(judged[1], "mae").assessment.pieces[0].estimate, abs=1e-9
    )


def test_a_label_or_a_prediction_outside_of_the_range_is_refused(clinic: Clinic) -> None:
    clinic.edit("one year, range: [0, 400]}", "one year, range: [0, 330]}")
    mae = of(run(clinic), "mae")
    assert mae.verdict in {Verdict.ERROR, Verdict.NOT_EVALUABLE}
    assert "no number between 0 and 330" in mae.sentence


def test_a_classifier_is_no_regression(clinic: Clinic) -> None:
    values = np.column_stack([clinic.develop[name].to_numpy() for name in ("age", "bmi")])
    clinic.model = LogisticRegression().fit(values, clinic.develop["sex"].to_numpy())
    clinic.edit("inputs: [age, sex, bmi, bp, s1, s2, s3, s4, s5, s6]", "inputs: [age, bmi]")
    with pytest.raises(SubjectError, match="it is a classifier"):
        assay.make_plan(clinic.write(), workers=0)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (
            "metric: performance.mae, at_most: 65, expected: 45",
            "metric: performance.accuracy, at_least: 0.6",
            "foreign_to_task",
        ),
        ("one year, range: [0, 400]}", "one year, decide_at: 0.5}", "missing_key"),
        ("label: progression", "label: sex", "label_no_number"),
        ("at: '120, 160'", "at: '120, 400.5'", "outside_of_range"),
        ("at: '120, 160'", "at: '0, 160'", "outside_of_range"),
        ("metric: data.value_drift,", "metric: data.value_drift, data: develop,", "cuts_of_own_rows"),
        ("at: '120, 160'", "at: '160, 120'", "parameter_unreadable"),
    ],
)
def test_what_makes_no_sense_for_numbers_is_told(clinic: Clinic, old: str, new: str, code: str) -> None:
    clinic.edit(old, new)
    with pytest.raises(InvalidDocument) as found:
        assay.make_plan(clinic.write(), workers=0)
    assert code.replace("foreign_to_task", "foreign_task") in {p.code for p in found.value.problems}


def test_a_missing_label_is_told(clinic: Clinic) -> None:
    label = clinic.test["progression"].to_numpy().astype(float)
    clinic.test = replaced(clinic.test, "progression", pa.array(label, mask=np.arange(len(label)) < 3))
    mae = of(run(clinic), "mae")
    assert mae.verdict in {Verdict.ERROR, Verdict.NOT_EVALUABLE}
    assert "(3 missing)" in mae.sentence


def test_patients_who_stand_there_twice_with_another_number_conflict(clinic: Clinic) -> None:
    """Two numbers were told apart by the first eight bits of a float, which all from 2 to 131,071 share."""
    again = replaced(clinic.test.slice(0, 90), "id", np.arange(90) + 5000)
    clinic.test = pa.concat_tables(
        [clinic.test, replaced(again, "progression", 350 - again["progression"].to_numpy())]
    )
    clinic.edit(
        "custody: validator}",
        "custody: validator, repeated_rows: {at_most: 0.9, rationale: They are seen twice.}}",
    )
    for metric in ("conflicting_labels", "duplicates"):
        clinic.text = clinic.text.rstrip() + (
            f"\n  - {{id: {metric}, metric: data.{metric}, at_most: 0.01, tier: supporting, rationale: it is so, owner: validator, "
            "requirements: [x/1]}"
        )
    record = run(clinic)
    assert of(record, "conflicting_labels").assessment.estimate.value == pytest.approx(180 / 390, abs=0.03)
    assert of(record, "duplicates").assessment.estimate.value == pytest.approx(0, abs=0.02)
