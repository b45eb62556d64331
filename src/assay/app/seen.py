"""Checkpoints that were kept outside of the log: a file here, a git remote there. Needs no database."""

from __future__ import annotations

from pathlib import Path

from assay.proof.checkpoint import Checkpoint
from assay.proof.note import Note


def kept_in(path: Path) -> tuple[str, Checkpoint]:
    """The checkpoint in a file, and whose it is, for a sentence. Raises MalformedNote."""
    return f"in {path}", Checkpoint.parse(Note.parse(path.read_bytes()).text)
