"""A writer is killed at every write that it makes, and the log is looked at: ``python -m guarantee.killing URL POINTS``.

A child appends and acknowledges. Its parent traces it (ptrace) and sends SIGKILL when it enters or leaves its n-th
system call that writes: so every boundary between two writes is met, none by luck. Linux only.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import platform
import signal
import struct
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass

from assay.store.log import Log

WRITES = {
    # write, pwrite64, sendto, fsync, fdatasync, ftruncate, rename, unlink, unlinkat
    "x86_64": {1, 18, 44, 74, 75, 77, 82, 87, 263},
    # write, pwrite64, sendto, fsync, fdatasync, ftruncate, renameat, unlinkat
    "aarch64": {64, 68, 206, 82, 83, 46, 38, 35},
}
TRACEME, SYSCALL, SETOPTIONS, GET_SYSCALL_INFO = 0, 24, 0x4200, 0x420E
TRACESYSGOOD, EXITKILL = 1, 1 << 20
ENTRY, EXIT = 1, 2
APPENDS, BATCH = 3, 5
NEVER = 1 << 60

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


@dataclass
class Found:
    """What was seen: boundaries of one writer, points at which one was killed, entries kept without an answer, harm."""

    boundaries: int = 0
    points: int = 0
    kept_unacknowledged: int = 0
    lost: int = 0
    broken: int = 0


def possible() -> bool:
    """Whether this machine can trace."""
    return sys.platform == "linux" and platform.machine() in WRITES


def _ptrace(request: int, pid: int, address: int, data: int | ctypes.Array[ctypes.c_char]) -> None:
    if (
        libc.ptrace(
            request,
            pid,
            ctypes.c_void_p(address),
            data if isinstance(data, ctypes.Array) else ctypes.c_void_p(data),
        )
        < 0
    ):
        raise OSError(ctypes.get_errno(), "ptrace")


def _writing_stop(pid: int, entered: list[int]) -> bool:
    """Whether the child stands before or after a call that writes."""
    info = ctypes.create_string_buffer(88)
    _ptrace(GET_SYSCALL_INFO, pid, len(info), info)
    kind = info.raw[0]
    if kind == ENTRY:
        entered[0] = struct.unpack_from("Q", info.raw, 24)[0]
    return kind in (ENTRY, EXIT) and entered[0] in WRITES[platform.machine()]


def run_until(point: int, body: Callable[[int], None]) -> tuple[int, bytes]:
    """Run ``body`` in a child and kill it at a boundary; return the boundaries met, and what it wrote to its pipe."""
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
        met = _trace(pid, point)
    finally:
        with os.fdopen(reads, "rb") as pipe:
            said = pipe.read()
    return met, said


def _trace(pid: int, point: int) -> int:
    os.waitpid(pid, 0)
    _ptrace(SETOPTIONS, pid, 0, TRACESYSGOOD | EXITKILL)
    met, entered, deliver = 0, [0], 0
    while True:
        _ptrace(SYSCALL, pid, 0, deliver)
        _, status = os.waitpid(pid, 0)
        if os.WIFEXITED(status) or os.WIFSIGNALED(status):
            return met
        deliver = 0
        if os.WSTOPSIG(status) != signal.SIGTRAP | 0x80:
            deliver = os.WSTOPSIG(status)
        elif _writing_stop(pid, entered):
            met += 1
            if met == point:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
                return met


def append(where: str, name: str) -> Callable[[int], None]:
    """A writer that appends a few batches and says after each that it is done."""

    def body(pipe: int) -> None:
        with Log.open(where) as log:
            for turn in range(APPENDS):
                log.append(lambda _, turn=turn: [f"{name}/{turn}/{i}".encode() for i in range(BATCH)])
                os.write(pipe, b"+")

    return body


def kill_everywhere(where: str, points: int) -> Found:
    """Kill writers at so many points, spread over all of one writer's boundaries; look at the log after each."""
    with Log.open(where) as log:
        before = list(log.entries())
    met, said = run_until(NEVER, append(where, "whole"))
    found = Found(boundaries=met)
    expected = before + [f"whole/{turn}/{i}".encode() for turn in range(APPENDS) for i in range(BATCH)]
    found.lost += said != b"+" * APPENDS
    for number in range(points):
        point = 1 + number * met // points
        _, said = run_until(point, append(where, f"point{number}"))
        found.points += 1
        with Log.open(where) as log:
            kept = list(log.entries())
            found.broken += bool(log.verify())
        acknowledged = expected + [
            f"point{number}/{t}/{i}".encode() for t in range(len(said)) for i in range(BATCH)
        ]
        found.lost += kept[: len(acknowledged)] != acknowledged
        unanswered = kept[len(acknowledged) :]
        whole = [f"point{number}/{len(said)}/{i}".encode() for i in range(BATCH)]
        found.broken += unanswered not in ([], whole)
        found.kept_unacknowledged += bool(unanswered)
        expected = kept
    return found


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        print(json.dumps(asdict(kill_everywhere(sys.argv[1], int(sys.argv[2])))))
