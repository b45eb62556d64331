"""Run tasks here or in worker processes, each result once and under its key; the bytes do not depend on where.

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
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from contextlib import closing, suppress
from multiprocessing.connection import Connection, wait
from typing import NoReturn, Protocol, TypeVar

from assay.domain.errors import AssayError, Crash, MissingExtra, SubjectError, Unwritable
from assay.engine.partials import PartialStore
from assay.engine.progress import Progress, Silence


class Task(Protocol):
    """What can be run: picklable, with a key that names its result and a number of rows for progress."""

    @property
    def key(self) -> str:
        """Hexadecimal digest of everything that the result depends on."""

    @property
    def rows(self) -> int:
        """Rows that it reads."""


T = TypeVar("T", bound=Task)
Process = subprocess.Popen[bytes]
_BEGIN = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[3]); from assay.engine.worker import main; main()"
)


class WorkFailed(AssayError):
    """A task raised something that is not an error of Assay: a defect in a check or in Assay itself."""


def execute(
    tasks: Sequence[T],
    work: Callable[[T], bytes],
    *,
    workers: int,
    partials: PartialStore,
    progress: Progress | None = None,
    reuse: bool = True,
) -> Generator[bytes]:
    """The result of each task, in the order of the tasks. Tasks of one key are run once, results are not held.

    Args:
        work: picklable (a function of a module that is not the script, or ``functools.partial`` of one) unless
            ``workers`` is 0.
        workers: processes; 0 runs everything in this process. reuse: whether stored results count.

    Raises:
        SubjectError, Crash: as ``work`` raised it (other errors of Assay come back as SubjectError). Crash: ``worker_died`` when a worker was killed.
        WorkFailed: ``check_crashed`` for any other exception in a worker. KeyboardInterrupt: finished results stay.
    """
    told = progress or Silence()
    partials.sweep()
    done: set[str] = set()
    to_do: dict[str, T] = {}
    for task in tasks:
        if task.key in done or task.key in to_do:
            continue
        if reuse and partials.read(task.key) is not None:
            done.add(task.key)
            told.advance(task.rows)
        else:
            to_do[task.key] = task
    waiting = list(to_do.values())
    running = (
        _in_workers(waiting, work, min(workers, len(waiting)), partials)
        if workers
        else _here(waiting, work, partials)
    )
    awaited = deque(task.key for task in tasks)
    with closing(running) as finished:
        yield from _in_turn(awaited, done, partials)
        for task in finished:
            done.add(task.key)
            told.advance(task.rows)
            yield from _in_turn(awaited, done, partials)


def _in_turn(awaited: deque[str], done: Collection[str], partials: PartialStore) -> Iterator[bytes]:
    """The results that are next in order and finished, read back from disk."""
    while awaited and awaited[0] in done:
        result = partials.read(awaited.popleft())
        if result is None:
            raise Crash("A finished result could not be read back from disk.", code="partial_lost")
        yield result


def _here(tasks: Sequence[T], work: Callable[[T], bytes], partials: PartialStore) -> Generator[T]:
    for task in tasks:
        partials.write(task.key, work(task))
        yield task


def _in_workers(
    tasks: Sequence[T], work: Callable[[T], bytes], workers: int, partials: PartialStore
) -> Generator[T]:
    queue = deque(tasks)
    busy: dict[Connection, tuple[Process, T]] = {}
    started: list[Process] = []
    try:
        for _ in range(workers):
            process, connection = _start(work, partials)
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


def _start(work: Callable[[T], bytes], partials: PartialStore) -> tuple[Process, Connection]:
    ours, theirs = multiprocessing.Pipe()
    with theirs:
        command = [sys.executable, "-c", _BEGIN, str(theirs.fileno()), str(os.getpid()), json.dumps(sys.path)]
        # Out of the terminal's group: an interrupt is the coordinator's to handle.
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and program
            command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, process_group=0
        )
    with suppress(BrokenPipeError, ConnectionResetError):  # told when it is handed its first task
        ours.send((work, partials))
    return process, ours


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
