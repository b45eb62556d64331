"""The dossier on a terminal: the decision, its reasons, and a table per stage. Readable at 80 columns without colour."""

from __future__ import annotations

from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from assay.domain.assessment import Judged
from assay.domain.record import Record
from assay.domain.vocabulary import Outcome, Tier, Verdict
from assay.dossier import figures, wording
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
_TIER = {Tier.CRITICAL: "crit", Tier.SUPPORTING: "supp", Tier.ADVISORY: "adv"}
_POINT = {Verdict.PASS: "pass", Verdict.FAIL: "fail"}


def stage_tables(record: Record) -> list[Table]:
    """A table per stage, in the order of the stages; "Point" is what a point estimate would have said."""
    return [_stage(wording.STAGE[stage], judged) for stage, judged in Lookup(record).by_stage]


def decision_panel(record: Record) -> Panel:
    """The first screen of the page: decision, reasons, and about what nothing is said."""
    said = opening(Lookup(record))
    parts: list[RenderableType] = [Text(wording.visible(said.means))]
    if said.rehearsal:
        parts.append(Text(said.rehearsal, style="bold"))
    for title, items in (
        ("Conditions", said.conditions),
        (said.reasons_title, said.reasons),
        ("Advice, not required", said.advice),
        ("Bypass used", tuple((text,) for text in said.bypasses)),
        ("Not decided for", said.undecided),
        ("Nothing is said about", said.silent),
    ):
        if items:
            parts += [Text(f"\n{title}", style="bold"), *(_item(item) for item in items)]
    if said.point:
        parts.append(Text("\n") + _rich(said.point))
    parts.append(Text(f"\n{said.not_bound}", style="dim"))
    title = f"{'REHEARSAL: ' if said.rehearsal else ''}{said.word.upper()} · {said.name}"
    return Panel(
        Group(*parts),
        title=Text(f"\n{title}", style="bold"),
        border_style=_BORDER[said.outcome],
        box=box.ROUNDED,
    )


def _stage(title: str, judged: tuple[Judged, ...]) -> Table:
    table = Table(
        title=Text(f"\n{title}", style="bold"),
        title_justify="left",
        box=box.SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        padding=0,
    )
    table.add_column("Criterion", overflow="fold", width=23)
    table.add_column("Tier", width=4)
    for name, width in (("Asked", 8), ("Estimate", 9), ("Bound", 8)):
        table.add_column(name, justify="right", overflow="fold", width=width)
    table.add_column("Verdict", no_wrap=True, width=15)
    table.add_column("Point", no_wrap=True, width=6)
    for j in judged:
        a = j.assessment
        table.add_row(
            Text(wording.visible(a.criterion)),
            _TIER[a.tier],
            f"{a.comparator.sign} {figures.threshold(a.threshold)}",
            estimate(a),
            bound(a),
            badge(j.verdict),
            Text(_POINT.get(a.point_verdict, figures.NONE)),
        )
    if not judged:
        table.add_row("(required, no verdict)", "", "", "", "", badge(Verdict.NOT_EVALUABLE), figures.NONE)
    return table


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
    return text.replace(figures.PERCENT, "%")


def _part(part: Inline) -> Text:
    if isinstance(part, str):
        return Text(_unbroken(wording.visible(part)))
    if isinstance(part, Badge):
        return badge(part.verdict)
    return Text(wording.visible(part.text), style="bold" if part.kind == "strong" else "")
