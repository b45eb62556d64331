"""How a digest is written: the name of the function, a colon, and the hexadecimal digits."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

PREFIX = "sha256:"


def sha256_of(content: bytes) -> str:
    """The digest of some bytes, ``sha256:`` and 64 hexadecimal digits."""
    return named(hashlib.sha256(content).hexdigest())


def named(hexadecimal: str) -> str:
    """A SHA-256 that was computed elsewhere, as a digest is written."""
    return f"{PREFIX}{hexadecimal}"


def bare(digest: str) -> str:
    """The hexadecimal digits of a digest."""
    return digest.removeprefix(PREFIX)


def short(digest: str) -> str:
    """The first 12 hexadecimal digits, as sentences and tables show a digest."""
    return bare(digest)[:12]


def begins(digest: str, beginning: str) -> bool:
    """Whether a digest is written with this at its beginning, with or without the name of the function."""
    return bare(digest).startswith(bare(beginning))


def bindings_of(files: Sequence[tuple[str, str]]) -> frozenset[str]:
    """The digests by which a record may bind these files: of their listing, as a folder; of one file also its own."""
    alone = {digest for _, digest in files} if len(files) == 1 else set()
    return frozenset({digest_of_listing(files), *alone})


def digest_of_listing(files: Sequence[tuple[str, str]]) -> str:
    """The digest of files that belong together: of the JSON array of ``[relative name, digest]``, sorted by name."""
    text = json.dumps(sorted(files), ensure_ascii=True, separators=(",", ":"))
    return sha256_of(text.encode())
