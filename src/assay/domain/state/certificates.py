"""Rules about certificates: who may issue one, and what becomes of it."""

from __future__ import annotations

from assay.domain.digests import short
from assay.domain.entry import Entry, Kind, Signed
from assay.domain.quorum import Quorum
from assay.domain.refusal import Because, Refusal
from assay.domain.state.claims import Claims, contradiction, untimely
from assay.domain.state.state import CertificateState, DecisionState, State, Status, StatusReason
from assay.domain.state.waivers import waived_otherwise
from assay.domain.state.words import not_seen, signer_in, spoken_against
from assay.domain.vocabulary import PASSING, Result


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
    if decision.outcome not in PASSING:
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
    lock = state.lock_behind(decision)
    against = spoken_against(state, lock)
    if against is not None:
        return against
    if state.lock_in_force(lock.terms.name) is not lock:
        return Refusal(
            Because.LOCK_SUPERSEDED,
            f"{lock.terms.name} was locked in another version after this decision; what it was judged by is no longer agreed.",
        )
    forbidden = state.forbids(lock.terms)
    if forbidden is not None:
        return forbidden
    return reached


def _earlier(state: State, record: str) -> Refusal | None:
    """Why a decision that has a certificate gets no second one; the reason is what became of the first."""
    found = [c for c in state.certificates.values() if c.record == record]
    for certificate in found:
        if certificate.status in {Status.REVOKED, Status.SUSPENDED}:
            return Refusal(
                Because(certificate.status.value),
                f"The certificate of this decision (entry {certificate.entry}) is {certificate.status.value}: "
                f"{certificate.why}. A new one needs a new run and a new decision.",
            )
    good = next((c for c in found if c.status is Status.GOOD), None)
    if good is not None:
        return Refusal(
            Because.NOT_CERTIFIABLE, f"The certificate of this decision was issued (entry {good.entry})."
        )
    return None


def issued(state: State, entry: Entry) -> Refusal | None:
    """A certificate is issued: signed by a verifier of the policy, for a decision that may have one."""
    claims = _claims(state, entry)
    if isinstance(claims, Refusal):
        return claims
    (statement,) = entry.signed
    quorum = certifiable(state, claims.record)
    if isinstance(quorum, Refusal):
        return quorum
    decision = state.decisions[claims.record]
    lock = state.lock_behind(decision)
    made = CertificateState(
        entry=entry.seq,
        digest=entry.object,
        record=claims.record,
        result=claims.result,
        use_case=lock.terms.name,
        model=claims.model,
        valid_until=claims.scope.valid_until,
        supersedes=claims.scope.supersedes,
        changed=entry.seq,
    )
    wrong = (
        _by_no_verifier(state, statement, entry)
        or _another_result(decision, claims)
        or contradiction(state, decision, claims)
        or untimely(claims, decision.time, entry.time, lock.terms.valid_for_days)
        or waived_otherwise(state, decision, claims)
        or takes_place(state, made)
    )
    if wrong is not None:
        return wrong
    state.certificates[entry.object] = made
    for old in made.supersedes:
        _give_way(state.certificates[old], made, entry)
    return None


def _claims(state: State, entry: Entry) -> Claims | Refusal:
    """What the one certificate of an entry claims, of the record that the entry names; else why it is none."""
    if len(entry.signed) != 1 or entry.signed[0].kind != Kind.CERTIFICATE:
        return Refusal(Because.STATEMENT_BROKEN, "Exactly one signed certificate is expected.")
    (statement,) = entry.signed
    if statement.digest != entry.object or entry.object in state.certificates:
        return Refusal(
            Because.SIGNED_SOMETHING_ELSE,
            "A certificate is issued once, under its own digest: this would take back what was said of it.",
        )
    claims = Claims.read(statement)
    if claims is None:
        return Refusal(
            Because.STATEMENT_BROKEN,
            "A certificate names its record, evidence and specification, its result and its scope.",
        )
    if str(entry.body.get("record", "")) != claims.record:
        return Refusal(
            Because.SIGNED_SOMETHING_ELSE,
            "The certificate is about another record than the entry names, whose signatures would count for it.",
        )
    return claims


def _by_no_verifier(state: State, statement: Signed, entry: Entry) -> Refusal | None:
    verifiers = [state.policy.keys[v.key] for v in state.policy.verifiers] if state.policy else []
    if any(statement.signed_by(k.key) and k.counts_at(entry.time) for k in verifiers):
        return None
    return Refusal(Because.KEY_UNKNOWN, "No verifier of the policy made the signature of the certificate.")


def _another_result(decision: DecisionState, claims: Claims) -> Refusal | None:
    if claims.result == Result.of(decision.outcome):
        return None
    return Refusal(Because.RESULT_FAILED, "The certificate says something else than the decision.")


def _give_way(old: CertificateState, heir: CertificateState, entry: Entry) -> None:
    old.status = Status.SUPERSEDED
    old.why = f"certificate {short(heir.digest)} of {entry.time.date()} has its place"
    old.code = StatusReason.SUPERSEDED
    old.changed = entry.seq


def use_case_of(state: State, record: str) -> str:
    """The name of the specification that a decision is about."""
    return state.lock_behind(state.decisions[record]).terms.name


def takes_place(state: State, made: CertificateState) -> Refusal | None:
    """Why a new certificate cannot take the places that it says it takes.

    One certificate of a model and a use stands at a time: the one of the latest decision that passed. It names exactly
    those that stood before it; one that failed takes nobody's place, and whoever doubts those suspends them.
    """
    before = state.standing(made.use_case, made.model) if made.result == Result.PASSED else ()
    if set(made.supersedes) != {c.digest for c in before} or len(set(made.supersedes)) != len(
        made.supersedes
    ):
        named = ", ".join(short(c.digest) for c in before) or "none"
        return Refusal(
            Because.SUPERSEDED,
            f"A certificate names those whose place it takes: of {made.model} for {made.use_case} {named} stood before it.",
        )
    later = [c for c in before if state.decisions[c.record].entry > state.decisions[made.record].entry]
    if later:
        return Refusal(
            Because.SUPERSEDED,
            f"A later decision has the certificate {short(later[-1].digest)}; an earlier one does not take its place.",
        )
    return None


def revoked(state: State, entry: Entry) -> Refusal | None:
    """A certificate ends for good."""
    return _becomes(state, entry, Status.REVOKED, (Status.GOOD, Status.SUSPENDED, Status.SUPERSEDED))


def suspended(state: State, entry: Entry) -> Refusal | None:
    """A certificate is not to be relied upon for now."""
    return _becomes(state, entry, Status.SUSPENDED, (Status.GOOD,))


def reinstated(state: State, entry: Entry) -> Refusal | None:
    """A suspended certificate may be relied upon again."""
    return _becomes(state, entry, Status.GOOD, (Status.SUSPENDED,))


def superseded(state: State, entry: Entry) -> Refusal | None:
    """A certificate has given its place to one that names it: told in an entry of its own, and true since that was issued.

    Whoever leaves the entry out keeps nothing good by it.
    """
    heir = state.certificates.get(str(entry.body.get("by", "")))
    if entry.signed or heir is None or entry.object not in heir.supersedes:
        return Refusal(
            Because.SUPERSEDED, "Only a certificate that was issued supersedes another, and it must name it."
        )
    return None


def _becomes(state: State, entry: Entry, status: Status, before: tuple[Status, ...]) -> Refusal | None:
    certificate = state.certificates.get(entry.object)
    if certificate is None:
        return Refusal(Because.NO_CERTIFICATE, f"No certificate {entry.object} was issued.")
    if certificate.status not in before:
        return Refusal(
            Because(certificate.status.value)
            if certificate.status is not Status.GOOD
            else Because.NOT_CERTIFIABLE,
            f"The certificate is {status.value} already: nothing would change."
            if certificate.status is status
            else f"The certificate is {certificate.status.value}; it cannot become {status.value}.",
        )
    if len(entry.signed) != 1 or entry.signed[0].kind != Kind.REVOCATION:
        return Refusal(
            Because.STATEMENT_BROKEN, "Exactly one signed statement about the certificate is expected."
        )
    (statement,) = entry.signed
    said = {digest for _, digest in statement.subjects}
    if said != {entry.object} or statement.predicate.get("becomes") != status.value:
        return Refusal(
            Because.SIGNED_SOMETHING_ELSE, "The signature is about another certificate or another change."
        )
    unseen = not_seen(state, statement, certificate.changed, "the latest word on the certificate")
    if unseen is not None:
        return unseen
    role, reason = str(statement.predicate.get("role", "")), str(statement.predicate.get("reason", ""))
    signer = signer_in(state.policy, statement, role, entry.time, stops=status is not Status.GOOD)
    if isinstance(signer, Refusal):
        return signer
    may = _may_change(state, certificate, status)
    if may is not None and role not in may:
        return Refusal(
            Because.ROLE_NOT_HELD,
            f"A certificate becomes {status.value} by the word of {' or '.join(may) or 'nobody'}, not of a {role}.",
        )
    if not reason.strip():
        return Refusal(Because.REASON_MISSING, "Who changes a certificate says why.")
    code = _code(statement.predicate.get("code"), status)
    if isinstance(code, Refusal):
        return code
    certificate.status, certificate.why, certificate.code = status, reason, code
    certificate.changed = entry.seq
    return None


def _may_change(state: State, certificate: CertificateState, status: Status) -> tuple[str, ...] | None:
    """The roles that may change a certificate so; None for every role that may approve.

    To stop is quick unless the policy names who; to let go on is for those who sign such a decision.
    """
    if status is Status.GOOD:
        return tuple(sorted(state.lock_behind(state.decisions[certificate.record]).terms.quorum))
    return state.policy.requires.revoke if state.policy else None


def _code(said: object, status: Status) -> StatusReason | Refusal:
    """The reason code of a change, if it is one of such a change."""
    may = [c for c in StatusReason if (c is StatusReason.RESOLVED) is (status is Status.GOOD)]
    if said not in may:
        return Refusal(
            Because.REASON_MISSING,
            f"Who makes a certificate {status.value} names a reason code: {', '.join(may)}.",
        )
    return StatusReason(str(said))
