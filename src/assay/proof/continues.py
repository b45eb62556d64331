"""Whether a log begins with what somebody saw of it: the one rule, its two reason codes and their sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from assay.domain.refusal import Because, Refusal
from assay.proof.checkpoint import Checkpoint
from assay.proof.merkle import roots_of


@dataclass(frozen=True, slots=True)
class Claim:
    """That the first ``size`` entries of a log have a root (hexadecimal), and what says so: "the checkpoint in FILE"."""

    whose: str
    size: int
    root: str

    @classmethod
    def of(cls, whose: str, checkpoint: Checkpoint) -> Claim:
        """What a checkpoint says of its log."""
        return cls(whose, checkpoint.size, checkpoint.root.hex())

    def contradicted_by(self, size: int, root_at: Callable[[int], bytes]) -> Refusal | None:
        """Why a log does not begin so: ``log_shortened`` or ``log_rewritten``; None when it does.

        Args:
            size: how many entries the log has. root_at: the root of its first so many; asked for no more than it has.
        """
        if self.size > size:
            return Refusal(
                Because.LOG_SHORTENED,
                f"The log has {size} entries, and {self.whose} is of {self.size}: entries were removed, or this is an older "
                "copy of the log.",
            )
        if root_at(self.size).hex() != self.root:
            return Refusal(
                Because.LOG_REWRITTEN,
                f"The first {self.size} entries of the log have another root than {self.whose}: they were changed.",
            )
        return None


def contradictions(leaves: Sequence[bytes], claims: Sequence[Claim]) -> Iterator[Refusal]:
    """Why these entries are not a log that begins as each of the claims says; nothing when they are.

    Every claim is looked at, not the largest alone: somebody with the log's key can have shown another history meanwhile.
    """
    roots = roots_of(leaves, {claim.size for claim in claims})
    for claim in claims:
        refusal = claim.contradicted_by(len(leaves), roots.__getitem__)
        if refusal is not None:
            yield refusal
