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
from assay.plan.passes import Pass
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
    if found := case.repeated.too_many(data):
        raise Refused(
            Refusal(Because.ROWS_REPEAT, f"{found} {SURER}"),
            remedy="If rows were recorded twice, remove the copies; if one person has several rows, name the column of persons "
            "under data.unit. If different people look alike in so few columns, say to which extent and why under "
            "data.repeated_rows: {at_most: ..., rationale: ...}, which is agreed to before the result.",
        )
    if found := case.repeated.too_often(data):
        raise Refused(
            Refusal(Because.ROWS_REPEAT, f"{found} {SURER}"),
            remedy="If it names the person or case, name it under data.unit: then one row of each counts. If rows that share it are "
            "independent, as those of one branch may be, say to which extent they share it and why under "
            "data.repeated_identifiers: {COLUMN: {at_most: ..., rationale: ...}}, which is agreed to before the result.",
        )


SURER = "Every bound would be surer than the rows are."
