"""The runs that were made here, oldest first: one line each, appended whole."""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from assay.domain.errors import writing
from assay.store.blobs import CorruptBlob


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
    """A file of JSON lines. Not yet a log: nothing binds it, which the dossier says."""

    path: Path

    def append(self, run: Run) -> None:
        """Add a run; the line reaches the disk before this returns, and one that a crash cut off goes."""
        line = json.dumps(asdict(run), sort_keys=True) + "\n"
        with writing(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX)  # what another process is writing is not cut off
                file.seek(0)
                file.truncate(file.read().rfind(b"\n") + 1)
                file.write(line.encode())
                file.flush()
                os.fsync(file.fileno())

    def all(self) -> tuple[Run, ...]:
        """Every run; a last line that was cut off by a crash is not one.

        Raises:
            CorruptBlob: ``runs_corrupt`` when a line is no run.
        """
        if not self.path.is_file():
            return ()
        try:
            lines = self.path.read_text(encoding="utf-8").split("\n")[:-1]
            return tuple(Run(**json.loads(line)) for line in lines if line)
        except (ValueError, TypeError) as wrong:
            raise CorruptBlob(
                f"{self.path} holds a line that is no run.",
                code="runs_corrupt",
                remedy="Restore it from a copy, or move it away: records are kept by digest beside it.",
            ) from wrong

    def judged_before(self, rows: str) -> int:
        """How many judged runs were made here on a data set, by its digest."""
        return sum(run.rows == rows and not run.rehearsal for run in self.all())
