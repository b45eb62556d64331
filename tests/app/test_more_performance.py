"""Average precision, macro averages and the sweep over thresholds in a whole run: judged, judged again, drawn, planned."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sklearn.metrics as sk
from tests.app.conftest import Folder

import assay
from assay.app.verifying.redraw import SWEEP, curves_contradict
from assay.app.verifying.rejudge import contradicted
from assay.domain.record_document import from_document, to_document
from assay.domain.vocabulary import Verdict
from assay.dossier.html import render_html

MORE = """
  - {id: pure, metric: performance.average_precision, at_least: 0.70, expected: 0.85, tier: critical,
     rationale: the list must be pure, owner: validator}
  - {id: balanced, metric: performance.macro_recall, at_least: 0.65, expected: 0.8, tier: critical,
     rationale: both kinds, owner: validator}
  - {id: both, metric: performance.macro_f1, across: sex, at_least: 0.60, expected: 0.8, tier: critical,
     rationale: both kinds for everybody, owner: validator}
  - {id: cut, metric: performance.threshold_regret, with: {cost_fp: 1, cost_fn: 1, unit: points}, at_most: 0.2, tier: critical,
     rationale: the threshold was chosen for these costs, owner: validator}
  - {id: cut-sex, metric: performance.threshold_regret, across: sex, with: {cost_fp: 1, cost_fn: 4}, at_most: 0.2, tier: advisory,
     rationale: where misses cost more, owner: validator}
  - {id: curve, metric: performance.recalibration_gain, at_most: 0.03, tier: advisory,
     rationale: scores are read as probabilities, owner: validator}
"""


@pytest.fixture
def record(folder: Folder) -> assay.Record:
    folder.text = folder.text.rstrip() + MORE
    folder.edit("ranking]}", "ranking, pure, balanced, both, cut, cut-sex, curve]}")
    return assay.certify(folder.write(), workers=0, certify_without_a_lock=True).record


def test_they_are_judged_again_alike_and_are_those_of_scikit_learn(
    folder: Folder, record: assay.Record
) -> None:
    assert contradicted(record) == ""
    assert from_document(to_document(record)).statistics == record.statistics
    label, score = folder.test["bad"].to_numpy(), folder.test["score"].to_numpy()
    found = {j.assessment.criterion: j for j in record.judged}
    expected = {
        "pure": sk.average_precision_score(label, score),
        "balanced": sk.balanced_accuracy_score(label, score >= 0.5),
    }
    for criterion, value in expected.items():
        assert found[criterion].assessment.pieces[0].estimate == pytest.approx(value, abs=1e-9)
    assert {found[name].verdict for name in ("pure", "balanced", "both", "cut", "curve")} == {Verdict.PASS}
    assert found["cut-sex"].verdict is not Verdict.PASS
    page = render_html(record)
    assert "could not be measured" not in page
    assert "All verdicts were made at the declared threshold, 0.5." in page
    assert "what each threshold would give" in page
    drawn = [c for c in record.curves if c.kind == SWEEP]
    assert [(c.across, c.label) for c in drawn] == [
        ("", "cut"),
        ("sex", "cut-sex (women)"),
        ("sex", "cut-sex (men)"),
    ]
    assert all(0.5 in {p[0] for p in c.points} for c in drawn)
    bent = replace(drawn[0], points=drawn[0].points[1:])
    others = tuple(c for c in record.curves if c is not drawn[0])
    asking = {s.metric for s in record.statistics}
    assert "over all thresholds" in curves_contradict(replace(record, curves=(*others, bent)), asking)
