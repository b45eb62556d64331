"""The runs that were made here, oldest first: one line each, appended whole."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from assay.store.blobs import CorruptBlob
from assay.store.lines import append_line, whole_lines


@dataclass(frozen=True, slots=True)
class Run:
    """One run: when it ended (UTC, this machine's word), what it judged and found.

    ``record``, ``specification`` and ``rows`` are digests, the last of the data set that was judged.
    """

    ended: str
    name: str
    record: str
    specification: str
    rows: str
    outcome: str
    rehearsal: bool


@dataclass(frozen=True, slots=True)
class RunList:
    """A file of JSON lines, which nothing binds: which runs count, the log says."""

    path: Path

    def append(self, run: Run) -> None:
        """Add a run; the line reaches the disk before this returns.

        What a crash left of a line is cut off first, so that this one begins a line of its own.

        Raises:
            Unwritable: with the path and what the system said.
        """
        append_line(self.path, json.dumps(asdict(run), sort_keys=True).encode())

    def all(self) -> tuple[Run, ...]:
        """Every run; a last line that was cut off by a crash is not one.

        Raises:
            CorruptBlob: ``runs_corrupt`` when a line is no run.
        """
        try:
            return tuple(Run(**json.loads(line)) for line in whole_lines(self.path))
        except (ValueError, TypeError) as wrong:
            raise CorruptBlob(
                f"{self.path} holds a line that is no run.",
                code="runs_corrupt",
                remedy="Restore it from a copy, or move it away: records are kept by digest beside it.",
            ) from wrong
