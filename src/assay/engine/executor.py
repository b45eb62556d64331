"""The seam between what is counted and where: tasks go to an executor, results to a store, each once and under its key.

An executor yields tasks in any order as they finish; what is handed on is read back from the store in the order of the
tasks, so that the bytes do not depend on where, or in how many places, they were made.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from contextlib import closing
from typing import Protocol, TypeVar

from assay.domain.errors import AssayError, Crash, raised
from assay.domain.vocabulary import Reason
from assay.engine.progress import Progress, Silence


class Task(Protocol):
    """What can be run: picklable, with a key that names its result and a number of rows for progress."""

    @property
    def key(self) -> str:
        """Hexadecimal digest of everything that the result depends on."""

    @property
    def rows(self) -> int:
        """Rows that it reads."""


class Results(Protocol):
    """Where results are kept by key. Picklable: workers write to it."""

    def read(self, key: str) -> bytes | None:
        """The result of this key, or None when there is none that can be believed."""

    def write(self, key: str, data: bytes) -> None:
        """Keep a result: all of it or nothing, whenever the process is killed."""

    def sweep(self) -> None:
        """Delete what dead processes left unfinished."""


T = TypeVar("T", bound=Task)
Work = Callable[[T, Results], bytes]
"""Does a task; what it is told by more than the task itself it reads from the results, where it can be believed."""


class Executor(Protocol):
    """Where tasks run: this process, a pool of processes, a cluster."""

    def run(self, tasks: Sequence[T], work: Work[T], results: Results) -> Generator[T]:
        """Do each task and keep its result, then yield it; in any order. Closing the generator ends what runs.

        Raises:
            SubjectError, Crash, MissingExtra, Unwritable: as ``work`` raised it. WorkFailed: for any other exception.
        """

    def close(self) -> None:
        """End what it kept for the next tasks."""


class WorkFailed(AssayError):
    """A task raised something that is not an error of Assay: a defect in a check or in Assay itself."""


def attempt(task: T, work: Work[T], results: Results) -> AssayError | None:
    """Do a task and keep its result: the boundary of every executor, where a defect becomes an error of Assay.

    Returns:
        What went wrong, or None. :class:`WorkFailed` does not repeat what the defect said, which may quote a row.
    """
    try:
        results.write(task.key, work(task, results))
    except AssayError as wrong:
        return wrong
    except KeyboardInterrupt:
        raise
    except BaseException as wrong:  # noqa: BLE001 - the boundary: a defect in a check, or one that exits, becomes a verdict
        failed = WorkFailed(f"A task raised {raised(wrong)}.", code=Reason.CHECK_CRASHED.value)
        failed.__cause__ = wrong
        return failed
    return None


def execute(
    tasks: Sequence[T],
    work: Work[T],
    *,
    executor: Executor,
    results: Results,
    progress: Progress | None = None,
    reuse: bool = True,
) -> Generator[bytes]:
    """The result of each task, in the order of the tasks. Tasks of one key are run once, results are not held.

    Args:
        work: picklable (a function of a module that is not the script, or ``functools.partial`` of one) unless the
            executor runs it in this process.
        reuse: whether results that are kept already count.

    Raises:
        As the executor; Crash: ``partial_lost`` when a finished result cannot be read back. KeyboardInterrupt:
            finished results stay.
    """
    told = progress or Silence()
    results.sweep()
    done: set[str] = set()
    to_do: dict[str, T] = {}
    for task in tasks:
        if task.key in done or task.key in to_do:
            continue
        if reuse and results.read(task.key) is not None:
            done.add(task.key)
            told.advance(task.rows)
        else:
            to_do[task.key] = task
    awaited = deque(task.key for task in tasks)
    with closing(executor.run(list(to_do.values()), work, results)) as finished:
        yield from _in_turn(awaited, done, results)
        for task in finished:
            done.add(task.key)
            told.advance(task.rows)
            yield from _in_turn(awaited, done, results)


def _in_turn(awaited: deque[str], done: Collection[str], results: Results) -> Iterator[bytes]:
    """The results that are next in order and finished, read back from the store."""
    while awaited and awaited[0] in done:
        yield read_back(awaited.popleft(), results, "A finished result")


def read_back(key: str, results: Results, what: str) -> bytes:
    """What was kept under a key; ``what`` it is, for who is told that it was lost. Raises Crash: ``partial_lost``."""
    kept = results.read(key)
    if kept is None:
        raise Crash(f"{what} could not be read back from disk.", code="partial_lost")
    return kept
