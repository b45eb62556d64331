"""Files that decide with the one that is named: they are in the line of what a model reads, and others give another digest."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from sqlite3 import connect

import pytest

from assay.sandbox import loaded

READER = """
import sqlite3, sys
sys.path.insert(0, sys.argv[1])
from assay.sandbox.known import Known
from assay.sandbox.loaded import FILES_READ, Loaded

loaded = Loaded("/nowhere/", Known(()))
loaded.watch()
if sys.argv[2].endswith(".db"):
    sqlite3.connect(sys.argv[2]).close()
else:
    open(sys.argv[2]).close()
print(loaded.digests().get(FILES_READ))
"""
SOURCE = Path(loaded.__file__).parents[2]


def told(file: Path) -> str:
    """The line of a process that opens this one, since nobody takes the hook away again."""
    words = [sys.executable, "-I", "-c", READER, str(SOURCE), str(file)]
    return subprocess.run(words, check=True, capture_output=True, text=True, timeout=60).stdout.strip()


@pytest.mark.parametrize("end", ["-wal", "-journal"])
def test_what_lies_beside_a_database_is_read_with_it(tmp_path: Path, end: str) -> None:
    """A write-ahead log has newer rows, and a journal the older ones to which a transaction that was broken off goes back."""
    table = tmp_path / "table.db"
    with closing(connect(table)) as made:
        made.execute("create table t (sign)")
    lines = {told(table)}
    for content in ("1", "2"):
        (tmp_path / f"table.db{end}").write_text(content)
        lines.add(told(table))
    assert len(lines) == 3
    assert "None" not in lines


@pytest.fixture
def in_memory() -> Iterator[Path]:
    """A folder in memory that all processes share."""
    if not os.access("/dev/shm", os.W_OK):
        pytest.skip("this machine has no shared memory")
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        yield Path(folder)


def test_a_file_in_shared_memory_is_anybodys_and_a_device_is_the_machines(in_memory: Path) -> None:
    weights = in_memory / "weights"
    lines = set()
    for content in ("1", "2"):
        weights.write_text(content)
        lines.add(told(weights))
    assert len(lines) == 2
    assert "None" not in lines
    assert told(Path("/dev/null")) == "None"
