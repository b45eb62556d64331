"""What the line formats of C2SP are made of: base64 and decimals, each with one spelling only."""

from __future__ import annotations

import base64
import binascii
import re

from assay.proof.merkle import HASH_BYTES, MOST_LEAVES

_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


def to_base64(content: bytes) -> str:
    """The standard alphabet with padding (RFC 4648 section 4)."""
    return base64.b64encode(content).decode("ascii")


def from_base64(text: str) -> bytes:
    """The bytes of a text that is spelt as :func:`to_base64` would.

    Raises:
        ValueError: for anything else: spaces, another alphabet, loose bits, absent padding.
    """
    try:
        content = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error) as wrong:
        raise ValueError("expected base64") from wrong
    if to_base64(content) != text:
        raise ValueError("expected base64 in its one canonical spelling")
    return content


def from_hash_line(text: str) -> bytes:
    """The SHA-256 hash that a line encodes. Raises ValueError when it is none."""
    found = from_base64(text)
    if len(found) != HASH_BYTES:
        raise ValueError(f"expected a hash of {HASH_BYTES} bytes, found {len(found)}")
    return found


def from_decimal(text: str) -> int:
    """A size, an index or a time below 2^63, without sign or leading zeroes. Raises ValueError for anything else."""
    if _DECIMAL.fullmatch(text) is None or int(text) >= MOST_LEAVES:
        raise ValueError("expected a decimal below 2^63 without leading zeroes")
    return int(text)
