"""Finished partials on disk, by key: written whole or not at all, and believed only if their digest holds."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

_KEY = re.compile(r"[0-9a-f]{16,128}")
_DIGEST = hashlib.sha256().digest_size


@dataclass(frozen=True, slots=True)
class PartialStore:
    """A folder of partials. Any number of processes may write to it: equal keys have equal bytes."""

    folder: Path

    def read(self, key: str) -> bytes | None:
        """The partial of this key; None when there is none or it is damaged."""
        try:
            stored = self._place(key).read_bytes()
        except FileNotFoundError:
            return None
        digest, data = stored[:_DIGEST], stored[_DIGEST:]
        return data if hashlib.sha256(data).digest() == digest else None

    def write(self, key: str, data: bytes) -> None:
        """Store a partial so that a process killed at any instant leaves all of it or nothing under its key.

        Nothing waits for the disk: what a power cut tears does not have its digest, and is counted again.
        """
        place = self._place(key)
        place.parent.mkdir(parents=True, exist_ok=True)
        unfinished = place.with_name(f"{place.name}.{os.getpid()}.tmp")
        with unfinished.open("wb") as file:
            file.write(hashlib.sha256(data).digest())
            file.write(data)
        unfinished.replace(place)

    def sweep(self) -> None:
        """Delete what processes that no longer run left unfinished."""
        for unfinished in self.folder.glob("*/*.tmp"):
            if not Path("/proc", unfinished.name.split(".")[1]).exists():
                unfinished.unlink(missing_ok=True)

    def _place(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise ValueError("a key is a hexadecimal digest")
        return self.folder / key[:2] / key
