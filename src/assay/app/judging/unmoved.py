"""Changes of the inputs that say nothing: they leave rows as they are, whose decisions stay whatever the model is, or make them what nobody is."""

from __future__ import annotations

from collections.abc import Iterator

from assay.app.judging.case import Case
from assay.app.judging.measure import Measured
from assay.domain.errors import SubjectError
from assay.domain.metric import several
from assay.domain.needs import Perturbed
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
    tally = dict(measured.judged.paired)[wanted.change_key]
    across = wanted.criterion.across
    names = case.specification.groupings()[across] if across else ()
    small = measured.small[across] if across else frozenset()
    yield from (group for group in tally.moved_of(names, wanted.criterion.where) if group[0] not in small)
