"""The stages on the way to a decision are planned, judged, told and read back like any other figure."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from tests.app.conftest import Folder

import assay
from assay.domain.evidence import Changes
from assay.domain.record_document import from_document, to_document
from assay.domain.record_groups import groups_contradict
from assay.domain.vocabulary import Verdict
from assay.dossier.html import render_html
from assay.dossier.lookup import Lookup
from assay.dossier.sentences import told

COLUMNS = """
  - {name: refused_early, type: category, description: refused by the screening, codes: {0: passed, 1: refused}}
  - {name: refused, type: category, description: refused in the end, codes: {0: approved, 1: refused}}
"""
ASKED = """
  - {id: at-stages, metric: fairness.stage_parity, across: sex, at_most: 0.10, tier: supporting,
     with: {before: refused_early, after: refused}, rationale: even on the way, owner: validator, requirements: [x/1]}
  - {id: by-step, metric: fairness.stage_gap, across: sex, at_most: 0.10, tier: supporting,
     with: {before: refused_early, after: refused}, rationale: no step may do it, owner: validator, requirements: [x/1]}
"""


def overridden(table: pa.Table) -> pa.Table:
    """Nobody is refused early; a third of the women who were approved is refused in the end."""
    rng = np.random.default_rng(5)
    decided = table["score"].to_numpy() >= 0.5
    refused = decided | ((table["sex"].to_numpy() == 2) & (rng.random(table.num_rows) < 0.33))
    early = np.zeros(table.num_rows, dtype=np.int64)
    return table.append_column("refused_early", pa.array(early)).append_column(
        "refused", pa.array(refused.astype(np.int64))
    )


def asked(folder: Folder) -> Folder:
    folder.text = folder.text.rstrip() + ASKED
    folder.dictionary = folder.dictionary.rstrip() + COLUMNS
    folder.test, folder.develop = overridden(folder.test), overridden(folder.develop)
    return folder


def test_the_step_at_which_the_gap_enters_is_told(folder: Folder) -> None:
    record = assay.certify(asked(folder).write(), workers=0, certify_without_a_lock=True).record
    found = {j.assessment.criterion: j for j in record.judged}
    assert found["at-stages"].verdict is found["by-step"].verdict is Verdict.FAIL
    said = told(Lookup(record), found["by-step"])
    assert said.startswith("From the model's decision to refused, the rate of favourable decisions rises ")
    assert "more for men than for women" in said
    assert told(Lookup(record), found["at-stages"]).startswith("At the stage refused, ")
    assert groups_contradict(record, *2 * [{"fairness.stage_gap", "fairness.stage_parity"}]) == ""
    assert any(isinstance(s.counts, Changes) for s in record.statistics)
    assert from_document(to_document(record)) == record
    assert "refused_early to the model&#39;s decision" in render_html(record)


def test_a_plan_says_what_the_rows_can_show(folder: Folder) -> None:
    made = assay.make_plan(asked(folder).write())
    power = {p.criterion.id: p.power for p in made.attempts[0].criteria}
    assert power["by-step"].passes > 0.5
