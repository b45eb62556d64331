"""Checkpoints: the size and root of a log at one moment, signed by it (c2sp.org/tlog-checkpoint)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from assay.proof.lines import from_decimal, from_hash_line, to_base64
from assay.proof.merkle import HASH_BYTES, MOST_LEAVES
from assay.proof.note import MalformedNote, Note, NoteKey, NoteSigner, UntrustedNote, open_note


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself: who it is, how many leaves it has, their root.

    ``extensions`` are opaque lines, which nobody audits; ours have none.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raises ValueError for what is no checkpoint."""
        lines = (self.origin, *self.extensions)
        if not all(lines) or any(c < " " for line in lines for c in line):
            raise ValueError("the origin and every extension is one line that is not empty")
        if not 0 <= self.size < MOST_LEAVES or len(self.root) != HASH_BYTES:
            raise ValueError("a checkpoint has a size below 2^63 and a root of 32 bytes")

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Read the text of a note.

        Raises:
            MalformedNote: ``checkpoint_malformed``.
        """
        try:
            return cls(*_parts(text))
        except ValueError as wrong:
            raise MalformedNote(
                f"This is no checkpoint of a log: {wrong}.", code="checkpoint_malformed"
            ) from wrong

    @property
    def text(self) -> str:
        """The text that is signed."""
        return "\n".join((self.origin, str(self.size), to_base64(self.root), *self.extensions, ""))

    def signed_by(self, *signers: NoteSigner) -> Note:
        """The signed note; at least one signer.

        A log signs no checkpoint that is inconsistent with one it signed before: whoever calls this has checked
        (tlog-checkpoint, "Signatures"; :meth:`assay.store.log.Log.put_checkpoint` does).
        """
        if not signers:
            raise ValueError("a checkpoint is signed by at least one key")
        return Note(self.text, tuple(signer.sign(self.text) for signer in signers))


def _parts(text: str) -> tuple[str, int, bytes, tuple[str, ...]]:
    """The lines by position (tlog-checkpoint, "Note text")."""
    *lines, last = text.split("\n")
    if len(lines) < 3 or last:
        raise ValueError("it has fewer than three whole lines")
    origin, size, root, *extensions = lines
    return origin, from_decimal(size), from_hash_line(root), tuple(extensions)


@dataclass(frozen=True, slots=True)
class TrustedLog:
    """A log whose checkpoints count: its origin line, and the keys that may sign for it."""

    origin: str
    keys: tuple[NoteKey, ...]

    def __post_init__(self) -> None:
        """Raises ValueError when no key is trusted: that would trust nobody, or anybody."""
        if not self.keys:
            raise ValueError(f"no key is trusted for the log {self.origin!r}")

    @classmethod
    def of(cls, vkey: str) -> TrustedLog:
        """A log that is called as its one key, as they should be. Raises InvalidKey."""
        key = NoteKey.parse(vkey)
        return cls(key.name, (key,))

    def open(self, content: bytes) -> tuple[Note, Checkpoint]:
        """The note and the checkpoint that this log signed.

        Raises:
            MalformedNote: ``note_malformed``, ``checkpoint_malformed``.
            UntrustedNote: ``note_falsely_signed``, ``note_unsigned``, ``origin_unknown`` for another log's.
        """
        note = open_note(content, self.keys)
        checkpoint = Checkpoint.parse(note.text)
        if checkpoint.origin != self.origin:
            raise UntrustedNote(
                f"This checkpoint is of the log {checkpoint.origin!r}; expected {self.origin!r}.",
                code="origin_unknown",
            )
        return note, checkpoint


def by_origin(logs: Iterable[TrustedLog]) -> dict[str, TrustedLog]:
    """The logs by their origin; keys of one origin are put together."""
    found: dict[str, TrustedLog] = {}
    for log in logs:
        before = found[log.origin].keys if log.origin in found else ()
        found[log.origin] = TrustedLog(log.origin, tuple(dict.fromkeys((*before, *log.keys))))
    return found
