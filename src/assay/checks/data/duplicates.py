"""Rows that repeat."""

from __future__ import annotations

from assay.checks.check import AT_MOST, Example, check
from assay.checks.counting.cells import worst_share
from assay.checks.examples import row_set
from assay.domain.evidence import Counts
from assay.domain.metric import Parameter, Unit
from assay.domain.needs import RowSets
from assay.domain.vocabulary import Comparator, Verdict
from assay.tally.views import RowSetView


@check(
    id="data.duplicates",
    title="Duplicate rows",
    estimand="The share of rows that repeat an earlier row, in all that is documented or in all that the model is fed, "
    "and in the label.",
    unit=Unit.SHARE,
    reading="{value} of the rows repeat an earlier row",
    need=RowSets(),
    comparators=AT_MOST,
    census=True,
    parameters={
        "by": Parameter(
            "What makes two rows the same. 'inputs': what the model is fed; where people may look alike to it by "
            "chance and that decides, the criterion is not evaluable. 'columns': all that is documented.",
            default="inputs",
            choices=("inputs", "columns"),
        ),
    },
    examples=(
        Example(
            says="Two of 1,000 rows repeat an earlier one.",
            view=lambda: row_set(1000, duplicates=2),
            comparator=Comparator.AT_MOST,
            threshold="0.005",
            verdict=Verdict.PASS,
        ),
        Example(
            says="Eighty of 1,000 rows repeat an earlier one.",
            view=lambda: row_set(1000, duplicates=80),
            comparator=Comparator.AT_MOST,
            threshold="0.005",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="Eighty rows repeat what the model is fed and the label of an earlier one, perhaps by chance.",
            view=lambda: row_set(1000, duplicates=2, alike_duplicates=80),
            comparator=Comparator.AT_MOST,
            threshold="0.005",
            verdict=Verdict.NOT_EVALUABLE,
        ),
        Example(
            says="The file has no rows.",
            view=lambda: row_set(0),
            comparator=Comparator.AT_MOST,
            threshold="0.005",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def duplicates(view: RowSetView, *, by: str) -> Counts:
    """The rows that repeat an earlier one.

    Purpose:
        Shows rows that count more than once. The bounds of this assay take rows as independent; repeated ones
        make them look surer than they are.
    Method:
        Rows whose hash over all documented columns but identifiers and scores has occurred before, of all rows.
        Rows that repeat the model's inputs and the label alone are counted too; they may be other people who look
        alike, and where the threshold is met without them and not with them, the criterion is not evaluable.
        Counted in full, no inference. (Barz & Denzler 2020, "Do we train on test data?", Journal of Imaging 6, arXiv:1902.00423.)
    Limits:
        Finds exact repeats only. With few or coarse inputs different people may look the same; then some
        repeats are expected and true; ``by: columns`` says that this was known and agreed.
    Remedy:
        Remove what was recorded twice; if one person has several rows, declare the unit in the specification.
    Oracle:
        pandas, row by row (tests/checks/test_rows_against_pandas.py).
    """
    doubtful = [("repeated, by inputs", view.alike_duplicates)] if by == "inputs" else []
    return worst_share([("repeated", view.duplicates)], rows=view.rows, nothing="", doubtful=doubtful)
