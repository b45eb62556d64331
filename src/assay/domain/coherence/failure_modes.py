"""Rules about what can go wrong and the criteria that would catch it."""

from __future__ import annotations

from collections.abc import Iterator

from assay.domain.coherence.draft import Draft, Finding, Rule, World
from assay.domain.nearest import nearest
from assay.domain.vocabulary import Stage, Tier


def failure_mode_unguarded(draft: Draft, _: World) -> Iterator[Finding]:
    """A harm that no criterion would catch, or that names one which does not exist."""
    known = draft.names("criteria")
    for i, mode in draft.failure_modes.items():
        if not mode.criteria:
            yield Finding(
                ("failure_modes", i, "criteria"),
                "failure_mode_without_criterion",
                f"No criterion guards against {mode.id!r}.",
                remedy="Name at least one that would catch it.",
            )
        for k, name in enumerate(mode.criteria):
            if name not in known and not draft.illegible("criteria"):
                yield Finding(
                    ("failure_modes", i, "criteria", k),
                    "unknown_criterion",
                    f"{name!r} is no criterion of this document.",
                    nearest=nearest(name, known),
                    remedy="Write the id of a criterion, or add the criterion.",
                )


def critical_harm_not_gated(draft: Draft, world: World) -> Iterator[Finding]:
    """A critical harm that no critical criterion would stop, or none but one that a written text satisfies."""
    tiers = {criterion.id: criterion.tier for criterion in draft.criteria.values()}
    written = {
        criterion.id
        for criterion in draft.criteria.values()
        if (metric := world.catalogue.get(criterion.metric)) and metric.stage is Stage.DOCUMENTATION
    }
    for i, mode in draft.failure_modes.items():
        guards = [tiers.get(name) for name in mode.criteria]
        if mode.severity == "critical" and guards and None not in guards and Tier.CRITICAL not in guards:
            yield Finding(
                ("failure_modes", i, "criteria"),
                "critical_harm_not_gated",
                f"{mode.id!r} is a critical harm and none of its criteria is critical.",
                remedy="Make one of them critical, or say why the harm is only major.",
            )
        critical = {name for name in mode.criteria if tiers.get(name) is Tier.CRITICAL}
        if mode.severity == "critical" and None not in guards and critical and critical <= written:
            yield Finding(
                ("failure_modes", i, "criteria"),
                "critical_harm_not_measured",
                f"{mode.id!r} is a critical harm, and its critical criteria ask for texts alone: nothing is measured.",
                remedy="Name a critical criterion that measures the data or the model.",
            )


def needed_by_nothing(draft: Draft, _: World) -> Iterator[Finding]:
    """A criterion that serves no purpose which anyone wrote down."""
    if not draft.whole("failure_modes"):
        return
    known = draft.names("criteria")
    named = [name for mode in draft.failure_modes.values() for name in mode.criteria]
    needed = {name if name in known else nearest(name, known) for name in named}
    for i, criterion in draft.criteria.items():
        if criterion.id not in needed and not criterion.requirements:
            yield Finding(
                ("criteria", i, "id"),
                "criterion_without_purpose",
                f"Neither a failure mode nor a requirement needs {criterion.id!r}.",
                remedy="Name it in a failure mode, give it 'requirements', or delete it.",
            )


def no_failure_modes(draft: Draft, _: World) -> Iterator[Finding]:
    """A high-risk use of which nobody asked what could go wrong."""
    high = draft.use_case is not None and draft.use_case.risk == "high"
    if high and draft.whole("failure_modes") and not draft.failure_modes:
        yield Finding(
            ("failure_modes",),
            "no_failure_modes",
            "A high-risk use is expected to name at least one way in which the model can do harm.",
            remedy="Say what goes wrong, for whom, and which criterion would catch it.",
        )


RULES: tuple[Rule, ...] = (
    failure_mode_unguarded,
    critical_harm_not_gated,
    needed_by_nothing,
    no_failure_modes,
)
