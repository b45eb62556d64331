"""A record on the terminal: the decision, then a table per stage."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from assay.domain.record import Record
from assay.domain.standing import Standing
from assay.dossier.tables import decision_panel, stage_tables
from assay.dossier.wording import visible

WIDTH_IN_A_PIPE = 110


class _Console(Console):
    def render_str(self, text: str, **how: Any) -> Text:
        """Spell out what could steer the terminal before the text is measured, so that it is as wide as it was planned."""
        return super().render_str(visible(text), **how)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """The same of whatever came by another way, such as a ``Text`` that was made elsewhere."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(visible(segment.text), segment.style)

    def on_broken_pipe(self) -> None:
        """Leave the exit code to the command: rich would end with 1, which here means withheld."""
        raise BrokenPipeError


def console() -> Console:
    """As wide as the terminal, or as COLUMNS says; in a pipe otherwise wide enough for our tables."""
    made = _Console(highlight=False, markup=False, emoji=False)
    if made.is_terminal or os.environ.get("COLUMNS", "").isdecimal():
        return made
    return _Console(highlight=False, markup=False, emoji=False, width=WIDTH_IN_A_PIPE)


def print_record(record: Record, standing: Standing | None = None) -> None:
    """Print the same content as the dossier's first screen and its criteria."""
    out = console()
    out.print(decision_panel(record, standing))
    for table in stage_tables(record):
        out.print(table)
        out.print()
