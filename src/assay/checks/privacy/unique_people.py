"""How many people of a data set nobody else looks like, in all data that is declared."""

from __future__ import annotations

from assay.checks.check import AT_MOST, Example, check
from assay.checks.counting.classes import (
    DESCRIBED,
    NAMED,
    classes_among_all,
    known_by_default,
    people_columns,
    people_table,
)
from assay.checks.tabled import table_view
from assay.domain.evidence import Census, Counts, Undefined
from assay.domain.metric import Names, Parameter, Unit
from assay.domain.needs import TabulatedEverywhere
from assay.domain.vocabulary import Comparator, Task, Verdict
from assay.tally.table import TableView

ALONE = 2
"""Fewer people than this are one."""


def _view(mine: list[int], others: list[int]) -> TableView:
    """The postcodes of the training data, and of other data."""
    return table_view(
        people_table,
        {"postcode": mine},
        data="train",
        others={"test": {"postcode": others}},
        parameters={NAMED: "postcode"},
    )


@check(
    id="privacy.unique_people",
    title="People who are alone among all",
    estimand="The share of rows of the data set whose people nobody else looks like, in this data set or in any other that is declared.",
    unit=Unit.SHARE,
    reading="{value} of the rows are of people whom nobody else[ in {quasi_identifiers}] looks like in all declared data",
    need=TabulatedEverywhere(people_table, people_columns),
    tasks=tuple(Task),
    comparators=AT_MOST,
    census=True,
    parameters={NAMED: Parameter(DESCRIBED, default="", names=Names.COLUMNS)},
    examples=(
        Example(
            says="Two people are alone in the training data, and look like somebody in the test data.",
            view=lambda: _view([1, 2, *[3] * 98], [1, 2, 3]),
            comparator=Comparator.AT_MOST,
            threshold="0.01",
            verdict=Verdict.PASS,
            arguments={NAMED: "postcode"},
        ),
        Example(
            says="Two of a hundred look like nobody in either.",
            view=lambda: _view([1, 2, *[3] * 98], [3, 3, 4]),
            comparator=Comparator.AT_MOST,
            threshold="0.01",
            verdict=Verdict.FAIL,
            arguments={NAMED: "postcode"},
        ),
        Example(
            says="The dictionary calls no column personal, and none is named.",
            view=lambda: table_view(people_table, {"postcode": [1, 2]}, parameters={NAMED: ""}),
            comparator=Comparator.AT_MOST,
            threshold="0.01",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def unique_people(view: TableView) -> Counts:
    """The rows of people who are alone in the quasi-identifiers, in this data set and in all others together.

    Purpose:
        Shows for how many people of, say, the training data uniqueness is more than a small sample's: who is alone among all
        declared people is more likely to be alone in the population, and a model that gives away a row gives away them.
    Method:
        Rows are classed as in privacy.k_anonymity, over all declared data sets; a person of several of them is one where a unit
        is declared, and where two data sets share more rows, equal in all that is documented but identifiers, than chance gives to two samples. Of the named data set, the rows of classes with one person, of all its rows; the details have those that are
        alone within it. Counted in full, no inference. (Sweeney 2000, "Simple demographics often identify people uniquely";
        Skinner & Elliot 2002, "A measure of disclosure risk for microdata", J. Royal Statistical Society B 64, for why uniqueness in a sample
        overstates that in its population.)
    Limits:
        The declared data is not the population: with more people fewer are alone, so the share is an upper limit. Without a unit a person
        who is in two data sets with different rows hides that they are alone.
    Remedy:
        Coarsen the quasi-identifiers, or leave these people out of the training data.
    Oracle:
        pandas, with and without a unit (tests/checks/test_unique_people.py).
    """
    classes = classes_among_all(view)
    if isinstance(classes, Undefined):
        return classes
    within, among = classes
    found, here = among.smaller_than(ALONE), within.smaller_than(ALONE)
    alone = (("alone in this data set", here),) if here else ()
    return Census(found, view.n, share=True, details=(*alone, *known_by_default(view)))
