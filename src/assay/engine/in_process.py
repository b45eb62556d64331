"""An executor that runs everything in this process: a function at hand cannot be asked in another."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass

from assay.engine.executor import Results, T, Work, attempt


@dataclass(frozen=True, slots=True)
class InProcess:
    """One task after the other, here."""

    def run(self, tasks: Sequence[T], work: Work[T], results: Results) -> Generator[T]:
        """See :class:`~assay.engine.executor.Executor`."""
        for task in tasks:
            if (wrong := attempt(task, work, results)) is not None:
                raise wrong
            yield task

    def close(self) -> None:
        """See :class:`~assay.engine.executor.Executor`; nothing was started."""
