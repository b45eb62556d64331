"""What a record tells of groups, held against its specification, its counts and the small-group rule.

Whoever writes a record writes these lines, too. Which groups there are and how they are defined follows from the specification;
which of them are set aside, from :mod:`assay.domain.gating` and the rows of each; and the rows of each, from the counts that
the criteria are judged by. What the reference rows say of a group is not in a record: a group that is small by the judged rows alone may gate.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial

from assay.domain import gating
from assay.domain.evidence import Of, Rate, Rates, Statistic, Told, aside_of
from assay.domain.record import GroupRecord, Record
from assay.domain.specification import Attribute, Criterion, Specification

OF_ALL_ROWS: Mapping[str, str] = {
    "performance.accuracy": "correct",
    "fairness.accuracy_parity": "correct",
    "fairness.demographic_parity": "favourable",
    "fairness.impact_ratio": "favourable",
    "fairness.ll144_selection": "favourable",
}
"""Checks whose rates are of all rows of a group, and which of its numbers the events are."""


def defined(
    specification: Specification, criterion: Criterion, small: Collection[str], *, aside: bool
) -> str:
    """To which rows a criterion is narrowed, and how the groups that it compares are defined: those that gate, or those set aside."""
    narrowed = specification.narrowed(criterion)
    said = [f"only rows where {narrowed}"] if narrowed else []
    groups = specification.groups_of(criterion.across).items() if criterion.across is not None else ()
    return "; ".join([*said, *(f"{label}: {text}" for label, text in groups if (label in small) == aside)])


def in_told_order(record: Record) -> Specification:
    """A record's specification with attributes and groups in the order in which the record tells of them.

    A document has no order of its names, and a reader has that of the file that was judged by.
    """
    place = {(g.grouping, g.label): i for i, g in reversed(list(enumerate(record.groups)))}
    first = {g.grouping: i for i, g in reversed(list(enumerate(record.groups)))}
    last = len(record.groups)

    def ordered(name: str, attribute: Attribute) -> Attribute:
        groups, bands = (
            dict(sorted(one.items(), key=lambda item: place.get((name, item[0]), last)))
            if isinstance(one, dict)
            else one
            for one in (attribute.groups, attribute.bands)
        )
        return attribute.model_copy(update={"groups": groups, "bands": bands})

    protected = sorted(record.specification.protected.items(), key=lambda item: first.get(item[0], last))
    told = {name: ordered(name, attribute) for name, attribute in protected}
    return record.specification.model_copy(update={"protected": told})


def small_of(record: Record) -> dict[str, frozenset[str]]:
    """Per grouping the groups that a record says were set aside as small."""
    return {
        name: frozenset(g.label for g in record.groups if g.grouping == name and g.small)
        for name in record.specification.groupings()
    }


def groups_contradict(record: Record, asking: Collection[str], cutting: Collection[str]) -> str:
    """Where a record contradicts itself in what it tells of groups, in one sentence; empty when it does not.

    Args:
        asking: ids of the checks of which it is known that they need the model's answers.
        cutting: of which it is known that small groups are judged apart.
    """
    told = answered(record, asking)
    if not record.groups and not (told or record.rows_used):
        return ""  # the model gave no answer, so no group has numbers
    found = (
        *_other_groups(record),
        *_impossible(record),
        *_counted_otherwise(record, told),
        *_not_small(record),
        *_aside_otherwise(record, told, cutting),
        *_other_definitions(record),
    )
    return next(iter(found), "")


def answered(record: Record, asking: Collection[str]) -> tuple[Statistic, ...]:
    """The statistics of all judged rows that there are only when the model has answered for all of them."""
    narrowed = {criterion.id for criterion in record.specification.criteria if criterion.where}
    return tuple(
        s
        for s in record.statistics
        if s.data == record.data and s.criterion not in narrowed and s.metric in asking
    )


def _other_groups(record: Record) -> Iterator[str]:
    specification = record.specification
    declared = [
        (name, label, definition)
        for name in specification.groupings()
        for label, definition in specification.groups_of(name).items()
    ]
    found = [(g.grouping, g.label, g.definition) for g in record.groups]
    if found != declared:
        wrong = next(iter([one for one in declared if one not in found] or found))
        yield (
            f"The groups in the record are not those that its specification declares: {_named(*wrong[:2])} ({wrong[2]}) is in one "
            "of both only, or elsewhere."
        )


def _impossible(record: Record) -> Iterator[str]:
    for group in record.groups:
        if not 0 <= max(_known(group), default=0) <= group.rows:
            yield f"The group {_told(group)} has {group.rows:,} rows in the record, and more of one kind than that."
    for name in record.specification.groupings():
        together = sum(g.rows for g in record.groups if g.grouping == name)
        if together > record.rows_used:
            yield f"The groups of {name} have {together:,} rows together in the record, of {record.rows_used:,} that were used."


def _counted_otherwise(record: Record, told: Collection[Statistic]) -> Iterator[str]:
    groups = {(g.grouping, g.label): g for g in record.groups}
    for statistic in told:
        for label, alike in _held(statistic):
            group = groups.get((statistic.across, label)) if statistic.across else None
            if statistic.across and group is None:
                yield f"The counts of {statistic.answers} are of a group {label!r}, which the record does not have."
            elif group is not None and not alike(group):
                yield (
                    f"The group {_told(group)} has {group.rows:,} rows in the record{_told_of(group)}; the counts of "
                    f"{statistic.answers} are of others."
                )


def _held(statistic: Statistic) -> Iterator[tuple[str, Callable[[GroupRecord], bool]]]:
    """The groups that counts tell of, each with how the record's numbers of it are held against them."""
    for told in statistic.counts.of_groups:
        yield told.label, partial(_alike, told)
    events = OF_ALL_ROWS.get(statistic.metric)
    if events is not None and isinstance(statistic.counts, Rates):
        for cell in statistic.counts.cells:
            yield cell.label, partial(_same_events, cell, events)


def _alike(told: Told, group: GroupRecord) -> bool:
    if told.of is Of.ALL:
        return told.rows == group.rows
    if told.of is Of.SOME or group.positives is None:
        return told.rows <= group.rows
    return told.rows == (group.positives if told.of is Of.LABEL_1 else group.rows - group.positives)


def _same_events(cell: Rate, events: str, group: GroupRecord) -> bool:
    return (cell.events, cell.trials) == (getattr(group, events), group.rows)


def _known(group: GroupRecord) -> tuple[int, ...]:
    return tuple(n for n in (group.positives, group.favourable, group.correct) if n is not None)


def _told_of(group: GroupRecord) -> str:
    kinds = (
        (group.positives, "of label 1"),
        (group.favourable, "decided favourably"),
        (group.correct, "right"),
    )
    said = ", ".join(f"{n:,} {kind}" for n, kind in kinds if n is not None)
    return f" ({said})" if said else ""


def _not_small(record: Record) -> Iterator[str]:
    """Groups that are set aside and are not small by the judged rows; in a rehearsal, whose rows are the reference, and those that gate and are.

    Where one row of each unit counts, the rows of the record are fewer than those that the rule was asked of: then it is held
    against all rows, of which a group has at least so many.
    """
    rule, unit = record.specification.small_groups, record.specification.data.unit
    for name, aside in small_of(record).items():
        rows = {g.label: g.rows for g in record.groups if g.grouping == name}
        if rule is None:
            expected = frozenset[str]()
        elif record.decision.rehearsal and unit is None:
            declared = gating.small_groups(rule, rows, record.rows_used)
            expected = gating.still_small(rule, declared, rows, record.rows_used)
        else:
            expected = gating.still_small(rule, aside, rows, record.rows)
        for label in sorted(aside ^ expected):
            called = (
                f"calls a group small under a share of {rule.below_share}"
                if rule
                else "has no rule about small groups"
            )
            yield (
                f"The group {_named(name, label)} {'was set aside' if label in aside else 'gates'} in the record, and has "
                f"{rows[label]:,} of {record.rows:,} rows; the specification {called}."
            )


def _aside_otherwise(record: Record, told: Collection[Statistic], cutting: Collection[str]) -> Iterator[str]:
    """The groups that are called small, and those that the verdicts are about, are the same."""
    small = small_of(record)
    judged_aside = {j.assessment.criterion for j in record.set_aside}
    for criterion in record.specification.criteria:
        name = criterion.across
        aside = aside_of(criterion.id) in judged_aside
        if aside and not (name and small[name]):
            yield f"The record judges small groups apart in {aside_of(criterion.id)}, and calls none of {name} small."
        elif name and small[name] and not aside and criterion.metric in cutting:
            yield f"The record calls groups of {name} small, and does not judge them apart for {criterion.id}."
    for statistic in told:
        labels = {told.label for told in statistic.counts.of_groups}
        if not statistic.across or not labels:
            continue
        of_all = {g.label for g in record.groups if g.grouping == statistic.across}
        aside_labels = small[statistic.across]
        wanted = aside_labels if statistic.aside else of_all - aside_labels
        compared = statistic.counts.in_focus or labels
        if compared != wanted:
            wrong = ", ".join(sorted(compared ^ wanted))
            yield (
                f"The record sets other groups of {statistic.across} aside as small than {statistic.answers} was counted of: {wrong}."
            )


def _other_definitions(record: Record) -> Iterator[str]:
    small = small_of(record)
    criteria = {c.id: (c, False) for c in record.specification.criteria}
    criteria |= {aside_of(c.id): (c, True) for c in record.specification.criteria}
    for judged in (*record.judged, *record.set_aside):
        criterion, aside = criteria[judged.assessment.criterion]
        small_ones = small[criterion.across] if criterion.across else frozenset[str]()
        expected = defined(record.specification, criterion, small_ones, aside=aside)
        if judged.assessment.definition != expected:
            yield (
                f"The groups of {judged.assessment.criterion} are defined otherwise in the record ({judged.assessment.definition or 'not at all'}) than in "
                f"its specification ({expected or 'not at all'})."
            )


def _told(group: GroupRecord) -> str:
    return _named(group.grouping, group.label)


def _named(grouping: str, label: str) -> str:
    return f"{label!r} of {grouping}"
