"""Ask a witness to cosign a checkpoint (c2sp.org/tlog-witness, "add-checkpoint")."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from assay.domain.errors import AssayError, ExitCode
from assay.proof.checkpoint import Checkpoint
from assay.proof.cosignature import CosignerKey
from assay.proof.lines import from_decimal
from assay.proof.note import Note, Signature, UntrustedNote, signature_lines, verified
from assay.proof.witness import CONFLICT, FORBIDDEN, NOT_FOUND, OK, UNPROCESSABLE, Submission

SECONDS = 20
MOST_BYTES = 1 << 20
TURNS = 3
"""How often a witness that knows another size is asked again: others may submit meanwhile."""

Prove = Callable[[int, int], Sequence[bytes]]
"""The consistency proof between two sizes, as :meth:`assay.store.log.Log.consistency` gives it."""


class WitnessUnreachable(AssayError):
    """No answer of a witness came, or none that this protocol knows."""


class WitnessRefused(AssayError):
    """A witness does not know this log or its key; ``code`` is ``witness_status_403`` or another status."""


class WitnessDisagrees(AssayError):
    """A witness saw another history of this log: one of the two was rewritten or rolled back."""

    exit_code = ExitCode.TRUST_FAILURE


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back."""

    status: int
    body: bytes


def cosignatures(
    url: str,
    note: Note,
    prove: Prove,
    keys: Collection[CosignerKey],
    *,
    known: int = 0,
    seconds: float = SECONDS,
) -> tuple[Signature, ...]:
    """Submit a checkpoint and return the verified cosignatures of the expected witness; put them on the note.

    ``known`` is the size that the witness is thought to have seen last; it says so itself when that is wrong.

    Raises:
        WitnessDisagrees: ``witness_ahead`` when it saw a larger tree, ``witness_split_view`` when the trees differ.
        WitnessRefused: it does not know the log. WitnessUnreachable. UntrustedNote: its signature is not of these keys.
    """
    size = Checkpoint.parse(note.text).size
    old = min(known, size)
    for _ in range(TURNS):
        proof = tuple(prove(old, size)) if old else ()
        reply = _post(f"{url.rstrip('/')}/add-checkpoint", bytes(Submission(old, proof, note)), seconds)
        if reply.status == OK:
            return _verified(url, note, reply.body, keys)
        if reply.status != CONFLICT:
            raise _refusal(url, reply, size)
        old = _size(url, reply.body)
        if old > size:
            raise WitnessDisagrees(
                f"The witness at {url} has seen {old} entries of this log, which now has {size}: it was rolled back.",
                code="witness_ahead",
                remedy="Sign nothing more; find out who removed entries.",
            )
    raise WitnessUnreachable(f"The witness at {url} knows another size each time.", code="witness_busy")


def _verified(url: str, note: Note, body: bytes, keys: Collection[CosignerKey]) -> tuple[Signature, ...]:
    try:
        answered = Note(note.text, signature_lines(body))
    except ValueError as wrong:
        raise WitnessUnreachable(
            f"The witness at {url} answered no signature.", code="witness_garbled"
        ) from wrong
    found = verified(answered, keys)
    if found.false or not found.signed:
        raise UntrustedNote(
            f"What the witness at {url} sent is no cosignature of {', '.join(key.name for key in keys)}.",
            code="witness_unknown_key",
            remedy="Compare its verifier key with the one in your policy.",
        )
    return tuple(dict.fromkeys(line for _, line in found.signed))


def _refusal(url: str, reply: Reply, size: int) -> AssayError:
    if reply.status == UNPROCESSABLE:
        return WitnessDisagrees(
            f"The witness at {url} has seen another history of this log than that of its {size} entries.",
            code="witness_split_view",
            remedy="Sign nothing more; compare the log with the checkpoint that the witness serves.",
        )
    why, remedy = {
        NOT_FOUND: ("it does not know this log", "Give its operator the verifier key of this log."),
        FORBIDDEN: (
            "the key that signed is not the log's",
            "Give its operator the verifier key that signs now.",
        ),
    }.get(reply.status, ("it gave no reason that this protocol knows", "Ask its operator."))
    return WitnessRefused(
        f"The witness at {url} refused with {reply.status}: {why}.",
        code=f"witness_status_{reply.status}",
        remedy=remedy,
    )


def _size(url: str, body: bytes) -> int:
    try:
        return from_decimal(body.decode("ascii").removesuffix("\n"))
    except ValueError as wrong:
        raise WitnessUnreachable(f"The witness at {url} told no size.", code="witness_garbled") from wrong


def _post(url: str, body: bytes, seconds: float) -> Reply:
    if not url.startswith(("http://", "https://")):
        raise WitnessUnreachable(f"A witness is at http:// or https://, found {url!r}.", code="witness_url")
    request = urllib.request.Request(url, body, {"Content-Type": "text/plain"}, method="POST")  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=seconds) as answer:  # noqa: S310 - checked above
            return Reply(answer.status, answer.read(MOST_BYTES))
    except urllib.error.HTTPError as answer:
        with answer:
            return Reply(answer.code, answer.read(MOST_BYTES))
    except (OSError, ValueError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or type(error).__name__
        raise WitnessUnreachable(
            f"The witness at {url} does not answer: {reason}.",
            code="witness_unreachable",
            remedy="See that it runs and that the address is right; without it the log is not witnessed.",
        ) from error
