"""Whether the file is what its dictionary says."""

from __future__ import annotations

from collections.abc import Iterator

from assay.checks.check import AT_MOST, Example, check
from assay.checks.counting.cells import worst_share
from assay.checks.examples import profiled
from assay.domain.evidence import Census, Counts, Undefined
from assay.domain.metric import Unit
from assay.domain.needs import Profiles
from assay.domain.vocabulary import Comparator, Verdict
from assay.tally.views import ColumnProfile, ProfileView


@check(
    id="data.dictionary_conformity",
    title="Dictionary conformity",
    estimand="The share of rows whose value is not of the documented type or lies outside the documented range, in the worst "
    "column; a column that is absent or not documented counts with all rows.",
    unit=Unit.SHARE,
    reading="{value} of the rows have a value of another type or range than the dictionary documents",
    need=Profiles(),
    comparators=AT_MOST,
    census=True,
    examples=(
        Example(
            says="Every value is of the documented type and in the documented range.",
            view=lambda: profiled(ColumnProfile("age", 1000, 0), ColumnProfile("amount", 1000, 0)),
            comparator=Comparator.AT_MOST,
            threshold="0",
            verdict=Verdict.PASS,
        ),
        Example(
            says="Three ages are negative.",
            view=lambda: profiled(
                ColumnProfile("age", 1000, 0, out_of_range=3), ColumnProfile("amount", 1000, 0)
            ),
            comparator=Comparator.AT_MOST,
            threshold="0.001",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="A documented column is not in the file.",
            view=lambda: profiled(ColumnProfile("age", 1000, 0), absent=("amount",)),
            comparator=Comparator.AT_MOST,
            threshold="0.01",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="The file has no rows.",
            view=lambda: profiled(ColumnProfile("age", 0, 0)),
            comparator=Comparator.AT_MOST,
            threshold="0",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def dictionary_conformity(view: ProfileView) -> Counts:
    """The rows whose value is not what the dictionary documents, per column.

    Purpose:
        Shows that the file in hand is the one that was described: what is certified about a column means
        nothing if the column holds something else.
    Method:
        Per column the rows whose value is not of the documented type or lies outside the documented range. A
        date is a day as ISO 8601 writes it (2024-12-31), with a time or without; a boolean is true, false, 1 or 0; a text
        or an identifier may be anything. A
        documented column that is absent and a column that is not documented count with all rows. The value is
        the share of the worst column; the details say of each column what was found. Counted in full, no
        inference. (Schelter et al. 2018, "Automating large-scale data quality verification", PVLDB 11.)
    Limits:
        Shows form, not truth: a wrong value within the range conforms. A missing value and a code that is not
        documented conform here: ``data.missing_values`` and ``data.undocumented_codes`` count them. Says
        nothing about other files.
    Remedy:
        Correct the file where it is wrong and the dictionary where that is; do not widen a range to make it
        pass.
    Oracle:
        rows counted by hand (tests/tally/test_profiles.py).
    """
    profile = view.profile
    unmatched = [
        *((f"{name} (absent)", profile.rows) for name in profile.absent),
        *((f"{name} (not documented)", profile.rows) for name in profile.undeclared),
    ]
    found = worst_share(
        [*((column.name, column.ill_typed + column.out_of_range) for column in profile.columns), *unmatched],
        rows=profile.rows,
        nothing="The dictionary documents no column.",
    )
    if isinstance(found, Undefined):
        return found
    kinds = [kind for column in profile.columns for kind in _kinds(column)]
    details = sorted([*kinds, *unmatched], key=lambda detail: (-detail[1], detail[0]))
    return Census(found.found, found.total, share=True, details=tuple(details))


def _kinds(column: ColumnProfile) -> Iterator[tuple[str, int]]:
    """What was found of a column, in words that quote no value."""
    if column.out_of_range:
        yield f"{column.name}, outside its documented range", column.out_of_range
    if column.ill_typed:
        yield f"{column.name}, not of its documented type", column.ill_typed
