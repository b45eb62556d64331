"""Step 8: the signed, short-lived word on what certificates are worth now."""

from __future__ import annotations

from assay.domain.policy import Policy
from assay.domain.refusal import Because, Refusal
from assay.domain.state import Status
from assay.domain.vocabulary import Result
from assay.proof.bundle import BrokenBundle
from assay.proof.bundle import read as read_bundle
from assay.proof.certificate import Certificate
from assay.proof.statement import BrokenStatement, statement_of
from assay.proof.status import StatusList
from assay.proof.steps.certificate import verifier_that_signed
from assay.proof.steps.hand import Found, Hand
from assay.proof.verification import Purpose


def status(hand: Hand, certificate: Certificate) -> Found:
    """Step 8: a fresh, signed status does not take the certificate back."""
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
        why = found.why(digest)
        return Refusal(Because(status.value), f"The certificate is {status.value}: {why}.")
    word = (
        "Good" if certificate.result == Result.PASSED else "Not taken back"
    )  # nothing is good about a failed one
    return f"{word}, as of {found.issued:%Y-%m-%d %H:%M} UTC."


def opened_status(content: bytes, policy: Policy) -> StatusList | Refusal:
    """The word on certificates, if a verifier of the policy signed it while its key counted; else why not."""
    try:
        bundle = read_bundle(content)
        found = StatusList.read(statement_of(bundle))
    except (BrokenBundle, BrokenStatement) as wrong:
        return Refusal(Because.STATEMENT_BROKEN, f"The status is broken: {wrong}.")
    signed = verifier_that_signed(policy, bundle)
    if signed is None:
        return Refusal(Because.SIGNATURE_WRONG, "No verifier of the policy signed this status.")
    signer, key = signed
    if not key.counts_at(found.issued):
        return Refusal(Because.KEY_NOT_VALID, f"The key of {signer} was not valid when it signed the status.")
    if found.log != policy.log.origin:
        return Refusal(Because.CHECKPOINT_UNTRUSTED, f"The status is about the log {found.log!r}.")
    return found
