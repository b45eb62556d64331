"""The parent's end of the pipe: frames with a deadline, so that a child that hangs cannot hang its parent."""

from __future__ import annotations

import os
import select
import time
from collections.abc import Callable

import pyarrow as pa

from assay.sandbox.child import HEADER, MAGIC, ROWS, SCORES
from assay.sandbox.notices import Notices

_GLANCE = 0.2
"""Seconds after which a silent child is looked at: a grandchild may hold the pipe open after its death."""


Body = bytearray | memoryview


class Hung(Exception):
    """The deadline passed."""


class Ended(Exception):
    """The other side is gone, or closed its end."""


class Garbled(Exception):
    """What arrived is not a frame."""


class Pipe:
    """Two non-blocking descriptors, what the kernel tells, and a way to ask whether the other side is still there."""

    def __init__(self, reader: int, writer: int, notices: Notices, ended: Callable[[], bool]) -> None:
        os.set_blocking(reader, False)
        os.set_blocking(writer, False)
        self._reader = reader
        self._writer = writer
        self._notices = notices
        self._ended = ended

    def send(self, kind: bytes, body: bytes | memoryview, deadline: float) -> None:
        """Write one frame.

        Raises:
            Hung, Ended: see there. Forbidden: the other side is about to make a forbidden system call.
        """
        for part in (HEADER.pack(MAGIC, kind, len(body)), body):
            rest = memoryview(part)
            while rest:
                self._wait(self._writer, select.POLLOUT, deadline)
                rest = rest[self._written(rest) :]

    def receive(self, largest: dict[bytes, int], deadline: float, seconds: float) -> tuple[bytes, Body]:
        """Read one frame of a kind that is expected, not longer than is allowed for its kind.

        It is waited for until the ``deadline``, in seconds of the monotonic clock; one that has begun is read, and may take so many
        ``seconds``.

        Raises:
            Hung, Ended, Garbled: see there. Forbidden: as ``send``.
        """
        magic, kind, length = HEADER.unpack(self._read(bytearray(HEADER.size), deadline))
        if magic != MAGIC or kind not in largest:
            raise Garbled("bytes that are not an answer")
        if length > largest[kind]:
            raise Garbled(f"an answer of {length:,} bytes where at most {largest[kind]:,} were expected")
        body = _arrays(length) if kind in (ROWS, SCORES) else bytearray(length)
        return kind, self._read(body, time.monotonic() + seconds)

    def close(self) -> None:
        """Close all descriptors."""
        self._notices.close()
        os.close(self._reader)
        os.close(self._writer)

    def _written(self, data: memoryview) -> int:
        try:
            return os.write(self._writer, data)
        except BlockingIOError:
            return 0
        except BrokenPipeError:
            raise Ended from None

    def _read(self, body: Body, deadline: float) -> Body:
        """All of ``body``, filled."""
        view = memoryview(body)
        while view:
            self._wait(self._reader, select.POLLIN, deadline)
            count = os.readv(self._reader, [view])
            if count == 0:
                raise Ended
            view = view[count:]
        return body

    def _wait(self, descriptor: int, event: int, deadline: float) -> None:
        while True:
            gone = self._ended()
            left = deadline - time.monotonic()
            if self._ready(descriptor, event, 0.0 if gone else max(0.0, min(left, _GLANCE))):
                return
            if gone:
                raise Ended
            if left <= 0:
                raise Hung

    def _ready(self, descriptor: int, event: int, seconds: float) -> bool:
        """Whether the descriptor is; what the kernel tells meanwhile is heard first."""
        told = self._notices.fileno()
        poll = select.poll()
        poll.register(descriptor, event)
        if told >= 0:
            poll.register(told, select.POLLIN)
        events = dict(poll.poll(seconds * 1000))
        if events.get(told, 0) & select.POLLIN:
            self._notices.attend()
        elif told in events:
            self._notices.close()
        return descriptor in events


def _arrays(length: int) -> memoryview:
    """Memory for rows or scores, which is filled to its end: Arrow's pool hands it out again without clearing it first."""
    return memoryview(pa.allocate_buffer(length))
