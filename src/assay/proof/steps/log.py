"""Steps 9 and 10: the certificate is in the log that the policy names, and nothing later takes it back."""

from __future__ import annotations

from collections.abc import Sequence

from assay.domain.entry import Action
from assay.domain.errors import AssayError
from assay.domain.plain import to_plain
from assay.domain.policy import Policy
from assay.domain.refusal import Because, Refusal
from assay.domain.state import State, Status
from assay.domain.vocabulary import Result
from assay.proof.canonical import digest_of_document
from assay.proof.certificate import Certificate
from assay.proof.checkpoint import TrustedLog
from assay.proof.continues import Claim, contradictions
from assay.proof.cosignature import CosignerKey
from assay.proof.head import Head
from assay.proof.leaf import UnreadableLeaf, read_leaf, state_of
from assay.proof.status import StatusList
from assay.proof.steps.hand import Found, Hand
from assay.proof.tlog_proof import TlogProof, check_logged


def logged(hand: Hand, certificate: Certificate) -> Found:
    """Step 9: the certificate is an entry under a checkpoint that the log signed."""
    if hand.presented.proof is None:
        return Refusal(Because.NOT_LOGGED, "There is no proof that the certificate is in the log.")
    keys = hand.policy.log
    if certificate.scope.log != keys.origin:
        return Refusal(
            Because.CHECKPOINT_UNTRUSTED, f"The certificate is in the log {certificate.scope.log!r}."
        )
    try:
        proof = TlogProof.parse(hand.presented.proof)
        leaf = proof.extra or b""
        entry = read_leaf(leaf)
        log = TrustedLog.of(keys.key)
        witnesses = [CosignerKey.parse(text) for text in keys.witnesses]
        told = check_logged(proof, leaf, log, witnesses=witnesses, needed=keys.witnesses_needed)
    except UnreadableLeaf as wrong:
        return Refusal(Because.NOT_LOGGED, f"The entry in the proof is broken: {wrong}.")
    except AssayError as wrong:
        return Refusal(Because.CHECKPOINT_UNTRUSTED, wrong.message)
    if not told.proven:
        return Refusal(Because.NOT_LOGGED, told.message)
    ours = hand.bundle.digest if hand.bundle else ""
    if (
        entry.action is not Action.ISSUED
        or entry.object != ours
        or [s.digest for s in entry.signed] != [ours]
    ):
        return Refusal(Because.NOT_LOGGED, "The proof is about another entry of the log.")
    if entry.body.get("record") != certificate.record:
        return Refusal(
            Because.CONTRADICTS_LOG, "The log holds the certificate for another decision than it names."
        )
    if entry.seq != proof.index:
        return Refusal(Because.NOT_LOGGED, "The entry stands at another place in the log than it says.")
    if hand.key is not None and not hand.key.counts_at(entry.time):
        return Refusal(
            Because.KEY_NOT_VALID,
            f"The certificate came into the log on {entry.time:%Y-%m-%d %H:%M} UTC, when its verifier's key did not count.",
        )
    hand.index = proof.index
    return told.message


def not_taken_back(hand: Hand, certificate: Certificate) -> Found:
    """Step 10: the quorum was there when it was issued, and no later entry revokes, suspends or supersedes it."""
    if hand.status is None or hand.index < 0:
        return Refusal(
            Because.STATUS_MISSING, "Without a status and a proof nobody can tell what came later."
        )
    if hand.status.size <= hand.index:
        return Refusal(
            Because.STATUS_STALE, "The status was made before the certificate: it had read no such entry."
        )
    leaves, remembered = hand.presented.leaves, hand.presented.remembered
    read = Claim("the signed status", hand.status.size, hand.status.root)
    unlike = next(contradictions(leaves, [read]), None) if leaves is not None else None
    if unlike is None and remembered is not None:
        unlike = remembered.followed_by(head_of(hand.status), leaves)
    if unlike is not None:
        return unlike
    if leaves is None:
        return (
            f"The signed status has read {hand.status.size} entries and found nothing against it; the exported log "
            "is not at hand."
        )
    return _later(hand, certificate, leaves)


def head_of(status: StatusList) -> Head:
    """The head of the log that a status was read from."""
    return Head(status.log, status.size, status.root)


def _later(hand: Hand, certificate: Certificate, leaves: Sequence[bytes]) -> Found:
    state, void = state_of(leaves)
    if void:
        return Refusal(
            Because.LOG_VOID, f"Entry {void[0].entry} of the log breaks a rule: {void[0].refusal.sentence}"
        )
    other = other_policy(hand.policy, state)
    if other is not None:
        return other
    if certificate.policy not in state.policies:
        return Refusal(Because.POLICY_OTHER, "The certificate names a policy that the log never had.")
    digest = hand.bundle.digest if hand.bundle else ""
    found = state.certificates.get(digest)
    if found is None:
        return Refusal(Because.NOT_LOGGED, "The exported log does not hold the certificate.")
    if found.record != certificate.record:
        return Refusal(
            Because.CONTRADICTS_LOG, "The log holds the certificate for another decision than it names."
        )
    if found.status is not Status.GOOD:
        return Refusal(Because(found.status.value), f"The certificate is {found.status.value}: {found.told}.")
    passed = (
        certificate.result == Result.PASSED
    )  # a certificate that failed is issued without anybody's signature
    signed = (
        "the quorum was there when it was issued"
        if passed
        else "it was issued as failed, which asks for no quorum"
    )
    return f"{len(leaves)} entries were read; {signed}, and nothing takes the certificate back."


def other_policy(policy: Policy, state: State) -> Refusal | None:
    """Why the log was not kept under the policy in hand: that must be its newest, or the direct successor of that.

    The log counts signatures by its own policies. With another one in hand its answer would not be this verifier's.
    """
    digest, newest = digest_of_document(to_plain(policy, Policy)), state.policy
    succeeds = newest and policy.version == newest.version + 1 and policy.previous == state.policy_digest
    if digest in state.policies[:-1] and newest:
        return Refusal(
            Because.POLICY_OTHER,
            f"The policy in hand is version {policy.version}; the log has version {newest.version} since.",
        )
    if digest != state.policy_digest and not succeeds:
        return Refusal(
            Because.POLICY_OTHER, "The policy in hand is none of those that the log was kept under."
        )
    return None
