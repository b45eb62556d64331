"""An executor that is a pool of worker processes.

Workers are interpreters of our own rather than ``concurrent.futures``: a worker that was killed is told from one that
failed, by the task it had; an interrupt ends all of them; the caller's script is not run again in them, so that a
plain one needs no ``if __name__ == "__main__"``; and what a worker says is read as JSON, never unpickled, because it
parses hostile files. A result goes to the store, so that a dead coordinator costs only unfinished tasks.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Collection, Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import NoReturn

from assay.domain.errors import AssayError, Crash, MissingExtra, SubjectError, Unwritable
from assay.engine.executor import Results, T, Work, WorkFailed

Process = subprocess.Popen[bytes]
_BEGIN = "import sys; sys.path[:] = sys.argv[3:]; from assay.engine.worker import main; main()"
"""Nothing is imported before the path is ours: with ``-c`` and without ``-I`` the current folder would come first."""


@dataclass(frozen=True, slots=True)
class ProcessPool:
    """At most so many worker processes, started for one run and ended with it."""

    workers: int

    def run(self, tasks: Sequence[T], work: Work[T], results: Results) -> Generator[T]:
        """See :class:`~assay.engine.executor.Executor`. Crash: ``worker_died`` when a worker was killed."""
        queue = deque(tasks)
        busy: dict[Connection, tuple[Process, T]] = {}
        started: list[Process] = []
        try:
            for _ in range(min(self.workers, len(tasks))):
                process, connection = _start(work, results)
                started.append(process)
                busy[connection] = (process, _hand_out(queue, connection, process))
            while busy:
                for connection in _readable(busy):
                    process, task = busy.pop(connection)
                    _check_answer(connection, process)
                    if queue:
                        busy[connection] = (process, _hand_out(queue, connection, process))
                    else:
                        connection.close()  # a worker that reads the end of its pipe ends
                    yield task
            for process in started:
                process.wait()
        finally:
            for process in started:
                process.kill()
                process.wait()


def _readable(connections: Collection[Connection]) -> list[Connection]:
    ready = set(map(id, wait(list(connections))))
    return [connection for connection in connections if id(connection) in ready]


def _start(work: Work[T], results: Results) -> tuple[Process, Connection]:
    ours, theirs = multiprocessing.Pipe()
    with theirs:
        command = [sys.executable, "-I", "-c", _BEGIN, str(theirs.fileno()), str(os.getpid()), *_path()]
        # Out of the terminal's group: an interrupt is the coordinator's to handle.
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and program
            command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, process_group=0
        )
    with suppress(BrokenPipeError, ConnectionResetError):  # told when it is handed its first task
        ours.send((work, results))
    return process, ours


def _path() -> list[str]:
    """Where a worker looks for modules: where this process does, but for wherever it happens to be."""
    return [entry for entry in sys.path if isinstance(entry, str) and entry]


def _hand_out(queue: deque[T], connection: Connection, process: Process) -> T:
    task = queue.popleft()
    try:
        connection.send(task)
    except (BrokenPipeError, ConnectionResetError):
        _died(process)
    return task


def _check_answer(connection: Connection, process: Process) -> None:
    """Raise what the worker says went wrong."""
    try:
        told = json.loads(connection.recv_bytes(maxlength=1 << 20))
    except (EOFError, OSError):
        _died(process)
    if told["error"] == "none":
        return
    kind = _ERRORS.get(told["error"], SubjectError)
    raise kind(told["message"], code=told["code"], remedy=told["remedy"])


def _died(process: Process) -> NoReturn:
    with suppress(subprocess.TimeoutExpired):
        process.wait(5)
    code = process.returncode
    how = (
        f"was killed by {signal.Signals(-code).name}"
        if code is not None and code < 0
        else f"ended by itself with exit code {code}"
    )
    raise Crash(
        f"A worker {how} while it read a partition.",
        code="worker_died",
        remedy="Start again: finished partitions are kept. If it was SIGKILL, the memory may not have sufficed.",
    )


_ERRORS: dict[str, type[AssayError]] = {
    "Crash": Crash,
    "MissingExtra": MissingExtra,
    "Unwritable": Unwritable,
    "WorkFailed": WorkFailed,
}
