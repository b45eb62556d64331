"""A table that fits a narrow terminal: names are folded at their joints, and no number is ever cut."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

_JOINT = re.compile(r"(?<=[-_.:/ ])")
_MOST_OF_A_WORD = 20
"""A longer word of a name is broken; a shorter one never is, however narrow the terminal."""


@dataclass(frozen=True, slots=True)
class FoldingTable:
    """A titled table whose columns are as wide as their words, but for one of names that takes what is left.

    Attributes:
        headings: of the columns. rows: as many cells each. names: the column that may be folded.
        right: headings of the columns that stand to the right.
    """

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    names: int
    right: Collection[str] = ()

    def print(self, console: Console) -> None:
        """Print it; where even the numbers do not fit, the terminal breaks its lines and nothing is left out."""
        from rich.console import Console as Wider
        from rich.table import Table
        from rich.text import Text

        gap, widths = self._layout(console.width)
        table = Table(box=None, pad_edge=False, padding=(0, gap, 0, 0))
        for heading, width in zip(self.headings, widths, strict=True):
            table.add_column(
                heading, width=width, no_wrap=True, justify="right" if heading in self.right else "left"
            )
        for row in self.rows:
            cells = (folded(cell, widths[i]) if i == self.names else cell for i, cell in enumerate(row))
            table.add_row(*(Text(cell) for cell in cells))
        needed = sum(widths) + gap * len(widths)
        out = console if needed <= console.width else Wider(highlight=False, width=needed, file=console.file)
        console.print(Text(self.title, style="table.title"))  # a table's own title is as narrow as the table
        out.print(table)

    def _layout(self, width: int) -> tuple[int, list[int]]:
        """The gap between columns, and the width of each."""
        from rich.cells import cell_len

        widths = [max(map(cell_len, column)) for column in zip(self.headings, *self.rows, strict=True)]
        gap = 2 if sum(widths) + 2 * len(widths) <= width else 1
        over = sum(widths) + gap * len(widths) - width
        if over > 0:
            names = (self.headings[self.names], *(row[self.names] for row in self.rows))
            words = (cell_len(piece.rstrip()) for name in names for piece in _JOINT.split(name))
            least = min(max(words), _MOST_OF_A_WORD)
            widths[self.names] = max(widths[self.names] - over, least)
        return gap, widths


def folded(name: str, width: int) -> str:
    """A name in lines of at most ``width`` characters, broken behind its joints; inside a word only if one is longer."""
    lines = [""]
    for piece in _JOINT.split(name):
        if lines[-1] and len(lines[-1]) + len(piece.rstrip()) > width:
            lines.append("")
        lines[-1] += piece
        while len(lines[-1].rstrip()) > width:
            lines[-1:] = [lines[-1][:width], lines[-1][width:]]
    return "\n".join(line.rstrip() for line in lines)
