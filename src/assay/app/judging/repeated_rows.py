"""Test rows that repeat each other, counted whether a criterion asks or not: each bound takes every row for news."""

from __future__ import annotations

from dataclasses import replace

from assay.app.judging.case import Case
from assay.app.judging.measure import one_of_each_unit, run_pass
from assay.domain.needs import Part
from assay.domain.refusal import Because, Refusal, Refused
from assay.domain.repeats import RepeatedIn
from assay.engine.engine import Engine
from assay.plan.passes import Pass


def with_repeats(case: Case, engine: Engine) -> Case:
    """The case with what is to be told of equal rows among those that count: the judged ones, one of each unit.

    Reads the rows once, and once more where units repeat. The model is not asked.
    """
    frame, units = case.frame(), case.specification.data.unit is not None
    parts = {Part.EQUAL_ROWS, *([Part.UNITS] if units else [])}
    found = run_pass(case, frame, Pass(case.judged_on, frozenset(parts)), engine)
    chosen = one_of_each_unit(found, engine)
    if chosen is not None:
        found = run_pass(case, frame, Pass(case.judged_on, frozenset({Part.EQUAL_ROWS})), engine, chosen)
    groupings = tuple(case.specification.groupings().values())
    documented, fed = (
        equal.repeats(found.layout, groupings) if equal is not None else ()
        for equal in (found.repeats, found.alike)
    )
    return replace(case, repeated=RepeatedIn(documented, fed))


def refuse_repeated_rows(case: Case) -> None:
    """Refuse to judge rows that may be copies of each other, to an extent that the specification does not declare.

    Raises:
        Refused: ``rows_repeat``; no row is spent by it.
    """
    found = case.repeated.too_many(case.specification.data.repeated_rows)
    if found:
        raise Refused(
            Refusal(Because.ROWS_REPEAT, f"{found} Every bound would be surer than the rows are."),
            remedy="If rows were recorded twice, remove the copies; if one person has several rows, name the column of persons "
            "under data.unit. If different people look alike in so few columns, say to which extent and why under "
            "data.repeated_rows: {at_most: ..., rationale: ...}, which is agreed to before the result.",
        )
