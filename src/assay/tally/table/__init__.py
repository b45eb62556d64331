"""Rows per whole number that a function gave each row: what any check may count that no other part of a pass counts.

A key says where a row belongs, for example which bin of a column, which group and which label; :func:`together` makes one of
several codes and :func:`apart` takes it apart again. Keys with their rows add, whatever the partitions.
"""

from __future__ import annotations

from assay.tally.table.context import Setting, TableContext
from assay.tally.table.counts import (
    ALL_ROWS,
    BESIDE,
    BROKE,
    OF_LABELS,
    OUTSIDE,
    UNLABELLED,
    TableCounts,
    TableTally,
    outside_by_label,
    outside_of,
    rows_by_group,
    sums,
    unlabelled_in,
)
from assay.tally.table.keys import MOST, Integers, apart, together
from assay.tally.table.rows import After, Change, Floats, Kept, Rows, Tabulate
from assay.tally.table.view import TableView

__all__ = [
    "ALL_ROWS",
    "BESIDE",
    "BROKE",
    "MOST",
    "OF_LABELS",
    "OUTSIDE",
    "UNLABELLED",
    "After",
    "Change",
    "Floats",
    "Integers",
    "Kept",
    "Rows",
    "Setting",
    "TableContext",
    "TableCounts",
    "TableTally",
    "TableView",
    "Tabulate",
    "apart",
    "outside_by_label",
    "outside_of",
    "rows_by_group",
    "sums",
    "together",
    "unlabelled_in",
]
