"""Digests of bytes as other tools write them: of a file by several functions in one reading, of a folder as DVC lists it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from pathlib import Path

from assay.subject.digest import check_inside, files_below, open_regular

CHUNK = 1 << 20
TEXT_BYTES = bytes(range(32, 127)) + b"\n\r\t\f\b"
FIRST, MOST_OTHERS = 512, 0.30
"""DVC takes a file for text by its first bytes: none is zero, and at most this share is no character of ASCII."""
FUNCTIONS = ("md5", "sha1", "sha256", "sha512")


def fingerprints(path: Path, kinds: Collection[str]) -> frozenset[str]:
    """The digests of a file or folder by these functions, as ``md5:...``; those that cannot be computed of its bytes are left out.

    A file has two of md5, which differ where a text has the line ends of Windows: DVC before version 3 took them for those of Unix. A
    folder has those of md5 alone.

    Raises:
        SubjectError: the file is missing, leads out of its folder, or cannot be read.
    """
    wanted = [kind for kind in FUNCTIONS if kind in kinds]
    if not path.is_dir():
        digests, unix = _of_file(path, wanted)
        return frozenset(f"{kind}:{value}" for kind, value in digests.items()) | (
            {f"md5:{unix}"} if "md5" in wanted else set()
        )
    if "md5" not in wanted:
        return frozenset()
    plain, unix_ends = {}, {}
    for file in files_below(path):
        check_inside(file, path)
        name = file.relative_to(path).as_posix()
        digests, unix_ends[name] = _of_file(file, ("md5",))
        plain[name] = digests["md5"]
    return frozenset({manifest_digest(plain), manifest_digest(unix_ends)})


def manifest_digest(files: Mapping[str, str]) -> str:
    """The digest of a folder as DVC has it, of the md5 of each file by its relative path."""
    listed = [{"md5": files[name], "relpath": name} for name in sorted(files)]
    return f"md5:{_new('md5', json.dumps(listed, sort_keys=True).encode()).hexdigest()}.dir"


def _of_file(path: Path, wanted: Collection[str]) -> tuple[dict[str, str], str]:
    """The hexadecimal digits by function, and those of md5 with the line ends of Unix where it is a text."""
    found, unix, is_text = {kind: _new(kind) for kind in wanted}, _new("md5"), None
    with open_regular(path) as file:
        while chunk := file.read(CHUNK):
            is_text = _is_text(chunk[:FIRST]) if is_text is None else is_text
            for function in found.values():
                function.update(chunk)
            unix.update(chunk.replace(b"\r\n", b"\n") if is_text else chunk)
    return {kind: function.hexdigest() for kind, function in found.items()}, unix.hexdigest()


def _new(kind: str, content: bytes = b"") -> hashlib._Hash:
    """A hash function as an identifier of bytes, which guards nothing."""
    return hashlib.new(kind, content, usedforsecurity=False)


def _is_text(first: bytes) -> bool:
    return b"\0" not in first and len(first.translate(None, TEXT_BYTES)) <= MOST_OTHERS * len(first)
