"""Sampling, coverage and drift of decisions are planned, judged and drawn like any other criterion."""

from __future__ import annotations

from collections import Counter

import numpy as np
from tests.app.conftest import Folder

import assay
from assay.domain.judge import Judged
from assay.domain.vocabulary import Verdict
from assay.dossier.html import render_html

STRATA = "strata: {branch: {column: sex, groups: {north: 1, south: 2}}}\n"
ASKED = """
  - {id: drawn, metric: data.sampling, at_least: 0.9, with: {of: branch, frame: 'north=20000, south=20000'}, tier: supporting,
     rationale: a random third, owner: data_steward, requirements: [x/1]}
  - {id: whole, metric: data.frame_coverage, at_most: 0, with: {of: branch, frame: FRAME}, tier: supporting,
     rationale: all of the period, owner: data_steward, requirements: [x/1]}
  - {id: decisions, metric: performance.decision_drift, at_most: 0.2, with: {at: '0.3, 0.5'}, tier: supporting,
     rationale: branches are alike, owner: validator, requirements: [x/1]}
"""


def test_rows_that_were_drawn_as_declared_pass_and_a_lost_branch_is_named(folder: Folder) -> None:
    found = Counter(folder.test["sex"].to_pylist())
    frame = f"'north={found[1]}, south={found[2]}'"
    folder.text = folder.text.replace("small_groups:", STRATA + "small_groups:").rstrip() + ASKED.replace(
        "FRAME", frame
    )
    keep = np.arange(folder.test.num_rows) % 3 > 0
    lost = folder.test.filter((folder.test["sex"].to_numpy() == 1) | keep)
    whole = judged(folder)
    assert {name: j.verdict for name, j in whole.items()} == dict.fromkeys(
        ("drawn", "whole", "decisions"), Verdict.PASS
    )
    folder.test = lost
    missing = judged(folder)
    assert missing["drawn"].verdict is Verdict.FAIL
    assert missing["drawn"].assessment.pieces[0].label == "south"
    assert missing["whole"].verdict is Verdict.FAIL
    assert missing["decisions"].verdict is Verdict.PASS


def judged(folder: Folder) -> dict[str, Judged]:
    record = assay.certify(
        folder.write(), workers=0, certify_without_a_lock=True, certify_a_hopeless_specification=True
    ).record
    assert "south" in render_html(record)
    return {
        j.assessment.criterion: j
        for j in record.judged
        if j.assessment.criterion in {"drawn", "whole", "decisions"}
    }
