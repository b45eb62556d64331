"""Rules about criteria and the failure modes that they guard against."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from assay.domain.coherence.draft import Draft, Finding, Rule, World
from assay.domain.metric import Across, Metric
from assay.domain.nearest import listed, nearest
from assay.domain.specification.criteria import Criterion
from assay.domain.vocabulary import Comparator, Stage, Tier

LOWEST_CONFIDENCE = Decimal("0.80")
"""Below it, one bad model in five would pass a criterion that gates."""
MOST_DECIMALS = 9
MOST_DIGITS_BEFORE = 12
"""More digits than a threshold needs; between them every number differs from its neighbours as a float."""


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


def comparator_unsuited(draft: Draft, world: World) -> Iterator[Finding]:
    """At least a gap, at most an accuracy."""
    for i, criterion, metric in _known(draft, world):
        if criterion.comparator not in metric.comparators:
            others = " or ".join(repr(other.value) for other in metric.comparators)
            yield Finding(
                ("criteria", i, criterion.comparator.value),
                "comparator_unsuited",
                f"{metric.title} is judged with {others}; found {criterion.comparator.value!r}.",
                nearest=metric.comparators[0].value if len(metric.comparators) == 1 else "",
                key=True,
                remedy="Write the other one, with a threshold for it.",
            )


def threshold_out_of_range(draft: Draft, world: World) -> Iterator[Finding]:
    """A threshold that no value can reach, often a percentage."""
    for i, criterion, metric in _known(draft, world):
        value = criterion.threshold
        if _outside(metric, value):
            yield Finding(
                ("criteria", i, criterion.comparator.value),
                "threshold_out_of_range",
                f"A threshold for {_lower(metric.title)} lies {_span(metric.low, metric.high)}; found {value}.",
                remedy=(_as_share(value) if metric.high == 1 else "")
                or "Choose a value that the metric can have.",
            )


def vacuous(draft: Draft, world: World) -> Iterator[Finding]:
    """A threshold that every model satisfies, or would have to be made to miss."""
    for i, criterion, metric in _suited(draft, world):
        if metric.nearly_vacuous(criterion.comparator, criterion.threshold):
            who = "Every" if metric.vacuous(criterion.comparator, criterion.threshold) else "Nearly every"
            yield Finding(
                ("criteria", i, criterion.comparator.value),
                "vacuous_criterion",
                f"{who} model satisfies {_lower(metric.title)} {criterion.comparator.words} {criterion.threshold}.",
                remedy="Choose a threshold that a bad model would miss, or delete the criterion.",
            )


def too_fine(draft: Draft, world: World) -> Iterator[Finding]:
    """A number with digits that no rows can show, and that arithmetic takes for the number beside it."""
    for i, criterion in draft.criteria.items():
        metric = world.catalogue.get(criterion.metric)
        if metric is not None and _outside(metric, criterion.threshold):
            continue
        for name in ("at_least", "at_most", "expected", "confidence"):
            value: Decimal | None = getattr(criterion, name)
            if value is not None and _too_fine(value):
                yield Finding(
                    ("criteria", i, name),
                    "number_too_fine",
                    f"A number below 10^{MOST_DIGITS_BEFORE} with at most {MOST_DECIMALS} decimals is expected; found {value}.",
                    remedy="Round it to what a sample can show.",
                )


def unattainable(draft: Draft, world: World) -> Iterator[Finding]:
    """A threshold at the end of the range: a bound from any number of rows stays short of it."""
    for i, criterion, metric in _suited(draft, world):
        end = metric.high if criterion.comparator is Comparator.AT_LEAST else metric.low
        if not metric.census and criterion.threshold == end and metric.low != metric.high:
            yield Finding(
                ("criteria", i, criterion.comparator.value),
                "unattainable_threshold",
                f"No number of rows can show that {_lower(metric.title)} is {criterion.comparator.words} "
                f"{criterion.threshold}: a confidence bound always stays short of it.",
                remedy="Leave room for what a sample cannot show.",
            )


def across_unsuited(draft: Draft, world: World) -> Iterator[Finding]:
    """Groups asked of a metric that compares none, or none of one that does."""
    for i, criterion, metric in _known(draft, world):
        if criterion.across is None and metric.across is Across.REQUIRED:
            yield Finding(
                ("criteria", i),
                "across_missing",
                f"{metric.title} compares groups, and {criterion.id!r} does not say which.",
                remedy=f"Add 'across:' with one of {listed(draft.groupings())}.",
            )
        if criterion.across is not None and metric.across is Across.NEVER:
            yield Finding(
                ("criteria", i, "across"),
                "across_without_meaning",
                f"{metric.title} does not compare groups.",
                remedy="Delete 'across', or choose another metric.",
                key=True,
            )


def unknown_across(draft: Draft, _: World) -> Iterator[Finding]:
    """Groups that nobody declared."""
    for i, criterion in draft.criteria.items():
        if criterion.across is None or criterion.across in draft.groupings():
            continue
        crossed = "*" in criterion.across
        block = "intersections" if crossed else "protected"
        parts = sorted(criterion.across.split("*"))
        reordered = [name for name in draft.names(block) if sorted(name.split("*")) == parts]
        yield Finding(
            ("criteria", i, "across"),
            "unknown_across",
            f"{criterion.across!r} is no protected attribute or intersection; "
            f"declared are {listed(draft.groupings())}.",
            nearest=reordered[0] if reordered else nearest(criterion.across, draft.names(block)),
            remedy=f"Declare it under {block!r}.",
        )


def reference_unsuited(draft: Draft, world: World) -> Iterator[Finding]:
    """A reference group that is not one of the groups, or that the metric has no use for."""
    for i, criterion in draft.criteria.items():
        if criterion.reference is None:
            continue
        trail = ("criteria", i, "reference")
        metric = world.catalogue.get(criterion.metric)
        labels = draft.labels(criterion.across) if criterion.across in draft.groupings() else None
        if criterion.across is None:
            yield Finding(
                trail,
                "reference_without_across",
                "A reference group is named and no 'across' that it belongs to.",
                remedy="Add 'across:', or delete 'reference'.",
            )
        elif metric is not None and not metric.reference:
            yield Finding(
                trail,
                "reference_without_meaning",
                f"{metric.title} is not compared with one group.",
                remedy="Delete 'reference'.",
                key=True,
            )
        elif labels is not None and criterion.reference not in labels:
            yield Finding(
                trail,
                "unknown_group",
                f"{criterion.reference!r} is no group of {criterion.across!r}; its groups are {listed(labels)}.",
                nearest=nearest(criterion.reference, labels),
                remedy="Write the name of one of the groups.",
            )


def parameters(draft: Draft, world: World) -> Iterator[Finding]:
    """Settings that the metric lacks, needs, or cannot take."""
    for i, criterion, metric in _known(draft, world):
        trail = ("criteria", i, "with")
        for name, value in criterion.parameters.items():
            if name not in metric.parameters:
                yield Finding(
                    (*trail, name),
                    "unknown_parameter",
                    f"{criterion.metric!r} has no setting {name!r}; it has {listed(metric.parameters)}.",
                    nearest=nearest(name, metric.parameters),
                    key=True,
                    remedy="Delete it, or see what can be set with: assay checks",
                )
            elif expected := metric.parameters[name].refuses(value):
                yield Finding(
                    (*trail, name),
                    "parameter_out_of_range",
                    f"{name!r} of {criterion.metric!r} is {expected}; found {value!s}.",
                    remedy="Choose a value that it can take; see: assay checks",
                )
        for name, parameter in metric.parameters.items():
            if parameter.default is None and name not in criterion.parameters:
                yield Finding(
                    trail if criterion.parameters else ("criteria", i),
                    "parameter_missing",
                    f"{criterion.metric!r} needs the setting {name!r}: {parameter.description}",
                    remedy=f"Add it under 'with:' of {criterion.id!r}.",
                )


def parameter_names(draft: Draft, world: World) -> Iterator[Finding]:
    """A setting that names a column or a data set which does not exist."""
    columns = [column.name for column in world.dictionary.columns] if world.dictionary else []
    for i, criterion, metric in _known(draft, world):
        given = {name: value for name, value in criterion.parameters.items() if name in metric.parameters}
        column, other = given.get("column"), given.get("other")
        if column and columns and column not in columns:
            yield Finding(
                ("criteria", i, "with", "column"),
                "unknown_column",
                f"The dictionary does not describe a column {column!s}.",
                nearest=nearest(column, columns),
                remedy="Name a column that the dictionary describes.",
            )
        if (
            draft.data is not None
            and other in {"train", "develop"}
            and getattr(draft.data, str(other)) is None
        ):
            yield Finding(
                ("criteria", i, "with", "other"),
                "data_not_declared",
                f"{criterion.id!r} compares with {other!r}, and 'data' names no such file.",
                remedy=f"Add '{other}:' under 'data'.",
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


def low_confidence(draft: Draft, _: World) -> Iterator[Finding]:
    """A gate that lets too many bad models through."""
    for i, criterion in draft.criteria.items():
        if criterion.tier is not Tier.ADVISORY and criterion.confidence < LOWEST_CONFIDENCE:
            yield Finding(
                ("criteria", i, "confidence"),
                "confidence_too_low",
                f"A confidence of at least {LOWEST_CONFIDENCE} is expected of a {criterion.tier} criterion; "
                f"at {criterion.confidence} a bad model passes with probability {1 - criterion.confidence}.",
                remedy="Raise it, or make the criterion advisory.",
            )


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
            if name not in known:
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


def judged_on_seen_rows(draft: Draft, world: World) -> Iterator[Finding]:
    """A figure of the model from rows on which it learned or was tuned; whatever the tier, it is judged on test rows."""
    for i, criterion, metric in _known(draft, world):
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
    if draft.subject is None or draft.subject.format != "predictions":
        return
    for i, _, metric in _known(draft, world):
        if metric.changes_inputs:
            yield Finding(
                ("criteria", i, "metric"),
                "model_not_at_hand",
                f"{metric.title} asks the model again with changed inputs, and of this model only the scores in "
                f"{draft.subject.model!r} are at hand.",
                remedy="Name the model itself under 'subject', or delete the criterion.",
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
    comparator_unsuited,
    threshold_out_of_range,
    vacuous,
    too_fine,
    unattainable,
    across_unsuited,
    unknown_across,
    reference_unsuited,
    parameters,
    parameter_names,
    duplicate_ids,
    said_twice,
    nothing_required,
    low_confidence,
    failure_mode_unguarded,
    critical_harm_not_gated,
    needed_by_nothing,
    no_failure_modes,
    judged_on_seen_rows,
    model_not_at_hand,
    data_not_declared,
    stage_without_criterion,
)


def _known(draft: Draft, world: World) -> Iterator[tuple[int, Criterion, Metric]]:
    """The criteria whose metric the catalogue has."""
    for i, criterion in draft.criteria.items():
        metric = world.catalogue.get(criterion.metric)
        if metric is not None:
            yield i, criterion, metric


def _suited(draft: Draft, world: World) -> Iterator[tuple[int, Criterion, Metric]]:
    """Those whose comparator and threshold make sense for their metric."""
    for i, criterion, metric in _known(draft, world):
        if not _outside(metric, criterion.threshold) and criterion.comparator in metric.comparators:
            yield i, criterion, metric


def _outside(metric: Metric, value: Decimal) -> bool:
    return (metric.low is not None and value < metric.low) or (
        metric.high is not None and value > metric.high
    )


def _estimand(criterion: Criterion) -> tuple[object, ...]:
    settings = tuple(sorted((name, str(value)) for name, value in criterion.parameters.items()))
    return criterion.metric, criterion.across, criterion.reference, criterion.data, settings


def _too_fine(value: Decimal) -> bool:
    exponent = value.normalize().as_tuple().exponent
    return value.adjusted() >= MOST_DIGITS_BEFORE or (isinstance(exponent, int) and -exponent > MOST_DECIMALS)


def _contradict(one: Criterion, other: Criterion) -> bool:
    low, high = (one, other) if one.comparator is Comparator.AT_LEAST else (other, one)
    return low.threshold > high.threshold


def _repeated(names: Iterable[str]) -> Iterator[tuple[int, str]]:
    seen: set[str] = set()
    for i, name in enumerate(names):
        if name and name in seen:
            yield i, name
        seen.add(name)


def _span(low: Decimal | None, high: Decimal | None) -> str:
    if low is None:
        return f"at or below {high}"
    return f"at or above {low}" if high is None else f"between {low} and {high}"


def _lower(title: str) -> str:
    """A title inside a sentence; one that begins with an abbreviation stays as it is."""
    return title if title[1:2].isupper() else f"{title[:1].lower()}{title[1:]}"


def _as_share(value: Decimal) -> str:
    return f"Write a share, {value / 100}, not a percentage." if 1 < value <= 100 else ""
