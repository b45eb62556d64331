"""Files of which a power cut leaves the old state or the new one, and steps that no other process can enter."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from assay.domain.errors import AssayError, writing
from assay.store.blobs import write_whole


class UnreadableKey(AssayError):
    """A file that should hold a private key does not."""


def make_folder(folder: Path) -> None:
    """Make a folder where there is none. Raises Unwritable."""
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)


def write_durably(path: Path, content: bytes) -> None:
    """Write a file whole, for this user alone; its bytes and its name are on disk when this returns. Raises Unwritable."""
    write_whole(path, content, private=True)
    with writing(path.parent):
        handle = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """One process at a time, for as long as it lives. Raises Unwritable."""
    with writing(lock):
        handle = os.open(lock, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def kept_key(path: Path) -> Ed25519PrivateKey:
    """The Ed25519 key in a file, made at the first call and readable by its user alone.

    For keys that a program uses unattended, of a log or a witness; those of persons are encrypted.

    Raises:
        UnreadableKey: ``key_unreadable``. Unwritable.
    """
    make_folder(path.parent)
    with alone(path.with_name(f"{path.name}.lock")):
        if not path.exists():
            made = Ed25519PrivateKey.generate().private_bytes(
                Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
            )
            write_durably(path, made)
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError) as wrong:
        raise _no_key(path) from wrong
    if not isinstance(key, Ed25519PrivateKey):
        raise _no_key(path)
    return key


def _no_key(path: Path) -> UnreadableKey:
    return UnreadableKey(
        f"{path} holds no Ed25519 private key.",
        code="key_unreadable",
        remedy="Restore it: with a new key its owner is somebody else to everybody.",
    )
