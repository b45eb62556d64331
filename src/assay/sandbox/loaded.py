"""What a child runs besides known packages: modules loaded from their source, and digests of what was loaded.

Runs in the child's own interpreter, and imports the standard library alone.
"""

from __future__ import annotations

import glob
import hashlib
import importlib.machinery
import os
import sys
import sysconfig
from collections.abc import Collection, Sequence
from types import CodeType, ModuleType
from typing import Any

MAX_SOURCES = 64 << 20
Stamp = tuple[int, int, int, int, int]


class Loaded:
    """Digests of the modules that are loaded besides Python's own, Assay's, and installed packages that tell a version.

    A model that is stored by name runs what its environment has under that name. Files outside of the folders that
    packages are installed in are told one line a module, all others together in one. A file is read again only when its
    stamp (inode, size, times) is another one: each answer of a certified model asks.
    """

    def __init__(self, ours: str, versioned: Collection[str]) -> None:
        """``ours``: Assay's folder. ``versioned``: packages that tell a version."""
        self._ours = ours
        self._versioned = versioned
        self._standard = _standard()
        self._labels: dict[tuple[str, str], str] = {}
        self._installed: dict[tuple[str, str], bool] = {}
        self._contents: dict[str, tuple[Stamp, bytes]] = {}

    def digests(self) -> dict[str, str]:
        """By label, as of now."""
        here: dict[str, list[tuple[str, str]]] = {}
        for name, module in sorted(sys.modules.items()):
            file = getattr(module, "__dict__", {}).get("__file__")  # a lazy module would load, or fail to
            if not isinstance(file, str) or name == "__main__" or file.startswith(self._ours):
                continue
            if (name, file) not in self._labels:
                self._labels[name, file] = self._label(name, file)
            label = self._labels[name, file]
            if label:
                here.setdefault(label, []).append((name, file))
        return {label: self._digest(files) for label, files in sorted(here.items())}

    def _label(self, name: str, file: str) -> str:
        """Under which line a module is told; empty for one that its package's version stands for, and for Python's own."""
        top = name.partition(".")[0]
        if self._is_installed(top):
            return ""
        place = os.path.realpath(file)
        if any(f"/{folder}/" in place for folder in ("site-packages", "dist-packages")):
            return "other packages"
        return "" if place.startswith(self._standard) else f"module {top}"

    def _is_installed(self, top: str) -> bool:
        """Whether a package that tells a version is the one that was installed under its name, which has a RECORD."""
        file = getattr(sys.modules.get(top), "__file__", None)
        if top not in self._versioned or not isinstance(file, str):
            return False
        if (top, file) not in self._installed:
            around = os.path.dirname(os.path.dirname(os.path.realpath(file)))  # noqa: PTH120
            name = {"sklearn": "scikit_learn"}.get(top, top)
            packages = os.path.basename(around) in {"site-packages", "dist-packages"}  # noqa: PTH119
            records = f"{glob.escape(around)}/{name}*.dist-info/RECORD"
            self._installed[top, file] = packages and bool(glob.glob(records))  # noqa: PTH207
        return self._installed[top, file]

    def _digest(self, files: list[tuple[str, str]]) -> str:
        """Of names and contents; of what lies beyond a bound, of names and sizes."""
        whole, left = hashlib.sha256(), MAX_SOURCES
        for name, file in files:
            try:
                place, told = _stat(file)
                left -= told.st_size
                content = self._content(place, told) if left >= 0 else _sha256(b"%d" % told.st_size)
            except OSError:
                content = _sha256(b"cannot be read")
            whole.update(_sha256(name.encode()) + content)
        return f"sha256:{whole.hexdigest()}"

    def _content(self, place: str, told: os.stat_result) -> bytes:
        stamp = (told.st_dev, told.st_ino, told.st_size, told.st_mtime_ns, told.st_ctime_ns)
        known = self._contents.get(place)
        if known is None or known[0] != stamp:
            with open(place, "rb") as file:  # noqa: PTH123
                known = self._contents[place] = (stamp, _sha256(file.read()))
        return known[1]


def _standard() -> tuple[str, ...]:
    """The folders of Python's own library; what is installed may lie below them."""
    paths = (sysconfig.get_path(name) for name in ("stdlib", "platstdlib"))
    return tuple(os.path.realpath(path) + os.sep for path in paths)


def _stat(file: str) -> tuple[str, os.stat_result]:
    """The file itself, or the archive that it is in, and its stamp."""
    try:
        return file, os.stat(file)  # noqa: PTH116
    except NotADirectoryError:
        return _stat(os.path.dirname(file))  # noqa: PTH120


def _sha256(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


class FromSource:
    """Finds modules as Python does, and lets none but known packages and Python's own be run from a cache.

    What lies in ``__pycache__`` is in no digest, and may say that it is not to be held against its source (PEP 552), or
    carry the time and size of a source that it is not of.
    """

    def __init__(self, versioned: Collection[str]) -> None:
        """``versioned``: packages that tell a version; theirs are many, and are taken by it."""
        self._standard = _standard()
        self._versioned = versioned

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """See :class:`importlib.abc.MetaPathFinder`."""
        if fullname.partition(".")[0] in self._versioned:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is None or type(spec.loader) is not importlib.machinery.SourceFileLoader or not spec.origin:
            return None
        place = os.path.realpath(spec.origin)
        if place.startswith(self._standard) and "-packages" + os.sep not in place:
            return None
        spec.loader = _Source(fullname, spec.origin)
        spec.cached = None
        return spec


class _Source(importlib.machinery.SourceFileLoader):
    def get_code(self, fullname: str) -> CodeType | None:
        place = self.get_filename(fullname)
        made: Any = self.source_to_code(self.get_data(place), place)
        return made if isinstance(made, CodeType) else None
