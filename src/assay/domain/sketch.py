"""Which rows a data set holds, without the rows: the smallest of their hashes under a salt, and what two sets share.

A bottom-k sketch (Cohen & Kaplan 2007, PODC): the rows with the smallest hashes are a uniform sample of a set's distinct
rows. What is published of them is a hash under the log's salt, which can be erased; below the smaller of two bounds both
samples are complete, so what they share there estimates the overlap, and is exact while both sets fit.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass

SIZE = 2048
"""Hashes kept; the overlap of larger sets is then known to about 1.1 percentage points (one standard error)."""
ALL = 1 << 32
"""The bound of a set that is in its sketch as a whole."""
SPENT_FROM = 0.10
"""From this share of the smaller set on, two sets are taken for the same rows."""


@dataclass(frozen=True, slots=True)
class Sketch:
    """A sample of a set's distinct rows.

    Attributes:
        rows: of the set, repeated ones included. hashes: salted, 64 bits each, different and ascending.
        bound: rows whose unsalted hash lies below ``bound / 2**32`` of its range are in the sample.
    """

    rows: int
    hashes: tuple[int, ...]
    bound: int = ALL

    def __post_init__(self) -> None:
        ascending = all(a < b for a, b in zip(self.hashes, self.hashes[1:], strict=False))
        if len(self.hashes) > SIZE or not ascending or not 0 < self.bound <= ALL:
            raise ValueError(f"a sketch has at most {SIZE} different hashes, ascending, and a bound")

    def text(self) -> str:
        """The hashes as base64 of big-endian 64-bit numbers."""
        return base64.b64encode(b"".join(h.to_bytes(8, "big") for h in self.hashes)).decode()

    @classmethod
    def read(cls, rows: int, text: str, bound: int) -> Sketch:
        """The sketch that a text stands for. Raises ValueError when it is none."""
        raw = base64.b64decode(text, validate=True)
        if len(raw) % 8:
            raise ValueError("a sketch is a whole number of 64-bit hashes")
        hashes = tuple(int.from_bytes(raw[i : i + 8], "big") for i in range(0, len(raw), 8))
        return cls(rows, hashes, bound)

    def overlap(self, other: Sketch) -> float:
        """The share of the smaller set's distinct rows that the other has too."""
        few, many = (self, other) if self.bound <= other.bound else (other, self)
        there = len(many.hashes) * few.bound / many.bound
        smaller = min(len(few.hashes), there)
        return min(len(set(few.hashes) & set(many.hashes)) / smaller, 1.0) if smaller else 0.0
