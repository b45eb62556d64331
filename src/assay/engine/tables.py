"""The tables that checks bring with them: rows per key, of the rows that count."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from assay.domain.errors import AssayError, SubjectError, raised
from assay.domain.needs import Part
from assay.engine.batch import Batch, Integers
from assay.engine.counters import Counting, Reading
from assay.engine.frame import Frame
from assay.engine.imagined_answers import imagined, imagined_again
from assay.plan.passes import Table
from assay.tally.groups import inside
from assay.tally.known import KnownRows
from assay.tally.table import (
    ALL_ROWS,
    BESIDE,
    BROKE,
    OF_LABELS,
    OUTSIDE,
    UNLABELLED,
    Kept,
    Rows,
    TableContext,
    TableCounts,
    TableTally,
    sums,
)
from assay.tally.table import Change as RowsChange


def context_of(frame: Frame, table: Table, known: KnownRows | None = None) -> TableContext:
    """What a table is made for, with some rows of the reference data if it is handed them."""
    return TableContext(
        parameters=dict(table.parameters),
        layout=frame.layout,
        across=table.across,
        dictionary=frame.dictionary,
        inputs=frame.inputs,
        label=frame.label,
        decide_at=frame.decide_at,
        favourable=frame.favourable,
        unit=frame.unit,
        time=frame.time,
        strata=dict(frame.strata),
        answers=frame.answers,
        score_column=frame.score_column,
        used=frame.used,
        known=known if table.known else None,
        graph=frame.graph,
    )


def columns_of_tables(reading: Reading) -> tuple[str, ...]:
    """The columns that the tables of a pass read."""
    frame, wanted, present = reading
    found: list[str] = []
    for table in wanted.tables:
        context = context_of(frame, table)
        found += context.documented if table.columns is None else table.columns(context)
        if table.undeclared:
            found += [name for name in present if name not in context.documented]
    if wanted.imagined and any(table.asks for table in wanted.tables):
        found += frame.content  # scores are made up of what rows hold
    return tuple(dict.fromkeys(found))


Again = Callable[[Batch, Table, Kept, str, RowsChange], NDArray[np.float64]]
"""Asks for the scores of the rows of a batch that are kept, after a change that a table names."""


class Tables:
    """Sums some tables over batches."""

    def __init__(self, counting: Counting, tables: tuple[Table, ...]) -> None:
        frame, known = counting.frame, counting.known
        self._made: list[tuple[Table, TableContext, dict[str, TableCounts]]] = [
            (table, context_of(frame, table, known), {}) for table in tables
        ]
        self._inside = {table.where: inside(frame.layout, dict(table.where)) for table in tables}

    def count(
        self, batch: Batch, kept: Kept, score: NDArray[np.float64] | None, again: Again | None = None
    ) -> None:
        """Count the rows of a batch that are kept, of all of which the scores are given if the model was asked; ``again`` asks it."""
        if not self._made:
            return
        labels, cells, shared = batch.label, batch.cell, batch.shared
        for table, context, total in self._made:
            mine = self._narrowed(table, cells, kept)
            label = labels[mine]
            scores = None if score is None else score[mine]
            after = None if again is None or not table.changes else partial(again, batch, table, mine)
            rows = Rows(len(label), label, context, scores, shared, mine, after)
            made = {**_made(table, rows, context), ALL_ROWS: rows.group() + 1}
            made |= {f"{OUTSIDE}{name}": groups for name, groups in rows.outside.items()}
            made |= {
                f"{OF_LABELS}{name}": np.where(rows.label < 0, -1, 2 * rows.label + (part[mine] < 0))
                for name, part in rows.parts.items()
            }
            if table.per_unit and not table.asks:
                made |= self._labelled_or_not(table, batch, rows)
            for name, keys in made.items():
                if not name.startswith(BESIDE):
                    _look_at(table, name, keys, rows.n)
                counted = TableCounts.of(keys)
                total[name] = total[name] + counted if name in total else counted

    def _labelled_or_not(self, table: Table, batch: Batch, rows: Rows) -> Mapping[str, Integers]:
        """By what the rows were parted, the part of each row of the batch and whether it has a label; without one it was not counted."""
        labelled = (batch.label >= 0).astype(np.int64)
        asked = self._inside[table.where][batch.cell]
        return {
            f"{UNLABELLED}{name}": np.where((part >= 0) & asked, 2 * part + labelled, -1)
            for name, part in rows.parts.items()
        }

    def _narrowed(self, table: Table, cells: Integers, kept: Kept) -> Kept:
        """The rows that are kept and of the groups that the table is narrowed to."""
        if not table.where:
            return kept
        found: NDArray[np.bool_] = self._inside[table.where][cells]
        if not isinstance(kept, slice):
            found &= kept
        return found

    def tallies(self) -> tuple[tuple[str, TableTally], ...]:
        """What was counted, by the key of the table."""
        return tuple((table.key, sums([total])) for table, _, total in self._made)


def _made(table: Table, rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """The keys of a table; where its function breaks on some rows, that it did, so that the criterion alone has a verdict of error."""
    try:
        made: Mapping[str, Integers] = table.function(rows, context)
    except AssayError:
        raise
    except Exception as wrong:  # noqa: BLE001 - a defect in one check is no reason to withhold what the others count
        return {f"{BROKE}{raised(wrong)}": np.zeros(rows.n, dtype=np.int64)}
    return made


def _look_at(table: Table, name: str, keys: Integers, rows: int) -> None:
    """Refuse keys that are none, before they are counted as if they were."""
    if keys.shape != (rows,) or keys.dtype.kind != "i":
        raise SubjectError(
            f"The table {name!r} of {table.key.partition('[')[0]} is no whole number for each of {rows:,} rows.",
            code="check_failed",
            remedy="This is a defect of the check; report it to whoever wrote it.",
        )


class TablesCounter:
    """Counts the tables that need no scores; and those that do, where their scores are imagined."""

    counts: ClassVar[frozenset[Part]] = frozenset({Part.TABLES})

    def __init__(self, counting: Counting) -> None:
        wanted = counting.wanted
        unasked = tuple(table for table in wanted.tables if not table.asks)
        self._all = Tables(counting, tuple(table for table in unasked if not table.per_unit))
        self._once = Tables(counting, tuple(table for table in unasked if table.per_unit))
        scored = wanted.tables if wanted.imagined else ()
        self._imagined = Tables(counting, tuple(table for table in scored if table.asks))
        self._makes_up = any(table.asks for table in scored)
        self._selection = counting.selection
        self._frame = counting.frame

    @staticmethod
    def columns(reading: Reading) -> tuple[str, ...]:
        """Those that the tables of the pass read."""
        return columns_of_tables(reading)

    def take(self, batch: Batch) -> None:
        """Count a batch."""
        kept = batch.kept(self._selection)
        self._all.count(batch, slice(None), None)
        self._once.count(batch, kept, None)
        if self._makes_up:
            scores = imagined(batch, self._frame)
            self._imagined.count(batch, kept, scores, partial(imagined_again, self._frame, scores))

    def parts(self) -> dict[str, Any]:
        """The counts."""
        found = (*self._all.tallies(), *self._once.tallies(), *self._imagined.tallies())
        return {"tables": found}
