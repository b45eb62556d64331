"""Dates of entries are their writer's word: one that is dated ahead holds nobody up, and none is dated back before a signer's."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests.world import DICTIONARY, KEYS, OTHER, RECORD, SPECIFICATION, World, policy, rows

from assay.domain.entry import Action
from assay.domain.quorum import Word
from assay.domain.refusal import Because, Refused
from assay.domain.state import Status
from assay.proof import words
from assay.proof.bundle import sign


def refused(because: Because):
    return pytest.raises(Refused, check=lambda e: e.refusal.because is because)


def _quorate() -> World:
    world = World.decided()
    world.sign("val", "validator")
    world.sign("ria", "risk_officer")
    return world


AHEAD = dt.timedelta(days=5 * 365)
UNSIGNED: dict[Action, tuple[str, dict[str, Any]]] = {
    Action.RUN_REFUSED: (SPECIFICATION, {"because": "test_set_spent", "sentence": "x"}),
    Action.ISSUE_REFUSED: (RECORD, {"because": "quorum_missing", "sentence": "x"}),
    Action.RUN_STARTED: (SPECIFICATION, {}),
    Action.RUN_UNLOCKED: (SPECIFICATION, {}),
    Action.RELEASED: (SPECIFICATION, {}),
}


def _dated_ahead(world: World, action: Action, by: dt.timedelta) -> None:
    """One unsigned entry under a clock that is so far ahead; the next ones are dated by the right one again."""
    now = world.time
    world.time += by
    if action is Action.RUN_STARTED:
        world.run(rows(5000))
    elif action is Action.RUN_UNLOCKED:
        world.run_unlocked(rows(5000))
    elif action is Action.RELEASED:
        world.release("counts")
    else:
        world.add(action, *UNSIGNED[action])
    world.time = now


@pytest.mark.parametrize("action", UNSIGNED)
def test_an_unsigned_entry_that_is_dated_years_ahead_holds_nobody_up(action: Action) -> None:
    world = _quorate()
    certificate = world.issue()
    _dated_ahead(world, action, AHEAD)
    world.becomes(certificate, Status.SUSPENDED)
    world.becomes(certificate, Status.GOOD)
    world.set_policy(policy(version=2, previous=world.state.policy_digest))
    world.lock(OTHER, reason="another threshold")
    run = world.run(rows(9000), about=OTHER)
    world.decide(record=OTHER, run=run)
    world.sign("val", "validator", record=OTHER, specification=OTHER, about=OTHER)
    world.sign("ria", "risk_officer", record=OTHER, specification=OTHER, about=OTHER)
    assert world.issue(about=OTHER, model="another")
    world.becomes(certificate, Status.REVOKED)
    assert world.opened[1] == ()


def test_a_signed_word_moves_the_time_as_far_as_its_signer_says_and_no_further() -> None:
    """Whoever writes the log dates an agreement almost to the end of its key; val said that it was made now."""
    world = World.decided()
    now = world.time
    said = words.agreement(
        OTHER,
        dictionary=DICTIONARY,
        role="validator",
        word=Word.APPROVE,
        reason="",
        seen=world.seen,
        time=now,
    )
    world.time += dt.timedelta(days=890)
    world.add(Action.AGREED, OTHER, {}, sign(said.plain(), KEYS["val"]))
    world.time = now
    assert world.state.time == now
    world.sign("val", "validator")
    world.time = now - dt.timedelta(minutes=5)
    with refused(Because.TIME_BACKWARDS):  # before what val said it was
        world.sign("ria", "risk_officer")


@pytest.mark.parametrize("status", [Status.SUSPENDED, Status.REVOKED])
def test_to_stop_is_possible_when_every_key_has_ended_and_to_go_on_is_not(status: Status) -> None:
    world = _quorate()
    certificate = world.issue()
    world.time += AHEAD
    with refused(Because.KEY_NOT_VALID):
        world.sign("leo", "legal")
    with refused(Because.KEY_UNKNOWN):
        world.becomes(certificate, status, "stranger")
    with refused(Because.ROLE_NEVER_APPROVES):
        world.becomes(certificate, status, "dora", "developer")
    world.becomes(certificate, status)
    with refused(Because.KEY_NOT_VALID if status is Status.SUSPENDED else Because.REVOKED):
        world.becomes(certificate, Status.GOOD)


def test_a_key_that_has_not_begun_stops_nothing() -> None:
    world = _quorate()
    certificate = world.issue()
    later = policy().keys["leo"].model_copy(update={"valid_from": world.time + dt.timedelta(days=9)})
    keys = policy().keys | {"leo": later}
    world.set_policy(policy(version=2, previous=world.state.policy_digest, keys=keys))
    with refused(Because.KEY_NOT_VALID):
        world.becomes(certificate, Status.REVOKED, "leo", "legal")


def test_a_decision_that_is_dated_ahead_is_signed_by_nobody_before_its_date() -> None:
    """Else its evidence would be a year younger than it is."""
    world = World.with_policy()
    world.lock()
    run = world.run()
    now = world.time
    world.time += dt.timedelta(days=300)
    world.decide(run=run)
    world.time = now
    with refused(Because.TIME_BACKWARDS):
        world.sign("val", "validator")
    world.time += dt.timedelta(days=300)
    world.sign("val", "validator")


def test_a_key_that_a_policy_ended_signs_nothing_that_is_dated_back_before_its_end() -> None:
    world = World.decided()
    ended = policy().keys["val"].model_copy(update={"valid_until": world.time})
    world.set_policy(
        policy(version=2, previous=world.state.policy_digest, keys=policy().keys | {"val": ended})
    )
    world.time -= dt.timedelta(minutes=3)
    with refused(Because.TIME_BACKWARDS):
        world.sign("val", "validator")
