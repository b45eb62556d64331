"""How much more whoever knows the quasi-identifiers learns of a sensitive column than everybody knows."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from assay.checks.check import AT_MOST, Example, check
from assay.checks.counting.classes import (
    BY_ROW,
    DESCRIBED,
    NAMED,
    Sensitive,
    counted_as,
    none_of,
    sensitive_columns,
    values_by_class,
)
from assay.checks.counting.numbers import made_one, not_looked_at, not_numbers, told_apart
from assay.checks.tabled import table_view
from assay.domain.evidence import Census, Counts, Undefined
from assay.domain.metric import Names, Parameter, Unit
from assay.domain.needs import Tabulated
from assay.domain.vocabulary import Comparator, Reason, Task, Verdict
from assay.tally.table import Integers, Rows, TableContext, TableView


def tabulate(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """The class of each row with its sensitive value, and with the person."""
    sensitive = str(context.parameters["sensitive"])
    numbers = told_apart(rows, *filter(rows.has_bins, {sensitive} & rows.names))
    return not_numbers(rows, (sensitive,)) | numbers | values_by_class(rows, context)


def _view(*classes: tuple[str, ...]) -> TableView:
    """A postcode for each class, with the illnesses in it."""
    places = [place for place, illnesses in enumerate(classes) for _ in illnesses]
    return table_view(
        tabulate,
        {"postcode": places, "illness": [one for illnesses in classes for one in illnesses]},
        parameters={NAMED: "postcode", "sensitive": "illness"},
    )


ASKED = {NAMED: "postcode", "sensitive": "illness"}


@check(
    id="privacy.t_closeness",
    title="t-closeness",
    estimand="The largest distance between the values of the sensitive column in a class of people who are alike in all "
    "quasi-identifiers and its values in the whole data set.",
    unit=Unit.NUMBER,
    reading="the values of {sensitive} of people who look alike[ in {quasi_identifiers}] are up to {value} away from everybody's",
    need=Tabulated(tabulate, sensitive_columns),
    tasks=tuple(Task),
    comparators=AT_MOST,
    census=True,
    parameters={
        "sensitive": Parameter("The column that must not be given away.", names=Names.COLUMN),
        NAMED: Parameter(DESCRIBED, default="", names=Names.COLUMNS),
    },
    examples=(
        Example(
            says="Half of the people of both postcodes have flu.",
            view=lambda: _view(("flu", "ulcer"), ("flu", "flu", "ulcer", "ulcer")),
            comparator=Comparator.AT_MOST,
            threshold="0.2",
            verdict=Verdict.PASS,
            arguments=ASKED,
        ),
        Example(
            says="Half of all people have flu, and all in one of two postcodes.",
            view=lambda: _view(("flu", "flu"), ("ulcer", "ulcer")),
            comparator=Comparator.AT_MOST,
            threshold="0.2",
            verdict=Verdict.FAIL,
            arguments=ASKED,
        ),
        Example(
            says="No illness is known.",
            view=lambda: table_view(
                tabulate,
                {"postcode": [1, 2], "illness": [None, None]},
                parameters={NAMED: "postcode", "sensitive": "illness"},
            ),
            comparator=Comparator.AT_MOST,
            threshold="0.2",
            verdict=Verdict.NOT_EVALUABLE,
            arguments=ASKED,
        ),
    ),
)
def t_closeness(view: TableView, *, sensitive: str) -> Counts:
    """The distance between the sensitive values of a class and those of everybody, in the class where it is largest.

    Purpose:
        Shows how much a released table tells of someone beyond what it tells of everybody: a class with many different illnesses
        still gives away that one of them is ten times as likely there.
    Method:
        Rows are classed as in privacy.k_anonymity. The distance is the earth mover's distance: of numbers, that of their order,
        the sum over all values of the gap between the two distribution functions over the number of values less one; of all
        else, half the sum of the differences of shares. Counted in full, an exact fraction, no inference. (Li, Li &
        Venkatasubramanian 2007, "t-closeness: privacy beyond k-anonymity and l-diversity", ICDE, section 4.2.)
    Limits:
        A small class is far from everybody by chance alone: a class of one person is as far as can be. A number that is stored as text, whose order is
        none of numbers, makes the criterion not evaluable. The order of numbers counts
        and not how far apart they lie; without a declared unit (data: unit) each row is taken for a person, and the details say so, and with one
        a class in which somebody has several values makes the criterion not evaluable; numbers above 2,048 that lie within .1 % of each other are one value, and where
        more than 2 % of the rows are so taken for a frequent other one the criterion is not evaluable. What is missing is left
        out of both.
    Remedy:
        Coarsen the quasi-identifiers until every class is a mixture like everybody, or leave the sensitive column out of what is
        released.
    Oracle:
        the published tables of Li et al. 2007 and pandas (tests/checks/test_released_tables.py).
    """
    if not view.table(BY_ROW).total:
        return none_of(view, sensitive)
    if unfit := not_looked_at(view) or made_one(view, sensitive):
        return unfit
    found = Sensitive.of(view)
    if not len(found.rows):
        return Undefined(Reason.NOT_MEASURED, f"No value of {sensitive!r} is known.")
    if view.context.unit is not None and found.several:
        said = (
            f"In {found.several:,} of {found.count:,} classes somebody has several values of {sensitive!r}, which give away more than any "
            "mixture of a class says. Keep one row of each person."
        )
        return Undefined(Reason.NOT_MEASURED, said)
    column = view.context.column(sensitive)
    ordered = column is not None and column.is_numeric and column.codes is None
    values, rank = np.unique(found.values, return_inverse=True)
    everybody = np.bincount(rank, weights=found.rows, minlength=len(values)).astype(np.int64)
    distances = _ordered(found, rank, everybody) if ordered else _equal(found, rank, everybody)
    distances = np.where(found.sizes > 0, distances, 0.0)
    farthest = int(distances.argmax())
    here = np.zeros(len(values), dtype=np.int64)
    mine = found.place == farthest
    here[rank[mine]] = found.rows[mine]
    exact = _exact(here, everybody, ordered=ordered)
    return Census(
        exact.numerator,
        exact.denominator,
        share=True,
        details=(
            ("classes", found.count),
            ("rows of the farthest class", int(here.sum())),
            *counted_as(view),
        ),
    )


def _exact(here: Integers, everybody: Integers, *, ordered: bool) -> Fraction:
    """The distance of one class."""
    n, total = int(here.sum()), int(everybody.sum())
    gaps = [int(a) * total - int(b) * n for a, b in zip(here, everybody, strict=True)]
    if not ordered:
        return Fraction(sum(map(abs, gaps)), 2 * n * total)
    moved = reached = 0
    for gap in gaps:
        reached += gap
        moved += abs(reached)
    return Fraction(moved, n * total * max(len(gaps) - 1, 1))


def _equal(found: Sensitive, rank: NDArray[np.intp], everybody: Integers) -> NDArray[np.float64]:
    """float64[classes]: values are as far from each other as any two."""
    overall = (everybody / everybody.sum())[rank]
    share = found.rows / found.sizes[found.place]
    return (found.summed(np.abs(share - overall)) + 1 - found.summed(overall)) / 2


def _ordered(found: Sensitive, rank: NDArray[np.intp], everybody: Integers) -> NDArray[np.float64]:
    """float64[classes]: values are as far from each other as they are in the order of all.

    The distribution function of a class is constant between two of its values, and that of everybody rises: where it crosses is
    looked up, and the gaps on both sides are differences of sums.
    """
    m = len(everybody)
    function = np.cumsum(everybody) / everybody.sum()
    sums = np.concatenate([[0.0], np.cumsum(function)])
    share = found.rows / found.sizes[found.place]
    # The distribution function of the class at each of its values: sums over the entries of the class up to this one.
    first = np.diff(found.place, prepend=-1) > 0
    running = np.cumsum(share)
    before = np.repeat((running - share)[first], np.diff([*np.flatnonzero(first), len(first)]))
    height = running - before
    following = np.where(np.append(first[1:], True), m, np.append(rank[1:], m))
    crossing = np.clip(np.searchsorted(function, height), rank, following)
    above = height * (crossing - rank) - (sums[crossing] - sums[rank])
    below = (sums[following] - sums[crossing]) - height * (following - crossing)
    start = np.where(first, sums[rank], 0.0)  # before its first value the class has nothing
    return found.summed(above + below + start) / max(m - 1, 1)
