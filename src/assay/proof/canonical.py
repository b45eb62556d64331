"""One form of bytes for a document, and its digest: what is signed, logged and compared."""

from __future__ import annotations

import re
from typing import Any

import rfc8785

from assay.domain.digests import bare, sha256_of

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def canonical(plain: Any) -> bytes:
    """The canonical JSON of a plain value (RFC 8785).

    Raises:
        ValueError: for NaN, an infinity, or a whole number of 2^53 and more, which JSON readers tell apart differently.
    """
    return rfc8785.dumps(plain)


def digest_of_document(plain: Any) -> str:
    """The digest of a plain value's canonical bytes. Raises ValueError as :func:`canonical`."""
    return sha256_of(canonical(plain))


def is_digest(text: str) -> bool:
    """Whether a text has the form of a digest."""
    return _DIGEST.fullmatch(text) is not None


def hexadecimal(digest: str) -> str:
    """The 64 characters behind ``sha256:``; raises ValueError for anything else."""
    if not is_digest(digest):
        raise ValueError(f"expected sha256: and 64 hexadecimal characters, found {digest[:80]!r}")
    return bare(digest)
