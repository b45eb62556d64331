"""The tables that checks bring with them: rows per key, of the rows that count."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from assay.domain.errors import SubjectError
from assay.domain.needs import Part
from assay.domain.vocabulary import Task
from assay.engine.batch import Batch, Integers
from assay.engine.counters import Counting
from assay.engine.frame import Frame
from assay.plan.imagined import DISCORDANCE, FALSE_ALARMS, SENSITIVITY
from assay.plan.passes import Pass, Table
from assay.tally.groups import inside
from assay.tally.known import KnownRows
from assay.tally.perturbation import uniforms
from assay.tally.table import ALL_ROWS, OUTSIDE, Kept, Rows, TableContext, TableCounts, TableTally, sums
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


def columns_of_tables(frame: Frame, wanted: Pass, present: tuple[str, ...]) -> tuple[str, ...]:
    """The columns that the tables of a pass read, of a file with those that are ``present``."""
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
            made = {**table.function(rows, context), ALL_ROWS: np.zeros(rows.n, dtype=np.int64)}
            made |= {f"{OUTSIDE}{name}": np.zeros(n, dtype=np.int64) for name, n in rows.outside.items()}
            for name, keys in made.items():
                if not name.startswith(OUTSIDE):
                    _look_at(table, name, keys, rows.n)
                counted = TableCounts.of(keys)
                total[name] = total[name] + counted if name in total else counted

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
    def columns(_: Frame) -> tuple[str, ...]:
        """None but those that :func:`columns_of_tables` names."""
        return ()

    def take(self, batch: Batch) -> None:
        """Count a batch."""
        kept = batch.kept(self._selection)
        self._all.count(batch, slice(None), None)
        self._once.count(batch, kept, None)
        if self._makes_up:
            scores = _imagined(batch, self._frame)
            self._imagined.count(batch, kept, scores, partial(_imagined_again, self._frame, scores))

    def parts(self) -> dict[str, Any]:
        """The counts."""
        found = (*self._all.tallies(), *self._once.tallies(), *self._imagined.tallies())
        return {"tables": found}


def _imagined(batch: Batch, frame: Frame) -> NDArray[np.float64]:
    """Scores of nobody's model, as likely to be right as a plan imagines: by content, so that nobody's order matters."""
    names = frame.content
    drawn = (batch.hashes(names) >> np.uint64(11)).astype(np.float64) / float(1 << 53)
    return IMAGINED_ANSWERS[frame.answers.task](batch, frame, drawn)


def _imagined_again(
    frame: Frame,
    scores: NDArray[np.float64],
    batch: Batch,
    table: Table,
    kept: Kept,
    name: str,
    _: RowsChange,
) -> NDArray[np.float64]:
    """The same scores, but for a few rows whose scores are made up anew; by content and name."""
    rows = batch.hashes(frame.content)
    anew = IMAGINED_ANSWERS[frame.answers.task](batch, frame, uniforms(0, f"{table.key}{name}", rows))
    changed = uniforms(1, f"{table.key}{name}", rows) < ANEW
    found: NDArray[np.float64] = np.where(changed.reshape(-1, *[1] * (scores.ndim - 1)), anew, scores)[kept]
    return found


def _imagined_scores(batch: Batch, frame: Frame, drawn: NDArray[np.float64]) -> NDArray[np.float64]:
    positive = drawn < np.where(batch.label == 1, SENSITIVITY, FALSE_ALARMS)
    low, high = frame.decide_at / 2, (1 + frame.decide_at) / 2
    scores: NDArray[np.float64] = np.where(positive, high, low)
    return scores


def _imagined_numbers(batch: Batch, frame: Frame, drawn: NDArray[np.float64]) -> NDArray[np.float64]:
    """As far off as a share of the range, evenly on both sides."""
    low, high = frame.answers.low, frame.answers.high
    label = batch.columns[frame.label]
    truth = label.astype(np.float64) if label.dtype.kind in "iufb" else np.full(len(label), np.nan)
    off = (2 * drawn - 1) * OFF * (high - low)
    numbers: NDArray[np.float64] = np.clip(np.nan_to_num(truth, nan=low) + off, low, high)
    return numbers


def _imagined_classes(batch: Batch, frame: Frame, drawn: NDArray[np.float64]) -> NDArray[np.float64]:
    """The true class with one probability, and else the next one."""
    classes = frame.answers.labels
    label = np.maximum(batch.label, 0)
    said = np.where(drawn < RIGHT, label, (label + 1) % classes)
    answers = np.full((len(label), classes), (1 - SURE) / max(classes - 1, 1))
    answers[np.arange(len(label)), said] = SURE
    return answers


ANEW = 2 * DISCORDANCE
"""Share of rows whose scores are made up anew where inputs change: of their decisions at most half become others."""
OFF = 0.1
"""Share of the range by which an imagined number is off at most."""
RIGHT, SURE = 0.8, 0.8
"""Share of rows whose class an imagined model finds, and the probability that it gives to what it says."""
IMAGINED_ANSWERS: Mapping[Task, Callable[[Batch, Frame, NDArray[np.float64]], NDArray[np.float64]]] = {
    Task.BINARY: _imagined_scores,
    Task.REGRESSION: _imagined_numbers,
    Task.MULTICLASS: _imagined_classes,
}
"""What is made up, by task, from a number in [0, 1) that was drawn for each row."""
