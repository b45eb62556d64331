"""The fold of the log: what it accepts, what it refuses with which reason, and that nobody gets round the quorum."""

from __future__ import annotations

import contextlib
import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from tests.world import (
    EVIDENCE,
    KEYS,
    OTHER,
    RECORD,
    SPECIFICATION,
    START,
    World,
    policy,
    rows,
    terms,
    used_rows,
)

from assay.domain.digests import sha256_of
from assay.domain.entry import Action, Signed
from assay.domain.plain import to_plain
from assay.domain.policy import HeldKey, Policy, Requires
from assay.domain.quorum import SignOff, Word, quorum
from assay.domain.refusal import Because, Distrusted, Refused
from assay.domain.sketch import ALL, SIZE, Sketch
from assay.domain.specification.specification import Attempts
from assay.domain.state import Status, StatusReason
from assay.domain.state.fold import fold
from assay.domain.state.runs import schedule_goes_on
from assay.domain.state.state import Terms
from assay.domain.used_rows import Over, UsedRows
from assay.proof import words
from assay.proof.bundle import sign
from assay.proof.canonical import digest_of_document
from assay.proof.keys import PrivateKey
from assay.proof.leaf import inspect, read_leaf, state_of
from assay.proof.manifest import Manifest
from assay.proof.merkle import Edge, leaf_hash


def refused(because: Because):
    return pytest.raises(Refused, check=lambda e: e.refusal.because is because)


def test_the_straight_way_leads_to_a_certificate() -> None:
    world = _quorate()
    certificate = world.issue()
    state, void = world.opened
    assert void == ()
    assert state.certificates[certificate].status is Status.GOOD
    assert state.signed(RECORD).approved == (("risk_officer", "ria"), ("validator", "val"))
    assert state.runs[state.decisions[RECORD].run].attempt == 1


def test_a_withheld_decision_is_issued_as_failed_without_signatures_and_never_as_passed() -> None:
    world = World.decided("withheld")
    with refused(Because.RESULT_FAILED):
        world.issue(result="PASSED")
    assert world.issue(result="FAILED") in world.state.certificates


# --- people


def test_one_person_does_not_fill_two_places() -> None:
    world = World.decided()
    world.sign("vic", "validator")
    world.sign("vic", "risk_officer")
    with refused(Because.QUORUM_MISSING):
        world.issue()
    world.sign("val", "validator")  # then the other role is left for the one who holds both
    assert world.issue()


@pytest.mark.parametrize(
    ("who", "role", "because"),
    [
        ("dora", "developer", Because.ROLE_NEVER_APPROVES),
        ("dora", "validator", Because.ROLE_NOT_HELD),
        ("ria", "validator", Because.ROLE_NOT_HELD),
        ("stranger", "validator", Because.KEY_UNKNOWN),
        ("certifier", "validator", Because.ROLE_NOT_HELD),
    ],
)
def test_who_may_not_sign_is_refused(who: str, role: str, because: Because) -> None:
    world = World.decided()
    with refused(because) as told:
        world.sign(who, role)
    assert because is not Because.KEY_UNKNOWN or KEYS[who].public.key_id[:12] in told.value.refusal.sentence
    with refused(because):
        world.agree(who, role, about=OTHER)


def test_a_developer_does_not_approve_with_a_second_key() -> None:
    second = policy().keys["val"].model_copy(update={"holder": "dora"})
    world = World.with_policy(policy(keys=policy().keys | {"val": second}))
    with refused(Because.ROLE_NEVER_APPROVES):
        world.agree("val", "validator")


@pytest.mark.parametrize("part", ["record", "evidence", "specification"])
def test_a_signature_dies_with_any_change(part: str) -> None:
    world = World.decided()
    with refused(Because.SIGNED_SOMETHING_ELSE):
        world.sign("val", "validator", **{part: sha256_of(b"changed")})


class OfAnotherOwner:
    """A signed statement whose type ends as one of ours and belongs to somebody else."""

    def __init__(self, signed: Signed) -> None:
        self._signed = signed
        self.kind = "https://example.org/" + "/".join(signed.kind.rsplit("/", 2)[1:])

    def __getattr__(self, name: str) -> Any:
        return getattr(self._signed, name)


@pytest.mark.parametrize("action", [Action.AGREED, Action.SIGNED, Action.ISSUED])
def test_a_statement_of_a_type_that_only_ends_like_ours_counts_for_nothing(action: Action) -> None:
    world, edge, entries = _quorate(), Edge(), []
    world.issue()
    for leaf in world.leaves:
        entries.append(replace(read_leaf(leaf), before=edge.root().hex()))
        edge.append(leaf_hash(leaf))
    assert fold(entries, inspect)[1] == ()
    at = next(e.seq for e in entries if e.action is action)
    entries[at] = replace(entries[at], signed=tuple(map(OfAnotherOwner, entries[at].signed)))
    first = fold(entries, inspect)[1][0]
    assert (first.entry, first.refusal.because) == (at, Because.STATEMENT_BROKEN)


def test_a_signature_for_another_decision_does_not_count() -> None:
    world = World.decided()
    with refused(Because.DECISION_UNKNOWN):
        world.sign("val", "validator", about=sha256_of(b"another record"))


UNSEEN = {
    "another root": lambda world: (len(world.leaves), sha256_of(b"root").removeprefix("sha256:")),
    "a size that was never reached": lambda world: (len(world.leaves) + 1, world.seen[1]),
    "a negative size": lambda world: (-1, world.seen[1]),
    "the root of another size": lambda world: (2, world.seen[1]),
}


@pytest.mark.parametrize("saw", UNSEEN)
def test_a_signer_who_saw_another_log_is_not_counted_in_this_one(saw: str) -> None:
    world = _quorate()
    certificate = world.issue()
    seen = UNSEEN[saw](world)
    with refused(Because.LOG_REWRITTEN):
        world.agree("val", "validator", about=OTHER, seen=seen)
    with refused(Because.LOG_REWRITTEN):
        world.sign("val", "validator", seen=seen)
    with refused(Because.LOG_REWRITTEN):
        world.becomes(certificate, Status.REVOKED, seen=seen)


def test_an_entry_that_a_signer_saw_cannot_be_rewritten() -> None:
    """Somebody with the database and the key of the log takes an earlier entry back; the signatures do not fit any more."""
    world = World.decided()
    other = World.with_policy()
    other.lock(reason="another reason")
    rewritten = [*other.leaves, *world.leaves[len(other.leaves) :]]
    assert state_of(rewritten)[1]
    word = read_leaf(_quorate().leaves[-1]).signed[0]
    other.run()
    other.decide()
    with refused(Because.LOG_REWRITTEN):
        other.add(Action.SIGNED, RECORD, {}, word.bundle)


def test_who_signs_a_decision_has_seen_it_in_the_log() -> None:
    world = World.decided()
    before = World(world.leaves[:-1]).seen
    with refused(Because.SIGNED_SOMETHING_ELSE):
        world.sign("val", "validator", seen=before)


def test_two_persons_may_say_the_same_of_the_same_log_in_the_same_second_and_nobody_twice() -> None:
    """As they can where each signs on a machine of their own."""
    world = World.decided(quorum={"validator": 2, "risk_officer": 1})
    seen, time = world.seen, world.time
    for who in ("val", "vic"):
        world.time = time
        world.sign(who, "validator", seen=seen)
    assert {holder for _, holder in world.state.signed(RECORD).approved} == {"val", "vic"}
    world.time = time
    with refused(Because.SIGNED_TWICE):
        world.sign("val", "validator", seen=seen)


def test_a_reject_blocks_until_it_is_withdrawn() -> None:
    world = World.decided()
    world.sign("val", "validator")
    world.sign("ria", "risk_officer")
    world.sign("leo", "legal", Word.REJECT)
    with refused(Because.REJECTED):
        world.issue()
    with refused(Because.NOTHING_TO_WITHDRAW):
        world.sign("vic", "validator", Word.WITHDRAW)
    world.sign("leo", "legal", Word.WITHDRAW)
    assert world.issue()


@pytest.mark.parametrize("becomes", [None, Status.SUSPENDED, Status.REVOKED])
@pytest.mark.parametrize("word", [Word.REJECT, Word.WITHDRAW])
def test_a_word_against_a_decision_comes_too_late_once_its_certificate_was_issued(
    word: Word, becomes: Status | None
) -> None:
    """It would be in the log, and every gate would go on letting the model through."""
    world = _signed()
    (certificate,) = world.state.certificates
    if becomes is not None:
        world.becomes(certificate, becomes)
    before = len(world.leaves)
    with refused(Because.ISSUED_ALREADY):
        world.sign("val", "validator", word)
    assert len(world.leaves) == before
    world.sign("vic", "validator")  # whoever agrees may still say so


def test_a_refusal_that_was_issued_may_still_be_rejected() -> None:
    """It stands on nobody's word, so there is nothing that the word comes too late for."""
    world = World.decided("withheld")
    world.issue()
    world.sign("val", "validator", Word.REJECT)
    assert [w.holder for w in world.state.signed(RECORD).rejected] == ["val"]


def test_a_key_signs_only_while_it_is_valid_and_its_past_signatures_stay() -> None:
    world = World.decided()
    world.sign("val", "validator")
    first = world.state.policy
    assert first is not None
    left = first.keys["val"].model_copy(update={"valid_until": world.time})
    world.set_policy(policy(version=2, previous=world.state.policy_digest, keys=first.keys | {"val": left}))
    with refused(Because.KEY_NOT_VALID):
        world.sign("val", "validator")
    world.sign("ria", "risk_officer")
    assert world.issue()  # the signature that val made before still counts


# --- policy


def test_the_next_policy_is_signed_by_the_old_roots_and_by_the_new() -> None:
    world = World.with_policy()
    taken = policy(version=2, previous=world.state.policy_digest, roots=("val",))
    for signers in (("root",), ("val",), ("ria", "dora")):
        with refused(Because.POLICY_UNSIGNED):
            world.set_policy(taken, *signers)
    world.set_policy(taken, "root", "val")
    assert world.state.policy == taken


@pytest.mark.parametrize("changes", [{"version": 3}, {"previous": sha256_of(b"another")}])
def test_a_policy_that_does_not_follow_the_one_in_force_is_refused(changes: dict[str, object]) -> None:
    world = World.with_policy()
    with refused(Because.POLICY_NOT_NEXT):
        world.set_policy(policy(**({"version": 2, "previous": world.state.policy_digest} | changes)))


def test_demo_keys_are_refused_but_in_a_demo_policy() -> None:
    held = HeldKey(
        holder="anyone",
        key=PrivateKey.demo("validator").public.pem,
        roles=("validator",),
        valid_from=START,
        valid_until=START + dt.timedelta(days=9),
    )
    with refused(Because.DEMO_KEY):
        World.with_policy(policy(keys=policy().keys | {"demo": held}))
    assert World.with_policy(policy(keys=policy().keys | {"demo": held}, demo=True)).state.policy


def test_a_policy_under_the_digest_that_was_signed_for_another_is_refused() -> None:
    """Root keys sign a digest; what the entry says besides must have it."""
    world = World.with_policy()
    signed = policy(version=2, previous=world.state.policy_digest)
    plain = to_plain(signed, Policy)
    digest = digest_of_document(plain)
    said = words.policy_statement(digest, organisation=signed.organisation, version=2).plain()
    swapped = to_plain(policy(version=2, previous=world.state.policy_digest, isolation=0), Policy)
    with refused(Because.ENTRY_UNREADABLE):
        world.add(Action.POLICY_SET, digest, {"policy": swapped}, sign(said, KEYS["root"]))
    world.add(Action.POLICY_SET, digest, {"policy": plain}, sign(said, KEYS["root"]))
    assert world.state.policy == signed


def test_nothing_counts_before_a_policy() -> None:
    with refused(Because.NO_POLICY):
        World().agree("val", "validator")


# --- lock, runs, attempts


def test_a_run_needs_the_lock_in_force() -> None:
    world = World.with_policy()
    with refused(Because.NOT_LOCKED):
        world.run()
    world.lock()
    world.lock(OTHER, reason="the threshold was too low")
    with refused(Because.NOT_LOCKED):
        world.run(about=SPECIFICATION)
    assert world.run(about=OTHER)


def test_a_lock_needs_its_quorum_and_a_new_version_its_reason() -> None:
    world = World.with_policy()
    world.agree("val", "validator")
    with refused(Because.QUORUM_MISSING):
        world.lock_only()
    world.agree("ria", "risk_officer")
    world.lock_only()
    with refused(Because.REASON_MISSING):
        world.lock(OTHER)


@pytest.mark.parametrize(
    "terms",
    [
        {"quorum": {"validator": 1}},
        {"quorum": {"developer": 1, "validator": 1, "risk_officer": 1}},
        {"lock": {"submitter": 1}},
        {"lock": {}},
        {"lock": {"validator": 0}},
        {"lock": {"validator": 1, "risk_officer": -1}},
        {"quorum": {"validator": 1, "risk_officer": 1, "legal": 0}},
        {"valid_for_days": 0},
        {"valid_for_days": 3650},
        {"attempts": 0},
        {"attempts": 100},
    ],
)
def test_terms_that_the_policy_does_not_allow_are_not_locked(terms: dict[str, object]) -> None:
    world = World.with_policy()
    with refused(Because.POLICY_NOT_SATISFIED):
        world.lock(**terms)


@pytest.mark.parametrize("nobody", [{}, {"validator": 0}, {"validator": -1}])
def test_a_policy_that_asks_for_nothing_still_locks_nothing_without_a_signature(
    nobody: dict[str, int],
) -> None:
    world = World.with_policy(policy(requires=Requires()))
    with refused(Because.POLICY_NOT_SATISFIED):
        world.lock_only(lock=nobody, quorum=nobody)
    assert not quorum(nobody, []).reached
    assert quorum(nobody, []).sentence() == "Signatures are missing: 1 anybody."


@pytest.mark.parametrize("count", [True, "1", None])
def test_what_is_no_count_is_no_term(count: object) -> None:
    world = World.with_policy()
    for who, role in (("val", "validator"), ("ria", "risk_officer")):
        world.agree(who, role)
    plain = to_plain(terms(), Terms) | {"lock": {"validator": count}}
    with refused(Because.ENTRY_UNREADABLE):
        world.add(Action.LOCKED, SPECIFICATION, {"terms": plain, "reason": ""})


def _stricter(world: World) -> None:
    asks = Requires(quorum={"validator": 2})
    world.set_policy(policy(version=2, previous=world.state.policy_digest, requires=asks))


def test_a_policy_that_asks_more_since_the_lock_stops_the_run_and_the_certificate() -> None:
    world = World.with_policy()
    world.lock()
    _stricter(world)
    with refused(Because.POLICY_NOT_SATISFIED):
        world.run()
    signed = _quorate()
    _stricter(signed)
    with refused(Because.POLICY_NOT_SATISFIED):
        signed.issue()


def test_a_run_that_bypassed_a_safeguard_gets_no_certificate_whoever_signs() -> None:
    world = World.with_policy()
    world.lock()
    world.run()
    world.decide(bypasses=("certify_without_isolation",))
    for who, role in (("val", "validator"), ("ria", "risk_officer")):
        world.sign(who, role)
    with refused(Because.BYPASS_USED):
        world.issue()


def test_test_rows_are_spent_by_one_judged_run_whatever_they_are_called() -> None:
    world = World.decided("withheld")
    with refused(Because.TEST_SET_SPENT):
        world.run(attempt=2)
    with refused(Because.TEST_SET_SPENT):
        world.run(rows(300), attempt=2)  # a quarter of the rows are the old ones
    assert world.run(rows(5000))  # rows that nobody used


def test_sketches_of_a_spent_file_that_are_made_up_are_refused_and_the_file_is_known() -> None:
    """Whoever can append, and signs nothing, starts a run on the very file that was judged."""
    world = World.decided("withheld")
    (first,) = world.state.runs.values()
    other = used_rows(rows(10_000_000, 399))
    with pytest.raises(Refused, match="The sketches are of a file with the digest"):
        world.run(other, names={"subject": dict(first.subject)})
    with pytest.raises(Refused, match="it is the same file"):
        world.run(replace(other, file=first.rows.file), attempt=2)
    with pytest.raises(Refused, match="under the salt"):
        world.run(other, names={"salt": sha256_of(b"another salt")})
    for nothing in (Sketch(400, ()), Sketch(0, (1,))):
        with pytest.raises(Refused, match="one row at least"):
            world.run(nothing)
    with pytest.raises(Refused, match="one row at least"):
        world.run(replace(other, marks=(Over(("a",), Sketch(399, ())),)))
    with pytest.raises(Refused, match="have none"):
        world.run(other, names={"subject": {k: v for k, v in first.subject.items() if k != "test"}})


def test_a_schedule_allows_its_number_of_runs_and_the_first_pass_closes_it() -> None:
    world = World.decided("withheld", attempts=3, first="0.8")
    world.run(attempt=2)
    world.decide("withheld", record=OTHER)
    world.run(attempt=3)
    world.decide("certified", record=EVIDENCE)
    with refused(Because.TEST_SET_SPENT):
        world.run(attempt=4)
    closed = World.decided("certified", attempts=3)
    with refused(Because.TEST_SET_SPENT):
        closed.run(attempt=2)


def test_an_attempt_ahead_of_its_turn_stands_and_nobody_else_has_its_number() -> None:
    """Rows that once counted as used may count as fresh by a later version of the rules; the log that told of them must stand."""
    world = World.with_policy()
    world.lock(attempts=3)
    ahead = world.run(attempt=2)
    world.decide("withheld")
    assert world.state.runs[ahead].attempt == 2
    for number in (1, 2):
        with pytest.raises(Refused, match=f"This is attempt 3 on these rows, the entry says {number}"):
            world.run(attempt=number)
    world.run(attempt=3)
    world.decide("withheld", record=OTHER)
    with pytest.raises(Refused, match="no attempt of the 3 that were declared is left, and 2 were"):
        world.run(attempt=4)
    assert not schedule_goes_on(world.state, world.state.runs[ahead]), (
        "nothing is left to seal its numbers for"
    )
    assert world.opened[1] == ()


def test_attempts_ahead_of_their_turn_take_no_more_of_alpha_than_there_is() -> None:
    """The first of three takes a tenth: whoever leaves it out had 0.45 of alpha three times."""
    world = World.with_policy()
    world.lock(attempts=3, first="0.1")
    with pytest.raises(Refused, match="says attempt 4 on these rows, of which 3 were declared"):
        world.run(attempt=4)
    shares = Attempts(count=3, first=Decimal("0.1"))
    taken = []
    for attempt in (2, 3, 4, 5):
        with contextlib.suppress(Refused):
            world.run(attempt=attempt)
            world.decide("withheld", record=sha256_of(bytes([attempt])))
            taken.append(attempt)
    assert taken == [2, 3]
    assert sum(map(shares.share, taken)) <= 1.0


def test_runs_that_share_rows_never_have_the_same_number_whatever_else_each_shares() -> None:
    """Each set has half of the rows of the one before: all but the first had been attempt 2 of 2, at nine tenths of alpha each."""
    world = World.with_policy()
    world.lock(attempts=2, first="0.1")
    world.run(rows(0))
    world.decide("withheld")
    world.run(rows(200), attempt=2)
    world.decide("withheld", record=OTHER)
    for attempt in (2, 3):
        with pytest.raises(
            Refused, match=r"50% .* no attempt of the 2 that were declared is left, and 1 was made"
        ):
            world.run(rows(400), attempt=attempt)
    world.run(rows(1000))


def test_a_broken_seal_ends_the_schedule_and_needs_a_role_and_a_reason() -> None:
    world = World.decided("withheld", attempts=3, first="0.8")
    for who, role, because in (
        ("dora", "developer", Because.ROLE_NEVER_APPROVES),
        ("val", "legal", Because.ROLE_NOT_HELD),
        ("stranger", "validator", Because.KEY_UNKNOWN),
    ):
        with refused(because):
            world.unseal(who, role)
    with refused(Because.REASON_MISSING):
        world.unseal("val", "validator", reason=" ")
    with refused(Because.DECISION_UNKNOWN):
        world.unseal("val", "validator", record=OTHER)
    world.unseal("val", "validator")
    with refused(Because.TEST_SET_SPENT):
        world.run(attempt=2)
    with refused(Because.NOT_SEALED):
        world.unseal("val", "validator")


def test_a_new_version_of_the_specification_does_not_make_the_rows_new() -> None:
    world = World.decided("withheld", attempts=3)
    world.lock(OTHER, reason="another threshold", attempts=3)
    with refused(Because.TEST_SET_SPENT):
        world.run(about=OTHER, attempt=2)


def test_a_waiver_of_a_criterion_of_the_lock_is_kept_and_changes_no_decision() -> None:
    world = World.decided("withheld")
    world.waive("ria", "risk_officer", "accuracy")
    assert [w.criterion for w in world.state.waivers] == ["accuracy"]
    assert world.state.decisions[RECORD].outcome == "withheld"
    with refused(Because.RESULT_FAILED):
        world.issue(result="PASSED")


@pytest.mark.parametrize(
    ("criterion", "instead", "because"),
    [
        ("signature_wrong", {}, Because.NEVER_WAIVED),
        ("quorum_missing", {}, Because.NEVER_WAIVED),
        ("nonsense", {}, Because.NEVER_WAIVED),
        ("accuracy", {"until": "2020-01-01T00:00:00+00:00"}, Because.NEVER_WAIVED),
        ("test_set_spent", {"until": START.isoformat()}, Because.NEVER_WAIVED),
        ("test_set_spent", {"word": "withdraw"}, Because.NEVER_WAIVED),
        ("test_set_spent", {"word": "reject"}, Because.NEVER_WAIVED),
        ("test_set_spent", {"reason": " "}, Because.REASON_MISSING),
        ("test_set_spent", {"until": "2027-01-01"}, Because.REASON_MISSING),
    ],
)
def test_what_is_no_waiver_waives_nothing(criterion: str, instead: dict[str, str], because: Because) -> None:
    world = World.decided("withheld")
    with refused(because):
        world.waive("ria", "risk_officer", criterion, **instead)
    with refused(Because.TEST_SET_SPENT):
        world.run(attempt=2)


def test_a_waiver_holds_for_as_long_as_the_policy_lets_it_and_of_spent_rows_never_longer_than_ninety_days() -> (
    None
):
    for longest, criterion, days in (
        (90, "accuracy", 90), (10, "accuracy", 10), (400, "accuracy", 400), (10, "test_set_spent", 10),
        (400, "test_set_spent", 90),
    ):  # fmt: skip
        requires = Requires(longest_waiver=dt.timedelta(days=longest))
        world = World.with_policy(policy(requires=requires))
        world.lock()
        world.run()
        world.decide("withheld")
        with refused(Because.NEVER_WAIVED):
            world.waive("ria", "risk_officer", criterion, days=days + 1)
        world.waive("ria", "risk_officer", criterion, days=days)
        assert [w.criterion for w in world.state.waivers] == [criterion]


def test_only_what_is_locked_is_waived() -> None:
    with refused(Because.NOT_LOCKED):
        World.with_policy().waive("ria", "risk_officer", "accuracy")


def test_overlap_is_the_share_of_the_smaller_set() -> None:
    assert rows(0).overlap(rows(0)) == 1
    assert rows(0).overlap(rows(400)) == 0
    assert rows(0, 400).overlap(rows(300, 200)) == 0.5
    sampled = Sketch(10**6, tuple(range(0, 2 * SIZE, 2)), bound=ALL // 100)
    assert sampled.overlap(Sketch(10**6, tuple(range(SIZE)), bound=ALL // 50)) == 1.0
    assert Sketch.read(400, rows(7).text(), ALL) == rows(7)


def test_rows_over_other_columns_are_known_by_whatever_two_runs_have_in_common() -> None:
    """Renamed, sketched again over an earlier choice, an identifier, the values of a column, the same file, the count."""
    first = UsedRows(
        400, "sha256:a", (Over(("a", "b"), rows(0)), Over(("id",), rows(1000))), (Over(("a",), rows(50, 60)),)
    )
    fresh = rows(9000)
    told = (Over(("b",), rows(9000, 60)),)

    def share(
        file: str = "sha256:b", count: int = 399, marks: tuple[Over, ...] = told, *sketches: Over
    ) -> float:
        return UsedRows(count, file, sketches or (Over(("b",), fresh),), marks).overlap(first).share

    assert share() == 0
    assert share("sha256:a") == 1
    assert share(marks=()) == 1  # about as many, and nothing by which they could be told apart
    assert share(count=360, marks=()) == 0
    assert share(count=400) == 1  # as many, and no columns that both have
    assert share("sha256:b", 400, (), Over(("b", "a"), fresh)) == 0  # told apart by the same columns
    assert share("sha256:b", 399, (), Over(("x", "y"), rows(0))) == 1
    assert share("sha256:b", 399, (), Over(("b",), fresh), Over(("b", "a"), rows(200))) == 0.5
    assert share("sha256:b", 399, (), Over(("b",), fresh), Over(("nr",), rows(1000))) == 1
    assert share(marks=(Over(("z",), rows(50, 60)),)) == 1
    assert share(marks=(Over(("z",), rows(85, 60)),)) == 0  # fewer than half: values that chance repeats


def test_columns_that_one_file_has_alone_say_nothing_of_rows_that_are_about_as_many() -> None:
    """The log looks at earlier sets of which it shares no hash, too."""
    first = UsedRows(
        400,
        "sha256:" + "a" * 64,
        (Over(("income", "age", "bad"), rows(100_000)), Over(("id",), rows(1000))),
        (Over(("income",), rows(50, 60)), Over(("age", "id"), rows(300, 60))),
    )
    few, numbered = Over(("age", "bad"), rows(9000)), Over(("id",), rows(8000))
    noise, numbers = Over(("noise",), rows(7000, 60)), Over(("age", "id"), rows(6000, 60))

    def spent(*sketches: Over, marks: tuple[Over, ...] = (), count: int = 399) -> bool:
        world = World.with_policy()
        world.lock()
        world.run(first)
        later = UsedRows(count, "sha256:" + "b" * 64, sketches, marks)
        return any(
            run.rows.file == first.file and overlap.untold for run, overlap in world.state.overlapping(later)
        )

    assert spent(few)
    assert spent(few, marks=(noise,))
    assert spent(few, numbered)
    assert spent(few, numbered, marks=(noise, numbers))
    income = Over(("income",), rows(7000, 60))
    assert not spent(Over(("income", "bad"), rows(9000)), marks=(income,))  # the income would have told
    assert spent(few, marks=(income,))  # and tells nothing where nobody judges by it
    assert not spent(few, Over(("income", "age", "bad"), rows(8000)))
    assert not spent(few, marks=(noise,), count=360)  # a tenth fewer: nothing can be known
    calls = Over(("calls", "minutes", "bad"), rows(9000))
    assert not spent(calls, marks=(noise,))  # other data of about as many rows
    assert spent(calls)


def test_another_use_case_of_as_many_rows_is_new_though_it_shares_identifier_label_and_few_columns() -> None:
    """Taken away is only what the earlier run's columns had: who judges by new ones that tell rows apart has other data."""
    first = UsedRows(
        400,
        "sha256:" + "a" * 64,
        (Over(("income", "rate", "age", "sex", "grade", "bad"), rows(100_000)), Over(("id",), rows(1000))),
        (Over(("income",), rows(50, 60)), Over(("age", "rate"), rows(300, 60))),
    )

    def untold(columns: str, marks: str, count: int) -> bool:
        own, telling = tuple(columns.split()), tuple(marks.split())
        later = UsedRows(
            count,
            "sha256:" + "b" * 64,
            (Over(own, rows(9000)), Over(("id",), rows(8000))),
            tuple(Over((name,), rows(7000 + 100 * n, 60)) for n, name in enumerate(telling)),
        )
        return later.overlap(first).untold

    for count in (399, 400):
        assert not untold("usage calls bad", "usage calls", count)
        assert not untold("usage age bad", "usage", count)
        assert not untold("usage calls age sex grade bad", "usage calls", count)
        assert untold("age grade bad", "usage calls", count)  # of which nothing is judged
        assert untold("usage age grade bad", "usage", count)  # one column is soon made up
        assert untold("usage calls age grade bad", "calls", count)  # and one of few values tells nothing
        assert untold("usage age grade bad", "", count)
        assert not untold("usage bad", "calls", count)  # nothing of the earlier run's columns is left


def test_a_set_pieced_together_from_many_used_ones_is_spent() -> None:
    """Of each of eleven sets it has too little to count, and nothing of it is new."""
    world = World.decided("withheld")
    for k in range(1, 11):
        world.run(rows(1000 * k))
    pieced = Sketch(11 * 36, tuple(1000 * k + i for k in range(11) for i in range(36)))
    with pytest.raises(
        Refused, match=r"100% of these test rows were used by 11 judged runs together .* 11 were made"
    ):
        world.run(pieced)
    assert [overlap.share for _, overlap in world.state.overlapping(used_rows(pieced))] == [36 / 396] * 11
    few = Sketch(400, (*range(1000, 1019), *range(2000, 2019), *range(99_000, 99_362)))
    run = world.run(few)  # 9.5 % of them were used: told, and no attempt
    assert len(world.state.runs[run].overlaps) == 2
    with refused(Because.TEST_SET_SPENT):  # and those 5 % and 5 % are a tenth
        world.run(Sketch(400, (*range(1020, 1040), *range(2020, 2040), *range(98_000, 98_360))))


def test_rows_that_are_judged_many_times_weigh_as_often() -> None:
    world = World.decided("withheld")
    hashes = (*range(30), *range(5000, 5370))
    with pytest.raises(Refused, match="62% of these test rows were used by the judged run of entry"):
        world.run(Sketch(970, hashes, ALL, (20,) * 30 + (1,) * 370))
    world.run(Sketch(400, hashes))


def test_a_run_without_a_lock_uses_its_rows_and_decides_nothing() -> None:
    world = World.with_policy()
    run = world.run_unlocked(rows(0))
    world.lock(attempts=3, first="0.8")
    for sketch in (rows(0), rows(360)):
        with pytest.raises(
            Refused, match=f"by the run without a lock of entry {run} .* is seen by all, and 1 was made"
        ):
            world.run(sketch)
    with pytest.raises(Refused, match=f"The run of entry {run} is without a lock"):
        world.decide(run=run)
    world.run_unlocked(rows(0))  # it leads to nothing, so it is refused nothing
    assert [one.attempt for one in world.state.runs.values()] == [1, 2]
    with pytest.raises(Refused, match="The sketches are of a file with the digest"):
        world.run_unlocked(rows(0), subject={"test": sha256_of(b"another")})
    world.waive("ria", "risk_officer", "test_set_spent")
    world.run(rows(0), attempt=3)
    world.run(rows(9000), attempt=1)


def test_a_run_states_the_attempt_that_its_rows_make_it() -> None:
    world = World.decided("withheld", attempts=3, first="0.8")
    with refused(Because.ENTRY_UNREADABLE):
        world.run(attempt=1)
    world.run(rows(390), attempt=1)  # a fortieth of the rows: told, and no attempt
    (found,) = world.state.runs[max(world.state.runs)].overlaps
    assert found[1].share == pytest.approx(0.025)


# --- certificates


def test_a_certificate_is_suspended_reinstated_and_revoked_for_good() -> None:
    world = _quorate()
    certificate = world.issue()
    with refused(Because.ROLE_NEVER_APPROVES):
        world.becomes(certificate, Status.REVOKED, "dora", "developer")
    world.becomes(certificate, Status.SUSPENDED)
    assert world.state.certificates[certificate].status is Status.SUSPENDED
    world.becomes(certificate, Status.GOOD)
    world.becomes(certificate, Status.REVOKED)
    assert world.state.certificates[certificate].why == "drift"
    with refused(Because.REVOKED):
        world.becomes(certificate, Status.GOOD)


def test_every_change_of_a_certificate_has_a_reason_code_and_only_a_reinstatement_is_resolved() -> None:
    world = _quorate()
    certificate = world.issue()
    with refused(Because.REASON_MISSING):
        world.becomes(certificate, Status.SUSPENDED, code=StatusReason.RESOLVED)
    world.becomes(certificate, Status.SUSPENDED, code=StatusReason.DATA_WITHDRAWN)
    assert world.state.certificates[certificate].code is StatusReason.DATA_WITHDRAWN
    for wrong in StatusReason:
        if wrong is not StatusReason.RESOLVED:
            with refused(Because.REASON_MISSING):
                world.becomes(certificate, Status.GOOD, code=wrong)
    world.becomes(certificate, Status.GOOD)
    said = words.revocation(
        certificate, becomes=Status.REVOKED, code=StatusReason.OTHER, role="risk_officer", reason="x",
        seen=world.seen, time=world.time,
    )  # fmt: skip
    for code in (None, "", "nonsense", 7, []):
        odd = replace(said, predicate={**said.predicate, "code": code})
        with refused(Because.REASON_MISSING):
            world.add(Action.REVOKED, certificate, {}, sign(odd.plain(), KEYS["ria"]))
    world.becomes(certificate, Status.REVOKED, code=StatusReason.KEY_COMPROMISE)
    assert world.state.certificates[certificate].code is StatusReason.KEY_COMPROMISE


def test_reinstating_is_for_a_role_of_the_quorum_and_stopping_for_whom_the_policy_names() -> None:
    world = _quorate()
    certificate = world.issue()
    world.becomes(certificate, Status.SUSPENDED, "leo", "legal")  # any independent role stops
    with refused(Because.ROLE_NOT_HELD):
        world.becomes(certificate, Status.GOOD, "leo", "legal")
    world.becomes(certificate, Status.GOOD, "val", "validator")
    named = Requires(attempts=3, revoke=("risk_officer",))
    world.set_policy(policy(version=2, previous=world.state.policy_digest, requires=named))
    for status in (Status.SUSPENDED, Status.REVOKED):
        with refused(Because.ROLE_NOT_HELD):
            world.becomes(certificate, status, "leo", "legal")
    world.becomes(certificate, Status.REVOKED)


def _quorate(**changes: Any) -> World:
    world = World.decided(**changes)
    world.sign("val", "validator")
    world.sign("ria", "risk_officer")
    return world


QUORATE = _quorate()
LIES: dict[str, tuple[Because, dict[str, Any]]] = {
    "another record besides": (
        Because.STATEMENT_BROKEN,
        {
            "said": {
                "attestations": (("record", OTHER), ("evidence", EVIDENCE), ("specification", SPECIFICATION))
            }
        },
    ),
    "a record that was never decided": (Because.SIGNED_SOMETHING_ELSE, {"said": {"record": OTHER}}),
    "no attestations": (Because.STATEMENT_BROKEN, {"said": {"attestations": ()}}),
    "other evidence": (
        Because.CONTRADICTS_LOG,
        {"said": {"attestations": (("evidence", OTHER), ("specification", SPECIFICATION))}},
    ),
    "another specification": (
        Because.CONTRADICTS_LOG,
        {"said": {"attestations": (("evidence", EVIDENCE), ("specification", OTHER))}},
    ),
    "evidence twice": (
        Because.STATEMENT_BROKEN,
        {
            "said": {
                "attestations": (
                    ("evidence", OTHER),
                    ("evidence", EVIDENCE),
                    ("specification", SPECIFICATION),
                )
            }
        },
    ),
    "an unknown lock": (Because.CONTRADICTS_LOG, {"scope": {"lock": sha256_of(b"no lock")}}),
    "another use": (Because.CONTRADICTS_LOG, {"scope": {"name": "hiring"}}),
    "a lower risk": (Because.CONTRADICTS_LOG, {"scope": {"risk": "low"}}),
    "another outcome": (Because.CONTRADICTS_LOG, {"scope": {"outcome": "conditional"}}),
    "another attempt": (Because.CONTRADICTS_LOG, {"scope": {"attempt": 2}}),
    "a bypass that was not": (Because.CONTRADICTS_LOG, {"scope": {"bypasses": ("no_isolation",)}}),
    "another policy": (Because.POLICY_OTHER, {"said": {"policy": OTHER}}),
    "another log": (Because.CONTRADICTS_LOG, {"scope": {"log": "evil.example"}}),
    "a demo": (Because.CONTRADICTS_LOG, {"scope": {"demo": True}}),
    "ten years": (
        Because.CONTRADICTS_LOG,
        {"scope": {"valid_until": (QUORATE.time + dt.timedelta(days=3650)).isoformat()}},
    ),
    "no date": (Because.STATEMENT_BROKEN, {"scope": {"valid_until": "for ever"}}),
    "a day without a time zone": (Because.STATEMENT_BROKEN, {"scope": {"valid_until": "2026-02-01"}}),
    "an end before its beginning": (Because.EXPIRED, {"scope": {"valid_until": START.isoformat()}}),
    "other bytes": (
        Because.CONTRADICTS_LOG,
        {"said": {"manifest": Manifest.of("model", [("model.txt", sha256_of(b"another tree"))])}},
    ),
    "the scores of another format": (Because.CONTRADICTS_LOG, {"scope": {"format": "predictions"}}),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_certificate_that_says_something_else_than_the_log_is_void(lie: str) -> None:
    because, claimed = LIES[lie]
    world = World(list(QUORATE.leaves), QUORATE.time)
    with refused(because):
        world.issue(scope=claimed.get("scope"), **claimed.get("said", {}))
    assert world.issue()


def test_validity_is_counted_from_the_decision_so_that_old_evidence_is_not_renewed() -> None:
    world = _quorate()
    decided = world.state.decisions[RECORD].time
    world.time += dt.timedelta(days=100)
    late = (world.time + dt.timedelta(days=180)).isoformat()
    with refused(Because.CONTRADICTS_LOG):
        world.issue(scope={"valid_until": late})
    with refused(Because.CONTRADICTS_LOG):
        world.issue(scope={"valid_until": (decided + dt.timedelta(days=180, seconds=1)).isoformat()})
    assert world.issue(scope={"valid_until": (decided + dt.timedelta(days=180)).isoformat()})
    old = _quorate()
    old.time += dt.timedelta(days=181)
    with refused(Because.EXPIRED):
        old.issue()


@pytest.mark.parametrize(
    ("status", "because"), [(Status.REVOKED, Because.REVOKED), (Status.SUSPENDED, Because.SUSPENDED)]
)
def test_what_was_taken_back_does_not_return_by_issuing_it_again(status: Status, because: Because) -> None:
    world = _quorate()
    first = world.issue()
    world.becomes(first, status)
    with refused(because):
        world.issue()
    world.sign("val", "validator")  # nor by signing the same decision once more
    with refused(because):
        world.issue()


def test_a_decision_has_one_certificate() -> None:
    world = _quorate()
    world.issue()
    with refused(Because.NOT_CERTIFIABLE):
        world.issue()
    withheld = World.decided("withheld")
    withheld.issue()
    with refused(Because.NOT_CERTIFIABLE):
        withheld.issue()


def test_a_record_is_decided_once() -> None:
    """Else a second run would put another outcome under signatures and a certificate that are there."""
    world = World.decided("withheld")
    run = world.run(rows(5000))
    with refused(Because.RUN_UNKNOWN):
        world.decide("certified", run=run)


def test_an_entry_that_names_another_certificate_than_it_carries_is_void() -> None:
    world = World(list(QUORATE.leaves), QUORATE.time)
    bundle = sign(world.certificate().statement().plain(), KEYS["certifier"])
    with refused(Because.SIGNED_SOMETHING_ELSE):
        world.add(Action.ISSUED, OTHER, {"record": RECORD}, bundle)
    world.add(Action.ISSUED, bundle.digest, {"record": RECORD}, bundle)


def test_a_certificate_of_one_decision_does_not_stand_in_the_log_for_another() -> None:
    world = World(list(QUORATE.leaves), QUORATE.time)
    world.run(rows(5000))
    world.decide("withheld", record=OTHER)
    bundle = sign(world.certificate(OTHER).statement().plain(), KEYS["certifier"])
    with refused(Because.SIGNED_SOMETHING_ELSE):
        world.add(Action.ISSUED, bundle.digest, {"record": RECORD}, bundle)


# --- the log itself


def test_a_rearranged_log_says_so() -> None:
    world = World.decided()
    swapped = [world.leaves[0], world.leaves[2], world.leaves[1], *world.leaves[3:]]
    assert state_of(swapped)[1][0].refusal.because is Because.ENTRY_OUT_OF_ORDER


def test_time_does_not_run_backwards() -> None:
    world = World.with_policy()
    world.time -= dt.timedelta(days=1)
    with refused(Because.TIME_BACKWARDS):
        world.agree("val", "validator")


@given(data=st.data())
@settings(max_examples=200, deadline=None)
def test_one_changed_byte_in_an_entry_is_never_a_better_state(data: st.DataObject) -> None:
    """Whoever edits an entry in place loses it or breaks it: nothing new is approved."""
    place = data.draw(st.integers(0, len(SIGNED.leaves) - 1))
    leaf = SIGNED.leaves[place]
    at, value = data.draw(st.integers(0, len(leaf) - 1)), data.draw(st.integers(0, 255))
    changed = leaf[:at] + bytes([value]) + leaf[at + 1 :]
    state, _ = state_of([*SIGNED.leaves[:place], changed, *SIGNED.leaves[place + 1 :]])
    assert len(state.certificates) <= 1
    for record, decision in state.decisions.items():
        assert (
            {s.holder for s in decision.sign_offs} <= {"val", "ria"}
            if record == RECORD
            else not decision.sign_offs
        )


def _signed() -> World:
    world = _quorate()
    world.issue()
    return world


SIGNED = _signed()
ATTEMPTS = st.one_of(
    st.tuples(st.just("sign"), st.sampled_from([k for k in KEYS if k not in ("val", "ria", "vic")]),
              st.sampled_from(["validator", "risk_officer", "legal", "developer", "submitter", "root"])),
    st.tuples(st.just("sign"), st.just("vic"), st.sampled_from(["validator", "risk_officer"])),
    st.tuples(st.just("sign other"), st.sampled_from(["val", "ria"]), st.sampled_from(["validator", "risk_officer"])),
    st.tuples(st.just("issue"), st.sampled_from(list(KEYS)), st.sampled_from(["PASSED", "FAILED"])),
    st.tuples(st.just("policy"), st.sampled_from(list(KEYS)), st.just("")),
    st.tuples(st.just("decide"), st.just(""), st.sampled_from(["certified", "withheld"])),
    st.tuples(st.just("decide again"), st.just(""), st.sampled_from(["certified", "withheld"])),
    st.tuples(st.just("repeat"), st.sampled_from("0123456789"), st.sampled_from(["as it was", "of another"])),
    st.tuples(st.just("terms"), st.sampled_from(["", "validator", "legal"]), st.sampled_from(["0", "-1", "1"])),
    st.tuples(st.just("revoke"), st.sampled_from(list(KEYS)), st.sampled_from(["validator", "legal", "developer"])),
)  # fmt: skip


@given(tried=st.lists(ATTEMPTS, max_size=8))
@settings(max_examples=400, deadline=None)
def test_no_sequence_without_the_quorum_reaches_a_certificate(tried: list[tuple[str, str, str]]) -> None:
    """Hundreds of adversarial sequences: of the two roles at most one is ever filled, by the one person who holds both."""
    world = World(list(DECIDED.leaves), DECIDED.time)
    for what, who, how in tried:
        try:
            _attack(world, what, who, how)
        except (Refused, Distrusted, ValidationError):  # of a policy with one key twice
            continue
    assert all(c.result == "FAILED" for c in world.state.certificates.values())


AFTERWARDS = st.one_of(
    st.tuples(st.just("issue"), st.just("certifier"), st.sampled_from(["PASSED", "FAILED"])),
    st.tuples(st.just("sign"), st.sampled_from(["val", "ria", "vic"]), st.sampled_from(["validator", "risk_officer"])),
    st.tuples(st.just("repeat"), st.sampled_from([str(n) for n in range(12)]), st.sampled_from(["as it was", "of another"])),
    st.tuples(st.just("decide again"), st.just(""), st.just("certified")),
    st.tuples(st.just("terms"), st.sampled_from(["", "validator"]), st.sampled_from(["0", "1"])),
)  # fmt: skip


@given(tried=st.lists(AFTERWARDS, max_size=8), status=st.sampled_from([Status.REVOKED, Status.SUSPENDED]))
@settings(max_examples=120, deadline=None)
def test_what_was_taken_back_stays_so_whoever_signs_again_and_whatever_is_logged_again(
    tried: list[tuple[str, str, str]], status: Status
) -> None:
    """The certificate was suspended, reinstated and taken back once more, so that an old reinstatement is at hand."""
    world = World(list(SIGNED.leaves), SIGNED.time)
    (certificate,) = world.state.certificates
    for becomes in (Status.SUSPENDED, Status.GOOD, status):
        world.becomes(certificate, becomes)
    for what, who, how in tried:
        try:
            _attack(world, what, who, how)
        except Refused:
            continue
    assert {c.digest: c.status for c in world.state.certificates.values()} == {certificate: status}


@given(lies=st.lists(st.sampled_from(list(LIES)), min_size=1, max_size=3), quorum=st.booleans())
@settings(max_examples=300, deadline=None)
def test_no_mixture_of_lies_is_issued(lies: list[str], quorum: bool) -> None:
    world = World(list((QUORATE if quorum else DECIDED).leaves), QUORATE.time)
    scope: dict[str, Any] = {}
    said: dict[str, Any] = {}
    for lie in lies:
        claimed = LIES[lie][1]
        scope |= claimed.get("scope", {})
        said |= claimed.get("said", {})
    with pytest.raises(Refused):
        world.issue(scope=scope, **said)
    assert not world.state.certificates


DECIDED = World.decided()


def _attack(world: World, what: str, who: str, how: str) -> None:
    if what == "sign":
        world.sign(who, how)
    elif what == "sign other":
        world.sign(who, how, record=OTHER)
    elif what == "issue":
        world.issue(who, result=how)
    elif what == "policy":
        mine = {n: HeldKey(holder=n, key=KEYS[who].public.pem, roles=("validator", "risk_officer"),
                           valid_from=START, valid_until=START + dt.timedelta(days=99)) for n in ("root", "certifier")}  # fmt: skip
        world.set_policy(policy(version=2, previous=world.state.policy_digest, keys=mine), who)
    elif what == "repeat":
        old = read_leaf(world.leaves[int(who) % len(world.leaves)])
        about = old.object if how == "as it was" else OTHER
        world.add(old.action, about, dict(old.body), *(one.bundle for one in old.signed))
    elif what == "decide again":
        world.decide(how, run=world.run(rows(10_000 + 1000 * len(world.leaves))))
    elif what == "terms":
        asked = {who: int(how)} if who else {}
        world.lock_only(OTHER, "weaker", lock=asked, quorum=asked)
    elif what == "revoke":
        world.becomes(next(iter(world.state.certificates), OTHER), Status.REVOKED, who, how)
    else:
        world.decide(how, record=OTHER, run=world.state.decisions[RECORD].run)


# --- the arithmetic of the quorum


def word(holder: str, role: str, said: Word = Word.APPROVE, entry: int = 0) -> SignOff:
    return SignOff(entry=entry, key=holder, holder=holder, role=role, word=said, reason="because", time="")


@given(
    needed=st.dictionaries(st.sampled_from("abc"), st.integers(0, 2), max_size=3),
    words=st.lists(st.tuples(st.sampled_from("pqrs"), st.sampled_from("abc")), max_size=8, unique=True),
)
@settings(deadline=None)
def test_the_quorum_is_reached_exactly_when_different_persons_can_fill_all_places(
    needed: dict[str, int], words: list[tuple[str, str]]
) -> None:
    """Against a search over all assignments of persons to places."""
    import itertools

    places = [role for role, count in needed.items() for _ in range(count)]
    persons = sorted({holder for holder, _ in words})
    possible = any(
        all((holder, role) in words for holder, role in zip(chosen, places, strict=True))
        for chosen in itertools.permutations(persons, len(places))
    )
    assert quorum(needed, [word(*w) for w in words]).reached is (possible and bool(places))


@pytest.mark.parametrize(
    ("reason", "ends"), [("not yet", "rejects: not yet."), ("Never!", "rejects: Never!")]
)
def test_the_reason_of_who_rejects_ends_as_a_sentence(reason: str, ends: str) -> None:
    said = replace(word("ria", "risk_officer", Word.REJECT), reason=reason)
    assert quorum({"risk_officer": 1}, [said]).sentence().endswith(ends)


def test_an_entry_of_an_unknown_form_ends_the_reading() -> None:
    assert state_of([b"{}"])[1][0].refusal.because is Because.ENTRY_UNREADABLE
    assert Action.LOCKED.value == "specification.locked"
    assert digest_of_document(to_plain(policy(), Policy)) == World.with_policy().state.policy_digest
