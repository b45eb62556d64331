"""Which files a process is about to open, as the audit events of Python say (PEP 578).

Runs in the child's own interpreter, and imports the standard library alone.
"""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import unquote, urlsplit

_NAMES = {"open": 0, "import": 1, "sqlite3.connect": 0, "sqlite3.load_extension": 1, "ctypes.dlopen": 0}
"""By event, which of its arguments names a file; of an import only one that the system loads."""
_BESIDE_A_DATABASE = ("", "-wal", "-journal")
_HELD = "/proc/self/fd"
_OF_THE_KERNEL = ("/proc/", "/dev/fd/")
"""Where names are numbers, other ones in each process."""


class Ours(str):
    """A place that Assay opens to see what is in it, which is no opening by a model."""

    __slots__ = ()


def opened(event: str, arguments: tuple[Any, ...]) -> list[tuple[str, str]]:
    """By which name and at which place, without links, one is opened if it is there; none for any other event, and for what is open already.

    No event tells the folder that a relative name is below (``dir_fd``): it is looked for below each that is held open.

    Raises:
        OSError: what is held open cannot be listed; so the file is not opened.
    """
    if event not in _NAMES or type(arguments[_NAMES[event]]) is Ours:
        return []
    name = _name(arguments[_NAMES[event]])
    if not name or "\0" in name or (event == "ctypes.dlopen" and os.sep not in name):
        return []  # a library without a folder is looked up by the system
    names = [name]
    if event == "sqlite3.connect":
        names += [unquote(urlsplit(name).path)] if name.startswith("file:") else []
        names = [one + end for one in names for end in _BESIDE_A_DATABASE]
    folders = [os.getcwd(), *_held_folders()] if not all(map(os.path.isabs, names)) else [os.sep]  # noqa: PTH109
    return [_led(os.path.join(folder, one)) for one in names for folder in folders]  # noqa: PTH118


def _led(name: str) -> tuple[str, str]:
    """A name as it is told, one for all ways to write it that lead to the same place, and that place."""
    place, plain = os.path.realpath(name), os.path.normpath(name)
    if plain.startswith(_OF_THE_KERNEL):
        return place, place
    return (plain if plain == name or os.path.realpath(plain) == place else name), place


def _name(named: Any) -> str:
    """What a file is called by, in whatever type; empty for a descriptor."""
    if isinstance(named, str | bytes | os.PathLike):
        return os.fsdecode(named)
    try:
        return os.fsdecode(bytes(memoryview(named)))
    except TypeError:
        return ""


def _held_folders() -> list[str]:
    """The folders that this process holds open."""
    places = [os.path.join(_HELD, held) for held in os.listdir(_HELD)]  # noqa: PTH118, PTH208
    return [os.path.realpath(place) for place in places if os.path.isdir(place)]  # noqa: PTH112
