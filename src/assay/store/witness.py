"""A witness's memory: the latest checkpoint of each log, one file each, written before it is answered."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterable
from pathlib import Path

from assay.domain.errors import AssayError
from assay.proof.checkpoint import Checkpoint, TrustedLog, by_origin
from assay.proof.cosignature import Cosigner
from assay.proof.note import MalformedNote, Note
from assay.proof.witness import Answer, add_checkpoint
from assay.store.durable import alone, kept_key, make_folder, write_durably

KEY_FILE, LOCK_FILE, SUFFIX = "witness.key", "witness.lock", ".checkpoint"
_ORIGIN_HASH = re.compile(r"[0-9a-f]{64}")


class ForgetfulWitness(AssayError):
    """What a witness cosigned cannot be read. It must not go on as if it knew nothing."""


class Witness:
    """A witness whose memory is a folder. Any number of threads and processes may use one folder."""

    def __init__(self, folder: Path, *, cosigner: Cosigner, logs: Iterable[TrustedLog]) -> None:
        self.cosigner = cosigner
        self._folder = folder
        self._logs = by_origin(logs)
        self._thread = threading.Lock()
        make_folder(folder)

    @classmethod
    def of(cls, folder: Path, *, name: str, logs: Iterable[TrustedLog]) -> Witness:
        """The witness of this name whose key lies in its folder, made when it is first used.

        Raises:
            UnreadableKey, Unwritable. InvalidKey: no witness can be called so.
        """
        return cls(folder, cosigner=Cosigner(name, kept_key(folder / KEY_FILE)), logs=logs)

    def submit(self, body: bytes, now: int) -> Answer:
        """Answer ``add-checkpoint``; what must be kept is on disk when this returns.

        Checking and keeping are one step over all threads and processes (tlog-witness, "add-checkpoint").

        Raises:
            Unwritable: and nothing was cosigned. ForgetfulWitness: ``witness_forgot``.
        """
        with self._thread, alone(self._folder / LOCK_FILE):
            answer = add_checkpoint(body, logs=self._logs, last=self._last, cosigner=self.cosigner, now=now)
            if answer.keep is not None:
                origin, note = answer.keep
                write_durably(self._path(origin_hash(origin)), bytes(note))
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

    def _forgot(self, origin: str) -> ForgetfulWitness:
        return ForgetfulWitness(
            f"{self._path(origin_hash(origin))} is no checkpoint of {origin!r}: this witness forgot what it cosigned.",
            code="witness_forgot",
            remedy="Restore the file. A witness that begins anew lets a log be rewritten.",
        )

    def _path(self, origin_hash: str) -> Path:
        return self._folder / f"{origin_hash}{SUFFIX}"


def origin_hash(origin: str) -> str:
    """The name of a log in a witness's paths (tlog-witness, "Monitor Retrieval Mechanism")."""
    return hashlib.sha256(origin.encode()).hexdigest()
