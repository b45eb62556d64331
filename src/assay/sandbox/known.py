"""What a name and a version stand for: Python's own library, and packages that were installed under the name they have.

Runs in the child's own interpreter, and imports the standard library alone.
"""

from __future__ import annotations

import glob
import os
import sys
import sysconfig
from collections.abc import Collection

METADATA = ".dist-info"
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
        self.records: set[str] = set()
        """The lists of files that were read here to tell this, which no model has read."""
        self._standard = tuple(
            os.path.realpath(sysconfig.get_path(name)) + os.sep for name in ("stdlib", "platstdlib")
        )
        self._installed: dict[tuple[str, str], bool] = {}

    def is_pythons_own(self, place: str) -> bool:
        """Whether a path without links is in Python's own library; what is installed may lie below it."""
        return place.startswith(self._standard) and "-packages" + os.sep not in place

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
        """Those of the packages that are loaded and were installed: of their code, their libraries, and this version's metadata."""
        found = []
        for top in self.versioned:
            if self.is_loaded(top):
                module = sys.modules[top]
                folder = os.path.dirname(os.path.realpath(str(module.__file__)))  # noqa: PTH120
                beside = os.path.join(os.path.dirname(folder), _distribution(top))  # noqa: PTH118, PTH120
                version = getattr(module, "__version__", "unknown")
                found += [folder, f"{beside}.libs", f"{beside}-{version}{METADATA}"]
        return tuple(folder + os.sep for folder in found)

    def _is_listed(self, top: str, place: str) -> bool:
        packages = os.path.dirname(os.path.dirname(place))  # noqa: PTH120
        if os.path.basename(packages) not in {"site-packages", "dist-packages"}:  # noqa: PTH119
            return False
        line = f"\n{os.path.relpath(place, packages)},".encode()
        records = f"{glob.escape(packages)}/{_distribution(top)}*{METADATA}/RECORD"
        for record in sorted(glob.glob(records)):  # noqa: PTH207
            self.records.add(os.path.realpath(record))
            try:
                with open(record, "rb") as listed:  # noqa: PTH123
                    if line in b"\n" + listed.read():
                        return True
            except OSError:
                continue
        return False


def _distribution(top: str) -> str:
    return _DISTRIBUTION.get(top, top)
