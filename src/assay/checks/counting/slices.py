"""Slices of the cases: all that one documented code makes, or two of them together, with what is decided rightly in each."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

import numpy as np

from assay.checks.counting.decision_rates import DECISION_RATES, decision_rate
from assay.domain.dictionary import Column
from assay.domain.evidence import Rate
from assay.domain.metric import Parameter
from assay.tally.table import Integers, Rows, TableContext, TableView, apart, together

MEASURE = Parameter("What is measured in each slice.", default="accuracy", choices=tuple(DECISION_RATES))
DEPTH = Parameter(
    "1: each code; 2: each two of them, too.", default=2, low=Decimal(1), high=Decimal(2), integer=True
)
NO_VALUE = "no value"
NONE_OF_THEM = "none of the documented codes"
BOOLEAN = {1: "true", 0: "false"}
_OUTCOMES = 4
"""Labels by decisions."""


class Slice(NamedTuple):
    """A slice: the columns whose codes make it, the place of each code, and the rate in it."""

    columns: tuple[str, ...]
    codes: tuple[int, ...]
    rate: Rate


def coded(context: TableContext) -> tuple[Column, ...]:
    """The documented columns whose codes make slices, but not the label."""
    return tuple(
        column
        for column in context.dictionary
        if column.codes_of_its_values is not None and column.name != context.label
    )


def _meanings(column: Column) -> tuple[str, ...]:
    """What the codes of a column mean, each told from the others; then that a row has no value, and last that it has none of them."""
    codes = column.codes or BOOLEAN
    told = Counter([*map(str, codes.values()), NO_VALUE, NONE_OF_THEM])
    plain = [(str(meaning), f"{meaning} ({code})") for code, meaning in codes.items()]
    named = [with_code if told[meaning] > 1 else meaning for meaning, with_code in plain]
    if len({*named, NO_VALUE, NONE_OF_THEM}) < len(named) + 2:  # a meaning has the code of another in it
        named = [with_code for _, with_code in plain]
    return (*named, NO_VALUE, NONE_OF_THEM)


def columns(context: TableContext) -> tuple[str, ...]:
    """The names of :func:`coded` columns."""
    return tuple(column.name for column in coded(context))


def tabulate(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """By each combination of columns, the codes of a row with its label and its decision; rows without a value, and without a documented code, are a slice each."""
    known = [column for column in coded(context) if column.name in rows.names]
    place = {column.name: _codes(rows, column) for column in known}
    outcome = ((rows.label, 2), (rows.decided, 2))
    return {
        _table(names): together(rows.grouped, *(place[name] for name in names), *outcome)
        for names in combinations(tuple(place), int(context.parameters["depth"]))
    }


def combinations(names: tuple[str, ...], depth: int) -> Iterator[tuple[str, ...]]:
    """Every column, and with a depth of 2 every two of them."""
    for size in range(1, depth + 1):
        yield from itertools.combinations(names, size)


def _table(names: tuple[str, ...]) -> str:
    return "\0".join(names)


def _codes(rows: Rows, column: Column) -> tuple[Integers, int]:
    found, size = rows.codes(column.name)[0], len(_meanings(column))
    documented = size - 2
    return np.where(found < 0, documented, np.where(found < documented, found, documented + 1)), size


def undocumented(view: TableView, measure: str, least: int, data: str | None = None) -> str:
    """Why not every slice is looked at: so many rows of a category have codes that nobody documented, and what is bad in one of them could be
    good in all together; empty where every such code is too rare to be one. Numbers beside a code, such as one for "not asked", are none of it.
    """
    for column in coded(view.context):
        if column.is_numeric:
            continue
        for found in slices_by(view, (column.name,), measure, least, data):
            if found.codes == (len(_meanings(column)) - 1,):
                return (
                    f"{found.rate.trials:,} rows of {data or view.data!r} that {measure} is a rate of have a value of {column.name!r} that is no documented "
                    "code: what is wrong with one of these values could not be seen in all of them together. Document the codes."
                )
    return ""


def slices(view: TableView, depth: int, measure: str, least: int, data: str | None = None) -> list[Slice]:
    """Every slice of each group that is asked about with at least so many rows that the rate is of; of the judged rows, or of other data."""
    return [
        found
        for names in combinations(columns(view.context), depth)
        for found in slices_by(view, names, measure, least, data)
    ]


def slices_by(
    view: TableView, names: tuple[str, ...], measure: str, least: int, data: str | None = None
) -> Iterator[Slice]:
    """Those that the codes of some columns make together: of columns of many codes these are few among all."""
    meanings = {column.name: _meanings(column) for column in coded(view.context)}
    sizes = (view.context.n_groups, *(len(meanings[name]) for name in names))
    counts = view.table(_table(names), data)
    found, place = np.unique(counts.keys // _OUTCOMES, return_inverse=True)
    rows = np.zeros((len(found), _OUTCOMES), dtype=np.int64)
    np.add.at(rows, (place, counts.keys % _OUTCOMES), counts.counts)
    enough = rows.sum(axis=1) >= least
    outcomes = rows[enough].reshape(-1, 2, 2)
    group, *codes = apart(found[enough], *sizes)
    labels = {code: label for label, code in view.each}
    order = np.lexsort((group, *reversed(codes)))
    for at in order.tolist():
        label = labels.get(int(group[at]))
        events, trials = decision_rate(outcomes[at], measure)
        if label is None or trials < least:
            continue
        places = tuple(int(code[at]) for code in codes)
        told = ", ".join(f"{n}: {meanings[n][place]}" for n, place in zip(names, places, strict=True))
        yield Slice(names, places, Rate(label or told, events, trials, told if label else ""))
