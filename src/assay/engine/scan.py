"""One task: read a partition batch by batch, ask the model, count. Runs in a worker; returns bytes that add."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from assay.domain.dictionary import Column
from assay.domain.errors import SubjectError
from assay.domain.specification import Attribute
from assay.plan.passes import Change, Pass
from assay.subject.arrays import as_numpy, with_columns
from assay.tally.groups import Layout, codes_of
from assay.tally.hashes import column_hash, row_hash
from assay.tally.outcomes import OutcomeSum
from assay.tally.paired import PairedTally
from assay.tally.partial import Partial
from assay.tally.perturbation import ChangeContext
from assay.tally.profiles import profile
from assay.tally.rows import RowTally
from assay.tally.sums import Spread
from assay.tally.units import UnitTally

Predict = Callable[[pa.RecordBatch], NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Frame:
    """What every batch of a data set is read against: the names and meanings that the specification gives.

    Attributes:
        inputs: the columns that the model is fed, in order. label: the column of the true label.
        attributes: the protected attributes by name. decide_at: a score at or above it is decided as 1.
        dictionary: the documented columns. unit: the column of which one row each counts, and the seed for it.
        score_column: where scores made elsewhere stand, instead of a model.
        spreads: standard deviation per numeric column on the reference data, for perturbations.
    """

    inputs: tuple[str, ...]
    label: str
    attributes: tuple[tuple[str, Attribute], ...]
    decide_at: float
    dictionary: tuple[Column, ...] = ()
    unit: str | None = None
    seed: str = ""
    score_column: str | None = None
    spreads: tuple[tuple[str, float], ...] = field(default=())

    @property
    def content(self) -> tuple[str, ...]:
        """The columns that make two rows the same: all that are documented but identifiers, the label, and scores."""
        left_out = {self.label, self.unit, self.score_column}
        named = [c.name for c in self.dictionary if c.type != "identifier" and c.name not in left_out]
        return tuple(named) or self.inputs

    @property
    def layout(self) -> Layout:
        """The cells that rows are counted in."""
        return Layout(tuple((name, attribute.labels()) for name, attribute in self.attributes))

    def columns(self, wanted: Pass) -> tuple[str, ...]:
        """The columns that a pass reads, each once."""
        names = [self.label, *(a.column for _, a in self.attributes)]
        if wanted.outcomes or wanted.spreads:
            names += self.inputs
        if wanted.outcomes and self.score_column is not None:
            names.append(self.score_column)
        if wanted.row_set or wanted.units:
            names += self.content
        if wanted.profiles:
            names += [column.name for column in self.dictionary]
        if wanted.units and self.unit is not None:
            names.append(self.unit)
        return tuple(dict.fromkeys(names))


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch of rows, read once: columns, labels (-1 where it is neither 0 nor 1), cells, places."""

    raw: pa.RecordBatch
    columns: dict[str, NDArray[Any]]
    label: NDArray[np.int64]
    cell: NDArray[np.int64]
    places: NDArray[np.int64]

    @property
    def labelled(self) -> NDArray[np.bool_]:
        """bool[n]: rows with a label."""
        return self.label >= 0


def scan(
    frame: Frame,
    wanted: Pass,
    batches: Iterable[pa.RecordBatch],
    *,
    first_row: int,
    predict: Predict | None,
    selection: NDArray[np.int64] | None = None,
) -> Partial:
    """Count one partition.

    Args:
        frame: names and meanings. wanted: what to count.
        batches: the partition's rows, with at least ``frame.columns(wanted)``.
        first_row: place of the partition's first row in the data set.
        predict: asks the model; None when scores stand in a column or are not needed.
        selection: sorted places of the rows that count for outcomes; all when None.

    Raises:
        SubjectError: when a score column holds no numbers between 0 and 1.
    """
    counters = _counters(frame, wanted, predict, selection)
    place = first_row
    for raw in batches:
        batch = _read(frame, raw, place)
        place += raw.num_rows
        for counter in counters:
            counter.take(batch)
    parts: dict[str, Any] = {}
    for counter in counters:
        parts |= counter.parts()
    return Partial(layout=frame.layout, **parts)


def _read(frame: Frame, raw: pa.RecordBatch, place: int) -> Batch:
    columns = {name: as_numpy(raw.column(name)) for name in raw.schema.names}
    codes = {name: codes_of(attribute, columns[attribute.column]) for name, attribute in frame.attributes}
    return Batch(
        raw=raw,
        columns=columns,
        label=_labels(columns[frame.label]),
        cell=frame.layout.cell(codes, raw.num_rows),
        places=np.arange(place, place + raw.num_rows, dtype=np.int64),
    )


def _labels(values: NDArray[Any]) -> NDArray[np.int64]:
    if values.dtype.kind not in "iufb":
        return np.full(len(values), -1, dtype=np.int64)
    return np.where((values == 0) | (values == 1), values, -1).astype(np.int64)


class Counter(Protocol):
    """One part of a pass: takes batches, then hands over what it counted under the names of ``Partial``."""

    def take(self, batch: Batch) -> None:
        """Count a batch."""

    def parts(self) -> dict[str, Any]:
        """The counts."""


def _counters(
    frame: Frame, wanted: Pass, predict: Predict | None, selection: NDArray[np.int64] | None
) -> tuple[Counter, ...]:
    made: list[Counter] = [_Population(frame)]
    if wanted.profiles:
        made.append(_Profiles(frame))
    if wanted.row_set:
        made.append(_RowSet(frame))
    if wanted.units and frame.unit is not None:
        made.append(_Units(frame, frame.unit))
    if wanted.spreads:
        made.append(_Spreads(frame))
    if wanted.outcomes:
        made.append(_Outcomes(frame, wanted, predict, selection))
    return tuple(made)


class _Population:
    def __init__(self, frame: Frame) -> None:
        self._rows = 0
        self._bad = 0
        self._counts = np.zeros(frame.layout.cells * 2, dtype=np.int64)

    def take(self, batch: Batch) -> None:
        kept = batch.labelled
        self._rows += len(batch.label)
        self._bad += int(len(batch.label) - kept.sum())
        place = batch.cell[kept] * 2 + batch.label[kept]
        self._counts += np.bincount(place, minlength=len(self._counts))

    def parts(self) -> dict[str, Any]:
        return {"rows": self._rows, "bad_labels": self._bad, "population": self._counts.reshape(-1, 2)}


class _Profiles:
    def __init__(self, frame: Frame) -> None:
        self._columns = frame.dictionary
        self._profiles = [profile(column, np.empty(0)) for column in self._columns]

    def take(self, batch: Batch) -> None:
        for i, column in enumerate(self._columns):
            if column.name in batch.columns:
                self._profiles[i] += profile(column, batch.columns[column.name])

    def parts(self) -> dict[str, Any]:
        return {"profiles": tuple(self._profiles)}


class _RowSet:
    def __init__(self, frame: Frame) -> None:
        self._content = frame.content
        self._rows = RowTally.empty()

    def take(self, batch: Batch) -> None:
        hashes = row_hash(((name, batch.columns[name]) for name in self._content), len(batch.label))
        self._rows = self._rows.counting(hashes, batch.label.astype(np.uint8))

    def parts(self) -> dict[str, Any]:
        return {"row_set": self._rows}


class _Units:
    def __init__(self, frame: Frame, unit: str) -> None:
        self._frame = frame
        self._unit = unit
        self._units = UnitTally.empty()

    def take(self, batch: Batch) -> None:
        units = column_hash(self._unit, batch.columns[self._unit])
        names = (*self._frame.content, self._frame.label)
        content = row_hash(((name, batch.columns[name]) for name in names), len(batch.label))
        self._units = self._units.counting(units, content, batch.places, self._frame.seed)

    def parts(self) -> dict[str, Any]:
        return {"units": self._units}


class _Spreads:
    def __init__(self, frame: Frame) -> None:
        numeric = [c.name for c in frame.dictionary if c.type in {"integer", "number"}]
        self._spreads = {name: Spread.empty() for name in numeric if name in frame.inputs}

    def take(self, batch: Batch) -> None:
        for name, spread in self._spreads.items():
            if batch.columns[name].dtype.kind in "iufb":
                self._spreads[name] = spread.adding(batch.columns[name].astype(np.float64))

    def parts(self) -> dict[str, Any]:
        return {"spreads": tuple(self._spreads.items())}


class _Outcomes:
    def __init__(
        self, frame: Frame, wanted: Pass, predict: Predict | None, selection: NDArray[np.int64] | None
    ) -> None:
        self._frame = frame
        self._changes = wanted.changes
        self._predict = predict
        self._selection = selection
        self._outcomes = OutcomeSum(frame.layout, scores=wanted.scores)
        self._paired = {change.key: PairedTally.empty(frame.layout) for change in wanted.changes}

    def take(self, batch: Batch) -> None:
        kept = batch.labelled
        if self._selection is not None:
            kept = kept & np.isin(batch.places, self._selection, assume_unique=True)
        score = self._scores(batch)
        cell, label = batch.cell[kept], batch.label[kept]
        self._outcomes.count(cell, label, score[kept], self._frame.decide_at)
        right = ((score >= self._frame.decide_at) == batch.label)[kept]
        for change in self._changes:
            changed = self._changed_scores(batch, change)
            right_after = ((changed >= self._frame.decide_at) == batch.label)[kept]
            self._paired[change.key] = self._paired[change.key].counting(cell, right, right_after)

    def _scores(self, batch: Batch) -> NDArray[np.float64]:
        if self._predict is not None:
            return self._predict(batch.raw.select(list(self._frame.inputs)))
        score = batch.columns[self._frame.score_column or ""]
        if score.dtype.kind not in "iufb":
            raise SubjectError("The score column holds no numbers.", code="model_output_invalid")
        numbers = score.astype(np.float64)
        bad = int((~((numbers >= 0) & (numbers <= 1))).sum())
        if bad:
            raise SubjectError(
                f"{bad:,} scores are missing or not between 0 and 1.", code="model_output_invalid"
            )
        return numbers

    def _changed_scores(self, batch: Batch, change: Change) -> NDArray[np.float64]:
        if self._predict is None:
            raise SubjectError("Scores made elsewhere cannot be perturbed.", code="not_measured")
        inputs = self._frame.inputs
        # By content, not by place: nobody can shop for an order of the rows.
        content = row_hash(((name, batch.columns[name]) for name in inputs), len(batch.label))
        context = ChangeContext(
            rows=content,
            seed=change.seed,
            spreads=dict(self._frame.spreads),
            parameters=dict(change.parameters),
            kinds={column.name: column.type for column in self._frame.dictionary},
        )
        changed = change.function({name: batch.columns[name].copy() for name in inputs}, context)
        return self._predict(with_columns(batch.raw.select(list(inputs)), changed))

    def parts(self) -> dict[str, Any]:
        return {"outcomes": self._outcomes.tally(), "paired": tuple(self._paired.items())}
