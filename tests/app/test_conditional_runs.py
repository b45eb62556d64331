"""Checks of groups in strata are planned, judged, drawn and judged again like any other, whoever counts."""

from __future__ import annotations

import numpy as np
from tests.app.conftest import Folder, replaced

import assay
from assay.domain.evidence import Stratified
from assay.domain.record_groups import groups_contradict
from assay.domain.vocabulary import Verdict
from assay.dossier.html import render_html

STRATA = "strata: {department: {column: income, bands: [3000]}}\n"
ASKED = """
  - {{id: {id}, metric: fairness.{metric}, across: sex, {sign}: {threshold}, tier: supporting, with: {{{given}}},
     rationale: comparable cases, owner: validator, requirements: [x/1]}}
"""
CONDITIONAL = (
    ("parity", "conditional_parity", "at_most", "0.15", "within: department"),
    ("ratio", "conditional_impact_ratio", "at_least", "0.70", "within: department"),
    ("odds", "mantel_haenszel", "at_least", "0.60", "within: department"),
    ("turned", "simpson", "at_most", "0.10", "within: department"),
    ("within", "treatment_gap", "at_most", "0.10", "within: department"),
    ("moved", "composition_gap", "at_most", "0.10", "within: department"),
    ("disparity", "conditional_disparity", "at_most", "0.10", "within: department"),
)


def asked(folder: Folder) -> Folder:
    folder.text = folder.text.replace("small_groups:", STRATA + "small_groups:").rstrip()
    for id_, metric, sign, threshold, given in CONDITIONAL:
        folder.text += ASKED.format(
            id=id_, metric=metric, sign=sign, threshold=threshold, given=given
        ).rstrip()
    folder.text += "\n"
    return folder


def run(folder: Folder, workers: int = 0) -> assay.Record:
    return assay.certify(folder.write(), workers=workers, certify_without_a_lock=True).record


def of(record: assay.Record) -> dict[str, Verdict]:
    wanted = {id_ for id_, *_ in CONDITIONAL}
    return {j.assessment.criterion: j.verdict for j in record.judged if j.assessment.criterion in wanted}


def test_decisions_that_do_not_know_the_sex_pass_all_of_them(folder: Folder) -> None:
    record = run(asked(folder))
    assert of(record) == {id_: Verdict.PASS for id_, *_ in CONDITIONAL}
    assert groups_contradict(record, *2 * [{f"fairness.{metric}" for _, metric, *_ in CONDITIONAL}]) == ""
    assert "Simpson reversal" in render_html(record)
    (odds,) = (s.counts for s in record.statistics if s.criterion == "odds")
    assert isinstance(odds, Stratified)
    assert sum(cell.trials for cell in odds.cells) == 4000


def test_decisions_that_do_fail_within_strata(folder: Folder) -> None:
    asked(folder)
    score, sex = folder.test["score"].to_numpy(), folder.test["sex"].to_numpy()
    folder.test = replaced(folder.test, "score", np.where(sex == 2, np.sqrt(score), score))
    record = run(folder)
    found = of(record)
    assert "within department" in render_html(record)
    assert {found[id_] for id_ in ("parity", "ratio", "odds", "within", "disparity")} == {Verdict.FAIL}
    assert found["turned"] is found["moved"] is Verdict.PASS


def test_two_workers_count_what_one_does(folder: Folder) -> None:
    one, two = run(asked(folder)), run(folder, workers=2)
    assert [s for s in one.statistics if s.metric.startswith("fairness")] == [
        s for s in two.statistics if s.metric.startswith("fairness")
    ]


def test_a_plan_says_what_the_rows_can_show(folder: Folder) -> None:
    made = assay.make_plan(asked(folder).write(), workers=0)
    power = {p.criterion.id: p.power for p in made.attempts[0].criteria}
    for id_, *_ in CONDITIONAL:
        assert power[id_] is not None, id_
        assert 0.5 < power[id_].passes <= 1, (id_, power[id_])
