"""What a certificate claims, held against the entries that it is said to come from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from assay.domain.digests import digest_of_listing, named
from assay.domain.entry import Signed
from assay.domain.plain import NotPlain
from assay.domain.refusal import Because, Refusal
from assay.domain.scope import EXTENSION, Scope
from assay.domain.state.state import TEST_SET_SPENT, DecisionState, State

JUDGED = {"predictions": "test"}
"""The role of the file that is certified, by format; the model itself for every other."""


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

    @classmethod
    def read(cls, statement: Signed) -> Claims | None:
        """The claims of a signed certificate; None when it has not the form of one."""
        try:
            said = statement.predicate
            attested = _attested(said["inputAttestations"])
            return cls(
                policy=named(str(said["policy"]["digest"]["sha256"])),
                record=attested["record"],
                evidence=attested["evidence"],
                specification=attested["specification"],
                result=str(said["verificationResult"]),
                model=statement.subjects[0][0],
                files=statement.subjects[1:],
                scope=Scope.read(said[EXTENSION]),
            )
        except (KeyError, TypeError, ValueError, AttributeError, IndexError, NotPlain):
            return None


def _attested(attestations: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in attestations:
        name, digest = str(one["uri"]).removeprefix("assay:"), named(str(one["digest"]["sha256"]))
        if name in {"record", "evidence", "specification"} and name in found:
            raise ValueError(f"{name} stands twice among the attestations")
        found[name] = digest
    return found


def contradiction(state: State, decision: DecisionState, claims: Claims) -> Refusal | None:
    """Where a certificate says something else than the log knows of its decision, its run and its lock."""
    run = state.runs[decision.run]
    lock, scope = state.locks[run.lock], claims.scope
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
        ("log", scope.log, policy.log.origin if policy else ""),
        ("demo", scope.demo, bool(policy and policy.demo)),
    )
    if claims.policy != state.policy_digest:
        return Refusal(
            Because.POLICY_OTHER,
            f"The certificate names the policy {claims.policy[7:19]}; in force is {state.policy_digest[7:19]}.",
        )
    for what, said, known in facts:
        if said != known:
            return _other(f"{what} {_shown(said)} in the certificate and {_shown(known)} in the log")
    if run.waived and not any(told.startswith(TEST_SET_SPENT) for told in scope.waivers):
        return _other("The waiver of spent test rows that let the run begin is not told")
    judged = run.subject.get(JUDGED.get(scope.format, "model"))
    # A model of one file is bound by the digest of that file, a folder by that of its listing.
    if judged not in {
        digest_of_listing(claims.files),
        *(d for _, d in claims.files[:1] if len(claims.files) == 1),
    }:
        return _other("The files of the certificate are not those of the run that was judged")
    return None


def _other(what: str) -> Refusal:
    return Refusal(
        Because.CONTRADICTS_LOG, f"{what[0].upper()}{what[1:]}: it is not the certificate of this decision."
    )


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    return str(value) or "none"


def too_long(claims: Claims, start: dt.datetime, days: int) -> Refusal | None:
    """Why a certificate may not hold as long as it says; ``start`` is the time of the decision, whose evidence grows old."""
    try:
        begins, ends = (
            dt.datetime.fromisoformat(t) for t in (claims.scope.valid_from, claims.scope.valid_until)
        )
        last = start + dt.timedelta(days=days)
        old, late = begins > min(ends, last), ends > last
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
    return None
