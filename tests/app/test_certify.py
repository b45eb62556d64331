"""From a written specification to a decision, through the public entry."""

from __future__ import annotations

import datetime as dt
import hashlib
import importlib
import os
import pickle
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import lightgbm as lgb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import csv
from tests.app.conftest import Folder, in_process, people, replaced

import assay
from assay.app.judging.case import open_case
from assay.app.judging.looking import look
from assay.app.judging.measure import measure, measure_others
from assay.app.judging.open_engine import open_engine
from assay.app.judging.plan import plan
from assay.app.judging.recording import record_of
from assay.app.judging.replay import Alike, replay
from assay.app.organisation.diff import compare
from assay.app.organisation.report import document
from assay.app.verifying.rejudge import contradicted
from assay.checks.catalogue import catalogue
from assay.cli.main import main
from assay.domain.figures import PERCENT
from assay.domain.vocabulary import Outcome, Reason, Verdict
from assay.reading import source
from assay.subject.digest import digest_of
from assay.subject.model import Model, ModelReference


def verdicts(done: assay.Certification) -> dict[str, tuple[Verdict, Reason]]:
    return {j.assessment.criterion: (j.verdict, j.reason) for j in done.record.judged + done.record.set_aside}


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> assay.Certification:
    """A judged run of the portfolio as it is."""
    path = Folder(tmp_path_factory.mktemp("good")).write()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("assay.app.judging.open_engine.executor_of", in_process)
        return assay.certify(path, workers=0, certify_without_a_lock=True)


def test_a_good_model_is_certified_and_every_verdict_has_its_numbers(good):
    assert good.decision.outcome is Outcome.CERTIFIED
    assert {v for v, _ in verdicts(good).values()} <= {Verdict.PASS, Verdict.INCONCLUSIVE}
    for judged in good.record.judged:
        binding = judged.assessment.binding
        assert binding is not None
        assert binding.n > 0
        assert judged.sentence
    assert [s.role for s in good.record.sources] == ["specification", "dictionary", "develop", "test"]


def test_a_small_group_is_set_aside_and_reported_as_advice(good):
    aside = {j.assessment.criterion: j for j in good.record.set_aside}
    assert set(aside) == {"refusals-age.small-groups"}
    labels = {p.label for p in aside["refusals-age.small-groups"].assessment.pieces}
    assert labels == {
        "60 and over against under 30",
        "under 30 against 60 and over",
        "60 and over against 30 to under 60",
        "30 to under 60 against 60 and over",
    }
    gating = next(j for j in good.record.judged if j.assessment.criterion == "refusals-age").assessment
    assert all("60 and over" not in p.label for p in gating.pieces)


def test_any_number_of_workers_gives_the_same_evidence(folder):
    path = folder.write(row_group=500)
    runs = [
        assay.certify(path, workers=workers, reuse=False, certify_without_a_lock=True) for workers in (0, 2)
    ]
    assert len({run.record.evidence_digest for run in runs}) == 1


def test_any_partitioning_gives_the_same_statistics(folder):
    first = assay.certify(folder.write(row_group=4000), workers=0, certify_without_a_lock=True)
    second = assay.certify(folder.write(row_group=333), workers=0, certify_without_a_lock=True)
    assert first.record.statistics == second.record.statistics
    assert first.record.judged == second.record.judged


def test_a_critical_criterion_that_does_not_pass_withholds(folder):
    folder.edit("at_least: 0.70, expected: 0.8,", "at_least: 0.78, expected: 0.85,")
    done = assay.certify(folder.write(), workers=0, certify_without_a_lock=True)
    assert done.decision.outcome is Outcome.WITHHELD
    assert [g.criterion for g in done.decision.grounds] == ["accuracy"]


def test_a_supporting_criterion_makes_a_condition(folder):
    done = assay.certify(
        folder.edit("at_most: 0.15", "at_most: 0.02").write(),
        workers=0,
        certify_a_hopeless_specification=True,
        certify_without_a_lock=True,
    )
    assert done.decision.outcome is Outcome.CONDITIONAL
    assert [c.criterion for c in done.decision.conditions] == ["refusals-age"]


def test_a_rehearsal_never_opens_the_test_rows(folder):
    path = folder.write()
    (folder.root / "test.parquet").unlink()
    done = assay.certify(path, rehearse=True, workers=0)
    assert done.decision.rehearsal
    assert done.record.data == "develop"
    assert [s.role for s in done.record.sources] == ["specification", "dictionary", "develop"]


@pytest.mark.parametrize(
    ("scores", "said"),
    [
        (
            lambda s: np.where(np.arange(len(s)) == 7, np.nan, s),
            "1 score is missing or not between 0 and 1",
        ),
        (lambda s: s + 0.5, "scores are missing or not between 0 and 1"),
        (lambda s: s.astype(str), "holds no numbers"),
    ],
    ids=["nan", "above one", "text"],
)
def test_scores_that_are_none_are_an_error_and_never_a_pass(folder, scores, said):
    folder.test = replaced(folder.test, "score", scores(folder.test["score"].to_numpy()))
    if folder.test["score"].type == pa.string():
        folder.develop = replaced(folder.develop, "score", folder.develop["score"].cast(pa.string()))
    done = assay.certify(folder.write(), workers=0, certify_without_a_lock=True)
    assert done.decision.outcome is Outcome.WITHHELD
    found = verdicts(done)
    assert found["accuracy"] == (Verdict.ERROR, Reason.MODEL_OUTPUT_INVALID)
    assert found["complete"][0] in {Verdict.PASS, Verdict.FAIL}
    sentence = next(j.sentence for j in done.record.judged if j.assessment.criterion == "accuracy")
    assert said in sentence


def test_scores_that_fewer_bits_decide_otherwise_are_an_error(folder):
    folder.edit("decide_at: 0.5", "decide_at: 0.35")
    scores = folder.test["score"].to_numpy().astype(np.float32)
    scores[:7] = np.float32(0.35)
    folder.test = replaced(folder.test, "score", scores)
    folder.develop = replaced(folder.develop, "score", folder.develop["score"].to_numpy().astype(np.float32))
    done = assay.certify(folder.write(), workers=0, certify_without_a_lock=True)
    assert verdicts(done)["accuracy"] == (Verdict.ERROR, Reason.MODEL_OUTPUT_INVALID)
    assert "7 scores are 0.35 rounded to 32 bits" in done.record.judged[0].sentence


class Bomb:
    """Unpickled, it ends the process."""

    def __reduce__(self) -> tuple[object, tuple[int]]:
        return os._exit, (7,)


def test_a_model_that_kills_its_process_is_an_error_with_a_reason(folder):
    (folder.root / "model.joblib").write_bytes(pickle.dumps(Bomb()))
    folder.edit(
        "{model: score, format: predictions}", "{model: model.joblib, format: joblib, inputs: [age, income]}"
    )
    done = assay.certify(folder.write(), rehearse=True, workers=0)
    assert done.decision.outcome is Outcome.WITHHELD
    assert verdicts(done)["ranking"] == (Verdict.ERROR, Reason.MODEL_CRASHED)
    assert verdicts(done)["complete"] == (Verdict.PASS, Reason.EXACT_VALUE_SATISFIES)


def income_is(folder: Folder, called: str) -> None:
    """What the dictionary calls the income, in place of a number: its type, and codes if it has some."""
    written = "type: number, description: monthly income, range: [0, null]"
    assert written in folder.dictionary
    folder.dictionary = folder.dictionary.replace(written, f"description: monthly income, type: {called}")


def with_a_lightgbm_model(folder: Folder) -> lgb.Booster:
    """A small model in place of the column of scores, and a perturbation."""
    x = np.column_stack([folder.develop["age"].to_numpy(), folder.develop["income"].to_numpy()])
    data = lgb.Dataset(x, folder.develop["bad"].to_numpy(), feature_name=["age", "income"])
    booster = lgb.train({"objective": "binary", "verbosity": -1, "num_threads": 1, "seed": 1}, data, 5)
    booster.save_model(folder.root / "model.txt")
    folder.edit(
        "{model: score, format: predictions}", "{model: model.txt, format: lightgbm, inputs: [age, income]}"
    )
    folder.edit(
        "  - {id: complete,",
        "  - {id: noise, metric: robustness.noise, at_most: 0.2, tier: advisory, owner: validator,\n"
        "     rationale: a late feed must not matter}\n  - {id: complete,",
    )
    folder.edit("complete, ranking]", "complete, ranking, noise]")
    return booster


def test_a_lightgbm_model_is_asked_in_a_child_and_perturbed(folder):
    booster = with_a_lightgbm_model(folder)
    done = assay.certify(
        folder.write(), workers=1, certify_a_hopeless_specification=True, certify_without_a_lock=True
    )
    test = np.column_stack([folder.test["age"].to_numpy(), folder.test["income"].to_numpy()])
    right = (booster.predict(test) >= 0.5) == folder.test["bad"].to_numpy()
    accuracy = next(j for j in done.record.judged if j.assessment.criterion == "accuracy").assessment.binding
    assert accuracy.estimate == pytest.approx(right.mean(), abs=1e-12)
    assert verdicts(done)["noise"][0] in {Verdict.PASS, Verdict.INCONCLUSIVE, Verdict.FAIL}


SPARED = "Errors in {}: robustness.noise changes on average fewer than 1 in 100 of their values, if any."


@pytest.mark.parametrize(("most", "spared"), [(2, True), (5, True), (8, False)])
def test_whole_numbers_that_noise_seldom_changes_are_named_whether_chance_changed_one_or_not(
    folder, most, spared
):
    """Of 0 to 4 the noise changes 4 in 10,000: a few of these rows, or none."""
    folder.look_alike()
    with_a_lightgbm_model(folder)
    folder.dictionary = folder.dictionary.replace(
        "type: number, description: monthly", "type: integer, description: monthly"
    )
    for name in ("test", "develop"):
        table = getattr(folder, name)
        setattr(folder, name, replaced(table, "income", np.arange(len(table)) % most))
    done = assay.certify(
        folder.write(), workers=0, certify_a_hopeless_specification=True, certify_without_a_lock=True
    )
    assert (SPARED.format("income") in done.record.not_tested) is spared
    assert not [said for said in done.record.not_tested if said.startswith("Errors in age")]


def test_inputs_that_a_perturbation_leaves_as_they_are_are_named_as_untested(folder):
    folder.look_alike()
    with_a_lightgbm_model(folder)
    income_is(folder, f"category, codes: {dict.fromkeys(range(100), 'a band')}")
    for name in ("test", "develop"):
        table = getattr(folder, name)
        setattr(folder, name, replaced(table, "income", (table["income"].to_numpy() // 500).astype(int)))
    done = assay.certify(
        folder.write(), workers=0, certify_a_hopeless_specification=True, certify_without_a_lock=True
    )
    assert SPARED.format("income") in done.record.not_tested
    assert verdicts(done)["noise"][0] is not Verdict.ERROR


@pytest.mark.parametrize("called", ["text", "date", "boolean"])
def test_an_input_of_numbers_is_called_a_number(folder, called):
    """A word of the dictionary must not spare an input the noise."""
    with_a_lightgbm_model(folder)
    income_is(folder, called)
    with pytest.raises(assay.AssayError, match=f"'income' is double in the .* calls it '{called}'") as told:
        assay.certify(folder.write(), workers=0, certify_without_a_lock=True)
    assert told.value.code == "column_is_number"


def test_an_input_of_many_numbers_is_no_category(folder):
    with_a_lightgbm_model(folder)
    income_is(folder, "category, codes: {1000: little}")
    done = assay.certify(
        folder.write(), workers=0, certify_a_hopeless_specification=True, certify_without_a_lock=True
    )
    assert verdicts(done)["noise"] == (Verdict.ERROR, Reason.DATA_INVALID)
    assert verdicts(done)["accuracy"][0] is not Verdict.ERROR


@pytest.mark.parametrize(
    "called",
    [
        "category, codes: {1: little}",
        "text, codes: {1: little}",
        "boolean",
        f"category, codes: {dict.fromkeys(range(-200, 0), 'occurs nowhere')}",
    ],
)
def test_an_input_of_few_numbers_is_no_category_boolean_or_text(folder, called):
    """A tree on whether the bands are odd passed noise, rounding and consistency: nothing was changed."""
    with_a_lightgbm_model(folder)
    income_is(folder, called)
    for name in ("test", "develop"):
        table = getattr(folder, name)
        setattr(folder, name, replaced(table, "income", (table["income"].to_numpy() // 500).astype(int)))
    folder.look_alike()
    done = assay.certify(
        folder.write(), workers=0, certify_a_hopeless_specification=True, certify_without_a_lock=True
    )
    assert verdicts(done)["noise"] == (Verdict.ERROR, Reason.DATA_INVALID)


def test_a_whole_number_that_a_model_is_fed_is_no_date(folder):
    with_a_lightgbm_model(folder)
    income_is(folder, "date")
    for name in ("test", "develop"):
        table = getattr(folder, name)
        setattr(folder, name, replaced(table, "income", table["income"].to_numpy().astype(int)))
    with pytest.raises(assay.AssayError, match=r"'income' is int64 in the .* calls it 'date'") as told:
        assay.certify(folder.write(), workers=0, certify_without_a_lock=True)
    assert told.value.code == "column_is_number"


def test_a_category_of_which_a_few_codes_are_lacking_stays_one(folder):
    """Of PAY_0 of the credit default data two codes, of more than half of the rows, are not documented anywhere."""
    with_a_lightgbm_model(folder)
    income_is(folder, "category, codes: {1: a, 2: b, 3: c}")
    for name in ("test", "develop"):
        table = getattr(folder, name)
        setattr(folder, name, replaced(table, "income", table["income"].to_numpy().astype(int) % 6))
    folder.look_alike()
    done = assay.certify(
        folder.write(), workers=0, certify_a_hopeless_specification=True, certify_without_a_lock=True
    )
    assert verdicts(done)["noise"][0] is not Verdict.ERROR


def test_labels_that_are_neither_0_nor_1_are_an_error(folder):
    labels = folder.test["bad"].to_numpy().copy()
    labels[:3] = 9
    folder.test = replaced(folder.test, "bad", labels)
    done = assay.certify(folder.write(), workers=0, certify_without_a_lock=True)
    assert verdicts(done)["accuracy"] == (Verdict.ERROR, Reason.DATA_INVALID)
    assert done.decision.outcome is Outcome.WITHHELD


def test_one_class_and_empty_groups_are_not_evaluable(folder):
    folder.test = replaced(folder.test, "bad", np.zeros(len(folder.test), dtype=np.int64))
    folder.test = replaced(folder.test, "sex", np.ones(len(folder.test), dtype=np.int64))
    found = verdicts(assay.certify(folder.write(), workers=0, certify_without_a_lock=True))
    assert found["ranking"] == (Verdict.NOT_EVALUABLE, Reason.ONE_CLASS_ONLY)
    assert found["approval-sex"] == (Verdict.NOT_EVALUABLE, Reason.EMPTY_GROUP)


def test_of_repeated_units_one_row_counts(folder):
    folder.test = replaced(folder.test, "id", np.arange(len(folder.test)) // 2)
    done = assay.certify(
        folder.edit("custody: validator}", "custody: validator, unit: id}").write(),
        workers=0,
        certify_without_a_lock=True,
    )
    assert (done.record.rows, done.record.rows_used) == (4000, 2000)
    again = assay.certify(folder.write(row_group=700), workers=0, certify_without_a_lock=True)
    assert again.record.statistics == done.record.statistics


@pytest.mark.parametrize("good_first", [True, False])
def test_who_orders_the_rows_of_a_unit_chooses_no_score(folder, good_first):
    """Each row stands twice, once with a good score and once with a bad one."""
    bad = replaced(folder.test, "score", 1 - folder.test["score"].to_numpy())
    folder.test = pa.concat_tables([folder.test, bad] if good_first else [bad, folder.test])
    done = assay.certify(
        folder.edit("custody: validator}", "custody: validator, unit: id}").write(),
        workers=0,
        certify_without_a_lock=True,
    )
    assert verdicts(done)["accuracy"] == (Verdict.ERROR, Reason.DATA_INVALID)
    assert "4,000 of 4,000 units" in next(j.sentence for j in done.record.judged)


def with_unit(folder: Folder, values: object) -> assay.Certification:
    folder.test = replaced(folder.test, "id", values)
    folder.develop = replaced(folder.develop, "id", folder.develop["id"].cast(folder.test["id"].type))
    if "unit: id" not in folder.text:
        folder.edit("custody: validator}", "custody: validator, unit: id}")
    return assay.certify(folder.write(), workers=0, certify_without_a_lock=True)


def test_rows_left_out_for_their_unit_are_named_as_untested(folder):
    said = with_unit(folder, np.arange(4000) // 2).record.not_tested
    left_out = "2,000 of 4,000 rows were left out so that each 'id' counts once; at most 2 rows share one."
    assert left_out in said
    said = with_unit(folder, np.arange(4000)).record.not_tested
    assert not any("left out" in limit for limit in said)


@pytest.mark.parametrize(
    ("allowed", "asks", "told"),
    [
        (True, "", True),
        (False, "", False),
        (True, "metric: data.missing_values, with: {column: income}, at_most: 0.1,", False),
        (True, "metric: data.missing_values, with: {column: age}, at_most: 0,", True),
        (False, "metric: data.duplicates, at_most: 0.5,", True),
        (True, "metric: data.complete_rows, at_least: 0.5,", False),
        (True, "metric: data.missing_by_group, across: sex, at_most: 0.2, with: {column: income},", False),
        (True, "metric: data.missing_by_group, across: sex, at_most: 0.2, with: {column: age},", True),
    ],
)
def test_columns_that_lack_values_which_no_criterion_asks_about_are_named_with_their_rows(
    folder, allowed, asks, told
):
    folder.look_alike()
    lacking = [None] * 314 + folder.test["income"].to_pylist()[314:]
    folder.test = replaced(folder.test, "income", lacking)
    if allowed:
        folder.dictionary = folder.dictionary.replace(
            "range: [0, null]", "range: [0, null], missing: allowed"
        )
    if asks:
        folder.edit("metric: data.missing_values, at_most: 0,", asks)
    if "complete_rows" in asks:
        folder.edit("format: predictions}", "format: predictions, inputs: [income]}")
    done = assay.certify(folder.write(), workers=0, certify_without_a_lock=True)
    said = "Missing values in income (314 of 4,000 rows): no criterion asks about them."
    assert [one for one in done.record.not_tested if one.startswith("Missing values")] == [said] * told
    complete = next(j for j in done.record.judged if j.assessment.criterion == "complete")
    assert (complete.verdict is Verdict.FAIL) is (not told and not allowed)
    titles = {m.id: m.title for m in done.record.metrics}
    assert asks or "where the dictionary allows none" in titles["data.missing_values"]


@pytest.mark.parametrize(
    ("asks", "told"),
    [
        ("metric: data.missing_by_group, across: sex, at_most: 0.2, with: {column: income},", False),
        ("metric: data.missing_by_group, across: sex, at_most: 0.2, with: {column: age},", True),
    ],
)
def test_a_rehearsal_asks_of_its_rows_what_is_asked_of_the_test_rows(folder, asks, told):
    lacking = [None] * 10 + folder.develop["income"].to_pylist()[10:]
    folder.develop = replaced(folder.develop, "income", lacking)
    folder.dictionary = folder.dictionary.replace("range: [0, null]", "range: [0, null], missing: allowed")
    folder.edit("metric: data.missing_values, at_most: 0,", asks)
    record = assay.certify(folder.write(), workers=0, rehearse=True).record
    said = "Missing values in income (10 of 2,000 rows): no criterion asks about them."
    assert [one for one in record.not_tested if one.startswith("Missing values")] == [said] * told
    assert not contradicted(record)
    # Records of before said it of every column, and are still read.
    assert not contradicted(replace(record, not_tested=(said, *(s for s in record.not_tested if s != said))))


def test_a_code_that_one_person_has_is_counted_and_never_named(folder):
    towns = np.where(np.arange(4000) % 2, "A", "B").astype(object)
    towns[5], towns[7], towns[20:32] = "ZZSECRET Anna", "ZZSECRET Otto", "Z"
    folder.test = folder.test.append_column("town", pa.array(towns))
    folder.develop = folder.develop.append_column("town", pa.array(["A", "B"] * 1000))
    folder.dictionary += "  - {name: town, type: category, description: a town, codes: {A: a, B: b}}\n"
    folder.edit("metric: data.missing_values, at_most: 0,", "metric: data.undocumented_codes, at_most: 0,")
    done = assay.certify(folder.write(), workers=0, certify_without_a_lock=True)
    (town,) = (p for p in done.record.profiles if p.column == "town" and p.data == "test")
    assert town.undocumented == (("Z", 12), ("2 other codes, in fewer than 10 rows each", 2))
    complete = next(j for j in done.record.judged if j.assessment.criterion == "complete")
    assert complete.verdict is Verdict.FAIL
    kinds = ("json", "html", "junit")
    told = [document(done.record, kind) for kind in kinds] + [repr(done.record)]
    kept = [
        file.read_text("utf-8", "replace")
        for file in (folder.root / ".assay" / "objects").rglob("*")
        if file.is_file()
    ]
    assert any("2 other codes" in text for text in kept)
    for text in (*told, *kept):
        assert "ZZSECRET" not in text


@pytest.mark.parametrize(
    ("value", "kind"),
    [("NaN", "NaN"), ("ZZSECRET", "a text"), ("1" * 26, "a number of more than 15 digits")],
)
@pytest.mark.parametrize("column", ["income", "id"])
def test_one_value_that_makes_a_column_of_a_csv_text_is_found_by_its_row_and_not_quoted(
    folder, value, kind, column
):
    path = folder.edit(
        "develop: develop.parquet, test: test.parquet", "develop: develop.csv, test: test.csv"
    ).write()
    for name in ("develop", "test"):
        csv.write_csv(getattr(folder, name), folder.root / f"{name}.csv")
    lines = (folder.root / "test.csv").read_text().splitlines()
    fields = lines[314].split(",")
    fields[folder.test.column_names.index(column)] = value
    (folder.root / "test.csv").write_text("\n".join([*lines[:314], ",".join(fields), *lines[315:]]) + "\n")
    with pytest.raises(assay.AssayError) as refused:
        assay.certify(path, workers=0, certify_without_a_lock=True)
    assert refused.value.code == "column_type_differs"
    assert f"In the test data row 314 below the header has {kind}." in refused.value.message
    assert "A CSV file has no types" in (refused.value.remedy or "")
    assert "ZZSECRET" not in str(refused.value)
    assert "1111" not in str(refused.value)


def test_dates_that_are_texts_in_a_csv_file_are_told_as_such(folder):
    days = [dt.date(2024, 1, 1 + i % 28) for i in range(len(folder.develop))]
    folder.develop = folder.develop.append_column("day", pa.array(days))
    folder.test = folder.test.append_column("day", pa.array([days[0]] * len(folder.test)))
    folder.dictionary += "  - {name: day, type: date, description: when}\n"
    path = folder.edit("test: test.parquet", "test: test.csv").write()
    csv.write_csv(folder.test, folder.root / "test.csv")
    with pytest.raises(assay.AssayError) as refused:
        assay.certify(path, workers=0, certify_without_a_lock=True)
    assert refused.value.code == "column_type_differs"
    assert "In a CSV file a date is a text: write all data sets as Parquet" in (refused.value.remedy or "")
    assert "digits" not in str(refused.value)


UNKNOWN_UNITS = {
    "missing": lambda wrong: [None if w else i for i, w in enumerate(wrong)],
    "a single one missing": lambda wrong: [None, *range(1, len(wrong))],
    "not a number": lambda wrong: np.where(wrong, np.nan, np.arange(len(wrong))),
    "empty texts": lambda wrong: ["" if w else str(i) for i, w in enumerate(wrong)],
    "one for all that are unknown": lambda wrong: np.where(wrong, -1, np.arange(len(wrong))),
}


@pytest.mark.parametrize("how", UNKNOWN_UNITS)
def test_rows_whose_unit_nobody_knows_are_an_error_and_never_left_out(folder, how):
    """Else the rows that the model gets wrong would be one person, of which one row counts."""
    wrong = (folder.test["score"].to_numpy() >= 0.5) != folder.test["bad"].to_numpy()
    done = with_unit(folder, UNKNOWN_UNITS[how](wrong.tolist()))
    assert verdicts(done)["accuracy"] == (Verdict.ERROR, Reason.DATA_INVALID)
    (judged,) = (j for j in done.record.judged if j.assessment.criterion == "accuracy")
    assert "'id', the unit of which one row counts" in judged.sentence
    assert verdicts(done)["complete"][0] is not Verdict.ERROR
    assert not any("left out" in limit for limit in done.record.not_tested) or "one for all" in how


def test_units_of_many_rows_each_are_units(folder):
    done = with_unit(folder, np.arange(4000) % 40)
    assert done.record.rows_used == 40
    assert verdicts(done)["accuracy"][0] is not Verdict.ERROR


@pytest.mark.parametrize(
    "values",
    [
        pa.array([2**60 + 7 * i for i in range(4000)], type=pa.int64()),
        pa.array([Decimal(10**19 + i) for i in range(4000)], type=pa.decimal128(38, 0)),
        pa.array(["q" + "\0" * (i % 50) + str(i // 50) + "\0" * (i % 50) for i in range(4000)]),
    ],
    ids=["whole numbers", "decimals", "texts"],
)
def test_long_units_are_all_different(folder, values):
    assert with_unit(folder, values).record.rows_used == 4000


def test_a_label_that_is_nearly_1_is_none(folder):
    """A decimal keeps more digits than the number it is read as."""
    bad = [Decimal(v) for v in folder.test["bad"].to_pylist()]
    bad[bad.index(1)] = Decimal("1." + "0" * 29 + "1")
    kind = pa.decimal128(38, 30)
    folder.test = replaced(folder.test, "bad", pa.array(bad, type=kind))
    folder.develop = replaced(
        folder.develop, "bad", folder.develop["bad"].cast(pa.decimal128(38, 0)).cast(kind)
    )
    done = assay.certify(folder.write(), workers=0, certify_without_a_lock=True)
    assert verdicts(done)["accuracy"] == (Verdict.ERROR, Reason.DATA_INVALID)


def test_the_order_of_rows_cannot_be_shopped_for(folder):
    folder.test = replaced(folder.test, "id", np.arange(len(folder.test)) // 2)
    folder.edit("custody: validator}", "custody: validator, unit: id}")
    first = assay.certify(folder.write(), workers=0, certify_without_a_lock=True)
    folder.test = folder.test.take(pa.array(np.random.default_rng(0).permutation(len(folder.test))))
    assert (
        assay.certify(folder.write(), workers=0, certify_without_a_lock=True).record.statistics
        == first.record.statistics
    )


def test_hopeless_criteria_are_refused_unless_the_loud_bypass_is_given(folder):
    path = folder.edit("at_most: 0.15", "at_most: 0.001").write()
    with pytest.raises(assay.AssayError, match="refusals-age: a good model passes with probability"):
        assay.certify(path, workers=0, certify_without_a_lock=True)
    done = assay.certify(path, workers=0, certify_a_hopeless_specification=True, certify_without_a_lock=True)
    assert done.record.bypasses
    assert "refusals-age" in done.record.bypasses[0]


def test_tables_and_functions_stand_in_for_files_in_a_rehearsal(folder):
    path = folder.write()
    by_file = assay.certify(path, rehearse=True, workers=0)
    by_table = assay.certify(path, rehearse=True, workers=0, data={"develop": people(2000, 2)})
    assert by_table.record.judged == by_file.record.judged
    with pytest.raises(assay.AssayError, match="nothing could bind a certificate"):
        assay.certify(path, model=lambda batch: batch.column(0), certify_without_a_lock=True)


def test_the_record_comes_back_from_the_store(folder):
    from assay.app.organisation.seal import load_record

    done = assay.certify(folder.write(), workers=0, certify_without_a_lock=True)
    digest, record = load_record(folder.root, done.digest[7:20])
    assert digest == done.digest
    assert record == done.record


def test_a_changed_record_is_noticed(folder):
    from assay.app.organisation.seal import load_record

    done = assay.certify(folder.write(), workers=0, certify_without_a_lock=True)
    name = done.digest.removeprefix("sha256:")
    blob = folder.root / ".assay" / "objects" / name[:2] / name
    blob.write_bytes(blob.read_bytes().replace(b'"withheld"', b'"certified"') + b" ")
    with pytest.raises(assay.AssayError, match="have changed"):
        load_record(folder.root, done.digest)
    blob.write_bytes(b"")
    assert (
        assay.certify(folder.root / "specification.yaml", workers=0, certify_without_a_lock=True).digest
        == done.digest
    )
    load_record(folder.root, done.digest)  # the remedy that is told helps


SCRIPT = """
import sys
import assay
print(assay.certify(sys.argv[1], workers=int(sys.argv[2]), certify_a_hopeless_specification=True, certify_without_a_lock=True).record.evidence_digest)
"""


def started(path: Path, workers: int) -> subprocess.Popen[str]:
    """A plain script of three lines, as a user writes it."""
    script = path.parent / "run.py"
    script.write_text(SCRIPT)
    return subprocess.Popen(
        [sys.executable, script, path, str(workers)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def kept(path: Path) -> dict[Path, int]:
    """The finished partial counts and when they were written."""
    found = (path.parent / ".assay" / "partials").glob("*/*")
    return {p: p.stat().st_mtime_ns for p in found if p.is_file() and p.suffix != ".tmp"}


def with_every_kind_of_pass(folder: Folder) -> Path:
    """A model that is asked, a perturbation that needs spreads, row sets, and units that repeat."""
    with_a_lightgbm_model(folder)
    folder.edit("custody: validator}", "custody: validator, unit: id}")
    folder.edit(
        "  - {id: noise,",
        "  - {id: shared, metric: data.split_overlap, at_most: 0, tier: advisory, owner: validator,\n"
        "     rationale: rows of their own}\n  - {id: noise,",
    )
    folder.edit("ranking, noise]", "ranking, noise, shared]")
    folder.edit("test: test.parquet", "test: rows")
    folder.test = replaced(folder.test, "id", np.arange(folder.test.num_rows) // 2)
    rows = folder.root / "rows"
    rows.mkdir()
    for i in range(4):  # a file is a partition of its own, with a reader of its own in each process
        pq.write_table(folder.test.slice(1000 * i, 1000), rows / f"{i}.parquet")
    return folder.write()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The evidence of every kind of pass when nobody kills the run, and the specification that it is of."""
    path = with_every_kind_of_pass(Folder(tmp_path_factory.mktemp("undisturbed")))
    return path, evidence_here(path)


def evidence_here(path: Path) -> str:
    """What the script prints, from a run in this process."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("assay.app.judging.open_engine.executor_of", in_process)
        done = assay.certify(
            path, workers=0, certify_a_hopeless_specification=True, certify_without_a_lock=True
        )
    return done.record.evidence_digest


KILLED_WHEN = ((1, 1), (6, 2))
"""How many counts are finished when a run is killed, and how many workers it has: each goes on where the one before was killed."""


def test_killed_at_any_moment_the_next_run_goes_on_and_ends_with_the_same_evidence(folder, undisturbed):
    """What a kill left wrong would stay until the end, for nothing that is finished is counted again."""
    path = with_every_kind_of_pass(folder)
    before: dict[Path, int] = {}
    for finished, workers in KILLED_WHEN:
        process = started(path, workers)
        until = time.monotonic() + 60
        while len(kept(path)) < max(finished, len(before) + 1) and process.poll() is None:
            assert time.monotonic() < until, f"no run of {workers} workers finishes {finished} counts"
            time.sleep(0.005)
        process.kill()
        assert process.wait() == -signal.SIGKILL, process.stderr.read()
        process.communicate()
        now = kept(path)
        assert {p: now[p] for p in before} == before
        before = now
    again = evidence_here(path)
    assert {p: kept(path)[p] for p in before} == before
    assert len(kept(path)) >= len(before)
    assert again == undisturbed[1]


def test_a_run_that_changes_nothing_counts_nothing_again(undisturbed):
    """Perturbations too: their functions have another address in each process. And as many workers as there may be count the same."""
    path, evidence = undisturbed
    before = kept(path)
    assert started(path, 2).communicate(timeout=120) == (f"{evidence}\n", "")
    assert kept(path) == before


def test_what_a_function_said_before_is_never_used_again(folder):
    """A function has no digest that its answers could be kept under."""
    (folder.root / "scoring.py").write_text(
        "def score(batch):\n    return batch.column('score').to_pylist()\n"
    )
    folder.edit(
        "{model: score, format: predictions}",
        "{model: 'scoring.py:score', format: callable, inputs: [score]}",
    )
    path = folder.write()
    first = assay.certify(path, rehearse=True, workers=0)
    (folder.root / "scoring.py").write_text("def score(batch):\n    return [0.5] * batch.num_rows\n")
    again = assay.certify(path, rehearse=True, workers=0)
    assert first.decision.outcome is Outcome.CERTIFIED
    assert again.decision.outcome is Outcome.WITHHELD


def test_rows_in_no_group_are_named_as_untested(folder):
    sex = folder.test["sex"].to_numpy().copy()
    sex[:40] = 7
    folder.test = replaced(folder.test, "sex", sex)
    done = assay.certify(folder.write(), workers=0, certify_without_a_lock=True)
    assert (
        f"sex: 40 of 4,000 rows (1.00{PERCENT}) whose sex is in none of the declared groups."
        in done.record.not_tested
    )


def asking_for_overlap(
    folder: Folder, more: np.ndarray, again: np.ndarray, copied: int = 1000
) -> tuple[int, str]:
    """Test rows are in the development rows too, in another order and with another value of one more column."""
    folder.edit(
        "  - {id: complete,",
        "  - {id: overlap, metric: data.split_overlap, at_most: 0, tier: advisory, owner: validator,\n"
        "     rationale: no row was learned}\n  - {id: complete,",
    )
    folder.edit("criteria: [accuracy,", "criteria: [overlap, accuracy,")
    folder.dictionary += "  - {name: more, type: number, description: said to be documentation}\n"
    known = folder.test.slice(0, copied).take(pa.array(np.random.default_rng(0).permutation(copied)))
    folder.test = folder.test.append_column("more", pa.array(more))
    folder.develop = pa.concat_tables([known, folder.develop]).append_column("more", pa.array(again))
    done = assay.certify(
        folder.write(), workers=0, certify_a_hopeless_specification=True, certify_without_a_lock=True
    )
    judged = next(j for j in done.record.judged if j.assessment.metric == "data.split_overlap")
    counts = next(s.counts for s in done.record.statistics if s.metric == "data.split_overlap")
    return counts.found, judged.verdict.value


def test_a_date_of_the_extract_hides_no_shared_row(folder):
    assert asking_for_overlap(folder, np.full(4000, 1.0), np.full(3000, 2.0)) == (1000, "fail")


def test_a_column_of_noise_hides_no_shared_row_of_a_model(folder):
    with_a_lightgbm_model(folder)
    rng = np.random.default_rng(0)
    value, verdict = asking_for_overlap(folder, rng.random(4000), rng.random(3000))
    assert (value >= 1000, verdict) == (True, "fail")


@pytest.mark.parametrize(("unit", "shared"), [("", (0, "pass")), (", unit: id", (2000, "fail"))])
def test_other_rows_of_people_who_were_learned_from_are_shared_though_no_row_is(folder, unit, shared):
    folder.edit("custody: validator}", f"custody: validator{unit}}}")
    folder.develop = replaced(folder.develop, "id", 1_000_000 + np.arange(2000))
    assert asking_for_overlap(folder, np.full(4000, 1.0), np.full(2000, 1.0), copied=0) == shared


def test_inputs_that_many_people_have_may_be_chance_and_are_no_pass(folder):
    """Of ages in years and incomes in hundreds many rows have a twin by chance."""
    folder.look_alike()
    with_a_lightgbm_model(folder)
    for name in ("test", "develop"):
        table = getattr(folder, name)
        setattr(folder, name, replaced(table, "income", (table["income"].to_numpy() // 100) * 100))
    rng = np.random.default_rng(0)
    found, verdict = asking_for_overlap(folder, rng.random(4000), rng.random(2000), copied=0)
    assert (found > 100, verdict) == (True, "not_evaluable")
    pairs = [
        set(zip(t["age"].to_pylist(), t["income"].to_pylist(), strict=True))
        for t in (folder.test, folder.develop)
    ]
    assert len(pairs[0] & pairs[1]) > 100
    folder.edit("metric: data.split_overlap,", "metric: data.split_overlap, with: {by: columns},").write()
    judged = assay.certify(
        folder.root / "specification.yaml",
        workers=0,
        certify_a_hopeless_specification=True,
        certify_without_a_lock=True,
    )
    assert next(j for j in judged.record.judged if j.assessment.criterion == "overlap").verdict == "pass"


def test_the_label_is_no_score(folder):
    with pytest.raises(assay.InvalidDocument, match="read from the label"):
        assay.certify(
            folder.edit("{model: score,", "{model: bad,").write(), workers=0, certify_without_a_lock=True
        )


def test_the_same_rows_under_two_names_are_refused(folder):
    path = folder.write()
    (folder.root / "develop.parquet").unlink()
    (folder.root / "develop.parquet").symlink_to(folder.root / "test.parquet")
    with pytest.raises(assay.AssayError, match="are the same bytes"):
        assay.certify(path, workers=0, certify_without_a_lock=True)


def test_a_column_has_one_type_in_all_data_sets(folder):
    folder.develop = replaced(folder.develop, "sex", folder.develop["sex"].cast(pa.string()))
    with pytest.raises(
        assay.AssayError, match="'sex' is int64 in the test data and string in the develop data"
    ):
        assay.certify(folder.write(), workers=0, certify_without_a_lock=True)


@pytest.mark.parametrize(
    ("column", "kinds"),
    [
        ("word", ("string", "large_string", "string_view", "dictionary")),
        ("sex", ("int64", "int8", "uint32", "double")),
    ],
)
def test_how_the_values_of_a_column_lie_is_no_type_of_their_own(folder, column, kinds):
    """The development rows are among the test rows; another layout of a column hides none of them."""
    for name in ("test", "develop"):
        table = getattr(folder, name)
        setattr(folder, name, table.append_column("word", pa.array([f"w{i % 7}" for i in range(len(table))])))
    folder.test = pa.concat_tables([folder.test, folder.develop.slice(0, 500)])
    folder.dictionary += "  - {name: word, type: text, description: a word}\n"
    folder.edit(
        "  - {id: complete,",
        "  - {id: apart, metric: data.split_overlap, at_most: 0, tier: advisory, owner: validator,\n"
        "     rationale: nobody is judged twice}\n  - {id: complete,",
    ).edit("complete, ranking]", "complete, ranking, apart]")
    develop, statistics = folder.develop, []
    for kind in kinds:
        other = develop[column].dictionary_encode() if kind == "dictionary" else develop[column].cast(kind)
        folder.develop = replaced(develop, column, other)
        done = assay.certify(
            folder.write(), workers=0, certify_a_hopeless_specification=True, certify_without_a_lock=True
        )
        statistics.append(done.record.statistics)
        assert next(s.counts.found for s in statistics[-1] if s.criterion == "apart") >= 500
    assert all(found == statistics[0] for found in statistics)


def test_a_check_that_exits_is_an_error_and_not_the_end(folder):
    def leave(view):
        raise SystemExit(0)

    known = dict(catalogue())
    known["performance.auc"] = replace(known["performance.auc"], measure=leave)
    case = open_case(path := folder.write(), checks=known)
    with open_engine(path, workers=0) as engine:
        case = look(case, engine, beside=None)
        record = record_of(case, measure(case, engine, measure_others(case, engine)))
    found = {j.assessment.criterion: (j.verdict, j.reason) for j in record.judged}
    assert found["ranking"] == (Verdict.ERROR, Reason.CHECK_CRASHED)
    assert record.decision.outcome is Outcome.WITHHELD


def test_the_specification_is_read_once(folder, monkeypatch):
    """What was agreed is what is bound: nothing that is written meanwhile can slip in between two readings."""
    path, reads, whole = folder.write(), [], source._read_bytes
    monkeypatch.setattr(
        source, "_read_bytes", lambda file, name: reads.append(file.name) or whole(file, name)
    )
    open_case(path)
    assert sorted(reads) == ["dictionary.yaml", path.name]


def test_a_group_that_is_large_among_the_judged_rows_is_not_set_aside(folder):
    age = folder.test["age"].to_numpy().copy()
    age[:1200] = 65
    folder.test = replaced(folder.test, "age", age)
    done = assay.certify(folder.write(), workers=0, certify_without_a_lock=True)
    assert not done.record.set_aside
    gating = next(j for j in done.record.judged if j.assessment.criterion == "refusals-age").assessment
    assert any("60 and over" in p.label for p in gating.pieces)


@pytest.mark.parametrize(("rows", "gates"), [(99, False), (124, True)])
def test_a_group_that_the_judged_rows_show_to_be_larger_than_small_is_not_set_aside(folder, rows, gates):
    """80 of 4,000 are 2 %; a share just below gives 102 or more in one of a hundred samples."""
    age = np.where(np.arange(4000) < rows, 65, 40)
    age[rows : rows + 1000] = 20
    folder.test = replaced(folder.test, "age", age)
    done = assay.certify(folder.write(), workers=0, certify_without_a_lock=True)
    assert {g.label: g.small for g in done.record.groups if g.grouping == "age"}["60 and over"] is not gates


def test_no_rule_sets_a_tenth_of_the_judged_people_aside(folder):
    folder.edit("below_share: 0.02", "below_share: 0.0999")
    for name, share in (("test", 0.101), ("develop", 0.09)):
        table = getattr(folder, name)
        n = len(table)
        setattr(
            folder,
            name,
            replaced(table, "age", np.where(np.arange(n) < share * n, 65, 20 + np.arange(n) % 30)),
        )
    done = assay.certify(folder.write(), workers=0, certify_without_a_lock=True)
    assert not done.record.set_aside


def test_a_minority_that_is_cut_into_thin_groups_is_not_set_aside_whole(folder):
    """Thirty groups of 1 % each; together they are 30 % of the people."""
    codes = range(32)
    folder.edit("{women: 2, men: 1}", "{" + ", ".join(f"g{i}: {i}" for i in codes) + "}")
    folder.dictionary = folder.dictionary.replace(
        "codes: {1: male, 2: female}", "codes: {" + ", ".join(f"{i}: g{i}" for i in codes) + "}"
    )
    for name in ("test", "develop"):
        drawn = np.random.default_rng(1).choice(32, len(getattr(folder, name)), p=[0.35] * 2 + [0.01] * 30)
        setattr(folder, name, replaced(getattr(folder, name), "sex", drawn))
    done = assay.certify(
        folder.write(), workers=0, certify_a_hopeless_specification=True, certify_without_a_lock=True
    )
    aside = [g for g in done.record.groups if g.grouping == "sex" and g.small]
    assert 0 < sum(g.rows for g in aside) < 400


def test_no_rule_lets_more_than_two_in_a_hundred_be_in_no_group(folder):
    folder.edit("below_share: 0.02", "below_share: 0.0999")
    sex = folder.test["sex"].to_numpy().copy()
    sex[:100] = 0
    folder.test = replaced(folder.test, "sex", sex)
    done = assay.certify(
        folder.write(), workers=0, certify_a_hopeless_specification=True, certify_without_a_lock=True
    )
    assert verdicts(done)["approval-sex"] == (Verdict.NOT_EVALUABLE, Reason.ROWS_IN_NO_GROUP)


def test_rows_coded_out_of_every_group_cannot_hide(folder):
    sex = folder.test["sex"].to_numpy().copy()
    sex[:800] = 0
    folder.test = replaced(folder.test, "sex", sex)
    done = assay.certify(folder.write(), workers=0, certify_without_a_lock=True)
    assert verdicts(done)["approval-sex"] == (Verdict.NOT_EVALUABLE, Reason.ROWS_IN_NO_GROUP)
    assert done.decision.outcome is Outcome.WITHHELD


@pytest.mark.parametrize(
    ("column", "values", "said"),
    [
        (
            "bad",
            lambda t: ["yes" if b else "no" for b in t["bad"].to_pylist()],
            "Write the truth as 0 and 1.",
        ),
        (
            "age",
            lambda t: ["NA", *map(str, t["age"].to_pylist()[1:])],
            "cut into bands: numbers are expected",
        ),
    ],
)
def test_a_text_where_a_number_is_needed_is_refused_by_name(folder, column, values, said):
    folder.develop = replaced(folder.develop, column, values(folder.develop))
    folder.test = replaced(folder.test, column, values(folder.test))
    with pytest.raises(assay.AssayError, match=f"column '{column}' is text in the develop data") as told:
        assay.certify(folder.write(), rehearse=True, workers=0)
    assert said in str(told.value)


def test_the_plan_sees_what_cannot_be_evaluated_and_what_no_label_is(folder):
    sex = folder.develop["sex"].to_numpy().copy()
    sex[:60] = 7
    folder.develop = replaced(folder.develop, "sex", sex)
    path = folder.write()
    with open_engine(path, workers=0) as engine:
        (made,) = plan(open_case(path), engine, None, attempts=(range(1, 2),)).attempts
    by_id = {p.criterion.id: p for p in made.criteria}
    assert "60 of 2,000 rows are in none of the groups of 'sex'" in by_id["approval-sex"].undefined
    assert by_id["approval-sex"].hopeless
    assert made.all_pass == 0  # a critical criterion that cannot be evaluated is never passed
    bad = folder.develop["bad"].to_numpy().copy()
    bad[:3] = 2
    folder.develop = replaced(folder.develop, "bad", bad)
    with (
        open_engine(path, workers=0) as engine,
        pytest.raises(assay.AssayError, match="3 of 2,000 rows of the develop data have a label"),
    ):
        plan(open_case(folder.write()), engine, None, attempts=(range(1, 2),))


def test_wrong_labels_among_the_reference_rows_are_an_error(folder):
    """Rows without a truth would change the groups' shares, and with them which groups gate."""
    bad = folder.develop["bad"].to_numpy().copy()
    bad[:3] = 2
    folder.develop = replaced(folder.develop, "bad", bad)
    done = assay.certify(folder.write(), rehearse=True, workers=0)
    assert verdicts(done)["accuracy"] == (Verdict.ERROR, Reason.DATA_INVALID)


def test_a_perturbation_that_breaks_the_model_leaves_the_others_standing(folder):
    with_a_lightgbm_model(folder)
    (folder.root / "picky.py").write_text(
        "import numpy as np\n"
        "def score(batch):\n"
        "    x = np.column_stack([np.array(batch.column(i).to_pylist(), float) for i in range(2)])\n"
        "    if np.isnan(x).any():\n        raise ValueError('no missing values, please')\n"
        "    return 1 / (1 + np.exp(-(x[:, 1] - 3000) / 1000))\n"
    )
    folder.edit("{model: model.txt, format: lightgbm,", "{model: 'picky.py:score', format: callable,")
    folder.edit(
        "  - {id: noise,",
        "  - {id: lost, metric: robustness.missingness, at_most: 0.2, tier: advisory, owner: validator,\n"
        "     rationale: a field may stay empty}\n  - {id: noise,",
    )
    folder.edit("ranking, noise]", "ranking, noise, lost]")
    done = assay.certify(folder.write(), rehearse=True, workers=0)
    assert verdicts(done)["lost"] == (Verdict.ERROR, Reason.MODEL_CRASHED)
    assert verdicts(done)["noise"][0] is not Verdict.ERROR
    assert verdicts(done)["accuracy"][0] is not Verdict.ERROR
    said = next(j for j in done.record.judged if j.assessment.criterion == "lost").sentence
    assert "On the perturbed rows, and only there" in said
    assert "please" not in said  # what a model says once it has seen rows may quote them


def test_the_models_own_environment_and_its_lock_file_are_bound(folder, tmp_path_factory):
    with_a_lightgbm_model(folder)
    folder.edit(
        "format: lightgbm,", f"format: lightgbm, python: {sys.executable}, environment: requirements.lock,"
    )
    path = folder.write()
    with pytest.raises(assay.AssayError, match=r"requirements\.lock"):
        assay.certify(path, rehearse=True, workers=0)
    (folder.root / "requirements.lock").write_text("lightgbm==4.7.0\n")
    record = assay.certify(path, rehearse=True, workers=0).record
    assert dict(record.environment.model)["lightgbm"] == lgb.__version__
    assert "environment" in {source.role for source in record.sources}


@pytest.mark.parametrize(
    "bypass", ["certify_without_a_lock", "certify_a_hopeless_specification", "certify_code_without_a_commit"]
)
def test_a_rehearsal_sets_no_rule_of_judged_runs_aside(folder, bypass):
    """It was rehearsed without a word, whichever of the two was meant."""
    with pytest.raises(assay.AssayError, match=f"rehearse and {bypass} exclude each other") as refused:
        assay.certify(folder.write(), rehearse=True, workers=0, **{bypass: True})
    assert refused.value.code == "arguments_contradict"
    assert not (folder.root / ".assay").exists()


def test_a_recipe_is_bound_by_its_file_and_must_define_its_function(folder):
    """``recipe: nowhere.py:nothing`` was accepted, and nothing read it."""
    folder.edit("format: predictions}", "format: predictions, recipe: trian.py:train}")
    path = folder.write()
    with pytest.raises(assay.InvalidDocument) as refused:
        assay.certify(path, rehearse=True, workers=0)
    (problem,) = refused.value.problems
    assert (problem.code, problem.found, problem.place.line) == ("not_found", "trian.py:train", 12)
    recipe = folder.root / "train.py"
    recipe.write_text("def fit(data, seed):\n    raise SystemExit\n\n\nfit(None, 1)\n")
    with pytest.raises(assay.InvalidDocument, match=r"trian\.py.*Did you mean 'train\.py'"):
        assay.certify(path, rehearse=True, workers=0)
    folder.edit("trian.py:train", "train.py:train").write()
    with pytest.raises(assay.InvalidDocument, match="no function 'train' at its top level; there are: fit"):
        assay.certify(path, rehearse=True, workers=0)
    folder.edit("train.py:train", "train.py:fit").write()
    before = assay.certify(path, rehearse=True, workers=0)
    (bound,) = (s for s in before.record.sources if s.role == "recipe")
    assert (bound.path, bound.digest) == ("train.py", digest_of(recipe))
    assert replay(folder.root, workers=0).alike is Alike.IDENTICAL
    recipe.write_text(recipe.read_text() + "# another way\n")
    with pytest.raises(assay.AssayError, match=r"The recipe train\.py is not the one that was judged"):
        replay(folder.root, workers=0)
    after = assay.certify(path, rehearse=True, workers=0)
    (change,) = compare(before.digest, after.digest, folder.root)
    assert change.sentence().startswith("sources.recipe: ")


def test_a_copy_of_a_file_makes_no_new_rows(folder):
    """Inside a folder too: a test folder with the training file in it, or with one file many times."""
    path = folder.edit("test: test.parquet", "test: rows").write()
    rows = folder.root / "rows"
    rows.mkdir()
    (folder.root / "test.parquet").rename(rows / "a.parquet")
    shutil.copy(folder.root / "develop.parquet", rows / "b.parquet")
    with pytest.raises(
        assay.AssayError, match=r"b\.parquet of the test data and develop\.parquet of the develop"
    ):
        assay.certify(path, workers=0, certify_without_a_lock=True)
    shutil.copy(rows / "a.parquet", rows / "b.parquet")
    with pytest.raises(
        assay.AssayError, match=r"b\.parquet of the test data and a\.parquet of the test data"
    ):
        assay.certify(path, workers=0, certify_without_a_lock=True)


def test_the_choice_of_rows_is_believed_only_when_this_user_made_it(folder):
    """One row of each unit counts; whoever rewrites the choice keeps the rows that he likes."""
    folder.test = replaced(folder.test, "id", np.arange(folder.test.num_rows) // 2)
    path = folder.edit("custody: validator}", "custody: validator, unit: id}").write()
    before = assay.certify(path, workers=0, certify_without_a_lock=True).record
    right = (folder.test["score"].to_numpy() >= 0.5) == folder.test["bad"].to_numpy()
    liked = np.flatnonzero(right).astype("<i8").tobytes()
    for kept in (folder.root / ".assay" / "partials").glob("*/*"):
        if len(kept.read_bytes()) == 32 + before.rows_used * 8:
            kept.write_bytes(hashlib.sha256(liked).digest() + liked)
    assert (
        assay.certify(path, workers=0, certify_without_a_lock=True).record.evidence_digest
        == before.evidence_digest
    )


class Source:
    """Unpickled, it is an object of the class ``M`` that a source text defines."""

    def __init__(self, source: str) -> None:
        self.source = source

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return eval, (f"(lambda d: (exec({self.source!r}, d), d['M']())[1])({{}})",)


NO_FUNCTIONS = {
    "coin": "return np.random.default_rng(time.time_ns()).random(n)",
    "place in a sorted file": "return (np.arange(n) >= n / 2).astype(float)",
    "rank among the rows": "return x.argsort().argsort() / max(n - 1, 1)",
    "repeats its last answers": "s = self.last if self.last is not None and len(self.last) == n else x / 40\n"
    "  self.last = None if s is self.last else s\n  return s",
}


def behaving(folder: Folder, score: str) -> Path:
    """The portfolio with a model whose scores are made by a line of Python from ``x``, the age less 18."""
    source = (
        "import numpy as np, time\nclass M:\n classes_ = np.array([0, 1])\n n_features_in_ = 2\n last = None\n"
        " def predict_proba(self, X):\n  s = self.score(np.clip(X[:, 0] - 18, 0, 40), len(X))\n"
        f"  return np.stack([1 - s, s], 1)\n def score(self, x, n):\n  {score}\n"
    )
    (folder.root / "model.joblib").write_bytes(pickle.dumps(Source(source)))
    folder.edit(
        "{model: score, format: predictions}", "{model: model.joblib, format: joblib, inputs: [age, income]}"
    )
    return folder.write()


@pytest.mark.parametrize("score", NO_FUNCTIONS.values(), ids=NO_FUNCTIONS.keys())
def test_a_model_whose_answers_are_no_function_of_the_row_is_an_error(folder, score):
    folder.develop = folder.develop.sort_by("bad")
    done = assay.certify(behaving(folder, score), workers=0, rehearse=True)
    assert done.decision.outcome is Outcome.WITHHELD
    assert verdicts(done)["accuracy"] == (Verdict.ERROR, Reason.MODEL_NOT_A_FUNCTION)
    sentence = next(j.sentence for j in done.record.judged if j.assessment.criterion == "accuracy")
    assert "different scores for the same rows" in sentence


def test_the_evidence_of_a_model_is_the_same_however_the_rows_lie(folder):
    path = behaving(folder, "return x / 40")
    first = assay.certify(path, workers=0, reuse=False, rehearse=True)
    assert verdicts(first)["accuracy"][0] is not Verdict.ERROR
    folder.write(row_group=333)
    again = assay.certify(path, workers=0, reuse=False, rehearse=True)
    assert again.record.statistics == first.record.statistics


HANDMADE = """
import numpy as np
class M:
    classes_ = np.array([0, 1])
    n_features_in_ = 2
    def predict_proba(self, X):
        import late, lightgbm
        s = np.clip(X[:, 0] / 80, 0, 1)
        return np.stack([1 - s, s] if late.VALUE else [s, 1 - s], 1)
"""


def test_a_module_that_a_stored_model_runs_one_that_it_imports_when_it_is_asked_and_a_wrapper_are_bound(
    folder, tmp_path, monkeypatch
):
    modules = tmp_path / "modules"
    modules.mkdir()
    (modules / "handmade.py").write_text(HANDMADE)
    (modules / "late.py").write_text("VALUE = 1\n")
    (modules / "lightgbm.py").write_text("__version__ = '4.6.0'\n")
    python = modules / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH={modules} exec {sys.executable} "$@"\n')
    python.chmod(0o755)
    monkeypatch.setattr(sys, "path", [*sys.path, str(modules)])
    (folder.root / "model.joblib").write_bytes(pickle.dumps(importlib.import_module("handmade").M()))
    monkeypatch.delitem(sys.modules, "handmade")
    folder.edit(
        "{model: score, format: predictions}",
        f"{{model: model.joblib, format: joblib, inputs: [age, income], python: {python}}}",
    )
    path = folder.write()
    first = assay.certify(path, workers=0, certify_without_a_lock=True).record
    bound = set(dict(first.environment.modules))
    assert {"module handmade", "module lightgbm when it answers", "interpreter"} <= bound
    # Of a module that only came when rows were seen, and that is not known here, the name is not told: it could be a row.
    assert any(re.fullmatch("module named [0-9a-f]{12} when it answers", name) for name in bound)
    again = replay(folder.root, workers=0)
    assert (again.alike, again.differences) == (Alike.IDENTICAL, ())
    (modules / "late.py").write_text("VALUE = 0\n")
    (name,) = (name for name in bound if name.startswith("module named "))
    (said,) = (s for s in replay(folder.root, workers=0).differences if "module" in s)
    assert said.startswith(f"{name} was sha256:")
    second = assay.certify(path, workers=0, certify_without_a_lock=True).record
    assert second.statistics != first.statistics  # and not what was kept of the first
    python.write_text(python.read_text() + "# another\n")
    (modules / "handmade.py").write_text(HANDMADE.replace("[s, 1 - s]", "[s * 0, s * 0 + 1]"))
    third = assay.certify(path, workers=0, certify_without_a_lock=True).record
    assert third.statistics != second.statistics
    earlier, later = dict(second.environment.modules), dict(third.environment.modules)
    assert {name for name in earlier if earlier[name] != later[name]} == {"module handmade", "interpreter"}


@pytest.mark.parametrize("given", ["by its name", "from Python", "from Python, in the place of scores"])
def test_a_rehearsed_function_is_not_replayed_for_it_has_no_digest(folder, given, capsys):
    (folder.root / "fn.py").write_text(
        "import numpy as np\ndef ask(rows):\n    return np.full(rows.num_rows, 0.4)\n"
    )
    if given != "from Python, in the place of scores":
        folder.edit(
            "{model: score, format: predictions}",
            "{model: 'fn.py:ask', format: callable, inputs: [age, income]}",
        )
    live = {} if given == "by its name" else {"model": lambda rows: np.full(rows.num_rows, 0.4)}
    assay.certify(folder.write(), workers=0, rehearse=True, **live)
    with pytest.raises(SystemExit) as ended:
        main(["replay", "--in", str(folder.root)])
    told = " ".join(capsys.readouterr().err.split())
    assert ended.value.code == 2
    assert "a function has no digest: there is nothing to hold another run against." in told
    assert ("The function fn.py:ask" if given == "by its name" else "handed over from Python") in told
    assert "assay diff RUN RUN" in told


def test_a_table_from_python_is_not_replayed_from_the_file_in_its_place(folder):
    path = folder.write()
    assay.certify(path, workers=0, rehearse=True, data={"develop": folder.develop.slice(0, 400)})
    with pytest.raises(assay.AssayError, match="not the one that was judged") as told:
        replay(folder.root, workers=0)
    assert "A table that was given from Python is not kept" in told.value.remedy


def test_a_module_that_changes_after_it_was_bound_is_an_error(folder):
    behaving(folder, "return x / 40")
    bound = ModelReference.of(
        folder.root / "model.joblib", "joblib", ("age", "income"), python=sys.executable
    )
    other = replace(bound, modules=(("module scoring", "sha256:0"),))
    with pytest.raises(assay.AssayError, match="module scoring") as told:
        Model(other)
    assert told.value.code == "file_changed"


@pytest.mark.parametrize(
    ("column", "values", "said"),
    [
        ("income", pa.array([[1.0]] * 6000), "'income' is of type list<element: double>"),
        ("sex", pa.array([{"a": 1}] * 6000), "'sex' is of type struct<a: int64>"),
        ("age", pa.array([1] * 6000, pa.time64("us")), r"'age' is time64\[us\] in the develop data"),
        ("bad", pa.array([[1]] * 6000), "'bad' is list<element: int64> in the develop data"),
    ],
)
def test_a_column_of_a_type_that_cannot_be_counted_is_named(folder, column, values, said):
    folder.test = replaced(folder.test, column, values[:4000])
    folder.develop = replaced(folder.develop, column, values[4000:])
    with pytest.raises(assay.AssayError, match=said):
        assay.certify(folder.write(), workers=0, certify_without_a_lock=True)


LEARNED = "Whether test rows were among those learned from: no criterion asks."


@pytest.mark.parametrize(
    ("criterion", "said"),
    [
        ("", [LEARNED]),
        ("metric: data.split_overlap, ", []),
        ("metric: data.split_overlap, with: {other: develop}, ", []),
        ("metric: data.split_overlap, with: {other: test}, data: develop, ", []),
        ("metric: data.split_overlap, with: {other: train}, data: develop, ", [LEARNED]),
        (
            "metric: data.split_overlap, with: {other: train}, ",
            ["Whether test rows were among those of develop: no criterion asks."],
        ),
    ],
)
def test_that_nobody_asks_whether_test_rows_were_learned_is_told(folder, criterion, said):
    """The develop data hold 1,500 of the 4,000 test rows."""
    folder.develop = pa.concat_tables([folder.test.slice(0, 1500), folder.develop])
    if criterion:
        folder.edit(
            "  - {id: complete,",
            f"  - {{id: overlap, {criterion}at_most: 0, tier: advisory, owner: validator,\n"
            "     rationale: no row was learned}\n  - {id: complete,",
        )
        folder.edit("criteria: [accuracy,", "criteria: [overlap, accuracy,")
    if "train}" in criterion:
        folder.edit("test: test.parquet", "test: test.parquet, train: train.parquet")
    pq.write_table(people(500, 3), folder.root / "train.parquet")
    done = assay.certify(
        folder.write(), workers=0, certify_a_hopeless_specification=True, certify_without_a_lock=True
    )
    assert [one for one in done.record.says_nothing_about if "among those" in one] == said
    assert all(one in document(done.record, "html") for one in said)
