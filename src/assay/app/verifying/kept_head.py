"""The file in which a verifier keeps the head of the log that it saw last."""

from __future__ import annotations

from pathlib import Path

from assay.domain.errors import AssayError, ExitCode
from assay.proof.head import Head
from assay.proof.verification import Verification
from assay.store.blobs import write_whole


class BrokenHead(AssayError):
    """A file that holds no head of a log."""

    exit_code = ExitCode.NO_VERDICT


def read_head(path: Path | None) -> Head | None:
    """The head that is kept there; None when none was kept yet.

    Raises:
        BrokenHead: something else is kept there.
    """
    if path is None or not path.exists():
        return None
    try:
        return Head.parse(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as wrong:
        raise BrokenHead(
            f"{path} does not hold the head of a log: {wrong}.",
            code="head_broken",
            remedy="Put back the file that this verifier wrote; without it a rollback of the log goes unseen. A signed checkpoint is "
            "compared with: assay log verify --checkpoint FILE",
        ) from None


def keep_head(path: Path | None, found: Verification) -> None:
    """Keep the head of the log that was accepted; a refusal leaves what was there."""
    if path is not None and found.accepted and found.head is not None:
        write_whole(path, found.head.text().encode())
