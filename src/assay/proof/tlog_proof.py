"""The file beside a certificate that proves, offline, that its entry is in a log (c2sp.org/tlog-proof)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from assay.proof.checkpoint import Checkpoint, TrustedLog
from assay.proof.cosignature import CosignerKey, time_of
from assay.proof.lines import from_base64, from_decimal, from_hash_line, to_base64
from assay.proof.merkle import check_inclusion, leaf_hash
from assay.proof.note import MalformedNote, Note, UntrustedNote, verified

FIRST_LINE = "c2sp.org/tlog-proof@v1"
MOST_BYTES, MOST_HASHES = 1 << 21, 63


@dataclass(frozen=True, slots=True)
class TlogProof:
    """An index, the path from the leaf to the root, and the signed checkpoint as its log wrote it.

    ``extra`` is opaque and authenticated by nobody: never believe it.
    """

    index: int
    path: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None

    @classmethod
    def parse(cls, content: bytes) -> TlogProof:
        """Read the file strictly; nothing in it is trusted yet.

        Raises:
            MalformedNote: ``tlog_proof_malformed``.
        """
        try:
            return _parsed(content)
        except ValueError as wrong:
            said = "it is not UTF-8" if isinstance(wrong, UnicodeError) else wrong
            raise MalformedNote(f"This is no tlog-proof: {said}.", code="tlog_proof_malformed") from wrong

    def __bytes__(self) -> bytes:
        """The file."""
        extra = () if self.extra is None else (f"extra {to_base64(self.extra)}",)
        lines = (FIRST_LINE, *extra, f"index {self.index}", *map(to_base64, self.path), "", "")
        return "\n".join(lines).encode() + self.checkpoint


def _parsed(content: bytes) -> TlogProof:
    if len(content) > MOST_BYTES:
        raise ValueError(f"it is longer than {MOST_BYTES} bytes")
    head, separator, checkpoint = content.partition(b"\n\n")
    first, *lines = head.decode("utf-8").split("\n")
    if first != FIRST_LINE or not separator:
        raise ValueError(f"expected the line {FIRST_LINE!r}, a proof, an empty line and a checkpoint")
    extra = (
        from_base64(lines.pop(0).removeprefix("extra ")) if lines and lines[0].startswith("extra ") else None
    )
    if not lines or not lines[0].startswith("index "):
        raise ValueError("expected a line with the index")
    if len(lines) - 1 > MOST_HASHES:
        raise ValueError(f"a proof has at most {MOST_HASHES} hashes")
    index = from_decimal(lines[0].removeprefix("index "))
    return TlogProof(index, tuple(map(from_hash_line, lines[1:])), checkpoint, extra)


# --- verification -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Witnessed:
    """A trusted witness that cosigned, and the POSIX seconds at which it says that it did."""

    name: str
    seconds: int

    @property
    def time(self) -> dt.datetime | None:
        """The time by its clock, in UTC; None where no calendar has it."""
        try:
            return dt.datetime.fromtimestamp(self.seconds, dt.UTC)
        except (OverflowError, OSError, ValueError):
            return None

    def __str__(self) -> str:
        """Who, and when, for a sentence."""
        time = self.time
        return (
            f"{self.name} at {time:%Y-%m-%d %H:%M} UTC" if time else f"{self.name} at second {self.seconds}"
        )


@dataclass(frozen=True, slots=True)
class Logged:
    """Whether an entry is proven to be in a log, and why or why not.

    Attributes:
        proven: everything that was asked for holds.
        code: ``logged``, or what was found first: ``note_malformed``, ``checkpoint_malformed``, ``note_unsigned``,
            ``note_falsely_signed``, ``origin_unknown``, ``witnesses_missing``, ``inclusion_unproven``.
        message: one sentence.
        checkpoint: what the log signed, as far as its signature verified.
        witnessed: the trusted witnesses that cosigned it; where there is none, the log's holder can still show others
            another log.
    """

    proven: bool
    code: str
    message: str
    checkpoint: Checkpoint | None = None
    witnessed: tuple[Witnessed, ...] = ()


def check_logged(
    proof: TlogProof,
    entry: bytes,
    log: TrustedLog,
    *,
    witnesses: Collection[CosignerKey],
    needed: int,
) -> Logged:
    """Whether a proof shows that the entry is in the log and that ``needed`` of the witnesses saw it.

    The steps are those of tlog-proof, "Verifying a tlog proof". Names do not make a witness: keys are counted, each
    once, and the log's own keys never. Raises InvalidKey ``vkeys_collide`` when trusted keys cannot be told apart.
    """
    # (1) the leaf hash
    leaf = leaf_hash(entry)
    # (2) an acceptable origin, signed by a key of that log
    try:
        note, checkpoint = log.open(proof.checkpoint)
    except (MalformedNote, UntrustedNote) as refused:
        return Logged(proven=False, code=refused.code, message=refused.message)
    # (3) the cosignatures of known witnesses
    seen = check_witnessed(note, log, witnesses=witnesses, needed=needed)
    if not seen.proven:
        return Logged(seen.proven, seen.code, seen.message, checkpoint, seen.witnessed)
    # (4) the inclusion proof binds the leaf to the signed root
    if not check_inclusion(leaf, proof.index, checkpoint.size, proof.path, checkpoint.root):
        said = f"The proof does not lead from this entry, as number {proof.index}, to the root that the log signed."
        return Logged(proven=False, code="inclusion_unproven", message=said, checkpoint=checkpoint)
    said = f"Entry {proof.index} of {checkpoint.size} in the log {checkpoint.origin!r}; {seen.message}"
    return Logged(True, "logged", said, checkpoint, seen.witnessed)


def check_witnessed(
    note: Note, log: TrustedLog, *, witnesses: Collection[CosignerKey], needed: int
) -> Logged:
    """Whether ``needed`` of the witnesses cosigned a checkpoint that is known to be the log's.

    Raises ValueError when fewer than none are needed.
    """
    if needed < 0:
        raise ValueError(f"the number of witnesses needed is 0 or more, found {needed}")
    own = {key.public for key in log.keys}
    found = verified(note, [key for key in witnesses if key.public not in own])
    if found.false:
        said = f"The cosignature of the witness {found.false[0].name} is false: the checkpoint was changed or forged."
        return Logged(proven=False, code="note_falsely_signed", message=said)
    by_key = {key.public: Witnessed(key.name, time_of(line.value)) for key, line in found.signed}
    seen = tuple(by_key.values())
    if not needed and not seen:
        said = "no witness was asked for: whoever holds the log can show somebody else another one."
        return Logged(proven=True, code="unwitnessed", message=said)
    met = len(seen) >= needed
    who = f": {', '.join(map(str, seen))}" if seen else ""
    said = f"{len(seen)} of the {needed} witnesses that are needed cosigned it{who}."
    return Logged(met, "witnessed" if met else "witnesses_missing", said, witnessed=seen)
