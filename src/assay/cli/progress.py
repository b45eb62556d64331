"""How far a pass is: a bar with rows a second and time left on a terminal, silence in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as RichBar
    from rich.progress import TaskID


class Bar:
    """Told of rows that are done; nothing is shown of them without a bar."""

    def __init__(self, bar: RichBar | None = None, task: TaskID | None = None) -> None:
        self._bar = bar
        self._task = task

    def advance(self, rows: int) -> None:
        """So many more rows are done."""
        if self._bar is None or self._task is None:
            return
        self._bar.advance(self._task, rows)
        speed = self._bar.tasks[0].speed
        if speed is not None:
            self._bar.update(self._task, speed=f"{speed:,.0f} rows/s")


@contextmanager
def progress(title: str, rows: int, *, console: Console | None = None) -> Iterator[Bar]:
    """A bar on standard error while that is a terminal, else silence.

    Args:
        title: what is done, a few words. rows: rows in all. console: instead of standard error.
    """
    if not (console.is_terminal if console is not None else sys.stderr.isatty()):
        yield Bar()
        return
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as RichBar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[speed]}"),
        TimeRemainingColumn(),
    )
    with RichBar(*columns, console=console or _standard_error(), transient=True) as bar:
        yield Bar(bar, bar.add_task(title, total=rows, speed=""))


def _standard_error() -> Console:
    from rich.console import Console

    return Console(stderr=True)
