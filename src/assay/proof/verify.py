"""The auditor's verifier: eleven numbered steps from bytes in hand to "accepted", or what is wrong. No I/O, no clock.

The order is that of the project's standard: (1) form of the bundle (2) signature by a trusted pair of key and verifier
(3) kind of statement (4) the bytes in hand (5) use case (6) result (7) dates (8) status (9) inclusion in the log (10) no
later revocation (11) everything that the certificate stands on, when it is at hand.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from assay.domain.digests import PREFIX, sha256_of
from assay.domain.entry import Action
from assay.domain.errors import AssayError
from assay.domain.plain import to_plain
from assay.domain.policy import HeldKey, Policy
from assay.domain.refusal import Because, Refusal
from assay.domain.state import State, Status
from assay.domain.state.runs import PASSED as PASSING
from assay.proof.bundle import BrokenBundle, Bundle
from assay.proof.bundle import read as read_bundle
from assay.proof.canonical import digest_of_document
from assay.proof.certificate import PASSED, Certificate
from assay.proof.checkpoint import TrustedLog
from assay.proof.cosignature import CosignerKey
from assay.proof.keys import PublicKey, UnfitKey
from assay.proof.leaf import UnreadableLeaf, read_leaf, state_of
from assay.proof.manifest import differences
from assay.proof.merkle import root_of
from assay.proof.seen import Seen
from assay.proof.statement import BrokenStatement, statement_of
from assay.proof.status import StatusList
from assay.proof.tlog_proof import TlogProof, check_logged


class Purpose(enum.StrEnum):
    """What the answer is for; it decides how old a status may be."""

    DEPLOYMENT = "deployment"
    RUNNING = "running"


class Answer(enum.StrEnum):
    """What a step found."""

    HOLDS = "holds"
    REFUSED = "refused"
    NOT_AT_HAND = "not at hand"
    NOT_REACHED = "not reached"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its number, what it asks, what it found, and why."""

    number: int
    asks: str
    answer: Answer
    sentence: str
    because: Because | None = None


@dataclass(frozen=True, slots=True)
class Presented:
    """What a verifier has in hand.

    Attributes:
        certificate: the bundle, or why there is none. files: relative path and digest of every file of the model, or why
            they cannot be told.
        use_case: the use that is asked about. status, proof: the signed status and the tlog-proof, as they were read.
        leaves: the exported log. seen: the head of the log that this verifier saw last. attestations: bytes of what the certificate stands on, by digest.
    """

    certificate: bytes | Refusal
    files: tuple[tuple[str, str], ...] | Refusal
    use_case: str
    status: bytes | None = None
    proof: bytes | None = None
    leaves: Sequence[bytes] | None = None
    attestations: Mapping[str, bytes] | None = None
    seen: Seen | None = None


@dataclass(frozen=True, slots=True)
class Verification:
    """All steps in order, the certificate if it could be read, and the head of the log that its status was read from."""

    steps: tuple[Step, ...]
    certificate: Certificate | None = None
    head: Seen | None = None

    @property
    def accepted(self) -> bool:
        """Whether every step holds; only what a certificate stands on may be elsewhere."""
        return (
            tuple(s.number for s in self.steps) == tuple(range(1, len(TITLES) + 1))
            and all(s.answer is Answer.HOLDS for s in self.steps[:-1])
            and self.steps[-1].answer in {Answer.HOLDS, Answer.NOT_AT_HAND}
        )

    @property
    def refusal(self) -> Refusal | None:
        """The first thing that is wrong."""
        wrong = next((s for s in self.steps if s.answer is Answer.REFUSED), None)
        return None if wrong is None or wrong.because is None else Refusal(wrong.because, wrong.sentence)


TITLES = (
    "the certificate is a bundle of ours",
    "a verifier that the policy trusts signed it",
    "it is a certificate",
    "it is about the bytes in hand",
    "it is for this use",
    "it says that the model passed",
    "it is valid now",
    "its status is fresh and good",
    "it is in the log that the policy names",
    "nothing later in the log takes it back",
    "everything that it stands on is there and intact",
)


@dataclass(slots=True)
class _Hand:
    """What the steps know so far."""

    presented: Presented
    policy: Policy
    now: dt.datetime
    purpose: Purpose
    bundle: Bundle | None = None
    key: HeldKey | None = None
    certificate: Certificate | None = None
    status: StatusList | None = None
    index: int = -1


Found = Refusal | str
"""A refusal, or one sentence on what holds."""


class _NotAtHand(str):
    """A sentence on what could not be looked at."""

    __slots__ = ()


def verify(
    presented: Presented, policy: Policy, *, now: dt.datetime, purpose: Purpose = Purpose.DEPLOYMENT
) -> Verification:
    """Hold a certificate and the bytes in hand against a policy.

    Never raises for what is presented: whatever is wrong with it is a refused step. After the first three steps all
    others are looked at, so that a reader learns everything that is wrong at once.

    Args:
        presented: hostile until a step says otherwise. policy: whose keys count; the caller has verified it.
        now: aware, in UTC. purpose: for which the status must be fresh.
    """
    hand = _Hand(presented, policy, now, purpose)
    steps: list[Step] = []
    for number, (asks, look) in enumerate(zip(TITLES, _LOOKS, strict=True), start=1):
        if number > 3 and hand.certificate is None:
            steps.append(Step(number, asks, Answer.NOT_REACHED, "An earlier step was refused."))
            continue
        steps.append(_step(number, asks, look(hand)))
        if number <= 3 and steps[-1].answer is Answer.REFUSED:
            hand.certificate = None
            rest = list(enumerate(TITLES, start=1))[number:]
            steps += [Step(n, a, Answer.NOT_REACHED, "An earlier step was refused.") for n, a in rest]
            break
    head = _head(hand.status) if hand.status is not None else None
    return Verification(tuple(steps), hand.certificate, head)


def _step(number: int, asks: str, found: Found) -> Step:
    if isinstance(found, Refusal):
        return Step(number, asks, Answer.REFUSED, found.sentence, found.because)
    return Step(
        number, asks, Answer.NOT_AT_HAND if isinstance(found, _NotAtHand) else Answer.HOLDS, str(found)
    )


def _form(hand: _Hand) -> Found:  # (1)
    content = hand.presented.certificate
    if isinstance(content, Refusal):
        return content
    try:
        hand.bundle = read_bundle(content)
    except BrokenBundle as wrong:
        return Refusal(Because.BUNDLE_BROKEN, f"The certificate is broken: {wrong}.")
    return f"The bundle {hand.bundle.digest[7:19]} is whole."


def _signature(hand: _Hand) -> Found:  # (2)
    bundle = hand.bundle
    if bundle is None:
        return Refusal(Because.BUNDLE_BROKEN, "There is no bundle.")
    signed = _verifier_that_signed(hand.policy, bundle)
    if signed is None:
        return Refusal(
            Because.SIGNATURE_WRONG if _named(hand.policy, bundle) else Because.KEY_UNKNOWN,
            "The signature is wrong: a byte of the statement or of the signature was changed."
            if _named(hand.policy, bundle)
            else f"The policy of {hand.policy.organisation} trusts no verifier with the key {bundle.key_id[:12]}.",
        )
    signer, key = signed
    if not hand.policy.demo and PublicKey(key.key).is_demo:
        return Refusal(Because.DEMO_KEY, f"The key of {signer} is one of the demo's, which anyone can make.")
    try:
        certificate = Certificate.read(statement_of(bundle))
    except BrokenStatement:
        return f"Signed by the key of {signer}."  # what it is, the next step asks
    if certificate.verifier != signer:
        return Refusal(
            Because.KEY_UNKNOWN,
            f"The certificate names the verifier {certificate.verifier}, and the key of {signer} signed it.",
        )
    if not key.counts_at(certificate.time):
        return Refusal(Because.KEY_NOT_VALID, f"The key of {signer} was not valid when it signed.")
    hand.key = key
    return f"Signed by {signer}."


def _verifier_that_signed(policy: Policy, bundle: Bundle) -> tuple[str, HeldKey] | None:
    """The pair of the policy that signed: a verifier has several keys when one took over from another."""
    for verifier in policy.verifiers:
        key = policy.keys[verifier.key]
        try:
            if bundle.signed_by(PublicKey(key.key)):
                return verifier.id, key
        except UnfitKey:
            continue
    return None


def _named(policy: Policy, bundle: Bundle) -> bool:
    """Whether the bundle says that a verifier of the policy signed it."""
    for verifier in policy.verifiers:
        try:
            if PublicKey(policy.keys[verifier.key].key).key_id == bundle.key_id:
                return True
        except UnfitKey:
            continue
    return False


def _kind(hand: _Hand) -> Found:  # (3)
    if hand.bundle is None:
        return Refusal(Because.BUNDLE_BROKEN, "There is no bundle.")
    try:
        hand.certificate = Certificate.read(statement_of(hand.bundle))
    except BrokenStatement as wrong:
        return Refusal(Because.STATEMENT_BROKEN, f"This is no certificate of Assay's: {wrong}.")
    scope = hand.certificate.scope
    before = ", ".join(digest.removeprefix(PREFIX)[:12] for digest in scope.supersedes)
    return f"A certificate for the use case {scope.name}{f'; it supersedes {before}' if before else ''}."


def _bytes(hand: _Hand, certificate: Certificate) -> Found:  # (4)
    if isinstance(hand.presented.files, Refusal):
        return hand.presented.files
    wrong = differences(certificate.manifest.files, hand.presented.files)
    if wrong:
        several = f"{len(wrong)} files differ: " if len(wrong) > 1 else ""
        return Refusal(wrong[0].because, several + wrong[0].sentence)
    count = len(certificate.manifest.files)
    return f"{count} file{'s' * (count > 1)} with the digests that were certified."


def _use(hand: _Hand, certificate: Certificate) -> Found:  # (5)
    asked, said = hand.presented.use_case, certificate.scope.name
    if not asked:
        return Refusal(Because.OTHER_USE_CASE, f"Name the use case; this certificate is for {said!r}.")
    if asked != said:
        return Refusal(
            Because.OTHER_USE_CASE, f"The certificate is for the use case {said!r}, not for {asked!r}."
        )
    return f"For {said}: {certificate.scope.purpose}"


def _result(hand: _Hand, certificate: Certificate) -> Found:  # (6)
    scope = certificate.scope
    if certificate.result != PASSED or scope.outcome not in PASSING:
        return Refusal(
            Because.RESULT_FAILED, f"The decision is {scope.outcome}: the model was not certified."
        )
    if scope.isolation < hand.policy.isolation:
        return Refusal(
            Because.ISOLATION_TOO_LOW,
            f"The model ran at isolation level {scope.isolation}; the policy's least is {hand.policy.isolation}.",
        )
    other = [digest for digest in scope.plugins if digest not in hand.policy.plugins]
    if other:
        return Refusal(
            Because.PLUGIN_NOT_ALLOWED,
            f"A check of another package counted, whose digest {other[0]} the policy does not list under plugins.",
        )
    if scope.bypasses:
        return Refusal(Because.BYPASS_USED, f"A safeguard was bypassed: {scope.bypasses[0]}.")
    if scope.demo and not hand.policy.demo:
        return Refusal(Because.DEMO_KEY, "The certificate was signed with demo keys, which anyone can make.")
    said = (
        f" on {len(scope.conditions)} condition{'s' * (len(scope.conditions) > 1)}"
        if scope.conditions
        else ""
    )
    return f"The decision is {scope.outcome}{said}."


def _dates(hand: _Hand, certificate: Certificate) -> Found:  # (7)
    try:
        start = dt.datetime.fromisoformat(certificate.scope.valid_from)
        end = dt.datetime.fromisoformat(certificate.scope.valid_until)
        if hand.now < start:
            return Refusal(
                Because.NOT_YET_VALID, f"The certificate is valid from {start:%Y-%m-%d %H:%M} UTC on."
            )
        if hand.now >= end:
            return Refusal(Because.EXPIRED, f"The certificate expired on {end:%Y-%m-%d %H:%M} UTC.")
    except (ValueError, TypeError):
        return Refusal(Because.STATEMENT_BROKEN, "The dates of the certificate are no times in UTC.")
    return f"Valid until {end:%Y-%m-%d}."


def _status(hand: _Hand, certificate: Certificate) -> Found:  # (8)
    del certificate
    if hand.presented.status is None:
        return Refusal(
            Because.STATUS_MISSING,
            "There is no signed status: nobody says that the certificate still counts.",
        )
    found = opened_status(hand.presented.status, hand.policy)
    if isinstance(found, Refusal):
        return found
    freshness = hand.policy.freshness
    allowed = freshness.at_the_gate if hand.purpose is Purpose.DEPLOYMENT else freshness.grace
    if hand.now < found.issued:
        return Refusal(Because.NOT_YET_VALID, "The status is dated in the future.")
    overdue = hand.now >= found.expires and hand.purpose is Purpose.DEPLOYMENT
    if overdue or hand.now - found.issued > allowed:
        return Refusal(
            Because.STATUS_STALE,
            f"The status is of {found.issued:%Y-%m-%d %H:%M} UTC, older than the {allowed.days} day{'s' * (allowed.days > 1)} "
            f"that the policy allows for {hand.purpose.value}.",
        )
    hand.status = found
    digest = hand.bundle.digest if hand.bundle else ""
    if digest not in found.certificates:
        return Refusal(Because.STATUS_MISSING, "The status does not mention this certificate.")
    status = found.certificates[digest]
    if status is not Status.GOOD:
        why = found.reasons.get(digest, "no reason is given")
        return Refusal(Because(status.value), f"The certificate is {status.value}: {why}.")
    return f"Good, as of {found.issued:%Y-%m-%d %H:%M} UTC."


def opened_status(content: bytes, policy: Policy) -> StatusList | Refusal:
    """The word on certificates, if a verifier of the policy signed it while its key counted; else why not."""
    try:
        bundle = read_bundle(content)
        found = StatusList.read(statement_of(bundle))
    except (BrokenBundle, BrokenStatement) as wrong:
        return Refusal(Because.STATEMENT_BROKEN, f"The status is broken: {wrong}.")
    signed = _verifier_that_signed(policy, bundle)
    if signed is None:
        return Refusal(Because.SIGNATURE_WRONG, "No verifier of the policy signed this status.")
    signer, key = signed
    if not key.counts_at(found.issued):
        return Refusal(Because.KEY_NOT_VALID, f"The key of {signer} was not valid when it signed the status.")
    if found.log != policy.log.origin:
        return Refusal(Because.CHECKPOINT_UNTRUSTED, f"The status is about the log {found.log!r}.")
    return found


def _logged(hand: _Hand, certificate: Certificate) -> Found:  # (9)
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


def _not_taken_back(hand: _Hand, certificate: Certificate) -> Found:  # (10)
    if hand.status is None or hand.index < 0:
        return Refusal(
            Because.STATUS_MISSING, "Without a status and a proof nobody can tell what came later."
        )
    if hand.status.size <= hand.index:
        return Refusal(
            Because.STATUS_STALE, "The status was made before the certificate: it had read no such entry."
        )
    seen = hand.presented.seen
    unlike = seen.followed_by(_head(hand.status), hand.presented.leaves) if seen is not None else None
    if unlike is not None:
        return unlike
    if hand.presented.leaves is None:
        return (
            f"The signed status has read {hand.status.size} entries and found nothing against it; the exported log "
            "is not at hand."
        )
    return _later(hand, certificate, hand.presented.leaves, hand.status)


def _head(status: StatusList) -> Seen:
    return Seen(status.log, status.size, status.root)


def _later(hand: _Hand, certificate: Certificate, leaves: Sequence[bytes], status: StatusList) -> Found:
    if len(leaves) < status.size:
        return Refusal(
            Because.LOG_SHORTENED,
            f"The exported log has {len(leaves)} entries; the status has read {status.size}.",
        )
    if root_of(leaves[: status.size]).hex() != status.root:
        return Refusal(
            Because.LOG_REWRITTEN, "The exported log is not the one that the status was read from."
        )
    state, void = state_of(leaves)
    if void:
        return Refusal(
            Because.LOG_VOID, f"Entry {void[0].entry} of the log breaks a rule: {void[0].refusal.sentence}"
        )
    other = _other_policy(hand.policy, certificate, state)
    if other is not None:
        return other
    digest = hand.bundle.digest if hand.bundle else ""
    found = state.certificates.get(digest)
    if found is None:
        return Refusal(Because.NOT_LOGGED, "The exported log does not hold the certificate.")
    if found.record != certificate.record:
        return Refusal(
            Because.CONTRADICTS_LOG, "The log holds the certificate for another decision than it names."
        )
    if found.status is not Status.GOOD:
        return Refusal(Because(found.status.value), f"The certificate is {found.status.value}: {found.why}.")
    return f"{len(leaves)} entries were read; the quorum is there and nothing takes the certificate back."


def _other_policy(policy: Policy, certificate: Certificate, state: State) -> Refusal | None:
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
    if certificate.policy not in state.policies:
        return Refusal(Because.POLICY_OTHER, "The certificate names a policy that the log never had.")
    return None


def _attestations(hand: _Hand, certificate: Certificate) -> Found:  # (11)
    needed = (("record", certificate.record), *certificate.attestations)
    at_hand = hand.presented.attestations
    if at_hand is None:
        return _NotAtHand(f"The certificate stands on {len(needed)} documents, which are not at hand.")
    for name, digest in needed:
        if digest not in at_hand:
            return Refusal(
                Because.ATTESTATION_MISSING, f"{name} ({digest[7:19]}) is not among what was handed over."
            )
        if sha256_of(at_hand[digest]) != digest:
            return Refusal(
                Because.ATTESTATION_CHANGED, f"{name} has other bytes than those that were certified."
            )
    return f"All {len(needed)} documents are there and intact."


def _with_certificate(look: Callable[[_Hand, Certificate], Found]) -> Callable[[_Hand], Found]:
    def looked(hand: _Hand) -> Found:
        if hand.certificate is None:
            return Refusal(Because.STATEMENT_BROKEN, "There is no certificate.")
        return look(hand, hand.certificate)

    return looked


_LOOKS: tuple[Callable[[_Hand], Found], ...] = (
    _form,
    _signature,
    _kind,
    *map(
        _with_certificate,
        (_bytes, _use, _result, _dates, _status, _logged, _not_taken_back, _attestations),
    ),
)
