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
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import NoReturn

from assay.domain.errors import AssayError, Crash, MissingExtra, SubjectError, Unwritable
from assay.engine.executor import Results, T, Work, WorkFailed

Process = subprocess.Popen[bytes]
_ENDS_WITHIN = 5.0
_BEGIN = "import sys; sys.path[:] = sys.argv[3:]; from assay.engine.worker import main; main()"
"""Nothing is imported before the path is ours: with ``-c`` and without ``-I`` the current folder would come first."""


@dataclass(frozen=True, slots=True)
class _Worker:
    """A process of ours, and the connection over which it is handed tasks."""

    process: Process
    connection: Connection

    def end(self) -> None:
        """Let it end: it reads the end of its pipe. One that does not is killed."""
        self.connection.close()
        try:
            self.process.wait(_ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it, whatever it does."""
        self.connection.close()
        self.process.kill()
        self.process.wait()


@dataclass(frozen=True, slots=True)
class ProcessPool:
    """At most so many worker processes, kept from one reading of a run to the next: to start one takes half a second."""

    workers: int
    _idle: list[_Worker] = field(default_factory=list, repr=False, compare=False)
    _working: list[_Worker] = field(default_factory=list, repr=False, compare=False)

    def run(self, tasks: Sequence[T], work: Work[T], results: Results) -> Generator[T]:
        """See :class:`~assay.engine.executor.Executor`. Crash: ``worker_died`` when a worker was killed."""
        queue = deque(tasks)
        busy: dict[Connection, tuple[_Worker, T]] = {}
        try:
            finished: list[T] = []
            while queue or busy:
                while queue and len(busy) < self.workers:
                    worker = self._idle.pop() if self._idle else _start()
                    self._working.append(worker)
                    task = queue.popleft()
                    busy[worker.connection] = worker, task
                    _hand_out(worker, task, work, results)
                yield from finished  # while the workers have the next ones
                finished = []
                for connection in _readable(busy):
                    worker, task = busy[connection]
                    _check_answer(worker)
                    del busy[connection]
                    self._working.remove(worker)
                    self._idle.append(worker)
                    finished.append(task)
            yield from finished
        except BaseException:
            self.close()  # one that failed, or was interrupted, may still do something
            raise

    def close(self) -> None:
        """See :class:`~assay.engine.executor.Executor`."""
        for working, workers in ((True, self._working), (False, self._idle)):
            while workers:
                worker = workers.pop()
                worker.kill() if working else worker.end()


def _readable(connections: Collection[Connection]) -> list[Connection]:
    ready = set(map(id, wait(list(connections))))
    return [connection for connection in connections if id(connection) in ready]


def _start() -> _Worker:
    ours, theirs = multiprocessing.Pipe()
    with theirs:
        command = [sys.executable, "-I", "-c", _BEGIN, str(theirs.fileno()), str(os.getpid()), *_path()]
        # Out of the terminal's group: an interrupt is the coordinator's to handle.
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and program
            command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, process_group=0
        )
    return _Worker(process, ours)


def _path() -> list[str]:
    """Where a worker looks for modules: where this process does, but for wherever it happens to be."""
    return [entry for entry in sys.path if isinstance(entry, str) and entry]


def _hand_out(worker: _Worker, task: T, work: Work[T], results: Results) -> None:
    try:
        worker.connection.send((task, work, results))
    except (BrokenPipeError, ConnectionResetError):
        _died(worker.process)


def _check_answer(worker: _Worker) -> None:
    """Raise what the worker says went wrong."""
    try:
        told = json.loads(worker.connection.recv_bytes(maxlength=1 << 20))
    except (EOFError, OSError):
        _died(worker.process)
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
