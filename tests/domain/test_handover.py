"""A new key takes over: what the old one signed stays, it signs nothing new, and certificates outlive their signer's key."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.world import KEYS, OTHER, RECORD, Issued, World, policy, rows

from assay.domain.handover import handed_over
from assay.domain.policy import Policy, Requires
from assay.domain.quorum import Word
from assay.domain.refusal import Because, Refusal, Refused
from assay.proof.keys import PrivateKey

HEIR = KEYS.setdefault("heir", PrivateKey.new())
LONG = dt.timedelta(days=730)


def refused(because: Because):
    return pytest.raises(Refused, check=lambda e: e.refusal.because is because)


def hand_over(world: World, old: str, *signers: str) -> Policy:
    """Root keys give the place of ``old`` to the heir, a minute after the last entry."""
    state = world.state
    assert state.policy is not None
    at = world.time + dt.timedelta(minutes=1)
    found = handed_over(state.policy, state.policy_digest, old, HEIR.public.pem, at=at, until=at + LONG)
    assert not isinstance(found, Refusal)
    following, name = found
    assert following.keys[name].holder == state.policy.keys[old].holder
    world.set_policy(following, *signers)
    return following


def test_past_signatures_stay_and_the_heir_goes_on() -> None:
    world = World.decided()
    world.sign("ria", "risk_officer")
    hand_over(world, "ria")
    with refused(Because.KEY_NOT_VALID):
        world.sign("ria", "risk_officer", Word.WITHDRAW)
    world.sign("val", "validator")
    assert world.state.signed(RECORD).reached  # ria's word of before still counts
    world.sign("heir", "risk_officer", Word.REJECT)  # the same person, with the new key
    assert [s.holder for s in world.state.signed(RECORD).rejected] == ["ria"]


def test_one_person_with_two_keys_is_one_person() -> None:
    world = World.with_policy(policy(requires=Requires()))
    world.lock(quorum={"risk_officer": 2})
    world.run()
    world.decide()
    world.sign("ria", "risk_officer")
    hand_over(world, "ria")
    world.sign("heir", "risk_officer")
    assert world.state.signed(RECORD).missing == (("risk_officer", 1),)


def test_a_developers_new_key_approves_nothing_either() -> None:
    world = World.decided()
    hand_over(world, "dora")
    with refused(Because.ROLE_NEVER_APPROVES):
        world.sign("heir", "developer")


def test_a_certificate_outlives_the_key_that_signed_it_and_the_old_key_issues_no_more() -> None:
    issued = Issued.good()
    new = hand_over(issued.world, "certifier")
    now = issued.world.time
    heirs = {"status": issued.status(key="heir"), "policy": new}
    assert issued.verify(**heirs).accepted
    found = issued.verify(policy=new, status=issued.status())  # the old key says that all is well
    assert found.refusal is not None
    assert found.refusal.because is Because.KEY_NOT_VALID
    world = issued.world
    world.run(rows(5000))
    world.decide(record=OTHER)
    for who, role in (("val", "validator"), ("ria", "risk_officer")):
        world.sign(who, role, record=OTHER, about=OTHER)
    with refused(Because.KEY_UNKNOWN):
        world.issue("certifier", OTHER)
    copy = World(list(world.leaves), world.time)
    dated_back = world.certificate(OTHER, time=now - dt.timedelta(minutes=9))
    with refused(Because.CONTRADICTS_LOG):
        Issued.of(copy, new, dated_back, key="heir", record=OTHER)
    made = Issued.of(world, new, world.certificate(OTHER), key="heir", record=OTHER)
    assert made.verify(policy=new, status=made.status(key="heir"), attestations=None).accepted
    assert (
        made.verify(policy=issued.policy).refusal is not None
    )  # the old policy knows nothing of the new key


def test_a_certificate_dated_back_by_a_key_that_ended_is_refused_by_its_place_in_the_log() -> None:
    """Whoever has the old key and writes the log can date a certificate back, and not its entry."""
    issued = Issued.good()
    entered = issued.world.state.certificates[issued.bundle.digest].entry
    assert entered == issued.index
    ended = issued.policy.keys["certifier"].model_copy(
        update={"valid_until": issued.world.time - dt.timedelta(seconds=30)}
    )
    other = ended.model_copy(update={"key": HEIR.public.pem, "valid_until": issued.world.time + LONG})
    keys = issued.policy.keys | {"certifier": ended, "other": other}
    verifiers = (*issued.policy.verifiers, issued.policy.verifiers[0].model_copy(update={"key": "other"}))
    later = issued.policy.model_copy(update={"keys": keys, "verifiers": verifiers})
    found = issued.verify(policy=later, status=issued.status(key="heir"))
    assert found.steps[1].sentence.startswith("Signed by")
    assert found.refusal is not None
    assert "came into the log" in found.refusal.sentence


def test_the_old_root_and_the_new_both_sign() -> None:
    world = World.with_policy()
    for signers in (("root",), ("heir",)):
        with refused(Because.POLICY_UNSIGNED):
            hand_over(world, "root", *signers)
    hand_over(world, "root", "root", "heir")
    assert world.state.policy is not None
    assert world.state.policy.roots == ("root-2",)


@pytest.mark.parametrize(("old", "new"), [("ria", "ria-2"), ("ria-2", "ria-3"), ("team-a", "team-a-2")])
def test_names_count_up(old: str, new: str) -> None:
    first = policy()
    known = first.model_copy(update={"keys": first.keys | {old: first.keys["ria"]}})
    known = known.model_copy(update={"keys": {n: k for n, k in known.keys.items() if n == old or n != "ria"}})
    at = first.keys["ria"].valid_from + LONG / 2
    found = handed_over(known, "sha256:00", old, HEIR.public.pem, at=at, until=at + LONG)
    assert not isinstance(found, Refusal)
    assert found[1] == new
    assert found[0].keys[old].valid_until == at
