"""Rules about certificates: who may issue one, and what becomes of it."""

from __future__ import annotations

from assay.domain.entry import Entry, Inspect
from assay.domain.quorum import Quorum
from assay.domain.refusal import Because, Refusal
from assay.domain.state.claims import Claims, contradiction, too_long
from assay.domain.state.people import not_seen, signer_in
from assay.domain.state.runs import PASSED
from assay.domain.state.state import CertificateState, State, Status

CERTIFICATE = "verification_summary/v1"
REVOCATION = "revocation/v1"


def certifiable(state: State, record: str) -> Refusal | Quorum:
    """The quorum behind a decision that may become a certificate, or why it may not.

    A withheld decision needs no signatures to be said; a certified or conditional one needs all of them. A decision has one
    certificate: what was taken back does not return by issuing it again, and its old signatures earn no second one.
    """
    decision = state.decisions.get(record)
    if decision is None:
        return Refusal(Because.DECISION_UNKNOWN, f"No decision has the record {record}.")
    earlier = _earlier(state, record)
    if earlier is not None:
        return earlier
    reached = state.signed(record)
    if decision.outcome not in PASSED:
        return reached
    if reached.rejected:
        return Refusal(Because.REJECTED, reached.sentence())
    if not reached.reached:
        return Refusal(Because.QUORUM_MISSING, reached.sentence())
    if decision.bypasses:
        return Refusal(
            Because.BYPASS_USED,
            f"The run bypassed a safeguard ({decision.bypasses[0]}); a bypassed run gets no certificate.",
        )
    forbidden = state.allowed(state.locks[state.runs[decision.run].lock].terms)
    if forbidden is not None:
        return forbidden
    return reached


def _earlier(state: State, record: str) -> Refusal | None:
    """Why a decision that has a certificate gets no second one; the reason is what became of the first."""
    found = [c for c in state.certificates.values() if c.record == record]
    for certificate in found:
        if certificate.status is not Status.GOOD:
            return Refusal(
                Because(certificate.status.value),
                f"The certificate of this decision (entry {certificate.entry}) is {certificate.status.value}: "
                f"{certificate.why}. A new one needs a new run and a new decision.",
            )
    if found:
        return Refusal(
            Because.NOT_CERTIFIABLE, f"The certificate of this decision was issued (entry {found[0].entry})."
        )
    return None


def issued(state: State, entry: Entry, inspect: Inspect) -> Refusal | None:  # noqa: ARG001 - one form of rule
    """A certificate is issued: signed by a verifier of the policy, for a decision that may have one."""
    if len(entry.signed) != 1 or not entry.signed[0].kind.endswith(CERTIFICATE):
        return Refusal(Because.STATEMENT_BROKEN, "Exactly one signed certificate is expected.")
    (statement,) = entry.signed
    if entry.object != statement.digest:
        return Refusal(Because.SIGNED_SOMETHING_ELSE, "The entry names another certificate than it carries.")
    claims = Claims.read(statement)
    if claims is None:
        return Refusal(
            Because.STATEMENT_BROKEN,
            "A certificate names its record, evidence and specification, its result and its scope.",
        )
    record = str(entry.body.get("record", ""))
    quorum = certifiable(state, record)
    if isinstance(quorum, Refusal):
        return quorum
    verifiers = [state.policy.keys[v.key] for v in state.policy.verifiers] if state.policy else []
    if not any(statement.signed_by(k.key) and k.counts_at(entry.time) for k in verifiers):
        return Refusal(
            Because.KEY_UNKNOWN, "No verifier of the policy made the signature of the certificate."
        )
    decision = state.decisions[record]
    if claims.result != ("PASSED" if decision.outcome in PASSED else "FAILED"):
        return Refusal(Because.RESULT_FAILED, "The certificate says something else than the decision.")
    lock = state.locks[state.runs[decision.run].lock]
    wrong = contradiction(state, decision, claims) or too_long(
        claims, decision.time, lock.terms.valid_for_days
    )
    if wrong is not None:
        return wrong
    state.certificates[entry.object] = CertificateState(entry.seq, entry.object, record, claims.result)
    return None


def refused(state: State, entry: Entry, inspect: Inspect) -> Refusal | None:  # noqa: ARG001
    """A certificate that was not issued; it changes nothing, and everyone sees that it was tried."""
    return None


def revoked(state: State, entry: Entry, inspect: Inspect) -> Refusal | None:  # noqa: ARG001
    """A certificate ends for good."""
    return _becomes(state, entry, Status.REVOKED, (Status.GOOD, Status.SUSPENDED))


def suspended(state: State, entry: Entry, inspect: Inspect) -> Refusal | None:  # noqa: ARG001
    """A certificate is not to be relied upon for now."""
    return _becomes(state, entry, Status.SUSPENDED, (Status.GOOD,))


def reinstated(state: State, entry: Entry, inspect: Inspect) -> Refusal | None:  # noqa: ARG001
    """A suspended certificate may be relied upon again."""
    return _becomes(state, entry, Status.GOOD, (Status.SUSPENDED,))


def _becomes(state: State, entry: Entry, status: Status, before: tuple[Status, ...]) -> Refusal | None:
    certificate = state.certificates.get(entry.object)
    if certificate is None:
        return Refusal(Because.NO_CERTIFICATE, f"No certificate {entry.object} was issued.")
    if certificate.status not in before:
        return Refusal(
            Because(certificate.status.value)
            if certificate.status is not Status.GOOD
            else Because.NOT_CERTIFIABLE,
            f"The certificate is {certificate.status.value}; it cannot become {status.value}.",
        )
    if len(entry.signed) != 1 or not entry.signed[0].kind.endswith(REVOCATION):
        return Refusal(
            Because.STATEMENT_BROKEN, "Exactly one signed statement about the certificate is expected."
        )
    (statement,) = entry.signed
    said = {digest for _, digest in statement.subjects}
    if said != {entry.object} or statement.predicate.get("becomes") != status.value:
        return Refusal(
            Because.SIGNED_SOMETHING_ELSE, "The signature is about another certificate or another change."
        )
    unseen = not_seen(state, statement, certificate.entry)
    if unseen is not None:
        return unseen
    role, reason = str(statement.predicate.get("role", "")), str(statement.predicate.get("reason", ""))
    signer = signer_in(state.policy, statement, role, entry.time)
    if isinstance(signer, Refusal):
        return signer
    if not reason.strip():
        return Refusal(Because.REASON_MISSING, "Who changes a certificate says why.")
    certificate.status, certificate.why = status, reason
    return None
