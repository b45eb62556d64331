"""An executor that runs everything in this process, for tests, for functions at hand, and to step through."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass

from assay.engine.executor import Results, T, Work


@dataclass(frozen=True, slots=True)
class InProcess:
    """One task after the other, here."""

    def run(self, tasks: Sequence[T], work: Work[T], results: Results) -> Generator[T]:
        """See :class:`~assay.engine.executor.Executor`; other exceptions than Assay's own come out as they are."""
        for task in tasks:
            results.write(task.key, work(task, results))
            yield task
