"""What a certificate claims, held against the entries that it is said to come from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from assay.domain.digests import bindings_of, named, short
from assay.domain.entry import Signed
from assay.domain.model_formats import judged_role
from assay.domain.plain import NotPlain
from assay.domain.refusal import Because, Refusal
from assay.domain.scope import EXTENSION, Scope
from assay.domain.state.state import DecisionState, State


@dataclass(frozen=True, slots=True)
class Claims:
    """What the log can tell of a certificate: its documents by digest, the files of its model, and its scope."""

    policy: str
    record: str
    evidence: str
    specification: str
    result: str
    model: str
    files: tuple[tuple[str, str], ...]
    scope: Scope
    time: str
    sign_offs: tuple[str, ...]

    @classmethod
    def read(cls, statement: Signed) -> Claims | None:
        """The claims of a signed certificate; None when it has not the form of one."""
        try:
            said = statement.predicate
            attested = attested_once(
                (str(one["uri"]).removeprefix("assay:"), named(str(one["digest"]["sha256"])))
                for one in said["inputAttestations"]
            )
            return cls(
                policy=named(str(said["policy"]["digest"]["sha256"])),
                record=attested["record"],
                evidence=attested["evidence"],
                specification=attested["specification"],
                result=str(said["verificationResult"]),
                model=statement.subjects[0][0],
                files=statement.subjects[1:],
                scope=Scope.read(said[EXTENSION]),
                time=str(said["timeVerified"]),
                sign_offs=tuple(
                    named(str(one["digest"]["sha256"]))
                    for one in said["inputAttestations"]
                    if str(one["uri"]).startswith("assay:sign-off/")
                ),
            )
        except (KeyError, TypeError, ValueError, AttributeError, IndexError, NotPlain):
            return None


ONCE = frozenset({"record", "evidence", "specification", "dictionary"})
"""What a certificate stands on besides any number of stage results and sign-offs."""


def attested_once(attestations: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The digest of each document that a certificate stands on once, by name.

    Raises:
        ValueError: a name is unknown, or one of these documents stands there twice.
    """
    found: dict[str, str] = {}
    for name, digest in attestations:
        if name == "stage" or name.startswith("sign-off/"):
            continue
        if name not in ONCE or name in found:
            raise ValueError("an attestation of the certificate is of no known name, or stands twice")
        found[name] = digest
    return found


def contradiction(state: State, decision: DecisionState, claims: Claims) -> Refusal | None:
    """Where a certificate says something else than the log knows of its decision, its run and its lock."""
    run, lock, scope = state.runs[decision.run], state.lock_behind(decision), claims.scope
    policy = state.policy
    facts: tuple[tuple[str, object, object], ...] = (
        ("record", claims.record, decision.record),
        ("evidence", claims.evidence, decision.evidence),
        ("specification", claims.specification, decision.specification),
        ("outcome", scope.outcome, decision.outcome),
        ("lock", scope.lock, lock.digest),
        ("use case", scope.name, lock.terms.name),
        ("risk", scope.risk, lock.terms.risk),
        ("attempt", scope.attempt, run.attempt),
        ("bypasses", scope.bypasses, decision.bypasses),
        (
            "files judged",
            tuple(sorted({m.role: m.digest for m in scope.materials}.items())),
            tuple(sorted(run.subject.items())),
        ),
        (
            "signatures",
            tuple(sorted(claims.sign_offs)),
            tuple(sorted(w.statement for w in decision.sign_offs)),
        ),
        ("log", scope.log, policy.log.origin if policy else ""),
        ("demo", scope.demo, bool(policy and policy.demo)),
    )
    if claims.policy != state.policy_digest:
        return Refusal(
            Because.POLICY_OTHER,
            f"The certificate names the policy {short(claims.policy)}; in force is {short(state.policy_digest)}.",
        )
    for what, said, known in facts:
        if said != known:
            return otherwise(f"{what} {shown(said)} in the certificate and {shown(known)} in the log")
    if run.subject.get(judged_role(scope.format)) not in bindings_of(claims.files):
        return otherwise("The files of the certificate are not those of the run that was judged")
    return None


def otherwise(what: str) -> Refusal:
    """The certificate says something else than the log: what, and that it is of another decision."""
    return Refusal(
        Because.CONTRADICTS_LOG, f"{what[0].upper()}{what[1:]}: it is not the certificate of this decision."
    )


def shown(value: object) -> str:
    """A fact of a certificate or of the log for a reader."""
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    return str(value) or "none"


def untimely(claims: Claims, start: dt.datetime, logged: dt.datetime, days: int) -> Refusal | None:
    """Why a certificate may not hold when it says.

    Args:
        start: time of the decision, whose evidence grows old. logged: time of the entry. days: that its lock allows.
    """
    try:
        begins, ends, told = (
            dt.datetime.fromisoformat(t)
            for t in (claims.scope.valid_from, claims.scope.valid_until, claims.time)
        )
        last = start + dt.timedelta(days=days)
        old, late = begins > min(ends, last), ends > last
        apart = not start <= begins <= logged or abs(told - begins) >= dt.timedelta(seconds=1)
    except (TypeError, ValueError):
        return Refusal(Because.STATEMENT_BROKEN, "The dates of the certificate are no times in UTC.")
    if old:
        return Refusal(
            Because.EXPIRED,
            f"The decision is of {start.date()} and its lock allows {days} days: there is nothing left to certify.",
        )
    if late:
        return Refusal(
            Because.CONTRADICTS_LOG,
            f"The certificate claims to hold until {ends.date()}; its lock allows {days} days from {start.date()}.",
        )
    if apart:
        return Refusal(
            Because.CONTRADICTS_LOG,
            f"The certificate is dated {told.isoformat()} and holds from {begins.isoformat()}; it was decided on "
            f"{start.isoformat()} and logged at {logged.isoformat()}.",
        )
    return None
