"""Checkpoints that were kept outside of the log: a file here, a git remote there. Needs no database."""

from __future__ import annotations

from pathlib import Path

from assay.proof.note import Note


def kept_in(path: Path) -> tuple[str, Note]:
    """The note in a file, and whose it is, for a sentence; who signed it is not asked yet. Raises MalformedNote."""
    return f"in {path}", Note.parse(path.read_bytes())
