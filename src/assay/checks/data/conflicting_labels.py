"""Rows that differ in their label alone."""

from __future__ import annotations

from assay.checks.check import AT_MOST, Example, check
from assay.checks.counting.cells import worst_share
from assay.checks.examples import row_set
from assay.domain.evidence import Counts
from assay.domain.metric import Unit
from assay.domain.needs import RowSets
from assay.domain.vocabulary import Comparator, Verdict
from assay.tally.views import RowSetView


@check(
    id="data.conflicting_labels",
    title="Conflicting labels",
    estimand="The share of rows whose inputs also occur with another label.",
    unit=Unit.SHARE,
    reading="{value} of the rows also occur with another label",
    need=RowSets(),
    comparators=AT_MOST,
    census=True,
    examples=(
        Example(
            says="Four of 1,000 rows have a twin with another label.",
            view=lambda: row_set(1000, conflicting=4),
            comparator=Comparator.AT_MOST,
            threshold="0.01",
            verdict=Verdict.PASS,
        ),
        Example(
            says="Sixty of 1,000 rows have a twin with another label.",
            view=lambda: row_set(1000, conflicting=60),
            comparator=Comparator.AT_MOST,
            threshold="0.01",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="The file has no rows.",
            view=lambda: row_set(0),
            comparator=Comparator.AT_MOST,
            threshold="0.01",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def conflicting_labels(view: RowSetView) -> Counts:
    """The rows that agree with another row in every input and differ in the label.

    Purpose:
        Shows rows that no model can all get right: wrong labels, or inputs too coarse for the question.
    Method:
        Rows whose hash over all inputs also occurs with the other label, of all rows. Counted in full, no
        inference. (Northcutt, Athalye & Mueller 2021, "Pervasive label errors in test sets", NeurIPS
        Datasets, arXiv:2103.14749.)
    Limits:
        A lower bound on wrong labels: those on rows without a twin are not seen. Chance makes some conflicts
        true, most of all with few inputs.
    Remedy:
        Have an expert audit a random sample of the labels; add inputs that tell the rows apart.
    Oracle:
        pandas, row by row (tests/checks/test_rows_against_pandas.py).
    """
    return worst_share([("conflicting", view.conflicting)], rows=view.rows, nothing="")
