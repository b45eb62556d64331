"""64-bit hashes of rows, equal for equal content whatever the file, the partition or the integer width.

A value is first a word of 64 bits: a number the bits of the float that it equals, whole numbers beyond 2**53, decimals
and texts a mix of all their own bits. Equal words are equal values, up to chance.

Not a secret and not collision-resistant against an adversary: they find honest duplicates. At 10 million rows
the chance of any accidental collision is about 3e-6.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
EXACT = 2**53
GOLDEN = np.uint64(0x9E3779B97F4A7C15)
MISSING = np.uint64(0x7FF8000000000000)
"""The word of every missing value: the bits of the one NaN that is kept."""


def finalised(words: Hashes) -> Hashes:
    """The finaliser of SplitMix64 (Steele, Lea & Flood 2014, OOPSLA): a bijection that spreads every bit."""
    with np.errstate(over="ignore"):
        words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return words ^ (words >> np.uint64(31))


def mixed(values: Hashes) -> Hashes:
    """One step of SplitMix64 from each value as the state, so that 0 is not mapped to 0."""
    with np.errstate(over="ignore"):
        return finalised(values + GOLDEN)


def named(text: str) -> np.uint64:
    """A 64-bit number for a name, by SHA-256."""
    return np.uint64(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big"))


def number_words(values: NDArray[Any]) -> Hashes:
    """uint64[n]: a word for each number. Those that are NaN are missing; 0 and -0 are equal, as are 3 and 3.0."""
    numbers = values.astype(np.float64) + 0.0
    bits = numbers.view(np.uint64)
    bits[np.isnan(numbers)] = MISSING
    if values.dtype.kind in "iu" and values.dtype.itemsize == 8:
        # Beyond 2**53 a float would make one of several integers.
        large = (values > EXACT) | (values < -EXACT) if values.dtype.kind == "i" else values > EXACT
        bits = np.where(large, mixed(values.view(np.uint64)), bits)
    return bits


def text_words(texts: Sequence[str]) -> Hashes:
    """uint64[n]: a word for each text; to be asked of distinct ones, for each is digested."""
    return np.array([named(f"={text}") for text in texts], dtype=np.uint64)


def wide_words(words: Sequence[Hashes], scale: int) -> Hashes:
    """uint64[n]: a word for each decimal of one type, given as whole numbers of several words, lowest first."""
    low, signs = words[0].view(np.int64), words[0].view(np.int64) >> 63
    folded = np.full(len(low), named(f"scale {scale}"))
    fits = np.full(len(low), scale == 0)
    for word in words:
        folded = mixed(folded ^ word)
    for word in words[1:]:
        fits &= word.view(np.int64) == signs
    return np.where(fits, number_words(low), folded)


def column_hash(name: str, words: Hashes) -> Hashes:
    """uint64[n]: a hash of each value of the column ``name``, given as words."""
    return mixed(words ^ named(name))


def row_sum(columns: Iterable[tuple[str, Hashes]], rows: int) -> Hashes:
    """uint64[rows]: the sum of the hashes of a row's values, from which the hash of a column can be taken away."""
    total = np.zeros(rows, dtype=np.uint64)
    with np.errstate(over="ignore"):
        for name, words in columns:
            total += column_hash(name, words)
    return total


def row_hash(columns: Iterable[tuple[str, Hashes]], rows: int) -> Hashes:
    """uint64[rows]: a hash of each row over the words of the named columns, whatever their order."""
    return mixed(row_sum(columns, rows))
