"""What changed between two kept specifications."""

from __future__ import annotations

from typing import Any

from assay.domain.difference import Difference, differences
from assay.domain.digests import sha256_of
from assay.reading.located import locate
from assay.reading.source import Source


def changes(before: bytes, after: bytes) -> tuple[Difference, ...]:
    """What changed from one kept specification to another, in the words of ``assay diff``.

    Raises:
        InvalidDocument, UnicodeDecodeError: the bytes are no such document.
    """
    return differences(_specification(before), _specification(after))


def _specification(content: bytes) -> Any:
    digest = sha256_of(content)
    return locate(Source(digest, content.decode("utf-8"), digest)).value
