"""How a child process is started: its environment, its pipes, and what it is told of its fences."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import shutil
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assay.domain.errors import SubjectError
from assay.sandbox import child as protocol
from assay.sandbox.notices import Notices
from assay.sandbox.pipe import Pipe

ALLOWED_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "TZ", "TMPDIR")
_FIXED_ENVIRONMENT = {
    "HOME": "/nonexistent",  # who asks for a home gets one without asking the system who runs this
    "LC_ALL": "C.UTF-8",
    "PYTHONHASHSEED": "0",
    "PYTHONSAFEPATH": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}
WITHOUT_FENCES = "ASSAY_DANGEROUSLY_WITHOUT_FENCES"
"""Names of fences, with commas between, that children are to go without. The record tells of it."""
FOLDER = str(Path(__file__).resolve().parent.parent)
"""The package, from which a child imports what it is asked."""


def without_fences() -> tuple[str, ...]:
    """The fences that whoever started this run wants children to go without."""
    names = (name.strip() for name in os.environ.get(WITHOUT_FENCES, "").split(","))
    return tuple(sorted({name for name in names if name}))


def asked_fences(target: str, readable: Sequence[str], descriptors: Sequence[int]) -> dict[str, Any]:
    """What a child is told of its fences; ``scratch`` is a folder in which it must fail to write."""
    file = target.rpartition(":")[0]
    return {
        "folder": FOLDER,
        "readable": [*readable, *([file] if file.endswith(".py") else [])],
        "descriptors": list(descriptors),
        "scratch": _scratch(),
        "without": without_fences(),
    }


def spawn(
    interpreter: str, descriptors: Sequence[int], through: Sequence[str]
) -> tuple[subprocess.Popen[bytes], Pipe, Notices]:
    """Start a child of this interpreter, perhaps ``through`` another program; the pipe to it, and what it is caught at.

    Raises:
        SubjectError: ``interpreter_not_found``.
    """
    parent = 0 if through else os.getpid()  # else bubblewrap is, and ends it when we end
    child_reads, we_write = _pipe()
    we_read, child_writes = _pipe()
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    inherited = (child_reads, child_writes, theirs.fileno())
    try:
        if through and shutil.which(interpreter) is None:  # bubblewrap would not tell
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        process = subprocess.Popen(  # noqa: S603 - our own file; the interpreter is what the user named
            [*through, interpreter, "-s", "-B", protocol.__file__, *map(str, inherited), str(parent)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env=_environment(),
            pass_fds=(*inherited, *descriptors),
            start_new_session=True,
        )
    except OSError as wrong:
        os.close(we_write)
        os.close(we_read)
        ours.close()
        raise SubjectError(
            f"The interpreter {interpreter} could not be started ({wrong.strerror}).",
            code="interpreter_not_found",
            remedy="Name a Python 3.10 or newer that has numpy and pyarrow.",
        ) from wrong
    finally:
        os.close(child_reads)
        os.close(child_writes)
        theirs.close()
    notices = Notices(ours)
    return process, Pipe(we_read, we_write, notices, lambda: process.poll() is not None), notices


def _pipe() -> tuple[int, int]:
    """A pipe that holds much, where the system lets it: fewer turns between who writes and who reads."""
    reader, writer = os.pipe()
    with contextlib.suppress(OSError):
        fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 1 << 20)
    return reader, writer


def _environment() -> dict[str, str]:
    allowed = {name: os.environ[name] for name in ALLOWED_ENVIRONMENT if name in os.environ}
    return {**allowed, **_FIXED_ENVIRONMENT}


def _scratch() -> str:
    """A folder in which anybody may write, and a child must not; nothing is written to find it."""
    places = (os.environ.get("TMPDIR", ""), "/tmp", "/var/tmp", "/dev/shm")  # noqa: S108
    return next((place for place in places if place and Path(place).is_dir()), "/")
