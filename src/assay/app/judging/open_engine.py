"""The engine of a run: its workers, and where it keeps partial counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

from assay.engine.engine import Engine, executor_of, silent
from assay.engine.partials import PartialStore
from assay.engine.progress import Progress
from assay.store.secret import user_secret
from assay.store.workspace import Workspace


@contextmanager
def open_engine(
    specification: Path,
    *,
    workers: int = 1,
    reuse: bool = True,
    progress: Callable[[str, int], AbstractContextManager[Progress]] = silent,
) -> Iterator[Engine]:
    """The engine that keeps its partial counts beside a specification; its workers end with the context."""
    partials = PartialStore(Workspace.beside(specification).partials, user_secret())
    with closing(executor_of(workers)) as executor:
        yield Engine(executor, partials, reuse=reuse, progress=progress)
