"""From tallies to statistics: hand each check the view that its need names, and take its counts, or say why there are none."""

from __future__ import annotations

from dataclasses import dataclass

from assay.app.judging.boundary import broken, counts_of
from assay.app.judging.called_names import called_names
from assay.app.judging.case import Case
from assay.app.judging.left_out import too_many_left_out
from assay.app.judging.measure import Measured
from assay.app.judging.unmoved import code_of_nobody, nothing_to_miss, too_few_moved
from assay.app.judging.views import view_of
from assay.app.judging.wrong_labels import wrong_labels
from assay.domain.assessment import Broken
from assay.domain.errors import AssayError, SubjectError
from assay.domain.evidence import Statistic
from assay.domain.needs import Reads, Tabulated
from assay.domain.specification import Criterion
from assay.domain.units import units_unknown
from assay.domain.vocabulary import Reason
from assay.plan.passes import Wanted
from assay.tally.partial import Partial


@dataclass(frozen=True, slots=True)
class Counted:
    """A criterion with its statistic, or with why there is none.

    ``aside`` says that it is about the groups that the small-group rule set aside.
    """

    wanted: Wanted
    found: Statistic | Broken
    aside: bool = False

    @property
    def statistic(self) -> Statistic | None:
        """The statistic, if there is one."""
        return self.found if isinstance(self.found, Statistic) else None


def count(case: Case, measured: Measured) -> tuple[Counted, ...]:
    """The statistic of every criterion, and one more for each whose grouping has small groups."""
    found = []
    for wanted in case.wanted:
        found.append(_count_one(case, measured, wanted, aside=False))
        if wanted.need.cuts_small_groups and _has_small(measured, wanted.criterion):
            found.append(_count_one(case, measured, wanted, aside=True))
    return tuple(found)


def _has_small(measured: Measured, criterion: Criterion) -> bool:
    return bool(criterion.across and measured.small.get(criterion.across))


def _count_one(case: Case, measured: Measured, wanted: Wanted, *, aside: bool) -> Counted:
    criterion = wanted.criterion
    check = case.checks[criterion.metric]
    counts = (
        _lacking(case, measured, wanted)
        or too_many_left_out(case, measured, wanted)
        or counts_of(check, criterion, lambda: view_of(case, measured, wanted, aside=aside))
    )
    if isinstance(counts, Broken):
        return Counted(wanted, counts, aside)
    statistic = Statistic(
        metric=criterion.metric,
        across=criterion.across or "",
        data=wanted.data(measured.judged_on),
        counts=counts,
        parameters=tuple((name, str(value)) for name, value in wanted.parameters),
        criterion=criterion.id,
        aside=aside,
    )
    return Counted(wanted, statistic, aside)


def _lacking(case: Case, measured: Measured, wanted: Wanted) -> Broken | None:
    """Why the model gave nothing for this need, or why the rows that it was asked about are not known."""
    if wanted.need.asks_model and measured.failure is not None:
        return _failure(measured.failure)
    unknown = _units_unknown(case, measured, wanted) or _no_truth_beside(case, measured, wanted)
    if unknown is not None:
        return _failure(unknown)
    if not wanted.need.changes_inputs:
        return None
    continuous = called_names(case, measured)
    if continuous is not None:
        return _failure(continuous)
    failed = measured.change_failures.get(wanted.again_key)
    if failed is None:
        still = (
            code_of_nobody(case, measured, wanted)
            or too_few_moved(case, measured, wanted)
            or nothing_to_miss(case, measured, wanted)
        )
        return None if still is None else _failure(still)
    found = _failure(failed)
    return Broken(found.reason, f"On the perturbed rows, and only there: {found.sentence}")


def _units_unknown(case: Case, measured: Measured, wanted: Wanted) -> SubjectError | None:
    """Why of some data set that a need reads one row of each unit cannot be chosen; None where it need not be, or can."""
    need = wanted.need
    looked_at: tuple[Partial, ...]
    if need.asks_model:
        beside = measured.tallies.get(wanted.asked_beside or "")
        looked_at = (measured.judged, *(() if beside is None else (beside,)))
    elif not isinstance(need, Tabulated) or not need.per_unit:
        return None
    elif need.reads is Reads.EVERY:
        looked_at = tuple(measured.tallies.values())
    else:
        looked_at = (measured.tallies[wanted.data(measured.judged_on)],)
    for units in (tally.units for tally in looked_at if tally.units is not None):
        said, remedy = units_unknown(
            case.specification.data.unit or "",
            rows=units.rows,
            missing=units.missing,
            units=len(units.units),
            largest=units.largest,
            torn=int(units.torn.sum()) if need.asks_model else 0,  # what asks no model looks at no score
        )
        if said:
            return SubjectError(said, code="data_invalid", remedy=remedy)
    return None


def _no_truth_beside(case: Case, measured: Measured, wanted: Wanted) -> SubjectError | None:
    """What is wrong with the labels of the other rows that the model was asked about; None where there are none, or nothing is."""
    beside = wanted.asked_beside
    if beside is None or beside not in measured.tallies:
        return None
    return wrong_labels(case, beside, measured.tallies[beside])


def _failure(error: AssayError) -> Broken:
    of_model = error.code.startswith("model_")
    return broken(error, otherwise=Reason.MODEL_CRASHED if of_model else Reason.DATA_INVALID)
