"""What the kernel tells the parent about its child: a forbidden system call, before it is made (seccomp_unotify(2))."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import platform
import socket
import struct

from assay.sandbox.fences import syscalls

_RECEIVE, _ANSWER = 0xC0502100, 0xC0182101
_NOTICE = struct.Struct("<QIIiIQ6Q")
_REPLY = struct.Struct("<QqiI")


class Forbidden(Exception):
    """The child was about to make a system call that it must not make; it waits, and is to be ended."""

    def __init__(self, call: str) -> None:
        self.call = call
        self.fence = syscalls.fence_of(call)
        super().__init__(call)


class Notices:
    """The descriptor on which the kernel tells of calls; the child sends it over a socket that then closes.

    Until ``armed``, only our own code runs in the child and tries what is forbidden: it is told that it may not.
    """

    def __init__(self, messenger: socket.socket) -> None:
        messenger.setblocking(False)
        self._messenger: socket.socket | None = messenger
        self._listener = -1
        self.armed = False

    def arm(self) -> None:
        """From now on a call ends the child. Who has not sent the descriptor by now will not."""
        self.armed = True
        if self._messenger is not None:
            self._drop()

    def fileno(self) -> int:
        """What to wait for; -1 when nothing can come any more."""
        return self._listener if self._messenger is None else self._messenger.fileno()

    def attend(self) -> None:
        """Read what came.

        Raises:
            Forbidden: when the child, armed, is about to make a forbidden call.
        """
        if self._messenger is not None:
            self._take()
            return
        told = bytearray(_NOTICE.size)
        try:
            fcntl.ioctl(self._listener, _RECEIVE, told)
        except OSError as wrong:
            if wrong.errno not in {errno.ENOENT, errno.EINTR}:  # else the caller died meanwhile
                self._drop()
            return
        number, _, _, call, *_ = _NOTICE.unpack(told)
        if self.armed:
            raise Forbidden(_name(call))
        with contextlib.suppress(OSError):
            fcntl.ioctl(self._listener, _ANSWER, _REPLY.pack(number, 0, -errno.EPERM, 0))

    def close(self) -> None:
        """Close what is open."""
        self._drop()

    def _take(self) -> None:
        assert self._messenger is not None  # noqa: S101 - asked by attend alone
        try:
            message, descriptors, _, _ = socket.recv_fds(self._messenger, 1, 1)
        except BlockingIOError:
            return
        except OSError:
            message, descriptors = b"", []
        self._messenger.close()
        self._messenger = None
        if message and descriptors:
            self._listener = descriptors[0]
            os.set_inheritable(self._listener, False)

    def _drop(self) -> None:
        if self._messenger is not None:
            self._messenger.close()
            self._messenger = None
        if self._listener >= 0:
            os.close(self._listener)
            self._listener = -1


def _name(call: int) -> str:
    known = syscalls.numbers(platform.machine())
    return next((name for name, number in known.items() if number == call), f"number {call}")
