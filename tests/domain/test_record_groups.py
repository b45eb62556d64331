"""Cells of every kind of counts are held against the groups of the record; a kind that nobody thought of is named here."""

from __future__ import annotations

from dataclasses import fields
from typing import get_args

import pytest

from assay.domain import evidence, record_groups
from assay.domain.evidence import Counted, Counts, Told
from assay.domain.record import GroupRecord

CELLS = {
    "Rate": lambda n: evidence.Rate("women", 1, n),
    "Rate, given the label": lambda n: evidence.Rate("women", 1, n - 8, "label 1"),
    "ScoreCell": lambda n: evidence.ScoreCell("women", (0.1, 0.9), (6, n - 10), (4, 0)),
    "LossCell": lambda n: evidence.LossCell("women", (0, 1), (1, n - 1)),
    "ExplainedCell": lambda n: evidence.ExplainedCell("women", (0, 1), (0, 2), (1, n - 1)),
    "PairedCell": lambda n: evidence.PairedCell("women", 1, 1, n),
    "ChangeCell": lambda n: evidence.ChangeCell("women", "step", 1, 1, n),
    "MeanCell": lambda n: evidence.MeanCell("women", (0.0, 1.0), (1, n - 1)),
    "RelativeRate": lambda n: evidence.RelativeRate("women", 1, n, 0.1, "grade A"),
    "PairedScoreCell": lambda n: evidence.PairedScoreCell(
        "women", (0.1, 0.2), (0.3, 0.4), (6, n - 10), (4, 0)
    ),
    "HistogramPair": lambda n: evidence.HistogramPair("women", (5, 5), (1, n - 1)),
}
"""Of each kind of cell, one of a group with so many rows, of which four have the label 1."""
TELL_NOTHING = {
    "ByInput",
    "Census",
    "FoldLosses",
    "Folds",
    "Learned",
    "LearnedLosses",
    "MeanCurve",
    "Proxied",
    "Undefined",
}
"""Facts about all rows, models of the recipe on training rows, inputs, and groups that nobody observed."""


def test_every_kind_of_counts_says_what_it_tells_of_groups() -> None:
    kinds = get_args(Counts)
    assert all(issubclass(kind, Counted) for kind in kinds)
    silent = {kind.__name__ for kind in kinds if kind.of_groups is Counted.of_groups}
    assert silent == TELL_NOTHING
    told = [kind for kind in kinds if kind.__name__ not in silent]
    assert all("cells" in {field.name for field in fields(kind)} for kind in told)


def test_every_kind_of_cell_is_tried_here() -> None:
    cells = {name for name in evidence.__all__ if hasattr(getattr(evidence, name), "told")}
    assert {name.partition(",")[0] for name in CELLS} == cells


@pytest.mark.parametrize("kind", CELLS)
def test_more_rows_than_the_group_has_contradict(kind: str) -> None:
    group = GroupRecord(
        grouping="sex",
        label="women",
        definition="1",
        rows=12,
        positives=4,
        favourable=5,
        correct=6,
        small=False,
    )
    assert all(record_groups._alike(told, group) for told in CELLS[kind](12).told)
    found: tuple[Told, ...] = CELLS[kind](13).told
    assert not all(record_groups._alike(told, group) for told in found)
