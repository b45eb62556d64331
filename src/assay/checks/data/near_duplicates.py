"""Rows that are nearly those of another data set."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.checks.check import AT_MOST, Example, check
from assay.checks.counting.cells import NO_ROWS
from assay.checks.counting.columns import fed_of_people
from assay.checks.counting.numbers import coded_numbers, not_looked_at, not_numbers
from assay.checks.counting.plain import spelt_alike
from assay.checks.tabled import table_view
from assay.domain.evidence import Census, Counts, Undefined
from assay.domain.metric import Names, Parameter, Unit
from assay.domain.needs import TabulatedEverywhere
from assay.domain.vocabulary import Comparator, Reason, Task, Verdict
from assay.tally.hashes import MISSING, Hashes, named, number_words, row_hash, text_words
from assay.tally.table import Integers, Rows, TableContext, TableCounts, TableView

GRIDS = 4
"""So many grids are laid over the numbers, each shifted otherwise; the one that shows most is told."""
KEYS = np.uint64(1 << 61)
SURE = 4.0
"""Standard errors that chance is allowed above its mean."""


def tabulate(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """By grid, a key of the cells in which the numbers of each row lie, and of its other values."""
    width = math.log1p(float(context.parameters["within"]))
    names = [name for name in fed_of_people(context) if name in rows.names]
    coded = tuple(name for name in coded_numbers(context) if name in names)
    return not_numbers(rows, tuple(names), coded) | {
        str(grid): (
            row_hash([(name, _cells(rows, name, grid, width)) for name in names], rows.n) % KEYS
        ).astype(np.int64)
        for grid in range(GRIDS)
    }


def _cells(rows: Rows, name: str, grid: int, width: float) -> Hashes:
    column = rows.context.column(name)
    if not rows.holds_numbers(name):
        return rows.each(name, partial(_spelt, () if column is None else column.codes or ()))
    values = rows.column(name)
    if values.dtype.kind == "b" or (column is not None and column.codes is not None):
        return rows.words(name)
    numbers = values.astype(np.float64)
    shift = float(named(f"{name} {grid}") >> np.uint64(11)) / float(1 << 53)
    with np.errstate(divide="ignore"):
        cell = np.floor(np.log(np.abs(numbers)) / width + shift)
    # Zero has a cell of its own, and so has what is missing.
    signed = np.where(numbers < 0, -1.0, 1.0) * (np.where(np.isfinite(cell), cell, 0) + float(1 << 40))
    return number_words(np.where(np.isnan(numbers), np.nan, np.where(numbers == 0, 0.0, signed)))


def _spelt(codes: Collection[int | str], values: NDArray[Any]) -> Hashes:
    """A word for each text, the same however it is spelt."""
    listed = values.tolist()
    alike = spelt_alike({text for text in listed if text is not None}, codes)
    words = dict(zip(alike, text_words(list(alike.values())).tolist(), strict=True))
    return np.array([int(MISSING) if text is None else words[text] for text in listed], dtype=np.uint64)


def _twins(mine: TableCounts, theirs: TableCounts) -> int:
    """The rows whose key the other one has."""
    return int(mine.counts[np.isin(mine.keys, theirs.keys)].sum())


def _by_chance(rows: int, known: TableCounts) -> int:
    """How many of so many rows of other people look like a known one by chance, as often as known ones look like each other."""
    share = float(known.counts[known.counts > 1].sum()) / known.total
    return math.ceil(rows * share + SURE * math.sqrt(rows * share * (1 - share))) if share else 0


def _view(copied: int, *, coarse: bool = False) -> TableView:
    draw = np.random.default_rng(6)
    people = draw.integers(20, 60, (2000, 2)) * 1.0 if coarse else draw.lognormal(8, 1, (2000, 3))
    train, test = people[:1000], people[1000:].copy()
    test[:copied] = train[:copied] * (1 + draw.normal(0, 0.0002, (copied, people.shape[1])))
    names = [f"x{i}" for i in range(people.shape[1])]
    return table_view(
        tabulate,
        dict(zip(names, test.T, strict=True)),
        others={"train": dict(zip(names, train.T, strict=True))},
        parameters={"within": Decimal("0.02"), "other": "any"},
    )


@check(
    id="data.near_duplicates",
    title="Near duplicates in another data set",
    estimand="The share of rows of which another declared data set has one that is equal in every code and text, however it is spelt, and in every number up to the "
    "given relative distance; of the data set that has most.",
    unit=Unit.SHARE,
    reading="{value} of the rows are those of another data set, numbers within {within} of each other",
    need=TabulatedEverywhere(tabulate, fed_of_people, against_all=True),
    tasks=tuple(Task),
    comparators=AT_MOST,
    census=True,
    parameters={
        "within": Parameter(
            "Two numbers further apart than this share of them are never near each other.",
            default=Decimal("0.02"),
            low=Decimal("0.0001"),
            high=Decimal(1),
        ),
        "other": Parameter(
            "The data set to compare with; by default each of the others.",
            default="any",
            choices=("any", "train", "develop", "test"),
            names=Names.DATA,
        ),
    },
    examples=(
        Example(
            says="No test row is near a training row.",
            view=lambda: _view(0),
            comparator=Comparator.AT_MOST,
            threshold="0.01",
            verdict=Verdict.PASS,
        ),
        Example(
            says="A hundred of 1,000 are training rows with a little noise.",
            view=lambda: _view(100),
            comparator=Comparator.AT_MOST,
            threshold="0.01",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="Two whole numbers are all that is known of people, so that they look alike by chance.",
            view=lambda: _view(0, coarse=True),
            comparator=Comparator.AT_MOST,
            threshold="0.01",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def near_duplicates(view: TableView, *, within: Decimal, other: str) -> Counts:
    """The rows that another data set has, too, with small changes.

    Purpose:
        Shows leakage that a comparison of whole rows misses: copies that were rounded, converted or had noise added, and test rows that were made of training rows.
    Method:
        Each number falls into a cell of a grid of relative width ``within`` that is shifted at random, column by column; rows whose cells and other values are all equal are near. Four grids
        are laid, and the one that finds most is told. Rows that are near are never further apart than ``within`` in any number; rows that differ in k numbers by a twentieth of it are found with a
        probability of at least .95^k by each grid. As often as rows of the other data set look like one another, test rows may do so by chance: where the threshold is met without
        these and not with them, the criterion is not evaluable. Counted in full, no inference. (Indyk & Motwani 1998, STOC, on locality-sensitive hashing; Kapoor & Narayanan 2023, Patterns 4.)
    Limits:
        A change of a code or a text, but for case, spaces and hyphens, makes another row, and so does one large change. Identifiers are not compared, nor is the time where no inputs are named; a number that is stored as
        text, or has a few documented codes among other values, makes the criterion not evaluable. With few or coarse columns chance hides copies. Copies inside the
        other data set make chance look larger than it is; ``data.duplicates`` finds them.
    Remedy:
        Find out how the rows were drawn; remove near copies from the training data and train again.
    Oracle:
        All pairs by brute force (tests/checks/test_near_duplicates.py).
    """
    if view.n == 0:
        return NO_ROWS
    if unread := not_looked_at(view):
        return unread
    others = [d for d in view.tables if d != view.data and other in ("any", d) and view.rows[d]]
    if not others:
        return Undefined(Reason.NOT_MEASURED, "No other data set with rows is declared.")
    found = []
    for data in others:
        grids = [(_twins(view.table(g, view.data), view.table(g, data)), g) for g in map(str, range(GRIDS))]
        most, grid = max(grids)
        found.append((most, data, min(most, _by_chance(view.n, view.table(grid, data)))))
    most, _, _ = max(found)
    certain = max(n - chance for n, _, chance in found)
    details = tuple((f"{data}, within {within}", n) for n, data, _ in sorted(found, reverse=True) if n)
    return Census(most, view.n, share=True, details=details, by_chance=most - certain)
