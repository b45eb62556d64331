"""The gate: let through what is certified for this use, refuse everything else. The command, Python, pytest, hooks and CI call this."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from assay.app.clock import utc_now
from assay.app.verifying.around import look_around
from assay.app.verifying.certificate_folder import (
    CERTIFICATE,
    PROOF,
    STATUS,
    SUFFIX,
    Pack,
    certificate_beside,
)
from assay.app.verifying.kept_head import keep_head, read_head
from assay.domain.errors import AssayError, SubjectError
from assay.domain.policy import Policy
from assay.domain.refusal import Because, Refusal, Refused, raised
from assay.proof.bundle import LARGEST
from assay.proof.certificate import Certificate
from assay.proof.verification import Presented, Purpose, Verification
from assay.proof.verify import verify
from assay.reading.policy import read_policy
from assay.subject.digest import open_regular
from assay.subject.files_in_hand import files_of

__all__ = [
    "NaiveTime",
    "Purpose",
    "Verification",
    "certificate_of",
    "gate",
    "refused",
    "require",
]


class NaiveTime(AssayError):
    """A time without a zone, where a moment is needed."""


def gate(
    model: Path,
    *,
    use_case: str,
    policy: Path | Policy,
    certificate: Path | None = None,
    purpose: Purpose = Purpose.DEPLOYMENT,
    pack: Pack | None = None,
    remember: Path | None = None,
    sources: Path | None = None,
    environment: bool = False,
    python: Path | str | None = None,
    now: dt.datetime | None = None,
) -> Verification:
    """Hold a model against its certificate; says everything that is wrong, and raises nothing for it.

    Args:
        model: the file or folder that is to be used. use_case: what for; must be what the certificate says.
        policy: whose keys count: a file that came by a way you trust, or what was read from it.
        certificate: the folder of the certificate; by default ``MODEL.assay`` beside the model.
        purpose: deployment asks for a fresher status than a model that runs already.
        pack: the review pack, or the exported log alone, if it is at hand. remember: a file that keeps the head of the log
            between calls, read and written; a log that does not go on from there is refused. now: the time to judge at; by default this machine's.
        sources: the specification's folder: the data, the specification and the code must be those that were judged, too.
        environment: so must the versions of the packages that run the model, and the code and the files that it runs and reads
            besides its own file (joblib): to tell these it is loaded in a child behind the fences. What it loads or reads
            only when it answers is not known then; ``unseen`` of the answer says so. python: the interpreter of the
            environment that they are in, for a model that was judged in one of its own: it is compared, and loads the model.
            Naming it asks for ``environment``.

    Raises:
        InvalidDocument: the policy has problems. SubjectError: there is no such model. NaiveTime: ``now`` has no zone.
        BrokenHead: ``remember`` holds no head. Crash: the model cannot be loaded in its environment.
    """
    if now is not None and now.utcoffset() is None:
        raise NaiveTime(
            f"The time {now.isoformat()} has no time zone, so that nobody knows when it is.",
            code="time_naive",
            remedy="Give one with a zone, as datetime.now(timezone.utc) is.",
        )
    chosen = policy if isinstance(policy, Policy) else read_policy(policy).policy
    presented = replace(
        _presented(model, use_case, certificate, pack or Pack()), remembered=read_head(remember)
    )
    found = verify(presented, chosen, now=now or utc_now(), purpose=purpose)
    keep_head(remember, found)
    own = None if python is None else str(python)
    return look_around(found, model, sources=sources, environment=environment, python=own)


def require(
    model: Path,
    *,
    use_case: str,
    policy: Path | Policy,
    certificate: Path | None = None,
    purpose: Purpose = Purpose.DEPLOYMENT,
    sources: Path | None = None,
    environment: bool = False,
    python: Path | str | None = None,
    now: dt.datetime | None = None,
) -> Verification:
    """As :func:`gate`, and raises when the model is refused.

    Raises:
        Refused: with the first reason; Distrusted when it is a failure of trust.
    """
    found = gate(
        model,
        use_case=use_case,
        policy=policy,
        certificate=certificate,
        purpose=purpose,
        sources=sources,
        environment=environment,
        python=python,
        now=now,
    )
    if not found.accepted:
        raise refused(found, in_python=True)
    return found


def refused(found: Verification, *, in_python: bool = False) -> Refused:
    """The error for a model that the gate refuses; what to do about it is told to a program ``in_python`` by its arguments."""
    refusal = found.refusal or Refusal(
        Because.NO_CERTIFICATE, "Not every step of the verification was reached."
    )
    remedies = _REMEDIES | _IN_PYTHON if in_python else _REMEDIES
    return raised(refusal, remedy=remedies.get(refusal.because, _FROM_THE_ISSUER))


_FROM_THE_ISSUER = (
    "Ask its issuer for the model with its certificate again, or for one that satisfies the policy."
)
_AGAIN = "What was changed must be tested and signed again: assay certify, assay sign, assay issue."
_REMEDIES = {
    Because.EXPIRED: "Certify the model again before it is used: assay certify, assay sign, assay issue.",
    Because.NOT_YET_VALID: "Wait until it is valid, and check this machine's clock.",
    Because.OTHER_USE_CASE: "Name the use that it is certified for: --use-case; or certify the model for this one: assay lock, "
    "assay certify, assay sign, assay issue.",
    Because.RESULT_FAILED: "Its dossier says why; what was mended is judged again, on rows that were not used.",
    Because.SUSPENDED: "Ask who suspended it; who may reinstates it with: assay reinstate",
    Because.REVOKED: "Use another model; a certificate that is revoked stays so.",
    Because.FILE_MISSING: "Put the files back under the names that were certified; or certify what is there: assay certify, "
    "assay sign, assay issue.",
    Because.BYTES_CHANGED: _AGAIN,
    Because.FILE_ADDED: _AGAIN,
    Because.NO_CERTIFICATE: "Issue one with: assay issue; or name its folder: --certificate FOLDER",
    Because.POLICY_OTHER: "Get the organisation's newest policy by a way that you trust; who keeps the log prints it with: assay trust show",
    Because.NOT_LOGGED: "Ask its issuer for certificate and proof as they were issued; if the log has another key since, or witnesses, for a "
    "new proof. Whoever keeps the log signs for it (assay log checkpoint, with --witness URL for each witness) and writes it beside "
    "the certificate: assay log prove ENTRY certificate.tlog-proof",
    Because.LOG_UNSEEN: "Hand over the exported log, which its owner makes with: assay log export",
    Because.CODE_CHANGED: "Check out the judged commit, and install the code and the files that were judged with the model; or certify what is "
    "there: assay certify, assay sign, assay issue.",
    Because.ENVIRONMENT_CHANGED: "Compare it with the environment that it was judged in: install those versions there, and name its interpreter with "
    "--python only if it had one of its own; or certify the model with this one: assay certify, assay sign, assay issue.",
    Because.ENVIRONMENT_UNSEEN: "Name the interpreter of the environment that it was judged in: --python",
    Because.SUPERSEDED: "Use the certificate that has its place, with the model that it is about.",
    Because.STATUS_MISSING: "Fetch the newest status of its issuer, who signs it with: assay status",
    Because.STATUS_STALE: "Fetch the newest status of its issuer, who signs it with: assay status",
}
_CERTIFIED_AGAIN = (
    "Put back what was certified; what was changed must be tested and signed again before it is used."
)
_IN_PYTHON = {
    Because.ENVIRONMENT_CHANGED: "Compare it with the environment that it was judged in: install those versions there, and name its "
    "interpreter, python=..., only if it had one of its own; or ask its issuer to have the model certified with this one.",
    Because.ENVIRONMENT_UNSEEN: "Name the interpreter of the environment that it was judged in: python=...",
    Because.CODE_CHANGED: "Check out the judged commit, and install the code and the files that were judged with the model; or ask its issuer to "
    "have the model certified with these.",
    Because.EXPIRED: "Ask its issuer for the certificate of a newer run before the model is used again.",
    Because.OTHER_USE_CASE: "Name the use that it is certified for, use_case=...; or ask its issuer to have it certified for this one.",
    Because.NOT_LOGGED: "Ask its issuer for certificate and proof as they were issued; if the log has another key since, or witnesses, "
    "for a new proof.",
    Because.NO_CERTIFICATE: "Name the folder of its certificate, certificate=...; or ask its issuer for one.",
    Because.FILE_MISSING: _CERTIFIED_AGAIN,
    Because.BYTES_CHANGED: _CERTIFIED_AGAIN,
    Because.FILE_ADDED: _CERTIFIED_AGAIN,
}
"""Who loads a model in a program has its arguments to name, and no command to certify it with."""


def certificate_of(found: Verification) -> Certificate:
    """The certificate that a verification accepted."""
    if found.certificate is None:
        raise refused(found)
    return found.certificate


def _presented(model: Path, use_case: str, certificate: Path | None, pack: Pack) -> Presented:
    if certificate is None and model.suffix == SUFFIX and (model / CERTIFICATE).is_file():
        raise SubjectError(
            f"{model} is the folder of a certificate, and no model.",
            code="not_a_model",
            remedy=f"Name the model that it lies beside: {model.with_suffix('')}",
        )
    folder = certificate if certificate is not None else certificate_beside(model)
    content = _bytes(folder / CERTIFICATE)
    absent = Refusal(Because.NO_CERTIFICATE, f"There is no certificate in {folder}.")
    return Presented(
        certificate=absent if content is None else content,
        files=_files(model),
        use_case=use_case,
        status=_bytes(folder / STATUS),
        proof=_bytes(folder / PROOF),
        leaves=pack.leaves,
        attestations=pack.attestations,
    )


def _files(model: Path) -> tuple[tuple[str, str], ...] | Refusal:
    if not model.exists():
        raise SubjectError(
            f"There is no model {model}.", code="not_found", remedy="Name the file or the folder."
        )
    try:
        return files_of(model)[0]
    except SubjectError as wrong:
        return Refusal(Because.FILES_UNREADABLE, wrong.message)


def _bytes(path: Path) -> bytes | None:
    """The bytes of a file, at most one more than any of ours has; none of what is there and no file to read."""
    try:
        with open_regular(path) as file:
            return _at_most(file, LARGEST + 1)
    except SubjectError as wrong:
        return None if wrong.code == "not_found" else b""
    except OSError:
        return b""


def _at_most(file: BinaryIO, count: int) -> bytes:
    parts = []
    while count and (part := file.read(count)):
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
