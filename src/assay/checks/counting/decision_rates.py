"""The four rates of decisions that several checks are about, each by which rows of a table of labels and decisions are events and which are trials."""

from __future__ import annotations

from collections.abc import Iterable

from assay.checks.counting.cells import Count
from assay.tally.table import Integers

Cells = tuple[tuple[int, int], ...]
"""The (label, decision) of rows."""

ALL: Cells = ((0, 0), (0, 1), (1, 0), (1, 1))
DECISION_RATES: dict[str, tuple[Cells, Cells]] = {
    "accuracy": (((0, 0), (1, 1)), ALL),
    "recall": (((1, 1),), ((1, 0), (1, 1))),
    "precision": (((1, 1),), ((0, 1), (1, 1))),
    "false_positive_rate": (((0, 1),), ((0, 0), (0, 1))),
}
"""Per measure its events and its trials."""


def decision_rate(counts: Integers, measure: str) -> tuple[int, int]:
    """Events and trials of a measure, of int64[2, 2] rows by label and decision."""
    events, trials = DECISION_RATES[measure]
    return _sum(counts, events), _sum(counts, trials)


def count_of(measure: str) -> Count:
    """What counts the events and trials of a measure among the outcomes of a group."""
    return lambda group: decision_rate(group.counts, measure)


def _sum(counts: Integers, cells: Iterable[tuple[int, int]]) -> int:
    return sum(int(counts[cell]) for cell in cells)
