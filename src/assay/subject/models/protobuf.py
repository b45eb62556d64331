"""As much of ONNX's files as tells whether weights lie in another file, read without the package ``onnx``."""

from __future__ import annotations

from collections.abc import Iterator

_EXTERNAL = {13: "external"}
_PARTS: dict[str, dict[int, str]] = {
    "model": {7: "graph", 20: "training", 25: "function"},
    "training": {1: "graph", 2: "graph"},
    "function": {7: "node", 11: "attribute"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
    "tensor": _EXTERNAL,
}
"""The messages of onnx.proto in which a tensor can stand: by field, what stands there."""


def keeps_weights_elsewhere(data: bytes) -> bool:
    """Whether a tensor of an ONNX model names a file that holds its values.

    Raises:
        ValueError: when the bytes are no protocol buffer.
    """
    # A file is named by an entry of this key. Most models have none, and need not be walked through.
    if b"location" not in data:
        return False
    todo = [("model", memoryview(data))]
    while todo:
        kind, message = todo.pop()
        for field, body in _fields(message):
            part = _PARTS[kind].get(field)
            if part == "external":
                return True
            if part is not None:
                todo.append((part, body))
    return False


def _fields(message: memoryview) -> Iterator[tuple[int, memoryview]]:
    """The fields of a message that have a length, with their bytes."""
    place, groups = 0, 0
    while place < len(message):
        tag, place = _number(message, place)
        wire = tag & 7
        if wire == 0:
            _, place = _number(message, place)
        elif wire == 2:
            length, place = _number(message, place)
            if groups == 0:
                yield tag >> 3, message[place : place + length]
            place += length
        elif wire in {1, 5}:
            place += 8 if wire == 1 else 4
        elif wire in {3, 4}:
            groups += 1 if wire == 3 else -1
        else:
            raise ValueError("no protocol buffer")
    if place != len(message) or groups:
        raise ValueError("no protocol buffer")


def _number(message: memoryview, place: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if place >= len(message):
            break
        byte = message[place]
        place += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, place
    raise ValueError("no protocol buffer")
