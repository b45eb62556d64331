"""Calling the kernel without a library between."""

from __future__ import annotations

import ctypes
import os
from typing import Any

_LIBC = ctypes.CDLL(None, use_errno=True)


def syscall(number: int, *arguments: Any) -> int:
    """Make a system call by its number.

    Raises:
        OSError: as the kernel refused it.
    """
    found: int = _LIBC.syscall(ctypes.c_long(number), *map(_wide, arguments))
    return _checked(found)


def prctl(option: int, *arguments: int) -> int:
    """See prctl(2).

    Raises:
        OSError: as the kernel refused it.
    """
    rest = [*arguments, 0, 0, 0, 0][:4]
    found: int = _LIBC.prctl(ctypes.c_int(option), *map(ctypes.c_ulong, rest))
    return _checked(found)


def unshare(flags: int) -> None:
    """See unshare(2).

    Raises:
        OSError: as the kernel refused it.
    """
    _checked(_LIBC.unshare(ctypes.c_int(flags)))


def _wide(argument: Any) -> Any:
    return ctypes.c_long(argument) if isinstance(argument, int) else argument


def _checked(found: int) -> int:
    if found < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return found
