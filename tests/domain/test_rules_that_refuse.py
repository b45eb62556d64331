"""A rule that refuses leaves the state as it was: what was written beside the rules has no effect, however late they say so."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace

from tests.world import OTHER, World, rows

from assay.domain.digests import sha256_of
from assay.domain.entry import Action, Entry
from assay.domain.quorum import Word
from assay.domain.state import Status
from assay.domain.state.fold import rules_of
from assay.proof.leaf import inspect, read_leaf, state_of

RULES = rules_of(inspect)
NEVER_REFUSE = {Action.RUN_REFUSED, Action.ISSUE_REFUSED}
"""Told for the reader alone: there is nothing in them to be wrong."""


def organisation() -> World:
    """A log with every kind of entry that can be void."""
    world = World.with_policy()
    world.lock(attempts=2)
    world.run()
    world.decide("withheld", record=OTHER)
    world.unseal("ria", "risk_officer", record=OTHER)
    world.waive("ria", "risk_officer", "test_set_spent")
    world.waive("ria", "risk_officer", "accuracy")
    world.run(attempt=2)
    world.decide()
    world.sign("val", "validator")
    world.sign("ria", "risk_officer")
    first = world.issue()
    world.becomes(first, Status.SUSPENDED)
    world.becomes(first, Status.GOOD)
    world.run(rows(1000), attempt=1)
    later = sha256_of(b"another that passed")
    world.decide(record=later)
    for who, role in (("val", "validator"), ("ria", "risk_officer")):
        world.sign(who, role, record=later, about=later)
    world.becomes(world.issue(about=later), Status.REVOKED)
    world.agree("ria", "risk_officer", about=OTHER, word=Word.REJECT)
    world.run_unlocked(rows(5000))
    world.release("counts")
    return world


def bent(entry: Entry) -> Iterator[Entry]:
    """The entry as it was written, and as it would be after a change of one of its parts."""
    yield entry
    yield replace(entry, signed=())
    yield replace(entry, object=sha256_of(b"something else"))
    for one in entry.body:
        yield replace(entry, body={name: value for name, value in entry.body.items() if name != one})
        yield replace(entry, body={**entry.body, one: "something else"})


def test_the_state_stays_as_it_was_under_every_rule_that_refuses() -> None:
    """Every entry of a log, whole and bent, is held against the state after each of its entries."""
    world = organisation()
    entries = [read_leaf(leaf) for leaf in world.leaves]
    refusing: set[Action] = set()
    for size in range(1, len(entries) + 1):
        state, void = state_of(world.leaves[:size])
        assert not void
        before = deepcopy(state)
        for entry in (changed for one in entries for changed in bent(one)):
            if RULES[entry.action](state, entry) is None:
                state = deepcopy(before)
                continue
            refusing.add(entry.action)
            assert state == before, f"{entry.action} refused entry {entry.seq} and changed the state"
    assert refusing == set(Action) - NEVER_REFUSE
