"""The files of a model and their one digest, as the OpenSSF Model Signing specification v1.0 has them.

The digest of a model is the SHA-256 over the digests of its files, ordered by path. Such a manifest can be signed as a
Model Signing statement too, so that ``model_signing verify`` accepts what we sign, which is what it signs of the same files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from assay.domain.digests import PREFIX, short
from assay.domain.entry import Kind
from assay.domain.refusal import Because, Refusal
from assay.proof.canonical import hexadecimal
from assay.proof.statement import STATEMENT

ITSELF = "."
"""What Model Signing calls the file of a model that is one file: its path, seen from itself."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """The files of a model: relative POSIX path and digest of each, ordered by path."""

    name: str
    files: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, name: str, files: Iterable[tuple[str, str]]) -> Manifest:
        """The manifest of these files.

        Raises:
            ValueError: for no file, a file named twice, or a path that leads out of the model.
        """
        ordered = tuple(sorted(files, key=lambda file: PurePosixPath(file[0])))
        paths = [path for path, _ in ordered]
        if not paths:
            raise ValueError("a model has at least one file")
        if len(set(paths)) != len(paths):
            raise ValueError("a file stands twice in the manifest")
        for path in map(PurePosixPath, paths):
            if path.is_absolute() or ".." in path.parts:
                raise ValueError(f"{path} leads out of the model")
        for _, digest in ordered:
            hexadecimal(digest)
        return cls(name, ordered)

    @property
    def digest(self) -> str:
        """The one digest of the model."""
        every = b"".join(bytes.fromhex(hexadecimal(digest)) for _, digest in self.files)
        return PREFIX + hashlib.sha256(every).hexdigest()

    def subjects(self) -> tuple[tuple[str, str], ...]:
        """The model as a whole and each file, for a statement; so any single file can be checked with other tools."""
        return ((self.name, self.digest), *self.files)

    def signing_statement(self) -> dict[str, Any]:
        """The Model Signing statement of this manifest. A model that is one file is called ``.`` in it."""
        alone = [path for path, _ in self.files] == [self.name]
        return {
            "_type": STATEMENT,
            "subject": [{"name": self.name, "digest": {"sha256": hexadecimal(self.digest)}}],
            "predicateType": Kind.MODEL.value,
            "predicate": {
                "serialization": {"method": "files", "hash_type": "sha256", "allow_symlinks": False},
                "resources": [
                    {"name": ITSELF if alone else path, "algorithm": "sha256", "digest": hexadecimal(digest)}
                    for path, digest in self.files
                ],
            },
        }


def differences(expected: Iterable[tuple[str, str]], found: Iterable[tuple[str, str]]) -> tuple[Refusal, ...]:
    """What became of files: changed, missing, added. Names and digests; empty when they are the same bytes."""
    wanted, there = dict(expected), dict(found)
    if len(wanted) == len(there) == 1 and [*wanted] != [*there] and [*wanted.values()] == [*there.values()]:
        (name,), (called,) = wanted, there
        said = f"The certificate is about {name!r}; the file in hand is called {called!r} (its bytes are those that were certified)."
        return (Refusal(Because.FILE_MISSING, said),)
    return (
        *(
            Refusal(
                Because.BYTES_CHANGED,
                f"{path} has other bytes than those that were certified: {short(there[path])} instead of {short(digest)}.",
            )
            for path, digest in wanted.items()
            if path in there and there[path] != digest
        ),
        *(
            Refusal(Because.FILE_MISSING, f"{path} was certified and is not there.")
            for path in wanted
            if path not in there
        ),
        *(
            Refusal(Because.FILE_ADDED, f"{path} was not there when the model was certified.")
            for path in there
            if path not in wanted
        ),
    )
