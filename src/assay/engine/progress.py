"""How far a pass is: a bar with rows a second and time left on a terminal, silence in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as Bar
    from rich.progress import TaskID


class Progress(Protocol):
    """Told of rows that are done."""

    def advance(self, rows: int) -> None:
        """So many more rows are done."""


class Silence:
    """Says nothing."""

    def advance(self, rows: int) -> None:
        """Say nothing."""


@contextmanager
def progress(title: str, rows: int, *, console: Console | None = None) -> Iterator[Progress]:
    """A bar on standard error while that is a terminal, else silence.

    Args:
        title: what is done, a few words. rows: rows in all. console: instead of standard error.
    """
    if not (console.is_terminal if console is not None else sys.stderr.isatty()):
        yield Silence()
        return
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[speed]}"),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=console or _standard_error(), transient=True) as bar:
        yield _Shown(bar, bar.add_task(title, total=rows, speed=""))


class _Shown:
    def __init__(self, bar: Bar, task: TaskID) -> None:
        self._bar = bar
        self._task = task

    def advance(self, rows: int) -> None:
        self._bar.advance(self._task, rows)
        speed = self._bar.tasks[0].speed
        if speed is not None:
            self._bar.update(self._task, speed=f"{speed:,.0f} rows/s")


def _standard_error() -> Console:
    from rich.console import Console

    return Console(stderr=True)
