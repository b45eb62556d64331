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

from assay.domain.errors import AssayError
from assay.engine.executor import attempt
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
        with suppress(EOFError, BrokenPipeError, ConnectionResetError):  # the coordinator has ended
            while True:
                task, work, results = connection.recv()
                wrong = attempt(task, work, results)
                connection.send_bytes(json.dumps(_told(wrong)).encode())
    finally:
        close_children()


def _keep_freed_memory() -> None:
    """Let glibc hand freed arrays out again instead of returning them: faulting them in anew is a third of a scan."""
    with suppress(AttributeError, OSError):
        settings = ctypes.CDLL(None).mallopt
        settings(_M_MMAP_THRESHOLD, 64 << 20)
        settings(_M_TRIM_THRESHOLD, 128 << 20)


def _told(wrong: AssayError | None) -> dict[str, str]:
    if wrong is None:
        return {"error": "none"}
    said = {"message": wrong.message, "code": wrong.code, "remedy": wrong.remedy}
    return {"error": type(wrong).__name__, **said}


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_EVERY)
    os._exit(1)
