"""How to run: where tasks go, where their results are kept, whether earlier ones count, who is told."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from assay.domain.errors import AssayError
from assay.engine.executor import Executor, T, Work, execute
from assay.engine.partials import PartialStore
from assay.engine.process_pool import ProcessPool
from assay.engine.progress import Progress, Silence


@contextmanager
def silent(title: str, rows: int) -> Iterator[Progress]:  # noqa: ARG001 - says nothing of them
    """Progress that nobody watches."""
    yield Silence()


@dataclass(frozen=True, slots=True)
class Engine:
    """What a run is given; a cluster would be another executor and another store of results."""

    executor: Executor
    partials: PartialStore
    reuse: bool = True
    progress: Callable[[str, int], AbstractContextManager[Progress]] = silent

    def keep(self, data: bytes) -> str:
        """Keep something that tasks are told by key, so that a worker can believe it; the key."""
        key = hashlib.sha256(b"told\0" + data).hexdigest()
        if self.partials.read(key) != data:
            self.partials.write(key, data)
        return key

    def results(
        self, tasks: Sequence[T], work: Work[T], *, told: Progress, reuse: bool = True
    ) -> Generator[bytes]:
        """The result of each task, in order; kept ones count only where the engine and the caller both say so."""
        return execute(
            tasks,
            work,
            executor=self.executor,
            results=self.partials,
            progress=told,
            reuse=self.reuse and reuse,
        )


def executor_of(workers: int) -> Executor:
    """A pool of so many workers: hostile files are parsed in none but theirs.

    Raises:
        AssayError: ``no_workers`` for fewer than one.
    """
    if workers < 1:
        raise AssayError(
            f"At least one worker must read and count; {workers} were asked for.",
            code="no_workers",
            remedy="Give workers=1 or more.",
        )
    return ProcessPool(workers)
