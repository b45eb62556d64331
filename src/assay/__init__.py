"""Assay certifies machine-learning models for high-risk use, with a known error rate.

The names below are the whole public interface; each is imported when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from assay._version import __version__

if TYPE_CHECKING:
    from assay.app.certify import Certification, certify
    from assay.checks.check import Check, Example, check
    from assay.domain.errors import AssayError, InvalidDocument

_HOMES = {
    "AssayError": "assay.domain.errors",
    "Certification": "assay.app.certify",
    "Check": "assay.checks.check",
    "Example": "assay.checks.check",
    "InvalidDocument": "assay.domain.errors",
    "certify": "assay.app.certify",
    "check": "assay.checks.check",
}

__all__ = [
    "AssayError",
    "Certification",
    "Check",
    "Example",
    "InvalidDocument",
    "__version__",
    "certify",
    "check",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module 'assay' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """The public names."""
    return sorted(__all__)
