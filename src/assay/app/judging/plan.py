"""Plan: before anything is measured, how likely a good model is to pass each criterion on these rows.

The test rows are not opened: how many there are stands in the file's footer, and shares of groups and labels come
from the reference data (development or training rows). What a row can show depends on the alpha that is spent, and so on
which judged run on these rows it is: each share of a schedule of attempts is planned by itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from assay.app.judging.boundary import counts_of
from assay.app.judging.case import Case
from assay.app.judging.left_out import rows_in_no_group
from assay.app.judging.measure import run_pass, small_groups
from assay.app.judging.planned import Plan, PlannedAttempt, PlannedCriterion
from assay.app.judging.views import known_view
from assay.app.judging.wrong_labels import wrong_labels
from assay.domain.assessment import Asked, Broken
from assay.domain.errors import AssayError
from assay.domain.evidence import Census, Statistic, Undefined
from assay.domain.judge import judge
from assay.domain.needs import Part
from assay.domain.units import units_unknown
from assay.domain.vocabulary import Comparator, Reason, Task, Tier, Verdict
from assay.dossier.wording import data_set
from assay.engine.engine import Engine
from assay.engine.progress import Silence
from assay.engine.tables import context_of
from assay.engine.task import AskTask, close_models, run_ask
from assay.plan.counts import prospect_of
from assay.plan.errors import errors_of
from assay.plan.imagined import Imagined, ImaginedTable
from assay.plan.passes import Pass, Table, Wanted, fuse, reference_data, tables_of
from assay.plan.power import Power, best_value, expected_value
from assay.plan.scores import Spread
from assay.stats.assess import assess
from assay.tally.partial import Partial
from assay.tally.views import ProfileView


class Hopeless(AssayError):
    """A criterion that a good model would hardly ever pass on these rows."""


def plan(case: Case, engine: Engine, spread: Spread | None, *, attempts: Sequence[range]) -> Plan:
    """Plan the judged run of a case; reads labels, groups and units of the reference data.

    Args:
        spread: that of the model's scores, when it was asked.
        attempts: which judged runs on the rows are planned, together those that spend the same share of alpha.

    Raises:
        SubjectError: when labels of the reference data are neither 0 nor 1.
    """
    specification = case.specification
    reference = reference_data(specification)
    parts = {Part.UNITS} if specification.data.unit is not None else set()
    tables = tables_of(specification, case.wanted)
    parts |= {Part.TABLES} if tables else set()
    reading = Pass(reference, frozenset(parts), tables=tables, imagined=True)
    errors = errors_of(specification.criteria, {id_: check.metric for id_, check in case.checks.items()})
    answers = specification.prediction.answers
    tally = run_pass(case, replace(case.frame(), off=errors.off(answers)), reading, engine)
    if wrong := wrong_labels(case, reference, tally):
        raise wrong
    rows = case.datasets[case.judged_on].rows
    used = max(round(rows * _share_used(tally)), min(rows, 1))
    imagined = _imagined(case, tally, used, tables)
    return Plan(
        passes=fuse(specification, case.wanted, case.judged_on, tuple(case.datasets)),
        rows=rows,
        rows_used=used,
        reference=reference,
        groups=imagined.group_rows(),
        attempts=tuple(_attempt(case, tally, imagined, spread, alike) for alike in attempts),
        answered=spread.rows if spread is not None else 0,
        repeats=_of_nobody(case, tally),
        unit=specification.data.unit,
        answers=answers,
        errors=errors.told if answers.task is Task.REGRESSION and any(t.asks for t in tables) else "",
    )


def _attempt(
    case: Case, tally: Partial, imagined: Imagined, spread: Spread | None, attempts: range
) -> PlannedAttempt:
    first = attempts[0]
    criteria = tuple(_planned(case, tally, imagined, wanted, spread, first) for wanted in case.wanted)
    critical = [p.passes for p in criteria if p.passes is not None and p.criterion.tier is Tier.CRITICAL]
    return PlannedAttempt(
        attempts,
        case.specification.attempts.share(first),
        criteria,
        max(0.0, 1 - sum(1 - p for p in critical)),
    )


def _share_used(tally: Partial) -> float:
    """The share of rows that count where one row of a unit does."""
    if tally.units is None or not tally.units.rows:
        return 1.0
    return tally.units.n / tally.units.rows


def _of_nobody(case: Case, tally: Partial) -> str:
    """Why one of each unit could not be chosen of test rows like the reference rows, and what to do; empty where it can."""
    units, unit = tally.units, case.specification.data.unit
    if units is None or unit is None:
        return ""
    said, remedy = units_unknown(
        unit, rows=units.rows, missing=units.missing, units=units.n, largest=units.largest
    )
    return f"{said} Of test rows like them nothing about the model is judged. {remedy}" if said else ""


A_FEW, PLACES = 1000, 10
"""Rows that the model is asked for in one place of the reference data, and in how many places at most."""


def ask_a_few(case: Case, engine: Engine) -> Spread | None:
    """Ask the model for the scores of a few reference rows: a mistake in its declaration must not cost a judged run.

    Returns:
        How the scores of the rows lie; None when they stand in a column, or a function of this process gives them.

    Raises:
        SubjectError, Crash: as a judged run would report it.
    """
    if case.model is None:
        return None
    reference = reference_data(case.specification)
    partitions = case.datasets[reference].partitions
    places = partitions[:: -(-len(partitions) // PLACES)]
    asked = [
        AskTask(case.code_digest, min(A_FEW, place.rows), place, case.model) for place in places if place.rows
    ]
    try:
        answered = engine.results(asked, run_ask, told=Silence(), reuse=bool(case.model.digest))
        scores = np.concatenate([np.frombuffer(scores, dtype="<f8") for scores in answered])
    finally:
        close_models()  # of this process; workers end with theirs
    rows = sum(task.rows for task in asked)
    if case.specification.prediction.decide_at is None:
        return Spread(None, 0.0, rows, reference)
    left = scores * (1 - scores)
    return Spread(float(left.mean()), float(left.std() / math.sqrt(rows)), rows, reference)


def refuse_hopeless(case: Case, engine: Engine, *, attempt: int, bypass: bool) -> tuple[str, ...]:
    """Refuse to lock or to judge what cannot come out well: a model that does not answer, a required criterion that a
    good one hardly ever passes.

    Args:
        attempt: which judged run on its rows the next one is: on it depends the alpha that will be spent.
        bypass: whether to go on with such a criterion.

    Returns:
        What was bypassed, to be recorded.

    Raises:
        SubjectError, Crash: when the model gives no scores for a few reference rows.
        Hopeless: when there is such a criterion and ``bypass`` is false.
    """
    made = plan(case, engine, ask_a_few(case, engine), attempts=(range(attempt, attempt + 1),))
    (comes,) = made.attempts
    found = comes.hopeless
    spends = (
        f" in attempt {attempt}, which spends {comes.share:.3g} of their alpha" if comes.share < 1 else ""
    )
    if found and not bypass:
        raise Hopeless(
            f"These criteria cannot do their work on {made.told}{spends}",
            points=_said_once(found),
            code="hopeless_criteria",
            remedy="See what these rows can show with: assay plan SPECIFICATION. Change the criteria or collect rows "
            "before the test set is spent; or give the bypass --certify-a-hopeless-specification, which is recorded.",
        )
    return tuple(f"The plan called it hopeless: {planned}" for planned in found)


def _said_once(found: Sequence[PlannedCriterion]) -> tuple[str, ...]:
    """What is hopeless, each sentence once, after all the criteria of which it is true; without a full stop."""
    of: dict[str, list[str]] = {}
    for planned in found:
        of.setdefault(planned.said, []).append(planned.criterion.id)
    return tuple(f"{', '.join(names)}: {said}" for said, names in of.items())


def _imagined(case: Case, tally: Partial, rows: int, tables: Sequence[Table]) -> Imagined:
    specification, counted = case.specification, dict(tally.tables)
    return Imagined(
        layout=tally.layout,
        population=tally.population,
        rows=rows,
        scale=rows / max(tally.rows, 1),
        groupings=specification.groupings(),
        small=small_groups(specification, tally),
        favourable=specification.prediction.favourable,
        judged_on=case.judged_on,
        rows_of={name: dataset.rows for name, dataset in case.datasets.items()},
        tables={
            table.key: ImaginedTable(counted[table.key], context_of(case.frame(), table)) for table in tables
        },
    )


def _foregone(case: Case, imagined: Imagined, wanted: Wanted, alpha: float) -> str:
    """Why a fact about the data or the text fails, or cannot be had, before any row is read; empty when it can pass.

    What the rows hold is not imagined; what a check says is not declared, it says of imagined rows as well.
    """
    criterion, known = wanted.criterion, known_view(case, wanted)
    if known is None and not imagined.imagines(wanted):
        return ""
    counts = counts_of(
        case.checks[criterion.metric],
        criterion,
        lambda: imagined.view(wanted) if known is None else known,
    )
    documented = isinstance(known, ProfileView)  # which holds no codes, whatever is documented
    if isinstance(counts, Undefined) and counts.reason is Reason.NOT_MEASURED and not documented:
        return counts.detail
    if known is None or not isinstance(counts, Census):
        return ""
    asked = Asked(criterion.id, criterion.comparator, criterion.threshold, alpha)
    statistic = Statistic(criterion.metric, criterion.across or "", criterion.data, counts)
    (judged,) = judge([assess(statistic, asked)])
    return judged.sentence if judged.verdict is Verdict.FAIL else ""


def _supposed(case: Case, said: str) -> str:
    """What a check says of rows of the judged data, with whose rows these are: nobody has read any; empty where it says nothing of them."""
    if f"rows of {case.judged_on!r}" not in said:
        return ""
    return f"If they are like the {data_set(reference_data(case.specification))} rows: {said}"


def _planned(
    case: Case, tally: Partial, imagined: Imagined, wanted: Wanted, spread: Spread | None, attempt: int
) -> PlannedCriterion:
    """What the test rows can show of one criterion, from what its check counts on imagined ones."""
    criterion, check = wanted.criterion, case.checks[wanted.criterion.metric]
    alpha = case.specification.alpha_of(criterion, attempt)
    if check.metric.census or not imagined.imagines(wanted):  # a fact is not imagined
        said = _foregone(case, imagined, wanted, alpha)
        if supposed := _supposed(case, said):
            return PlannedCriterion(criterion, undefined=supposed)
        return PlannedCriterion(criterion, foregone=said, refits=wanted.need.refits)
    aside = imagined.small.get(criterion.across or "", frozenset())
    if outside := rows_in_no_group(case.specification, tally, wanted, aside):
        reference = data_set(reference_data(case.specification))
        return PlannedCriterion(criterion, undefined=f"Of the {reference} rows: {outside}")
    counts = counts_of(check, criterion, lambda: imagined.view(wanted))
    if isinstance(counts, Broken):
        return PlannedCriterion(criterion, broken=counts)
    asked = Asked(criterion.id, criterion.comparator, criterion.threshold, alpha)
    prospect = prospect_of(counts, asked, spread)
    if prospect is None:
        return PlannedCriterion(criterion)
    if isinstance(prospect, str):
        return PlannedCriterion(criterion, undefined=_supposed(case, prospect) or prospect)
    limit = criterion.comparator, criterion.threshold
    answers = case.specification.prediction.answers
    declared = check.metric.under(dict(wanted.parameters), answers, imagined.rows)
    best = best_value(check.metric, *limit, _always_right(case, imagined, wanted, asked), declared)
    expected = expected_value(check.metric, *limit, criterion.expected, best)
    power = Power.of(prospect, expected=expected, threshold=float(criterion.threshold), best=best)
    return PlannedCriterion(criterion, power, imagined.rows, unit=case.specification.data.unit)


def _always_right(case: Case, imagined: Imagined, wanted: Wanted, asked: Asked) -> float | None:
    """The value of a model that is always right on such rows; None where none can be imagined, or where the metric has an ideal."""
    criterion, check = wanted.criterion, case.checks[wanted.criterion.metric]
    view = imagined.always_right(wanted) if check.metric.ideal is None else None
    if view is None:
        return None
    counts = counts_of(check, criterion, lambda: view)
    if isinstance(counts, (Broken, Undefined)):
        return None
    found = assess(Statistic(criterion.metric, criterion.across or "", criterion.data, counts), asked)
    estimates = [piece.estimate for piece in found.pieces if piece.estimate is not None]
    worst = min if asked.comparator is Comparator.AT_LEAST else max
    return worst(estimates, default=None)
