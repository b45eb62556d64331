"""Finished partials on disk, by key: written whole or not at all, and believed only if this user wrote them.

Counts are evidence, so a file that somebody edited, brought along or put under another name must not count. Each
carries a keyed digest (HMAC-SHA-256, RFC 2104) of its name and content; whoever lacks the secret cannot make one.
"""

from __future__ import annotations

import hmac
import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from assay.domain.errors import writing
from assay.store.parents import make_parent

_KEY = re.compile(r"[0-9a-f]{16,128}")
_ALGORITHM = "sha256"
_DIGEST = 32


@dataclass(frozen=True, slots=True)
class PartialStore:
    """A folder of partials. Any number of processes may write to it: equal keys have equal bytes.

    Attributes:
        secret: at least 16 random bytes that only the processes that may write partials know.
    """

    folder: Path
    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) < 16:
            raise ValueError("a secret has at least 16 bytes")

    def read(self, key: str) -> bytes | None:
        """The partial of this key; None when there is none, or none that was written with this secret."""
        try:
            stored = self._place(key).read_bytes()
        except OSError:
            return None
        digest, data = stored[:_DIGEST], stored[_DIGEST:]
        return data if hmac.compare_digest(digest, self._digest(key, data)) else None

    def write(self, key: str, data: bytes) -> None:
        """Store a partial so that a process killed at any instant leaves all of it or nothing under its key.

        Nothing waits for the disk: what a power cut tears does not have its digest, and is counted again.

        Raises:
            Unwritable: the disk is full, read-only, or something else is in the way.
        """
        place = self._place(key)
        unfinished = place.with_name(f"{place.name}.{os.getpid()}.tmp")
        with writing(place):
            make_parent(place)
            with unfinished.open("wb") as file:
                file.write(self._digest(key, data))
                file.write(data)
            unfinished.replace(place)

    def sweep(self) -> None:
        """Delete what processes that no longer run left unfinished."""
        for unfinished in self.folder.glob("*/*.tmp"):
            if not Path("/proc", unfinished.name.split(".")[1]).exists():
                unfinished.unlink(missing_ok=True)

    def _digest(self, key: str, data: bytes) -> bytes:
        digest = hmac.new(self.secret, f"{key}\0".encode(), _ALGORITHM)
        digest.update(data)
        return digest.digest()

    def _place(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise ValueError("a key is a hexadecimal digest")
        return self.folder / key[:2] / key
