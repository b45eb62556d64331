"""Rows parted by time and by strata, wherever a drift could be: what every two parts of are compared in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from assay.checks.counting.cells import NO_ROWS
from assay.checks.counting.drifting import joined, nothing_to_compare, of_parts, of_periods
from assay.checks.counting.periods import PERIOD_CODES, period_asked, time_columns
from assay.domain.evidence import Compare, Counts, Rate, Rates, Undefined
from assay.domain.metric import TIME, Names, Parameter
from assay.domain.vocabulary import Reason
from assay.tally.table import Integers, Rows, TableContext, TableView, together

RARE = 0.02
"""Cuts that fewer rows than this share reach, or do not reach, show no drift of more than about as much, however large it is elsewhere."""
ALL, APART = "", "\t"
BY = Parameter(
    "Where to look: time for the column that says when, or a stratum; by default there and in all strata that are declared.",
    default=ALL,
    names=Names.PARTED,
)


def parting_columns(context: TableContext) -> tuple[str, ...]:
    """The column of time and those of the strata that are looked at."""
    return (
        *(time_columns(context) if _asked(context, TIME) else ()),
        *(context.strata[name].column for name in _strata(context)),
    )


def _asked(context: TableContext, by: str) -> bool:
    return str(context.parameters["by"]) in {ALL, by}


def _strata(context: TableContext) -> tuple[str, ...]:
    return tuple(name for name in context.strata if name != TIME and _asked(context, name))


def parted(rows: Rows, context: TableContext) -> Iterator[tuple[str, Integers, int]]:
    """By what the rows are parted, the part of each and how many there can be."""
    if _asked(context, TIME) and context.time is not None and context.time in rows.names:
        yield TIME, rows.each(context.time, period_asked(context)), PERIOD_CODES
    for name in _strata(context):
        if context.strata[name].column in rows.names:
            yield name, rows.stratum(name), len(context.strata[name].labels())


def nothing_to_part_by(view: TableView, by: str) -> Undefined | None:
    """Why there are no parts: neither a time nor a stratum is declared, or not the named one."""
    known = (*([TIME] if view.context.time else []), *view.context.strata)
    if known and (not by or by in known):
        return None
    there = (
        f"there are {', '.join(known)}"
        if known
        else "the specification declares none, and no column that says when (data: time)"
    )
    return Undefined(Reason.NOT_MEASURED, f"A stratum or {TIME} is expected to look at; {there}.")


def rates_parted(
    view: TableView, table: str, of: str, family: str, *, period: str, join_below: int
) -> list[Rate] | Undefined:
    """A rate of each period, or of each part of a stratum; or why periods are not compared. A stratum with rows in one part alone has none."""
    if of != TIME:
        return of_parts(view, view.table(table), of, family)
    periods = of_periods(view, view.table(table), period, "Declare them as a stratum with bands.")
    if isinstance(periods, Undefined):
        return periods
    found = joined(periods, join_below, family)
    return found if len(found) > 1 else nothing_to_compare(periods, join_below)


def parted_by(
    rows: Rows, context: TableContext, so: Mapping[str, NDArray[np.bool_]], *, labelled: bool
) -> dict[str, Integers]:
    """By what the rows are parted and by name, the part of each row and whether it is so; ``labelled``: of rows with a label alone."""
    return {
        APART.join((by, name)): together(
            (np.where(rows.label >= 0, part, -1) if labelled else part, parts), (is_so.astype(np.int64), 2)
        )
        for by, part, parts in parted(rows, context)
        for name, is_so in so.items()
    }


def drift_between_parts(
    view: TableView, family: Callable[[str, str], str], *, by: str, period: str, join_below: int, rows: str
) -> Counts:
    """The rates of each part by the tables of :func:`parted_by`, every two of which are compared; or why none are.

    Args:
        family: what rates that are compared are called, by what rows are parted and by name. rows: what is counted, for a sentence.
    """
    if view.n == 0:
        return NO_ROWS
    if undeclared := nothing_to_part_by(view, by):
        return undeclared
    cells: list[Rate] = []
    for table in sorted(view.tables[view.data]):
        of, _, name = table.partition(APART)
        found = rates_parted(view, table, of, family(of, name), period=period, join_below=join_below)
        if isinstance(found, Undefined):
            return found
        cells += found
    if not cells:
        return Undefined(Reason.FEWER_THAN_TWO_GROUPS, f"No stratum has {rows} in two parts.")
    return Rates(tuple(cells), Compare.DIFFERENCE)


def reached_by_cut(view: TableView) -> Iterator[tuple[str, int, int]]:
    """Of each table of :func:`parted_by` with rows the cut after which it is named, how many rows reach it, and of how many."""
    for table, counts in view.tables[view.data].items():
        if counts.total:
            reached = int(counts.counts[counts.keys % 2 == 1].sum())
            yield table.partition(APART)[2], reached, counts.total


def hardly_parted(view: TableView, what: str, least: float = RARE) -> str:
    """That no cut parts more than a few rows from the others, so that hardly anything could be seen to drift; empty where one does, or there is none.

    Args:
        what: what is cut, with its article. least: the share that one must part from the others.
    """
    rarer: dict[str, float] = {}
    for cut, reached, total in reached_by_cut(view):
        if cut:
            rarer[cut] = max(min(reached, total - reached) / total, rarer.get(cut, 0.0))
    most = max(rarer.values(), default=1.0)
    if most >= least:
        return ""
    return (
        f"Hardly any row reaches {' or '.join(rarer)}, or hardly any does not (a share of {most:.2g}), so that hardly anything could "
        f"drift there; name {what} under 'at' that a share of {least} or more reaches, and of which as many fall short."
    )
