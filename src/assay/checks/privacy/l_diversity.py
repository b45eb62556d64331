"""How many values of a sensitive column are left open to whoever knows the quasi-identifiers."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from assay.checks.check import AT_LEAST, ONE, Example, check
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
from assay.checks.tabled import table_view
from assay.domain.evidence import Census, Counts
from assay.domain.metric import Names, Parameter, Unit
from assay.domain.needs import Tabulated
from assay.domain.vocabulary import Comparator, Task, Verdict
from assay.tally.table import Integers, Rows, TableContext, TableView

CLOSE = 1e-6
"""Nearer to a whole number than this, whole numbers decide."""


def tabulate(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """The class of each row with its sensitive value, however it is spelt, and with the person."""
    return values_by_class(rows, context, alike=True)


def _view(*classes: tuple[str, ...], by: str = "distinct") -> TableView:
    """A postcode for each class, with the illnesses in it."""
    places = [place for place, illnesses in enumerate(classes) for _ in illnesses]
    return table_view(
        tabulate,
        {"postcode": places, "illness": [one for illnesses in classes for one in illnesses]},
        parameters={NAMED: "postcode", "sensitive": "illness", "by": by},
    )


ASKED = {NAMED: "postcode", "sensitive": "illness"}


@check(
    id="privacy.l_diversity",
    title="l-diversity",
    estimand="The fewest values of the sensitive column that people have who are alike in all quasi-identifiers.",
    unit=Unit.COUNT,
    reading="whoever knows someone[ by {quasi_identifiers}] must still choose between {value} values of {sensitive}",
    need=Tabulated(tabulate, sensitive_columns),
    tasks=tuple(Task),
    comparators=AT_LEAST,
    low=ONE,
    high=None,
    census=True,
    parameters={
        "sensitive": Parameter("The column that must not be given away.", names=Names.COLUMN),
        "by": Parameter(
            "'distinct': how many values there are. 'entropy': as many values of equal frequency as the mixture of each class is "
            "worth, rounded down.",
            default="distinct",
            choices=("distinct", "entropy"),
        ),
        NAMED: Parameter(DESCRIBED, default="", names=Names.COLUMNS),
    },
    examples=(
        Example(
            says="Three illnesses in each of two postcodes.",
            view=lambda: _view(("flu", "asthma", "cancer"), ("flu", "ulcer", "cancer", "cancer")),
            comparator=Comparator.AT_LEAST,
            threshold="3",
            verdict=Verdict.PASS,
            arguments=ASKED,
        ),
        Example(
            says="All four people of one postcode have cancer.",
            view=lambda: _view(("flu", "asthma", "cancer"), ("cancer",) * 4),
            comparator=Comparator.AT_LEAST,
            threshold="2",
            verdict=Verdict.FAIL,
            arguments=ASKED,
        ),
        Example(
            says="Two illnesses in a postcode, of which one is nearly everybody's: worth 1.4 of equal frequency.",
            view=lambda: _view(("flu", *("cancer",) * 9), by="entropy"),
            comparator=Comparator.AT_LEAST,
            threshold="2",
            verdict=Verdict.FAIL,
            arguments={**ASKED, "by": "entropy"},
        ),
        Example(
            says="The dictionary calls no column personal, and none is named.",
            view=lambda: table_view(
                tabulate,
                {"postcode": [1, 2], "illness": ["flu", "ulcer"]},
                parameters={NAMED: "", "sensitive": "illness", "by": "distinct"},
            ),
            comparator=Comparator.AT_LEAST,
            threshold="2",
            verdict=Verdict.NOT_EVALUABLE,
            arguments={"sensitive": "illness"},
        ),
    ),
)
def l_diversity(view: TableView, *, sensitive: str, by: str) -> Counts:
    """The fewest values of a sensitive column in a class of people who are alike in the quasi-identifiers.

    Purpose:
        Shows whether a released table gives away what it should hide without telling people apart: where everybody in a class has
        the same illness, knowing the class is knowing the illness.
    Method:
        Rows are classed as in privacy.k_anonymity; where a unit is declared people count and not their rows, and a class has no more values than people. By ``distinct``, the values in the class that has fewest; by ``entropy``, the
        largest whole l such that the entropy of the values in every class is at least log l. Counted in full, no inference.
        (Machanavajjhala, Kifer, Gehrke & Venkitasubramaniam 2007, "l-diversity: privacy beyond k-anonymity", ACM Transactions on
        Knowledge Discovery from Data 1, definitions 3.1 and 4.1.)
    Limits:
        Texts that differ in case, spaces and hyphens are one value, as are codes that the dictionary gives one meaning, and one that says that nothing is known ("unknown", or a code that is documented so) is none; else values may differ
        and mean the same (two kinds of one illness), and a class may tell that an illness is likely without
        telling that it is certain: privacy.t_closeness. A missing value is no value; a class that has no other makes the value 0.
        Without a declared unit (data: unit) each row is taken for a person, and the details say so. Two people who have the same two values are
        counted as a choice between two. Numbers above 2,048 that lie within .1 % of each other are one value, which makes the result smaller, never larger.
    Remedy:
        Coarsen the quasi-identifiers until the classes mix, or leave the sensitive column out of what is released.
    Oracle:
        the published tables of Machanavajjhala et al. 2007, pandas and scipy's entropy
        (tests/checks/test_released_tables.py).
    """
    if not view.table(BY_ROW).total:
        return none_of(view, sensitive)
    found = Sensitive.of(view)
    # One person with three values is no choice between three.
    distinct = np.minimum(np.bincount(found.place, minlength=found.count), found.people)
    fewest = int(distinct.min())
    least = min(_worth(found), fewest) if by == "entropy" and fewest else fewest
    single = int((distinct == 1).sum())
    return Census(
        least,
        view.n,
        details=(("classes", found.count), ("classes with one value", single), *counted_as(view)),
    )


def _worth(found: Sensitive) -> int:
    """The largest whole l such that every class has an entropy of at least log l."""
    share = found.rows / found.sizes[found.place]
    entropy = found.summed(-share * np.log(share))
    lowest = int(entropy.argmin())
    rows = [int(n) for n in found.rows[found.place == lowest]]
    worth = math.exp(entropy[lowest])
    near = round(worth)
    if abs(worth - near) > CLOSE:
        return math.floor(worth)
    total = sum(rows)
    reached = total**total >= near**total * math.prod(n**n for n in rows)
    return near if reached else near - 1
