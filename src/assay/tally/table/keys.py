"""Keys: one whole number of several codes, and the codes of it again."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]

MOST = 1 << 62
"""No key is as large."""


def together(*codes: tuple[Integers, int]) -> Integers:
    """int64[n]: one key of several codes, each with how many values it can have; negative where a code is.

    Raises:
        ValueError: when the codes can be combined in more ways than a key can say.
    """
    key, size = np.zeros(len(codes[0][0]), dtype=np.int64), 1
    outside = np.zeros(len(key), dtype=bool)
    for code, values in codes:
        size *= values
        if size > MOST:
            raise ValueError("these codes make more combinations than a key can say")
        outside |= code < 0
        key = key * values + code
    key[outside] = -1
    return key


def apart(keys: Integers, *sizes: int) -> tuple[Integers, ...]:
    """The codes that :func:`together` made one key of."""
    found: list[Integers] = []
    for size in reversed(sizes):
        keys, code = np.divmod(keys, size)
        found.append(code)
    return tuple(reversed(found))
