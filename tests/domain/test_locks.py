"""Locks: a version that was left comes back only when everyone agrees again, and nobody who writes the log picks a seed."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from tests.world import DICTIONARY, KEYS, OTHER, SPECIFICATION, World, policy

from assay.domain.entry import Action
from assay.domain.policy import Requires
from assay.domain.quorum import Word
from assay.domain.refusal import Because, Refused
from assay.proof import words
from assay.proof.bundle import sign

BOTH = (("val", "validator"), ("ria", "risk_officer"))


def refused(because: Because):
    return pytest.raises(Refused, check=lambda e: e.refusal.because is because)


@pytest.fixture
def world() -> World:
    """A specification is locked, and then a stricter version of it."""
    made = World.with_policy()
    made.lock()
    made.lock(OTHER, reason="the threshold was too low")
    return made


def test_a_version_that_was_left_does_not_come_back_by_its_old_agreements(world: World) -> None:
    with refused(Because.QUORUM_MISSING):
        world.lock_only(SPECIFICATION, reason="back")
    world.agree("val", "validator")  # nor by one person
    with refused(Because.QUORUM_MISSING):
        world.lock_only(SPECIFICATION, reason="back")
    assert world.state.locked(OTHER)
    world.agree("ria", "risk_officer")
    world.lock_only(SPECIFICATION, reason="back")
    assert world.state.locked(SPECIFICATION)


def test_an_agreement_before_the_version_in_force_is_not_one_to_leave_it() -> None:
    world = World.with_policy()
    for who, role in BOTH:
        world.agree(who, role, about=OTHER)
    world.lock()
    with refused(Because.QUORUM_MISSING):
        world.lock_only(OTHER, reason="a new version")


@pytest.mark.parametrize("after", ["lock", "run", "decision"])
def test_an_agreement_counts_from_who_saw_the_last_lock_run_and_decision(after: str) -> None:
    world = World.with_policy()
    world.lock()
    seen = {"lock": (world.seen[0] - 1, "")}.get(after)
    if seen is not None:  # logged after the lock, on a log before it
        seen = (seen[0], world.state.roots[seen[0]])
    else:
        if after == "decision":
            world.run()
        seen = world.seen
        world.run() if after == "run" else world.decide("withheld")
    for who, role in BOTH:
        world.agree(who, role, about=OTHER, seen=seen)
    with refused(Because.QUORUM_MISSING):
        world.lock_only(OTHER, reason="a looser draft")
    for who, role in BOTH:
        world.agree(who, role, about=OTHER)
    world.lock_only(OTHER, reason="a looser draft")
    assert world.state.locked(OTHER)


def test_an_agreement_is_used_up_whatever_the_terms_call_the_specification(world: World) -> None:
    with refused(Because.QUORUM_MISSING):
        world.lock_only(SPECIFICATION, name="credit by another name")


def test_an_old_reject_still_blocks_and_its_signer_approves_anew(world: World) -> None:
    world.agree("leo", "legal", Word.REJECT)
    for who, role in BOTH:
        world.agree(who, role)
    with refused(Because.QUORUM_MISSING):
        world.lock_only(SPECIFICATION, reason="back")
    world.agree("leo", "legal", Word.WITHDRAW)
    world.lock_only(SPECIFICATION, reason="back")


def test_the_seed_is_of_the_document_and_of_what_was_signed_and_of_nothing_else() -> None:
    """Reason, time, place and bypasses of the locking entry can be chosen by who writes it, as can other entries before."""
    agreed = World.with_policy(policy(requires=Requires(attempts=3)))
    for who, role in BOTH:
        agreed.agree(who, role)
    plain, shopped = World(list(agreed.leaves), agreed.time), World(list(agreed.leaves), agreed.time)
    plain.lock_only()
    shopped.time += dt.timedelta(hours=1)
    shopped.agree("val", "validator", about=OTHER)
    shopped.lock_only(reason="the forty-second try", attempts=2)
    (a,), (b,) = plain.state.locks.values(), shopped.state.locks.values()
    assert a.digest != b.digest
    assert a.seed == b.seed
    third = World(list(agreed.leaves), agreed.time)
    third.agree("leo", "legal")
    third.lock_only()
    (c,) = third.state.locks.values()
    assert c.seed != a.seed  # one more person agreed


def test_each_lock_has_a_seed_of_its_own(world: World) -> None:
    world.lock(SPECIFICATION, reason="back")
    assert len({lock.seed for lock in world.state.locks.values()}) == 3


def test_a_word_on_a_specification_with_another_dictionary_is_no_agreement_to_this_one() -> None:
    """Whoever writes the log locks the dictionary of their choice; the signatures are over the one that was read."""
    world = World.with_policy()
    for who, role in BOTH:
        world.agree(who, role)
    with refused(Because.QUORUM_MISSING):
        world.lock_only(dictionary=OTHER)
    world.agree("val", "validator", dictionary=OTHER)  # who agrees to the other one has left this one
    with refused(Because.QUORUM_MISSING):
        world.lock_only()
    world.agree("val", "validator")
    world.lock_only()
    assert world.state.locked(SPECIFICATION, DICTIONARY)
    assert world.state.locked(SPECIFICATION, OTHER) is None


def test_a_changed_dictionary_is_a_new_version_that_is_agreed_anew_and_has_a_reason() -> None:
    world = World.with_policy()
    world.lock()
    first = world.state.locked(SPECIFICATION, DICTIONARY)
    for who, role in BOTH:
        world.agree(who, role, dictionary=OTHER)
    with refused(Because.REASON_MISSING):
        world.lock_only(dictionary=OTHER)
    world.lock_only(dictionary=OTHER, reason="the code 9 is other work")
    second = world.state.locked(SPECIFICATION, OTHER)
    assert first
    assert second
    assert second.previous == first.digest
    assert second.seed != first.seed
    assert world.state.locked(SPECIFICATION, DICTIONARY) is None
    with refused(Because.LOCK_SUPERSEDED):
        world.lock_only(dictionary=OTHER, reason="once more")


def test_a_reject_stands_whatever_dictionary_the_specification_gets() -> None:
    world = World.with_policy()
    world.agree("leo", "legal", Word.REJECT)
    for who, role in BOTH:
        world.agree(who, role, dictionary=OTHER)
    with refused(Because.QUORUM_MISSING):
        world.lock_only(dictionary=OTHER)


@pytest.mark.parametrize("dictionary", [OTHER, None], ids=["another", "none"])
def test_a_run_of_another_dictionary_than_was_locked_does_not_begin(dictionary: str | None) -> None:
    world = World.with_policy()
    world.lock()
    world.run()
    (first,) = world.state.runs.values()
    named = {**first.subject, "dictionary": dictionary}
    begun = len(world.leaves)
    with pytest.raises(
        Refused, match=r"is locked \(entry 3\) with the dictionary .* was changed since"
    ) as told:
        world.run(names={"subject": {k: v for k, v in named.items() if v}})
    assert told.value.refusal.because is Because.LOCK_SUPERSEDED
    assert len(world.leaves) == begun


@pytest.mark.parametrize(
    "subjects",
    [
        (("specification", SPECIFICATION),),
        (("specification", DICTIONARY), ("dictionary", SPECIFICATION)),
        (("document", SPECIFICATION), ("dictionary", DICTIONARY)),
    ],
    ids=["no dictionary", "one for the other", "no specification"],
)
def test_a_word_that_names_the_documents_otherwise_agrees_to_nothing(
    subjects: tuple[tuple[str, str], ...],
) -> None:
    world = World.with_policy()
    said = words.agreement(
        SPECIFICATION, dictionary=DICTIONARY, role="validator", word=Word.APPROVE, reason="", seen=world.seen, time=world.time,
    )  # fmt: skip
    with refused(Because.SIGNED_SOMETHING_ELSE):
        world.add(
            Action.AGREED, SPECIFICATION, {}, sign(replace(said, subjects=subjects).plain(), KEYS["val"])
        )


@pytest.mark.parametrize("before", [(), ("vic",), ("val", "val")])
def test_nobody_takes_back_what_they_did_not_say_on_a_specification(before: tuple[str, ...]) -> None:
    world = World.with_policy()
    for who, word in zip(before, (Word.APPROVE, Word.WITHDRAW), strict=False):
        world.agree(who, "validator", word)
    with pytest.raises(Refused, match="To withdraw is to take back a word of one's own: val ") as told:
        world.agree("val", "validator", Word.WITHDRAW)
    assert told.value.refusal.because is Because.NOTHING_TO_WITHDRAW
    world.agree("val", "validator")
    world.agree("val", "validator", Word.WITHDRAW)
