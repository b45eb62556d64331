"""Signed words are said once: who can append to the log has nobody's word by copying one, or by holding one back."""

from __future__ import annotations

import pytest
from tests.world import DICTIONARY, KEYS, OTHER, RECORD, SPECIFICATION, World

from assay.domain.entry import Action
from assay.domain.quorum import Word
from assay.domain.refusal import Because, Refused
from assay.domain.state import Status
from assay.proof import words
from assay.proof.bundle import sign
from assay.proof.leaf import read_leaf


def refused(because: Because):
    return pytest.raises(Refused, check=lambda e: e.refusal.because is because)


@pytest.fixture
def world() -> World:
    made = World.decided()
    made.sign("val", "validator")
    made.sign("ria", "risk_officer")
    return made


def again(world: World, place: int) -> None:
    """Append the signed statements of an earlier entry, as anybody can who reads the log."""
    old = read_leaf(world.leaves[place])
    world.add(old.action, old.object, dict(old.body), *(one.bundle for one in old.signed))


def test_an_old_reinstatement_does_not_make_a_suspended_certificate_good(world: World) -> None:
    certificate = world.issue()
    world.becomes(certificate, Status.SUSPENDED)
    world.becomes(certificate, Status.GOOD)
    reinstated = len(world.leaves) - 1
    world.becomes(certificate, Status.SUSPENDED)
    with refused(Because.SIGNED_TWICE):
        again(world, reinstated)
    assert world.state.certificates[certificate].status is Status.SUSPENDED
    world.becomes(certificate, Status.GOOD)  # a new word is one


def test_a_reinstatement_that_was_held_back_reverses_no_later_suspension(world: World) -> None:
    certificate = world.issue()
    world.becomes(certificate, Status.SUSPENDED)
    before = world.seen
    world.becomes(certificate, Status.GOOD)
    world.becomes(certificate, Status.SUSPENDED)
    with refused(Because.SIGNED_SOMETHING_ELSE):
        world.becomes(certificate, Status.GOOD, seen=before)


@pytest.mark.parametrize("later", [Word.REJECT, Word.WITHDRAW])
def test_an_old_approval_does_not_return_after_its_signer_took_it_back(world: World, later: Word) -> None:
    approved = len(world.leaves) - 1
    held_back = world.seen
    world.sign("ria", "risk_officer", later)
    with refused(Because.SIGNED_TWICE):
        again(world, approved)
    with refused(Because.SIGNED_SOMETHING_ELSE):
        world.sign("ria", "risk_officer", seen=held_back)
    assert not world.state.signed(RECORD).reached
    world.sign("ria", "risk_officer")
    assert world.state.signed(RECORD).reached


def test_an_agreement_is_not_said_again_for_who_rejected_since() -> None:
    world = World.with_policy()
    for who, role in (("val", "validator"), ("ria", "risk_officer")):
        world.agree(who, role)
    approved = len(world.leaves) - 1
    world.agree("ria", "risk_officer", Word.REJECT)
    with refused(Because.SIGNED_TWICE):
        again(world, approved)
    with refused(Because.QUORUM_MISSING):
        world.lock_only()


def test_the_same_words_under_another_signature_are_the_same_words(world: World) -> None:
    """A signature of ECDSA has many forms; what was said has one."""
    said = words.sign_off(
        record=RECORD, evidence=world.state.decisions[RECORD].evidence, specification=SPECIFICATION, role="legal",
        word=Word.APPROVE, reason="", seen=world.seen, time=world.time,
    ).plain()  # fmt: skip
    first, second = sign(said, KEYS["leo"]), sign(said, KEYS["leo"])
    assert first.digest != second.digest
    world.add(Action.SIGNED, RECORD, {}, first)
    with refused(Because.SIGNED_TWICE):
        world.add(Action.SIGNED, RECORD, {}, second)


def test_a_statement_that_was_void_when_it_was_said_does_not_count_later() -> None:
    world = World.with_policy()
    said = words.agreement(
        SPECIFICATION,
        dictionary=DICTIONARY,
        role="legal",
        word=Word.APPROVE,
        reason="",
        seen=world.seen,
        time=world.time,
    )
    bundle = sign(said.plain(), KEYS["leo"])
    world.force(Action.AGREED, OTHER, {}, bundle)
    world.force(Action.AGREED, SPECIFICATION, {}, bundle)
    assert [v.refusal.because for v in world.opened[1]] == [
        Because.SIGNED_SOMETHING_ELSE,
        Because.SIGNED_TWICE,
    ]
