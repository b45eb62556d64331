"""What a child runs besides known packages: digests of what was loaded and read.

Runs in the child's own interpreter, and imports the standard library alone, and what says which files are opened and which
packages are known.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Collection, Iterable
from typing import Any

from assay.sandbox.known import METADATA, Known
from assay.sandbox.opened import opened

FILES_READ = "files that it reads"
WHEN_ASKED = " when it answers"
"""Behind a label: of what was not there yet when the model was loaded."""
_OF_THE_SYSTEM = ("/proc/", "/sys/", "/dev/", "/etc/", "/usr/share/zoneinfo/", "/usr/lib/os-release")
_SHARED_MEMORY = "/dev/shm/"  # noqa: S108 - anybody's files
_OF_AN_INSTALLATION = frozenset({"METADATA", "RECORD", "entry_points.txt", "top_level.txt"})
"""What importlib.metadata reads."""
Stamp = tuple[int, int, int, int, int]


class Loaded:
    """Digests of the modules that are loaded besides Python's own, Assay's, and installed packages that tell a version.

    A model that is stored by name runs what its environment has under that name. Files outside of the folders that
    packages are installed in are told one line a module, all others together in one; with a package go all files of its
    folder, whoever opens them, but sources that are not loaded and what is compiled or hidden. In one more line are all other
    files that were opened by Python, wherever they lie: weights beside a module, and a source that it reads, decide as its code does. What native code opens elsewhere is not seen.

    The first time that is asked, the model was loaded. What comes later, when it answers, has lines of its own, so that what was
    told first is told alike ever after: whoever only loads the model can hold it against what was judged. A package that tells a
    version and comes later is told by the digest of its version. A file is read again only when its stamp (inode, size, times) is
    another one: each answer of a certified model asks.
    """

    def __init__(self, ours: str, known: Known) -> None:
        """``ours``: Assay's folder. ``known``: packages that tell a version."""
        self._ours = ours
        self._known = known
        self._labels: dict[tuple[str, str], str] = {}
        self._folders: dict[str, str] = {}
        self._contents: dict[str, tuple[Stamp, bytes]] = {}
        self._places: dict[str, str] = {}
        self._opened: set[str] = set()
        self._elsewhere: set[str] = set()
        self._late = ""
        self._first_packages: frozenset[str] = frozenset()
        self._first_read: frozenset[str] = frozenset()

    def watch(self) -> None:
        """From now on take down which files are opened, by a hook that nobody can take away again (PEP 578)."""

        def hook(event: str, arguments: tuple[Any, ...]) -> None:
            self._opened.update(opened(event, arguments))

        sys.addaudithook(hook)

    def digests(self) -> dict[str, str]:
        """By label, as of now; what was told once stays, whether or not it is loaded still."""
        self._label_what_is_loaded()
        here: dict[str, list[tuple[str, str]]] = {}
        for (name, file), label in sorted(self._labels.items()):
            if label:
                here.setdefault(label, []).append((name, file))
        bound = {self._places[file] for files in here.values() for _, file in files}
        for folder, label in sorted(self._folders.items()):
            below = _files_below(folder)
            here[label] += [(place.removeprefix(folder), place) for place in below]
            bound.update(below)
        read = self._read(bound)
        packages = frozenset(name for name in self._known.versioned if self._known.is_loaded(name))
        if not self._late:
            self._late = WHEN_ASKED
            self._first_read, self._first_packages = frozenset(read), packages
        here |= _by_name(FILES_READ, self._first_read)
        here |= _by_name(FILES_READ + WHEN_ASKED, read - self._first_read)
        found = {label: self._digest(files) for label, files in here.items()}
        return dict(sorted((found | _by_version(packages - self._first_packages)).items()))

    def _label_what_is_loaded(self) -> None:
        """Give each module that is new a label, and note the folder of each package."""
        for name, module in sorted(sys.modules.items()):
            file = getattr(module, "__dict__", {}).get("__file__")  # a lazy module would load, or fail to
            if not isinstance(file, str) or name == "__main__" or (name, file) in self._labels:
                continue
            if file.startswith(self._ours):
                continue
            self._places[file] = os.path.realpath(file)
            label = self._label(name, file)
            if label:
                label += self._late
            self._labels[name, file] = label
            if label and "." not in name and hasattr(module, "__path__"):
                self._folders.setdefault(os.path.dirname(self._places[file]), label)  # noqa: PTH120

    def _read(self, bound: Collection[str]) -> set[str]:
        """Files that were opened and can be read, besides what is bound already, and what the system, Python and known packages bring."""
        packages = self._known.folders() if self._opened else ()
        for place in tuple(self._opened):
            self._opened.discard(place)
            if place in self._known.records:
                continue
            system = place.startswith(_OF_THE_SYSTEM) and not place.startswith(_SHARED_MEMORY)
            if not system and not place.startswith(self._ours) and not self._is_brought(place, packages):
                self._elsewhere.add(place)
        return {
            place
            for place in self._elsewhere.difference(bound)
            if os.path.isfile(place) and _can_be_read(place)  # noqa: PTH113
        }

    def _is_brought(self, place: str, packages: tuple[str, ...]) -> bool:
        """Whether a file is Python's own, or in an installed package that tells a version, or says that this is installed."""
        folder, name = os.path.split(place)
        if folder.endswith(METADATA) and name not in _OF_AN_INSTALLATION:
            return False
        return self._known.is_pythons_own(place) or place.startswith(packages)

    def _label(self, name: str, file: str) -> str:
        """Under which line a module is told; empty for one that its package's version stands for, and for Python's own."""
        top = name.partition(".")[0]
        if self._known.is_loaded(top):
            return ""
        place = os.path.realpath(file)
        if any(f"/{folder}/" in place for folder in ("site-packages", "dist-packages")):
            return "other packages"
        return "" if self._known.is_pythons_own(place) else f"module {top}"

    def _digest(self, files: list[tuple[str, str]]) -> str:
        """Of names and contents."""
        whole = hashlib.sha256()
        for name, file in files:
            try:
                place, told = _stat(file)
                content = self._content(place, told)
            except OSError:
                content = _sha256(b"cannot be read")
            whole.update(_sha256(name.encode()) + content)
        return f"sha256:{whole.hexdigest()}"

    def _content(self, place: str, told: os.stat_result) -> bytes:
        stamp = (told.st_dev, told.st_ino, told.st_size, told.st_mtime_ns, told.st_ctime_ns)
        known = self._contents.get(place)
        if known is None or known[0] != stamp:
            whole = hashlib.sha256()
            with open(place, "rb") as file:  # noqa: PTH123
                while piece := file.read(1 << 20):
                    whole.update(piece)
            known = self._contents[place] = (stamp, whole.digest())
        return known[1]


def _by_name(label: str, places: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
    """What stands in the line of files that were read, each by its own name; no line of none."""
    files = sorted((os.path.basename(place), place) for place in places)  # noqa: PTH119
    return {label: files} if files else {}


def _by_version(packages: Iterable[str]) -> dict[str, str]:
    """The line of each package that came later, with a digest of its version."""
    versions = {name: str(getattr(sys.modules[name], "__version__", "unknown")) for name in packages}
    return {
        f"package {name}{WHEN_ASKED}": f"sha256:{_sha256(version.encode()).hex()}"
        for name, version in versions.items()
    }


def _files_below(folder: str) -> list[str]:
    """All files of a package but its sources, of which those that are loaded are told, and what is made of them."""
    found = []
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name != "__pycache__" and not name.startswith(".")]
        found += [os.path.join(place, name) for name in files if not name.endswith((".py", ".pyc"))]  # noqa: PTH118
    return sorted(path for path in found if os.path.isfile(path))  # noqa: PTH113


def _can_be_read(place: str) -> bool:
    """Whether the fences let a file be opened: what they keep from a model decides nothing."""
    try:
        os.close(os.open(place, os.O_RDONLY))
    except OSError:
        return False
    return True


def _stat(file: str) -> tuple[str, os.stat_result]:
    """The file itself, or the archive that it is in, and its stamp."""
    try:
        return file, os.stat(file)  # noqa: PTH116
    except NotADirectoryError:
        return _stat(os.path.dirname(file))  # noqa: PTH120


def _sha256(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()
