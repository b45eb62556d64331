"""A witness's memory: the latest checkpoint of each log, one file each, written before it is answered."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import threading
from collections.abc import Callable, Iterable, Iterator
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
from assay.proof.checkpoint import Checkpoint, TrustedLog, by_origin
from assay.proof.cosignature import Cosigner
from assay.proof.note import MalformedNote, Note
from assay.proof.witness import Answer, add_checkpoint
from assay.store.blobs import write_whole

KEY_FILE, LOCK_FILE, SUFFIX = "witness.key", "witness.lock", ".checkpoint"
_ORIGIN_HASH = re.compile(r"[0-9a-f]{64}")


class UnreadableWitness(AssayError):
    """The key or a checkpoint of a witness cannot be read; ``code`` says which. It must not go on as if it knew nothing."""


class Witness:
    """A witness whose memory is a folder. Any number of threads and processes may use one folder."""

    def __init__(self, folder: Path, *, cosigner: Cosigner, logs: Iterable[TrustedLog]) -> None:
        self.cosigner = cosigner
        self._folder = folder
        self._logs = by_origin(logs)
        self._thread = threading.Lock()
        with writing(folder):
            folder.mkdir(parents=True, exist_ok=True)

    def submit(self, body: bytes, now: int) -> Answer:
        """Answer ``add-checkpoint``; what must be kept is on disk when this returns.

        Raises:
            Unwritable: and nothing was cosigned. UnreadableWitness: ``witness_forgot``.
        """
        with self._thread, _alone(self._folder):
            answer = add_checkpoint(body, logs=self._logs, last=self._last, cosigner=self.cosigner, now=now)
            if answer.keep is not None:
                origin, note = answer.keep
                write_whole(self._path(origin_hash(origin)), bytes(note))
                _sync(self._folder)
        return answer

    def checkpoint(self, origin_hash: str) -> bytes | None:
        """The latest cosigned checkpoint of a log, by the hash of its origin; None when there is none."""
        if _ORIGIN_HASH.fullmatch(origin_hash) is None:
            return None
        path = self._path(origin_hash)
        return path.read_bytes() if path.is_file() else None

    def _last(self, origin: str) -> Checkpoint | None:
        content = self.checkpoint(origin_hash(origin))
        if content is None:
            return None
        try:
            last = Checkpoint.parse(Note.parse(content).text)
        except MalformedNote as damaged:
            raise self._forgot(origin) from damaged
        if last.origin != origin:
            raise self._forgot(origin)
        return last

    def _forgot(self, origin: str) -> UnreadableWitness:
        return UnreadableWitness(
            f"{self._path(origin_hash(origin))} is no checkpoint of {origin!r}: this witness forgot what it cosigned.",
            code="witness_forgot",
            remedy="Restore the file. A witness that begins anew lets a log be rewritten.",
        )

    def _path(self, origin_hash: str) -> Path:
        return self._folder / f"{origin_hash}{SUFFIX}"


def origin_hash(origin: str) -> str:
    """The name of a log in a witness's paths (tlog-witness, "Monitor Retrieval Mechanism")."""
    return hashlib.sha256(origin.encode()).hexdigest()


def witness_key(
    folder: Path, make: Callable[[], Ed25519PrivateKey] = Ed25519PrivateKey.generate
) -> Ed25519PrivateKey:
    """The private key of the witness in this folder, made at the first call and readable by its user alone.

    Raises:
        UnreadableWitness: ``witness_key_unreadable``. Unwritable.
    """
    path = folder / KEY_FILE
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        if not path.exists():
            made = make().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            write_whole(path, made)  # its temporary file is made for this user alone
            _sync(folder)
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError) as wrong:
        raise _no_key(path) from wrong
    if not isinstance(key, Ed25519PrivateKey):
        raise _no_key(path)
    return key


def _no_key(path: Path) -> UnreadableWitness:
    return UnreadableWitness(
        f"{path} holds no Ed25519 private key.",
        code="witness_key_unreadable",
        remedy="Restore it: with a new key this witness is another one to everybody.",
    )


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One at a time over all processes: checking and keeping are one step (tlog-witness, "add-checkpoint")."""
    path = folder / LOCK_FILE
    with writing(path):
        handle = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _sync(folder: Path) -> None:
    """The name of a file is on disk only when its folder is."""
    with writing(folder):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
