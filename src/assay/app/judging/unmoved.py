"""Changes of the inputs that say nothing: they leave rows as they are, whose decisions stay whatever the model is, or make them what nobody is."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from assay.app.judging.case import Case
from assay.app.judging.measure import Measured
from assay.checks.counting.moved import MOVED
from assay.domain.errors import SubjectError
from assay.domain.metric import Unit, several
from assay.domain.needs import Perturbed
from assay.domain.vocabulary import Comparator
from assay.plan.passes import Wanted
from assay.tally.changes import CHANGE_MORE, left_alone


def too_few_moved(case: Case, measured: Measured, wanted: Wanted) -> SubjectError | None:
    """Why a change says nothing: it left all rows, or more than its need allows, as they are; of any group that is judged."""
    need = wanted.need
    if not isinstance(need, Perturbed):
        return None
    for group, moved, rows in _moved(case, measured, wanted):
        if said := left_alone(group, moved, rows, need.moves):
            return SubjectError(said, code="nothing_to_change", remedy=CHANGE_MORE)
    return None


def nothing_to_miss(case: Case, measured: Measured, wanted: Wanted) -> SubjectError | None:
    """Why a change says nothing: it made so few rows of a judged group others that no model could miss the threshold.

    A decision, or whatever is asked of a row, changes for no more rows than were changed.
    """
    criterion, unit = wanted.criterion, case.checks[wanted.criterion.metric].metric.unit
    if unit not in {Unit.SHARE, Unit.POINTS}:
        return None
    for group, moved, rows in _moved(case, measured, wanted):
        share, asked = Fraction(moved, max(rows, 1)), Fraction(criterion.threshold)
        at_most = criterion.comparator is Comparator.AT_MOST
        if rows and not (share > asked if at_most else 1 - share < asked):
            of = f" of {group!r}" if group else ""
            return SubjectError(
                f"The change made {moved:,} of {rows:,} rows{of} others than they were, so that no model could miss {criterion.comparator.words} "
                f"{criterion.threshold}: of no more rows an answer can change.",
                code="nothing_to_change",
                remedy="Change more rows: by a larger share or scale, or fewer digits; or ask for more than they can hide.",
            )
    return None


def code_of_nobody(case: Case, measured: Measured, wanted: Wanted) -> SubjectError | None:
    """Why a change of codes says nothing: it makes rows into what no row is, of which a model may never have learnt anything."""
    if not isinstance(wanted.need, Perturbed):
        return None
    given = dict(wanted.parameters)
    counted = {profile.name: dict(profile.codes) for profile in measured.judged.profiles}
    for name, parameter in case.checks[wanted.criterion.metric].metric.parameters.items():
        column = str(given.get(parameter.codes_of, ""))
        for code in several(given[name]) if parameter.codes_of else ():
            if not counted.get(column, {}).get(code):
                return SubjectError(
                    f"No row has the code {code} of {column!r}, which {name!r} lists: a change to what nobody is says nothing.",
                    code="nothing_to_change",
                    remedy="List the codes that rows have, and no others.",
                )
    return None


def _moved(case: Case, measured: Measured, wanted: Wanted) -> Iterator[tuple[str, int, int]]:
    """All rows, where it is known, and each judged group: its name, the rows that were made others, and those that are asked about."""
    across = wanted.criterion.across
    names = case.specification.groupings()[across] if across else ()
    small = measured.small[across] if across else frozenset()
    if isinstance(wanted.need, Perturbed):
        found = dict(measured.judged.paired)[wanted.change_key].moved_of(names, wanted.criterion.where)
    else:
        found = _noted(measured, wanted, measured.judged.layout.labels(names))
    yield from (group for group in found if group[0] not in small)


def _noted(measured: Measured, wanted: Wanted, labels: tuple[str, ...]) -> tuple[tuple[str, int, int], ...]:
    """What a table notes of the rows that its change made others, by group."""
    table = dict(measured.judged.tables).get(wanted.table_key, {}).get(MOVED)
    if table is None:
        return ()
    counts = table.dense(len(labels), 2)
    return tuple((label, int(counts[i, 1]), int(counts[i].sum())) for i, label in enumerate(labels))
