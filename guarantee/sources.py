"""Which source files a part of the guarantee stands on, and their digest: what was measured is void when one changes.

A part stands on every module that it imports, directly or not, in this repository; on the checks, which are found by
entry points and not by imports; on the programs that it starts; and on files of the tests that it borrows.
"""

from __future__ import annotations

import ast
import functools
import hashlib
from collections.abc import Iterable
from pathlib import Path

import grimp

ROOT = Path(__file__).parent.parent
PLACES = {"assay": ROOT / "src" / "assay", "guarantee": ROOT / "guarantee"}
FOUND_BY_ENTRY_POINT = {"assay.checks.catalogue": "assay.checks"}
"""A module that finds others by entry points, and the package whose modules they are."""
ALWAYS = ("guarantee.__main__",)
"""How much of a part is run is decided here."""


def digest_of(modules: Iterable[str], *, borrowed: Iterable[Path] = ()) -> str:
    """Sixteen hexadecimal digits over the files of these modules, the borrowed ones, and all that both stand on."""
    beside = [ROOT / file for file in borrowed]
    found = hashlib.sha256()
    named = [*modules, *(module for file in beside for module in _imported(file))]
    for file in (*files_of(named), *beside):
        content = file.read_bytes()
        found.update(f"{file.relative_to(ROOT).as_posix()} {len(content)}\n".encode() + content)
    return found.hexdigest()[:16]


def files_of(modules: Iterable[str]) -> list[Path]:
    """The files of these modules, of what they import, and of the packages around them, sorted.

    Raises:
        ValueError: a module that does not exist.
    """
    wanted = {*modules}
    if unknown := wanted - _graph().modules:
        raise ValueError(f"no such modules: {', '.join(sorted(unknown))}")
    for module in tuple(wanted):
        wanted |= _graph().find_upstream_modules(module)
    for finder, package in FOUND_BY_ENTRY_POINT.items():
        if finder in wanted:
            for module in (package, *_graph().find_descendants(package)):
                wanted |= {module, *_graph().find_upstream_modules(module)}
    return sorted({file for module in (*wanted, *ALWAYS) for file in _files(module)})


@functools.cache
def _graph() -> grimp.ImportGraph:
    return grimp.build_graph("assay", "guarantee", cache_dir=None)


def _imported(file: Path) -> list[str]:
    """The modules of this repository that a file imports, of its ``from`` lines."""
    lines = [node for node in ast.walk(ast.parse(file.read_bytes())) if isinstance(node, ast.ImportFrom)]
    named = [(line.module or "", name.name) for line in lines for name in line.names]
    either = [
        f"{module}.{name}" if f"{module}.{name}" in _graph().modules else module for module, name in named
    ]
    return sorted({module for module in either if module in _graph().modules})


def _files(module: str) -> list[Path]:
    """The file of a module, and the ``__init__`` of each package that is run before it."""
    top, *rest = module.split(".")
    found, place = [], PLACES[top]
    for name in rest:
        found.append(place / "__init__.py")
        place = place / name
    found.append(place / "__init__.py" if place.is_dir() else place.with_suffix(".py"))
    return [file for file in found if file.exists()]
