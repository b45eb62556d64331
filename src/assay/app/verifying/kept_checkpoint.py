"""A checkpoint that was kept outside of the log, in a file. Needs no database."""

from __future__ import annotations

from pathlib import Path

from assay.proof.log_keys import KeptCheckpoint

__all__ = ["KeptCheckpoint", "kept_in"]


def kept_in(path: Path) -> KeptCheckpoint:
    """What a file holds, for a comparison; whether it is a checkpoint, and who signed it, is not asked yet."""
    return KeptCheckpoint(f"the checkpoint in {path}", path.read_bytes())
