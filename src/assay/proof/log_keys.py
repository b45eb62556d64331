"""Which key had to sign a checkpoint of a log: that of the policy which was in force over its entries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assay.domain.entry import Action
from assay.domain.errors import AssayError
from assay.domain.plain import from_plain
from assay.domain.policy import Policy
from assay.domain.refusal import Because, Refusal
from assay.domain.state import Void
from assay.proof.checkpoint import Checkpoint, TrustedLog
from assay.proof.leaf import UnreadableLeaf, read_leaf
from assay.proof.note import Note


@dataclass(frozen=True, slots=True)
class LogKeys:
    """The log keys of the policies of a log, each with the place of the entry that set it, in order."""

    held: tuple[tuple[int, str], ...]

    @classmethod
    def of(cls, leaves: Iterable[bytes], void: Sequence[Void] = ()) -> LogKeys:
        """Those of the entries up to the first that cannot be read; void ones set no policy."""
        voided = {one.entry for one in void}
        held = []
        for place, leaf in enumerate(leaves):
            try:
                entry = read_leaf(leaf)
            except UnreadableLeaf:
                break
            if entry.action is Action.POLICY_SET and place not in voided:
                held.append((place, from_plain(entry.body["policy"], Policy, "policy").log.key))
        return cls(tuple(held))

    def wrong_with(self, note: Note, whose: str) -> Refusal | None:
        """Why a signed checkpoint is none of this log's: unsigned, another's, or of no entry.

        Args:
            whose: which checkpoint it is, for the sentence: "that was stored first", "in FILE".
        """
        try:
            checkpoint = Checkpoint.parse(note.text)
            keys = [key for place, key in self.held if place < checkpoint.size]
            if checkpoint.size and keys:
                TrustedLog.of(keys[-1]).open(bytes(note))
                return None
        except AssayError as untrusted:
            return Refusal(Because.CHECKPOINT_UNTRUSTED, f"The checkpoint {whose}: {untrusted.message}")
        return Refusal(
            Because.CHECKPOINT_UNTRUSTED,
            f"The checkpoint {whose} is of size {checkpoint.size}, over which no policy names a key: it proves nothing.",
        )
