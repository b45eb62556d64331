"""A file of lines that only grows: a line is on the disk before its writer goes on, and one that was cut off is none."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from assay.domain.errors import writing
from assay.store.parents import make_parent


def append_line(path: Path, line: bytes, *, mode: int = 0o666) -> None:
    """Add a line, without its end; what a crash or a full disk left of one is cut off first, so that this one begins anew.

    Args:
        mode: of the file where it is made here, less the umask.

    Raises:
        Unwritable: with the path and what the system said.
    """
    with writing(path):
        make_parent(path)
        with os.fdopen(os.open(path, os.O_CREAT | os.O_APPEND | os.O_RDWR, mode), "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            written = file.read()
            whole = written.rfind(b"\n") + 1
            if whole < len(written):
                file.truncate(whole)
            file.write(line + b"\n")
            file.flush()
            os.fsync(file.fileno())


def whole_lines(path: Path) -> list[bytes]:
    """Every line that is whole and not empty; none where there is no file."""
    if not path.is_file():
        return []
    return [line for line in path.read_bytes().split(b"\n")[:-1] if line]
