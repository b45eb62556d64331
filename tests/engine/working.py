"""Tasks for the executor's tests, in a module that workers can import."""

from __future__ import annotations

import ctypes
import hashlib
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from assay.domain.errors import Crash, SubjectError
from assay.sandbox.launch import Child
from assay.subject.model import MODEL


@dataclass(frozen=True)
class Square:
    number: int
    folder: str = ""
    does: str = "square"
    rows: int = 10

    @property
    def key(self) -> str:
        return hashlib.sha256(f"{self.number}".encode()).hexdigest()


def run(task: Square, _results: object) -> bytes:
    if task.folder:
        Path(task.folder, f"{task.number}-{os.getpid()}").touch()
    if task.does == "refuse":
        raise SubjectError("The column is not there.", code="column_missing", remedy="Add it.")
    if task.does == "crash":
        raise Crash("The model died.", code="model_crashed")
    if task.does == "defect":
        raise ZeroDivisionError("secret of a row")
    if task.does == "leave":
        raise SystemExit(0)
    if task.does == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if task.does == "segfault":
        ctypes.string_at(0)
    if task.does == "slow":
        time.sleep(0.3)
    if task.does == "child" and task.number > 1:
        child = Child.start(
            f"{Path(__file__).parent.parent / 'sandbox' / 'misbehaving.py'}:sleeper", {}, role=MODEL
        )
        Path(task.folder, f"child-{child.pid}").touch()
        child.call("wait", {})
    return str(task.number**2).encode()
