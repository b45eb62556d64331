"""Assay's side: five rates of each group, their gaps and their ratios, all with bounds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal

import pyarrow as pa

from assay.domain.assessment import Asked, Assessment
from assay.domain.evidence import Compare, Rate, Rates, Statistic
from assay.domain.needs import Part
from assay.domain.specification import Attribute
from assay.domain.vocabulary import Comparator
from assay.engine.frame import Frame
from assay.engine.scan import scan
from assay.plan.passes import Pass
from assay.stats.assess import assess
from assay.tally.views import GroupOutcomes
from benchmarks.tables import ATTRIBUTES, DECIDE_AT, RATES

Count = Callable[[GroupOutcomes], tuple[int, int]]
COUNTS: tuple[Count, ...] = (
    lambda g: (g.decided(1), g.n),
    lambda g: (g.cell(1, 1), g.labelled(1)),
    lambda g: (g.cell(0, 1), g.labelled(0)),
    lambda g: (g.cell(1, 1), g.decided(1)),
    lambda g: (g.correct, g.n),
)
"""Events and trials of a group, in the order of ``RATES``."""
ASKED = {
    Compare.EACH: (Comparator.AT_LEAST, Decimal("0.30")),
    Compare.DIFFERENCE: (Comparator.AT_MOST, Decimal("0.25")),
    Compare.RATIO: (Comparator.AT_LEAST, Decimal("0.60")),
}
FRAME = Frame(
    inputs=(),
    label="y",
    attributes=tuple(
        (name, Attribute(column=name, groups={f"{name}-{code}": code for code in range(size)}))
        for name, size in ATTRIBUTES.items()
    ),
    decide_at=DECIDE_AT,
    score_column="score",
)
COUNTING = Pass("test", frozenset({Part.OUTCOMES}))


def by_assay(batches: Iterable[pa.RecordBatch]) -> tuple[dict[str, Rates], dict[tuple[str, str], Assessment]]:
    """Count and assess: every rate of every group, every gap and every ratio of two groups, all with bounds."""
    counted = scan(FRAME, COUNTING, batches, first_row=0, ask=None)
    assert counted.outcomes is not None
    groups = counted.outcomes.view(tuple(ATTRIBUTES), favourable=1).groups
    rates = {
        name: Rates(tuple(Rate(group.label, *count(group)) for group in groups))
        for name, count in zip(RATES, COUNTS, strict=True)
    }
    assessed = {}
    for name, alone in rates.items():
        for compare, (comparator, threshold) in ASKED.items():
            statistic = Statistic(name, "", "test", Rates(alone.cells, compare))
            assessed[name, compare.value] = assess(statistic, Asked(name, comparator, threshold, alpha=0.05))
    return rates, assessed


def points(rates: dict[str, Rates]) -> dict[str, dict[str, object]]:
    """The point values: the rate of each group, the largest gap, the smallest ratio."""
    found: dict[str, dict[str, object]] = {}
    for name, alone in rates.items():
        each = [cell.events / cell.trials for cell in alone.cells]
        found[name] = {"each": each, "difference": max(each) - min(each), "ratio": min(each) / max(each)}
    return found
