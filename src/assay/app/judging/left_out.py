"""Rows that a criterion would pass over: in no group that it compares, in no part that it is about, or without a label.

Few may be; with more, of all rows or of those of one group, nobody knows what the model does to them, and nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator

from assay.app.judging.case import Case
from assay.app.judging.measure import Measured
from assay.domain import gating
from assay.domain.evidence import Undefined
from assay.domain.metric import Names
from assay.domain.needs import Reads, Tabulated
from assay.domain.specification import Specification
from assay.domain.vocabulary import Reason
from assay.plan.passes import Wanted
from assay.tally.groups import inside
from assay.tally.partial import Partial
from assay.tally.table import (
    ALL_ROWS,
    TableCounts,
    outside_by_label,
    outside_of,
    rows_by_group,
    unlabelled_in,
)
from assay.tally.table.view import learnt_from


def too_many_left_out(case: Case, measured: Measured, wanted: Wanted) -> Undefined | None:
    """Why too many rows would be passed over for what is counted of the others to stand for all; None where they are few."""
    return _without_label(case, measured, wanted) or _in_no_group(case, measured, wanted)


def _without_label(case: Case, measured: Measured, wanted: Wanted) -> Undefined | None:
    """Rows without a label are left out where one row of each unit counts: too many of them cannot be passed over by what is not about labels, neither
    of all that it is asked of nor of one of the groups that it compares."""
    if not isinstance(wanted.need, Tabulated) or not wanted.need.per_unit:
        return None
    if wanted.need.of_labels:
        return _too_little_learnt(measured, wanted) if wanted.need.reads is Reads.EVERY else None
    data = wanted.data(measured.judged_on)
    looked_at = {data: wanted} | {name: wanted.beside for name in _beside(case, wanted) if name != data}
    found = (
        _few_labels(case, measured, of, name) for name, of in looked_at.items() if name in measured.tallies
    )
    return next((said for said in found if said is not None), None)


def _beside(case: Case, wanted: Wanted) -> tuple[str, ...]:
    """The data sets that a criterion names in its settings, to be held against its own."""
    named = case.checks[wanted.criterion.metric].metric.parameters
    return tuple(str(value) for name, value in wanted.parameters if named[name].names is Names.DATA)


def _few_labels(case: Case, measured: Measured, wanted: Wanted, data: str) -> Undefined | None:
    """Why too many rows of a data set have no label, of all that are counted for a criterion or of a group that it compares."""
    across = wanted.criterion.across
    tally, aside = measured.tallies[data], measured.small.get(across or "", frozenset())
    asked = inside(tally.layout, dict(wanted.narrowed))
    found = tally.without_label((), asked)
    if across is not None:
        found |= tally.without_label(case.specification.groupings()[across], asked)
    for label, (without, rows) in found.items():
        if label not in aside and without > gating.MOST_IN_NO_GROUP * rows:
            of = f" of {label!r}" if label else ""
            return Undefined(
                Reason.NOT_MEASURED,
                f"{without:,} of {rows:,} rows{of} of {data!r} have no label and are not counted; at most a share of {gating.MOST_IN_NO_GROUP} may. Take "
                "them out of the file, and say in the specification whose outcome is not known.",
            )
    return _few_in_a_part(case, measured, wanted, data)


def _few_in_a_part(case: Case, measured: Measured, wanted: Wanted, data: str) -> Undefined | None:
    """Why too many rows of a part that a table looks at, such as a site or a month, have no label: more than few, and more than a few of all would be by chance."""
    made = dict(measured.tallies[data].tables).get(wanted.table_key, {})
    most, strata = gating.MOST_IN_NO_GROUP, case.specification.strata
    for name, parts in unlabelled_in(made).items():
        for code, (without, rows) in parts.items():
            if gating.many_of_few(without, rows):
                part = (
                    strata[name].labels()[code] if name else f"one period by {case.specification.data.time!r}"
                )
                return Undefined(
                    Reason.NOT_MEASURED,
                    f"{without:,} of {rows:,} rows of {part} of {data!r} have no label and are not counted; at most a share of {most} may. Take these "
                    "rows out of the file, all of that part, and say in the specification whose outcome is not known.",
                )
    return None


def _too_little_learnt(measured: Measured, wanted: Wanted) -> Undefined | None:
    """Why what values say of labels cannot be learnt on one data set and held against another: too many rows of either have no label, and whoever took
    the labels away chose which; of all rows, or of a group, which is looked at by itself."""
    own = wanted.data(measured.judged_on)
    learnt_on = learnt_from(measured.tallies, own)
    for data in (own,) if learnt_on is None else (own, learnt_on):
        tally = measured.tallies[data]
        asked = inside(tally.layout, dict(wanted.narrowed))
        for attributes in ((), *((name,) for name, _ in tally.layout.attributes)):
            for label, (without, rows) in tally.without_label(attributes, asked).items():
                if without > 1 and without > gating.MOST_IN_NO_GROUP * rows:
                    of = f" of {label!r}" if label else ""
                    return Undefined(
                        Reason.NOT_MEASURED,
                        f"{without:,} of {rows:,} rows{of} of {data!r} have no label, so that nothing is learnt of them or held against them; at most a share "
                        f"of {gating.MOST_IN_NO_GROUP} may. Take them out of the file, and say in the specification whose outcome is not known.",
                    )
    return None


def _in_no_group(case: Case, measured: Measured, wanted: Wanted) -> Undefined | None:
    """Groups and parts cannot stand for the rows when too many of those that are counted belong to none of them."""
    criterion = wanted.criterion
    if criterion.across is None and not criterion.where and not isinstance(wanted.need, Tabulated):
        return None
    tally = measured.tallies[wanted.data(measured.judged_on)]
    aside = measured.small.get(criterion.across or "", frozenset())
    said = rows_in_no_group(case.specification, tally, wanted, aside)
    return Undefined(Reason.ROWS_IN_NO_GROUP, said) if said else None


def rows_in_no_group(
    specification: Specification, tally: Partial, wanted: Wanted, aside: frozenset[str] = frozenset()
) -> str:
    """Why what a criterion asks cannot be told of these rows: too many belong to none of the groups that it compares, or to no part of
    a stratum that it is narrowed to or that its check looks at; of all rows, or of a group; empty when it can.

    Args:
        aside: groups that are not asked about, since they are too small to be judged.
    """
    criterion, of = wanted.criterion, tally.labelled
    across = specification.groupings()[criterion.across] if criterion.across is not None else ()
    for name in across:
        others = _outside_by_group(tally, tuple(one for one in across if one != name), name)
        if said := gating.in_no_part(specification.small_groups, name, of - _inside(tally, name), of, others):
            return said
    parts = [
        (name, of - _inside(tally, name), of, _outside_by_group(tally, across, name))
        for name in criterion.where
    ]
    if isinstance(wanted.need, Tabulated):
        made = dict(tally.tables).get(wanted.table_key, {})
        every = made.get(ALL_ROWS, TableCounts.empty())
        labels = tally.layout.labels(across) if across else ()
        parts += [
            (name, outside.total, every.total, _both(outside, every, labels))
            for name, outside in outside_of(made).items()
        ]
    for name, outside, rows, by_group in parts:
        asked = {label: counts for label, counts in by_group.items() if label not in aside}
        if said := gating.in_no_part(None, name, outside, rows, asked):
            return f"{said} Correct their values, or declare a part of the stratum {name!r} for them."
    return _of_one_label(specification, tally, wanted) or _of_one_decision(specification, tally, wanted)


def _of_one_label(specification: Specification, tally: Partial, wanted: Wanted) -> str:
    """Why too many rows of one label are in no group or part: few of all rows may be most of those that a recall is of."""
    names = specification.prediction.answers.label_names
    if len(names) < 2 or not (
        wanted.need.asks_model or (isinstance(wanted.need, Tabulated) and wanted.need.per_unit)
    ):
        return ""
    criterion = wanted.criterion
    across = specification.groupings()[criterion.across] if criterion.across is not None else ()
    every = tally.population.sum(axis=0).tolist()
    found = {
        name: [(of - n, of) for of, n in zip(every, tally.labels_of((name,)), strict=True)]
        for name in (*across, *criterion.where)
    }
    if isinstance(wanted.need, Tabulated):
        found |= outside_by_label(dict(tally.tables).get(wanted.table_key, {}), len(names))
    for name, by_label in found.items():
        for label, (outside, of) in zip(names, by_label, strict=True):
            if gating.many_of_few(outside, of):
                none = (
                    f"are in none of the {'parts' if name in specification.strata else 'groups'} of {name!r}"
                )
                return (
                    f"{outside:,} of {of:,} rows with label {label} {none if name else f'have no time in {specification.data.time!r} that can be read'}; at most "
                    f"a share of {gating.MOST_IN_NO_GROUP} may, of each label. Correct their values, or declare a group or a part for them."
                )
    return ""


def _of_one_decision(specification: Specification, tally: Partial, wanted: Wanted) -> str:
    """Why too many rows that are decided alike, of all or of one label, are in none of the groups or parts: few of all rows may be half of those of a group that are
    refused."""
    names, outcomes = specification.prediction.answers.label_names, tally.outcomes
    if len(names) < 2 or outcomes is None or not wanted.need.asks_model:
        return ""
    criterion = wanted.criterion
    across = specification.groupings()[criterion.across] if criterion.across is not None else ()
    every = outcomes.decisions.sum(axis=0)
    for name in (*across, *criterion.where):
        outside = every - sum(of for _, of in outcomes.of_groups((name,)))
        block = "parts" if name in specification.strata else "groups"
        for lost, of, said in _decided_alike(outside.tolist(), every.tolist(), names):
            if gating.many_of_few(lost, of):
                return (
                    f"{lost:,} of {of:,} rows {said} are in none of the {block} of {name!r}; at most a share of {gating.MOST_IN_NO_GROUP} may, of each "
                    "decision. Correct their values, or declare a group or a part for them."
                )
    return ""


def _decided_alike(
    lost: list[list[int]], every: list[list[int]], names: tuple[str, ...]
) -> Iterator[tuple[int, int, str]]:
    """By decision, of all labels and of each, the rows that are lost and all, and what they are called; of rows by (label, decision)."""
    for decided, name in enumerate(names):
        counts = [(lost[label][decided], every[label][decided]) for label in range(len(names))]
        yield sum(n for n, _ in counts), sum(of for _, of in counts), f"decided as {name}"
        for (n, of), label in zip(counts, names, strict=True):
            yield n, of, f"with label {label} decided as {name}"


def _both(outside: TableCounts, every: TableCounts, labels: tuple[str, ...]) -> dict[str, tuple[int, int]]:
    """By group its rows in no part, and all of its rows."""
    if not labels:
        return {}
    lost, rows = rows_by_group(outside, labels), rows_by_group(every, labels)
    return {label: (lost[label], rows[label]) for label in labels}


def _outside_by_group(tally: Partial, grouping: tuple[str, ...], name: str) -> dict[str, tuple[int, int]]:
    """By group of a grouping its rows in none of the groups of an attribute beside it, and all of its rows."""
    if not grouping or name in grouping:
        return {}
    every, inside = tally.group_rows(grouping), list(tally.group_rows((*grouping, name)).values())
    parts = len(inside) // len(every)
    return {
        label: (rows - sum(inside[i * parts : (i + 1) * parts]), rows)
        for i, (label, rows) in enumerate(every.items())
    }


def _inside(tally: Partial, name: str) -> int:
    return sum(tally.group_rows((name,)).values())
