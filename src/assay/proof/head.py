"""The head of a log that a verifier remembers, and whether what it is shown now goes on from there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assay.domain.refusal import Because, Refusal
from assay.proof.continues import Claim
from assay.proof.merkle import root_of

_FORM = re.compile(r"(?P<origin>[^\n]+)\n(?P<size>0|[1-9][0-9]{0,18})\n(?P<root>[0-9a-f]{64})\n")


@dataclass(frozen=True, slots=True)
class Head:
    """The newest head that a verifier has accepted: name, size and root (hexadecimal) of the log.

    It is kept by the verifier itself and not signed: whoever can write it can make the verifier forget.
    """

    origin: str
    size: int
    root: str

    @classmethod
    def parse(cls, text: str) -> Head:
        """Read what :meth:`text` wrote. Raises ValueError for anything else."""
        found = _FORM.fullmatch(text)
        if found is None:
            raise ValueError("expected three lines: the name of the log, its size and its root")
        return cls(found["origin"], int(found["size"]), found["root"])

    def text(self) -> str:
        """Three lines."""
        return f"{self.origin}\n{self.size}\n{self.root}\n"

    def followed_by(self, head: Head, leaves: Sequence[bytes] | None) -> Refusal | None:
        """Why a newer head does not go on from this one; without the entries a grown log shows nothing, and is refused.

        Args:
            leaves: at least as many as the newer head has, and known to be those it was read from.
        """
        if head.origin != self.origin:
            return Refusal(
                Because.CHECKPOINT_UNTRUSTED,
                f"This verifier has seen the log {self.origin!r}, not {head.origin!r}.",
            )
        if head.size > self.size and leaves is None:
            return Refusal(
                Because.LOG_UNSEEN,
                f"The log grew from {self.size} to {head.size} entries since this verifier saw it; that the old ones are still "
                "there is shown by the exported log, which is not at hand.",
            )

        def root_at(size: int) -> bytes:
            return bytes.fromhex(head.root) if size == head.size else root_of((leaves or ())[:size])

        return Claim("what this verifier remembers", self.size, self.root).contradicted_by(head.size, root_at)
