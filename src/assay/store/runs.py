"""The runs that were made here, oldest first: one line each, appended whole."""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from assay.domain.errors import writing
from assay.store.blobs import CorruptBlob
from assay.store.parents import make_parent


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
        line = json.dumps(asdict(run), sort_keys=True) + "\n"
        with writing(self.path):
            make_parent(self.path)
            with self.path.open("a+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                file.seek(0)
                written = file.read()
                whole = written.rfind(b"\n") + 1
                if whole < len(written):
                    file.truncate(whole)
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
            lines = self.path.read_bytes().split(b"\n")[:-1]
            return tuple(Run(**json.loads(line)) for line in lines if line)
        except (ValueError, TypeError) as wrong:
            raise CorruptBlob(
                f"{self.path} holds a line that is no run.",
                code="runs_corrupt",
                remedy="Restore it from a copy, or move it away: records are kept by digest beside it.",
            ) from wrong
