"""One task: read a partition batch by batch, ask the model, count. Runs in a worker; returns bytes that add."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from assay.domain.dictionary import Column
from assay.domain.errors import SubjectError
from assay.domain.specification import Attribute
from assay.engine.asking import Asker, Predict
from assay.plan.passes import Change, Pass
from assay.subject.arrays import as_numpy, as_words, with_columns
from assay.tally.crossing import Codes, Crossing
from assay.tally.groups import GroupCodes, Layout
from assay.tally.hashes import Hashes, row_hash, row_sum
from assay.tally.outcomes import OutcomeSum
from assay.tally.paired import PairedTally
from assay.tally.partial import Partial
from assay.tally.perturbation import ChangeContext
from assay.tally.profiles import ProfileSum
from assay.tally.rows import RowTally
from assay.tally.sums import Spread
from assay.tally.units import UnitTally

Integers = NDArray[np.int64]


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
    def fed(self) -> tuple[str, ...]:
        """The inputs, where rows are more than what the model is fed; else none."""
        return () if set(self.content) <= set(self.inputs) else self.inputs

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
        if wanted.row_set:
            names += self.fed
        if wanted.profiles:
            names += [column.name for column in self.dictionary]
        if wanted.units and self.unit is not None:
            names += [self.unit, *self.inputs]
            names += [self.score_column] if self.score_column is not None else []
        return tuple(dict.fromkeys(names))


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch of rows, read once.

    Attributes:
        raw: as it came. columns: by name.
        key: int64[n], ``cell * 2``, and 1 more if the label is 1.
        labelled: selects the rows with a label from an array; a slice when all have one.
        code: int32[n] or int64[n], the combination of the crossed columns; None when some value is in no combination.
        first_row: place of the first row in the data set. words: of the columns that were asked for by :meth:`hashes`.
    """

    raw: pa.RecordBatch
    columns: dict[str, NDArray[Any]]
    key: Integers
    labelled: slice | NDArray[np.bool_]
    code: Codes | None
    first_row: int
    words: dict[str, Hashes] = field(default_factory=dict)

    def hashes(self, names: Iterable[str]) -> Hashes:
        """uint64[n]: a hash of each row over the named columns."""
        return row_hash(((name, self.words_of(name)) for name in names), len(self.key))

    def words_of(self, name: str) -> Hashes:
        """uint64[n]: a word for each value of a column."""
        if name not in self.words:
            self.words[name] = as_words(self.raw.column(name), name)
        return self.words[name]

    @property
    def label(self) -> Integers:
        """int64[n]: the label of each row, -1 where it is neither 0 nor 1."""
        label = self.key & 1
        if not isinstance(self.labelled, slice):
            label[~self.labelled] = -1
        return label

    @property
    def cell(self) -> Integers:
        """int64[n]: the cell of each row."""
        return self.key >> 1

    @property
    def places(self) -> Integers:
        """int64[n]: places of the rows in the data set."""
        return np.arange(self.first_row, self.first_row + len(self.key), dtype=np.int64)


class _Reader:
    """Batches from what is read. Labels and groups of crossed columns are found by combination, else by row."""

    def __init__(self, frame: Frame, crossing: Crossing) -> None:
        self._label = frame.label
        self._layout = frame.layout
        self._coded = [(name, a.column, GroupCodes(a)) for name, a in frame.attributes]
        self._crossing = crossing
        values = crossing.values()
        self._apart = [part for part in self._coded if part[1] not in values]
        crossed = [part for part in self._coded if part[1] in values]
        self._key_of_code = self._cells(crossed, values, crossing.size) * 2 + values[frame.label]

    def read(self, raw: pa.RecordBatch, first_row: int) -> Batch:
        columns = {name: as_numpy(raw.column(name), name) for name in raw.schema.names}
        code = self._crossing.code(columns)
        if code is None:
            positive, labelled = _labels(columns[self._label])
            key = self._cells(self._coded, columns, raw.num_rows) * 2 + positive
            return Batch(raw, columns, key, labelled, code, first_row)
        key = self._key_of_code.take(code.astype(np.intp, copy=False))
        if self._apart:
            key += self._cells(self._apart, columns, raw.num_rows) * 2
        return Batch(raw, columns, key, slice(None), code, first_row)

    def _cells(
        self, coded: list[tuple[str, str, GroupCodes]], columns: dict[str, NDArray[Any]], rows: int
    ) -> Integers:
        """The cells as far as these attributes go: cells of several sets of attributes add."""
        none = np.zeros((), dtype=np.int64)
        codes = {name: groups.of(columns[column]) for name, column, groups in coded}
        return self._layout.cell({name: codes.get(name, none) for name, _, _ in self._coded}, rows)


def _crossing(frame: Frame, wanted: Pass) -> Crossing:
    """The label, then attributes by code, then documented codes, as far as their values cross to few."""
    codes: dict[str, list[int | str]] = {frame.label: [0, 1]}
    for _, attribute in frame.attributes:
        if attribute.groups is not None:
            codes.setdefault(attribute.column, []).extend(c for _, group in attribute.codes() for c in group)
    for column in frame.dictionary:
        if column.codes is not None and (wanted.profiles or column.name in codes):
            codes.setdefault(column.name, []).extend(column.codes)
    numbers = {name: [c for c in found if not isinstance(c, str)] for name, found in codes.items()}
    ranges = {name: (min(found), max(found)) for name, found in numbers.items() if found}
    return Crossing(ranges | {frame.label: (0, 1)})


def scan(
    frame: Frame,
    wanted: Pass,
    batches: Iterable[pa.RecordBatch],
    *,
    first_row: int,
    predict: Predict | None,
    selection: Integers | None = None,
    witness: Predict | None = None,
) -> Partial:
    """Count one partition.

    Args:
        frame: names and meanings. wanted: what to count.
        batches: the partition's rows, with at least ``frame.columns(wanted)``.
        first_row: place of the partition's first row in the data set.
        predict: asks the model; None when scores stand in a column or are not needed.
        selection: sorted places of the rows that count for outcomes; all when None.
        witness: asks the same model in another process.

    Raises:
        SubjectError: when a score column holds no numbers between 0 and 1.
    """
    crossing = _crossing(frame, wanted)
    reader = _Reader(frame, crossing)
    asker = (
        Asker(predict, frame.seed, decide_at=frame.decide_at, witness=witness)
        if predict is not None and wanted.outcomes
        else None
    )
    counters = _counters(frame, wanted, asker, selection, crossing)
    place = first_row
    for raw in batches:
        batch = reader.read(raw, place)
        place += raw.num_rows
        for counter in counters:
            counter.take(batch)
    parts: dict[str, Any] = {}
    for counter in counters:
        parts |= counter.parts()
    return Partial(layout=frame.layout, **parts)


def _labels(values: NDArray[Any]) -> tuple[NDArray[np.bool_], slice | NDArray[np.bool_]]:
    """Which rows have the label 1, and which have a label."""
    if values.dtype.kind not in "iufb":
        none = np.zeros(len(values), dtype=bool)
        return none, none
    positive = values == 1
    if values.dtype.kind in "iub" and len(values) and values.min() >= 0 and values.max() <= 1:
        return positive, slice(None)
    return positive, (values == 0) | positive


class Counter(Protocol):
    """One part of a pass: takes batches, then hands over what it counted under the names of ``Partial``."""

    def take(self, batch: Batch) -> None:
        """Count a batch."""

    def parts(self) -> dict[str, Any]:
        """The counts."""


def _counters(
    frame: Frame, wanted: Pass, asker: Asker | None, selection: Integers | None, crossing: Crossing
) -> tuple[Counter, ...]:
    made: list[Counter] = [_Population(frame)]
    if wanted.profiles:
        made.append(_Profiles(frame, crossing))
    if wanted.row_set:
        made.append(_RowSet(frame))
    if wanted.units and frame.unit is not None:
        made.append(_Units(frame, frame.unit))
    if wanted.spreads:
        made.append(_Spreads(frame))
    if wanted.outcomes:
        made.append(_Outcomes(frame, wanted, asker, selection))
    return tuple(made)


class _Population:
    def __init__(self, frame: Frame) -> None:
        self._rows = 0
        self._bad = 0
        self._counts = np.zeros(frame.layout.cells * 2, dtype=np.int64)

    def take(self, batch: Batch) -> None:
        keys = batch.key[batch.labelled]
        self._rows += len(batch.key)
        self._bad += len(batch.key) - len(keys)
        self._counts += np.bincount(keys, minlength=len(self._counts))

    def parts(self) -> dict[str, Any]:
        return {"rows": self._rows, "bad_labels": self._bad, "population": self._counts.reshape(-1, 2)}


class _Profiles:
    def __init__(self, frame: Frame, crossing: Crossing) -> None:
        values = crossing.values()
        columns = [(column, ProfileSum(column)) for column in frame.dictionary]
        self._all = [(column.name, total) for column, total in columns]
        self._crossed = [
            (values[c.name], total) for c, total in columns if c.codes is not None and c.name in values
        ]
        self._apart = [(c.name, total) for c, total in columns if c.codes is None or c.name not in values]
        self._rows = np.zeros(crossing.size, dtype=np.int64)

    def take(self, batch: Batch) -> None:
        for name, total in self._all if batch.code is None else self._apart:
            if name in batch.columns:
                total.count(batch.columns[name])
        if batch.code is not None:
            self._rows += np.bincount(batch.code, minlength=len(self._rows))

    def parts(self) -> dict[str, Any]:
        for values, total in self._crossed:
            low = values.min()
            rows = np.zeros(values.max() - low + 1, dtype=np.int64)
            np.add.at(rows, values - low, self._rows)
            found = np.flatnonzero(rows)
            total.count_codes(found + low, rows[found])
        return {"profiles": tuple(total.tally() for _, total in self._all)}


class _RowSet:
    def __init__(self, frame: Frame) -> None:
        self._content = frame.content
        self._fed = frame.fed
        self._rows = RowTally.empty()
        self._by_inputs = RowTally.empty()

    def take(self, batch: Batch) -> None:
        labels = batch.label.astype(np.uint8)
        self._rows = self._counted(self._rows, batch, self._content, labels)
        if self._fed:
            self._by_inputs = self._counted(self._by_inputs, batch, self._fed, labels)

    @staticmethod
    def _counted(rows: RowTally, batch: Batch, names: tuple[str, ...], labels: NDArray[np.uint8]) -> RowTally:
        words = {name: batch.words_of(name) for name in names}
        return rows.counting(row_sum(words.items(), len(labels)), labels, words)

    def parts(self) -> dict[str, Any]:
        return {"row_set": self._rows, "by_inputs": self._by_inputs if self._fed else None}


class _Units:
    def __init__(self, frame: Frame, unit: str) -> None:
        self._frame = frame
        self._unit = unit
        shown = (*frame.content, *frame.inputs, *(a.column for _, a in frame.attributes), frame.label)
        self._content = tuple(n for n in dict.fromkeys(shown) if n not in {unit, frame.score_column})
        self._units = UnitTally.empty()

    def take(self, batch: Batch) -> None:
        content = batch.hashes(self._content)
        units = batch.words_of(self._unit)
        scored = self._frame.score_column
        scores = batch.words_of(scored) if scored is not None else np.zeros(len(units), np.uint64)
        self._units = self._units.counting(units, content, scores, batch.places, self._frame.seed)

    def parts(self) -> dict[str, Any]:
        return {"units": self._units}


class _Spreads:
    def __init__(self, frame: Frame) -> None:
        numeric = [c.name for c in frame.dictionary if c.is_numeric]
        self._spreads = {name: Spread.empty() for name in numeric if name in frame.inputs}

    def take(self, batch: Batch) -> None:
        for name, spread in self._spreads.items():
            if batch.columns[name].dtype.kind in "iufb":
                self._spreads[name] = spread.adding(batch.columns[name].astype(np.float64))

    def parts(self) -> dict[str, Any]:
        return {"spreads": tuple(self._spreads.items())}


class _Outcomes:
    def __init__(self, frame: Frame, wanted: Pass, asker: Asker | None, selection: Integers | None) -> None:
        self._frame = frame
        self._changes = wanted.changes
        self._asker = asker
        self._selection = selection
        self._outcomes = OutcomeSum(frame.layout, scores=wanted.scores)
        self._paired = {change.key: PairedTally.empty(frame.layout) for change in wanted.changes}

    def take(self, batch: Batch) -> None:
        kept = self._kept(batch)
        score = self._decidable(self._scores(batch))
        self._outcomes.count(batch.key[kept], score[kept], self._frame.decide_at)
        label = batch.label
        for change in self._changes:
            right = (score >= self._frame.decide_at) == label
            after, changed = self._changed_scores(batch, change)
            after = self._decidable(after)
            right_after = (after >= self._frame.decide_at) == label
            self._paired[change.key] = self._paired[change.key].counting(
                batch.cell[kept], right[kept], right_after[kept], changed
            )

    def _kept(self, batch: Batch) -> slice | NDArray[np.bool_]:
        """The rows of a batch that count: labelled, and selected if there is a selection."""
        if self._selection is None:
            return batch.labelled
        first, end = batch.first_row, batch.first_row + len(batch.key)
        here = slice(*np.searchsorted(self._selection, [first, end]))
        kept = np.zeros(len(batch.key), dtype=bool)
        kept[self._selection[here] - first] = True
        return kept if isinstance(batch.labelled, slice) else kept & batch.labelled

    def _scores(self, batch: Batch) -> NDArray[np.float64]:
        if self._asker is not None:
            return self._asker.scores(batch.raw.select(list(self._frame.inputs)), batch.first_row)
        score = batch.columns[self._frame.score_column or ""]
        if score.dtype.kind not in "iufb":
            raise SubjectError(
                f"The score column {self._frame.score_column!r} holds no numbers.",
                code="model_output_invalid",
                remedy=_SCORES,
            )
        numbers = score.astype(np.float64, copy=False)
        if len(numbers) and not (numbers.min() >= 0 and numbers.max() <= 1):  # NaN is neither
            bad = int((~((numbers >= 0) & (numbers <= 1))).sum())
            raise SubjectError(
                f"{bad:,} {'score is' if bad == 1 else 'scores are'} missing or not between 0 and 1 in the column "
                f"{self._frame.score_column!r}.",
                code="model_output_invalid",
                remedy=_SCORES,
            )
        return numbers

    def _decidable(self, score: NDArray[np.float64]) -> NDArray[np.float64]:
        """The scores, if none of them is decided otherwise by whoever compares in a type of fewer bits.

        ``float32(0.35) >= 0.35`` is false in 64 bits and true in 32, where 0.35 is rounded too. A score of 64 bits does
        not fall on such a number but by being one.
        """
        decide_at = self._frame.decide_at
        for kind in (np.float32, np.float16):
            rounded = float(kind(decide_at))
            torn = int((score == rounded).sum()) if rounded < decide_at else 0
            if torn:
                raise SubjectError(
                    f"{torn:,} scores are {decide_at} rounded to {8 * np.dtype(kind).itemsize} bits, just below "
                    f"decide_at: whether they are decided as 1 depends on the type that they are compared in.",
                    code="model_output_invalid",
                    remedy="Move decide_at by more than the type can resolve, or store scores of 64 bits.",
                )
        return score

    def _changed_scores(self, batch: Batch, change: Change) -> tuple[NDArray[np.float64], list[str]]:
        """The scores after a change, and the columns that it changed and was not known to."""
        if self._asker is None:
            raise SubjectError("Scores made elsewhere cannot be perturbed.", code="not_measured")
        inputs = self._frame.inputs
        # By content, not by place: nobody can shop for an order of the rows.
        context = ChangeContext(
            rows=batch.hashes(inputs),
            seed=change.seed,
            spreads=dict(self._frame.spreads),
            parameters=dict(change.parameters),
            kinds={column.name: column.type for column in self._frame.dictionary},
        )
        changed = change.function({name: batch.columns[name].copy() for name in inputs}, context)
        known = self._paired[change.key].changed
        different = {n: changed[n] for n in inputs if n in changed and _differ(batch.columns[n], changed[n])}
        new = [name for name in different if name not in known]
        rows = with_columns(batch.raw.select(list(inputs)), different)
        return self._asker.scores(rows, batch.first_row, change.key), new

    def parts(self) -> dict[str, Any]:
        if self._asker is not None:
            self._asker.finish()
        return {"outcomes": self._outcomes.tally(), "paired": tuple(self._paired.items())}


_SCORES = "Write the probability of label 1 for every row, from 0 to 1: 0.83, not 83 or 83 %."


def _differ(before: NDArray[Any], after: NDArray[Any]) -> bool:
    """Whether any value is another one; what is missing in both is the same."""
    numbers = before.dtype.kind in "iufb" and after.dtype.kind in "iufb"
    return not np.array_equal(before, after, equal_nan=numbers)
