"""Rows that the model may have seen before."""

from __future__ import annotations

from assay.checks.check import AT_MOST, Example, check
from assay.checks.counting.cells import worst_share
from assay.checks.examples import row_set
from assay.domain.evidence import Counts, Undefined
from assay.domain.gating import MOST_IN_NO_GROUP
from assay.domain.metric import Names, Parameter, Unit
from assay.domain.needs import RowSets
from assay.domain.vocabulary import Comparator, Reason, Verdict
from assay.tally.views import RowSetView


@check(
    id="data.split_overlap",
    title="Rows shared between data sets",
    estimand="The share of rows that also occur in another declared data set, or whose unit does: the one that shares "
    "most, or the named one.",
    unit=Unit.SHARE,
    reading="{value} of the rows also occur in another data set",
    need=RowSets(),
    comparators=AT_MOST,
    census=True,
    parameters={
        "other": Parameter(
            "The data set to compare with; by default each of the others.",
            default="any",
            choices=("any", "train", "develop", "test"),
            names=Names.DATA,
        ),
        "by": Parameter(
            "What makes two rows the same. 'inputs': what the model is fed; where people may look alike to it by "
            "chance and that decides, the criterion is not evaluable. 'columns': all that is documented.",
            default="inputs",
            choices=("inputs", "columns"),
        ),
    },
    examples=(
        Example(
            says="No test row occurs elsewhere.",
            view=lambda: row_set(1000, shared={"train": 0, "develop": 0}),
            comparator=Comparator.AT_MOST,
            threshold="0",
            verdict=Verdict.PASS,
        ),
        Example(
            says="Forty of 1,000 test rows were trained on.",
            view=lambda: row_set(1000, shared={"train": 40, "develop": 2}),
            comparator=Comparator.AT_MOST,
            threshold="0.01",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="The same rows, asked about the development data only.",
            view=lambda: row_set(1000, shared={"train": 40, "develop": 2}),
            comparator=Comparator.AT_MOST,
            threshold="0.01",
            verdict=Verdict.PASS,
            arguments={"other": "develop"},
        ),
        Example(
            says="Forty test rows look to the model like training rows, perhaps by chance.",
            view=lambda: row_set(1000, shared={"train": 2}, alike={"train": 40}),
            comparator=Comparator.AT_MOST,
            threshold="0.01",
            verdict=Verdict.NOT_EVALUABLE,
        ),
        Example(
            says="The same, where whoever agreed on the criterion has all columns compared.",
            view=lambda: row_set(1000, shared={"train": 2}, alike={"train": 40}),
            comparator=Comparator.AT_MOST,
            threshold="0.01",
            verdict=Verdict.PASS,
            arguments={"by": "columns"},
        ),
        Example(
            says="No row occurs elsewhere, and 900 rows are of people of whom other rows were trained on.",
            view=lambda: row_set(1000, shared={"train": 0}, by_unit={"train": 900}),
            comparator=Comparator.AT_MOST,
            threshold="0.01",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="No row occurs elsewhere, and of 300 of 1,000 training rows nobody knows whose they are.",
            view=lambda: row_set(1000, shared={"train": 0}, by_unit={"train": 0}, no_unit={"train": 300}),
            comparator=Comparator.AT_MOST,
            threshold="0.01",
            verdict=Verdict.NOT_EVALUABLE,
        ),
        Example(
            says="No other data set is declared, so nothing can be compared.",
            view=lambda: row_set(1000),
            comparator=Comparator.AT_MOST,
            threshold="0",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def split_overlap(view: RowSetView, *, other: str, by: str) -> Counts:
    """The rows of this data set that also occur in another one.

    Purpose:
        Shows leakage: a row that the model was trained or tuned on says nothing about how it does on new
        people.
    Method:
        Rows whose hash over all documented columns occurs in the other data set, of all rows of this one; left
        out are identifiers, the label, scores, and columns that hold one value in each of the two sets, such as
        the date of the extract. Rows whose model inputs alone occur there are counted too. They are certain when
        the distinct ones are more than chance gives to two samples, which those that repeat within the sets
        bound, each counted once. Else they may be other people who look alike: where the threshold is met without
        them and not with them, the criterion is not evaluable. Where a unit
        is declared, rows whose unit occurs in the other data set are counted as well, with or without the same row; they
        are certain; a row without a unit counts as shared, and with more than 2 % of such rows, here or there, the criterion is not evaluable. The value is that of the data set that shares
        most, and the details have them all. Counted in full, no inference. (Kapoor & Narayanan 2023, "Leakage and the reproducibility crisis", Patterns 4.)
    Limits:
        Finds exact repeats in declared data sets only: not near duplicates, not other rows of the same
        person where no unit is declared, not data that nobody declared. A documented column that is no input and differs between the sets
        hides repeats where scores were made elsewhere and no inputs are named, and up to what chance gives where
        the criterion says ``by: columns``: document the columns that describe people, and no others. Rows shared
        with several data sets are not added up.
    Remedy:
        Remove the shared rows from the training data and train again; never from the test rows after seeing
        results.
    Oracle:
        pandas, row by row (tests/checks/test_rows_against_pandas.py).
    """
    shared = [(name, rows) for name, rows in view.shared if other in ("any", name)]
    nothing = (
        "No other data set is declared."
        if other == "any"
        else f"The data set {other!r} is not another one here."
    )
    alike = [part for part in view.alike if other in ("any", part.data)]
    if said := _nobodys(view, other):
        return said
    nobodys = sum(without for name, without, _ in view.no_unit if name == view.data)
    units = [(f"{name}, by unit", rows + nobodys) for name, rows in view.by_unit if other in ("any", name)]
    certain = [(f"{part.data}, by inputs", part.rows) for part in alike if part.beyond_chance]
    doubtful = [(f"{part.data}, by inputs", part.rows) for part in alike if not part.beyond_chance]
    return worst_share(
        [*shared, *certain, *units],
        rows=view.rows,
        nothing=nothing,
        doubtful=doubtful if by == "inputs" else (),
    )


def _nobodys(view: RowSetView, other: str) -> Undefined | None:
    """Why people cannot be looked for: of too many rows of a data set nobody knows whose they are."""
    for name, without, rows in view.no_unit:
        asked = other == "any" or name in (view.data, other)
        if asked and without > MOST_IN_NO_GROUP * rows:
            return Undefined(
                Reason.NOT_MEASURED,
                f"{without:,} of {rows:,} rows of {name!r} have no unit, so that nobody knows whether they are of the same people; at most a share of "
                f"{MOST_IN_NO_GROUP} may. Write the unit of every row.",
            )
    return None
