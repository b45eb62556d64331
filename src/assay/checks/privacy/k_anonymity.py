"""How many people look alike to whoever knows the quasi-identifiers."""

from __future__ import annotations

from decimal import Decimal

from assay.checks.check import AT_LEAST, AT_MOST, ONE, Example, check
from assay.checks.counting.classes import DESCRIBED, NAMED, class_columns, class_table, classes_of, counted_as
from assay.checks.tabled import table_view
from assay.domain.evidence import Census, Counts, Undefined
from assay.domain.metric import Names, Parameter, Unit
from assay.domain.needs import Tabulated
from assay.domain.vocabulary import Comparator, Task, Verdict
from assay.tally.table import TableView


def _view(*sizes: int, **more: int) -> TableView:
    """A postcode for each class, with so many people in it."""
    places = [place for place, size in enumerate(sizes) for _ in range(size)]
    return table_view(class_table, {"postcode": places}, parameters={NAMED: "postcode", **more})


QUASI_IDENTIFIERS = {NAMED: Parameter(DESCRIBED, default="", names=Names.COLUMNS)}


@check(
    id="privacy.k_anonymity",
    title="k-anonymity",
    estimand="The fewest people of the data set who are alike in all quasi-identifiers.",
    unit=Unit.COUNT,
    reading="the fewest people who look alike[ in {quasi_identifiers}] are {value}",
    need=Tabulated(class_table, class_columns),
    tasks=tuple(Task),
    comparators=AT_LEAST,
    low=ONE,
    high=None,
    census=True,
    parameters=QUASI_IDENTIFIERS,
    examples=(
        Example(
            says="Three postcodes with 5, 8 and 20 people.",
            view=lambda: _view(5, 8, 20),
            comparator=Comparator.AT_LEAST,
            threshold="5",
            verdict=Verdict.PASS,
            arguments={NAMED: "postcode"},
        ),
        Example(
            says="One postcode has a single person.",
            view=lambda: _view(1, 8, 20),
            comparator=Comparator.AT_LEAST,
            threshold="5",
            verdict=Verdict.FAIL,
            arguments={NAMED: "postcode"},
        ),
        Example(
            says="The dictionary calls no column personal, and none is named.",
            view=lambda: table_view(class_table, {"postcode": [1, 2]}, parameters={NAMED: ""}),
            comparator=Comparator.AT_LEAST,
            threshold="5",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def k_anonymity(view: TableView) -> Counts:
    """The size of the smallest class of people who are alike in the quasi-identifiers.

    Purpose:
        Shows whether a released table lets someone be picked out by what a neighbour, an employer or another file knows: 87 % of
        the people of the United States were unique by postcode, sex and date of birth (Sweeney 2000).
    Method:
        Rows are classed by the values of all quasi-identifiers, as they stand; a missing value is a value. The value is the number
        of people in the smallest class, and of rows where no unit is declared. Counted in full, no inference. (Sweeney 2002,
        "k-anonymity: a model for protecting privacy", Int. J. Uncertainty, Fuzziness and Knowledge-Based Systems 10.)
    Limits:
        Tells nothing of columns that are not named, and assumes that nobody knows more. Without a declared unit (data: unit) each row is taken
        for a person, and the details say so. A class whose people all have the same
        illness gives it away, however large it is: privacy.l_diversity. Tables that are released one after the other can be put
        together. Classes are told apart by hashes; where people have several rows, one class of a million is hidden in another with a
        probability of 1e-6.
    Remedy:
        Coarsen the quasi-identifiers (years of birth for dates, regions for postcodes), or leave out the rows of small classes,
        and say how many: privacy.small_classes counts them.
    Oracle:
        the published table of Sweeney 2002 and pandas, class by class
        (tests/checks/test_released_tables.py).
    """
    classes = classes_of(view)
    if isinstance(classes, Undefined):
        return classes
    smallest = int(classes.people.min())
    rows = int(classes.rows[classes.people == smallest].sum())
    return Census(
        smallest,
        view.n,
        details=(("classes", len(classes.people)), ("rows in the smallest classes", rows), *counted_as(view)),
    )


@check(
    id="privacy.small_classes",
    title="Rows in classes smaller than k",
    estimand="The share of rows whose people are alike in all quasi-identifiers with fewer than k people, themselves included.",
    unit=Unit.SHARE,
    reading="{value} of the rows are of people whom fewer than {k} look like[ in {quasi_identifiers}]",
    need=Tabulated(class_table, class_columns),
    tasks=tuple(Task),
    comparators=AT_MOST,
    census=True,
    parameters={
        "k": Parameter("Fewer people than this are a small class.", default=5, low=Decimal(2), integer=True),
        **QUASI_IDENTIFIERS,
    },
    examples=(
        Example(
            says="One person of 101 is alone in a postcode.",
            view=lambda: _view(1, 40, 60, k=5),
            comparator=Comparator.AT_MOST,
            threshold="0.02",
            verdict=Verdict.PASS,
            arguments={NAMED: "postcode"},
        ),
        Example(
            says="Nine of 29 people live in postcodes of fewer than five.",
            view=lambda: _view(1, 4, 4, 20, k=5),
            comparator=Comparator.AT_MOST,
            threshold="0.02",
            verdict=Verdict.FAIL,
            arguments={NAMED: "postcode"},
        ),
        Example(
            says="The data set lacks the column that is named.",
            view=lambda: table_view(class_table, {"region": [1, 2]}, parameters={NAMED: "postcode", "k": 5}),
            comparator=Comparator.AT_MOST,
            threshold="0.02",
            verdict=Verdict.NOT_EVALUABLE,
            arguments={NAMED: "postcode"},
        ),
    ),
)
def small_classes(view: TableView, *, k: int) -> Counts:
    """The rows of classes with fewer than k people.

    Purpose:
        Shows how many people k-anonymity fails for, where it fails for some; with k = 2 how many are unique, which is what a
        motivated intruder looks for first.
    Method:
        As privacy.k_anonymity; the rows of all classes with fewer than k people, of all rows. Counted in full, no inference. The
        share with k = 2 is the uniqueness of Sweeney 2000, "Simple demographics often identify people uniquely", Carnegie Mellon
        University, Data Privacy Working Paper 3.
    Limits:
        Without a declared unit each row is taken for a person, as in privacy.k_anonymity. Unique in this data is not unique in the population that it was drawn from: there may be others who were not drawn. The
        share is an upper limit of that risk for whoever does not know who is in the data.
    Remedy:
        Coarsen the quasi-identifiers, or leave these rows out of what is released.
    Oracle:
        pandas, class by class (tests/checks/test_released_tables.py).
    """
    classes = classes_of(view)
    if isinstance(classes, Undefined):
        return classes
    found = classes.smaller_than(int(k))
    unique = classes.smaller_than(2)
    details = (("people who are alone in their class", unique),) if unique else ()
    return Census(found, view.n, share=True, details=(*details, *counted_as(view)))
