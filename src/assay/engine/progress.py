"""Who is told how far a pass is; how that is shown is for the command line to say."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Told of rows that are done."""

    def advance(self, rows: int) -> None:
        """So many more rows are done."""


class Silence:
    """Says nothing."""

    def advance(self, rows: int) -> None:
        """Say nothing."""
