"""Which rows a data set holds, without the rows: the smallest of their hashes under a salt, and what sets share.

A bottom-k sketch (Cohen & Kaplan 2007, PODC): the rows with the smallest hashes are a uniform sample of a set's distinct
rows, and it is known how often the set has each. What is published of them is a hash under the log's salt, which can be
erased; below the smaller of two bounds both samples are complete, so what they share there estimates the overlap, and is
exact while both sets fit.
"""

from __future__ import annotations

import base64
import operator
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

SIZE = 2048
"""Hashes kept; a tenth that two larger sets share is then known to about 0.7 percentage points, half of them to 1.1 (one
standard error; see :meth:`Sketch.reused` for what makes it larger)."""
ALL = 1 << 32
"""The bound of a set that is in its sketch as a whole."""


@dataclass(frozen=True, slots=True)
class Sketch:
    """A sample of a set's distinct rows.

    Attributes:
        rows: of the set, repeated ones included. hashes: salted, 64 bits each, different and ascending.
        bound: rows whose unsalted hash lies below ``bound / 2**32`` of its range are in the sample.
        times: how often the set has each of the sampled rows; empty when it has each of them once.
    """

    rows: int
    hashes: tuple[int, ...]
    bound: int = ALL
    times: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        ascending = all(map(operator.lt, self.hashes, self.hashes[1:]))
        if len(self.hashes) > SIZE or not ascending or not 0 < self.bound <= ALL:
            raise ValueError(f"a sketch has at most {SIZE} different hashes, ascending, and a bound")
        if self.times and (len(self.times) != len(self.hashes) or self.times != weights_of(self.times)):
            raise ValueError("a sketch says of each hash how often its row stands there, or of none")

    @property
    def weights(self) -> tuple[int, ...]:
        """How often the set has each of the sampled rows."""
        return self.times or (1,) * len(self.hashes)

    def text(self) -> str:
        """The hashes as base64 of big-endian 64-bit numbers."""
        return text_of(self.hashes)

    @classmethod
    def read(cls, rows: int, text: str, bound: int, times: str = "") -> Sketch:
        """The sketch that two texts stand for: of hashes and of how often. Raises ValueError when they are none."""
        return cls(rows, _numbers(text), bound, _numbers(times))

    def overlap(self, other: Sketch) -> float:
        """The share of the smaller set's distinct rows that the other has too."""
        few, many = (self, other) if self.bound <= other.bound else (other, self)
        there = len(many.hashes) * few.bound / many.bound
        smaller = min(len(few.hashes), there)
        return min(len(set(few.hashes) & set(many.hashes)) / smaller, 1.0) if smaller else 0.0

    def reused(self, earlier: Iterable[Sketch]) -> float:
        """The share of this set's rows, repeated ones as often as they stand there, that any earlier set has too.

        A row of this sample is found in an earlier set when its hash lies below that set's bound as well, so each found
        row stands for as many as its chance of being found says (Horvitz & Thompson 1952), over what the sample says of
        all rows.

        Exact when this set and the earlier ones fit in their sketches. Else, of a true share ``s``, the standard error is
        about ``sqrt(s * (1 - s) * (1 + c*c) / n)``: ``n`` rows of the sample lie below the smallest bound of the earlier sets
        that have rows of it, and ``c`` is the standard deviation over the mean of how often these stand there. A row that is so often there that it
        makes up much of the set by itself is thus missed with the chance that it is not in the sample.
        """
        weights = dict(zip(self.hashes, self.weights, strict=True))
        bounds: dict[int, int] = {}
        for other in earlier:
            bound = min(self.bound, other.bound)
            for shared in weights.keys() & set(other.hashes):
                bounds[shared] = max(bounds.get(shared, 0), bound)
        found = sum(weights[row] * self.bound / bound for row, bound in bounds.items())
        return min(found / sum(weights.values()), 1.0) if found else 0.0


def weights_of(times: Sequence[int]) -> tuple[int, ...]:
    """How often each row stands there as a sketch keeps it: nothing when each does once. Raises ValueError below 1."""
    if min(times, default=1) < 1:
        raise ValueError("a row of a set stands in it at least once")
    return tuple(times) if max(times, default=1) > 1 else ()


def text_of(numbers: Sequence[int]) -> str:
    """Numbers as base64 of big-endian 64-bit ones."""
    return base64.b64encode(struct.pack(f">{len(numbers)}Q", *numbers)).decode()


@lru_cache(maxsize=128)
def _numbers(text: str) -> tuple[int, ...]:
    raw = base64.b64decode(text, validate=True)
    if len(raw) % 8:
        raise ValueError("a sketch is a whole number of 64-bit numbers")
    return struct.unpack(f">{len(raw) // 8}Q", raw)
