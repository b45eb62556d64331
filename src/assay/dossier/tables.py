"""The dossier on a terminal: the decision, its reasons, and a table per stage. Readable at 80 columns without colour."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass

from rich import box
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from assay.domain import figures
from assay.domain.assessment import Judged
from assay.domain.record import Record
from assay.domain.standing import Standing
from assay.domain.vocabulary import Outcome, Tier, Verdict
from assay.dossier import wording
from assay.dossier.blocks import Badge, Inline, Rich
from assay.dossier.lookup import Lookup
from assay.dossier.sections.opening import opening
from assay.dossier.sections.summary import bound, estimate

_STYLE = {
    Verdict.PASS: "green",
    Verdict.FAIL: "red",
    Verdict.INCONCLUSIVE: "yellow",
    Verdict.NOT_EVALUABLE: "yellow",
    Verdict.ERROR: "red",
}
_BORDER = {Outcome.CERTIFIED: "green", Outcome.CONDITIONAL: "yellow", Outcome.WITHHELD: "red"}


def stage_tables(record: Record) -> list[StageTable]:
    """A table per stage, in the order of the stages; "Point" is what a point estimate would have said."""
    stages = [
        (wording.STAGE[stage], [_row(j) for j in judged] or [_NO_VERDICT])
        for stage, judged in Lookup(record).by_stage
    ]
    cells = [row.cells for _, rows in stages for row in rows]
    widths = tuple(max(cell_len(c) for c in column) for column in zip(_HEADINGS, *cells, strict=True))
    return [StageTable(title, tuple(rows), widths) for title, rows in stages]


def decision_panel(record: Record, standing: Standing | None = None) -> Panel:
    """The first screen of the page: decision, reasons, waivers, and about what nothing is said."""
    said = opening(Lookup(record), standing=standing)
    parts: list[RenderableType] = [Text(wording.visible(said.means))]
    if said.rehearsal:
        parts.append(Text(said.rehearsal, style="bold"))
    if said.demo:
        parts.append(Text(f"\nDEMO: {said.demo}", style="bold"))
    for title, items in (
        ("Conditions", said.conditions),
        (said.reasons_title, said.reasons),
        ("Would be conditions", said.also),
        ("Advice, not required", said.advice),
        ("Bypass used", tuple((text,) for text in said.bypasses)),
        ("Waived", said.waived),
        ("Changed after a result", said.changed),
        ("Not decided for", said.undecided),
        ("Nothing is said about", said.silent),
    ):
        if items:
            parts += [Text(f"\n{title}", style="bold"), *(_item(item) for item in items)]
    if said.point:
        parts.append(Text("\n") + _rich(said.point))
    parts.append(Text(f"\nIsolation: {wording.isolation(record.environment.isolation)}."))
    parts += [Text(f"\n{said.bound_title}", style="bold"), _rich(said.bound)]
    title = f"{'REHEARSAL: ' if said.rehearsal else ''}{said.word.upper()} · {said.name}"
    return Panel(
        Group(*parts),
        title=Text(f"\n{title}", style="bold"),
        border_style=_BORDER[said.outcome],
        box=box.ROUNDED,
    )


_HEADINGS = ("Criterion", "Tier", "Asked", "Estimate", "Bound", "Verdict", "Point")
_RIGHT = ("Asked", "Estimate", "Bound")
_ROOMY = 100
"""From this width on tiers are spelt out and columns stand further apart."""


@dataclass(frozen=True, slots=True)
class Row:
    """One criterion: its cells as text, and its verdict."""

    cells: tuple[str, ...]
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class StageTable:
    """A table that uses the width it is given: numbers are never broken, long names at their hyphens.

    ``widths`` are those of the whole record, so that its tables stand under each other.
    """

    title: str
    rows: tuple[Row, ...]
    widths: tuple[int, ...]

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        """The title and the table."""
        gap, widths = self._layout(options.max_width)
        table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=0)
        for i, (heading, width) in enumerate(zip(_HEADINGS, widths, strict=True)):
            table.add_column(
                heading,
                width=width,
                justify="right" if heading in _RIGHT else "left",
                no_wrap=i > 0,
            )
        for row in self.rows:
            table.add_row(*self._cells(row, widths))
        table.padding = (0, gap, 0, 0)
        yield Text(f"\n{self.title}", style="bold")
        yield table

    def _layout(self, width: int) -> tuple[int, tuple[int, ...]]:
        """The gap between columns and the width of each; the criterion's name takes what the others leave."""
        roomy = width >= _ROOMY
        gap = 2 if roomy else 0
        tier = self.widths[1] if roomy else max(len(t) for t in (*wording.TIER_SHORT.values(), _HEADINGS[1]))
        others = (tier, *self.widths[2:])
        between = len(others) * (gap + 1)
        name = max(min(self.widths[0], width - sum(others) - between - gap), _LEAST_NAME)
        return gap, (name, *others)

    def _cells(self, row: Row, widths: tuple[int, ...]) -> Iterable[str | Text]:
        name, tier, *numbers, verdict, point = row.cells
        yield Text("\n".join(textwrap.wrap(name, widths[0])) or name)
        yield tier if len(tier) <= widths[1] else wording.TIER_SHORT[Tier(tier)]
        yield from numbers
        yield Text(verdict, style=_STYLE[row.verdict])
        yield point


_LEAST_NAME = 12
_NO_VERDICT = Row(
    (
        "(required, no verdict)",
        "",
        "",
        "",
        "",
        f"{wording.MARK[Verdict.NOT_EVALUABLE]} {wording.VERDICT[Verdict.NOT_EVALUABLE]}",
        figures.NONE,
    ),
    Verdict.NOT_EVALUABLE,
)


def _row(j: Judged) -> Row:
    a = j.assessment
    cells = (
        wording.visible(a.criterion),
        a.tier.value,
        f"{a.comparator.sign} {figures.threshold(a.threshold)}",
        estimate(a),
        bound(a),
        badge(j.verdict).plain,
        wording.POINT.get(a.point_verdict, figures.NONE),
    )
    return Row(cells, j.verdict)


def badge(verdict: Verdict) -> Text:
    """A verdict with its mark and its word."""
    return Text(f"{wording.MARK[verdict]} {wording.VERDICT[verdict]}", style=_STYLE[verdict])


def _item(item: Rich) -> Table:
    grid = Table.grid(padding=(0, 1))
    grid.add_column()
    grid.add_column(overflow="fold")
    grid.add_row("-", _rich(item))
    return grid


def _rich(text: Rich) -> Text:
    return Text().join(_part(part) for part in text)


def _unbroken(text: str) -> str:
    """A terminal breaks lines at any space, also at those that must not break."""
    return re.sub(r"(?<=\d)\s%", "%", text)


def _part(part: Inline) -> Text:
    if isinstance(part, str):
        return Text(_unbroken(wording.visible(part)))
    if isinstance(part, Badge):
        return badge(part.verdict)
    return Text(wording.visible(part.text), style="bold" if part.kind == "strong" else "")
