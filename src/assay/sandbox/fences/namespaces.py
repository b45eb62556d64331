"""A network of its own with nobody in it, and no rights beyond those of any user."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import socket
import stat
import struct
from collections.abc import Iterable

from assay.sandbox.fences.kernel import prctl, syscall, unshare

NEW_USER, NEW_NETWORK, NEW_IPC = 0x10000000, 0x40000000, 0x08000000
_PR_SET_DUMPABLE, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT = 4, 24, 38, 47
_CAP_AMBIENT_CLEAR_ALL = 4
_CAPSET = {"x86_64": 126, "aarch64": 91}
_CAPABILITY_VERSION = 0x20080522
NOBODY = 65534


def leave_the_network() -> bool:
    """Enter an empty network and, where one is needed for that, a user namespace; whether one was.

    Only for a process of one thread.

    Raises:
        OSError: when the kernel, or whoever set up this machine, refuses.
    """
    try:
        unshare(NEW_NETWORK | NEW_IPC)  # whoever may, needs no user namespace for it
    except PermissionError:
        unshare(NEW_USER | NEW_NETWORK | NEW_IPC)
        return True
    return False


def nobody_is_there() -> bool:
    """Whether a packet to an address elsewhere has no way to go."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(
                ("192.0.2.1", 9)
            )  # TEST-NET-1: belongs to nobody (RFC 5737); UDP sends nothing here
        except OSError as wrong:
            return wrong.errno == errno.ENETUNREACH
    return False


def only_loopback() -> bool:
    """Whether this network has no interface but the one that leads back to itself."""
    return {name for _, name in socket.if_nameindex()} <= {"lo"}


def why_not_nobody(paths: Iterable[str], descriptors: Iterable[int]) -> str:
    """What stands in the way of becoming another user; empty when nothing does."""
    if os.geteuid() != 0:
        return "only root can become another user"
    for path in paths:
        place = os.path.realpath(path)
        while len(place) > 1:
            with contextlib.suppress(OSError):
                if not os.stat(place).st_mode & (stat.S_IXOTH if os.path.isdir(place) else stat.S_IROTH):  # noqa: PTH112, PTH116
                    return f"other users may not enter {place}, where the interpreter or a file lies"
            place = os.path.dirname(place)  # noqa: PTH120
    for descriptor in descriptors:
        if not os.fstat(descriptor).st_mode & stat.S_IROTH:
            return "a file may be read by its owner only"
    return ""


def become_nobody() -> None:
    """Become a user that owns nothing."""
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    prctl(_PR_SET_DUMPABLE, 1)  # else /proc/self belongs to root


def give_up_rights(processor: str) -> None:
    """Give up every capability, for good.

    Raises:
        OSError: when the kernel refuses.
    """
    if processor not in _CAPSET:
        raise OSError(errno.ENOSYS, f"no table for the processor {processor}")
    prctl(_PR_SET_NO_NEW_PRIVS, 1)
    with contextlib.suppress(OSError):  # older than Linux 4.3
        prctl(_PR_CAP_AMBIENT, _CAP_AMBIENT_CLEAR_ALL)
    for capability in range(64):
        try:
            prctl(_PR_CAPBSET_DROP, capability)
        except OSError:
            break  # beyond the last one, or nothing to drop from
    header = ctypes.create_string_buffer(struct.pack("<Ii", _CAPABILITY_VERSION, 0))
    syscall(_CAPSET[processor], header, ctypes.create_string_buffer(24))


def no_rights() -> bool:
    """Whether the kernel says that this process has no capability and can gain none."""
    with open("/proc/self/status", encoding="ascii", errors="replace") as file:  # noqa: PTH123
        told = dict(line.split(":", 1) for line in file if ":" in line)
    none = all(int(told[name], 16) == 0 for name in ("CapInh", "CapPrm", "CapEff", "CapAmb"))
    return none and told["NoNewPrivs"].strip() == "1"
