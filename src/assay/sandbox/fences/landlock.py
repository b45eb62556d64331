"""Landlock: the process may read what is listed, and write nowhere. See landlock(7)."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import stat
import struct
from collections.abc import Iterable

from assay.sandbox.fences.kernel import prctl, syscall

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_PR_SET_NO_NEW_PRIVS = 38
_WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 1, 1 << 2, 1 << 3
_RIGHTS = {1: 1 << 13, 2: 1 << 14, 3: 1 << 15, 4: 1 << 15}
"""By version of the interface, one more than the highest right over files; later ones add none."""
_ALL_RIGHTS = 1 << 16
_NETWORK = 0b11
_SCOPES = 0b11
_WRITABLE_DEVICES = ("/dev/null",)
_PATH_BENEATH = 1


def version() -> int:
    """The version of the interface that this kernel has.

    Raises:
        OSError: when it has none (ENOSYS), or it was left out at boot (EOPNOTSUPP).
    """
    return syscall(_CREATE_RULESET, None, 0, 1)


def restrict(readable: Iterable[str], descriptors: Iterable[int]) -> None:
    """Allow reading below these paths and of these open files, and nothing else; for good.

    Only for a process of one thread: others would stay outside.

    Raises:
        OSError: when the kernel refuses.
    """
    interface = version()
    handled = _RIGHTS.get(interface, _ALL_RIGHTS) - 1
    asked = struct.pack("<QQQ", handled, _NETWORK if interface >= 4 else 0, _SCOPES if interface >= 6 else 0)
    size = 24 if interface >= 6 else 16 if interface >= 4 else 8
    ruleset = syscall(_CREATE_RULESET, ctypes.c_char_p(asked), size, 0)
    try:
        for path in readable:
            with contextlib.suppress(FileNotFoundError, NotADirectoryError, PermissionError):
                _allow_path(ruleset, path)
        for descriptor in descriptors:
            with contextlib.suppress(OSError):  # memory without a place in a file system is not held back
                _allow(ruleset, descriptor, _READ_FILE)
        for path in _WRITABLE_DEVICES:
            with contextlib.suppress(FileNotFoundError):
                _allow_path(ruleset, path, _READ_FILE | _WRITE_FILE)
        prctl(_PR_SET_NO_NEW_PRIVS, 1)
        syscall(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _allow_path(ruleset: int, path: str, rights: int = _READ_FILE | _READ_DIR) -> None:
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        _allow(ruleset, descriptor, rights if folder else rights & ~_READ_DIR)
    finally:
        os.close(descriptor)


def _allow(ruleset: int, descriptor: int, rights: int) -> None:
    rule = struct.pack("<Qi", rights, descriptor)
    syscall(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.c_char_p(rule), 0)


def holds(folder: str) -> bool:
    """Whether reading the root folder, reading about the first process and writing into ``folder`` are refused."""
    place = f"{folder}/.assay-fence-{os.getpid()}"
    return all(
        (
            _refused("/", os.O_RDONLY | os.O_DIRECTORY),
            _refused("/proc/1/status", os.O_RDONLY),
            _refused(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL),
        )
    )


def _refused(path: str, how: int) -> bool:
    try:
        os.close(os.open(path, how, 0o600))
    except OSError as wrong:
        return wrong.errno in {errno.EACCES, errno.EPERM}
    if how & os.O_CREAT:
        os.unlink(path)  # noqa: PTH108 - nothing is imported that is not needed
    return False
