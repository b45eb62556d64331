"""A waiver of spent test rows opens them to one more run: named, soon, by who answers for the decision, and told."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests.world import OTHER, RECORD, SPECIFICATION, World, policy, rows

from assay.domain.digests import sha256_of
from assay.domain.policy import Requires
from assay.domain.refusal import Because, Refused

SPENT = "test_set_spent"


def refused(because: Because):
    return pytest.raises(Refused, check=lambda e: e.refusal.because is because)


@pytest.fixture
def world() -> World:
    return World.decided("withheld")


def test_it_opens_the_rows_to_one_run_and_stays_on_it(world: World) -> None:
    world.waive("ria", "risk_officer", SPENT)
    run = world.run(attempt=2)
    assert world.state.runs[run].waived
    world.decide("withheld", record=OTHER)
    with refused(Because.TEST_SET_SPENT):
        world.run(attempt=3)
    world.waive("ria", "risk_officer", SPENT)
    world.run(attempt=3)


def test_it_is_used_up_by_a_run_that_shares_only_some_of_the_rows(world: World) -> None:
    """The second run is of rows that a third one does not have, so that the first is again the last of those."""
    world.waive("ria", "risk_officer", SPENT)
    world.run(rows(300), attempt=2)
    with refused(Because.TEST_SET_SPENT):
        world.run(rows(0, 200), attempt=2)


def test_it_is_for_the_run_that_it_names(world: World) -> None:
    first = world.state.decisions[RECORD].run
    world.waive("ria", "risk_officer", SPENT)
    world.run(attempt=2)
    world.waive("ria", "risk_officer", SPENT, run=first)  # not the last on these rows
    with refused(Because.TEST_SET_SPENT):
        world.run(attempt=3)


@pytest.mark.parametrize("run", [99, -1, True, "3", 0])
def test_it_names_a_judged_run(world: World, run: Any) -> None:
    with refused(Because.RUN_UNKNOWN):
        world.waive("ria", "risk_officer", SPENT, run=run)


def test_it_is_not_given_beforehand(world: World) -> None:
    """Who opens rows has seen the run that spent them."""
    unspent = World(world.leaves[:-2], world.time).seen
    size, root = unspent
    with refused(Because.SIGNED_SOMETHING_ELSE):
        world.waive("ria", "risk_officer", SPENT, checkpoint={"size": size, "root": root})


def test_a_run_ahead_of_its_turn_uses_it_up(world: World) -> None:
    """Its rows counted as used when it began, and do not by the rules of today."""
    world.waive("ria", "risk_officer", SPENT)
    run = world.run(rows(5000), attempt=2)
    assert world.state.runs[run].waived == world.state.waivers[-1].digest
    with refused(Because.TEST_SET_SPENT):
        world.run(rows(0), attempt=2)


def test_it_ends_before_it_is_used(world: World) -> None:
    world.waive("ria", "risk_officer", SPENT, days=2)
    world.time += dt.timedelta(days=3)
    with refused(Because.TEST_SET_SPENT):
        world.run(attempt=2)


def test_it_is_not_given_for_years(world: World) -> None:
    with refused(Because.NEVER_WAIVED):
        world.waive("ria", "risk_officer", SPENT, days=91)
    world.waive("ria", "risk_officer", SPENT, days=90)


def test_it_needs_a_role_of_the_quorum_or_one_that_the_policy_names(world: World) -> None:
    with refused(Because.ROLE_NEVER_APPROVES):
        world.waive("dora", "developer", SPENT)
    with refused(Because.ROLE_NOT_HELD):
        world.waive("leo", "legal", SPENT)
    named = Requires(attempts=3, waive=("legal",))
    world.set_policy(policy(version=2, previous=world.state.policy_digest, requires=named))
    world.waive("leo", "legal", SPENT)
    assert world.run(attempt=2)


def test_a_certificate_tells_the_waiver_of_its_run(world: World) -> None:
    world.waive("ria", "risk_officer", SPENT)
    world.run(attempt=2)
    world.decide(record=OTHER)
    for who, role in (("val", "validator"), ("ria", "risk_officer")):
        world.sign(who, role, record=OTHER, about=OTHER)
    with refused(Because.CONTRADICTS_LOG):
        world.issue(about=OTHER, scope={"waivers": ()})
    assert world.issue(about=OTHER)


@pytest.mark.parametrize("criterion", [SPENT, "accuracy"])
@pytest.mark.parametrize("change", [{"dictionary": sha256_of(b"another dictionary")}, {"about": OTHER}])
def test_it_ends_with_the_lock_that_it_is_of(world: World, criterion: str, change: dict[str, str]) -> None:
    world.waive("ria", "risk_officer", criterion)
    before = world.seen
    world.lock(reason="an income may be a loss", **change)
    about = change.get("about", SPECIFICATION)
    with refused(Because.TEST_SET_SPENT):
        world.run(about=about, attempt=2)
    size, root = before  # whoever kept it back has the word of nobody who saw the new lock
    with refused(Because.SIGNED_SOMETHING_ELSE):
        world.waive("ria", "risk_officer", criterion, about=about, checkpoint={"size": size, "root": root})
    world.waive("ria", "risk_officer", SPENT, about=about)
    world.run(about=about, attempt=2)
    world.decide(record=OTHER)
    told = world.certificate(about=OTHER).scope.waivers
    assert [one.partition(",")[0] for one in told] == [SPENT]
