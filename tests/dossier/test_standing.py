"""The page and the terminal say what persons said of the decision, up to which checkpoint, and what was changed."""

from __future__ import annotations

import dataclasses
import io
import json

import pytest
from rich.console import Console
from tests.dossier import records
from tests.dossier.pages import read

from assay.app.organisation.report import NoSuchRun, document
from assay.domain.plain import from_plain
from assay.domain.record_schema import standing_schema
from assay.domain.standing import Standing
from assay.domain.state import Status
from assay.domain.vocabulary import Verdict
from assay.dossier import wording
from assay.dossier.html import render_html
from assay.dossier.tables import decision_panel

CHANGE = "criteria.ranking.at_least: 0.80 -> 0.75"


def words(**changes: object) -> str:
    return read(render_html(records.conditional(), standing=records.standing(**changes))).words


def first_screen(page: str) -> str:
    return page[page.index('<section class="opening"') : page.index('<div class="columns">')]


def terminal(standing: Standing | None) -> str:
    file = io.StringIO()
    Console(width=80, no_color=True, force_terminal=False, file=file).print(
        decision_panel(records.conditional(), standing)
    )
    text = file.getvalue()
    assert max(len(line) for line in text.splitlines()) <= 80
    return " ".join(line.strip("│╭╮╰╯─ ") for line in text.splitlines())


def test_the_first_screen_says_who_waived_what_until_when_and_why() -> None:
    seen = read(first_screen(render_html(records.conditional(), standing=records.standing()))).words
    for said in (seen, terminal(records.standing())):
        assert "test_set_spent is waived by s.huang (risk_officer) through 2026-03-31 (UTC)" in said
        assert "the first run used a wrong score column. This run used it" in said
        assert "approval-education was waived by t.yang (legal) through 2026-01-31 (UTC)" in said
        assert wording.NEVER_WAIVED in said


def test_a_waiver_of_a_criterion_that_passed_says_that_it_sets_nothing_aside() -> None:
    record = records.conditional()
    verdicts = {j.verdict: j.assessment.criterion for j in record.judged}
    for verdict, said in ((Verdict.PASS, True), (Verdict.INCONCLUSIVE, False)):
        waiver = dataclasses.replace(records.standing().waivers[1], criterion=verdicts[verdict])
        seen = read(first_screen(render_html(record, standing=records.standing(waivers=(waiver,))))).words
        assert f"{verdicts[verdict]} was waived by t.yang" in seen
        assert ("In this run it passed: the waiver sets nothing aside." in seen) is said


def test_the_first_screen_says_what_was_changed_after_a_result_and_why() -> None:
    seen = read(first_screen(render_html(records.conditional(), standing=records.standing()))).words
    for said in (seen, terminal(records.standing())):
        assert "After the run of entry 3 was withheld, a new version was locked (entry 5)" in said
        assert "Reason: the committee asks for less." in said
        assert CHANGE in said
        assert "and 2 more changes" in said


def test_the_section_has_every_change_signature_and_waiver() -> None:
    page = words()
    for said in (CHANGE, *(f"charter.line-{n}: added text {n}" for n in range(5))):
        assert said in page
    assert "the waiver is not dated" in page
    assert "s.huangrisk_officerapproves" in page
    assert page.count(wording.NEVER_WAIVED) == 2


def test_a_bypass_of_the_lock_stands_beside_those_of_the_run() -> None:
    assert "Bypass used: The plan called it hopeless: probabilities-true" in words()


def test_the_page_names_its_certificate_and_its_checkpoint() -> None:
    made = records.standing()
    for said in (words(), terminal(made)):
        assert made.certificate is not None
        assert f"Certificate {made.certificate.certificate[7:19]}" in said
        assert "PASSED, and good, until 2026-08-30." in said
        assert "checkpoint of 12 entries of the log bank.example/assay, root" in said
        assert wording.ONLY_DRAWN in said
    assert made.root in words()


def test_a_revoked_certificate_is_called_so() -> None:
    bound = records.standing().certificate
    assert bound is not None
    revoked = dataclasses.replace(bound, status=Status.REVOKED, why="the bureau changed its scores")
    assert "PASSED, and revoked: the bureau changed its scores." in words(certificate=revoked)
    assert "!Conditional Its certificate is revoked: the bureau changed its scores." in words(
        certificate=revoked
    )


def test_without_a_certificate_it_says_who_is_missing() -> None:
    page = words(certificate=None, missing=(("legal", 1),))
    assert "No certificate was issued for this decision: signatures are missing (1 legal)." in page
    assert wording.NOT_BOUND in page


def test_an_earlier_version_that_is_not_kept_is_not_passed_over() -> None:
    (revision,) = records.standing().revisions
    page = words(revisions=(dataclasses.replace(revision, changes=None),))
    assert "The earlier document is not kept here, so the changes cannot be shown." in page
    assert revision.before in page


def test_what_nobody_waived_or_changed_is_said_too() -> None:
    page = words(waivers=(), revisions=(), signed=())
    assert "Nothing was waived." in page
    assert "The specification was not changed after a result" in page
    assert "Nobody has signed the decision yet." in page
    assert "Changed after a result" not in page


def test_without_a_log_the_page_has_no_such_section() -> None:
    page = render_html(records.conditional())
    assert 'id="standing"' not in page
    assert wording.NOT_BOUND in read(page).words


def test_the_same_log_gives_the_same_bytes() -> None:
    one, two = (render_html(records.conditional(), standing=records.standing()) for _ in range(2))
    assert one == two


def test_hostile_words_are_escaped() -> None:
    (revision,) = records.standing().revisions
    hostile = dataclasses.replace(revision, reason="<script>alert(1)</script>\u202e")
    page = render_html(records.conditional(), standing=records.standing(revisions=(hostile,)))
    assert "<script" not in page
    assert "[U+202E]" in page


def test_its_json_is_what_its_schema_says_and_reads_back() -> None:
    made = records.standing()
    plain = json.loads(document(records.conditional(), "standing", standing=made))
    assert plain.pop("schema") == "assay.standing/1" == standing_schema()["properties"]["schema"]["const"]
    assert from_plain(plain, Standing, "standing") == made
    assert set(plain) | {"schema"} == set(standing_schema()["required"])


def test_a_run_in_no_log_has_no_standing() -> None:
    with pytest.raises(NoSuchRun, match="stands in no log"):
        document(records.rehearsed(), "standing")


def test_a_refusal_in_force_reads_like_no_permission() -> None:
    bound = records.standing().certificate
    assert bound is not None
    refusal = dataclasses.replace(bound, result="FAILED")
    said = words(certificate=refusal)
    assert "FAILED, in force: it refuses the model." in said
    assert "2026-08-30" not in said


def test_the_keys_of_the_demo_are_told_on_the_first_screen() -> None:
    assert "with which anyone can sign" in words(demo=True)
    assert "anyone can sign" not in words()
