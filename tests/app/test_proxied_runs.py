"""A gap by probabilities of membership is planned, judged, drawn and read back like any other."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from tests.app.conftest import Folder

import assay
from assay.domain.evidence import Proxied
from assay.domain.record_document import from_document, to_document
from assay.domain.vocabulary import Verdict
from assay.dossier.html import render_html
from assay.dossier.lookup import Lookup
from assay.dossier.sentences import told

COLUMN = "  - {name: p_woman, type: number, description: probability of a woman by BIFSG, range: [0, 1]}\n"
ASKED = """
  - {id: hidden, metric: fairness.parity_by_probability, at_most: 0.40, tier: critical, expected: 0,
     with: {probability: p_woman, member: women, calibration_error: 0.01},
     rationale: sex is not asked, owner: validator, requirements: [x/1]}
  - {id: fifths, metric: fairness.impact_ratio_by_probability, at_least: 0.60, tier: supporting,
     with: {probability: p_woman, member: women, calibration_error: 0.01},
     rationale: sex is not asked, owner: validator, requirements: [x/1]}
"""


def guessed(table: pa.Table, sure: float) -> pa.Table:
    """The table with a probability that is right for so many rows."""
    rng = np.random.default_rng(3)
    right = rng.random(table.num_rows) < sure
    woman = np.where(right, table["sex"].to_numpy() == 2, table["sex"].to_numpy() != 2)
    return table.append_column("p_woman", pa.array(np.where(woman, sure, 1 - sure)))


def asked(folder: Folder, sure: float) -> Folder:
    folder.text = folder.text.rstrip() + ASKED
    folder.dictionary = folder.dictionary.rstrip() + "\n" + COLUMN
    folder.test, folder.develop = guessed(folder.test, sure), guessed(folder.develop, sure)
    return folder


def test_a_sure_proxy_passes_and_what_it_does_not_know_is_paid_for(folder: Folder) -> None:
    record = assay.certify(asked(folder, 0.95).write(), workers=0, certify_without_a_lock=True).record
    found = {j.assessment.criterion: j for j in record.judged}
    assert found["hidden"].verdict is Verdict.PASS
    assert found["fifths"].verdict is Verdict.PASS
    bound = found["fifths"].assessment.bound
    assert bound is not None
    assert bound.value < 0.80  # decisions do not know the sex, and not even so much can be shown
    assert any(isinstance(s.counts, Proxied) for s in record.statistics)
    assert from_document(to_document(record)) == record
    said = told(Lookup(record), found["hidden"])
    assert said.startswith("Weighted by the probability of membership, favourable decisions are ")
    assert "Frechet bounds in 10 bins, probabilities off by up to 0.0105" in render_html(record)


def test_a_plan_knows_what_no_number_of_rows_will_show(folder: Folder) -> None:
    made = assay.make_plan(asked(folder, 0.80).write())
    power = {p.criterion.id: p.power for p in made.attempts[0].criteria}
    assert power["hidden"].passes < 0.1
    assert power["fifths"].passes < 0.1
    assert power["fifths"].factor is None
