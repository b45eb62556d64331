"""The eleven steps: a good certificate is accepted; each attack is refused at its step, for its reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.world import (
    EVIDENCE,
    FILES,
    KEYS,
    LOG_ORIGIN,
    OTHER,
    RECORD,
    SPECIFICATION,
    START,
    VERIFIER,
    Issued,
    World,
    policy,
)

from assay.domain.digests import sha256_of
from assay.domain.entry import Action
from assay.domain.errors import ExitCode
from assay.domain.policy import Verifier
from assay.domain.quorum import Word
from assay.domain.refusal import Because, Refusal, raised
from assay.domain.state import Status, StatusReason
from assay.proof import words
from assay.proof.bundle import read as read_bundle
from assay.proof.bundle import sign
from assay.proof.head import Head
from assay.proof.note import NoteSigner
from assay.proof.statement import statement_of
from assay.proof.status import StatusList
from assay.proof.verification import Answer, Purpose, Verification

DAY = dt.timedelta(days=1)
GOOD = Issued.good()


def at(found: Verification, number: int) -> tuple[Answer, Because | None]:
    step = found.steps[number - 1]
    assert step.number == number
    return step.answer, step.because


def test_a_good_certificate_is_accepted_with_and_without_the_review_pack() -> None:
    assert GOOD.verify().accepted
    light = GOOD.verify(leaves=None, attestations=None)
    assert light.accepted
    assert light.steps[10].answer is Answer.NOT_AT_HAND
    assert [s.number for s in light.steps] == list(range(1, 12))


def _taken_back(status: Status) -> Issued:
    issued = Issued.good()
    issued.world.becomes(issued.bundle.digest, status)
    return issued


def _stale() -> Verification:
    """A status from before the revocation, shown with the log from after it."""
    issued = Issued.good()
    before = issued.status()
    issued.world.becomes(issued.bundle.digest, Status.REVOKED)
    return issued.verify(status=before)


def _shortened() -> Verification:
    issued = Issued.good()
    return issued.verify(leaves=tuple(issued.world.leaves[:-1]))


def _rewritten() -> Verification:
    issued = Issued.good()
    other = Issued.good()  # the same story, signed again: other bytes
    return issued.verify(leaves=(*other.world.leaves[:-1], issued.world.leaves[-1]))


def _other_log() -> Verification:
    forger = NoteSigner(LOG_ORIGIN, Ed25519PrivateKey.from_private_bytes(b"\x08" * 32))
    return GOOD.verify(proof=GOOD.proof(signer=forger))


def _by(key: str, **changes: object) -> Verification:
    bundle = sign(GOOD.world.certificate(**changes).statement().plain(), KEYS[key])
    return GOOD.verify(certificate=bundle.content)


def _forced(**said: Any) -> Verification:
    """Issued against the rules, by somebody with the database and the key of the certifier."""
    return Issued.good(forced=True, **said).verify()


def _without_a_quorum() -> Verification:
    world = World.decided()
    made = world.certificate()
    return Issued.of(world, GOOD.policy, made, forced=True).verify(files=FILES, policy=world.state.policy)


def _other_record() -> Verification:
    """The log holds the certificate for another decision than it names."""
    world = World(list(GOOD.world.leaves[:-1]), GOOD.world.time)
    return Issued.of(world, GOOD.policy, replace(world.certificate(), record=OTHER), forced=True).verify()


def _nobody_holds_a_role() -> Verification:
    keys = {name: key.model_copy(update={"roles": ()}) for name, key in GOOD.policy.keys.items()}
    return GOOD.verify(policy=GOOD.policy.model_copy(update={"keys": keys}))


def _two_policies() -> Issued:
    issued = Issued.good()
    issued.world.set_policy(policy(version=2, previous=issued.world.state.policy_digest))
    return issued


CHANGED = (("model.txt", sha256_of(b"another tree")), FILES[1])
CASES: dict[str, tuple[int, Because, Callable[[], Verification]]] = {
    "nothing at all": (1, Because.BUNDLE_BROKEN, lambda: GOOD.verify(certificate=b"")),
    "not JSON": (1, Because.BUNDLE_BROKEN, lambda: GOOD.verify(certificate=b"\x00\xff")),
    "a byte more": (1, Because.BUNDLE_BROKEN, lambda: GOOD.verify(certificate=GOOD.bundle.content + b" ")),
    "signed by the developer": (2, Because.KEY_UNKNOWN, lambda: _by("dora")),
    "signed by a stranger": (2, Because.KEY_UNKNOWN, lambda: _by("stranger")),
    "another verifier named": (2, Because.KEY_UNKNOWN, lambda: _by("certifier", verifier="https://evil.example")),
    "signed before its key was valid": (
        2, Because.KEY_NOT_VALID, lambda: _by("certifier", time=START - 30 * DAY)),
    "a policy without the key": (
        2, Because.KEY_UNKNOWN,
        lambda: GOOD.verify(policy=policy(verifiers=(Verifier(id=VERIFIER, key="leo"),)))),
    "a sign-off shown as certificate": (
        3, Because.STATEMENT_BROKEN,
        lambda: GOOD.verify(certificate=sign(
            {"_type": "https://in-toto.io/Statement/v1", "subject": [], "predicateType": "x", "predicate": {}},
            KEYS["certifier"]).content)),
    "a status shown as certificate": (3, Because.STATEMENT_BROKEN, lambda: GOOD.verify(certificate=GOOD.status())),
    "one byte of the model": (4, Because.BYTES_CHANGED, lambda: GOOD.verify(files=CHANGED)),
    "a file is missing": (4, Because.FILE_MISSING, lambda: GOOD.verify(files=FILES[:1])),
    "a file was added": (4, Because.FILE_ADDED, lambda: GOOD.verify(files=(*FILES, ("x.py", FILES[0][1])))),
    "a file was renamed": (4, Because.FILE_MISSING, lambda: GOOD.verify(files=(("m.txt", FILES[0][1]), FILES[1]))),
    "no files": (4, Because.FILE_MISSING, lambda: GOOD.verify(files=())),
    "another use case": (5, Because.OTHER_USE_CASE, lambda: GOOD.verify(use_case="hiring")),
    "no use case": (5, Because.OTHER_USE_CASE, lambda: GOOD.verify(use_case="")),
    "isolation below the policy": (
        6, Because.ISOLATION_TOO_LOW, lambda: GOOD.verify(policy=GOOD.policy.model_copy(update={"isolation": 2}))),
    "expired": (7, Because.EXPIRED, lambda: GOOD.verify(after=181 * DAY)),
    "not yet valid": (7, Because.NOT_YET_VALID, lambda: GOOD.verify(after=-2 * DAY)),
    "no status": (8, Because.STATUS_MISSING, lambda: GOOD.verify(status=None)),
    "a status that is old": (8, Because.STATUS_STALE, lambda: GOOD.verify(after=3 * DAY)),
    "a status past the grace": (
        8, Because.STATUS_STALE, lambda: GOOD.verify(after=8 * DAY, purpose=Purpose.RUNNING)),
    "a status of the future": (8, Because.NOT_YET_VALID, lambda: GOOD.verify(status=GOOD.status(age=-2 * DAY))),
    "a status signed by a stranger": (
        8, Because.SIGNATURE_WRONG, lambda: GOOD.verify(status=GOOD.status(key="stranger"))),
    "a status of another log": (
        8, Because.CHECKPOINT_UNTRUSTED, lambda: GOOD.verify(status=GOOD.status(log="evil.example"))),
    "a status of fewer than no entries": (
        8, Because.STATEMENT_BROKEN, lambda: GOOD.verify(status=GOOD.status(size=-1))),
    "a status of a root that is none": (
        8, Because.STATEMENT_BROKEN, lambda: GOOD.verify(status=GOOD.status(root="none"))),
    "a status without it": (
        8, Because.STATUS_MISSING, lambda: GOOD.verify(status=GOOD.status(certificates={}, reasons={}))),
    "suspended": (8, Because.SUSPENDED, lambda: _taken_back(Status.SUSPENDED).verify()),
    "revoked": (8, Because.REVOKED, lambda: _taken_back(Status.REVOKED).verify()),
    "no proof": (9, Because.NOT_LOGGED, lambda: GOOD.verify(proof=None)),
    "a proof that is none": (9, Because.CHECKPOINT_UNTRUSTED, lambda: GOOD.verify(proof=b"c2sp")),
    "the proof of another entry": (9, Because.NOT_LOGGED, lambda: GOOD.verify(proof=GOOD.proof(index=3))),
    "a checkpoint of a forged log": (9, Because.CHECKPOINT_UNTRUSTED, lambda: _refused_as(_other_log(), 9)),
    "a revocation that the status is too old to know": (10, Because.REVOKED, _stale),
    "a shortened log": (10, Because.LOG_SHORTENED, _shortened),
    "a rewritten log": (10, Because.LOG_REWRITTEN, _rewritten),
    "in the log for another decision": (9, Because.CONTRADICTS_LOG, _other_record),
    "ten years of validity": (
        10, Because.LOG_VOID,
        lambda: _forced(scope={"valid_until": (START + 3650 * DAY).isoformat()})),
    "a lock that the log does not hold": (
        10, Because.LOG_VOID, lambda: _forced(scope={"lock": sha256_of(b"no lock")})),
    "a certificate without the quorum": (10, Because.LOG_VOID, _without_a_quorum),
    "a policy in which nobody holds a role": (10, Because.POLICY_OTHER, _nobody_holds_a_role),
    "a policy that was replaced": (10, Because.POLICY_OTHER, lambda: _two_policies().verify()),
    "a successor of another policy": (
        10, Because.POLICY_OTHER, lambda: GOOD.verify(policy=policy(version=2, previous=OTHER))),
    "a document is missing": (11, Because.ATTESTATION_MISSING, lambda: GOOD.verify(attestations={})),
    "a number in the evidence": (
        11, Because.ATTESTATION_CHANGED, lambda: GOOD.verify(attestations=GOOD.world.documents() | {RECORD: b"recorb"})),
}  # fmt: skip


def _refused_as(found: Verification, number: int) -> Verification:
    assert found.steps[number - 1].answer is Answer.REFUSED
    return found


def test_every_file_that_differs_is_named_up_to_three() -> None:
    other = (("model.joblib", FILES[0][1]), *FILES[1:])
    said = GOOD.verify(files=(*other, ("a.py", FILES[0][1]))).steps[3].sentence
    assert said.startswith(
        "3 files differ: model.txt was certified and is not there. model.joblib was not there"
    )
    assert "a.py was not there when the model was certified." in said
    more = tuple((f"{n}.py", FILES[0][1]) for n in range(5))
    assert GOOD.verify(files=(*FILES, *more)).steps[3].sentence.endswith("certified. And 2 more.")


@pytest.mark.parametrize("name", CASES)
def test_each_attack_is_refused_at_its_step_for_its_reason(name: str) -> None:
    number, because, attack = CASES[name]
    found = attack()
    assert not found.accepted
    answer, said = at(found, number)
    assert answer is Answer.REFUSED, found.steps[number - 1]
    assert said in {because, Because.NOT_LOGGED} if number == 9 else said is because
    assert found.steps[number - 1].sentence.endswith(".")
    assert all(s.answer is not Answer.REFUSED for s in found.steps[: min(number, 3) - 1])


def test_the_newest_policy_of_the_log_and_its_successor_are_taken() -> None:
    issued = _two_policies()
    newest = issued.world.state.policy
    assert newest
    assert issued.verify(policy=newest).accepted
    assert GOOD.verify(policy=policy(version=2, previous=GOOD.world.state.policy_digest)).accepted


def _seen(issued: Issued) -> Head:
    head = issued.verify().head
    assert head
    assert Head.parse(head.text()) == head
    return head


def test_a_verifier_that_keeps_what_it_saw_is_shown_the_same_log_or_one_that_goes_on_from_it() -> None:
    issued = Issued.good()
    seen = _seen(issued)
    assert issued.verify(remembered=seen, leaves=None, attestations=None).accepted
    issued.world.agree("val", "validator", about=OTHER)
    assert issued.verify(remembered=seen).accepted
    assert at(issued.verify(remembered=seen, leaves=None), 10) == (Answer.REFUSED, Because.LOG_UNSEEN)
    later = _seen(issued)
    assert later.size == seen.size + 1
    issued.world.leaves.pop()  # rolled back
    assert at(issued.verify(remembered=later), 10) == (Answer.REFUSED, Because.LOG_SHORTENED)


@pytest.mark.parametrize("leaves", [True, False])
def test_a_split_view_is_refused_by_who_saw_the_other_half(leaves: bool) -> None:
    """Two logs of one owner, each sound by itself and signed with the key of the log."""
    seen, other = _seen(GOOD), Issued.good()
    assert other.verify().accepted
    shown = {} if leaves else {"leaves": None}
    assert at(other.verify(remembered=seen, **shown), 10) == (Answer.REFUSED, Because.LOG_REWRITTEN)
    other.world.agree("val", "validator", about=OTHER)
    assert at(other.verify(remembered=seen), 10) == (Answer.REFUSED, Because.LOG_REWRITTEN)


@pytest.mark.parametrize(
    "text", ["", "a\n1\n", "a\n-1\n" + "0" * 64 + "\n", "a\n01\n" + "0" * 64 + "\n", "a\n1\nroot\n"]
)
def test_what_is_no_kept_head_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="three lines"):
        Head.parse(text)


def test_a_void_log_fails_trust_whatever_rule_it_breaks() -> None:
    """The ledger of its owner ends with 3 for such a log, and so must whoever reads an export of it."""
    refusal = _without_a_quorum().refusal
    assert refusal
    assert "1 risk_officer" in refusal.sentence
    assert raised(refusal).exit_code is ExitCode.TRUST_FAILURE
    assert raised(Refusal(Because.QUORUM_MISSING, "x")).exit_code is ExitCode.WITHHELD


def test_a_model_that_runs_has_the_grace_of_the_policy() -> None:
    assert not GOOD.verify(after=3 * DAY).accepted
    assert GOOD.verify(after=3 * DAY, purpose=Purpose.RUNNING).accepted


def test_a_withheld_decision_is_read_and_never_accepted() -> None:
    found = GOOD.verify(
        certificate=sign(
            GOOD.world.certificate(result="FAILED", scope={"outcome": "withheld"}).statement().plain(),
            KEYS["certifier"],
        ).content
    )
    assert at(found, 6) == (Answer.REFUSED, Because.RESULT_FAILED)


@pytest.mark.parametrize(("outcome", "word"), [("certified", "Good"), ("withheld", "Not taken back")])
def test_nothing_good_is_said_of_the_status_of_a_failed_certificate(outcome: str, word: str) -> None:
    world = World.decided(outcome)
    for who, role in (("val", "validator"), ("ria", "risk_officer")):
        world.sign(who, role)
    used = world.state.policy
    assert used is not None
    eighth = Issued.of(world, used, world.certificate()).verify().steps[7]
    assert eighth.answer is Answer.HOLDS
    assert eighth.sentence.startswith(f"{word}, as of ")
    assert "good" not in eighth.asks


@pytest.mark.parametrize("word", [Word.REJECT, Word.WITHDRAW])
def test_a_log_that_took_a_word_against_an_issued_decision_is_void(word: Word) -> None:
    """The rule is the log's: whoever verifies finds what its keeper let in."""
    found = Issued.good()
    told = found.verify().steps[9].sentence
    assert "the quorum was there when it was issued" in told
    world = found.world
    said = words.sign_off(
        record=RECORD, evidence=EVIDENCE, specification=SPECIFICATION, role="validator", word=word,
        reason="an error was found", seen=world.seen, time=world.time,
    )  # fmt: skip
    world.force(Action.SIGNED, RECORD, {}, sign(said.plain(), KEYS["val"]))
    assert at(found.verify(), 10) == (Answer.REFUSED, Because.LOG_VOID)
    assert "assay suspend or assay revoke" in found.verify().steps[9].sentence


def test_no_quorum_is_told_of_a_certificate_that_failed() -> None:
    world = World.decided("withheld")
    used = world.state.policy
    assert used is not None
    told = Issued.of(world, used, world.certificate()).verify().steps[9].sentence
    assert "the quorum was there" not in told
    assert "asks for no quorum" in told


@given(which=st.sampled_from(["certificate", "status", "proof"]), data=st.data())
@settings(max_examples=1500, deadline=None)
def test_no_byte_can_be_changed_in_what_is_presented(which: str, data: st.DataObject) -> None:
    whole = SHOWN[which]
    place, value = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(0, 255))
    if whole[place] == value:
        return
    changed = whole[:place] + bytes([value]) + whole[place + 1 :]
    assert not GOOD.verify(**{which: changed}).accepted


SHOWN = {"certificate": GOOD.bundle.content, "status": GOOD.status(), "proof": GOOD.proof()}


def test_the_reason_code_of_a_revocation_reaches_the_gate_through_the_status() -> None:
    issued = _taken_back(Status.REVOKED)
    found = issued.verify().refusal
    assert found is not None
    assert found.sentence == "The certificate is revoked: drift [drift]."
    signed = StatusList.read(statement_of(read_bundle(issued.status())))
    assert signed.codes == {issued.bundle.digest: StatusReason.DRIFT}
    assert not StatusList.read(statement_of(read_bundle(GOOD.status()))).codes
