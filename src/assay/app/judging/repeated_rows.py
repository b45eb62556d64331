"""Test rows that repeat each other, counted whether a criterion asks or not: each bound takes every row for news."""

from __future__ import annotations

from dataclasses import replace

from assay.app.judging.case import Case
from assay.app.judging.measure import one_of_each_unit, run_pass
from assay.app.judging.wrong_labels import wrong_labels
from assay.domain.needs import Part
from assay.domain.refusal import Because, Refusal, Refused
from assay.domain.repeats import RepeatedIn
from assay.engine.engine import Engine
from assay.plan.passes import Pass, reference_data
from assay.tally.partial import Partial


def with_repeats(case: Case, engine: Engine) -> Case:
    """The case with what is to be told of equal rows, of rows that share an identifier, and of labels, among those that count."""
    found = _counted(case, engine, case.judged_on, frozenset({Part.EQUAL_ROWS, Part.IDENTIFIERS}))
    return replace(
        case, repeated=_repeats(case, found), mislabelled=wrong_labels(case, case.judged_on, found)
    )


def repeats_in(case: Case, engine: Engine, data: str, asked: frozenset[Part]) -> RepeatedIn:
    """What of ``asked`` repeats among the rows of a data set that count: one of each unit.

    Reads the rows once, and once more where units repeat. The model is not asked.
    """
    return _repeats(case, _counted(case, engine, data, asked))


def _counted(case: Case, engine: Engine, data: str, asked: frozenset[Part]) -> Partial:
    frame, units = case.frame(), case.specification.data.unit is not None
    found = run_pass(case, frame, Pass(data, asked | ({Part.UNITS} if units else set())), engine)
    chosen = one_of_each_unit(found, engine)
    if chosen is not None:
        found = run_pass(case, frame, Pass(data, asked), engine, chosen)
    return found


def _repeats(case: Case, found: Partial) -> RepeatedIn:
    groupings = tuple(case.specification.groupings().values())
    labels = case.specification.prediction.answers.label_names
    documented, fed = (
        equal.repeats(found.layout, groupings, labels) if equal is not None else ()
        for equal in (found.repeats, found.alike)
    )
    identified = (
        (name, shared.repeats(found.layout, groupings, labels)) for name, shared in found.identified
    )
    return RepeatedIn(documented, fed, tuple(identified))


def refuse_repeated_rows(case: Case) -> None:
    """Refuse to judge rows that may be copies of each other, or of one person, to an extent that the specification does not declare.

    Raises:
        Refused: ``rows_repeat``; no row is spent by it.
    """
    data = case.specification.data
    for found, remedy in (
        (case.repeated.too_many(data), NO_COPIES),
        (case.repeated.too_often(data), NO_PERSON),
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
    repeated = repeats_in(case, engine, reference, frozenset(asked))
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
