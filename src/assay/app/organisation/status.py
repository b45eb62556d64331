"""The signed, short-lived word on all certificates of a log; and what changes it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from assay.app.organisation.elsewhere import Away, open_place
from assay.app.organisation.ledger import Ledger, NotInLog, open_ledger, policy_of
from assay.domain.digests import bare, begins
from assay.domain.entry import Action
from assay.domain.nearest import listed
from assay.domain.policy import Policy
from assay.domain.refusal import Because, Refusal, Refused
from assay.domain.state import CertificateState, State, Status, StatusReason
from assay.proof.bundle import Bundle, sign
from assay.proof.keys import Signer
from assay.proof.status import StatusList
from assay.proof.words import revocation
from assay.store.blobs import write_whole

ACTIONS = {
    Status.REVOKED: Action.REVOKED,
    Status.SUSPENDED: Action.SUSPENDED,
    Status.GOOD: Action.REINSTATED,
}


def write_status(ledger: Ledger, signer: Signer, target: Path) -> StatusList:
    """Sign what every certificate is worth now, and write it."""
    made, bundle = signed_status(ledger, signer)
    write_whole(target, bundle.content)
    return made


def signed_status(ledger: Ledger, signer: Signer) -> tuple[StatusList, Bundle]:
    """What every certificate is worth now, and the same signed. Raises Refused as :func:`verifier_of`."""
    verifier_of(ledger.policy(), signer, ledger.clock())
    made = status_now(ledger)
    return made, sign(made.statement().plain(), signer)


def verifier_of(policy: Policy, signer: Signer, now: dt.datetime) -> str:
    """The verifier as whom a key signs certificates and their status now.

    Raises:
        Refused: ``key_unknown``, or ``key_not_valid`` when another key has its place: nobody would believe what it signs.
    """
    for verifier in policy.verifiers:
        held = policy.keys[verifier.key]
        if held.key.strip() != signer.public.pem.strip():
            continue
        if not held.counts_at(now):
            raise Refused(
                Refusal(
                    Because.KEY_NOT_VALID,
                    f"The key {verifier.key!r} counts from {held.valid_from.date()} until {held.valid_until.date()}, and not now.",
                ),
                remedy="Sign with the key that has its place: assay trust show",
            )
        return verifier.id
    raise Refused(
        Refusal(
            Because.KEY_UNKNOWN,
            f"The policy names no verifier with the key {signer.name or 'in hand'} (id {signer.public.key_id[:12]}).",
        ),
        remedy=f"Sign with a key that the policy now lists under verifiers: {listed(v.key for v in policy.verifiers if policy.keys[v.key].counts_at(now))}.",
    )


def status_now(ledger: Ledger) -> StatusList:
    """What every certificate is worth now.

    It expires with the policy's freshness at the gate: whoever deploys needs a newer one then.
    """
    state = ledger.state()
    policy = policy_of(state)
    size, root = ledger.seen()
    now = ledger.clock()
    return StatusList(
        log=policy.log.origin,
        size=size,
        root=root,
        issued=now,
        expires=now + dt.timedelta(days=policy.freshness.at_the_gate.days),
        certificates={c.digest: c.status for c in state.certificates.values()},
        reasons={c.digest: c.why for c in state.certificates.values() if c.why},
        codes={c.digest: c.code for c in state.certificates.values() if c.code},
    )


@dataclass(frozen=True, slots=True)
class Refreshed:
    """A new status, and every certificate that it is about with what it says, in the order of the log."""

    status: StatusList
    certificates: tuple[CertificateState, ...]


def refresh(folder: Path, *, signer: Signer, target: Path) -> Refreshed:
    """Sign and write a new status."""
    with open_ledger(folder) as ledger:
        made = write_status(ledger, signer, target)
        return Refreshed(made, tuple(ledger.state().certificates.values()))


def change(
    folder: Path,
    beginning: str,
    *,
    becomes: Status,
    code: StatusReason,
    role: str,
    signer: Signer,
    reason: str,
    away: Away | None = None,
) -> CertificateState:
    """Revoke, suspend or reinstate a certificate, as the holder of a role, with a reason.

    Args:
        folder: of the log. beginning: of the certificate's digest; empty for the latest. becomes: what it is from now on.
        code: why, for programs: ``resolved`` to reinstate, and any other one to revoke or suspend. role: in which the
            signer speaks: to reinstate one of the decision's quorum. signer: their key. reason: why, for readers. away: what is signed with where the log is not; the folder is then not
            looked at, and nothing but its file is written.

    Raises:
        NotInLog: there is no such certificate. Refused: the signer may not, gives no reason, or the certificate cannot become this. Others as
            :func:`~assay.app.organisation.elsewhere.open_place`.
    """
    with open_place(folder, away) as place:
        certificate = certificate_named(place.state(), beginning)
        said = revocation(
            certificate.digest,
            becomes=becomes,
            code=code,
            role=role,
            reason=reason,
            seen=place.seen(),
            time=place.clock(),
        )
        state = place.say(said, ACTIONS[becomes], certificate.digest, signer)
        return state.certificates[certificate.digest]


def certificate_named(state: State, beginning: str) -> CertificateState:
    """The certificate whose digest begins so; the latest one for an empty text.

    Raises:
        NoLog: the log has no policy. NotInLog: ``no_certificate`` when there is none, or more than one.
    """
    policy_of(state)
    wanted = bare(beginning)
    found = [c for c in state.certificates.values() if begins(c.digest, wanted)]
    if not found or (wanted and len(found) > 1):
        how = f"{len(found)} certificates of this log begin" if found else "No certificate of this log begins"
        said = f"{how} with {beginning!r}." if wanted else "There is no certificate in this log yet."
        raise NotInLog(
            said,
            code=Because.NO_CERTIFICATE.value,
            remedy="See them with: assay log show" if state.certificates else "Issue one with: assay issue",
        )
    return found[-1]
