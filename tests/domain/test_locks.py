"""Locks: a version that was left comes back only when everyone agrees again, and nobody who writes the log picks a seed."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.world import OTHER, SPECIFICATION, World, policy

from assay.domain.policy import Requires
from assay.domain.quorum import Word
from assay.domain.refusal import Because, Refused

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
