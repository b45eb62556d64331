"""The bytes of a document: read with limits, digested, and decoded to text that says what it seems to say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from assay.domain.digests import sha256_of
from assay.domain.errors import InvalidDocument, Place, Problem

MOST_BYTES = 1 << 20
"""A document is written by people; one above a mebibyte was not."""

_BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "UTF-8 with a byte-order mark"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_UNPRINTABLE = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u2027\u202f-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_HIDDEN = re.compile("[\u200b-\u200f\u2060-\u206f\u00ad]")
_UNSEEN = (
    (_UNPRINTABLE, "control_character", "A control character"),
    (_HIDDEN, "hidden_character", "An invisible character"),
)


@dataclass(frozen=True, slots=True)
class Source:
    """A document as it was read: the name to show, its text, and the SHA-256 of its bytes."""

    file: str
    text: str
    digest: str


def read_source(path: Path) -> Source:
    """Read a document of at most a mebibyte of UTF-8 text.

    Raises:
        InvalidDocument: when there is no such file, or it is not plain text; never an OSError.
    """
    return source_of(_read_bytes(path, str(path)), str(path))


def source_of(content: bytes, file: str) -> Source:
    """A document whose bytes are at hand; ``file`` is the name to show. Raises InvalidDocument: it is not plain text."""
    text = _decode(content, file)
    problems = tuple(_characters(text, file))
    if problems:
        raise InvalidDocument(problems)
    return Source(file, text, sha256_of(content))


def refuse(file: str, code: str, message: str, remedy: str, place: Place | None = None) -> InvalidDocument:
    """The error for a document that cannot be read any further."""
    return InvalidDocument((Problem(code, place or Place(file), message, remedy=remedy),))


def _read_bytes(path: Path, file: str) -> bytes:
    try:
        if path.is_dir():
            raise refuse(
                file, "is_a_directory", "A file is expected and this is a directory.", "Name a file in it."
            )
        if path.exists() and not path.is_file():
            raise refuse(file, "not_a_file", "A regular file is expected.", "Copy the text into a file.")
        with path.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise refuse(
            file, "no_such_file", "There is no such file.", "Check the name and the folder."
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name is not valid"
        raise refuse(
            file,
            "unreadable_file",
            f"The file cannot be read: {reason}.",
            "Check its name and who may read it.",
        ) from None
    if len(content) > MOST_BYTES:
        raise refuse(
            file,
            "too_large",
            f"The file is larger than {MOST_BYTES:,} bytes.",
            "A document is written by people; is this a data file?",
        )
    return content


def _decode(content: bytes, file: str) -> str:
    save = "Save it as UTF-8 without a byte-order mark."
    for mark, name in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            raise refuse(
                file, "byte_order_mark", f"Plain UTF-8 is expected; this is {name}.", save, Place(file, 1, 1)
            )
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8")
        place = place_at(file, before, len(before))
        byte = content[error.start]
        raise refuse(
            file, "not_utf8", f"UTF-8 text is expected; the byte 0x{byte:02x} here is not.", save, place
        ) from None


def place_at(file: str, text: str, index: int) -> Place:
    """Line and column of the character at ``index``."""
    start = text.rfind("\n", 0, index) + 1
    return Place(file, text.count("\n", 0, index) + 1, index - start + 1)


def hidden_in(value: str) -> tuple[str, str, str] | None:
    """The first character of a value that a reader cannot see: the code, what it is, and its name."""
    for pattern, code, what in _UNSEEN:
        if match := pattern.search(value):
            return code, what, f"U+{ord(match.group()):04X}"
    return None


def _characters(text: str, file: str) -> list[Problem]:
    """Characters that a reader cannot see, so that the text could say something other than it shows."""
    problems = []
    for pattern, code, what in _UNSEEN:
        for match in list(pattern.finditer(text))[:20]:
            name = f"U+{ord(match.group()):04X}"
            problems.append(
                Problem(
                    code,
                    place_at(file, text, match.start()),
                    f"{what} ({name}) is not allowed: what is signed must be what is seen.",
                    found=name,
                    remedy="Delete it.",
                )
            )
    return problems
