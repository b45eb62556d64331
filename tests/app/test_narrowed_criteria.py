"""A criterion may be about one part of the cases: another site, a later year, a declared slice."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute
import pytest
from sklearn.metrics import accuracy_score, roc_auc_score
from tests.app.conftest import Folder
from tests.app.diabetes import Clinic

import assay
from assay.app.verifying.rejudge import contradicted, judged_again
from assay.checks.catalogue import catalogue
from assay.domain.errors import InvalidDocument
from assay.domain.policy import Least
from assay.domain.vocabulary import Verdict
from assay.dossier.html import render_html
from assay.reading.specification import read_specification

NORTH = """
  - {id: north, metric: performance.accuracy, where: {site: north}, at_least: 0.70, tier: critical,
     rationale: the new site, owner: validator, requirements: [x/1]}
  - {id: ranks-north, metric: performance.auc, where: {site: north}, at_least: 0.70, tier: critical,
     rationale: the new site, owner: validator, requirements: [x/1]}
  - {id: gap-north, metric: fairness.demographic_parity, across: sex, where: {site: north}, at_most: 0.20, tier: critical,
     rationale: the new site, owner: validator, requirements: [x/1]}
  - {id: missing-north, metric: data.missing_by_group, across: sex, where: {site: north}, at_most: 0.20, tier: critical,
     with: {column: income}, rationale: the new site, owner: validator, requirements: [x/1]}
"""


def with_sites(table: pa.Table, seed: int, *, wrong: bool) -> pa.Table:
    """A quarter of the rows is of the north, where the labels say nothing of the scores when ``wrong``."""
    rng = np.random.default_rng(seed)
    north = rng.random(table.num_rows) < 0.25
    if wrong:
        label = np.where(north, rng.integers(0, 2, table.num_rows), table["bad"].to_numpy())
        table = table.set_column(table.schema.get_field_index("bad"), "bad", pa.array(label))
    return table.append_column("site", pa.array(np.where(north, "N", "S")))


@pytest.fixture
def narrowed(folder: Folder) -> Folder:
    return sited(folder, wrong=False)


def sited(folder: Folder, *, wrong: bool) -> Folder:
    folder.text = folder.text.rstrip() + NORTH
    folder.edit(
        "small_groups:", "strata:\n  site: {column: site, groups: {north: N, south: S}}\nsmall_groups:"
    )
    folder.dictionary += (
        "  - {name: site, type: category, description: the office, codes: {N: north, S: south}}\n"
    )
    folder.test, folder.develop = (
        with_sites(t, i, wrong=wrong) for i, t in enumerate((folder.test, folder.develop))
    )
    return folder


def run(folder: Folder) -> assay.Record:
    return assay.certify(folder.write(), workers=0, certify_without_a_lock=True).record


def judged(record: assay.Record) -> dict[str, Verdict]:
    return {j.assessment.criterion: j.verdict for j in record.judged}


def test_only_rows_of_the_part_count_and_equal_scikit_learn(narrowed: Folder) -> None:
    record = run(narrowed)
    rows = narrowed.test.filter(pa.compute.equal(narrowed.test["site"], "N"))
    label, score = rows["bad"].to_numpy(), rows["score"].to_numpy()
    found = {j.assessment.criterion: j.assessment for j in record.judged}
    assert found["north"].estimate.value == pytest.approx(accuracy_score(label, score >= 0.5))
    assert found["ranks-north"].estimate.value == pytest.approx(roc_auc_score(label, score))
    assert found["north"].pieces[0].n == rows.num_rows
    assert found["accuracy"].pieces[0].n == narrowed.test.num_rows
    sexes = {g: n for p in found["missing-north"].pieces for g, what, n in p.counts if what == "rows"}
    assert sum(sexes.values()) == rows.num_rows
    assert found["north"].definition == "only rows where site is north (site = N)"
    assert contradicted(record) == ""
    again = {j.assessment.criterion: j.verdict for j in judged_again(record)}
    assert again | judged(record) == again
    page = render_html(record)
    assert "Accuracy where site is north: at least 0.70" in page


def test_a_model_that_fails_in_one_part_is_refused_though_all_rows_together_pass(folder: Folder) -> None:
    sited(folder, wrong=True).edit("at_least: 0.70, expected: 0.8", "at_least: 0.60, expected: 0.8")
    verdicts = judged(run(folder))
    assert verdicts["accuracy"] is Verdict.PASS
    assert verdicts["north"] is Verdict.FAIL


def test_a_plan_counts_the_rows_of_the_part(narrowed: Folder) -> None:
    made = assay.make_plan(narrowed.write(), workers=0)
    planned = {p.criterion.id: p for p in made.attempts[0].criteria}
    assert planned["north"].power.margin > 1.5 * planned["accuracy"].power.margin


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("{site: noth}", "'noth' is no part of 'site'; its parts are"),
        ("{office: north}", "'office' is none of the strata; declared are"),
    ],
)
def test_a_part_that_nobody_declared_is_refused(narrowed: Folder, written: str, says: str) -> None:
    narrowed.text = narrowed.text.replace("{site: north}", written, 1)
    with pytest.raises(InvalidDocument, match=says):
        run(narrowed)


def test_what_is_not_counted_by_row_has_no_part(narrowed: Folder) -> None:
    narrowed.edit("metric: data.missing_values,", "metric: data.missing_values, where: {site: north},")
    with pytest.raises(InvalidDocument, match="is not counted row by row"):
        run(narrowed)


def test_a_policy_is_not_met_by_a_part_of_the_rows(narrowed: Folder) -> None:
    record = run(narrowed)
    bound = Least(metric="performance.accuracy", at_least=Decimal("0.6"))
    by_id = {c.id: c for c in record.specification.criteria}
    assert bound.met_by(by_id["accuracy"])
    assert not bound.met_by(by_id["north"])


def test_a_part_without_rows_is_named_with_what_to_do(narrowed: Folder) -> None:
    narrowed.test = narrowed.test.filter(pa.compute.equal(narrowed.test["site"], "S"))
    record = run(narrowed)
    (north,) = (j for j in record.judged if j.assessment.criterion == "north")
    assert north.verdict is Verdict.NOT_EVALUABLE
    assert "No row of the test data is in the part that 'where' names (site: north)." in north.sentence


BY_ANSWERS = "strata:\n  region: {{column: {column}, {parts}}}\nsmall_groups:"
OF_THE_NORTH = """
  - {{id: north, metric: {metric}, {more}at_{side}: {limit}, where: {{region: north}}, tier: critical, rationale: as agreed, owner: validator}}
"""


@pytest.mark.parametrize(
    ("metric", "refused"),
    [
        ("performance.precision", ("bad", "score")),
        ("performance.recall", ("bad", "score")),
        ("fairness.demographic_parity", ("bad", "score")),
        ("fairness.predictive_parity", ("bad", "score")),
        ("performance.brier", ("bad",)),
        ("data.outliers", ()),
        ("data.label_drift", ("bad",)),
        ("data.source_drift", ("bad",)),
        ("data.leaking_columns", ("bad",)),
        ("data.label_errors", ()),
    ],
)
@pytest.mark.parametrize("column", ["bad", "score", "income"])
def test_decisions_are_not_asked_of_rows_of_one_label_or_one_score(
    folder: Folder, metric: str, refused: tuple[str, ...], column: str
) -> None:
    """Of rows with label 1 any precision is 1, and where the score is from .1 to .499 everybody is approved: both parts were called the north."""
    parts = "groups: {north: 1, south: 0}" if column == "bad" else "bands: {north: [0.1, 0.499]}"
    folder.edit("small_groups:", BY_ANSWERS.format(column=column, parts=parts))
    side, limit = (
        ("least", 0.9) if metric in {"performance.precision", "performance.recall"} else ("most", 0.1)
    )
    more = "across: sex, " if metric.startswith("fairness") else ""
    folder.text += OF_THE_NORTH.format(metric=metric, more=more, side=side, limit=limit)
    found = wrong_in(folder.write())
    assert ("narrowed_to_answers" in found) is (column in refused)


@pytest.mark.parametrize(
    ("criterion", "refused"),
    [
        ("metric: data.value_drift", ("progression",)),
        ("metric: data.leaking_columns_of_numbers", ("progression",)),
        ("metric: performance.prediction_drift", ("old",)),
        ("metric: performance.mae", ()),
        ("metric: fairness.mae_gap, across: sex", ()),
    ],
)
@pytest.mark.parametrize("column", ["progression", "old", "bmi"])
def test_nor_is_a_drift_of_numbers_asked_of_rows_of_nearly_the_same_one(
    tmp_path: Path, criterion: str, refused: tuple[str, ...], column: str
) -> None:
    clinic = Clinic(tmp_path)
    clinic.edit(
        "subject: {model: model.skops, format: skops, inputs: [age, sex, bmi, bp, s1, s2, s3, s4, s5, s6]}",
        "subject: {model: old, format: predictions}",
    )
    clinic.edit("strata:\n", f"strata:\n  region: {{column: {column}, bands: {{north: [100, 120]}}}}\n")
    clinic.text += f"  - {{id: north, {criterion}, at_most: 0.1, where: {{region: north}}, tier: critical, rationale: as agreed, owner: validator}}\n"
    assert ("narrowed_to_answers" in wrong_in(clinic.write())) is (column in refused)


def wrong_in(path: Path) -> set[str]:
    """The codes of what is wrong with a specification."""
    try:
        read_specification(path, {id_: check.metric for id_, check in catalogue().items()})
    except InvalidDocument as wrong:
        return {problem.code for problem in wrong.problems}
    return set()
