"""64-bit hashes of rows, equal for equal content whatever the file, the partition or the integer width.

Not a secret and not collision-resistant against an adversary: they find honest duplicates. At 10 million rows
the chance of any accidental collision is about 3e-6.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
EXACT = 2**53
GOLDEN = np.uint64(0x9E3779B97F4A7C15)


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


def column_hash(name: str, values: NDArray[Any]) -> Hashes:
    """uint64[n]: a hash of each value of the column ``name``. All missing values are equal, as are 0 and -0."""
    if values.dtype.kind in "iufb":
        numbers = values.astype(np.float64) + 0.0
        numbers[np.isnan(numbers)] = np.nan
        bits = numbers.view(np.uint64)
        if values.dtype.kind in "iu" and values.dtype.itemsize == 8:
            # Beyond 2**53 a float would make one of several integers.
            large = (values > EXACT) | (values < -EXACT) if values.dtype.kind == "i" else values > EXACT
            bits = np.where(large, mixed(values.view(np.uint64)), bits)
    else:
        texts = np.asarray(["\x00" if v is None else f"={v}" for v in values], dtype=object)
        unique, inverse = np.unique(texts.astype(str), return_inverse=True)
        table = np.array([named(str(text)) for text in unique], dtype=np.uint64)
        bits = table[inverse] if len(values) else np.empty(0, dtype=np.uint64)
    return mixed(bits ^ named(name))


def row_hash(columns: Iterable[tuple[str, NDArray[Any]]], rows: int) -> Hashes:
    """uint64[rows]: a hash of each row over the named columns, whatever their order."""
    total = np.zeros(rows, dtype=np.uint64)
    with np.errstate(over="ignore"):
        for name, values in columns:
            total += column_hash(name, values)
    return mixed(total)
