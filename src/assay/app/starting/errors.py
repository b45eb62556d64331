"""Why a specification cannot be started."""

from __future__ import annotations

from assay.domain.errors import AssayError


class CannotStart(AssayError):
    """A specification cannot be started from what was given."""
