"""seccomp: system calls that a child does not need are refused, and those that nobody honest makes end it.

The filter is a table in the kernel's own small language (``linux/filter.h``), written here so that it goes into any
interpreter: libseccomp and its binding are in few of the environments that models come with.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from assay.sandbox.fences import syscalls
from assay.sandbox.fences.kernel import prctl, syscall

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _PROCESSOR, _FIRST_ARGUMENT = 0, 4, 16
_AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_SECCOMP = {"x86_64": 317, "aarch64": 277}
_X32 = 0x40000000
_SET_MODE_FILTER = 1
_TSYNC, _NEW_LISTENER, _TSYNC_ESRCH = 1, 1 << 3, 1 << 4
_PR_SET_NO_NEW_PRIVS = 38

ALLOW, ASK, KILL = 0x7FFF0000, 0x7FC00000, 0x80000000
_CLONE_THREAD = 0x10000
_AF_UNIX = 1
_HARMLESS_PRCTL = (2, 3, 15, 16, 21, 23, 38, 39, 41, 42, 0x53564D41)
_HARMLESS_IOCTL = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
_FCNTL_OF_OTHERS = (8, 10, 15, 1024, 1026)
"""F_SETOWN, F_SETSIG, F_SETOWN_EX, F_SETLEASE, F_NOTIFY: they have the kernel send signals."""


def error(number: int) -> int:
    """What a filter returns to have a call fail with an error."""
    return 0x00050000 | number


class _Step(NamedTuple):
    code: int
    value: int
    then: int = 0
    otherwise: int = 0


class Filter:
    """A filter for this processor.

    Args:
        ending: what becomes of a call that ends the child. others: of calls that are not allowed, and named nowhere;
            None allows everything but those that end.
        sends: the descriptor on which one message may still be sent. more: whether another filter may be added.
    """

    def __init__(self, ending: int, *, others: bool = True, sends: int = -1, more: bool = False) -> None:
        self._processor = platform.machine()
        if self._processor not in syscalls.PROCESSORS:
            raise OSError(errno.ENOSYS, f"no table for the processor {self._processor}")
        self._numbers = syscalls.numbers(self._processor)
        self._ending = ending
        self._steps = [*self._head(), *self._by_argument(sends)]
        if more:
            self._steps += [_Step(_EQUAL, _SECCOMP[self._processor], 0, 1), _Step(_RETURN, ALLOW)]
        for calls in syscalls.ENDING.values():
            self._steps += self._each(calls, ending)
        if others:
            self._steps += self._each(syscalls.ALLOWED, ALLOW)
            self._steps += self._each(syscalls.REFUSED, error(errno.EACCES))
        self._steps.append(_Step(_RETURN, error(errno.ENOSYS) if others else ALLOW))

    def install(self, *, listen: bool) -> int:
        """Hold all threads of this process to it, for good; with ``listen`` the descriptor that tells of calls.

        Raises:
            OSError: when the kernel refuses.
        """
        program = b"".join(struct.pack("<HBBI", s.code, s.then, s.otherwise, s.value) for s in self._steps)
        code = ctypes.create_string_buffer(program, len(program))
        header = ctypes.create_string_buffer(struct.pack("@HP", len(self._steps), ctypes.addressof(code)))
        prctl(_PR_SET_NO_NEW_PRIVS, 1)
        flags = _TSYNC | (_NEW_LISTENER | _TSYNC_ESRCH if listen else 0)
        return syscall(_SECCOMP[self._processor], _SET_MODE_FILTER, flags, header)

    def _head(self) -> Iterator[_Step]:
        yield _Step(_LOAD, _PROCESSOR)
        yield _Step(_EQUAL, _AUDIT[self._processor], 1, 0)
        yield _Step(_RETURN, KILL)
        yield _Step(_LOAD, _NUMBER)
        if self._processor == "x86_64":
            yield _Step(_AT_LEAST, _X32, 0, 1)
            yield _Step(_RETURN, KILL)

    def _each(self, calls: Iterable[str], result: int) -> Iterator[_Step]:
        for number in sorted(self._numbers[call] for call in calls if call in self._numbers):
            yield _Step(_EQUAL, number, 0, 1)
            yield _Step(_RETURN, result)

    def _by_argument(self, sends: int) -> Iterator[_Step]:
        """Calls whose argument decides. Each asks for a number, then for one argument's lower half."""
        me, end = os.getpid(), self._ending
        yield from self._argument("clone", 0, _ANY_BIT, (_CLONE_THREAD,), ALLOW, end)
        yield from self._each(
            ("clone3",), error(errno.ENOSYS)
        )  # its arguments cannot be seen; libraries fall back
        for call in ("kill", "tgkill"):
            yield from self._argument(call, 0, _EQUAL, (me,), ALLOW, end)
        yield from self._each(("tkill",), end)
        yield from self._argument("prlimit64", 0, _EQUAL, (0, me), ALLOW, end)
        yield from self._argument("sched_setaffinity", 0, _EQUAL, (0, me), ALLOW, error(errno.EPERM))
        yield from self._argument("prctl", 0, _EQUAL, _HARMLESS_PRCTL, ALLOW, error(errno.EPERM))
        yield from self._argument("ioctl", 1, _EQUAL, _HARMLESS_IOCTL, ALLOW, error(errno.ENOTTY))
        yield from self._argument("fcntl", 1, _EQUAL, _FCNTL_OF_OTHERS, end, ALLOW)
        # A look-up of a user's name asks a daemon over a local socket, and can live without it.
        yield from self._argument("socket", 0, _EQUAL, (_AF_UNIX,), error(errno.EACCES), end)
        yield from self._each(("socketpair",), error(errno.EACCES))
        yield from self._argument("sendmsg", 0, _EQUAL, (sends & 0xFFFFFFFF,), ALLOW, end)

    def _argument(
        self, call: str, place: int, test: int, values: tuple[int, ...], then: int, otherwise: int
    ) -> Iterator[_Step]:
        if call not in self._numbers:
            return
        yield _Step(_EQUAL, self._numbers[call], 0, 3 + 2 * len(values) - 1)
        yield _Step(_LOAD, _FIRST_ARGUMENT + 8 * place)
        for value in values:
            yield _Step(test, value, 0, 1)
            yield _Step(_RETURN, then)
        yield _Step(_RETURN, otherwise)
