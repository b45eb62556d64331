"""From tallies to statistics: hand each check the view that its need names, and take its counts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from assay.app.case import Case
from assay.app.measure import Measured, group_rows, rows_in_no_group
from assay.app.unfit_data import FLOATS, INTEGERS
from assay.domain import gating
from assay.domain.errors import AssayError, SubjectError
from assay.domain.evidence import Compare, Counts, Rates, Statistic, Undefined
from assay.domain.needs import Outcomes, Perturbed, Profiles, RowSets, Sections
from assay.domain.specification import Criterion, Specification
from assay.domain.vocabulary import Reason
from assay.plan.passes import Wanted
from assay.tally.profiles import MANY
from assay.tally.views import DataProfile, OutcomeView, PairedView, ProfileView, RowSetView, SectionView


@dataclass(frozen=True, slots=True)
class Counted:
    """A criterion with its statistic, or with the reason why there is none.

    ``aside`` says that the statistic is about the groups that the small-group rule set aside.
    """

    wanted: Wanted
    statistic: Statistic | None
    failure: tuple[Reason, str] | None = None
    aside: bool = False


def count(case: Case, measured: Measured) -> tuple[Counted, ...]:
    """The statistic of every criterion, and one more for each whose grouping has small groups."""
    found = []
    for wanted in case.wanted:
        found.append(_count_one(case, measured, wanted, aside=False))
        if _has_small(measured, wanted.criterion) and isinstance(wanted.need, Outcomes | Perturbed):
            found.append(_count_one(case, measured, wanted, aside=True))
    return tuple(found)


def _has_small(measured: Measured, criterion: Criterion) -> bool:
    return bool(criterion.across and measured.small.get(criterion.across))


def _count_one(case: Case, measured: Measured, wanted: Wanted, *, aside: bool) -> Counted:
    criterion = wanted.criterion
    failure = _lacking(case, measured, wanted)
    if failure is not None:
        return Counted(wanted, None, failure, aside)
    check = case.checks[criterion.metric]
    try:
        unclassified = _too_many_in_no_group(case, measured, wanted)
        view = _view(case, measured, wanted, aside=aside)
        counts = unclassified or check.count(
            view, across=criterion.across, reference=criterion.reference, arguments=criterion.parameters
        )
        _require_counts(counts)
        if aside and isinstance(counts, Rates) and counts.compare is not Compare.EACH:
            counts = replace(counts, focus=tuple(sorted(measured.small[criterion.across or ""])))
    except AssayError as error:
        return Counted(wanted, None, _failure(error), aside)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - the one boundary that turns a crashed check, or one that exits, into a verdict
        said = f"The check {check.id!r} crashed with {type(error).__name__}; its message is withheld: it may hold rows."
        return Counted(wanted, None, (Reason.CHECK_CRASHED, said), aside)
    statistic = Statistic(
        metric=criterion.metric,
        across=criterion.across or "",
        data=measured.judged_on if isinstance(wanted.need, Outcomes | Perturbed) else criterion.data,
        counts=counts,
        parameters=tuple((name, str(value)) for name, value in wanted.parameters),
        criterion=criterion.id,
        aside=aside,
    )
    return Counted(wanted, statistic, aside=aside)


def _require_counts(counts: object) -> None:
    if not isinstance(counts, Counts):
        raise TypeError(f"a check returns counts, not {type(counts).__name__}")


def _too_many_in_no_group(case: Case, measured: Measured, wanted: Wanted) -> Undefined | None:
    """Groups cannot be compared when too many of the rows that are counted belong to none of them."""
    criterion = wanted.criterion
    if criterion.across is None:
        return None
    asks_model = isinstance(wanted.need, Outcomes | Perturbed)
    tally = measured.judged if asks_model else measured.tallies[criterion.data]
    said = rows_in_no_group(case.specification, tally, criterion.across)
    return Undefined(Reason.ROWS_IN_NO_GROUP, said) if said else None


def _lacking(case: Case, measured: Measured, wanted: Wanted) -> tuple[Reason, str] | None:
    """Why the model gave nothing for this need, or why the rows that it is judged on are not known."""
    if not isinstance(wanted.need, Outcomes | Perturbed):
        return None
    if measured.failure is not None:
        return _failure(measured.failure)
    unknown = _units_unknown(case, measured)
    if unknown is not None:
        return _failure(unknown)
    if isinstance(wanted.need, Outcomes):
        return None
    continuous = _called_categories(case, measured)
    if continuous is not None:
        return _failure(continuous)
    failed = measured.change_failures.get(wanted.change_key)
    if failed is None:
        return None
    reason, said = _failure(failed)
    return reason, f"On the perturbed rows, and only there: {said}"


def _called_categories(case: Case, measured: Measured) -> SubjectError | None:
    """Inputs that are called categories and hold hundreds of other codes: numbers, which a perturbation would leave."""
    types = {column.name: column.type for column in case.datasets[measured.judged_on].schema}
    for profile in measured.judged.profiles:
        number = types.get(profile.name, "").startswith((*FLOATS, *INTEGERS))
        if (
            number
            and profile.name in case.specification.subject.inputs
            and MANY in dict(profile.undocumented)
        ):
            return SubjectError(
                f"The input {profile.name!r} has codes in the dictionary, and {MANY} that are not in it: it is more "
                "likely a number, which perturbations would leave as it is.",
                code="data_invalid",
                remedy="Call it 'number' in the dictionary, or list its codes.",
            )
    return None


def _units_unknown(case: Case, measured: Measured) -> SubjectError | None:
    units = measured.judged.units
    if units is None:
        return None
    said, remedy = gating.units_unknown(
        case.specification.data.unit or "",
        rows=units.rows,
        missing=units.missing,
        units=len(units.units),
        largest=units.largest,
        torn=int(units.torn.sum()),
    )
    return SubjectError(said, code="data_invalid", remedy=remedy) if said else None


def _failure(error: AssayError) -> tuple[Reason, str]:
    known = {reason.value: reason for reason in Reason}
    fallback = Reason.MODEL_CRASHED if error.code.startswith("model_") else Reason.DATA_INVALID
    return known.get(error.code, fallback), str(error)


def _view(case: Case, measured: Measured, wanted: Wanted, *, aside: bool) -> Any:
    criterion, need = wanted.criterion, wanted.need
    if isinstance(need, Outcomes):
        return _outcomes(case, measured, criterion, aside=aside)
    if isinstance(need, Perturbed):
        return _paired(case, measured, wanted, aside=aside)
    if isinstance(need, Profiles):
        return _profile(case, measured, criterion.data)
    if isinstance(need, RowSets):
        return _row_sets(measured, criterion.data)
    if isinstance(need, Sections):
        return SectionView(tuple(filled_sections(case.specification)))
    raise TypeError(f"no view for the need {type(need).__name__}")


def _outcomes(case: Case, measured: Measured, criterion: Criterion, *, aside: bool) -> OutcomeView:
    outcomes = measured.judged.outcomes
    assert outcomes is not None  # noqa: S101 - a failure is reported before a view is asked for
    favourable = case.specification.prediction.favourable
    if criterion.across is None:
        return outcomes.view((), favourable)
    names = case.specification.groupings()[criterion.across]
    small = measured.small[criterion.across]
    if aside and case.checks[criterion.metric].metric.reference:
        # A comparison: the small groups against every group; ``focus`` leaves the other pairs out.
        return outcomes.view(names, favourable)
    labels = outcomes.layout.labels(names)
    return outcomes.view(
        names, favourable, among=tuple(label for label in labels if (label in small) == aside)
    )


def _paired(case: Case, measured: Measured, wanted: Wanted, *, aside: bool) -> PairedView:
    tally = dict(measured.judged.paired)[wanted.change_key]
    across = wanted.criterion.across
    if across is None:
        return tally.view(())
    names = case.specification.groupings()[across]
    small = measured.small[across]
    labels = tally.layout.labels(names)
    return tally.view(names, among=tuple(label for label in labels if (label in small) == aside))


def _profile(case: Case, measured: Measured, data: str) -> ProfileView:
    tally = measured.tallies[data]
    present = set(case.datasets[data].names)
    columns = {column.name: column for column in case.dictionary.columns}
    profile = DataProfile(
        data=data,
        rows=tally.rows,
        columns=tuple(p.view(columns[p.name]) for p in tally.profiles if p.name in present),
        absent=tuple(name for name in columns if name not in present),
        undeclared=tuple(name for name in case.datasets[data].names if name not in columns),
    )
    groups = {
        name: tuple(group_rows(tally, attributes).items())
        for name, attributes in case.specification.groupings().items()
    }
    return ProfileView(profile=profile, groups=groups)


def _row_sets(measured: Measured, data: str) -> RowSetView:
    sets = {name: tally.row_set for name, tally in measured.tallies.items() if tally.row_set is not None}
    by_inputs = {name: t.by_inputs for name, t in measured.tallies.items() if t.by_inputs is not None}
    others = {name: rows for name, rows in sets.items() if name != data}
    return sets[data].view(data, others, by_inputs)


def filled_sections(specification: Specification) -> list[tuple[str, bool]]:
    """Each required section, ``block`` or ``block.field``, with whether anything stands there."""
    required = specification.documentation.required if specification.documentation is not None else ()
    return [(name, _filled(specification, name)) for name in required]


def _filled(specification: Specification, name: str) -> bool:
    value: Any = specification
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else getattr(value, part, None)
    return value not in (None, "", (), {})
