"""What a child runs besides known packages: digests of what was loaded and read.

Runs in the child's own interpreter, and imports the standard library alone, and what says which files are opened, what they
hold, and which packages are known.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Collection, Iterable
from typing import Any

from assay.sandbox.contents import Contents
from assay.sandbox.known import METADATA, Known
from assay.sandbox.opened import opened

FILES_READ = "files that it reads"
WHEN_ASKED = " when it answers"
"""Behind a label: of what was not there yet when the model was loaded."""
_OF_THE_SYSTEM = ("/proc/", "/sys/", "/dev/", "/etc/", "/usr/share/zoneinfo/")
_RELEASE = "/usr/lib/os-release"
_SHARED_MEMORY = "/dev/shm/"  # noqa: S108 - anybody's files
_OF_AN_INSTALLATION = frozenset({"METADATA", "RECORD", "entry_points.txt", "top_level.txt"})
"""What importlib.metadata reads."""
_ASSAYS = (".py", ".pyc")
"""How the files in Assay's folder that are its own end, those of them that a child opens."""
Led = tuple[str, str]
"""By which name a file was opened, and the place without links to which that led."""
_Told = tuple[str, str, str]
"""What a file is called in its line, its place, and the name that leads there."""


class Loaded:
    """Digests of the modules that are loaded besides Python's own, Assay's, and installed packages that tell a version.

    A model that is stored by name runs what its environment has under that name. Files outside of the folders that
    packages are installed in are told one line a module, all others together in one; with a package go all files of its
    folder, whoever opens them, but sources that are not loaded and what is compiled or hidden. In one more line are all other
    files that were opened by Python, wherever they lie: weights beside a module, and a source that it reads, decide as its code does. What native code opens elsewhere is not seen.

    The first time that is asked, the model was loaded. What comes later, when it answers, has lines of its own, so that what was
    told first is told alike ever after: whoever only loads the model can hold it against what was judged. A package that tells a
    version and comes later is told by the digest of its version.

    A file is looked at when it is opened, and again whenever it is asked for, until the end: of one that changed meanwhile, or
    is gone, no digest is ever again what it was, though it be put back. See :class:`Contents` for when it is read again.
    """

    def __init__(self, ours: str, known: Known) -> None:
        """``ours``: Assay's folder. ``known``: packages that tell a version."""
        self._ours = (ours, os.path.realpath(ours) + os.sep)
        self._known = known
        self._labels: dict[tuple[str, str], str] = {}
        self._folders: dict[str, str] = {}
        self._below: dict[str, set[str]] = {}
        self._aliases: dict[str, set[str]] = {}
        self._contents = Contents()
        self._places: dict[str, str] = {}
        self._opened: set[Led] = set()
        self._elsewhere: set[Led] = set()
        self._late = ""
        self._first_packages: frozenset[str] = frozenset()
        self._first_read: frozenset[Led] = frozenset()

    def watch(self) -> None:
        """From now on take down which files are opened, by a hook that nobody can take away again (PEP 578)."""

        def hook(event: str, arguments: tuple[Any, ...]) -> None:
            for name, place in opened(event, arguments):
                if not self._is_brought(name, place):
                    self._contents.opening(place, name)
                    self._opened.add((name, place))

        sys.addaudithook(hook)

    def digests(self) -> dict[str, str]:
        """By label, as of now; what was told once stays, whether or not it is loaded still."""
        self._label_what_is_loaded()
        here: dict[str, list[_Told]] = {}
        for (name, file), label in sorted(self._labels.items()):
            if label:
                here.setdefault(label, []).append((name, self._places[file], file))
        bound = {
            name
            for files in here.values()
            for _, place, file in files
            for name in (place, os.path.normpath(file))
        }
        for folder, label in sorted(self._folders.items()):
            below = self._below.setdefault(folder, set())
            below.update(_files_below(folder))
            here[label] += [(place.removeprefix(folder), place, place) for place in sorted(below)]
            bound.update(below)
            bound.update(
                alias + place.removeprefix(folder) for alias in self._aliases[folder] for place in below
            )
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
            self._places.setdefault(file, os.path.realpath(file))
            label = self._label(name, file)
            if label:
                label += self._late
            self._labels[name, file] = label
            if label and "." not in name and hasattr(module, "__path__"):
                folder = os.path.dirname(self._places[file])  # noqa: PTH120
                self._folders.setdefault(folder, label)
                self._aliases.setdefault(folder, set()).add(os.path.dirname(os.path.normpath(file)))  # noqa: PTH120

    def _read(self, bound: Collection[str]) -> set[Led]:
        """Files that were opened and could be read, besides what is bound already, and what the system, Python and known packages bring."""
        new = tuple(self._opened)
        self._opened.difference_update(new)
        self._elsewhere.update(led for led in new if not self._is_brought(*led))
        return {
            (name, place)
            for name, place in self._elsewhere
            if not (place in bound and name in bound) and self._contents.was_there(place, name)
        }

    def _is_brought(self, name: str, place: str) -> bool:
        """Whether nobody but the system, Python, Assay or an installed package says what is opened: neither which file nor where it lies.

        A name that lies elsewhere and leads into one of these by a link is whoever's who made the link.
        """
        return self._is_theirs(place) and (name == place or self._is_theirs(name))

    def _is_theirs(self, place: str) -> bool:
        """Whether a path is the system's, Assay's or Python's own, or in an installed package that tells a version, or says that this is installed."""
        if place.startswith(_OF_THE_SYSTEM):
            return not place.startswith(_SHARED_MEMORY)
        if place == _RELEASE or self._is_assays(place) or self._known.is_pythons_own(place):
            return True
        folder, name = os.path.split(place)
        if folder.endswith(METADATA) and name not in _OF_AN_INSTALLATION:
            return False
        return place.startswith(self._known.folders())

    def _is_assays(self, place: str) -> bool:
        return place.startswith(self._ours) and place.endswith(_ASSAYS)

    def _label(self, name: str, file: str) -> str:
        """Under which line a module is told; empty for one that its package's version stands for, for Python's own, and Assay's."""
        top = name.partition(".")[0]
        place = self._places[file]
        if self._known.is_loaded(top) or (self._is_assays(place) and self._is_assays(file)):
            return ""
        if any(f"/{folder}/" in place for folder in ("site-packages", "dist-packages")):
            return "other packages"
        own = self._known.is_pythons_own(place) and self._known.is_pythons_own(file)
        return "" if own else f"module {top}"

    def _digest(self, files: list[_Told]) -> str:
        """Of names and contents."""
        whole = hashlib.sha256()
        for told, place, name in files:
            whole.update(_sha256(told.encode()) + self._contents.digest(place, name))
        return f"sha256:{whole.hexdigest()}"


def _by_name(label: str, read: Iterable[Led]) -> dict[str, list[_Told]]:
    """What stands in the line of files that were read, each by the last part of the name that it was opened by; no line of none.

    Those that share it stand in the order of their names, not of their places: else two links could lead crosswise.
    """
    files = sorted((os.path.basename(name), name, place) for name, place in read)  # noqa: PTH119
    return {label: [(told, place, name) for told, name, place in files]} if files else {}


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


def _sha256(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()
