"""Which slices were looked at on other rows, and which of them were found, beside a criterion that judges those alone."""

from __future__ import annotations

from collections.abc import Iterable

from assay.domain import figures
from assay.domain.assessment import Judged
from assay.domain.evidence import FoundRates, Rate
from assay.domain.evidence.found import place_of, worst_of
from assay.dossier import wording
from assay.dossier.blocks import Block, Column, Paragraph, Rich, Table
from assay.dossier.lookup import Lookup

MOST = 50
"""More slices than so many are not printed, but for those that are judged: the evidence has them all."""


def found(lookup: Lookup, judged: Judged) -> Iterable[Block]:
    """The tables of a criterion about slices that were found on other rows; nothing for any other."""
    counts, name = lookup.counts(judged), judged.assessment.criterion
    if not isinstance(counts, FoundRates):
        return
    here = {place_of(cell): cell for cell in counts.cells}
    worst_first = worst_of(counts.searched, len(counts.searched), low_is_bad=counts.low_is_bad)
    # Those of a group in which little is bad may come far down among all.
    ordered = sorted(worst_first, key=lambda cell: place_of(cell) not in here)
    shown = max(MOST, len(here))
    columns = (
        Column("Slice"),
        Column("Searched: rate", numeric=True),
        Column("Rows", numeric=True),
        Column("Judged: rate", numeric=True),
        Column("Rows", numeric=True),
    )
    rows: list[tuple[Rich, ...]] = [
        (
            (f"{cell.label} ({cell.family})" if cell.family else cell.label,),
            *_told(cell),
            *_told(here.get(place_of(cell))),
        )
        for cell in ordered[:shown]
    ]
    rest = f"; {shown:,} of {len(ordered):,} are printed" if len(ordered) > shown else ""
    yield Table(
        f"Slices that were searched for {name}, first those that are judged, and the worst first{rest}",
        columns,
        tuple(rows),
        open_rows=6,
    )
    said = f"{wording.plural(len(counts.searched), 'slice was', 'slices were')} looked at on the searched rows, which chose those that are judged"
    yield Paragraph((f"{said}: {len(here):,}. Of the others nothing is confirmed.",))


def _told(cell: Rate | None) -> tuple[Rich, Rich]:
    if cell is None:
        return (figures.NONE,), (figures.NONE,)
    rate = figures.percent(cell.events / cell.trials) if cell.trials else figures.NONE
    return (rate,), (figures.count(cell.trials),)
