"""Values that are missing where none may be."""

from __future__ import annotations

from assay.checks.check import AT_MOST, Example, check
from assay.checks.counting.cells import worst_share
from assay.checks.examples import profiled
from assay.domain.evidence import Counts, Undefined
from assay.domain.metric import Names, Parameter, Unit
from assay.domain.needs import Profiles
from assay.domain.vocabulary import Comparator, Reason, Verdict
from assay.tally.views import ColumnProfile, DataProfile, ProfileView


@check(
    id="data.missing_values",
    title="Missing values where the dictionary allows none, or in the named column",
    estimand="The share of rows without a value in the worst column that must always have one, or in the named column.",
    unit=Unit.SHARE,
    reading="{value} of the rows lack a value[ in {column}] where the dictionary or the criterion asks for one",
    need=Profiles(),
    comparators=AT_MOST,
    census=True,
    parameters={
        "column": Parameter(
            "One column to look at, whether or not it may have missing values; by default all that may not.",
            default="",
            names=Names.COLUMN,
        )
    },
    examples=(
        Example(
            says="Only the column that may have missing values has some.",
            view=lambda: profiled(
                ColumnProfile("age", 1000, 0), ColumnProfile("second_income", 1000, 600, missing_allowed=True)
            ),
            comparator=Comparator.AT_MOST,
            threshold="0",
            verdict=Verdict.PASS,
        ),
        Example(
            says="Fifty of 1,000 ages are missing.",
            view=lambda: profiled(ColumnProfile("age", 1000, 50), ColumnProfile("amount", 1000, 0)),
            comparator=Comparator.AT_MOST,
            threshold="0.01",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="A column that may have missing values is named and has too many.",
            view=lambda: profiled(
                ColumnProfile("age", 1000, 0), ColumnProfile("second_income", 1000, 600, missing_allowed=True)
            ),
            comparator=Comparator.AT_MOST,
            threshold="0.50",
            verdict=Verdict.FAIL,
            arguments={"column": "second_income"},
        ),
        Example(
            says="The named column is not in the file.",
            view=lambda: profiled(ColumnProfile("age", 1000, 0)),
            comparator=Comparator.AT_MOST,
            threshold="0.50",
            verdict=Verdict.NOT_EVALUABLE,
            arguments={"column": "second_income"},
        ),
    ),
)
def missing_values(view: ProfileView, *, column: str) -> Counts:
    """The rows without a value, per column that must always have one.

    Purpose:
        Shows gaps in what the model and this assay rely on: a value that is missing is guessed by somebody
        later.
    Method:
        Nulls, numbers that are NaN or infinite, and texts without a character per column, of all rows; the value is the share of the worst column whose dictionary
        entry says that values are never missing, or of the named column. A documented column that is absent
        counts with all rows. Counted in full, no inference. (Little & Rubin 2019, "Statistical Analysis with
        Missing Data".)
    Limits:
        Without a named column it is silent about columns that may lack values; a run names those that do, with their
        rows, under what nothing is said about. Knows these only: a 0 or 999 that stands for "unknown" is caught by documented codes and ranges. Does
        not say whether values are missing at random, nor for whom.
    Remedy:
        Find out why they are missing before filling them; if they may be missing, say so in the dictionary
        and test the model's robustness to it.
    Oracle:
        rows counted by hand (tests/checks/test_data_checks.py).
    """
    profile = view.profile
    if column:
        return _of_one(profile, column)
    parts = [(c.name, c.missing) for c in profile.columns if not c.missing_allowed]
    absent = [(f"{name} (absent)", profile.rows) for name in profile.absent]
    return worst_share(
        [*parts, *absent], rows=profile.rows, nothing="Every documented column may have missing values."
    )


def _of_one(profile: DataProfile, column: str) -> Counts:
    found = [(c.name, c.missing) for c in profile.columns if c.name == column]
    if not found:
        return Undefined(
            Reason.COLUMN_MISSING, f"The data set {profile.data!r} has no documented column {column!r}."
        )
    return worst_share(found, rows=profile.rows, nothing="")
