"""The whole way of an example: view, counts, assessment, verdict."""

from decimal import Decimal

from assay.checks.check import Check, Example
from assay.domain.assessment import Asked, Judged
from assay.domain.evidence import Counts, Statistic
from assay.domain.judge import judge
from assay.stats.assess import assess


def counted(check: Check, example: Example) -> Counts:
    return check.count(
        example.view(), across=example.across, reference=example.reference, arguments=example.arguments
    )


def judged(check: Check, example: Example) -> Judged:
    statistic = Statistic(
        metric=check.id, across=example.across or "", data="test", counts=counted(check, example)
    )
    assessment = assess(
        statistic,
        Asked("example", example.comparator, Decimal(example.threshold), alpha=0.05),
    )
    return judge([assessment])[0]
