"""Values that stand for "missing": 0, -1, 999, 1900-01-01, "unknown"."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.checks.check import AT_MOST, Example, check
from assay.checks.counting.cells import NO_ROWS, worst_column
from assay.checks.counting.numbers import not_looked_at, not_numbers
from assay.checks.counting.periods import (
    DAY_FORMS,
    PERIOD_CODES,
    PLACEHOLDERS,
    WHOLE,
    parts_and_all,
    period_name,
    time_columns,
    unread,
    untimed,
)
from assay.checks.counting.plain import UNKNOWN, plain
from assay.checks.tabled import table_view
from assay.domain.evidence import Counts, Undefined
from assay.domain.metric import TIME, Names, Parameter, Unit
from assay.domain.needs import Tabulated
from assay.domain.specification import Attribute
from assay.domain.vocabulary import Comparator, Reason, Task, Verdict
from assay.stats.spikes import spike_at, usual_spacing
from assay.tally.coding import BINS, bins_of, number_of
from assay.tally.dates import DAYS, days_of, days_of_numbers
from assay.tally.table import Integers, Rows, TableContext, TableCounts, TableView, apart, together

_DIGITS = (1, 2, 3, 4, 5, 6, 7, 8, 9)
NUMBERS = tuple(
    sorted(
        {0, -1, -2, 77, 777, 97, 98, 997, 998, 9997, 9998, 1900, 32767, 65535, 2**31 - 1, -(2**31)}
        | {sign * int("9" * d) for d in _DIGITS for sign in (1, -1)}
        | {sign * int("8" * d) for d in _DIGITS[:5] for sign in (1, -1)}
    )
)
"""Numbers that are known to be written for "missing", "refused" or "unknown"."""
HIDING = (0, -1, -2)
"""Of these neighbours each explains why the other is so frequent, where both stand for missing; they are not held against each other."""
DATES = PLACEHOLDERS
"""Days that programs write where none is known."""
WORDS = UNKNOWN
"""Texts that say so in words."""
FALSE_ALARMS = 0.01
"""The probability at most that a number or a date is called one in a data set that has none."""
_DAYS = days_of(np.array(DATES, dtype=object))
_NUMBERS, _DATES, _TEXTS = "number", "date", "text"
CANDIDATES = {_NUMBERS: len(NUMBERS), _DATES: len(DATES), _TEXTS: len(WORDS)}
APART = "\t"
UNREAD = "read or not: "
"""How the name of a table begins that has the days of a column: those that can be read, and those that cannot."""


def columns(context: TableContext) -> tuple[str, ...]:
    """The named column, or all but the label and identifiers; and what says where and when."""
    beside = [attribute.column for attribute in context.strata.values()]
    beside += time_columns(context)
    return (*_looked_at(context), *beside)


def _looked_at(context: TableContext) -> tuple[str, ...]:
    named = str(context.parameters["column"])
    return (named,) if named else tuple(c.name for c in context.described if c.type != "identifier")


def tabulate(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """By column and by what its rows are parted, the part of each row and its value, candidates apart."""
    parts = parts_and_all(rows, context, _PERIOD)
    found = not_numbers(rows, _looked_at(context))
    for name in _looked_at(context):
        if name not in rows.names:
            continue
        column = context.column(name)
        if column is not None and column.type == "date":
            read = rows.each(name, days_of)
            found[UNREAD + name] = np.where(rows.missing(name), -1, (read < 0).astype(np.int64))
        for kind, value in _values(rows, context, name).items():
            for by, part in parts.items():
                found[APART.join((kind, name, by))] = together((part, _PARTS), (value, _SIZE))
    return found


_PARTS, _SIZE = PERIOD_CODES, max(len(NUMBERS) + BINS, len(DATES) + DAYS)
_PERIOD = "year"


def _values(rows: Rows, context: TableContext, name: str) -> Mapping[str, Integers]:
    """By what kind of value it is, of each row the place of its candidate, or behind those its number or its day; -1 of another kind.

    A text may be a number or a day, and a number a day (20241231), whatever the dictionary calls its column.
    """
    column = context.column(name)
    if column is not None and column.type == "date":
        return {_DATES: _dated(rows.each(name, days_of))}
    documented = (column.codes_of_its_values or ()) if column is not None else ()
    if rows.holds_numbers(name):
        values = rows.column(name)
        codes = [code for code in documented if not isinstance(code, str)]
        coded = np.isin(values, codes)
        ways = {_NUMBERS: _numbered(values), _DATES: _dated(days_of_numbers(values))}
        return {kind: np.where(coded, -1, found) for kind, found in ways.items()}
    known = {None, *map(str, documented)}
    free = rows.each(name, lambda texts: np.array([text not in known for text in texts.tolist()], dtype=bool))
    asked = {_NUMBERS: _written_numbers, _DATES: _written_days, _TEXTS: _worded}
    return {kind: np.where(free, rows.each(name, way), -1) for kind, way in asked.items()}


def _dated(days: Integers) -> Integers:
    place = _place(days, _DAYS.tolist())
    return np.where(place >= 0, place, np.where(days < 0, -1, days + len(DATES)))


def _numbered(values: NDArray[Any]) -> Integers:
    place, bins = _place(values.astype(np.float64), NUMBERS), bins_of(values)
    return np.where(place >= 0, place, np.where(bins < 0, -1, bins + len(NUMBERS)))


def _written_numbers(texts: NDArray[Any]) -> Integers:
    return _numbered(_as_numbers(texts))


def _written_days(texts: NDArray[Any]) -> Integers:
    return _dated(np.maximum(days_of(texts), days_of_numbers(_as_numbers(texts))))


def _as_numbers(texts: NDArray[Any]) -> NDArray[np.float64]:
    return np.array([_number(text) for text in texts.tolist()], dtype=np.float64)


def _worded(texts: NDArray[Any]) -> Integers:
    words = {word: i for i, word in enumerate(WORDS)}
    plainly = [plain(text or "").strip().lower() for text in texts.tolist()]
    return np.array([words.get(text, len(WORDS)) for text in plainly], dtype=np.int64)


def _number(text: str | None) -> float:
    return float(text) if text is not None and _WRITTEN.fullmatch(text.strip()) else math.nan


_WRITTEN = re.compile(r"[-+]?[0-9]{1,15}(\.[0-9]{1,15})?")
"""A number, as a text."""


def _place(values: NDArray[np.float64] | Integers, listed: Sequence[int]) -> Integers:
    place = np.full(len(values), -1, dtype=np.int64)
    for i, number in enumerate(listed):
        place[values == number] = i
    return place


class _Column:
    """What a column holds in one part of the rows."""

    def __init__(self, kind: str, values: Integers, counts: Integers) -> None:
        candidates = CANDIDATES[kind]
        ours = values < candidates
        self._kind = kind
        self._rows = dict(zip(values[ours].tolist(), counts[ours].tolist(), strict=True))
        others = values[~ours] - candidates
        self._others = number_of(others) if kind == _NUMBERS else others.astype(np.float64)
        self._counts = counts[~ours]

    def tests(self) -> Iterator[tuple[str, int, float]]:
        """Each candidate that is there: how it is written, its rows, and how probable that is if it is a value like others."""
        if self._kind == _TEXTS:
            yield from ((repr(WORDS[place]), rows, 0.0) for place, rows in sorted(self._rows.items()))
            return
        listed: list[float] = [float(n) for n in (NUMBERS if self._kind == _NUMBERS else _DAYS.tolist())]
        for place, rows in sorted(self._rows.items()):
            value = listed[place]
            values, counts = self._beside(place, listed)
            width = max(usual_spacing(values), abs(value) / 512 if self._kind == _NUMBERS else 1.0)
            spike = spike_at(value, rows, values, counts, width)
            shown = f"{value:.0f}" if self._kind == _NUMBERS else DATES[place]
            # Nothing is what many columns count: a 0 is suspicious only where nothing lies near it.
            yield shown, rows, 1.0 if value == 0 and not spike.apart else spike.p_value

    def _beside(self, place: int, listed: list[float]) -> tuple[NDArray[np.float64], Integers]:
        """All other values with their rows; other candidates are values, too, unless they would hide each other."""
        hidden = HIDING if listed[place] in HIDING and len(self._others) > 1 else ()
        more = [(listed[p], n) for p, n in self._rows.items() if p != place and listed[p] not in hidden]
        values = np.concatenate([self._others, np.array([v for v, _ in more], dtype=np.float64)])
        counts = np.concatenate([self._counts, np.array([n for _, n in more], dtype=np.int64)])
        order = np.argsort(values, kind="stable")
        return values[order], counts[order]


def _by_part(counts: TableCounts) -> Iterator[tuple[int, Integers, Integers]]:
    part, value = apart(counts.keys, _PARTS, _SIZE)
    for one in np.unique(part).tolist():
        mine = part == one
        yield one, value[mine], counts.counts[mine]


def _named(context: TableContext, by: str, part: int) -> str:
    if by == WHOLE:
        return ""
    return f", {by} {period_name(part, _PERIOD) if by == TIME else context.strata[by].labels()[part]}"


def _unread(view: TableView) -> Undefined | None:
    """Why days are not looked at: in a column of dates too many of them cannot be read."""
    for table, counts in view.tables[view.data].items():
        if table.startswith(UNREAD):
            _, not_read = counts.dense(2).tolist()
            if said := unread((table.removeprefix(UNREAD),), view.data, not_read, counts.total, DAY_FORMS):
                return said
    return None


def _genuine(text: str) -> set[tuple[str, str]]:
    pairs = (item.partition("=") for item in text.split(",") if item.strip())
    return {(name.strip(), value.strip()) for name, _, value in pairs}


def _view(values: NDArray[np.float64] | list[float], *, site: list[str] | None = None) -> TableView:
    strata = {"site": Attribute(column="site", groups={"north": ("n",), "south": ("s",)})} if site else {}
    rows = {"pressure": values} | ({"site": site} if site else {})
    return table_view(tabulate, rows, strata=strata, parameters={"column": "", "genuine": ""})


def _pressures(n: int) -> NDArray[np.float64]:
    return np.random.default_rng(3).normal(75, 10, n).round()


@check(
    id="data.sentinel_values",
    title="Values that stand for missing",
    estimand="The share of rows with any number, date or text that stands for a missing value, in the column that has most.",
    unit=Unit.SHARE,
    reading="{value} of the rows hold a value that stands for a missing one[ besides {genuine}]",
    need=Tabulated(tabulate, columns),
    tasks=tuple(Task),
    comparators=AT_MOST,
    census=True,
    parameters={
        "column": Parameter(
            "One column to look at; by default all but identifiers.", default="", names=Names.COLUMN
        ),
        "genuine": Parameter(
            "Values that are what they say, as column=value, separated by commas: gains=0, hours=99.",
            default="",
        ),
    },
    examples=(
        Example(
            says="A thousand blood pressures around 75.",
            view=lambda: _view(_pressures(1000)),
            comparator=Comparator.AT_MOST,
            threshold="0",
            verdict=Verdict.PASS,
        ),
        Example(
            says="Thirty-five of 1,000 are 0, and nobody else is under 40.",
            view=lambda: _view(np.append(_pressures(965), [0.0] * 35)),
            comparator=Comparator.AT_MOST,
            threshold="0",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="At one of two sites twenty are 999.",
            view=lambda: _view(np.append(_pressures(980), [999.0] * 20), site=["n"] * 900 + ["s"] * 100),
            comparator=Comparator.AT_MOST,
            threshold="0.01",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="The file has no rows.",
            view=lambda: _view([]),
            comparator=Comparator.AT_MOST,
            threshold="0",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def sentinel_values(view: TableView, *, column: str, genuine: str) -> Counts:
    """Numbers, dates and texts that somebody wrote where nothing was known.

    Purpose:
        Shows values that are missing and look as if they were there: an age of 999, a blood pressure of 0, a birth in 1900, a text "n/a". A
        model takes them for measurements.
    Method:
        Rows with one of a fixed list of numbers and dates (0, -1, 77, 88, 99, 999 and so on, 1900-01-01, 9999-12-31) which in a column comes
        more often than what lies beside it explains: more than five times as often as the three cells beside it, or as the free cells up to
        the next value; a cell is as wide as neighbouring values usually lie apart, and 0, -1 and -2 do not lie beside each other. A 0 counts only where at least three cells beside it are free. Looked at in all
        rows, and in each part of each declared stratum and each year of the declared time. If no value is a spike in that sense one is named with a
        probability of at most 1 % in the whole data set (binomial tail, Bonferroni over columns, values and parts). Texts that say so in words are counted as
        they stand, in whatever characters; and of texts those that are numbers or days, and of numbers those that are written as days are (20241231), are looked at as such, whatever the dictionary calls the column. Documented codes are never counted. (Little & Rubin 2019, "Statistical analysis with missing data"; Pearson 2006, "The problem of disguised missing data", SIGKDD
        Explorations 8.)
    Limits:
        Knows the listed values only. A number that is stored as text, or a column of dates of which more than 2 % cannot be read, makes the criterion not evaluable. A few rows in a crowd are not told from chance: about ten alone in a gap, more beside others. A value that truly
        is frequent and far from all others, such as no gains at all, is named, too, until it is listed as genuine. Rows of parts of two strata, such as
        a site and a year, may be the same and are added up: the share may be too large then, and is never too small.
    Remedy:
        Write nothing where nothing is known; find out which site or program wrote the value; document it as a code if it has a meaning. A value that is what it says,
        named as gains = 0, is listed under the criterion: with: {genuine: 'gains=0'}, several as 'gains=0, hours=99'; then it is counted nowhere, at no site and in no year.
    Oracle:
        Planted values counted by pandas; the false alarms by exact enumeration of the binomial and on 50 clean data sets (tests/checks/test_sentinel_values.py).
    """
    if view.n == 0:
        return NO_ROWS
    if not view.tables[view.data]:
        return Undefined(
            Reason.COLUMN_MISSING,
            f"The data set {view.data!r} has no column to look at{f': {column}' if column else ''}.",
        )
    if said := not_looked_at(view) or _unread(view) or untimed(view, APART):
        return said
    genuinely = _genuine(genuine)
    unknown = sorted({name for name, _ in genuinely} - set(view.context.documented))
    if unknown:
        return Undefined(
            Reason.COLUMN_MISSING, f"'genuine' names {unknown[0]!r}, which the dictionary does not describe."
        )
    tests, looks = [], 0
    for name, counts in view.tables[view.data].items():
        if name.startswith(UNREAD):
            continue
        kind, of, by = name.split(APART)
        for part, values, rows in _by_part(counts):
            looks += CANDIDATES[kind]
            tests += [
                (of, shown, _named(view.context, by, part), n, p)
                for shown, n, p in _Column(kind, values, rows).tests()
                if (of, shown.strip("'")) not in genuinely
            ]
    alpha = FALSE_ALARMS / max(looks, 1)
    named = [(of, shown, where, n) for of, shown, where, n, p in tests if p <= alpha]
    overall = {(of, shown) for of, shown, where, _ in named if not where}
    parts = [
        (of, f"{of} = {shown}{where}", n)
        for of, shown, where, n in named
        if not where or (of, shown) not in overall
    ]
    return worst_column(parts, rows=view.n)
