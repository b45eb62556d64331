"""What files held when they were first looked at, and whether they ever held something else since.

Runs in the child's own interpreter, and imports the standard library alone, and how an opening of one's own is told.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from dataclasses import dataclass

from assay.sandbox.opened import Ours

Stamp = tuple[int, int, int, int, int]
Way = tuple[tuple[int, int, int], ...]
"""Device, inode and time of change of each link that leads from a name to a file."""
ABSENT = hashlib.sha256(b"cannot be read").digest()
_OF_THE_KERNEL = "/proc/"
_MOST_LINKS = 40
"""The system follows no more (path_resolution(7))."""
_TICK_NS = 20_000_000
"""The clock of a file system ticks every few milliseconds: of two writes within a tick the second leaves the stamp as it is."""
_WRITTEN_OUT_NS = 600_000_000_000
"""What was written through a mapping is on the disk after half a minute (vm.dirty_expire_centisecs), with much to spare."""
_IN_MEMORY = frozenset({"tmpfs", "ramfs", "devtmpfs", "hugetlbfs"})


class Contents:
    """A digest for each file: of its content as long as that is the first that was seen, and never that again after another one.

    A file is read again when its stamp (inode, size, times) is another one, and where a stamp does not tell: a write within a
    tick of the clock, or through a mapping in a file system without a disk, leaves it as it is. One through a mapping that was
    there before changes it only once the pages were written out, so those of a young file are.
    """

    def __init__(self) -> None:
        """Nothing was seen."""
        self._seen: dict[str, _Seen] = {}
        self._opened: dict[str, dict[str, Way]] = {}
        self._without_a_disk = _devices_in_memory()

    def opening(self, place: str, name: str) -> None:
        """Look at a file that is about to be opened by this name: until it is asked for, not even its stamp may change, nor a link that
        leads there.
        """
        way = () if name == place else _links(name)
        seen = self._look(place, name)
        ways = self._opened.setdefault(place, {})
        if ways.setdefault(name, way) != way:
            ways[name] = way
            seen.told = _another(seen.told)

    def digest(self, place: str, name: str = "") -> bytes:
        """SHA-256: of the content, or of all that it ever was.

        Args:
            place: of a file, or below an archive, without links. name: what it was loaded by, if by another; a link that leads
                to another file by now is another content.
        """
        seen = self._look(place, name or place)
        for opened, way in self._opened.pop(place, {}).items():
            if opened != place and _links(opened) != way:
                seen.told = _another(seen.told)
        return seen.told

    def was_there(self, place: str, name: str) -> bool:
        """Whether there is, or ever was when it was looked at, a file that can be read."""
        seen = self._seen.get(place)
        if seen is None or seen.told == ABSENT:
            seen = self._look(place, name)
        return seen.told != ABSENT

    def _look(self, place: str, name: str) -> _Seen:
        seen = self._seen.get(place)
        if seen is None:
            found = self._read(name)
            seen = self._seen[place] = _Seen(*found, told=found[1])
        elif _stamp(name) != seen.stamp or not seen.tells:
            before, (seen.stamp, content, seen.tells) = seen.stamp, self._read(name)
            if content != seen.content or (place in self._opened and seen.stamp != before):
                seen.told = hashlib.sha256(seen.told + content).digest()
            seen.content = content
        return seen

    def _read(self, name: str) -> tuple[Stamp | None, bytes, bool]:
        """Stamp and content of a file, and whether a later write would change that stamp."""
        if _stamp(name) is None:
            return None, ABSENT, True
        try:
            descriptor = _opened(name)
        except OSError:
            return _stamp(name), ABSENT, True
        try:
            age = time.time_ns() - os.fstat(descriptor).st_ctime_ns
            tells = not 0 <= age < _WRITTEN_OUT_NS or _written_out(descriptor)
            status = os.fstat(descriptor)
            content = _sha256_of(descriptor)
            same = _told_of(os.fstat(descriptor)) == _told_of(status)
            tells = tells and same and age >= _TICK_NS and status.st_dev not in self._without_a_disk
            return _told_of(status), content, tells
        finally:
            os.close(descriptor)


@dataclass(slots=True)
class _Seen:
    """``stamp`` and ``content`` as of the last look, and whether the stamp tells a change; ``told``: of all that it ever held."""

    stamp: Stamp | None
    content: bytes
    tells: bool
    told: bytes


def _stamp(name: str) -> Stamp | None:
    """That of a file, or of the archive that it is in; None where there is none."""
    try:
        status = os.stat(name)  # noqa: PTH116
    except NotADirectoryError:
        return _stamp(os.path.dirname(name))  # noqa: PTH120
    except (OSError, ValueError):
        return None
    return _told_of(status) if stat.S_ISREG(status.st_mode) else None


def _told_of(status: os.stat_result) -> Stamp:
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def _links(name: str) -> Way:
    """Those on the way from a name to a file, or as far as it leads; none of the kernel's, which are made when somebody looks."""
    found: list[tuple[int, int, int]] = []
    at, rest, left = os.sep, name.split(os.sep)[::-1], _MOST_LINKS  # noqa: PTH206
    while rest and left:
        part = rest.pop()
        if part == os.pardir:
            at = os.path.dirname(at)  # noqa: PTH120
        elif part not in ("", os.curdir):
            here = os.path.join(at, part)  # noqa: PTH118
            try:
                status = os.lstat(here)
                to = os.readlink(here) if stat.S_ISLNK(status.st_mode) else ""  # noqa: PTH115
            except (OSError, ValueError):
                break
            if to:
                left -= 1
                rest += to.split(os.sep)[::-1]  # noqa: PTH206
                found += [] if here.startswith(_OF_THE_KERNEL) else [_told_of_a_link(status)]
            at = os.sep if to.startswith(os.sep) else at if to else here
    return tuple(found)


def _told_of_a_link(status: os.stat_result) -> tuple[int, int, int]:
    return (status.st_dev, status.st_ino, status.st_ctime_ns)


def _another(told: bytes) -> bytes:
    """What is told of a file that was another one for a while, which nobody knows."""
    return hashlib.sha256(told + ABSENT).digest()


def _opened(name: str) -> int:
    """A descriptor of a file, or of the archive that it is in."""
    try:
        return os.open(Ours(name), os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except NotADirectoryError:
        return _opened(os.path.dirname(name))  # noqa: PTH120


def _written_out(descriptor: int) -> bool:
    """Write what was changed through a mapping to the disk; False for a file system that cannot."""
    try:
        os.fsync(descriptor)
    except OSError:
        return False
    return True


def _sha256_of(descriptor: int) -> bytes:
    whole = hashlib.sha256()
    try:
        while piece := os.read(descriptor, 1 << 20):
            whole.update(piece)
    except OSError:
        return ABSENT
    return whole.digest()


def _devices_in_memory() -> frozenset[int]:
    """The devices of file systems without a disk (proc(5), mountinfo); none where the system does not tell."""
    found = set()
    try:
        with open(Ours("/proc/self/mountinfo"), errors="replace") as mounts:  # noqa: PTH123
            for line in mounts:
                major, _, minor = line.split(" ")[2].partition(":")
                if line.partition(" - ")[2].split(" ")[0] in _IN_MEMORY:
                    found.add(os.makedev(int(major), int(minor)))
    except OSError:
        return frozenset()
    return frozenset(found)
