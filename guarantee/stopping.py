"""Stop a program at every write that it makes, by SIGKILL or by a disk that is full from then on (ptrace; Linux only).

So every boundary between two writes is met, none by luck. The disk is full on x86-64 alone, where a call is skipped and
answered by way of two registers.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import signal
import struct
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

WRITES = {
    # write, pwrite64, sendto, fsync, fdatasync, ftruncate, rename, unlink, unlinkat
    "x86_64": {1, 18, 44, 74, 75, 77, 82, 87, 263},
    # write, pwrite64, sendto, fsync, fdatasync, ftruncate, renameat, unlinkat
    "aarch64": {64, 68, 206, 82, 83, 46, 38, 35},
}
GROWS = {1, 18, 20, 296}
"""Calls that need room on x86-64: write, pwrite64, writev, pwritev."""
TRACEME, GETREGS, SETREGS, SYSCALL, SETOPTIONS, GET_SYSCALL_INFO = 0, 12, 13, 24, 0x4200, 0x420E
TRACESYSGOOD, EXITKILL = 1, 1 << 20
ENTRY, EXIT = 1, 2
REGISTERS, RAX, ORIG_RAX = 27, 10, 15
"""How many 64-bit words ``user_regs_struct`` has on x86-64, and the places of an answer and of a call's number."""
NEVER = 1 << 60

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


def possible() -> bool:
    """Whether this machine can trace."""
    return sys.platform == "linux" and platform.machine() in WRITES


def can_fill() -> bool:
    """Whether a full disk can be made here."""
    return possible() and platform.machine() == "x86_64"


def run_until(point: int, body: Callable[[int], None]) -> tuple[int, bytes]:
    """Run ``body`` in a child and kill it at a boundary; return the boundaries met, and what it wrote to its pipe.

    ``body`` is called with the file number of the pipe, by which it says what it has finished.
    """
    return _traced(body, lambda pid: _killed_at(pid, point))


def run_on_a_full_disk(point: int, body: Callable[[int], None]) -> tuple[int, bytes]:
    """Run ``body`` in a child on a disk that is full from the n-th write to a file on; as :func:`run_until`."""
    return _traced(body, lambda pid: _full_from(pid, point))


def _traced(body: Callable[[int], None], trace: Callable[[int], int]) -> tuple[int, bytes]:
    reads, writes = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reads)
        _ptrace(TRACEME, 0, 0, 0)
        os.kill(os.getpid(), signal.SIGSTOP)
        try:
            body(writes)
        finally:
            os._exit(0)
    os.close(writes)
    try:
        met = trace(pid)
    finally:
        with os.fdopen(reads, "rb") as pipe:
            said = pipe.read()
    return met, said


def _ptrace(request: int, pid: int, address: int, data: int | ctypes.Array[ctypes.c_char]) -> None:
    place = data if isinstance(data, ctypes.Array) else ctypes.c_void_p(data)
    if libc.ptrace(request, pid, ctypes.c_void_p(address), place) < 0:
        raise OSError(ctypes.get_errno(), "ptrace")


def _killed_at(pid: int, point: int) -> int:
    met, number = 0, 0
    for kind, entered in _stops(pid):
        number = entered if kind == ENTRY else number
        if number in WRITES[platform.machine()]:
            met += 1
            if met == point:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
                return met
    return met


def _full_from(pid: int, point: int) -> int:
    met, refused = 0, False
    for kind, entered in _stops(pid):
        if kind == ENTRY and entered in GROWS and _to_a_file(pid):
            met += 1
            refused = met >= point
            if refused:
                _set_register(pid, ORIG_RAX, -1)
        elif kind == EXIT and refused:
            _set_register(pid, RAX, -errno.ENOSPC)
            refused = False
    return met


def _stops(pid: int) -> Iterator[tuple[int, int]]:
    """Every entry into and exit from a system call: which of both, and at an entry the number of the call."""
    os.waitpid(pid, 0)
    _ptrace(SETOPTIONS, pid, 0, TRACESYSGOOD | EXITKILL)
    deliver = 0
    while True:
        _ptrace(SYSCALL, pid, 0, deliver)
        _, status = os.waitpid(pid, 0)
        if os.WIFEXITED(status) or os.WIFSIGNALED(status):
            return
        deliver = 0
        if os.WSTOPSIG(status) != signal.SIGTRAP | 0x80:
            deliver = os.WSTOPSIG(status)
            continue
        info = ctypes.create_string_buffer(88)
        _ptrace(GET_SYSCALL_INFO, pid, len(info), info)
        yield info.raw[0], struct.unpack_from("Q", info.raw, 24)[0] if info.raw[0] == ENTRY else 0


def _to_a_file(pid: int) -> bool:
    """Whether the call that is entered writes to a regular file, which a full disk refuses, and not to a pipe."""
    info = ctypes.create_string_buffer(88)
    _ptrace(GET_SYSCALL_INFO, pid, len(info), info)
    with suppress(OSError):
        return Path(f"/proc/{pid}/fd/{struct.unpack_from('Q', info.raw, 32)[0]}").resolve().is_file()
    return False


def _set_register(pid: int, place: int, value: int) -> None:
    registers = ctypes.create_string_buffer(8 * REGISTERS)
    _ptrace(GETREGS, pid, 0, registers)
    struct.pack_into("q", registers, 8 * place, value)
    _ptrace(SETREGS, pid, 0, registers)
