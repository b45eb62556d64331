"""The program of a worker: a fresh interpreter that does the tasks it is handed until its pipe ends."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import threading
import time
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

from assay.domain.errors import AssayError, raised
from assay.engine.executor import Results, Work, WorkFailed
from assay.sandbox.launch import close_children

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # malloc.h
_LOOK_EVERY = 0.2


def main() -> None:
    """Do what is asked until the pipe ends. Dies with its parent; leaves an interrupt to it."""
    descriptor, parent = int(sys.argv[1]), int(sys.argv[2])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    _keep_freed_memory()
    connection = Connection(descriptor)
    try:
        with suppress(EOFError):
            work, results = connection.recv()
            while True:
                connection.send_bytes(json.dumps(_outcome(work, connection.recv(), results)).encode())
    finally:
        close_children()


def _keep_freed_memory() -> None:
    """Let glibc hand freed arrays out again instead of returning them: faulting them in anew is a third of a scan."""
    with suppress(AttributeError, OSError):
        settings = ctypes.CDLL(None).mallopt
        settings(_M_MMAP_THRESHOLD, 64 << 20)
        settings(_M_TRIM_THRESHOLD, 128 << 20)


def _outcome(work: Work[Any], task: Any, results: Results) -> dict[str, str]:
    try:
        results.write(task.key, work(task, results))
    except AssayError as wrong:
        return _told(wrong)
    except Exception as wrong:  # noqa: BLE001 - the boundary: a defect in a check becomes a verdict
        return _told(WorkFailed(f"A task raised {raised(wrong)}.", code="check_crashed"))
    return {"error": "none"}


def _told(wrong: AssayError) -> dict[str, str]:
    said = {"message": wrong.message, "code": wrong.code, "remedy": wrong.remedy}
    return {"error": type(wrong).__name__, **said}


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_EVERY)
    os._exit(1)
