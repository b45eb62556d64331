"""What a name and a version stand for: Python's own library, and packages that were installed under the name they have.

Runs in the child's own interpreter, and imports the standard library alone, and how an opening of one's own is told.
"""

from __future__ import annotations

import importlib.machinery
import os
import sys
import sysconfig
from collections.abc import Collection

from assay.sandbox.opened import Ours

METADATA = ".dist-info"
_CODE = (".py", ".pyc", ".so")
_ENDS = frozenset(
    (
        *importlib.machinery.all_suffixes(),
        *(f".{sys.implementation.cache_tag}{more}.pyc" for more in ("", ".opt-1", ".opt-2")),
    )
)
"""Of the name of a module's file, all behind the module's."""
_BETWEEN = ("lib-dynload", "__pycache__")
"""Folders of Python's own library that are no packages."""
_DISTRIBUTION = {"sklearn": "scikit_learn"}
"""By module, the distribution that brings it, where that is called otherwise."""


class Known:
    """The packages that tell a version, of which only the one that an installer put there is taken by it.

    A folder that is called like one is told by its content: whatever lies beside it, the list of files (RECORD) of the very
    distribution must name the package's root module, by its path.
    """

    def __init__(self, versioned: Collection[str]) -> None:
        """``versioned``: the names of packages that tell a version."""
        self.versioned = versioned
        base = {"platbase": sys.base_exec_prefix}  # else that of the environment
        paths = [sysconfig.get_path(name, vars=base) for name in ("stdlib", "platstdlib")]
        self._standard = tuple(path + os.sep for path in {*paths, *map(os.path.realpath, paths)})
        self._build: str = vars(sysconfig)["_get_sysconfigdata_name"]()
        self._installed: dict[tuple[str, str], bool] = {}
        self._folders: dict[tuple[str, str, str], tuple[str, ...]] = {}

    def is_pythons_own(self, place: str) -> bool:
        """Whether a path is of code of Python's own library: that of the interpreter, not of its environment.

        What else lies there, or below it, is somebody's. The folder counts as it is and as the interpreter calls it.
        """
        for folder in self._standard:
            if place.startswith(folder) and place.endswith(_CODE):
                first, _, rest = place.removeprefix(folder).partition(os.sep)
                if rest and first not in _BETWEEN:
                    return first in sys.stdlib_module_names
                name, _, end = (rest or first).partition(".")
                return f".{end}" in _ENDS and (name in sys.stdlib_module_names or name == self._build)
        return False

    def is_installed(self, top: str, file: object) -> bool:
        """Whether a package tells a version and was installed, of which this is the root module's file; each is looked up once."""
        if top not in self.versioned or not isinstance(file, str):
            return False
        if (top, file) not in self._installed:
            self._installed[top, file] = self._is_listed(top, os.path.realpath(file))
        return self._installed[top, file]

    def is_loaded(self, top: str) -> bool:
        """The same of the package that is loaded under this name."""
        return self.is_installed(top, getattr(sys.modules.get(top), "__file__", None))

    def folders(self) -> tuple[str, ...]:
        """Those of the packages that are loaded and were installed: of their code, their libraries, and this version's metadata.

        Each as it is and as it is called where it was loaded from, which may be through a link.
        """
        found: tuple[str, ...] = ()
        for top in self.versioned:
            if self.is_loaded(top):
                module = sys.modules[top]
                told = (top, str(module.__file__), str(vars(module).get("__version__", "unknown")))
                if told not in self._folders:
                    self._folders[told] = _folders_of(*told)
                found += self._folders[told]
        return found

    def _is_listed(self, top: str, place: str) -> bool:
        packages = os.path.dirname(os.path.dirname(place))  # noqa: PTH120
        if os.path.basename(packages) not in {"site-packages", "dist-packages"}:  # noqa: PTH119
            return False
        line = f"\n{os.path.relpath(place, packages)},".encode()
        try:
            names = os.listdir(packages)  # noqa: PTH208
        except OSError:
            return False
        for name in sorted(names):
            if name.startswith(_distribution(top)) and name.endswith(METADATA):
                try:
                    with open(Ours(os.path.join(packages, name, "RECORD")), "rb") as listed:  # noqa: PTH118, PTH123
                        if line in b"\n" + listed.read():
                            return True
                except OSError:
                    continue
        return False


def _folders_of(top: str, file: str, version: str) -> tuple[str, ...]:
    found: tuple[str, ...] = ()
    for root in sorted({file, os.path.realpath(file)}):
        folder = os.path.dirname(root)  # noqa: PTH120
        beside = os.path.join(os.path.dirname(folder), _distribution(top))  # noqa: PTH118, PTH120
        found += (folder + os.sep, f"{beside}.libs{os.sep}", f"{beside}-{version}{METADATA}{os.sep}")
    return found


def _distribution(top: str) -> str:
    return _DISTRIBUTION.get(top, top)
