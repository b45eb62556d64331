"""Rules about what criteria ask, and what they need."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assay.domain.coherence.draft import Draft, Finding, Rule, World
from assay.domain.metric import Declared
from assay.domain.nearest import nearest
from assay.domain.specification.criteria import Criterion
from assay.domain.vocabulary import Comparator, Tier


def unknown_metric(draft: Draft, world: World) -> Iterator[Finding]:
    """A metric that no check measures."""
    for i, criterion in draft.criteria.items():
        if criterion.metric not in world.catalogue:
            yield Finding(
                ("criteria", i, "metric"),
                "unknown_metric",
                f"No check measures {criterion.metric!r}.",
                nearest=nearest(criterion.metric, world.catalogue),
                remedy="List what can be measured with: assay checks",
            )


def duplicate_ids(draft: Draft, _: World) -> Iterator[Finding]:
    """Two criteria, or two failure modes, of one name."""
    for block, what in (("criteria", "criterion"), ("failure_modes", "failure mode")):
        for i, name in _repeated(draft.names(block)):
            yield Finding(
                (block, i, "id"),
                "duplicate_id",
                f"Another {what} is called {name!r} already.",
                remedy="Give each its own id.",
            )


def said_twice(draft: Draft, _: World) -> Iterator[Finding]:
    """The same thing asked twice, or a lower limit above the upper one."""
    items = list(draft.criteria.items())
    for n, (i, criterion) in enumerate(items):
        for earlier in (before for _, before in items[:n]):
            if _estimand(earlier) != _estimand(criterion):
                continue
            if earlier.comparator is criterion.comparator and earlier.tier is criterion.tier:
                yield Finding(
                    ("criteria", i, criterion.comparator.value),
                    "same_criterion_twice",
                    f"{earlier.id!r} asks for the same value in the same tier already.",
                    remedy="Keep the stricter one.",
                )
            elif earlier.comparator is not criterion.comparator and _contradict(earlier, criterion):
                yield Finding(
                    ("criteria", i, criterion.comparator.value),
                    "contradiction",
                    f"No model can satisfy both this and {earlier.id!r}, which asks for "
                    f"{earlier.comparator.words} {earlier.threshold}.",
                    remedy="Correct one of the two thresholds.",
                )


def nothing_required(draft: Draft, _: World) -> Iterator[Finding]:
    """No criterion at all, or none that would stop a bad model."""
    if not draft.whole("criteria"):
        return
    if not draft.criteria:
        yield Finding(
            ("criteria",),
            "no_criteria",
            "At least one criterion is expected: without one, nothing is tested.",
            remedy="Add one for each harm that would be worst.",
        )
    elif all(c.tier is not Tier.CRITICAL for c in draft.criteria.values()):
        yield Finding(
            ("criteria",),
            "no_critical_criterion",
            "No criterion is critical, so nothing would stop a bad model.",
            remedy="Give at least one criterion 'tier: critical'.",
        )


def judged_on_seen_rows(draft: Draft, world: World) -> Iterator[Finding]:
    """A figure of the model from rows on which it learned or was tuned; whatever the tier, it is judged on test rows."""
    for i, criterion, metric in draft.known(world):
        if metric.needs_model and criterion.data != "test":
            yield Finding(
                ("criteria", i, "data"),
                "judged_on_seen_rows",
                f"{criterion.id!r} asks the model, which is judged on 'test' alone; the developer has worked on the "
                f"rows of {criterion.data!r}.",
                remedy="Delete 'data'; a rehearsal judges the same criterion on the development rows.",
            )


def model_not_at_hand(draft: Draft, world: World) -> Iterator[Finding]:
    """Changed inputs, asked of scores that were made elsewhere."""
    if draft.subject is None or draft.subject.has_model:
        return
    for i, _, metric in draft.known(world):
        if metric.changes_inputs:
            yield Finding(
                ("criteria", i, "metric"),
                "model_not_at_hand",
                f"{metric.title} asks the model again with changed inputs, and of this model only the scores in "
                f"{draft.subject.model!r} are at hand.",
                remedy="Name the model itself under 'subject', or delete the criterion.",
            )


def no_gate(draft: Draft, world: World) -> Iterator[Finding]:
    """A tier that can withhold, of a metric that is evidence beside criteria: on how models are made, or on what could be mended."""
    for i, criterion, metric in draft.known(world):
        if metric.evidence_only and criterion.tier is not Tier.ADVISORY:
            yield Finding(
                ("criteria", i, "tier"),
                "never_gates",
                f"{metric.title} is evidence {'on the recipe' if metric.refits else 'beside other criteria'}, and certifies no model: "
                "a criterion of it is only reported.",
                remedy="Write 'tier: advisory', and require of the model itself what must hold.",
            )


def nothing_to_train(draft: Draft, world: World) -> Iterator[Finding]:
    """Models that the recipe would train, where none is named, or no rows to train them on."""
    for i, _, metric in draft.known(world):
        if not metric.refits:
            continue
        if draft.subject is not None and draft.subject.recipe is None:
            yield Finding(
                ("criteria", i, "metric"),
                "recipe_not_named",
                f"{metric.title} has models trained, and 'subject' names no recipe.",
                remedy="Name the function that trains the model, as 'recipe: train.py:train' under 'subject', or delete the criterion.",
            )
        if draft.subject is not None and not draft.subject.inputs:
            yield Finding(
                ("criteria", i, "metric"),
                "inputs_not_named",
                f"{metric.title} asks models that the recipe trains, and 'subject' names no inputs to feed them.",
                remedy="List under 'subject.inputs' the columns that the model is fed.",
            )
        if draft.data is not None and draft.data.train is None:
            yield Finding(
                ("criteria", i, "metric"),
                "training_rows_not_named",
                f"{metric.title} has models trained on parts of the training rows, and 'data' names none.",
                remedy="Add 'train:' under 'data'.",
            )


def data_not_declared(draft: Draft, _: World) -> Iterator[Finding]:
    """A criterion on a data set that the specification does not name."""
    for i, criterion in draft.criteria.items():
        if draft.data is not None and getattr(draft.data, criterion.data) is None:
            yield Finding(
                ("criteria", i, "data"),
                "data_not_declared",
                f"{criterion.id!r} is judged on {criterion.data!r}, and 'data' names no such file.",
                remedy=f"Add '{criterion.data}:' under 'data'.",
            )


_TO_DECLARE = {
    Declared.TIME: "the column that says when: a date such as 2024-12-31, or a number that names a period",
    Declared.LINEAGE: "the sources, the steps and the records of other tools",
}


def not_declared(draft: Draft, world: World) -> Iterator[Finding]:
    """A metric that cannot do without something which the specification leaves out: no row would give it a value."""
    for i, criterion, metric in draft.known(world):
        for declared in metric.declared:
            name, _, key = declared.partition(".")
            block = getattr(draft, name)
            if block is not None and getattr(block, key) is None:
                yield Finding(
                    ("criteria", i, "metric"),
                    "not_declared",
                    f"{criterion.id!r} cannot be measured without {key!r} under {name!r}, {_TO_DECLARE[declared]}.",
                    remedy=f"Add '{key}:' under {name!r}, or delete the criterion.",
                )


def stage_without_criterion(draft: Draft, world: World) -> Iterator[Finding]:
    """A stage that must have a verdict and of which nothing is asked."""
    if not draft.whole("criteria"):
        return
    metrics = [world.catalogue.get(c.metric) for c in draft.criteria.values()]
    served = {metric.stage for metric in metrics if metric is not None}
    for i, stage in enumerate(draft.stages):
        if stage not in served and None not in metrics:
            yield Finding(
                ("stages", i),
                "stage_without_criterion",
                f"The stage {stage.value!r} must have a verdict and no criterion belongs to it.",
                remedy="Add a criterion of that stage, or leave the stage out.",
            )


RULES: tuple[Rule, ...] = (
    unknown_metric,
    duplicate_ids,
    said_twice,
    nothing_required,
    judged_on_seen_rows,
    model_not_at_hand,
    no_gate,
    nothing_to_train,
    data_not_declared,
    not_declared,
    stage_without_criterion,
)


def _estimand(criterion: Criterion) -> tuple[object, ...]:
    settings = tuple(sorted((name, str(value)) for name, value in criterion.parameters.items()))
    where = tuple(sorted(criterion.where.items()))
    return criterion.metric, criterion.across, criterion.reference, criterion.data, where, settings


def _contradict(one: Criterion, other: Criterion) -> bool:
    low, high = (one, other) if one.comparator is Comparator.AT_LEAST else (other, one)
    return low.threshold > high.threshold


def _repeated(names: Iterable[str]) -> Iterator[tuple[int, str]]:
    seen: set[str] = set()
    for i, name in enumerate(names):
        if name and name in seen:
            yield i, name
        seen.add(name)
