"""Arrays and facts as canonical bytes: a JSON header, then each array in the smallest type that holds it.

Written in one go, without time stamps or checksums: whoever stores the bytes keeps a digest of them.
"""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]

_LENGTH = 8
_TYPES = frozenset({"|u1", "<u2", "<u4", "<u8", "<i8", "<f8"})
_MOST_AXES = 4


def packed(facts: dict[str, Any], arrays: Arrays) -> bytes:
    """The bytes of facts (as JSON) and of arrays; equal for equal content."""
    stored = {name: _narrow(array) for name, array in arrays.items()}
    # The widest first, after a header of whole words, so that each array lies aligned.
    order = sorted(stored, key=lambda name: (-stored[name].itemsize, name))
    listed = [[name, arrays[name].dtype.str, stored[name].dtype.str, arrays[name].shape] for name in order]
    header = json.dumps({"arrays": listed, "facts": facts}, sort_keys=True, separators=(",", ":")).encode()
    header += b" " * (-len(header) % _LENGTH)
    return b"".join([len(header).to_bytes(_LENGTH, "little"), header, *(stored[name].data for name in order)])


def unpacked(data: bytes) -> tuple[dict[str, Any], Arrays]:
    """The inverse of :func:`packed`. Nothing is unpickled; no array is larger than eight times the bytes.

    Raises:
        ValueError: when the bytes are cut off, too long, or not written by :func:`packed`.
    """
    start = _LENGTH + int.from_bytes(data[:_LENGTH], "little")
    if not _LENGTH < start <= len(data):
        raise ValueError("the bytes are cut off")
    try:
        header = json.loads(bytes(data[_LENGTH:start]))
        listed, facts = header["arrays"], header["facts"]
        arrays: Arrays = {}
        for name, kind, stored, shape in listed:
            arrays[name], start = _array(data, start, kind, stored, shape)
    except (KeyError, TypeError, RecursionError) as wrong:
        raise ValueError("the header is damaged") from wrong
    if start != len(data):
        raise ValueError("there are more bytes than the header says")
    return facts, arrays


def _narrow(array: NDArray[Any]) -> NDArray[Any]:
    """In C order and little-endian; int64 without negative numbers in the smallest unsigned type."""
    kind = array.dtype.newbyteorder("<")
    if array.dtype == np.int64 and array.min(initial=0) >= 0:
        kind = np.min_scalar_type(int(array.max(initial=0))).newbyteorder("<")
    return np.ascontiguousarray(array, dtype=kind)


def _array(data: bytes, start: int, kind: str, stored: str, shape: list[int]) -> tuple[NDArray[Any], int]:
    if kind not in _TYPES or stored not in _TYPES or len(shape) > _MOST_AXES:
        raise ValueError("an array of this type is never written")
    if not all(isinstance(n, int) and 0 <= n <= len(data) for n in shape):
        raise ValueError("the shape of an array is damaged")
    count, dtype = math.prod(shape), np.dtype(stored)
    end = start + count * dtype.itemsize
    if end > len(data):
        raise ValueError("the bytes are cut off")
    values = np.frombuffer(data, dtype, count, start).reshape(shape)
    return values.astype(kind, copy=False), end
