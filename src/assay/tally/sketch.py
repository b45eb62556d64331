"""The rows with the smallest hashes, kept while a data set is read: any partition gives the same ones."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assay.domain.sketch import ALL, SIZE, Sketch
from assay.tally.hashes import Hashes, mixed

_SHIFT = np.uint64(32)


@dataclass(frozen=True, slots=True)
class SketchTally:
    """``rows`` that were read, and the smallest distinct hashes of them: uint64[at most ``SIZE`` + 1], ascending."""

    rows: int
    smallest: Hashes

    @classmethod
    def empty(cls) -> SketchTally:
        """No rows."""
        return cls(0, np.empty(0, np.uint64))

    def counting(self, columns: Sequence[Hashes]) -> SketchTally:
        """With more rows: a word for each value, column by column.

        Neither the names nor the order of columns and rows matter, so that renaming makes no set new.
        """
        total = np.zeros(len(columns[0]), dtype=np.uint64)
        with np.errstate(over="ignore"):
            for words in columns:
                total += mixed(words)
        return self + SketchTally(len(total), _least(mixed(total)))

    def __add__(self, other: SketchTally) -> SketchTally:
        """All rows of both."""
        return SketchTally(self.rows + other.rows, _least(np.concatenate([self.smallest, other.smallest])))

    def to_bytes(self) -> bytes:
        """The rows, then the hashes, as little-endian 64-bit numbers."""
        return np.concatenate([np.array([self.rows], np.uint64), self.smallest]).astype("<u8").tobytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> SketchTally:
        """What :meth:`to_bytes` wrote."""
        numbers = np.frombuffer(data, dtype="<u8").astype(np.uint64)
        return cls(int(numbers[0]), numbers[1:])

    @property
    def distinct(self) -> float:
        """How many different rows there are: exact up to ``SIZE``, else by the k-th smallest hash."""
        if len(self.smallest) <= SIZE:
            return float(len(self.smallest))
        return SIZE * 2.0**64 / (float(self.smallest[SIZE]) + 1.0)

    def salted(self, salt: bytes, size: int = SIZE) -> Sketch:
        """The sketch of ``size`` rows under a salt; the bound is rounded so that it gives no row's hash away."""
        bound = ALL
        kept = self.smallest
        if len(kept) > size:
            bound = max(int(kept[size] >> _SHIFT), 1)
            kept = kept[kept >> _SHIFT < np.uint64(bound)][:size]
        hashes = {
            int.from_bytes(hashlib.blake2b(h.tobytes(), key=salt, digest_size=8).digest(), "big")
            for h in kept.astype("<u8")
        }
        return Sketch(self.rows, tuple(sorted(hashes)), bound)


def _least(hashes: Hashes) -> Hashes:
    if len(hashes) > 4 * SIZE:
        hashes = np.partition(hashes, 2 * SIZE)[: 2 * SIZE]
    return np.unique(hashes)[: SIZE + 1]
