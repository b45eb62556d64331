"""Who was in the data, how they were decided on, and which groups are too small to say anything binding about."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from assay.domain import figures
from assay.domain.assessment import Judged, Worst
from assay.domain.record import GroupRecord
from assay.dossier import wording
from assay.dossier.blocks import Badge, Beside, Block, Code, Column, Figure, Paragraph, Rich, Section, Table
from assay.dossier.charts.groups import groups as chart
from assay.dossier.lookup import Lookup
from assay.dossier.sections.summary import bound, estimate


def groups(lookup: Lookup) -> Section | None:
    """The section of a record; None when no groups were declared."""
    record = lookup.record
    blocks: list[Block] = []
    for i, (grouping, members) in enumerate(groupby(record.groups, key=lambda g: g.grouping)):
        blocks += _grouping(lookup, grouping, tuple(members), i)
    aside = Section("set-aside", "Small groups set aside", tuple(_set_aside(lookup)))
    if not blocks and not record.set_aside:
        return None
    return Section("groups", "Groups", (*blocks, aside))


def _grouping(lookup: Lookup, grouping: str, members: tuple[GroupRecord, ...], i: int) -> Iterable[Block]:
    table = _table(grouping, members, lookup.record.specification.data.unit)
    drawn = chart(members, prefix=f"groups-{i}")
    if drawn is None:
        yield table
        return
    label = lookup.record.specification.prediction.label
    name = wording.grouping(grouping)
    caption = f"{name}: share decided favourably (thick bar, with its figure) and share with {label} = 1 (thin bar)."
    yield Beside((Figure(drawn, caption),), (table,))


def _table(grouping: str, members: tuple[GroupRecord, ...], unit: str | None) -> Table:
    shown = [title for title, part in _parts(members[0]) if part is not None]
    rows: tuple[tuple[Rich, ...], ...] = tuple(
        (
            (g.label, " (small) " if g.small else " ", Code(g.definition)),
            (figures.count(g.rows),),
            *((_share(part, g.rows),) for title, part in _parts(g) if title in shown),
        )
        for g in members
    )
    columns = (Column("Group"), *(Column(title, numeric=True) for title in ("Rows", *shown)))
    counted = f"; rows{wording.one_per(unit)}" if unit else ""
    return Table(f"Groups of {wording.grouping(grouping)}, with their definitions{counted}", columns, rows)


def _parts(g: GroupRecord) -> tuple[tuple[str, int | None], ...]:
    """The rows of a kind under the title of their column; None of a kind that the task does not have."""
    return (("Label 1", g.positives), ("Favourable", g.favourable), ("Correct", g.correct))


def _share(part: int | None, whole: int) -> str:
    return figures.percent(part / whole) if part is not None and whole else figures.NONE


def _set_aside(lookup: Lookup) -> Iterable[Block]:
    rule = lookup.record.specification.small_groups
    found = lookup.record.set_aside
    small = [g for g in lookup.record.groups if g.small]
    if rule is None:
        yield Paragraph(("No small-group rule was declared: every declared group gates.",))
        return
    if not found and not small:
        yield Paragraph((f"No group is under {figures.percent(rule.below_share)} of the rows.",))
        return
    yield Paragraph(
        (
            (
                f"Groups under {figures.percent(rule.below_share)} of the rows were set aside by a rule that was fixed "
                "beforehand. Their verdicts are advisory: nothing was decided about these people."
            ),
        )
    )
    if found:
        yield _aside_table(lookup, found)


def _with_label(shown: str, worst: Worst | None) -> str:
    return f"{shown} ({worst.label})" if worst is not None and worst.label else shown


def _aside_table(lookup: Lookup, found: tuple[Judged, ...]) -> Table:
    rows: tuple[tuple[Rich, ...], ...] = tuple(
        (
            (lookup.asked(j), " ", Code(j.assessment.criterion)),
            (Badge(j.verdict),),
            (_with_label(estimate(j.assessment), j.assessment.estimate),),
            (_with_label(bound(j.assessment), j.assessment.bound),),
            (j.sentence,),
        )
        for j in found
    )
    columns = (
        Column("Asked"),
        Column("Verdict, advisory"),
        Column("Estimate"),
        Column("Bound"),
        Column("Reason"),
    )
    return Table("Advisory verdicts on small groups", columns, rows)
