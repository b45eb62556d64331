"""Which version of a package is installed here, whatever the distribution is called that brings it."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import platform
import re

_VERSION = re.compile(r"^Version: *(\S+)$", re.MULTILINE)


def installed_version(name: str) -> str:
    """The version under this name of a distribution, of a module that one brings, or of ``python``; empty if there is none.

    A library comes under several names (``xgboost`` and ``xgboost-cpu``, ``onnxruntime`` and ``onnxruntime-gpu``).
    """
    if name == "python":
        return platform.python_version()
    try:
        return _version(name)
    except importlib.metadata.PackageNotFoundError:
        pass
    if not name.isidentifier() or importlib.util.find_spec(name) is None:
        return ""
    brought_by = importlib.metadata.packages_distributions().get(name, ())
    return importlib.metadata.version(brought_by[0]) if brought_by else ""


def _version(name: str) -> str:
    """As ``importlib.metadata.version``, which parses the whole description of the package too: four times as slow."""
    head, _, _ = (importlib.metadata.distribution(name).read_text("METADATA") or "").partition("\n\n")
    told = _VERSION.search(head)
    return told[1] if told else importlib.metadata.version(name)
