"""Cells of every kind of counts are held against the groups of the record; a kind that nobody thought of is named here."""

from __future__ import annotations

from dataclasses import fields
from typing import get_args

import pytest

from assay.domain import record_groups
from assay.domain.evidence import (
    Counts,
    HistogramPair,
    LossCell,
    MeanCell,
    PairedCell,
    PairedScoreCell,
    Rate,
    RelativeRate,
    ScoreCell,
)
from assay.domain.record import GroupRecord
from assay.domain.record_groups import WITH_CELLS, WITHOUT_GROUPS, Cell

CELLS = {
    Rate: lambda n: Rate("women", 1, n),
    ScoreCell: lambda n: ScoreCell("women", (0.1, 0.9), (6, n - 10), (4, 0)),
    LossCell: lambda n: LossCell("women", (0, 1), (1, n - 1)),
    PairedCell: lambda n: PairedCell("women", 1, 1, n),
    MeanCell: lambda n: MeanCell("women", (0.0, 1.0), (1, n - 1)),
    RelativeRate: lambda n: RelativeRate("women", 1, n, 0.1, "grade A"),
    PairedScoreCell: lambda n: PairedScoreCell("women", (0.1, 0.2), (0.3, 0.4), (6, n - 10), (4, 0)),
    HistogramPair: lambda n: HistogramPair("women", (5, 5), (1, n - 1)),
}
"""Of each kind of cell, one of a group with so many rows, of which four have the label 1."""


def test_every_kind_of_counts_has_its_rule() -> None:
    ruled = {*WITH_CELLS, *WITHOUT_GROUPS}
    assert ruled == set(get_args(Counts)), f"without a rule: {set(get_args(Counts)) ^ ruled}"
    assert not set(WITH_CELLS) & set(WITHOUT_GROUPS)
    assert all("cells" in {field.name for field in fields(kind)} for kind in WITH_CELLS)


def test_every_kind_of_cell_is_tried_here() -> None:
    assert set(CELLS) == set(get_args(Cell))


@pytest.mark.parametrize("kind", CELLS, ids=lambda kind: kind.__name__)
def test_more_rows_than_the_group_has_contradict(kind: type) -> None:
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
    assert record_groups._alike(group, CELLS[kind](12), "x.y")
    assert not record_groups._alike(group, CELLS[kind](13), "x.y")
