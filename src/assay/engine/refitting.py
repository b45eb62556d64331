"""Tasks of a recipe: what is known of the training rows, and one model that is trained on some of them and asked about others."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from assay.domain.answers import Answers
from assay.domain.errors import SubjectError
from assay.domain.vocabulary import Task
from assay.engine.executor import Results, read_back
from assay.engine.keys import key_of
from assay.subject.arrays import as_numpy, as_words
from assay.subject.datasets import Partition, iter_batches
from assay.subject.training import RecipeReference, Trained
from assay.tally.hashes import MISSING
from assay.tally.labels import labels_of
from assay.tally.refits import Asking, Floats, Integers, TrainingRows

MOST_VALUES, BINS = 20, 8
"""A number with more different values than the first is known by that many bins, of as many rows each."""


@dataclass(frozen=True)
class RowsTask:
    """The labels and units of all training rows, and the codes of columns.

    Attributes:
        code_digest: of the versions and the source that a result depends on. unit: the column, or None.
        answers: of which task the labels are. coded: columns of which each row's code is wanted.
        fences: those without which the rows must not be read.
    """

    code_digest: str
    partitions: tuple[Partition, ...]
    answers: Answers
    label: str
    unit: str | None
    coded: tuple[str, ...] = ()
    fences: tuple[str, ...] = ()

    @cached_property
    def key(self) -> str:
        """Hexadecimal digest of everything that the result depends on."""
        return key_of(self)

    @property
    def rows(self) -> int:
        """Rows that are read, for progress."""
        return sum(partition.rows for partition in self.partitions)


def run_rows(task: RowsTask, _: Results) -> bytes:
    """Labels, units and codes, int64[2 + columns, rows], little-endian; labels that are numbers as the bits of their floats.

    Raises:
        SubjectError: ``data_invalid`` when a label is none of the task, or a row has no unit.
    """
    wanted = dict.fromkeys((task.label, *filter(None, [task.unit]), *task.coded))
    table = _table(task.partitions, tuple(wanted), task.fences)
    labels = _labels(table, task.label, task.answers)
    units = _units(table, task.unit) if task.unit is not None else np.arange(len(labels))
    codes = [_codes(table, name) for name in task.coded]
    return np.stack([labels.view(np.int64), units, *codes]).astype("<i8").tobytes()


def rows_from(data: bytes, coded: Sequence[str], answers: Answers) -> TrainingRows:
    """What the task found."""
    labels, units, *codes = np.frombuffer(data, dtype="<i8").reshape(2 + len(coded), -1)
    told = labels.view("<f8") if answers.task is Task.REGRESSION else labels
    return TrainingRows(told, units, dict(zip(coded, codes, strict=True)), answers)


@dataclass(frozen=True)
class Question:
    """Rows that a model is asked for, as the key of their places in the results; the rest as :class:`~assay.tally.refits.Asking`."""

    rows: str
    column: str = ""
    like: int = -1


@dataclass(frozen=True)
class FitTask:
    """One model: what it is trained on and what it is asked.

    Attributes:
        columns: those that the recipe is given, in order. trained: key in the results of the int64 places of the rows.
        size: how many these are. held: a column that has the value of the row ``like`` everywhere; none where empty.
    """

    code_digest: str
    recipe: RecipeReference
    partitions: tuple[Partition, ...]
    columns: tuple[str, ...]
    seed: int
    trained: str
    asked: tuple[Question, ...]
    size: int
    held: str = ""
    like: int = -1

    @cached_property
    def key(self) -> str:
        """Hexadecimal digest of everything that the result depends on."""
        return key_of(self)

    @property
    def rows(self) -> int:
        """Rows that it trains on, for progress."""
        return self.size


def run_fit(task: FitTask, results: Results) -> bytes:
    """What the model answers for the rows of each question, float64, one after the other, little-endian."""
    read = _table(task.partitions, task.columns, task.recipe.fences)
    table = _alike(read, task.held, read, task.like) if task.held else read
    places = [_places(question.rows, results) for question in task.asked]
    with Trained(task.recipe, table.take(_places(task.trained, results)), task.seed) as model:
        scores = [
            model.scores(_as_asked(table, place, question)).ravel()
            for place, question in zip(places, task.asked, strict=True)
        ]
    return np.concatenate(scores or [np.empty(0)]).astype("<f8").tobytes()


def scores_from(data: bytes, asked: Sequence[Asking], width: int) -> tuple[NDArray[np.float64], ...]:
    """What the task found, for each question; ``width``: how many numbers are answered for a row."""
    ends = np.cumsum([len(asking.rows) for asking in asked])
    numbers = np.frombuffer(data, dtype="<f8")
    return tuple(np.split(numbers.reshape(-1, width) if width > 1 else numbers, ends)[:-1])


def _as_asked(table: pa.Table, places: Integers, question: Question) -> pa.Table:
    rows = table.take(places)
    return _alike(rows, question.column, table, question.like) if question.column else rows


def _alike(rows: pa.Table, column: str, table: pa.Table, like: int) -> pa.Table:
    """The rows with one column as a row of the table has it."""
    at = table.schema.get_field_index(column)
    return rows.set_column(at, table.schema.field(at), pa.repeat(table.column(at)[like], rows.num_rows))


def _table(partitions: Sequence[Partition], columns: tuple[str, ...], fences: tuple[str, ...]) -> pa.Table:
    def batches() -> Iterator[pa.RecordBatch]:
        for partition in partitions:
            with contextlib.closing(iter_batches(partition, columns, fences=fences)) as found:
                yield from found

    return pa.Table.from_batches(list(batches())).combine_chunks()


def _places(key: str, results: Results) -> Integers:
    return np.frombuffer(read_back(key, results, "The choice of rows"), dtype="<i8")


def _labels(table: pa.Table, name: str, answers: Answers) -> Integers | Floats:
    values = as_numpy(_whole(table, name), name)
    codes, labelled = labels_of(answers, values)
    wrong = 0 if isinstance(labelled, slice) else int((~labelled).sum())
    if wrong:
        raise SubjectError(
            f"Of {len(values):,} training rows {wrong:,} have a label {name!r} that is {answers.label_wanted}, and a recipe is "
            "given all of them.",
            code="data_invalid",
            remedy=f"Write the label as {answers.label_written}, or leave these rows out of the training data.",
        )
    return values.astype(np.float64) if answers.task is Task.REGRESSION else codes.astype(np.int64)


def _units(table: pa.Table, name: str) -> Integers:
    words = as_words(_whole(table, name), name)
    missing = int((words == MISSING).sum())
    if missing:
        raise SubjectError(
            f"Of {len(words):,} training rows {missing:,} have no value in the unit {name!r}, so that nobody knows which rows belong together.",
            code="data_invalid",
            remedy="Fill the column, or leave these rows out of the training data.",
        )
    return np.unique(words, return_inverse=True)[1].astype(np.int64)


def _codes(table: pa.Table, name: str) -> Integers:
    """A number for each different value, or bin; -1 for missing."""
    values = as_numpy(_whole(table, name), name)
    if values.dtype.kind == "O":
        known = np.array([value is not None for value in values], dtype=bool)
        found = np.unique(values[known].astype(str), return_inverse=True)[1]
    else:
        known = ~np.isnan(values) if values.dtype.kind == "f" else np.ones(len(values), dtype=bool)
        different, found = np.unique(values[known], return_inverse=True)
        if len(different) > MOST_VALUES:
            edges = np.unique(np.quantile(values[known], np.arange(1, BINS) / BINS))
            found = np.searchsorted(edges, values[known], side="right")
    codes = np.full(len(values), -1, dtype=np.int64)
    codes[known] = found
    return codes


def _whole(table: pa.Table, name: str) -> pa.Array:
    column = table.column(name).combine_chunks()
    return pc.cast(column, column.type.value_type) if pa.types.is_dictionary(column.type) else column
