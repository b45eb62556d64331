"""Each group's rate and its ratio to the highest, beside a criterion about ratios: as New York's rule prints them (6 RCNY § 5-303).

Groups that were set aside as small stand there with their rows and rates, and with the number of people of no group.
"""

from __future__ import annotations

from collections.abc import Iterable

from assay.domain import figures
from assay.domain.assessment import Judged
from assay.domain.evidence import CUTS, Combination, Combined, Compare, Counts, Rate, Rates, aside_of
from assay.domain.ratios import over_highest
from assay.dossier import wording
from assay.dossier.blocks import Block, Column, Paragraph, Rich, Table
from assay.dossier.lookup import Lookup


def ratios(lookup: Lookup, judged: Judged) -> Iterable[Block]:
    """The table of a criterion about ratios of groups, and who is not in it; nothing for any other."""
    a = judged.assessment
    cells = _cells(lookup.counts(judged))
    if not cells:
        return
    judged_labels = {cell.label for cell in cells}
    apart = [
        cell for cell in _cells(lookup.counts_of(aside_of(a.criterion))) if cell.label not in judged_labels
    ]
    rows: list[tuple[Rich, ...]] = [
        (
            (one.label,),
            (figures.count(one.rows),),
            (figures.count(one.selected),),
            (figures.percent(float(one.rate)) if one.rate is not None else figures.NONE,),
            (figures.number(float(one.ratio)) if one.ratio is not None else figures.NONE,),
        )
        for one in over_highest(cells)
    ]
    rows += [
        (
            (cell.label, " (set aside)"),
            (figures.count(cell.trials),),
            (figures.count(cell.events),),
            (figures.percent(cell.events / cell.trials) if cell.trials else figures.NONE,),
            (figures.NONE,),
        )
        for cell in apart
    ]
    columns = (
        Column("Group"),
        *(Column(t, numeric=True) for t in ("Rows", "Of them", "Rate", "Ratio to the highest")),
    )
    yield Table(f"Rates, and their ratios to the highest ({a.criterion})", columns, tuple(rows), open_rows=6)
    if (unknown := _in_no_group(lookup, a.across)) > 0:
        yield Paragraph(
            (f"{wording.plural(unknown, 'row')} of no group of {wording.grouping(a.across)} are not in it.",)
        )


def _cells(counts: Counts | None) -> tuple[Rate, ...]:
    if isinstance(counts, Rates) and counts.compare is Compare.RATIO:
        families = {cell.family for cell in counts.cells}
        return counts.cells if len(families) == 1 else ()
    if isinstance(counts, Combined) and counts.combination is Combination.SCORING_RATIO:
        return tuple(cell for cell in counts.cells if cell.family == CUTS[0])
    return ()


def _in_no_group(lookup: Lookup, across: str) -> int:
    inside = sum(group.rows for group in lookup.record.groups if group.grouping == across)
    return lookup.record.rows_used - inside if inside else 0
