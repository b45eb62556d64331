"""Logs and witnesses with keys that are the same at every run."""

from __future__ import annotations

import hashlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assay.proof.checkpoint import Checkpoint, TrustedLog
from assay.proof.cosignature import Cosigner
from assay.proof.merkle import consistency_proof, finished_by, inclusion_proof, leaf_hash, root
from assay.proof.note import Note, NoteSigner


def private(seed: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(seed.encode()).digest())


def log_key(name: str = "log.example/one", seed: str = "") -> NoteSigner:
    return NoteSigner(name, private(seed or name))


def witness_key(name: str = "witness.example/w1", seed: str = "") -> Cosigner:
    return Cosigner(name, private(seed or name))


class Tree:
    """Entries in memory, and what a log says of them."""

    def __init__(self, entries, signer: NoteSigner | None = None) -> None:
        self.entries = list(entries)
        self.signer = signer or log_key()
        self.kept: dict[tuple[int, int], bytes] = {}
        for at, entry in enumerate(self.entries):
            for level, index, found in finished_by(at, leaf_hash(entry), self.subtree):
                assert (level, index) not in self.kept
                self.kept[level, index] = found

    def subtree(self, level: int, index: int) -> bytes:
        return self.kept[level, index]

    def root(self, size: int) -> bytes:
        return root(size, self.subtree)

    def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        return inclusion_proof(index, size, self.subtree)

    def consistency(self, old: int, new: int) -> tuple[bytes, ...]:
        return consistency_proof(old, new, self.subtree)

    def checkpoint(self, size: int) -> Note:
        return Checkpoint(self.signer.name, size, self.root(size)).signed_by(self.signer)

    @property
    def trusted(self) -> TrustedLog:
        return TrustedLog(self.signer.name, (self.signer.key,))


def numbered(size: int, word: str = "entry") -> list[bytes]:
    return [f"{word} {i}".encode() for i in range(size)]
