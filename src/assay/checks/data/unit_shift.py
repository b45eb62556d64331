"""Numbers that one source writes in another unit than the others."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from assay.checks.check import AT_MOST, Example, check
from assay.checks.counting.cells import NO_ROWS, worst_column
from assay.checks.counting.numbers import (
    called_texts,
    coded_numbers,
    measured,
    measured_numbers,
    not_looked_at,
    not_numbers,
    numbered,
    texts_by_name,
)
from assay.checks.counting.periods import (
    PERIOD_CODES,
    WHOLE,
    parts_and_all,
    period_name,
    time_columns,
    untimed,
)
from assay.checks.tabled import table_view
from assay.domain.evidence import Counts, Undefined
from assay.domain.metric import TIME, Names, Parameter, Unit
from assay.domain.needs import TabulatedEverywhere
from assay.domain.specification import Attribute
from assay.domain.vocabulary import Comparator, Reason, Task, Verdict
from assay.tally.coding import BINS, number_of
from assay.tally.table import Integers, Rows, TableContext, TableCounts, TableView, apart, together

Floats = NDArray[np.float64]


def _times(factor: float) -> Callable[[Floats], Floats]:
    return lambda values: values * factor


_FACTORS = {
    "10": 10.0,
    "100": 100.0,
    "1,000": 1000.0,
    "1,000,000": 1e6,
    "2.54 (inches, centimetres)": 2.54,
    "30.48 (feet, centimetres)": 30.48,
    "0.3048 (feet, metres)": 0.3048,
    "0.4536 (pounds, kilograms)": 0.45359237,
    "28.35 (ounces, grams)": 28.349523,
    "1.609 (miles, kilometres)": 1.609344,
    "3.785 (gallons, litres)": 3.785411784,
    "12 (a month, a year)": 12.0,
    "7 (days, weeks)": 7.0,
    "24 (hours, days)": 24.0,
    "60 (minutes, hours)": 60.0,
    "365.25 (days, years)": 365.25,
    "18.02 (glucose, mmol/L, mg/dL)": 18.0182,
    "88.42 (creatinine, mg/dL, umol/L)": 88.42,
    "38.67 (cholesterol, mmol/L, mg/dL)": 38.67,
}
CONVERSIONS: Mapping[str, Callable[[Floats], Floats]] = {
    **{f"multiplied by {name}": _times(factor) for name, factor in _FACTORS.items()},
    **{f"divided by {name}": _times(1 / factor) for name, factor in _FACTORS.items()},
    "with the sign turned": _times(-1.0),
    "as Fahrenheit, others as Celsius": lambda values: values * 1.8 + 32,
    "as Celsius, others as Fahrenheit": lambda values: (values - 32) / 1.8,
}
"""What a source may have done to the numbers that others write."""
FALSE_ALARMS = 0.01
"""The probability at most that a source is named in data whose sources have the same distribution in every column."""
NEARER = 0.5
"""A conversion explains a source only if it takes away at least this share of its distance."""
APART = "\t"
_PARTS = PERIOD_CODES
_PERIOD = "quarter"


def columns(context: TableContext) -> tuple[str, ...]:
    """The named column, or all numbers; and what says where and when."""
    beside = [attribute.column for attribute in context.strata.values()]
    beside += time_columns(context)
    return (*_looked_at(context), *coded_numbers(context), *_called_texts(context), *beside)


def _called_texts(context: TableContext) -> tuple[str, ...]:
    return tuple(name for name in texts_by_name(context) if name not in _parting(context))


def _parting(context: TableContext) -> set[str | None]:
    return {context.time, *(attribute.column for attribute in context.strata.values())}


def _looked_at(context: TableContext) -> tuple[str, ...]:
    named = str(context.parameters["column"])
    return (named,) if named else tuple(n for n in measured_numbers(context) if n not in _parting(context))


def tabulate(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """By column and by what its rows are parted, the part of each row and its number."""
    parts = parts_and_all(rows, context, _PERIOD)
    unread = not_numbers(rows, _looked_at(context), coded_numbers(context))
    return (unread | called_texts(rows, _called_texts(context))) | {
        APART.join((name, by)): together((part, _PARTS), (bins, BINS))
        for name in _looked_at(context)
        if (bins := numbered(rows, name)) is not None
        for by, part in parts.items()
    }


@dataclass(frozen=True, slots=True)
class Source:
    """The numbers of one source: float64[k] increasing, and the rows at or below each."""

    name: str
    values: Floats
    cumulated: Integers

    @classmethod
    def of(cls, name: str, bins: Integers, counts: Integers) -> Source:
        """That of counts per bin."""
        found, place = np.unique(bins, return_inverse=True)
        rows = np.zeros(len(found), dtype=np.int64)
        np.add.at(rows, place, counts)
        return cls(name, number_of(found), np.cumsum(rows))

    @property
    def n(self) -> int:
        """Its rows."""
        return int(self.cumulated[-1])

    def below(self, at: Floats) -> Floats:
        """The share of its rows at or below each number."""
        place = np.searchsorted(self.values, at, side="right")
        return np.concatenate([[0], self.cumulated])[place] / self.n

    def converted(self, back: Callable[[Floats], Floats]) -> Source:
        """The same with other numbers."""
        values, rows = back(self.values), np.diff(self.cumulated, prepend=0)
        order = np.argsort(values, kind="stable")
        return Source(self.name, values[order], np.cumsum(rows[order]))


def distance(one: Source, two: Source) -> float:
    """The largest difference between the distributions of two sources (Kolmogorov-Smirnov)."""
    at = np.union1d(one.values, two.values)
    return float(np.max(np.abs(one.below(at) - two.below(at))))


def beyond_chance(one: Source, two: Source, alpha: float) -> float:
    """A distance that sources of the same distribution exceed with a probability of at most alpha (Massart 1990, for each of the two)."""
    log = math.log(4 / alpha) / 2
    return math.sqrt(log / one.n) + math.sqrt(log / two.n)


def explained(others: Source, one: Source, found: float) -> str:
    """Which conversion of what the others write comes nearest to a source; empty when none takes away half of the distance."""
    left = {name: distance(others.converted(make), one) for name, make in CONVERSIONS.items()}
    best = min(left, key=lambda name: left[name])
    return best if left[best] <= NEARER * found else ""


def _by_part(counts: TableCounts) -> dict[int, tuple[Integers, Integers]]:
    part, bins = apart(counts.keys, _PARTS, BINS)
    return {one: (bins[part == one], counts.counts[part == one]) for one in np.unique(part).tolist()}


Parts = Mapping[str, tuple[Integers, Integers]]


def _against(parts: Parts) -> Iterator[tuple[Source, Source]]:
    """Each source and all others together."""
    for name, (bins, counts) in parts.items() if len(parts) > 1 else ():
        rest = [of for other, of in parts.items() if other != name]
        yield (
            Source.of(name, bins, counts),
            Source.of("", np.concatenate([b for b, _ in rest]), np.concatenate([c for _, c in rest])),
        )


def _sources(view: TableView) -> Iterator[tuple[str, Parts]]:
    """By column, the parts of the data set that are compared; and the data sets."""
    for table in sorted(measured(view)):
        name, by = table.split(APART)
        if by == WHOLE:
            sets = {f"all of {data}": view.table(table, data) for data in view.tables}
            yield name, {data: _by_part(counts)[0] for data, counts in sets.items() if counts.total}
        else:
            labels = () if by == TIME else view.context.strata[by].labels()
            yield (
                name,
                {
                    f"{by} {period_name(part, _PERIOD) if by == TIME else labels[part]}": of
                    for part, of in _by_part(view.table(table)).items()
                },
            )


def _named(parts: Parts, alpha: float) -> Iterator[tuple[Source, str, bool]]:
    """The sources that are explained by another unit, the farthest first; the others are compared without it.

    Of two sources it is not known which is wrong; they are not sure.
    """
    left = dict(parts)
    while len(left) > 1:
        found = [(distance(one, rest), one, rest) for one, rest in _against(left)]
        told = [
            (far, one, how)
            for far, one, rest in found
            if far > beyond_chance(one, rest, alpha) and (how := explained(rest, one, far))
        ]
        if not told:
            return
        if len(left) == 2:
            yield from ((one, how, False) for _, one, how in told)
            return
        _, one, how = max(told, key=lambda each: (each[0], each[1].name))
        yield one, how, True
        del left[one.name]


def _view(factor: float, *, sites: int = 2) -> TableView:
    """Heights of 400 people at each site; at the last one they are written in a unit of their own."""
    draw = np.random.default_rng(4)
    height = draw.normal(170, 10, 400 * sites).round(1)
    height[400 * (sites - 1) :] /= factor
    names = [f"s{i}" for i in range(1, sites + 1)]
    strata = {"site": Attribute(column="site", groups={name: (name,) for name in names})}
    site = [name for name in names for _ in range(400)]
    return table_view(tabulate, {"height": height, "site": site}, strata=strata, parameters={"column": ""})


@check(
    id="data.unit_shift",
    title="Numbers in another unit",
    estimand="The share of rows from sources or periods that write a column in another unit than the others do, in the column that has most.",
    unit=Unit.SHARE,
    reading="{value} of the rows hold a number in another unit than the others",
    need=TabulatedEverywhere(tabulate, columns),
    tasks=tuple(Task),
    comparators=AT_MOST,
    census=True,
    parameters={
        "column": Parameter("One column to look at; by default all numbers.", default="", names=Names.COLUMN),
    },
    examples=(
        Example(
            says="Three sites write heights in centimetres.",
            view=lambda: _view(1.0, sites=3),
            comparator=Comparator.AT_MOST,
            threshold="0",
            verdict=Verdict.PASS,
        ),
        Example(
            says="The third of three sites writes them in inches.",
            view=lambda: _view(2.54, sites=3),
            comparator=Comparator.AT_MOST,
            threshold="0",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="There is one site, one data set and no time, so nothing can be compared.",
            view=lambda: _view(1.0, sites=1),
            comparator=Comparator.AT_MOST,
            threshold="0",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def unit_shift(view: TableView, *, column: str) -> Counts:
    """The rows of sources whose numbers are those of the others after a change of unit.

    Purpose:
        Finds centimetres among inches, pounds among kilograms, cents among dollars, yearly among monthly amounts: errors of one site, one period or one file,
        that a range in the dictionary may let through.
    Method:
        For each number the distribution of each part of a declared stratum, of each quarter of the declared time, and of this data set as a whole
        is compared with that of all others (Kolmogorov-Smirnov), the farthest one first and then the others without it. A source is named if it lies further away than sources of one distribution
        do by chance (the bound of Dvoretzky, Kiefer and Wolfowitz with Massart's constant 1990, Annals of Probability 18, at 1 % in all columns and
        sources together: no source is named by chance more often, whatever the distribution), and if one of a list of conversions (factors of 10 to 1,000,000, of length, weight,
        volume, time and laboratory units, Fahrenheit, a turned sign) takes away at least half of the distance. Its rows count.
    Limits:
        Finds conversions of the list, and of whole sources: a few rows in another unit are not seen. Sources that are truly different are named only if a conversion
        makes them alike. Where half of the rows are of either unit it is not known who is wrong; both are named. Factors that lie close together, as 10 and 12, are
        not told apart where the numbers are spread wide. Numbers are known to .1 %; one that is stored as text, is called a text or a day, or has a few documented codes among other values, makes the criterion not evaluable. Rows of sources of two strata, such as a site and a
        quarter, may be the same and are added up: the share may be too large then, and is never too small.
    Remedy:
        Ask the source for its unit, convert its numbers, and write the unit into the dictionary.
    Oracle:
        scipy's ks_2samp for distances; planted units in 20 seeds, and false alarms on clean data (tests/checks/test_unit_shift.py).
    """
    if view.n == 0:
        return NO_ROWS
    if unread := not_looked_at(view):
        return unread
    if said := untimed(view, APART):
        return said
    compared = [(name, parts) for name, parts in _sources(view) if len(parts) > 1]
    if not compared:
        lacking = repr(column) if column else "with numbers"
        return Undefined(
            Reason.NOT_MEASURED,
            f"No column {lacking} is written by two sources: declare strata, the time, or another data set.",
        )
    alpha = FALSE_ALARMS / sum(len(parts) for _, parts in compared)
    elsewhere = {f"all of {data}" for data in view.tables if data != view.data}
    told: list[tuple[str, int]] = []
    wrong: list[tuple[str, str, int]] = []
    for name, parts in compared:
        named = [each for each in _named(parts, alpha) if each[0].name not in elsewhere]
        told += [(f"{name}, {one.name}: {how}", one.n) for one, how, _ in named]
        wrong.append((name, "", _rows(named)))
    counted = worst_column(wrong, rows=view.n)
    return replace(counted, details=tuple(sorted(told, key=lambda part: (-part[1], part[0]))))


def _rows(named: list[tuple[Source, str, bool]]) -> int:
    """The rows in another unit: those of all sources that are, and of two of which one is those of the larger."""
    either = [one.n for one, _, sure in named if not sure]
    return sum(one.n for one, _, sure in named if sure) + max(either, default=0)
