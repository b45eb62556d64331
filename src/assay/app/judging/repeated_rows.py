"""Test rows that repeat each other, refused whether a criterion asks or not: each bound takes every row for news."""

from __future__ import annotations

from assay.app.judging.case import Case
from assay.domain.refusal import Because, Refusal, Refused


def refuse_repeated_rows(case: Case) -> None:
    """Refuse to judge rows that may be copies of each other, or of one person, to an extent that the specification does not declare.

    Raises:
        Refused: ``rows_repeat``; no row is spent by it.
    """
    data = case.specification.data
    if found := case.looked.repeated.too_many(data):
        raise Refused(
            Refusal(Because.ROWS_REPEAT, f"{found} {SURER}"),
            remedy="If rows were recorded twice, remove the copies; if one person has several rows, name the column of persons "
            "under data.unit. If different people look alike in so few columns, say to which extent and why under "
            "data.repeated_rows: {at_most: ..., rationale: ...}, which is agreed to before the result.",
        )
    if found := case.looked.repeated.too_often(data):
        raise Refused(
            Refusal(Because.ROWS_REPEAT, f"{found} {SURER}"),
            remedy="If it names the person or case, name it under data.unit: then one row of each counts. If rows that share it are "
            "independent, as those of one branch may be, say to which extent they share it and why under "
            "data.repeated_identifiers: {COLUMN: {at_most: ..., rationale: ...}}, which is agreed to before the result.",
        )


SURER = "Every bound would be surer than the rows are."
