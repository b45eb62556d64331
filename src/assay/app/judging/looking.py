"""Look at the judged rows before any is spent: one reading that asks the model nothing, and one more where units repeat.

It finds all that decides whether they may be judged and how they count: equal rows, shared identifiers, labels, one row of each unit,
which rows draw for themselves, and most of that by which they are known again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assay.app.judging.case import Case
from assay.app.judging.looked import Looked
from assay.app.judging.measure import judged_pass, one_of_each_unit, run_pass
from assay.app.judging.used_rows import foreseen
from assay.app.judging.wrong_labels import wrong_labels
from assay.domain.needs import Part
from assay.domain.repeats import RepeatedIn
from assay.domain.used_rows import UsedRows
from assay.engine.engine import Engine
from assay.plan.passes import Pass
from assay.tally.partial import Partial


def look(case: Case, engine: Engine, *, beside: Sequence[UsedRows] | None) -> Case:
    """The case with what its judged rows are.

    Args:
        beside: the rows of earlier runs, as far as they are known, that these are held against or noted beside; None where nobody
            has to know these again.
    """
    data, frame = case.judged_on, case.frame()
    asked = {Part.EQUAL_ROWS, Part.IDENTIFIERS} | ({Part.COPIES} if judged_pass(case).again else set())
    units = {Part.UNITS} if case.specification.data.unit is not None else set()
    sketched = foreseen(case, beside) if beside is not None else ()
    sketches = {Part.SKETCHES} if sketched else set()
    read = run_pass(case, frame, Pass(data, frozenset(asked | units | sketches), sketched=sketched), engine)
    found, chosen = _of_each_unit_once(case, read, Pass(data, frozenset(asked)), engine)
    numbers = None if found.copies is None else found.copies.numbers()
    return replace(
        case,
        looked=Looked(
            _repeats_in(case, found),
            wrong_labels(case, data, read),
            chosen,
            "" if numbers is None or not numbers.size else engine.keep(numbers.astype("<i8").tobytes()),
            dict(zip(sketched, read.sketches, strict=True)),
        ),
    )


def repeats_of(case: Case, engine: Engine, data: str, asked: frozenset[Part]) -> RepeatedIn:
    """What of ``asked`` repeats among the rows of any data set that count, in one reading, and one more where units repeat."""
    units = {Part.UNITS} if case.specification.data.unit is not None else set()
    read = run_pass(case, case.frame(), Pass(data, asked | units), engine)
    found, _ = _of_each_unit_once(case, read, Pass(data, asked), engine)
    return _repeats_in(case, found)


def _of_each_unit_once(
    case: Case, counted: Partial, again: Pass, engine: Engine
) -> tuple[Partial, str | None]:
    """What was counted, or where units repeat what is counted again of one row of each; and the key of the choice."""
    chosen = one_of_each_unit(counted, engine)
    if chosen is None:
        return counted, None
    return run_pass(case, case.frame(), again, engine, chosen), chosen


def _repeats_in(case: Case, found: Partial) -> RepeatedIn:
    """Equal rows and rows that share an identifier, as far as they were counted."""
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
