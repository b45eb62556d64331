"""Content-addressed blobs: written whole or not at all, and checked against their digest when read."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from assay.domain.errors import AssayError, ExitCode, writing


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that a crash at any instant leaves the old state or the new one, on disk before this returns.

    Raises:
        Unwritable: with the path and what the system said.
    """
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise


class CorruptBlob(AssayError):
    """Stored bytes no longer have the digest that they are named by."""

    exit_code = ExitCode.TRUST_FAILURE


class AbsentBlob(AssayError):
    """Nothing is stored under a digest."""


@dataclass(frozen=True, slots=True)
class BlobStore:
    """A folder of files named by the SHA-256 of their content."""

    folder: Path

    def put(self, content: bytes) -> str:
        """Store bytes and return their digest ``sha256:...``; a crash leaves the old state or the new one.

        What was damaged is written again.
        """
        name = hashlib.sha256(content).hexdigest()
        path = self._path(name)
        if not _holds(path, content):
            write_whole(path, content)
        return f"sha256:{name}"

    def get(self, digest: str) -> bytes:
        """The bytes under a digest.

        Raises:
            AbsentBlob: when there are none. CorruptBlob: when they have another digest.
        """
        name = digest.removeprefix("sha256:")
        path = self._path(name)
        if not path.is_file():
            raise AbsentBlob(f"Nothing is stored under {digest}.", code="blob_absent")
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != name:
            raise CorruptBlob(
                f"The bytes stored under {digest} have changed.",
                code="blob_corrupt",
                remedy="Do not trust this store; restore it from a copy or run certify again.",
            )
        return content

    def find(self, beginning: str) -> tuple[str, ...]:
        """The digests that begin with these hexadecimal characters."""
        hexadecimal = beginning.removeprefix("sha256:")
        if len(hexadecimal) < 4 or not self.folder.is_dir():
            return ()
        found = self.folder.glob(f"{hexadecimal[:2]}/{hexadecimal}*")
        return tuple(f"sha256:{path.name}" for path in sorted(found))

    def _path(self, name: str) -> Path:
        return self.folder / name[:2] / name


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() == content
    except OSError:  # not there, or in the way: told when it is written
        return False
