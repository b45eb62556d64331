"""A model is compared with the one in use in a whole run: the incumbent's scores stand in a column of the data."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
import sklearn.metrics as sk
from tests.app.conftest import Folder

import assay
from assay.app.verifying.rejudge import contradicted
from assay.domain.record_document import from_document, to_document
from assay.domain.vocabulary import Verdict
from assay.dossier.html import render_html

COMPARED = """
  - {id: gain, metric: performance.gain_over_incumbent, with: {incumbent: old_score, decide_at: 0.4}, at_least: 0, expected: 0.1,
     tier: critical, rationale: replacing it must pay, owner: validator}
  - {id: nobody-worse, metric: performance.gain_over_incumbent, across: sex, with: {incumbent: old_score, decide_at: 0.4, measure: recall},
     at_least: -0.05, expected: 0.1, tier: critical, rationale: nobody is found less often, owner: validator}
  - {id: ranks, metric: performance.auc_gain_over_incumbent, with: {incumbent: old_score}, at_least: 0, expected: 0.1, tier: critical,
     rationale: it must rank better, owner: validator}
  - {id: learned, metric: performance.gain_over_baseline, at_least: 0.05, expected: 0.2, tier: critical,
     rationale: a constant takes no model, owner: validator}
"""
OLD = "  - {name: old_score, type: number, description: score of the model in use, range: [0, 1]}\n"


def with_old_score(table: pa.Table, seed: int, noise: float) -> pa.Table:
    score = table["score"].to_numpy()
    old = np.clip(score + np.random.default_rng(seed).normal(0, noise, len(score)), 0, 1)
    return table.append_column("old_score", pa.array(old))


def compared(folder: Folder, noise: float = 0.5, more: str = "") -> Folder:
    folder.text = folder.text.rstrip() + COMPARED + more
    folder.edit("ranking]}", "ranking, gain, nobody-worse, ranks, learned]}")
    folder.dictionary += OLD
    folder.test = with_old_score(folder.test, 1, noise)
    folder.develop = with_old_score(folder.develop, 2, noise)
    return folder


def judged(folder: Folder):
    """The verdicts by criterion; of a record that an outsider judges alike, reads back and draws."""
    record = assay.certify(folder.write(), workers=0, certify_without_a_lock=True).record
    assert contradicted(record) == ""
    assert from_document(to_document(record)).statistics == record.statistics
    assert "could not be measured" not in render_html(record)
    return {j.assessment.criterion: j for j in record.judged}


def test_a_gain_is_shown_and_equals_scikit_learns(folder: Folder) -> None:
    found = judged(compared(folder))
    label, old, new = (folder.test[name].to_numpy() for name in ("bad", "old_score", "score"))
    expected = sk.accuracy_score(label, new >= 0.5) - sk.accuracy_score(label, old >= 0.4)
    assert found["gain"].assessment.estimate.value == pytest.approx(expected, abs=1e-12)
    assert {found[name].verdict for name in ("gain", "nobody-worse", "ranks", "learned")} == {Verdict.PASS}


def test_the_same_scores_are_no_gain(folder: Folder) -> None:
    found = judged(
        compared(folder, noise=0.0).edit("decide_at: 0.4}, at_least: 0,", "decide_at: 0.5}, at_least: 0.01,")
    )
    assert found["gain"].verdict is Verdict.FAIL


MORE = """
  - {id: grades, metric: performance.calibration_by_grade, with: {grades: "A: 0.2, B: 0.5, C: 1"}, at_most: 1.2, expected: 0.7,
     tier: critical, rationale: prices rest on it, owner: validator}
  - {id: top, metric: performance.precision_at_k, with: {k: 0.1}, at_least: 0.80, expected: 0.93, tier: critical,
     rationale: so many can be called, owner: validator}
  - {id: lift, metric: performance.lift, with: {k: 0.1}, at_least: 1.5, expected: 1.9, tier: critical,
     rationale: it beats chance, owner: validator}
  - {id: cost, metric: performance.expected_cost, with: {cost_fp: 1, cost_fn: 3, unit: euros}, at_most: 0.6, expected: 0.5,
     tier: critical, rationale: the budget, owner: validator}
  - {id: stable, metric: performance.psi, with: {column: score, edges: "0.2, 0.4, 0.6, 0.8"}, data: test, at_most: 0.10, tier: critical,
     rationale: the people are the same, owner: validator}
  - {id: slices, metric: performance.worst_slice, with: {within: income, measure: accuracy}, at_least: 0.65, expected: 0.8,
     tier: critical, rationale: nobody is left out, owner: validator}
  - {id: search, metric: performance.slice_search, with: {depth: 1}, at_least: 0.65, expected: 0.8, tier: advisory,
     rationale: nobody is left out, owner: validator}
strata:
  income: {column: income, bands: [2000, 4000]}
"""
NAMES = "grades, top, lift, cost, stable, slices, search"


def test_each_check_is_judged_in_a_run_and_its_record_holds(folder: Folder) -> None:
    compared(folder, more=MORE).edit(
        "gain, nobody-worse, ranks, learned]}", f"gain, nobody-worse, ranks, learned, {NAMES}]}}"
    )
    found = judged(folder)
    verdicts = {name: (found[name].verdict, found[name].sentence) for name in NAMES.split(", ")}
    assert {name: verdict for name, (verdict, _) in verdicts.items()} == dict.fromkeys(
        verdicts, Verdict.PASS
    ), verdicts
