"""Test rows that repeat each other, refused whether a criterion asks or not: each bound takes every row for news."""

from __future__ import annotations

from assay.app.judging.case import Case
from assay.app.judging.looking import repeats_of
from assay.domain.needs import Part
from assay.domain.refusal import Because, Refusal, Refused
from assay.engine.engine import Engine
from assay.plan.passes import reference_data


def refuse_repeated_rows(case: Case) -> None:
    """Refuse to judge rows that may be copies of each other, or of one person, to an extent that the specification does not declare.

    Raises:
        Refused: ``rows_repeat``; no row is spent by it.
    """
    data = case.specification.data
    for found, remedy in (
        (case.looked.repeated.too_many(data), NO_COPIES),
        (case.looked.repeated.too_often(data), NO_PERSON),
    ):
        if found:
            raise Refused(Refusal(Because.ROWS_REPEAT, f"{found} {SURER}"), remedy=remedy)


def will_be_refused(case: Case, engine: Engine) -> str:
    """Why as many test rows as there are will be refused if they are like those of the reference data, and what to do; else empty.

    Where a documented column is absent from these, which rows are equal cannot be told.
    """
    reference, asked = reference_data(case.specification), {Part.IDENTIFIERS}
    rows = case.datasets[reference]
    if set(case.frame().content) <= set(rows.names):
        asked.add(Part.EQUAL_ROWS)
    factor = case.datasets[case.judged_on].rows / max(rows.rows, 1)
    repeated = repeats_of(case, engine, reference, frozenset(asked))
    data = case.specification.data
    many, often = repeated.would_be_too_many(data, factor), repeated.too_often(data)
    found, remedy = (many, NO_COPIES) if many else (often, NO_PERSON)
    return f"{found} Test rows like them are refused. {remedy}" if found else ""


SURER = "Every bound would be surer than the rows are."
NO_COPIES = (
    "If rows were recorded twice, remove the copies; if one person has several rows, name the column of persons "
    "under data.unit. If different people look alike in so few columns, say to which extent and why under "
    "data.repeated_rows: {at_most: ..., rationale: ...}, which is agreed to before the result."
)
NO_PERSON = (
    "If it names the person or case, name it under data.unit: then one row of each counts. If rows that share it are "
    "independent, as those of one branch may be, say to which extent they share it and why under "
    "data.repeated_identifiers: {COLUMN: {at_most: ..., rationale: ...}}, which is agreed to before the result."
)
