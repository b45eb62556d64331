"""A task: one pass over one partition, with everything a worker needs, from which comes the key of its result."""

from __future__ import annotations

import atexit
import contextlib
import functools
import json
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from assay.engine.asking import Ask, Predict, at_once
from assay.engine.executor import Results, read_back
from assay.engine.frame import Frame
from assay.engine.keys import key_of
from assay.engine.scan import columns_of, scan
from assay.plan.passes import Pass
from assay.subject.datasets import Partition, iter_batches
from assay.subject.model import Model, ModelReference
from assay.subject.reader import close_readers
from assay.tally.known import KnownRows
from assay.tally.partial_bytes import to_bytes


@dataclass(frozen=True)
class ScanTask:
    """One pass over one partition.

    Attributes:
        code_digest: of the versions and the source that count.
        selection: key in the results of the int64 places of the rows that count for outcomes, or None for all.
        fences: those without which the rows must not be read.
    """

    code_digest: str
    frame: Frame
    wanted: Pass
    partition: Partition
    model: ModelReference | None
    selection: str | None = None
    fences: tuple[str, ...] = ()

    @cached_property
    def key(self) -> str:
        """Hexadecimal digest of everything that the result depends on."""
        return key_of(self)

    @property
    def rows(self) -> int:
        """Rows of the partition, for progress."""
        return self.partition.rows


def run_scan(task: ScanTask, results: Results, *, live: Predict | None = None) -> bytes:
    """Do the task in this process; the model answers from a child of its own, kept for the next task.

    ``live`` is asked instead: a function of this process, for rehearsals.
    """
    selection = _selection(task.selection, results) if task.selection is not None else None
    ask: Ask | None = at_once(live) if live is not None else None
    witness: Predict | None = None
    if task.model is not None and task.wanted.asks:
        ask, witness = _opened(task.model).ask, functools.partial(_witnessed, task.model)
    present = tuple(column.name for column in task.partition.file.schema)
    columns = columns_of(task.frame, task.wanted, present)
    with contextlib.closing(iter_batches(task.partition, columns, fences=task.fences)) as batches:
        counted = scan(
            task.frame,
            task.wanted,
            batches,
            first_row=task.partition.first_row,
            ask=ask,
            selection=selection,
            witness=witness,
            known=_known(task, results),
            copies=_copies(task, results),
        )
    for model in _open_models.values():
        model.check_modules()
    return to_bytes(counted)


@dataclass(frozen=True)
class AskTask:
    """The first ``rows`` of a partition, of which the model is asked the scores."""

    code_digest: str
    rows: int
    partition: Partition
    model: ModelReference

    @cached_property
    def key(self) -> str:
        """Hexadecimal digest of everything that the result depends on."""
        return key_of(self)


def run_ask(task: AskTask, _: Results) -> bytes:
    """The scores, float64[rows], little-endian."""
    reading = iter_batches(task.partition, task.model.inputs, batch_size=task.rows, fences=task.model.fences)
    with contextlib.closing(reading) as batches:
        batch = next(batches)
    return _opened(task.model).predict(batch).astype("<f8").tobytes()


class BoundTask(AskTask):
    """The first ``rows`` of a partition, of which the model is asked to see which modules it loads for them."""


def run_bound(task: BoundTask, _: Results) -> bytes:
    """The digests of the modules that the model has loaded when it has answered some rows, as JSON."""
    run_ask(task, _)
    return json.dumps(_open_models[task.model, "asked"].modules_now).encode()


def _selection(key: str, results: Results) -> NDArray[np.int64]:
    return np.frombuffer(read_back(key, results, "The choice of rows"), dtype="<i8")


def _known(task: ScanTask, results: Results) -> KnownRows | None:
    """Some rows of the reference data, where a table of the task is handed them."""
    if not task.wanted.knows:
        return None
    return KnownRows.from_bytes(read_back(task.frame.known, results, "Rows of the reference data"))


def _copies(task: ScanTask, results: Results) -> NDArray[np.int64] | None:
    """Which rows equal an earlier one, where some do and the task draws."""
    if not task.frame.copies or not task.wanted.again:
        return None
    kept = read_back(task.frame.copies, results, "What tells equal rows apart")
    return np.frombuffer(kept, dtype="<i8").reshape(2, -1)


_open_models: dict[tuple[ModelReference, str], Model] = {}


def _opened(reference: ModelReference, role: str = "asked") -> Model:
    model = _open_models.get((reference, role))
    if model is None or not model.alive:
        if model is not None:
            model.close()  # it may live, and owe an answer to a reading that was broken off
        if any(kept != reference for kept, _ in _open_models):
            close_models()
        model = _open_models[reference, role] = Model(reference)
    return model


def _witnessed(reference: ModelReference, rows: pa.RecordBatch) -> NDArray[np.float64]:
    """The scores by a second child, started when the first has been asked, that sees no row but the repeated ones."""
    return _opened(reference, "witness").predict(rows)


def close_models() -> None:
    """End the children of this process that hold a model or a data file."""
    close_readers()
    while _open_models:
        _open_models.popitem()[1].close()


atexit.register(close_models)
