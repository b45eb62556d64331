"""The rows with the smallest hashes, kept while a data set is read: any partition gives the same ones."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from assay.domain.sketch import ALL, SIZE, Sketch, weights_of
from assay.tally.hashes import Hashes, mixed, number_words

_SHIFT = np.uint64(32)
PIECE = 1 << 18
"""Whole numbers that are hashed at once."""
FEW = 2 * SIZE
"""Of so many of the smallest hashes of a batch at least a sample is different, unless many are copies."""


@dataclass(frozen=True, slots=True)
class SketchTally:
    """The rows with the smallest hashes.

    Attributes:
        rows: that were read, repeated ones included.
        smallest: uint64[at most ``SIZE`` + 1], different and ascending. times: int64, as long: how often each was read,
            which is exact, for a hash that once fell out of the smallest never comes back.
    """

    rows: int
    smallest: Hashes
    times: NDArray[np.int64]

    @classmethod
    def empty(cls) -> SketchTally:
        """No rows."""
        return cls(0, np.empty(0, np.uint64), np.empty(0, np.int64))

    def counting(self, columns: Sequence[Hashes]) -> SketchTally:
        """With more rows: a mixed word of each value, column by column.

        Neither the order of columns nor that of rows matters. Where the words are of values alone, the names matter as little, so that
        renaming makes no set new, and rows with the same values in other columns are the same. Words of values under the
        names of their columns (:func:`assay.tally.hashes.column_hash`) tell those apart.
        """
        total = np.zeros(len(columns[0]), dtype=np.uint64)
        with np.errstate(over="ignore"):
            for values in columns:
                total += values
        hashes = mixed(total)
        hashes = _candidates(hashes, self.smallest)
        more = SketchTally(len(total), *_least(hashes, np.ones(len(hashes), np.int64)))
        return self + more

    def __add__(self, other: SketchTally) -> SketchTally:
        """All rows of both."""
        smallest = np.concatenate([self.smallest, other.smallest])
        times = np.concatenate([self.times, other.times])
        return SketchTally(self.rows + other.rows, *_least(smallest, times))

    @property
    def repeated(self) -> bool:
        """Whether a row of the sample was read more than once."""
        return bool((self.times > 1).any())

    @property
    def distinct(self) -> float:
        """How many different rows there are: exact up to ``SIZE``, else by the k-th smallest hash."""
        if len(self.smallest) <= SIZE:
            return float(len(self.smallest))
        return SIZE * 2.0**64 / (float(self.smallest[SIZE]) + 1.0)

    def salted(self, salt: bytes, size: int = SIZE) -> Sketch:
        """The sketch of ``size`` rows under a salt; the bound is rounded so that it gives no row's hash away."""
        bound, kept, times = ALL, self.smallest, self.times
        if len(kept) > size:
            bound = max(int(kept[size] >> _SHIFT), 1)
            below = kept >> _SHIFT < np.uint64(bound)
            kept, times = kept[below][:size], times[below][:size]
        named = _keyed(kept.astype("<u8").tobytes(), salt)
        hashes, at = np.unique(np.frombuffer(named, dtype=">u8"), return_inverse=True)
        counted = np.zeros(len(hashes), dtype=np.int64)
        np.add.at(counted, at, times)
        return Sketch(self.rows, tuple(hashes.tolist()), bound, weights_of(counted.tolist()))


def _keyed(words: bytes, salt: bytes) -> bytes:
    """BLAKE2b of each eight bytes under a key, which is set up once: that was half of the time."""
    keyed = hashlib.blake2b(key=salt, digest_size=8)
    made = []
    for at in range(0, len(words), 8):
        one = keyed.copy()
        one.update(words[at : at + 8])
        made.append(one.digest())
    return b"".join(made)


def looks_counted(column: SketchTally) -> bool:
    """Whether a column counts rows: whole numbers from 0 to about as many, that hardly repeat. Sets that share nothing have
    those in common."""
    if column.distinct < column.rows / 2 or not len(column.smallest):
        return False
    counted = _smallest_counted(column.rows)
    near = counted[counted <= column.smallest[-1]]  # the others are among none of these
    return bool(np.isin(column.smallest, near).mean() > 0.5)


@lru_cache(maxsize=8)
def _smallest_counted(rows: int) -> Hashes:
    """The smallest words of the whole numbers from 0 to ``rows + 1``: all that a column can reach of which half of the rows differ.

    Of a sample of ``SIZE`` and one more the largest is then at most ``2 * SIZE / rows`` of the range; twice that is looked at. They are
    counted piece by piece, for as many numbers as rows would be most of what the process needs.
    """
    limit = np.uint64(min((4 * SIZE << 64) // max(rows, 1), (1 << 64) - 1))
    found = []
    for start in range(0, rows + 2, PIECE):
        words = mixed(mixed(number_words(np.arange(start, min(start + PIECE, rows + 2)))))
        found.append(words[words <= limit])
    return np.sort(np.concatenate(found))


def _candidates(hashes: Hashes, smallest: Hashes) -> Hashes:
    """Those that may be among the smallest different ones: most rows of a large set are out of the sample, and need no sorting."""
    if len(smallest) > SIZE:
        near: Hashes = hashes[hashes <= smallest[-1]]
        return near
    if len(hashes) > 4 * FEW:
        few: Hashes = hashes[hashes <= np.partition(hashes, FEW)[FEW]]
        if len(np.unique(few)) > SIZE:  # else many are copies, and more must be looked at
            return few
    return hashes


def _least(hashes: Hashes, times: NDArray[np.int64]) -> tuple[Hashes, NDArray[np.int64]]:
    """The smallest different ones, and how often each: different first, or copies of one would push the others out."""
    order = np.argsort(hashes, kind="stable")
    hashes, times = hashes[order], times[order]
    first = (
        np.flatnonzero(np.append(True, hashes[1:] != hashes[:-1])) if len(hashes) else np.empty(0, np.intp)
    )
    summed = np.add.reduceat(times, first) if len(first) else times
    return hashes[first][: SIZE + 1], summed[: SIZE + 1]
