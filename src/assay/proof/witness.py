"""What a witness answers: the rules of ``add-checkpoint`` (c2sp.org/tlog-witness).

A witness keeps one checkpoint of each log and cosigns only what continues it. So a log that shows it something cannot
show anybody else something else, nor take anything back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from assay.proof.checkpoint import Checkpoint, TrustedLog
from assay.proof.cosignature import Cosigner
from assay.proof.lines import from_decimal, from_hash_line, to_base64
from assay.proof.merkle import EMPTY_ROOT, check_consistency
from assay.proof.note import MOST_BYTES as MOST_NOTE_BYTES
from assay.proof.note import MalformedNote, Note, verified

OK, BAD_REQUEST, FORBIDDEN, NOT_FOUND, CONFLICT, UNPROCESSABLE = 200, 400, 403, 404, 409, 422
TEXT, SIZE = "text/plain; charset=utf-8", "text/x.tlog.size"
MOST_HASHES = 63
MOST_BYTES = MOST_NOTE_BYTES + 64 * 64


@dataclass(frozen=True, slots=True)
class Submission:
    """The body of a request: the size that the witness is thought to know, the proof from it, the checkpoint."""

    old: int
    proof: tuple[bytes, ...]
    note: Note

    @classmethod
    def parse(cls, body: bytes) -> Submission:
        """Read a body strictly. Raises ValueError or MalformedNote when it is none."""
        if len(body) > MOST_BYTES:
            raise ValueError(f"the body is longer than {MOST_BYTES} bytes")
        head, separator, note = body.partition(b"\n\n")
        first, *hashes = head.decode("utf-8").split("\n")
        if not separator or not first.startswith("old "):
            raise ValueError("expected a line with the old size, a proof, an empty line and a checkpoint")
        if len(hashes) > MOST_HASHES:
            raise ValueError(f"a proof has at most {MOST_HASHES} hashes")
        return cls(
            from_decimal(first.removeprefix("old ")), tuple(map(from_hash_line, hashes)), Note.parse(note)
        )

    def __bytes__(self) -> bytes:
        """The body."""
        return "\n".join((f"old {self.old}", *map(to_base64, self.proof), "", "")).encode() + bytes(self.note)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back, and what must be on disk before it is sent.

    Attributes:
        keep: the origin and the note to be kept in place of the last one; None when nothing changes.
    """

    status: int
    body: bytes
    content_type: str = TEXT
    keep: tuple[str, Note] | None = None


def add_checkpoint(
    body: bytes,
    *,
    logs: Mapping[str, TrustedLog],
    last: Callable[[str], Checkpoint | None],
    cosigner: Cosigner,
    now: int,
) -> Answer:
    """The answer to one request, in the order of the specification.

    ``last`` tells the latest checkpoint that was cosigned for an origin. Asking it and keeping the answer must be one
    step, or two requests at once roll a log back.
    """
    try:
        submission = Submission.parse(body)
        checkpoint = Checkpoint.parse(submission.note.text)
    except (ValueError, MalformedNote) as wrong:
        return _refused(BAD_REQUEST, "not UTF-8" if isinstance(wrong, UnicodeError) else str(wrong))
    # "If the checkpoint origin is unknown": 404
    log = logs.get(checkpoint.origin)
    if log is None:
        return _refused(NOT_FOUND, "this witness does not know that log")
    # "no signature from a trusted key for the origin is present, or ... fails to verify": 403
    signed = verified(submission.note, log.keys)
    if signed.false or not signed.signed:
        return _refused(FORBIDDEN, "the checkpoint is not signed by a key of that log")
    # "The old size MUST be equal to or lower than the checkpoint size": 400
    if submission.old > checkpoint.size:
        return _refused(BAD_REQUEST, "the old size is larger than the checkpoint")
    # "the old size matches the size of the latest checkpoint it cosigned": 409
    latest = last(checkpoint.origin)
    known, root = (0, EMPTY_ROOT) if latest is None else (latest.size, latest.root)
    if submission.old != known:
        return Answer(CONFLICT, f"{known}\n".encode(), SIZE)
    # The root of the empty tree, the consistency proof, equal roots at equal sizes: 422
    if not check_consistency(known, checkpoint.size, submission.proof, root, checkpoint.root):
        return _refused(UNPROCESSABLE, f"the checkpoint does not continue that of size {known}")
    cosignature = cosigner.cosign(submission.note.text, now)
    # What a monitor gets has the signatures that were verified, and no stranger's ("Monitor Retrieval Mechanism").
    kept = Note(submission.note.text, ()).signed_also([*(line for _, line in signed.signed), cosignature])
    return Answer(OK, f"{cosignature}\n".encode(), TEXT, (checkpoint.origin, kept))


def _refused(status: int, why: str) -> Answer:
    return Answer(status, f"{why}\n".encode())
