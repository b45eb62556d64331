"""Rules about thresholds: what a metric can have, what a sample can show, what a bad model would miss."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from assay.domain.coherence.draft import Draft, Finding, Rule, World
from assay.domain.metric import Metric, Unit
from assay.domain.specification.criteria import Criterion
from assay.domain.vocabulary import Comparator, Tier

LOWEST_CONFIDENCE = Decimal("0.80")
"""Below it, one bad model in five would pass a criterion that gates."""
MOST_DECIMALS = 9
MOST_DIGITS_BEFORE = 12
"""More digits than a threshold needs; between them every number differs from its neighbours as a float."""


def comparator_unsuited(draft: Draft, world: World) -> Iterator[Finding]:
    """At least a gap, at most an accuracy."""
    for i, criterion, metric in draft.known(world):
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
        if metric.outside(value):
            yield Finding(
                ("criteria", i, criterion.comparator.value),
                "threshold_out_of_range",
                f"A threshold for {_lower(metric.title)} lies {_span(metric.low, metric.high)}; found {value}.",
                remedy=(_as_share(value, metric.unit) if metric.high == 1 and _of_all_cases(metric) else "")
                or "Choose a value that the metric can have.",
            )


def _of_all_cases(metric: Metric) -> bool:
    """Whether the range up to 1 is that of a share, and not of amounts that happen to be such."""
    return metric.settled is None or metric.unit is Unit.SHARE


def part_of_a_count(draft: Draft, world: World) -> Iterator[Finding]:
    """A share where things are counted: .3 is met by a single one."""
    for i, criterion, metric in _suited(draft, world):
        if metric.unit is Unit.COUNT and criterion.threshold % 1:
            yield Finding(
                ("criteria", i, criterion.comparator.value),
                "part_of_a_count",
                f"{metric.title} is a whole number and no share; found {criterion.threshold}.",
                remedy=f"Write how many. What is counted: {metric.estimand}",
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
                remedy="Choose a threshold that a bad model would miss, or ask nothing of it.",
            )


def too_fine(draft: Draft, world: World) -> Iterator[Finding]:
    """A number with digits that no rows can show, and that arithmetic takes for the number beside it."""
    for i, criterion in draft.criteria.items():
        metric = world.catalogue.get(criterion.metric)
        if metric is not None and metric.outside(criterion.threshold):
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


RULES: tuple[Rule, ...] = (
    comparator_unsuited,
    threshold_out_of_range,
    part_of_a_count,
    vacuous,
    too_fine,
    unattainable,
    low_confidence,
)


def _known(draft: Draft, world: World) -> Iterator[tuple[int, Criterion, Metric]]:
    """The criteria whose metric the catalogue has, with the range that it has under what is declared."""
    for i, criterion, metric in draft.known(world):
        if draft.prediction is not None:
            metric = metric.under(criterion.parameters, draft.prediction.answers)
        yield i, criterion, metric


def _suited(draft: Draft, world: World) -> Iterator[tuple[int, Criterion, Metric]]:
    """The criteria whose comparator and threshold make sense for their metric."""
    for i, criterion, metric in _known(draft, world):
        if not metric.outside(criterion.threshold) and criterion.comparator in metric.comparators:
            yield i, criterion, metric


def _too_fine(value: Decimal) -> bool:
    exponent = value.normalize().as_tuple().exponent
    return value.adjusted() >= MOST_DIGITS_BEFORE or (isinstance(exponent, int) and -exponent > MOST_DECIMALS)


def _span(low: Decimal | None, high: Decimal | None) -> str:
    if low is None:
        return f"at or below {high}"
    return f"at or above {low}" if high is None else f"between {low} and {high}"


def _lower(title: str) -> str:
    """A title inside a sentence; one that begins with an abbreviation stays as it is."""
    return title if title[1:2].isupper() else f"{title[:1].lower()}{title[1:]}"


def _as_share(value: Decimal, unit: Unit) -> str:
    if unit is Unit.NUMBER and value < 10:  # nobody writes an AUC of 0.07 as 7
        return ""
    if 1 < value < 2:  # 1.8 is no percentage that anybody asks for
        return "Write a share, which is at most 1."
    return f"Write a share, {value / 100}, not a percentage." if 2 <= value <= 100 else ""
