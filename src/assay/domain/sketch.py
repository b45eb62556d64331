"""Which rows a data set holds, without the rows: the smallest of their salted hashes, and what two sets share.

A bottom-k sketch (Cohen & Kaplan 2007, PODC): the k smallest hashes of a set are a uniform sample of its distinct rows;
below the smaller of two sketches' largest hashes both are complete, so what they share there estimates the overlap.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass

SIZE = 2048
"""Hashes kept; the overlap of larger sets is then known to about 1.1 percentage points (one standard error)."""
SPENT_FROM = 0.10
"""From this share of the smaller set on, two sets are taken for the same rows."""


@dataclass(frozen=True, slots=True)
class Sketch:
    """The ``SIZE`` smallest 64-bit salted hashes of a set's distinct rows, ascending, and how many rows there are."""

    rows: int
    smallest: tuple[int, ...]

    def __post_init__(self) -> None:
        if len(self.smallest) > SIZE or any(
            a >= b for a, b in zip(self.smallest, self.smallest[1:], strict=False)
        ):
            raise ValueError(f"a sketch has at most {SIZE} different hashes, ascending")

    def text(self) -> str:
        """The hashes as base64 of big-endian 64-bit numbers."""
        return base64.b64encode(b"".join(h.to_bytes(8, "big") for h in self.smallest)).decode()

    @classmethod
    def read(cls, rows: int, text: str) -> Sketch:
        """The sketch that a text stands for. Raises ValueError when it is none."""
        raw = base64.b64decode(text, validate=True)
        if len(raw) % 8:
            raise ValueError("a sketch is a whole number of 64-bit hashes")
        return cls(rows, tuple(int.from_bytes(raw[i : i + 8], "big") for i in range(0, len(raw), 8)))

    def overlap(self, other: Sketch) -> float:
        """The share of the smaller set's distinct rows that the other has too: exact while both fit the sketch."""
        if not self.smallest or not other.smallest:
            return 0.0
        full = [s.smallest[-1] for s in (self, other) if len(s.smallest) == SIZE]
        limit = min(full) if full else max(self.smallest[-1], other.smallest[-1])
        one = {h for h in self.smallest if h <= limit}
        two = {h for h in other.smallest if h <= limit}
        return len(one & two) / max(min(len(one), len(two)), 1)
