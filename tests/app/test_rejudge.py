"""The promise of the evidence: every verdict can be judged again from the counts in the record."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.app.conftest import replaced

import assay
from assay.app.verifying.rejudge import contradicted
from assay.domain.evidence import Census, Rate, Rates, Scores, Statistic


def stored(path: Path) -> assay.Record:
    """The record of a run as an outsider has it: read back from its document."""
    assay.certify(path, workers=0, certify_without_a_lock=True)
    _, record = assay.load_record(path.parent)
    return record


def told(record: assay.Record) -> tuple[assay.Judged, ...]:
    return (*record.judged, *record.set_aside)


def one_more(counts: object) -> object:
    """The counts with one of them changed by one."""
    if isinstance(counts, Rates):
        first, *others = counts.cells
        return replace(
            counts, cells=(Rate(first.label, first.events - 1, first.trials, first.family), *others)
        )
    if isinstance(counts, Scores):
        first, *others = counts.cells
        at = next(i for i, n in enumerate(first.negatives) if n)
        negatives = tuple(n - (i == at) for i, n in enumerate(first.negatives))
        return replace(counts, cells=(replace(first, negatives=negatives), *others))
    assert isinstance(counts, Census)
    return replace(counts, found=counts.found + 1)


def changed(record: assay.Record, criterion: str) -> assay.Record:
    def mend(statistic: Statistic) -> Statistic:
        mine = statistic.answers == criterion
        return replace(statistic, counts=one_more(statistic.counts)) if mine else statistic

    return replace(record, statistics=tuple(map(mend, record.statistics)))


def test_a_record_gives_its_own_verdicts(folder):
    record = stored(folder.write())
    assert record.set_aside
    assert assay.judged_again(record) == told(record)


def test_a_violated_small_group_contradicts_nothing(folder):
    """The decision says so before everything else, and changes no outcome; so does whoever judges again."""
    age, score = (folder.test[name].to_numpy() for name in ("age", "score"))
    folder.test = replaced(folder.test, "score", np.where(age >= 60, 0.9, score))
    record = stored(folder.edit("tier: supporting", "tier: advisory").write())
    assert assay.Reason.SMALL_GROUPS_FAIL in [ground.reason for ground in record.decision.grounds]
    assert contradicted(record) == ""


@pytest.mark.parametrize(
    "criterion",
    ["accuracy", "ranking", "approval-sex", "refusals-age", "complete", "refusals-age.small-groups"],
)
def test_one_count_changed_by_one_is_seen_where_it_was_changed(folder, criterion: str):
    record = stored(folder.write())
    again = assay.judged_again(changed(record, criterion))
    different = {
        now.assessment.criterion for now, then in zip(again, told(record), strict=True) if now != then
    }
    assert different == {criterion}


def test_a_verdict_that_was_edited_is_not_confirmed(folder):
    record = stored(
        folder.edit("at_least: 0.75", "at_least: 0.90").edit("expected: 0.9,", "expected: 0.99,").write()
    )
    ranking = next(j for j in record.judged if j.assessment.criterion == "ranking")
    assert ranking.verdict is assay.Verdict.FAIL
    better = tuple(replace(j, verdict=assay.Verdict.PASS) if j is ranking else j for j in record.judged)
    assert assay.judged_again(replace(record, judged=better)) == told(record)


def test_what_broke_is_judged_as_recorded(folder):
    folder.test = replaced(folder.test, "score", [2.0] * 4000)
    record = stored(folder.write())
    assert {j.verdict for j in record.judged} == {assay.Verdict.ERROR, assay.Verdict.PASS}
    assert assay.judged_again(record) == told(record)


def test_what_broke_in_a_rehearsal_is_judged_as_recorded(folder):
    folder.develop = replaced(folder.develop, "score", [2.0] * 2000)
    record = assay.certify(folder.write(), rehearse=True, workers=0).record
    assert assay.Verdict.ERROR in {j.verdict for j in record.judged}
    assert assay.judged_again(record) == told(record)
    assert contradicted(record) == ""
