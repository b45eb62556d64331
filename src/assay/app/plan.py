"""Plan: before anything is measured, how likely a good model is to pass each criterion on these rows.

The test rows are not opened: how many there are stands in the file's footer, and shares of groups and labels come
from the reference data (development or training rows).
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass

import numpy as np

from assay.app.case import Case
from assay.app.measure import rows_in_no_group, run_pass, small_groups, wrong_labels
from assay.checks.check import Check
from assay.domain.errors import AssayError
from assay.domain.evidence import Rates, Scores, Undefined
from assay.domain.needs import Outcomes, Perturbed
from assay.domain.specification import Criterion
from assay.domain.vocabulary import Comparator, Tier
from assay.engine.engine import Engine
from assay.engine.progress import Silence
from assay.engine.task import AskTask, run_ask
from assay.plan.passes import Pass, Wanted, fuse, reference_data
from assay.plan.power import (
    Passes,
    Power,
    all_of,
    best_value,
    expected_value,
    normal_power,
    power_of,
    rates_power,
)
from assay.plan.scores import drop_deviation, scores_power
from assay.stats.pieces.scores import too_few_rows
from assay.tally.partial import Partial
from assay.tally.views import GroupOutcomes, OutcomeView

SENSITIVITY, FALSE_ALARMS = 0.6, 0.12
"""The decisions of the model that a plan imagines: only the sizes of denominators and common rates come of them."""
DISCORDANCE = 0.05
"""Share of rows on which a perturbed decision is imagined to change."""


class Hopeless(AssayError):
    """A criterion that a good model would hardly ever pass on these rows."""


@dataclass(frozen=True, slots=True)
class GroupRows:
    """Rows and events that the test data will have in one group, by the shares of the reference data."""

    grouping: str
    label: str
    rows: int
    events: int
    small: bool


@dataclass(frozen=True, slots=True)
class PlannedCriterion:
    """One criterion of the plan.

    ``power`` is None for a fact about the data, which needs none, and for counts that no plan is known for.
    ``undefined`` says why the criterion could not be evaluated on such rows: then nobody passes it.
    """

    criterion: Criterion
    power: Power | None = None
    rows_needed: int | None = None
    undefined: str = ""

    @property
    def passes(self) -> float | None:
        """The probability that a good model passes; None where no probability is involved."""
        if self.undefined:
            return 0.0
        return self.power.passes if self.power is not None else None

    @property
    def hopeless(self) -> bool:
        """Whether a good model would hardly ever pass."""
        return bool(self.undefined) or (self.power is not None and self.power.hopeless)

    def __str__(self) -> str:
        """What is hopeless about it, for a person who must decide whether to go on."""
        said = self.undefined
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
    small = small_groups(specification, tally)
    imagined = _Imagined(case, tally, rows, small)
    criteria = tuple(_planned(case, imagined, wanted, rows) for wanted in case.wanted)
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


class _Imagined:
    """The test rows as the reference data's shares predict them, decided by an imagined model."""

    def __init__(self, case: Case, tally: Partial, rows: int, small: dict[str, frozenset[str]]) -> None:
        self._case, self._tally, self._rows, self._small = case, tally, rows, small
        self._scale = rows / max(tally.rows, 1)

    def group_rows(self) -> tuple[GroupRows, ...]:
        found = []
        for name, attributes in self._case.specification.groupings().items():
            counts = self._tally.layout.collapse(self._tally.population, attributes)
            for label, (negatives, positives) in zip(
                self._tally.layout.labels(attributes), counts, strict=True
            ):
                found.append(
                    GroupRows(
                        grouping=name,
                        label=label,
                        rows=round(float(negatives + positives) * self._scale),
                        events=round(float(positives) * self._scale),
                        small=label in self._small[name],
                    )
                )
        return tuple(found)

    def in_no_group(self, across: str) -> str:
        return rows_in_no_group(self._case.specification, self._tally, across)

    def view(self, criterion: Criterion) -> OutcomeView:
        population = self._tally.population
        favourable = self._case.specification.prediction.favourable
        overall = self._group("", population.sum(axis=0))
        if criterion.across is None:
            return OutcomeView(overall, (), favourable)
        names = self._case.specification.groupings()[criterion.across]
        counts = self._tally.layout.collapse(population, names)
        labels = self._tally.layout.labels(names)
        groups = tuple(
            self._group(label, counts[i])
            for i, label in enumerate(labels)
            if label not in self._small[criterion.across]
        )
        return OutcomeView(overall, groups, favourable)

    def _group(self, label: str, by_label: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> GroupOutcomes:
        negatives, positives = (float(n) * self._scale for n in by_label)
        counts = np.rint(
            [
                [negatives * (1 - FALSE_ALARMS), negatives * FALSE_ALARMS],
                [positives * (1 - SENSITIVITY), positives * SENSITIVITY],
            ]
        ).astype(np.int64)
        return GroupOutcomes(label, counts, np.array([0.25, 0.75]), counts)


def _planned(case: Case, imagined: _Imagined, wanted: Wanted, rows: int) -> PlannedCriterion:
    criterion, check = wanted.criterion, case.checks[wanted.criterion.metric]
    if not isinstance(wanted.need, Outcomes | Perturbed):
        return PlannedCriterion(criterion)
    if criterion.across is not None and (said := imagined.in_no_group(criterion.across)):
        return PlannedCriterion(criterion, undefined=said)
    expected = expected_value(check.metric, criterion.comparator, criterion.threshold, criterion.expected)
    passes = _passes(case, imagined, wanted, check)
    if passes is None:
        return PlannedCriterion(criterion)
    if isinstance(passes, str):
        return PlannedCriterion(criterion, undefined=passes)
    power = power_of(
        passes,
        expected=expected,
        threshold=float(criterion.threshold),
        best=best_value(check.metric, criterion.comparator, criterion.threshold),
    )
    needed = math.ceil(rows * power.factor) if power.factor is not None else None
    return PlannedCriterion(criterion, power, needed)


def _passes(case: Case, imagined: _Imagined, wanted: Wanted, check: Check) -> Passes | str | None:
    """The probability of passing as a function of the true value and the rows.

    A text says why it cannot be evaluated on such rows; None that no plan is known for what the check counts.
    """
    criterion = wanted.criterion
    alpha = case.specification.alpha_of(criterion)
    view = imagined.view(criterion)
    threshold = float(criterion.threshold)
    if isinstance(wanted.need, Perturbed):
        parts = [
            normal_power(drop_deviation(DISCORDANCE, group.n), threshold, alpha)
            for group in view.each
            if group.n
        ]
        return all_of(parts) if len(parts) == len(view.each) else "A group has no rows."
    counts = check.count(
        view, across=criterion.across, reference=criterion.reference, arguments=criterion.parameters
    )
    if isinstance(counts, Undefined):
        return counts.detail
    if isinstance(counts, Rates):
        return rates_power(counts, criterion.comparator, threshold, alpha, _seed(criterion.id))
    if isinstance(counts, Scores):
        for cell in counts.cells:
            if said := too_few_rows(counts.functional, sum(cell.negatives) + sum(cell.positives)):
                return f"{cell.label}: {said}." if cell.label else f"{said}."
        parts = [
            scores_power(
                counts.functional,
                sum(cell.negatives),
                sum(cell.positives),
                at_least=criterion.comparator is Comparator.AT_LEAST,
                threshold=threshold,
                alpha=alpha,
                bins=counts.bins,
            )
            for cell in counts.cells
        ]
        return all_of(parts)
    return None


def _seed(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big")
