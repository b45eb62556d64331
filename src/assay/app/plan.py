"""Plan: before anything is measured, how likely a good model is to pass each criterion on these rows.

The test rows are not opened: how many there are stands in the file's footer, and shares of groups and labels come
from the reference data (development or training rows).
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass

from assay.app.boundary import counts_of
from assay.app.case import Case
from assay.app.measure import rows_in_no_group, run_pass, small_groups, wrong_labels
from assay.domain.assessment import Asked, Broken
from assay.domain.errors import AssayError
from assay.domain.specification import Criterion
from assay.domain.vocabulary import Tier
from assay.engine.engine import Engine
from assay.engine.progress import Silence
from assay.engine.task import AskTask, run_ask
from assay.plan.counts import passes_of
from assay.plan.imagined import GroupRows, Imagined
from assay.plan.passes import Pass, Wanted, fuse, reference_data
from assay.plan.power import Power, best_value, expected_value, power_of
from assay.tally.partial import Partial


class Hopeless(AssayError):
    """A criterion that a good model would hardly ever pass on these rows."""


@dataclass(frozen=True, slots=True)
class PlannedCriterion:
    """One criterion of the plan.

    ``power`` is None for a fact about the data, which needs none, and for counts that no plan is known for.
    ``undefined`` says why the criterion could not be evaluated on such rows, ``broken`` why its check gave no
    counts on them: then nobody passes it.
    """

    criterion: Criterion
    power: Power | None = None
    rows_needed: int | None = None
    undefined: str = ""
    broken: Broken | None = None

    @property
    def passes(self) -> float | None:
        """The probability that a good model passes; None where no probability is involved."""
        if self.undefined or self.broken:
            return 0.0
        return self.power.passes if self.power is not None else None

    @property
    def hopeless(self) -> bool:
        """Whether a good model would hardly ever pass; of a broken check nothing is known, and the verdict is an error."""
        return bool(self.undefined) or (self.power is not None and self.power.hopeless)

    def __str__(self) -> str:
        """What is hopeless about it, for a person who must decide whether to go on."""
        said = self.broken.sentence if self.broken else self.undefined
        if not said and self.power is not None:
            said = f"a good model passes with probability {self.power.passes:.2f}"
            if self.rows_needed is not None:
                said += f"; {self.rows_needed:,} rows are needed"
        return f"{self.criterion.id}: {said}"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a judged run would read and what its rows can show.

    ``all_pass`` is the probability that a good model passes every critical criterion: at least one minus the sum of
    what each one lacks. ``answered``: reference rows for whose scores the model was asked, to see that it answers.
    """

    passes: tuple[Pass, ...]
    rows: int
    reference: str
    groups: tuple[GroupRows, ...]
    criteria: tuple[PlannedCriterion, ...]
    all_pass: float
    answered: int = 0

    @property
    def hopeless(self) -> tuple[PlannedCriterion, ...]:
        """The critical and supporting criteria that a good model would hardly ever pass."""
        return tuple(p for p in self.criteria if p.hopeless and p.criterion.tier is not Tier.ADVISORY)

    @property
    def broken(self) -> tuple[PlannedCriterion, ...]:
        """The critical and supporting criteria whose check breaks."""
        return tuple(p for p in self.criteria if p.broken and p.criterion.tier is not Tier.ADVISORY)


def plan(case: Case, engine: Engine) -> Plan:
    """Plan the judged run of a case; reads labels and groups of the reference data and no model.

    Raises:
        SubjectError: when labels of the reference data are neither 0 nor 1.
    """
    specification = case.specification
    reference = reference_data(specification)
    tally = run_pass(case, case.frame(), Pass(reference), engine)
    if wrong := wrong_labels(case, reference, tally):
        raise wrong
    rows = case.datasets[case.judged_on].rows
    imagined = _imagined(case, tally, rows)
    criteria = tuple(_planned(case, tally, imagined, wanted) for wanted in case.wanted)
    critical = [p.passes for p in criteria if p.passes is not None and p.criterion.tier is Tier.CRITICAL]
    return Plan(
        passes=fuse(specification, case.wanted, case.judged_on, tuple(case.datasets)),
        rows=rows,
        reference=reference,
        groups=imagined.group_rows(),
        criteria=criteria,
        all_pass=max(0.0, 1 - sum(1 - p for p in critical)),
    )


A_FEW = 100


def ask_a_few(case: Case, engine: Engine) -> int:
    """Ask the model for the scores of a few reference rows: a mistake in its declaration must not cost a judged run.

    Returns:
        How many rows it answered; 0 when scores stand in a column.

    Raises:
        SubjectError, Crash: as a judged run would report it.
    """
    if case.model is None:
        return 0
    partition = case.datasets[reference_data(case.specification)].partitions[0]
    key = hashlib.sha256(f"a few {partition.file_digest} {case.model.digest}".encode()).hexdigest()
    asked = AskTask(key, min(A_FEW, partition.rows), partition, case.model)
    (answered,) = engine.results([asked], run_ask, told=Silence(), reuse=False)
    return int(answered)


def refuse_hopeless(case: Case, engine: Engine, *, bypass: bool) -> tuple[str, ...]:
    """Refuse to spend test rows on a critical or supporting criterion that a good model would hardly ever pass.

    Returns:
        What was bypassed, to be recorded.

    Raises:
        Hopeless: when there is such a criterion and ``bypass`` is false.
    """
    found = plan(case, engine).hopeless
    if found and not bypass:
        raise Hopeless(
            f"These criteria cannot do their work on the {case.datasets[case.judged_on].rows:,} test rows: "
            f"{'. '.join(map(str, found))}.",
            code="hopeless_criteria",
            remedy="Change the criteria or collect rows before the test set is spent (see: assay plan), or give the "
            "bypass --certify-a-hopeless-specification, which is recorded.",
        )
    return tuple(f"Tested although the plan called it hopeless: {planned}" for planned in found)


def _imagined(case: Case, tally: Partial, rows: int) -> Imagined:
    specification = case.specification
    return Imagined(
        layout=tally.layout,
        population=tally.population,
        scale=rows / max(tally.rows, 1),
        groupings=specification.groupings(),
        small=small_groups(specification, tally),
        favourable=specification.prediction.favourable,
    )


def _planned(case: Case, tally: Partial, imagined: Imagined, wanted: Wanted) -> PlannedCriterion:
    """What the test rows can show of one criterion, from what its check counts on imagined ones."""
    criterion, check = wanted.criterion, case.checks[wanted.criterion.metric]
    view = imagined.view(wanted.need, criterion.across)
    if view is None:
        return PlannedCriterion(criterion)
    if criterion.across is not None and (
        said := rows_in_no_group(case.specification, tally, criterion.across)
    ):
        return PlannedCriterion(criterion, undefined=said)
    counts = counts_of(check, criterion, lambda: view)
    if isinstance(counts, Broken):
        return PlannedCriterion(criterion, broken=counts)
    alpha = case.specification.alpha_of(criterion)
    passes = passes_of(counts, Asked(criterion.id, criterion.comparator, criterion.threshold, alpha))
    if passes is None:
        return PlannedCriterion(criterion)
    if isinstance(passes, str):
        return PlannedCriterion(criterion, undefined=passes)
    power = power_of(
        passes,
        expected=expected_value(check.metric, criterion.comparator, criterion.threshold, criterion.expected),
        threshold=float(criterion.threshold),
        best=best_value(check.metric, criterion.comparator, criterion.threshold),
    )
    rows = case.datasets[case.judged_on].rows
    needed = math.ceil(rows * power.factor) if power.factor is not None else None
    return PlannedCriterion(criterion, power, needed)
