"""A package that brings checks, as the parent knows it: by its files and their digest, without importing any of them."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, EntryPoint
from pathlib import Path, PurePosixPath

from assay.checks.catalogue import PluginRefused

_METADATA = (".dist-info", ".egg-info", ".data")


@dataclass(frozen=True, slots=True)
class Top:
    """A top-level module of a package: ``file`` is its source, ``folders`` are those of a package, which may have no file."""

    name: str
    file: str
    folders: tuple[str, ...] = ()

    @property
    def places(self) -> tuple[str, ...]:
        """What is to be read of it."""
        return self.folders or (self.file,)

    def files(self) -> Iterator[tuple[str, Path]]:
        """Each file with its place in the module; what Python caches is left out, and never run.

        Raises:
            PluginRefused: ``plugin_malformed`` when the module holds something that could be run and has no such place.
            OSError: a folder of it cannot be listed.
        """
        if not self.folders:
            file = Path(self.file)
            yield file.name, file
            return
        for folder in sorted(map(Path, self.folders)):
            found = {file.relative_to(folder).as_posix(): file for file in _below(folder)}
            for within in sorted(found):
                yield f"{self.name}/{within}", found[within]


def _below(folder: Path) -> Iterator[Path]:
    """Every file below a folder but Python's cache; links are refused, because what they lead to is read by another place."""
    for root, folders, files in os.walk(folder, onerror=_unlisted):
        here = Path(root)
        cache = here.name == "__pycache__" and here != folder
        for name in (*folders, *files):
            file = here / name
            mode = file.lstat().st_mode
            if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
                raise _malformed(file, "is a link or no file")
            if cache and not (stat.S_ISREG(mode) and _cached(name)):
                raise _malformed(file, "is no module that Python cached")
            if stat.S_ISREG(mode) and not cache:
                yield file


def _cached(name: str) -> bool:
    """Whether a name in ``__pycache__`` is one that Python gives, such as ``a.cpython-311.pyc``: no import finds that one."""
    stem, _, suffix = name.rpartition(".")
    return suffix == "pyc" and "." in stem


def _unlisted(error: OSError) -> None:
    raise error


def _malformed(file: Path, why: str) -> PluginRefused:
    return PluginRefused(
        f"A package of checks cannot be used: {file} {why}. Its digest is of the files that it could run, each in its place.",
        code="plugin_malformed",
        remedy="Remove that, or install the package again with its files copied.",
    )


@dataclass(frozen=True, slots=True)
class Package:
    """A distribution other than Assay's own that offers checks.

    Attributes:
        name, version: of the distribution. entries: name and value of its entry points. tops: its top-level modules.
        digest: ``sha256:`` of the entry points and of every file of these modules, with its place.
    """

    name: str
    version: str
    entries: tuple[tuple[str, str], ...]
    tops: tuple[Top, ...]
    digest: str

    @property
    def readable(self) -> tuple[str, ...]:
        """What its child may read besides the libraries of the interpreter."""
        return tuple(place for top in self.tops for place in top.places)

    @property
    def unchanged(self) -> bool:
        """Whether its files are still those of the digest."""
        try:
            return _digest(self.entries, self.tops) == self.digest
        except (OSError, PluginRefused):
            return False


def package_of(entries: Iterable[EntryPoint]) -> Package:
    """The package of some entry points of one distribution.

    Raises:
        PluginRefused: ``plugin_malformed`` when a file of it cannot be read, or it holds links, or code where Python keeps its cache.
    """
    found = sorted(entries, key=lambda e: (e.name, e.value))
    dist = found[0].dist
    named = tuple((entry.name, entry.value) for entry in found)
    tops = {top.name: top for top in _installed(dist)}
    for _, value in named:
        name = re.split(r"[.:]", value, maxsplit=1)[0]
        if name not in tops and (top := _found(name)) is not None:
            tops[name] = top
    listed = tuple(tops[name] for name in sorted(tops))
    name = dist.name if dist is not None else "an unknown distribution"
    try:
        digest = _digest(named, listed)
    except OSError as wrong:
        raise PluginRefused(
            f"The plug-in {name} cannot be used: a file of it cannot be read ({wrong.strerror}).",
            code="plugin_malformed",
            remedy="Mend or uninstall it.",
        ) from wrong
    return Package(name, dist.version if dist is not None else "", named, listed, digest)


def _installed(dist: Distribution | None) -> Iterator[Top]:
    """The top-level modules that a distribution says it installed; none when it keeps no list of its files."""
    names = set()
    for file in (dist.files if dist is not None else None) or ():
        first = PurePosixPath(file).parts[0]
        if first not in {"..", "/", "__pycache__"} and not first.endswith(_METADATA):
            names.add(first)
    for first in sorted(names):
        place = Path(str(dist.locate_file(first))) if dist is not None else Path(first)
        if place.is_dir():
            start = place / "__init__.py"
            yield Top(first, str(start) if start.is_file() else "", (str(place),))
        elif place.suffix in {".py", ".so"} and place.is_file():
            yield Top(first.partition(".")[0], str(place))


def _found(name: str) -> Top | None:
    """A top-level module where this interpreter would look for it; a search for one runs nothing of it."""
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return None
    if spec is None:
        return None
    file = spec.origin if spec.has_location and spec.origin else ""
    folders = tuple(spec.submodule_search_locations or ())
    return Top(name, file, folders) if file or folders else None


def _digest(entries: tuple[tuple[str, str], ...], tops: tuple[Top, ...]) -> str:
    digest = hashlib.sha256(json.dumps(entries).encode())
    for top in tops:
        for place, file in top.files():
            content = file.read_bytes()
            digest.update(f"{place}\0{len(content)}\0".encode("utf-8", "surrogateescape"))
            digest.update(content)
    return f"sha256:{digest.hexdigest()}"
