"""From tallies to statistics: hand each check the view that its need names, and take its counts, or say why there are none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

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
from assay.domain.units import units_unknown, unusual
from assay.domain.vocabulary import Reason
from assay.plan.passes import Wanted
from assay.tally.groups import inside
from assay.tally.partial import Partial
from assay.tally.units import UnitTally


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
    for tally in looked_at:
        if (units := tally.units) is None:
            continue
        said, remedy = units_unknown(
            case.specification.data.unit or "",
            rows=units.rows,
            missing=units.missing,
            units=units.n,
            largest=units.largest,
            torn=units.n_torn if need.asks_model else 0,  # what asks no model looks at no score
            by_group=_by_group(case, measured, wanted, tally, units),
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


def _by_group(
    case: Case, measured: Measured, wanted: Wanted, tally: Partial, units: UnitTally
) -> dict[str, tuple[int, int]]:
    """By group that a criterion compares, or of the part that it is narrowed to, the rows of one unusual unit, and all; where the model is asked by label, too."""
    across, layout = wanted.criterion.across, tally.layout
    names = case.specification.groupings()[across] if across is not None else ()
    told = case.specification.prediction.answers.label_names
    many, kept = unusual(units.rows, units.n), inside(layout, dict(wanted.narrowed))
    found = {}
    if across is not None or wanted.narrowed:
        labels = layout.labels(names) if names else (" and ".join(part for _, part in wanted.narrowed),)
        groups = np.repeat(np.where(kept, layout.group_of_cell(names), -1), len(told) + 1)
        found = dict(zip(labels, units.by_group(groups, len(labels), many), strict=True))
    if wanted.need.asks_model and len(told) > 1:
        of_label = np.where(kept[:, None], np.arange(-1, len(told))[None, :], -1).reshape(-1)
        listed = units.by_group(of_label, len(told), many)
        found |= {f"label {label}": of for label, of in zip(told, listed, strict=True)}
    aside = measured.small.get(across or "", frozenset())
    return {label: of for label, of in found.items() if label not in aside}


def _failure(error: AssayError) -> Broken:
    of_model = error.code.startswith("model_")
    return broken(error, otherwise=Reason.MODEL_CRASHED if of_model else Reason.DATA_INVALID)
