"""A check proves itself by its own examples: the whole way from a view to a verdict, for each of them."""

from __future__ import annotations

from decimal import Decimal

from assay.checks.check import Check, Example
from assay.domain.assessment import Asked, Judged
from assay.domain.errors import AssayError
from assay.domain.evidence import Statistic
from assay.domain.judge import judge
from assay.stats.assess import assess

ALPHA = 0.05
"""The level at which examples are judged."""


class ExampleFails(AssayError):
    """Examples of a check do not give the verdict that they state, or ask what no specification may ask."""


def verify(check: Check) -> None:
    """Prove a check by its examples; a package that brings checks calls it in its tests.

    Raises:
        ExampleFails: with every example that does not hold, what it says, and what was found instead.
    """
    wrong = [f"{example.says} {said}" for example in check.examples if (said := _wrong_with(check, example))]
    if wrong:
        raise ExampleFails(
            f"The check {check.id!r} does not do what its examples say:\n" + "\n".join(wrong),
            code="example_fails",
            remedy="Mend the check, or the example if it is the one that is wrong.",
        )


def judged_example(check: Check, example: Example) -> Judged:
    """What the view of an example comes to: its counts, assessed and judged at the 0.05 level.

    Raises:
        ValueError: when the example's arguments are not those of the check.
    """
    counts = check.count(
        example.view(), across=example.across, reference=example.reference, arguments=example.arguments
    )
    statistic = Statistic(metric=check.id, across=example.across or "", data="test", counts=counts)
    asked = Asked("example", example.comparator, Decimal(example.threshold), ALPHA)
    return judge([assess(statistic, asked)])[0]


def grades(check: Check) -> str:
    """The grades of the bounds that a check's examples get, such as ``A`` or ``A, B``; ``counted`` where nothing is inferred."""
    pieces = [
        piece for example in check.examples for piece in judged_example(check, example).assessment.pieces
    ]
    inferred = sorted({piece.grade.value for piece in pieces if piece.exact is None})
    return ", ".join(inferred) or "counted"


def _wrong_with(check: Check, example: Example) -> str:
    metric, threshold = check.metric, Decimal(example.threshold)
    if example.comparator not in metric.comparators or metric.vacuous(example.comparator, threshold):
        asked = f"{example.comparator.words} {example.threshold}"
        return f"No specification may ask {asked!r} of it."
    for name, value in (example.arguments or {}).items():
        if name in metric.parameters and (expected := metric.parameters[name].refuses(value)):
            return f"Its parameter {name!r} must be {expected}, found {value!r}."
    found = judged_example(check, example)
    if found.verdict is example.verdict:
        return ""
    return f"Stated: {example.verdict}, found: {found.verdict}. {found.sentence}"
