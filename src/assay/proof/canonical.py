"""One form of bytes for a document, and its digest: what is signed, logged and compared."""

from __future__ import annotations

import json
import re
from typing import Any

import rfc8785

from assay.domain.digests import bare, sha256_of

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_LARGEST = (1 << 53) - 1
_IN_C = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, check_circular=False)


def canonical(plain: Any) -> bytes:
    """The canonical JSON of a plain value (RFC 8785).

    Raises:
        ValueError: for NaN, an infinity, or a whole number of 2^53 and more, which JSON readers tell apart differently.
    """
    if _is_simple(plain):
        try:
            return _IN_C.encode(plain).encode()
        except UnicodeEncodeError:
            pass  # the text is none: told below
    return rfc8785.dumps(plain)


def _is_simple(plain: Any) -> bool:
    """Whether Python's own encoder writes the same, ten times as fast: no number with a fraction, and no key whose place depends on
    how text is coded.
    """
    if type(plain) is dict:
        return all(type(key) is str and key.isascii() for key in plain) and all(
            map(_is_simple, plain.values())
        )
    if type(plain) is list:
        kinds = set(map(type, plain))
        if kinds == {int}:
            return bool(min(plain) >= -_LARGEST and max(plain) <= _LARGEST)
        return kinds <= {str} or all(map(_is_simple, plain))
    if type(plain) is int:
        return bool(-_LARGEST <= plain <= _LARGEST)
    return plain is None or type(plain) in {str, bool}


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
