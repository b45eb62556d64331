"""Modules that are run from their source and never from a cache, which is in no digest.

Runs in the child's own interpreter, and imports the standard library alone, and what says which packages are known.
"""

from __future__ import annotations

import importlib.machinery
import os
from collections.abc import Sequence
from types import CodeType, ModuleType
from typing import Any

from assay.sandbox.known import Known


class FromSource:
    """Finds modules as Python does, and lets none but known packages and Python's own be run from a cache.

    What lies in ``__pycache__`` may say that it is not to be held against its source (PEP 552), or carry the time and size of
    a source that it is not of.
    """

    def __init__(self, known: Known) -> None:
        """``known``: packages that are taken by their version; their files are many."""
        self._known = known

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """See :class:`importlib.abc.MetaPathFinder`."""
        top = fullname.partition(".")[0]
        if top != fullname and self._known.is_loaded(top):
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is not None and top == fullname and self._known.is_installed(top, spec.origin):
            return None
        if spec is None or type(spec.loader) is not importlib.machinery.SourceFileLoader or not spec.origin:
            return None
        if all(map(self._known.is_pythons_own, (spec.origin, os.path.realpath(spec.origin)))):
            return None
        spec.loader = _Source(fullname, spec.origin)
        spec.cached = None
        return spec


class _Source(importlib.machinery.SourceFileLoader):
    def get_code(self, fullname: str) -> CodeType | None:
        place = self.get_filename(fullname)
        made: Any = self.source_to_code(self.get_data(place), place)
        return made if isinstance(made, CodeType) else None
