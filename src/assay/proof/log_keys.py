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
from assay.proof.continues import Claim
from assay.proof.leaf import UnreadableLeaf, read_leaf
from assay.proof.note import Note


@dataclass(frozen=True, slots=True)
class KeptCheckpoint:
    """A signed checkpoint that somebody kept; nothing in it is believed yet.

    Attributes:
        whose: which one it is, for a sentence: "the checkpoint in FILE". content: the note, as it was read.
    """

    whose: str
    content: bytes


@dataclass(frozen=True, slots=True)
class KeysOfALog:
    """The log keys of the policies of a log, each with the place of the entry that set it, in order; and the log's size."""

    held: tuple[tuple[int, str], ...]
    size: int

    @classmethod
    def of(cls, leaves: Sequence[bytes], void: Sequence[Void] = ()) -> KeysOfALog:
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
        return cls(tuple(held), len(leaves))

    def judged(self, kept: Iterable[KeptCheckpoint]) -> tuple[list[Claim], list[Refusal]]:
        """What those checkpoints say that are this log's, and why the others are none of its: unsigned, another's, of no entry."""
        found = [self.judge(one) for one in kept]
        return [f for f in found if isinstance(f, Claim)], [f for f in found if isinstance(f, Refusal)]

    def judge(self, kept: KeptCheckpoint) -> Claim | Refusal:
        """What a checkpoint says, or why it is none of this log's."""
        size = 0
        try:
            checkpoint = Checkpoint.parse(Note.parse(kept.content).text)
            size = checkpoint.size
            log = self.over(size)
            if log is not None:
                log.open(kept.content)
                return Claim.of(kept.whose, checkpoint)
        except AssayError as untrusted:
            later = (
                f" It is of {size} entries and this copy of the log has {self.size}: a later one may name another key."
                if size > self.size
                else ""
            )
            return Refusal(
                Because.CHECKPOINT_UNTRUSTED,
                f"The log's key over these entries did not sign {kept.whose}: {untrusted.message}{later}",
            )
        return Refusal(
            Because.CHECKPOINT_UNTRUSTED,
            f"No policy names a key over {kept.whose}, which is of size {size}: it proves nothing.",
        )

    def over(self, size: int) -> TrustedLog | None:
        """The log under the one key that may sign over its first so many entries; None before any policy. Raises InvalidKey."""
        keys = [key for place, key in self.held if place < size]
        return TrustedLog.of(keys[-1]) if size and keys else None
