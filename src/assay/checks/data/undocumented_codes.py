"""Codes that nobody has explained."""

from __future__ import annotations

from assay.checks.check import AT_MOST, Example, check
from assay.checks.counting.cells import worst_share
from assay.checks.examples import profiled
from assay.domain.evidence import Census, Counts, Undefined
from assay.domain.metric import Names, Parameter, Unit
from assay.domain.needs import Profiles
from assay.domain.vocabulary import Comparator, Reason, Verdict
from assay.tally.views import ColumnProfile, ProfileView


def _shown(code: object) -> str:
    """A code that a reader can see."""
    return str(code) if str(code).strip() else repr(code)


@check(
    id="data.undocumented_codes",
    title="Undocumented codes",
    estimand="The share of rows whose code the dictionary does not list, in the worst coded column or in the named one.",
    unit=Unit.SHARE,
    reading="{value} of the rows have a code[ in {column}] that the dictionary does not explain",
    need=Profiles(),
    comparators=AT_MOST,
    census=True,
    parameters={
        "column": Parameter(
            "One column to look at; by default all that have codes.", default="", names=Names.COLUMN
        )
    },
    examples=(
        Example(
            says="All codes of both columns are documented.",
            view=lambda: profiled(
                ColumnProfile("sex", 1000, 0, codes=(("1", 600), ("2", 400))),
                ColumnProfile("marriage", 1000, 0, codes=(("1", 500), ("2", 500))),
            ),
            comparator=Comparator.AT_MOST,
            threshold="0",
            verdict=Verdict.PASS,
        ),
        Example(
            says="Codes 0 and 5 of one column stand for nothing known, in 2 % of rows.",
            view=lambda: profiled(
                ColumnProfile("sex", 1000, 0, codes=(("1", 600), ("2", 400))),
                ColumnProfile(
                    "education", 1000, 0, undocumented=(("0", 10), ("5", 10)), codes=(("1", 500), ("2", 480))
                ),
            ),
            comparator=Comparator.AT_MOST,
            threshold="0.01",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="No column has codes.",
            view=lambda: profiled(ColumnProfile("age", 1000, 0)),
            comparator=Comparator.AT_MOST,
            threshold="0",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def undocumented_codes(view: ProfileView, *, column: str) -> Counts:
    """The rows whose code stands for nothing that is known, per coded column.

    Purpose:
        Shows categories that nobody can explain: the model has learned something from them, and people carry
        them.
    Method:
        Per column for which the dictionary lists codes, the rows with a code that it does not list. The value
        is the share of the worst column, or of the named one; the details have rows per column and code.
        Counted in full, no inference. (Gebru et al. 2021, "Datasheets for datasets", CACM 64.)
    Limits:
        A documented code may still be wrong, and an undocumented one harmless. Rows with undocumented codes
        in several columns are not added up. Beyond 100 different codes only their number is kept, and a code in
        fewer than ten rows is not named: it may be a name, or an answer that one person gave.
    Remedy:
        Ask the source of the data what the code means; document it, or treat it as missing everywhere.
    Oracle:
        rows counted by hand (tests/checks/test_data_checks.py).
    """
    profile = view.profile
    if column and column not in {c.name for c in profile.columns}:
        return Undefined(
            Reason.COLUMN_MISSING, f"The data set {profile.data!r} has no documented column {column!r}."
        )
    coded = [c for c in profile.columns if (c.codes or c.undocumented) and column in ("", c.name)]
    found = worst_share(
        [(c.name, _rows(c)) for c in coded],
        rows=profile.rows,
        nothing="No column has codes in the dictionary.",
    )
    if isinstance(found, Undefined):
        return found
    details = tuple((f"{c.name} = {_shown(code)}", rows) for c in coded for code, rows in c.undocumented)
    return Census(found.found, found.total, share=True, details=details)


def _rows(column: ColumnProfile) -> int:
    return sum(rows for _, rows in column.undocumented)
