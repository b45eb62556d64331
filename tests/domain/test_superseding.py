"""A later certificate takes the place of the one before: what the fold accepts, and that nothing brings the old one back."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.world import KEYS, RECORD, Issued, World, rows

from assay.domain.digests import sha256_of
from assay.domain.entry import Action
from assay.domain.refusal import Because, Distrusted, Refused
from assay.domain.state import State, Status
from assay.proof.bundle import read as read_bundle
from assay.proof.leaf import state_of
from assay.proof.verification import Verification

LATER, CHALLENGER = sha256_of(b"a later record"), sha256_of(b"the record of another model")


def refused(because: Because):
    return pytest.raises(Refused, check=lambda e: e.refusal.because is because)


def signed(world: World, record: str = RECORD) -> None:
    for who, role in (("val", "validator"), ("ria", "risk_officer")):
        world.sign(who, role, record=record, about=record)


def decided_again(
    world: World, outcome: str = "certified", record: str = LATER, start: int = 100_000
) -> None:
    """Another judged run, on rows that nobody used, and its signatures."""
    world.run(rows(start))
    world.decide(outcome, record=record)
    signed(world, record)


def challenger(world: World) -> str:
    """The certificate of another model for the same use."""
    decided_again(world, record=CHALLENGER, start=200_000)
    return world.issue(about=CHALLENGER, model="challenger")


@pytest.fixture
def world() -> World:
    made = World.decided()
    signed(made)
    return made


def test_a_later_certificate_takes_the_place_of_the_one_before(world: World) -> None:
    first = world.issue()
    decided_again(world)
    second = world.issue(about=LATER)
    state, void = world.opened
    assert void == ()
    assert [c.digest for c in state.standing("credit", "model")] == [second]
    assert state.certificates[first].status is Status.SUPERSEDED
    assert second.removeprefix("sha256:")[:12] in state.certificates[first].why
    for becomes in (Status.SUSPENDED, Status.GOOD):
        with refused(Because.SUPERSEDED):
            world.becomes(first, becomes)
    world.becomes(first, Status.REVOKED)  # what turns out to have been wrong can still be said to be
    assert world.state.certificates[first].status is Status.REVOKED


def test_an_earlier_decision_takes_no_place_until_the_later_certificate_is_revoked(world: World) -> None:
    world.issue()
    decided_again(world)
    second = world.issue(about=LATER)
    with refused(Because.SUPERSEDED):
        world.issue(about=RECORD)
    world.becomes(second, Status.REVOKED)
    assert world.issue(about=RECORD) in world.state.certificates


def test_another_model_and_a_refusal_take_nobodys_place(world: World) -> None:
    first = world.issue()
    other = challenger(world)
    decided_again(world, "withheld")
    with refused(Because.SUPERSEDED):
        world.issue(about=LATER, scope={"supersedes": (first,)})
    world.issue(about=LATER)
    assert {c.digest for c in world.state.certificates.values() if c.status is Status.GOOD} >= {first, other}


@pytest.mark.parametrize("named", [(), ("unknown",), ("first", "first"), ("first", "challenger")])
def test_a_certificate_names_exactly_those_that_stood(world: World, named: tuple[str, ...]) -> None:
    known = {
        "first": world.issue(),
        "challenger": challenger(world),
        "unknown": sha256_of(b"x"),
    }
    decided_again(world)
    with refused(Because.SUPERSEDED):
        world.issue(about=LATER, scope={"supersedes": tuple(known[name] for name in named)})


def test_the_one_before_gives_way_whether_or_not_an_entry_says_so(world: World) -> None:
    """Whoever writes the log may leave the word out; the old certificate is not good by it, and both can be taken back."""
    first = world.issue()
    decided_again(world)
    bundle = world.issue_only(about=LATER)[0]
    assert world.state.certificates[first].status is Status.SUPERSEDED
    with refused(Because.SUPERSEDED):
        world.add(Action.SUPERSEDED, bundle.digest, {"by": bundle.digest})
    with refused(Because.SUPERSEDED):
        world.add(Action.SUPERSEDED, first, {"by": first})
    world.becomes(bundle.digest, Status.SUSPENDED)
    world.becomes(first, Status.REVOKED)
    world.add(Action.SUPERSEDED, first, {"by": bundle.digest})
    assert world.state.certificates[first].status is Status.REVOKED


def test_a_certificate_is_not_issued_again_after_it_was_revoked(world: World) -> None:
    """The very bytes are still signed; a second entry with them would make it good again."""
    digest = world.issue()
    (entry,) = (e for e in world.leaves if b'"certificate.issued"' in e)
    world.becomes(digest, Status.REVOKED)
    import json

    bundle = read_bundle(json.loads(entry)["signed"][0].encode())
    with refused(Because.SIGNED_TWICE):
        world.add(Action.ISSUED, digest, {"record": RECORD}, bundle)
    with refused(Because.SIGNED_TWICE):
        world.add(Action.ISSUED, sha256_of(b"another name"), {"record": RECORD}, bundle)
    assert world.state.certificates[digest].status is Status.REVOKED


def test_signatures_for_one_record_do_not_count_for_a_certificate_of_another(world: World) -> None:
    world.run(rows(100_000))
    world.decide(record=LATER)  # which nobody signs
    unsigned = Issued.good().bundle  # names RECORD
    other = world.certificate(LATER).statement()
    from assay.proof.bundle import sign

    with refused(Because.SIGNED_SOMETHING_ELSE):
        bundle = sign(other.plain(), KEYS["certifier"])
        world.add(Action.ISSUED, bundle.digest, {"record": RECORD}, bundle)
    with refused(Because.QUORUM_MISSING):
        world.add(Action.ISSUED, bundle.digest, {"record": LATER}, bundle)
    assert unsigned.digest not in world.state.certificates


# --- what a verifier says


def superseding() -> tuple[Issued, Issued]:
    """A certificate and the one that took its place, of the same bytes."""
    first = Issued.good()
    world = first.world
    decided_again(world)
    made = world.certificate(LATER)
    return first, Issued.of(world, first.policy, made, record=LATER)


def sentence_of(found: Verification, number: int) -> str:
    return found.steps[number - 1].sentence


def test_the_old_one_is_refused_by_the_name_of_the_new_and_the_new_one_says_whose_place_it_has() -> None:
    first, second = superseding()
    old, new = (i.bundle.digest.removeprefix("sha256:")[:12] for i in (first, second))
    assert second.verify(attestations=None).accepted
    assert f"it supersedes {old}" in sentence_of(second.verify(), 3)
    found = first.verify()
    assert found.refusal is not None
    assert found.refusal.because is Because.SUPERSEDED
    assert new in found.refusal.sentence
    assert new in sentence_of(found, 10)  # the log says so too, whatever the status says
    assert "supersedes" not in sentence_of(found, 3)


def test_a_first_certificate_says_nothing_of_superseding_and_no_other_form_is_read() -> None:
    made = World.decided().certificate()
    statement = made.statement()
    extension = next(said for name, said in statement.predicate.items() if name.startswith("https://"))
    assert "supersedes" not in extension
    from assay.proof.certificate import Certificate
    from assay.proof.statement import BrokenStatement, Statement

    assert Certificate.read(statement) == made
    name = next(name for name in statement.predicate if name.startswith("https://"))
    empty = {**statement.predicate, name: {**extension, "supersedes": []}}
    with pytest.raises(BrokenStatement, match="contradicts itself"):
        Certificate.read(Statement(statement.kind, statement.subjects, empty))


# --- the state machine


MOVES = st.one_of(
    st.tuples(st.just("issue"), st.integers(0, 2), st.sampled_from(["model", "challenger"])),
    st.tuples(st.just("becomes"), st.integers(0, 5), st.sampled_from(["revoked", "suspended", "good"])),
    st.tuples(st.just("replay"), st.integers(0, 40), st.just("")),
    st.tuples(st.just("claim"), st.integers(0, 5), st.just("")),
    st.tuples(st.just("half"), st.integers(0, 2), st.just("model")),
)
RECORDS = (RECORD, LATER, sha256_of(b"the latest record"))


def _three_decisions() -> World:
    world = World.decided()
    signed(world)
    for place, record in enumerate(RECORDS[1:], start=1):
        world.run(rows(100_000 * place))
        world.decide(record=record)
        signed(world, record)
    return world


THREE = _three_decisions()


@given(moves=st.lists(MOVES, max_size=10))
@settings(max_examples=150, deadline=None)
def test_no_sequence_lets_two_certificates_of_one_model_stand_or_brings_one_back(
    moves: list[tuple[str, int, str]],
) -> None:
    world = World(list(THREE.leaves), THREE.time)
    before = world.state
    for what, which, how in moves:
        try:
            _move(world, what, which, how)
        except (Refused, Distrusted):
            assert state_of(world.leaves)[1] == ()  # what was refused left nothing behind
        after = world.state
        _sound(before, after)
        before = after


def _move(world: World, what: str, which: int, how: str) -> None:
    state = world.state
    issued = list(state.certificates)
    if what == "issue":
        world.issue(about=RECORDS[which], model=how)
    elif what == "half":
        world.issue_only(about=RECORDS[which], model=how)
    elif what == "becomes" and issued:
        world.becomes(issued[which % len(issued)], Status(how))
    elif what == "claim" and issued:
        world.add(Action.SUPERSEDED, issued[which % len(issued)], {"by": issued[-1]})
    elif what == "replay":
        from assay.proof.leaf import read_leaf

        entry = read_leaf(world.leaves[which % len(world.leaves)])
        world.add(entry.action, entry.object, dict(entry.body), *(s.bundle for s in entry.signed))


def _sound(before: State, after: State) -> None:
    for model in ("model", "challenger"):
        standing = after.standing("credit", model)
        assert len(standing) <= 1
    assert set(before.certificates) <= set(after.certificates)
    for digest, was in before.certificates.items():
        now = after.certificates[digest]
        assert (now.entry, now.record, now.result) == (was.entry, was.record, was.result)
        if was.status is Status.REVOKED:
            assert now.status is Status.REVOKED
        if was.status is Status.SUPERSEDED:
            assert now.status in {Status.SUPERSEDED, Status.REVOKED}
    for one in after.certificates.values():
        if one.status is Status.SUPERSEDED:
            (heir,) = (c for c in after.certificates.values() if one.digest in c.supersedes)
            assert after.decisions[heir.record].entry >= after.decisions[one.record].entry
            assert (heir.use_case, heir.model, heir.result) == (one.use_case, one.model, "PASSED")
