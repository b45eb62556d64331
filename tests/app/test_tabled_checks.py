"""A check that brings a table of its own is planned, judged, drawn and judged again like any other, whoever counts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
from tests.app.conftest import Folder, replaced

import assay
from assay.app.verifying.evidence import evidence_digest
from assay.app.verifying.rejudge import contradicted
from assay.domain.vocabulary import Verdict

GAP = """
  - {id: gap, metric: data.missing_by_group, across: sex, with: {column: income}, at_most: 0.05, tier: supporting,
     rationale: the feed is the same for all, owner: data_steward, requirements: [x/1]}
"""
ENOUGH = """
  - {id: enough, metric: data.rows, across: age, at_least: 300, tier: supporting,
     rationale: fewer say little, owner: data_steward, requirements: [x/1]}
"""


def gaps(table: pa.Table, women: float, seed: int = 0) -> pa.Table:
    """The table where this share of women has no income."""
    lost = (np.random.default_rng(seed).random(table.num_rows) < women) & (table["sex"].to_numpy() == 2)
    return replaced(table, "income", pa.array(table["income"].to_numpy(), mask=lost))


def asked(folder: Folder, women: float) -> Folder:
    folder.text = folder.text.rstrip() + GAP
    folder.dictionary = folder.dictionary.replace(
        "description: monthly income, range: [0, null]}",
        "description: monthly income, range: [0, null], missing: allowed}",
    )
    folder.look_alike()
    folder.test, folder.develop = gaps(folder.test, women), gaps(folder.develop, women)
    return folder


def run(folder: Folder, workers: int = 0) -> assay.Record:
    return assay.certify(folder.write(), workers=workers, certify_without_a_lock=True).record


def gap_of(record: assay.Record):
    return next(j for j in record.judged if j.assessment.criterion == "gap")


def test_a_gap_is_found_and_none_passes(folder: Folder, tmp_path_factory) -> None:
    assert gap_of(run(asked(folder, 0.30))).verdict is Verdict.FAIL
    other = Folder(tmp_path_factory.mktemp("other"))
    judged = gap_of(run(asked(other, 0.0)))
    assert judged.verdict is Verdict.PASS
    assert judged.assessment.estimate is not None
    assert judged.assessment.estimate.value == 0


def test_only_one_row_of_a_person_counts(folder: Folder) -> None:
    asked(folder, 0.30).edit("custody: validator,", "custody: validator, unit: id,")
    folder.test = pa.concat_tables([folder.test, folder.test.slice(0, 500)])
    judged = gap_of(run(folder))
    rows = {
        label: n for piece in judged.assessment.pieces for label, what, n in piece.counts if what == "rows"
    }
    assert sum(rows.values()) == 4000


def test_two_workers_count_what_one_does(folder: Folder) -> None:
    asked(folder, 0.1)
    one, two = run(folder), run(folder, workers=2)
    assert gap_of(one) == gap_of(two)


def test_a_plan_says_what_the_rows_can_show(folder: Folder) -> None:
    made = assay.make_plan(asked(folder, 0.02).write())
    (gap,) = (p for p in made.attempts[0].criteria if p.criterion.id == "gap")
    assert gap.power is not None
    assert 0.9 < gap.power.passes <= 1


def test_a_small_group_is_judged_apart_where_no_model_is_asked_and_counts_where_every_group_must(
    folder: Folder,
) -> None:
    for name in ("test", "develop"):
        table = getattr(folder, name)
        old = table["age"].to_numpy() >= 60  # 1 % of the rows, under the 2 % of the small-group rule
        setattr(folder, name, replaced(table, "income", pa.array(table["income"].to_numpy(), mask=old)))
    folder.dictionary = folder.dictionary.replace("range: [0, null]}", "range: [0, null], missing: allowed}")
    folder.text = folder.text.rstrip() + GAP.replace("across: sex", "across: age") + ENOUGH
    folder.look_alike()
    record = run(folder)
    assert gap_of(record).verdict is Verdict.PASS
    (aside,) = (j for j in record.set_aside if j.assessment.criterion.startswith("gap"))
    assert aside.verdict is Verdict.FAIL
    assert aside.assessment.estimate.value == 1
    (enough,) = (j for j in record.judged if j.assessment.criterion == "enough")
    assert enough.verdict is Verdict.FAIL
    assert enough.assessment.estimate.value < 60
    assert contradicted(record) == ""
    hidden = replace(
        record,
        set_aside=tuple(j for j in record.set_aside if j is not aside),
        statistics=tuple(s for s in record.statistics if s.answers != aside.assessment.criterion),
    )
    hidden = replace(hidden, evidence_digest=evidence_digest(hidden.evidence))
    assert "does not judge them apart for gap" in contradicted(hidden)
