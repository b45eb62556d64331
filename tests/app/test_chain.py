"""From a locked specification to a certificate and the gate, as a team does it; and what is refused on the way."""

from __future__ import annotations

import datetime as dt
import json
import platform
import subprocess
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.app.conftest import Folder, people, replaced
from tests.app.team import KEYS, PASTS, Team, refused
from tests.world import used_rows

import assay
from assay.app.judging import certify
from assay.app.judging.lock import agree
from assay.app.judging.recording import record_of
from assay.app.organisation.export import export_review
from assay.app.organisation.issue import issue
from assay.app.organisation.ledger import NoLog, NotInLog, open_ledger
from assay.app.organisation.report import document
from assay.app.organisation.sign import look, sign_decision
from assay.app.organisation.status import change, refresh
from assay.app.verifying.agreement import scope_of
from assay.app.verifying.certificate_folder import CERTIFICATE, MODEL_SIGNATURE
from assay.app.verifying.stages import stage_statements
from assay.app.verifying.terms import terms_of
from assay.app.verifying.verify import verify_certificate
from assay.domain.entry import Action
from assay.domain.errors import Unwritable
from assay.domain.quorum import Word
from assay.domain.record import Record
from assay.domain.record_document import UnreadableRecord, read_record
from assay.domain.refusal import Because
from assay.domain.sketch import Sketch
from assay.domain.state import Status, StatusReason
from assay.proof.bundle import read as read_bundle
from assay.proof.bundle import sign as sign_bundle
from assay.proof.keys import PrivateKey
from assay.proof.leaf import Draft, read_leaf
from assay.proof.statement import Kind, Statement
from assay.proof.verification import Answer
from assay.proof.words import stage_result
from assay.store.workspace import Workspace
from assay.subject import installed
from assay.subject.code import Code
from assay.subject.digest import digest_of
from assay.subject.model import Model


@pytest.fixture
def certified(after: Callable[[Callable[[Folder], Team]], Team]) -> Team:
    return after(PASTS["certified"])


@pytest.mark.parametrize("person", ["validator", "Risk-Officer "])
def test_whom_the_specification_calls_a_developer_approves_nothing_whatever_the_policy_says(
    folder: Folder, person: str
) -> None:
    folder.edit("developer: [dev]", f"developer: [dev, {person!r}]")
    with pytest.raises(assay.Refused, match="is developer by the specification and may sign as") as told:
        Team(folder).lock()
    assert told.value.refusal.because is Because.POLICY_NOT_SATISFIED


def test_the_straight_way_is_let_through_and_judged_again_from_the_pack(certified: Team) -> None:
    assert certified.gate() is None
    export_review(certified.root, certified.root / "pack.zip")
    found = verify_certificate(
        certified.root / "cert",
        model=certified.root / "test.parquet",
        policy=certified.policy,
        use_case="small-loans",
        review=certified.root / "pack.zip",
        sources=certified.root,
    )
    assert found.accepted
    assert found.steps[10].answer is Answer.HOLDS
    assert "5 criteria were judged again" in found.steps[10].sentence


@pytest.mark.begins("judged")
def test_a_place_where_nothing_can_be_written_is_told_before_the_certificate_is_in_the_log(
    team: Team,
) -> None:
    team.sign()
    with open_ledger(team.root) as ledger:
        size = ledger.state().size
    with pytest.raises(Unwritable, match="/proc/certificate"):
        issue(team.root, signer=KEYS["certifier"], output=Path("/proc/certificate"))
    with open_ledger(team.root) as ledger:
        assert ledger.state().size == size
        assert not ledger.state().certificates


def test_a_certificate_whose_files_were_lost_is_written_again_and_not_issued_twice(certified: Team) -> None:
    kept = {file.name: file.read_bytes() for file in (certified.root / "cert").iterdir()}
    for file in (certified.root / "cert").iterdir():
        file.unlink()
    certified.issue()
    assert (certified.root / "cert" / CERTIFICATE).read_bytes() == kept[CERTIFICATE]
    assert certified.gate() is None
    with open_ledger(certified.root) as ledger:
        assert len(ledger.state().certificates) == 1


def test_a_lock_on_other_terms_than_the_specification_states_is_found_by_who_signs_and_who_verifies(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever writes the log states the terms; with fewer signatures in them, the log asks for fewer."""
    with monkeypatch.context() as dishonest:
        dishonest.setattr(
            "assay.app.judging.lock.terms_of",
            lambda *of: replace(terms_of(*of), quorum={"validator": 1}),
        )
        team.lock().certify()
    with pytest.raises(assay.Distrusted, match="locked on other terms"):
        team.sign("validator")
    with monkeypatch.context() as dishonest:
        dishonest.setattr("assay.app.verifying.agreement.log_contradicts", lambda *_: None)
        team.sign("validator").issue()
    assert reviewed(team) is Because.JUDGED_DIFFERENTLY


def test_a_record_judged_by_another_specification_than_was_locked_is_found_by_who_signs_and_who_verifies(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Terms, counts and digests fit; only the document tells that the model was locked for another use."""

    def dishonest(*measured: object, **how: object) -> Record:
        honest = record_of(*measured, **how)
        use = honest.specification.use_case.model_copy(update={"purpose": "anything"})
        return replace(honest, specification=honest.specification.model_copy(update={"use_case": use}))

    team.lock()
    with monkeypatch.context() as judged:
        judged.setattr("assay.app.judging.certify.record_of", dishonest)
        team.certify()
    with pytest.raises(assay.Distrusted, match="locked document says; they differ in: use_case"):
        team.sign("validator")
    with monkeypatch.context() as careless:
        careless.setattr("assay.app.verifying.agreement.documents_contradict", lambda *_: None)
        team.sign().issue()
    assert reviewed(team) is Because.JUDGED_DIFFERENTLY


def reviewed(team: Team) -> Because | None:
    """Why an outsider with the review pack refuses."""
    export_review(team.root, team.root / "pack.zip")
    found = verify_certificate(
        team.root / "cert",
        model=team.root / "test.parquet",
        policy=team.policy,
        use_case="small-loans",
        review=team.root / "pack.zip",
    )
    return found.refusal.because if found.refusal else None


def a_rehearsal_as_the_decision(team: Team, content: bytes | None = None) -> str:
    """Whoever can append, and has nobody's key, enters the record of a rehearsal, or these bytes, as one that certified."""
    done = team.certify(rehearse=True)
    digest = assay.load_record(team.root)[0]
    if content is not None:
        digest = Workspace.of(team.root).blobs.put(content)
    with open_ledger(team.root) as ledger:
        lock = ledger.state().lock_in_force("small-loans")
        assert lock is not None
        subject = {source.role: source.digest for source in done.record.sources}
        rows = used_rows(Sketch.read(1, "AAAAAAAAAAE=", 1 << 32), "score")
        salt = "sha256:" + "0" * 64
        named = {**subject, "test": rows.file}
        body = {
            "lock": lock.digest, "subject": named, "attempt": 1, "salt": salt, "conditions": salt, **rows.body(),
        }  # fmt: skip
        (leaf,) = ledger.add(Draft(Action.RUN_STARTED, lock.specification, body))
        said = {
            "run": read_leaf(leaf).seq, "evidence": done.record.evidence_digest,
            "outcome": "certified", "bypasses": [],
        }  # fmt: skip
        ledger.add(Draft(Action.DECIDED, digest, said))
    return digest


@pytest.mark.parametrize(
    "content",
    [
        b"not json", b"", b"[" * 100_000, b'"x"', b"[]", b"NaN", b"\xff", b'{"schema": ["assay.record/1"]}',
        b'{"schema": "assay.record/1", "seed": 1e999}', b'{"schema": "assay.record/1", "groups": {}}',
        b'{"schema": "assay.record/1", "statistics": [{"counts": []}]}',
    ],
    ids=lambda content: content[:40],
)  # fmt: skip
def test_bytes_that_are_no_record_are_told_as_such(content: bytes) -> None:
    with pytest.raises(UnreadableRecord):
        read_record(content)


@pytest.mark.begins("locked")
@pytest.mark.parametrize("content", [b"", b'{"schema": "assay.record/1", "groups": {}}'])
def test_a_record_that_cannot_be_read_is_distrusted_by_who_signs_and_no_verdict_to_who_reads(
    team: Team, content: bytes
) -> None:
    digest = a_rehearsal_as_the_decision(team, content)
    for asks in (lambda: look(team.root), lambda: team.sign("validator")):
        with pytest.raises(assay.Distrusted, match="The record cannot be read: ") as told:
            asks()
        assert told.value.refusal.because is Because.ATTESTATION_CHANGED
    with pytest.raises(UnreadableRecord):
        assay.load_record(team.root, digest)


@pytest.mark.begins("locked")
def test_a_rehearsal_that_the_log_calls_a_decision_is_neither_signed_nor_issued(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_rehearsal_as_the_decision(team)
    with pytest.raises(assay.Distrusted, match="rehearsal"):
        team.sign("validator")
    with monkeypatch.context() as careless:
        careless.setattr("assay.app.verifying.agreement.log_contradicts", lambda *_: None)
        team.sign()
    with pytest.raises(assay.Distrusted, match="rehearsal"):
        team.issue()


@pytest.mark.begins("signed")
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("decide_at", "0.99"),
        ("isolation", 4),
        ("custody", "nobody"),
        ("conditions", ("it rains",)),
        ("population", "everybody"),
        ("says_nothing_about", ()),
        ("not_decided_for", ()),
    ],
)
def test_a_certificate_that_says_more_than_its_record_is_refused_with_the_review_pack(
    team: Team, monkeypatch: pytest.MonkeyPatch, field: str, value: object
) -> None:
    """The certifier alone, with a quorum that is genuine."""
    with monkeypatch.context() as dishonest:
        dishonest.setattr(
            "assay.app.organisation.issue.scope_of", lambda record: scope_of(record) | {field: value}
        )
        team.issue()
    assert team.gate() is None, "nothing shows it without the pack"
    assert reviewed(team) is Because.JUDGED_DIFFERENTLY


def another_stage(record: Record, digest: str) -> tuple[Statement, ...]:
    """As made from the record, and a stage that was never judged."""
    specification = record.specification_digest
    never = stage_result(
        "privacy",
        record=digest,
        specification=specification,
        passed=["nobody-is-harmed"],
        failed=[],
        warned=[],
    )
    return (*stage_statements(record, digest), never)


def other_results(record: Record, digest: str) -> tuple[Statement, ...]:
    """As many as were judged, and all of them passed criteria that there are not."""
    return tuple(
        replace(said, predicate={**said.predicate, "passedTests": ["nobody-is-harmed"]})
        for said in stage_statements(record, digest)
    )


@pytest.mark.begins("signed")
@pytest.mark.parametrize("lie", [another_stage, other_results])
def test_a_stage_result_that_is_not_of_the_record_is_found_by_who_verifies_with_the_pack(
    team: Team, monkeypatch: pytest.MonkeyPatch, lie: Callable[[Record, str], tuple[Statement, ...]]
) -> None:
    """The certifier's key alone signs them."""
    with monkeypatch.context() as dishonest:
        dishonest.setattr("assay.app.organisation.issue.stage_statements", lie)
        team.issue()
    assert reviewed(team) is Because.JUDGED_DIFFERENTLY


@pytest.mark.begins("signed")
def test_a_stage_result_that_somebody_else_signed_is_found(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as dishonest:

        def signed(statement: dict[str, object], signer: PrivateKey) -> object:
            stage = statement["predicateType"] == Kind.STAGE.value
            return sign_bundle(statement, KEYS["developer"] if stage else signer)

        dishonest.setattr("assay.app.organisation.issue.sign", signed)
        team.issue()
    assert reviewed(team) is Because.SIGNATURE_WRONG


@pytest.mark.begins("signed")
@pytest.mark.parametrize(
    "more",
    [
        ("dictionary", "sha256:" + "1" * 64),
        ("privacy-review", "sha256:" + "1" * 64),
        ("record", "sha256:" + "1" * 64),
    ],
)
def test_a_certificate_that_stands_on_unknown_documents_or_on_two_of_a_name_is_none(
    team: Team, monkeypatch: pytest.MonkeyPatch, more: tuple[str, str]
) -> None:
    from assay.app.organisation.issue import _attestations

    monkeypatch.setattr(
        "assay.app.organisation.issue._attestations", lambda *given: (*_attestations(*given), more)
    )
    with refused(Because.STATEMENT_BROKEN):
        team.issue()


@pytest.mark.begins("signed")
def test_a_certificate_of_another_model_than_was_judged_does_not_get_into_the_log(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    pq.write_table(people(50, 9), team.root / "test.parquet")
    with monkeypatch.context() as dishonest:
        dishonest.setattr(
            "assay.app.organisation.issue.judged_model", lambda record: digest_of(team.root / "test.parquet")
        )
        with refused(Because.CONTRADICTS_LOG):
            team.issue()


def test_the_folder_of_a_certificate_holds_a_signature_for_other_tools(certified: Team) -> None:
    signed = read_bundle((certified.root / "cert" / "model.sig").read_bytes())
    assert signed.signed_by(KEYS["certifier"].public)
    (file,) = json.loads(signed.payload)["predicate"]["resources"]
    digest = digest_of(certified.root / "test.parquet").removeprefix("sha256:")
    assert (file["name"], file["digest"]) == (
        ".",
        digest,
    )  # what Model Signing calls a model that is one file


def test_a_judged_run_needs_a_policy_and_a_lock(folder: Folder) -> None:
    path = folder.write()
    with pytest.raises(NoLog):
        assay.certify(path, workers=0)
    team = Team(folder)
    with refused(Because.NOT_LOCKED):
        team.certify()
    team.lock()
    team.folder.edit("at_least: 0.70", "at_least: 0.60").write()
    with refused(Because.LOCK_SUPERSEDED):
        team.certify()
    assert team.certify(rehearse=True).attempt == 0


def test_whoever_judges_before_all_agreed_is_told_who_did_and_who_is_missing(folder: Folder) -> None:
    team = Team(folder.edit("lock: {validator: 1}", "lock: {validator: 1, risk_officer: 1}"))
    with pytest.raises(assay.Refused, match=r"Nobody agreed to it. Signatures are missing: 1 \w+, 1 \w+"):
        team.certify()
    team.lock()
    with pytest.raises(
        assay.Refused, match=r"Agreed so far: \w+ \(validator\)\. Signatures are missing: 1 risk_officer\."
    ):
        team.certify()


def test_a_hopeless_specification_is_locked_only_by_the_loud_bypass_which_the_log_keeps(
    folder: Folder,
) -> None:
    team = Team(folder.edit("at_most: 0.15", "at_most: 0.001"))
    with pytest.raises(assay.AssayError, match="refusals-age: a good model passes with probability") as found:
        team.lock()
    assert (found.value.code, found.value.exit_code) == ("hopeless_criteria", 2)
    with open_ledger(team.root) as ledger:
        assert not ledger.state().agreements
    agree(team.path, role="validator", signer=KEYS["validator"], word=Word.REJECT, reason="it is hopeless")
    team.lock(certify_a_hopeless_specification=True)
    with open_ledger(team.root) as ledger:
        (bypass,) = ledger.state().locks[next(iter(ledger.state().locks))].bypasses
    assert bypass.startswith("The plan called it hopeless: refusals-age")
    with pytest.raises(assay.AssayError, match="refusals-age"):
        team.certify()


def test_what_is_locked_without_a_bypass_has_none(team: Team) -> None:
    team.lock(certify_a_hopeless_specification=True)
    with open_ledger(team.root) as ledger:
        (lock,) = ledger.state().locks.values()
    assert lock.bypasses == ()


@pytest.mark.begins("judged")
def test_the_seed_of_a_judged_run_comes_from_the_lock(team: Team) -> None:
    done = team.done
    with open_ledger(team.root) as ledger:
        lock = ledger.state().locked(digest_of(team.path))
    assert lock is not None
    assert done.record.seed == lock.seed.removeprefix("sha256:") != digest_of(team.path)


def test_a_developer_locks_signs_and_issues_nothing(team: Team) -> None:
    with refused(Because.ROLE_NEVER_APPROVES):
        agree(team.path, role="developer", signer=KEYS["developer"])
    with refused(Because.ROLE_NOT_HELD):
        agree(team.path, role="validator", signer=KEYS["developer"])
    team.lock().certify()
    with refused(Because.ROLE_NOT_HELD):
        sign_decision(team.root, "", role="validator", signer=KEYS["developer"])
    team.sign()
    with refused(Because.KEY_UNKNOWN):
        team.issue("developer")


@pytest.mark.begins("judged")
def test_no_certificate_without_the_quorum_or_against_a_reject(team: Team) -> None:
    with refused(Because.QUORUM_MISSING):
        team.issue()
    team.sign()
    sign_decision(
        team.root, "", role="validator", signer=KEYS["validator"], word=Word.REJECT, reason="the feed broke"
    )
    with refused(Because.REJECTED):
        team.issue()
    sign_decision(team.root, "", role="validator", signer=KEYS["validator"])
    assert team.issue().certificate.result == "PASSED"
    with open_ledger(team.root) as ledger:  # every refusal stands in the log
        assert sum(b'"certificate.refused"' in leaf for leaf in ledger.leaves()) == 2


@pytest.mark.begins("judged")
@pytest.mark.parametrize("how", ["again", "renamed", "reordered", "a tenth dropped", "some perturbed"])
def test_the_same_rows_are_recognised_whatever_is_done_to_the_file(team: Team, how: str) -> None:
    rows = team.folder.test
    rng = np.random.default_rng(3)
    if how == "reordered":
        rows = rows.take(pa.array(rng.permutation(rows.num_rows)))
    elif how == "a tenth dropped":
        rows = rows.slice(rows.num_rows // 10)
    elif how == "some perturbed":
        income = rows["income"].to_numpy().copy()
        income[:400] += 1
        rows = replaced(rows, "income", income)
    team.folder.test = rows
    team.folder.edit("purpose: rank applicants", "purpose: rank the applicants").write()
    if how == "renamed":
        (team.root / "test.parquet").rename(team.root / "fresh.parquet")
        team.folder.edit("test: test.parquet", "test: fresh.parquet")
        team.path.write_text(team.folder.text)
    team.lock(reason="a word was missing")
    with refused(Because.TEST_SET_SPENT):
        team.certify()


@pytest.mark.begins("judged")
def test_a_waiver_opens_the_rows_of_its_specification_whatever_was_judged_since(team: Team) -> None:
    other = team.root / "other.yaml"
    pq.write_table(people(4000, 9), team.root / "other.parquet", row_group_size=1000)
    text = team.folder.text.replace("name: small-loans", "name: other-loans")
    other.write_text(text.replace("test: test.parquet", "test: other.parquet"))
    agree(other, role="validator", signer=KEYS["validator"], workers=0)
    assay.certify(other, workers=0)
    with open_ledger(team.root) as ledger:
        first = min(ledger.state().runs)
    with pytest.raises(assay.Refused, check=lambda e: f"test_set_spent --after-run {first}" in e.remedy):
        team.certify()
    team.waive("mended", who="validator", days=3)
    assert team.certify().record.attempt == 2


@pytest.mark.begins("judged")
def test_fresh_rows_are_not_spent_and_a_waiver_opens_spent_ones(team: Team) -> None:
    with refused(Because.TEST_SET_SPENT):
        team.certify()
    team.waive("the first run used a wrong score column")
    again = team.certify()
    assert again.attempt == 2
    team.sign()
    made = team.issue()
    (told,) = made.certificate.scope.waivers
    assert "the first run used a wrong score column" in told
    assert "Attempt 2 on these test rows, where 1 was declared" in told
    assert "Attempt 2 on these test rows, where 1 was declared" in document(again.record, "html")
    with refused(Because.TEST_SET_SPENT):  # it was for one run
        team.certify()
    team.folder.test = people(4000, 7)
    team.folder.write()
    assert team.certify().attempt == 1


@pytest.mark.begins("locked")
def test_a_broken_off_run_goes_on_and_is_no_second_attempt(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(
            "assay.app.judging.certify.measure", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt)
        )
        with pytest.raises(KeyboardInterrupt):
            team.certify()
    done = team.certify()
    assert done.attempt == 1
    with refused(Because.TEST_SET_SPENT):
        team.certify()


def _another_version(team: Team, changed: pytest.MonkeyPatch) -> None:
    changed.setattr("assay.app.judging.conditions.__version__", "0.0.0")


def _another_commit(team: Team, changed: pytest.MonkeyPatch) -> None:
    changed.setattr("assay.app.judging.case.code_of", lambda _: Code("0" * 40, dirty=False))


def _other_modules(team: Team, changed: pytest.MonkeyPatch) -> None:
    """What is bound only when the model was asked."""
    other = {"code_digest": "0" * 64}
    changed.setattr("assay.app.judging.certify.bound_when_asked", lambda case, _: replace(case, **other))


@pytest.mark.begins("locked")
@pytest.mark.parametrize("change", [_another_version, _another_commit, _other_modules])
def test_a_broken_off_run_does_not_go_on_with_other_code(
    team: Team, monkeypatch: pytest.MonkeyPatch, change: Callable[[Team, pytest.MonkeyPatch], None]
) -> None:
    """Whoever stops it after its record is kept can read the record there."""
    with monkeypatch.context() as stopped:
        change(team, stopped)
        stopped.setattr(
            "assay.app.judging.certify.finish", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt)
        )
        with pytest.raises(KeyboardInterrupt):
            team.certify()
    with refused(Because.TEST_SET_SPENT) as told:
        team.certify()
    assert "goes on with the code, the commit and the packages that it was started with" in told.value.remedy
    with monkeypatch.context() as again:
        change(team, again)
        assert team.certify().attempt == 1


@pytest.mark.begins("locked")
def test_a_run_that_another_process_makes_is_not_gone_on_with(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, told = certify.finish, []

    def meanwhile(*ending: object) -> None:
        with pytest.raises(assay.AssayError) as found:
            team.certify()
        told.append(found.value.code)
        real(*ending)

    monkeypatch.setattr("assay.app.judging.certify.finish", meanwhile)
    assert team.certify().attempt == 1
    assert told == ["run_goes_on"]
    with open_ledger(team.root) as ledger:
        assert [(run.attempt, run.outcome) for run in ledger.state().runs.values()] == [(1, "certified")]


def test_a_bypassed_run_gets_no_certificate(team: Team) -> None:
    team.certify(certify_without_a_lock=True)
    team.lock()
    with pytest.raises(NotInLog, match="There is no decision in this log yet"):
        team.sign()


def test_whatever_is_changed_the_gate_says_what(certified: Team) -> None:
    assert certified.gate(use_case="hiring").because is Because.OTHER_USE_CASE
    assert certified.gate(now=dt.datetime.now(dt.UTC) + dt.timedelta(days=181)).because is Because.EXPIRED
    _change_a_byte(certified.root / "test.parquet")
    assert certified.gate().because is Because.BYTES_CHANGED


@pytest.mark.begins("judged")
def test_what_was_changed_after_it_was_judged_gets_no_certificate(team: Team) -> None:
    team.sign()
    _change_a_byte(team.root / "test.parquet")
    with pytest.raises(assay.Distrusted):
        team.issue()


def _change_a_byte(place: Path) -> None:
    content = place.read_bytes()
    place.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))


def test_a_certificate_is_suspended_reinstated_and_revoked(certified: Team) -> None:
    for becomes, because in (
        (Status.SUSPENDED, Because.SUSPENDED),
        (Status.GOOD, None),
        (Status.REVOKED, Because.REVOKED),
    ):
        change(
            certified.root,
            "",
            becomes=becomes,
            code=StatusReason.RESOLVED if becomes is Status.GOOD else StatusReason.DRIFT,
            role="risk_officer",
            signer=KEYS["risk-officer"],
            reason="drift",
        )
        refresh(
            certified.root, signer=KEYS["certifier"], target=certified.root / "cert" / "status.sigstore.json"
        )
        found = certified.gate()
        assert (found.because if found else None) is because


def test_a_certification_after_the_first_supersedes_its_certificate(certified: Team) -> None:
    old = certified.root / "old"
    (certified.root / "cert").rename(old)
    first = certified.issue()  # the same certificate, written again
    assert not first.certificate.scope.supersedes
    certified.folder.test = people(4000, 7)
    content = (certified.root / "test.parquet").read_bytes()
    certified.folder.write()
    certified.certify()
    second = certified.sign().issue()
    assert second.certificate.scope.supersedes == (first.digest,)
    assert certified.gate() is None
    refresh(certified.root, signer=KEYS["certifier"], target=old / "status.sigstore.json")
    (certified.root / "before").mkdir()
    (certified.root / "before" / "test.parquet").write_bytes(content)
    refusal = certified.gate(certificate=old, model=certified.root / "before" / "test.parquet")
    assert refusal is not None
    assert refusal.because is Because.SUPERSEDED
    with open_ledger(certified.root) as ledger:
        state = ledger.state()
        actions = [read_leaf(leaf).action.value for leaf in ledger.leaves()[-2:]]
    assert actions == ["certificate.issued", "certificate.superseded"]
    assert second.digest[7:19] in state.certificates[first.digest].why
    export_review(certified.root, certified.root / "pack.zip")
    found = verify_certificate(
        certified.root / "cert",
        model=certified.root / "test.parquet",
        policy=certified.policy,
        use_case="small-loans",
        review=certified.root / "pack.zip",
    )
    assert found.accepted
    assert f"it supersedes {first.digest[7:19]}" in found.steps[2].sentence


def test_a_failed_certificate_takes_away_the_signature_of_the_model_beside_it(certified: Team) -> None:
    """Whoever asks `model_signing verify` alone must not be told that the model of a failed certificate is signed."""
    signature = certified.root / "cert" / MODEL_SIGNATURE
    assert signature.is_file()
    worse = people(4000, 7)
    pq.write_table(replaced(worse, "bad", 1 - worse["bad"].to_numpy()), certified.root / "test.parquet")
    certified.certify()
    assert certified.issue().certificate.result == "FAILED"
    assert not signature.exists()
    assert certified.gate().because is Because.RESULT_FAILED


def test_a_withheld_decision_is_issued_as_failed(folder: Folder) -> None:
    folder.edit("at_least: 0.70", "at_least: 0.95").edit("expected: 0.8", "expected: 0.99")
    team = Team(folder).lock()
    team.certify()
    assert team.issue().certificate.result == "FAILED"
    assert team.gate().because is Because.RESULT_FAILED
    assert not (team.root / "cert" / "model.sig").exists()  # other tools would take it for an approval


def test_scores_that_are_certified_are_no_model_that_could_be_loaded(certified: Team) -> None:
    asked = {"use_case": "small-loans", "policy": certified.policy, "certificate": certified.root / "cert"}
    with pytest.raises(assay.SubjectError, match=r"holds scores.* no model to load") as told:
        assay.load_certified(certified.root / "test.parquet", **asked)
    assert told.value.code == "no_model_to_load"


def test_exactly_the_verified_bytes_are_loaded(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lightgbm = pytest.importorskip("lightgbm")
    rows = folder.test
    x = np.column_stack([rows["income"].to_numpy(), rows["score"].to_numpy()])
    settings = {"objective": "binary", "verbose": -1, "num_threads": 1, "seed": 1}
    data = lightgbm.Dataset(x, rows["bad"].to_numpy(), feature_name=["income", "score"])
    model = tmp_path / "model.txt"
    lightgbm.train(settings, data, num_boost_round=5).save_model(model)
    folder.edit(
        "{model: score, format: predictions}", "{model: model.txt, format: lightgbm, inputs: [income, score]}"
    )
    team = Team(folder).lock()
    team.certify()
    team.sign().issue()
    asked = {"use_case": "small-loans", "policy": team.policy, "certificate": team.root / "cert"}
    batch = pq.read_table(tmp_path / "test.parquet").slice(0, 50).to_batches()[0]
    with assay.load_certified(model, **asked) as loaded:
        expected = lightgbm.Booster(model_file=model).predict(x[:50])
        np.testing.assert_allclose(loaded.predict(batch), expected, atol=1e-12)
        assert loaded.decide(batch).tolist() == (expected >= 0.5).tolist()
        with ThreadPoolExecutor(4) as threads:  # each gets the scores of its own rows
            asking = [(i, threads.submit(loaded.predict, batch.slice(i, 1))) for i in range(40)]
            assert [said.result().tolist() for _, said in asking] == [
                loaded.predict(batch.slice(i, 1)).tolist() for i, _ in asking
            ]
        frame = batch.to_pandas()
        chunks = pa.Table.from_batches([batch.slice(0, 20), batch.slice(20)])
        for table in (frame, chunks, pytest.importorskip("polars").from_arrow(batch)):
            np.testing.assert_array_equal(loaded.predict(table), loaded.predict(batch))
        assert loaded.decide(batch.slice(0, 0)).tolist() == []
        for rows, said in (
            (x[:50], r"decide takes a table \(pandas, polars, pyarrow\); found ndarray"),
            (frame.drop(columns="score"), "The rows lack the input 'score'; the model needs income, score"),
            (frame.assign(score=[[1.0]] * 50), "The input 'score' is of type list"),
            (chunks.append_column("score", chunks["score"]), "have the input 'score' 2 times"),
        ):
            with pytest.raises(assay.SubjectError, match=said):
                loaded.decide(rows)
        person = "Jane Doe, 12 Elm Street"
        with pytest.raises(assay.SubjectError, match="cannot be read as a table") as told:
            loaded.decide(frame.assign(score=[0.5, person] * 25))
        assert person not in "".join(traceback.format_exception(told.value)), "a row, in a log"
        child = loaded._model
        assert child.alive
        with pytest.raises(assay.AssayError, match="takes numbers only"):
            loaded.decide(frame.assign(score="much"))
        again = []
        for _ in range(2):  # started again by a thread that ends, it answers the next one, too
            with ThreadPoolExecutor(1) as thread:
                assert thread.submit(loaded.decide, frame).result().tolist() == (expected >= 0.5).tolist()
            again.append(loaded._model)
        assert again[0] is again[1] is not child
    with pytest.raises(assay.SubjectError, match="was closed"):
        loaded.decide(frame)
    with monkeypatch.context() as upgraded:
        packages = {"python": platform.python_version(), "numpy": np.__version__, "lightgbm": "0.1"}
        upgraded.setattr(Model, "packages", packages)
        with pytest.raises(assay.Refused) as told:
            assay.load_certified(model, **asked)
    assert told.value.refusal.sentence.startswith(
        f"lightgbm is 0.1 where the model is loaded; the model was judged with {lightgbm.__version__}: "
    )
    model.write_text(model.read_text() + "\n")
    with pytest.raises(assay.Distrusted, match="other bytes"):
        assay.load_certified(model, **asked)


def test_a_run_is_named_by_its_certificate_too(certified: Team) -> None:
    """By its folder and by its digest: whoever holds a certificate need not look up the record it stands on."""
    certificate = certified.root / "cert"
    with open_ledger(certified.root) as ledger:
        (issued,) = ledger.state().certificates.values()
    for named in (str(certificate), issued.digest, issued.digest[7:15]):
        assert assay.load_record(certified.root, named)[0] == issued.record
    elsewhere = certified.root / "elsewhere"
    elsewhere.mkdir()
    with pytest.raises(assay.NoSuchRun, match=f"{issued.record}, and is not stored here"):
        assay.load_record(elsewhere, str(certificate))
    (certificate / CERTIFICATE).write_bytes(b"{}")
    with pytest.raises(assay.NoSuchRun, match="is no certificate"):
        assay.load_record(certified.root, str(certificate))


def test_a_replay_is_bit_identical_and_says_what_was_changed(certified: Team) -> None:
    from assay.app.judging.replay import Alike, SomethingElse, replay

    found = replay(certified.root, workers=0)
    assert (found.alike, found.differences) == (Alike.IDENTICAL, ())
    with open_ledger(certified.root) as ledger:
        assert len(ledger.state().runs) == 1  # no further attempt
    certified.folder.develop = people(2000, 5)
    certified.folder.write()
    with pytest.raises(SomethingElse, match="develop"):
        replay(certified.root, workers=0)
    certified.folder.develop = people(2000, 2)
    certified.folder.write()
    (certified.root / "test.parquet").write_bytes((certified.root / "develop.parquet").read_bytes())
    with pytest.raises(
        SomethingElse, match=r"The test test\.parquet is not the one that was judged"
    ) as caught:
        replay(certified.root, workers=0)
    assert caught.value.exit_code == 3


@pytest.mark.parametrize(
    ("version", "says", "remedy"),
    [
        (assay.__version__, r"and these for new\. Find out who wrote the entry", "Find out"),
        ("0.0.9", rf"Assay 0\.0\.9 wrote it and this is {assay.__version__}, which may", "Replay it with Assay 0.0.9."),
    ],
)  # fmt: skip
def test_a_replay_finds_sketches_that_are_not_of_the_test_rows(
    team: Team, monkeypatch: pytest.MonkeyPatch, version: str, says: str, remedy: str
) -> None:
    """Whoever writes the log makes them up, so that the next run on a few changed rows passes for new; or another version did."""
    from assay.app.judging.replay import replay

    made_up = Sketch(4000, tuple(range(2048)))
    with monkeypatch.context() as other:
        other.setattr(
            "assay.app.judging.judged_run.used_rows",
            lambda case, *_: replace(used_rows(made_up, "x"), file=case.datasets["test"].digest),
        )
        other.setattr("assay.app.judging.conditions.__version__", version)
        team.lock().certify()
    with pytest.raises(assay.Distrusted, match=says) as told:
        replay(team.root, workers=0)
    assert told.value.remedy.startswith(remedy)


@pytest.mark.begins("judged")
def test_a_spent_file_is_known_whatever_sketches_are_entered_for_it(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_up = used_rows(Sketch(3999, tuple(range(2048))), "x")
    for file, because in (
        (lambda case: case.datasets["test"].digest, Because.TEST_SET_SPENT),
        (lambda _: made_up.file, Because.ENTRY_UNREADABLE),
    ):
        with monkeypatch.context() as dishonest:
            dishonest.setattr(
                "assay.app.judging.judged_run.used_rows",
                lambda case, *_, file=file: replace(made_up, file=file(case)),
            )
            with refused(because):
                team.certify()


def test_a_diff_names_what_changed_by_criterion(team: Team) -> None:
    from assay.app.organisation.diff import compare

    before = team.path.read_text()
    (team.root / "before.yaml").write_text(before)
    team.folder.edit("at_least: 0.70", "at_least: 0.65").write()
    (change,) = compare(str(team.root / "before.yaml"), str(team.path), team.root)
    assert change.sentence() == "criteria.accuracy.at_least: 0.70 -> 0.65"
    assert compare(str(team.path), str(team.path), team.root) == ()


def test_what_lies_around_the_model_is_told_by_the_gate_too(certified: Team) -> None:
    """Data, specification, code and packages: what was changed is named, and the judged ones are let through."""
    assert certified.gate(sources=certified.root, environment=True) is None
    dictionary = certified.root / "dictionary.yaml"
    before = dictionary.read_text()
    dictionary.write_text(before + "# a word more\n")
    refusal = certified.gate(sources=certified.root)
    assert refusal is not None
    assert (refusal.because, "dictionary.yaml" in refusal.sentence) == (Because.BYTES_CHANGED, True)
    dictionary.unlink()
    assert certified.gate(sources=certified.root).because is Because.FILE_MISSING
    dictionary.write_text(before)
    assert certified.gate(sources=certified.root) is None


def test_a_recipe_that_changed_since_is_named_by_the_gate(folder: Folder) -> None:
    recipe = folder.root / "train.py"
    recipe.write_text("def train(data, seed):\n    return data\n")
    folder.edit("format: predictions}", "format: predictions, recipe: train.py:train}")
    team = PASTS["certified"](folder)
    assert team.gate(sources=team.root) is None
    recipe.write_text("def train(data, seed):\n    return seed\n")
    assert team.gate() is None
    refusal = team.gate(sources=team.root)
    assert refusal is not None
    assert refusal.because is Because.BYTES_CHANGED
    assert "The recipe train.py has other bytes" in refusal.sentence


def test_other_packages_than_those_that_ran_the_model_are_named(
    certified: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = installed._version
    monkeypatch.setattr(installed, "_version", lambda name: "0.1" if name == "numpy" else real(name))
    refusal = certified.gate(environment=True)
    assert refusal is not None
    assert refusal.because is Because.ENVIRONMENT_CHANGED
    assert "numpy is installed as 0.1; the model was judged with " in refusal.sentence
    assert certified.gate() is None


def test_another_commit_of_the_code_is_named(team: Team) -> None:
    def git(*words: str) -> None:
        named = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *named, *words], cwd=team.root, check=True, capture_output=True)

    (team.root / ".gitignore").write_text(".assay\ncert\n")
    git("init", "-q")
    git("add", "-A")
    git("commit", "-qm", "judged")
    team.lock().certify()
    team.sign().issue()
    assert team.gate(sources=team.root) is None
    (team.root / "train.py").write_text("print('another model')\n")
    assert team.gate(sources=team.root).because is Because.CODE_CHANGED
    git("add", "-A")
    git("commit", "-qm", "changed")
    refusal = team.gate(sources=team.root)
    assert refusal is not None
    assert refusal.because is Because.CODE_CHANGED
    assert "The code is at the commit" in refusal.sentence


def test_a_second_folder_shares_the_log_that_is_named_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the how-to has it: rows that were judged in one folder are known again in the other."""
    monkeypatch.setenv("ASSAY_STORE", str(tmp_path / "log.db"))
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    one = Team(Folder(tmp_path / "one"))
    one.lock().certify()
    one.sign().issue()
    assert one.gate() is None
    second = Folder(tmp_path / "two").edit("name: small-loans", "name: other-loans").write()
    agree(second, role="validator", signer=KEYS["validator"], workers=0)
    with refused(Because.TEST_SET_SPENT):
        assay.certify(second, workers=0)
    assert not (tmp_path / "two" / ".assay" / "log.db").exists()
