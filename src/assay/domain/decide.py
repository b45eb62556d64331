"""From verdicts to a decision: a critical criterion that does not pass withholds; absence never passes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assay.domain import figures
from assay.domain.assessment import Judged
from assay.domain.errors import ExitCode
from assay.domain.specification import Specification
from assay.domain.vocabulary import PASSING, Outcome, Reason, Stage, Tier, Verdict


@dataclass(frozen=True, slots=True)
class Ground:
    """One reason for a decision: a code, a sentence, and the criterion it is about (empty for none)."""

    reason: Reason
    sentence: str
    criterion: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What is said about the model, with every reason; ``conditions`` are spelled out when conditional."""

    outcome: Outcome
    grounds: tuple[Ground, ...]
    conditions: tuple[Ground, ...] = ()
    rehearsal: bool = False


@dataclass(frozen=True, slots=True)
class Required:
    """What the specification requires: each criterion's id, tier and stage, and the stages that must run."""

    criteria: tuple[tuple[str, Tier, Stage], ...]
    stages: tuple[Stage, ...]


def exit_code(outcome: Outcome) -> ExitCode:
    """The code that a program ends with which was asked for a decision; a conditional certificate is one."""
    return ExitCode.CERTIFIED if outcome in PASSING else ExitCode.WITHHELD


def required(specification: Specification) -> Required:
    """What must pass: the criteria with their tiers, and the stages that must have a verdict."""
    criteria = tuple((c.id, c.tier, c.stage) for c in specification.criteria)
    gating = tuple(dict.fromkeys(stage for _, tier, stage in criteria if tier is not Tier.ADVISORY))
    return Required(criteria, specification.stages or gating)


def decide(
    judged: Sequence[Judged], required: Required, *, aside: Sequence[Judged] = (), rehearsal: bool = False
) -> Decision:
    """Decide on the model from the verdicts on its criteria.

    The result is ``certified`` only if something was required, everything required was judged, every required
    stage has a verdict, and every critical and supporting criterion passed. A supporting criterion that did not
    pass makes it ``conditional``. Everything else is ``withheld``, reasons of absence first: a check or a model that
    broke on a required criterion is one, whatever its tier. What ``aside`` shows to be violated, of groups that the
    small-group rule set aside, changes no outcome and is told before everything else.
    """
    told = tuple(_violated_aside(aside))
    verdicts = {j.assessment.criterion: j for j in judged}
    absent = tuple(_absences(verdicts, required))
    critical = tuple(_not_passed(verdicts, required, Tier.CRITICAL, Reason.CRITICAL_NOT_PASSED))
    if absent or critical:
        return Decision(Outcome.WITHHELD, told + absent + critical, rehearsal=rehearsal)
    conditions = tuple(_not_passed(verdicts, required, Tier.SUPPORTING, Reason.SUPPORTING_NOT_PASSED))
    if conditions:
        return Decision(Outcome.CONDITIONAL, told + conditions, conditions, rehearsal=rehearsal)
    ground = Ground(Reason.ALL_REQUIRED_PASSED, "Every critical and supporting criterion passed.")
    return Decision(Outcome.CERTIFIED, (*told, ground), rehearsal=rehearsal)


def _violated_aside(aside: Sequence[Judged]) -> Iterable[Ground]:
    for judged in aside:
        if judged.verdict is Verdict.FAIL:
            name = judged.assessment.criterion
            said = f"Of the groups that are too small to gate, {name!r} failed: {_numbers(judged)}{judged.sentence}"
            yield Ground(Reason.SMALL_GROUPS_FAIL, said, name)


def _absences(verdicts: dict[str, Judged], required: Required) -> Iterable[Ground]:
    if not required.criteria:
        yield Ground(Reason.NO_CRITERIA, "The specification has no criteria.")
        return
    gating = [c for c in required.criteria if c[1] is not Tier.ADVISORY]
    if not any(tier is Tier.CRITICAL for _, tier, _ in required.criteria):
        yield Ground(Reason.NOTHING_REQUIRED, "No criterion is critical, so nothing would stop a bad model.")
    if not any(_evaluated(verdicts.get(name)) for name, _, _ in gating):
        yield Ground(Reason.NOTHING_EVALUATED, "No required criterion could be evaluated.")
    for name, tier, _ in gating:
        if name not in verdicts:
            yield Ground(
                Reason.CRITERION_NOT_ASSESSED, f"The {tier} criterion {name!r} was not assessed.", name
            )
        elif verdicts[name].verdict is Verdict.ERROR:
            said = verdicts[name].sentence
            yield Ground(Reason.CRITERION_BROKE, f"The {tier} criterion {name!r} broke: {said}", name)
    present = {stage for name, _, stage in required.criteria if name in verdicts}
    for stage in required.stages:
        if stage not in present:
            yield Ground(Reason.STAGE_MISSING, f"The required stage {stage.value!r} has no verdict.")


def _evaluated(judged: Judged | None) -> bool:
    return judged is not None and judged.verdict not in {Verdict.NOT_EVALUABLE, Verdict.ERROR}


_SAID = {
    Verdict.FAIL: "failed",
    Verdict.INCONCLUSIVE: "is inconclusive",
    Verdict.NOT_EVALUABLE: "could not be evaluated",
}


def _not_passed(
    verdicts: dict[str, Judged], required: Required, tier: Tier, reason: Reason
) -> Iterable[Ground]:
    over = {Verdict.PASS, Verdict.ERROR}  # what broke is told as an absence
    for name, its_tier, _ in required.criteria:
        judged = verdicts.get(name)
        if its_tier is tier and judged is not None and judged.verdict not in over:
            said = _SAID[judged.verdict]
            sentence = f"The {tier} criterion {name!r} {said}: {_numbers(judged)}{judged.sentence}"
            yield Ground(reason, sentence, name)


def _numbers(judged: Judged) -> str:
    """What was asked and what was found, the worst of all pieces: a reason stands on certificates, where no table is beside it."""
    a, worst = judged.assessment, judged.assessment.widest
    asked = f"{a.comparator.words} {figures.threshold(a.threshold)} was asked"
    if worst is None or worst.estimate is None or judged.verdict is Verdict.NOT_EVALUABLE:
        return f"{asked}. "
    counted = worst.exact is not None
    found = figures.whole(worst.estimate) if counted else figures.against(worst.estimate, a.threshold)
    return f"{asked}, and {found} was found{f' ({worst.label})' if worst.label else ''}. "
