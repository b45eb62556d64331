"""Content-addressed blobs: written whole or not at all, and checked against their digest when read."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from assay.domain.digests import bare, named
from assay.domain.errors import AssayError, ExitCode, Unwritable, writing
from assay.store.parents import make_parent

LEAST_CHARACTERS = 4
"""So much of a digest says which one is meant."""


def write_whole(path: Path, content: bytes, *, private: bool = False) -> None:
    """Write a file so that a crash at any instant leaves the old state or the new one, on disk before this returns.

    ``private``: readable for the user alone; else as the user's umask says.

    Raises:
        Unwritable: with the path and what the system said.
    """
    _no_folder(path)
    with writing(path):
        make_parent(path)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                if not private:
                    os.fchmod(file.fileno(), 0o666 & ~_umask())
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise


def see_writable(path: Path) -> None:
    """See that a file can be written at ``path``, before something is done that cannot be undone. Raises Unwritable."""
    _no_folder(path)
    place = next(parent for parent in path.absolute().parents if parent.exists())
    with writing(path), tempfile.TemporaryFile(dir=place):
        pass


def _no_folder(path: Path) -> None:
    if path.is_dir():
        raise Unwritable(
            f"{path} is a folder, and a file is expected.",
            code="unwritable",
            remedy="Name a file in it.",
        )


def _umask() -> int:
    """What this process takes from the rights of new files; it can only be read by setting it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


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

        Bytes that have changed since they were stored under this digest are replaced.

        Raises:
            Unwritable: with the path and what the system said.
        """
        name = hashlib.sha256(content).hexdigest()
        path = self._path(name)
        if not _holds(path, content):
            write_whole(path, content)
        return named(name)

    def get(self, digest: str) -> bytes:
        """The bytes under a digest.

        Raises:
            AbsentBlob: when there are none. CorruptBlob: when they have another digest.
        """
        name = bare(digest)
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
        hexadecimal = bare(beginning)
        if len(hexadecimal) < LEAST_CHARACTERS or not self.folder.is_dir():
            return ()
        found = self.folder.glob(f"{hexadecimal[:2]}/{hexadecimal}*")
        return tuple(named(path.name) for path in sorted(found))

    def place(self, digest: str) -> Path:
        """Where the bytes under a digest are, or would be."""
        return self._path(bare(digest))

    def _path(self, name: str) -> Path:
        return self.folder / name[:2] / name


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() == content
    except OSError:  # not there, or in the way: told when it is written
        return False
