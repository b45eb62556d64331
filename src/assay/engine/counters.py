"""The parts of a pass that are counted without the model: each takes batches and hands over what it counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from assay.domain.needs import Part
from assay.domain.vocabulary import Task
from assay.engine.asking import Asker
from assay.engine.batch import Batch, Integers
from assay.engine.frame import Frame
from assay.plan.passes import Pass
from assay.tally.copies import CopyTally
from assay.tally.crossing import Crossing
from assay.tally.hashes import Hashes, mixed, row_sum
from assay.tally.known import KnownRows
from assay.tally.profiles import ProfileSum
from assay.tally.repeats import RepeatTally
from assay.tally.rows import RowTally
from assay.tally.sums import Spread
from assay.tally.units import UnitTally


@dataclass(frozen=True, slots=True)
class Counting:
    """What a counter is made for.

    Attributes:
        frame: what the columns mean. wanted: what the pass counts. crossing: the combinations of the crossed columns.
        asker: asks the model; None when scores stand in a column, or are not needed.
        selection: sorted places of the rows that count for outcomes and as equal; all when None.
        known: some rows of the reference data, for tables that are handed them.
        copies: int64[2, k], which rows equal an earlier one (:meth:`assay.tally.copies.CopyTally.numbers`); None when none does.
    """

    frame: Frame
    wanted: Pass
    crossing: Crossing
    asker: Asker | None = None
    selection: Integers | None = None
    known: KnownRows | None = None
    copies: Integers | None = None


class Counter(Protocol):
    """Counts one part of a pass: takes batches, then hands over what it counted under the names of ``Partial``.

    Attributes:
        counts: the parts of a pass that it is for.
    """

    counts: ClassVar[frozenset[Part]]

    def __init__(self, counting: Counting) -> None:
        """Begin with no rows."""

    @staticmethod
    def columns(frame: Frame) -> tuple[str, ...]:
        """The columns that it reads."""

    def take(self, batch: Batch) -> None:
        """Count a batch."""

    def parts(self) -> dict[str, Any]:
        """The counts."""


class Population:
    """Rows by group and label, which every pass counts."""

    counts: ClassVar[frozenset[Part]] = frozenset()

    def __init__(self, counting: Counting) -> None:
        self._rows = 0
        self._bad = 0
        self._missing = 0
        self._label = counting.frame.label
        self._labels = counting.frame.answers.labels
        self._counts = np.zeros(counting.frame.layout.cells * self._labels, dtype=np.int64)
        self._unlabelled = np.zeros(counting.frame.layout.cells, dtype=np.int64)

    @staticmethod
    def columns(frame: Frame) -> tuple[str, ...]:
        """The label, and the columns of protected attributes."""
        return (frame.label, *(a.column for _, a in frame.attributes))

    def take(self, batch: Batch) -> None:
        """Count a batch."""
        keys = batch.key[batch.labelled]
        self._rows += len(batch.key)
        bad = len(batch.key) - len(keys)
        self._bad += bad
        if bad:
            self._missing += batch.raw.column(self._label).is_null(nan_is_null=True).true_count
            without = batch.cell[batch.label < 0]
            self._unlabelled += np.bincount(without, minlength=len(self._unlabelled))
        self._counts += np.bincount(keys, minlength=len(self._counts))

    def parts(self) -> dict[str, Any]:
        """The counts."""
        return {
            "rows": self._rows,
            "bad_labels": self._bad,
            "missing_labels": self._missing,
            "population": self._counts.reshape(-1, self._labels),
            "unlabelled": self._unlabelled,
        }


class Profiles:
    """What the documented columns hold."""

    counts: ClassVar[frozenset[Part]] = frozenset({Part.PROFILES})

    def __init__(self, counting: Counting) -> None:
        values = counting.crossing.values()
        columns = [(column, ProfileSum(column)) for column in counting.frame.dictionary]
        self._all = [(column.name, total) for column, total in columns]
        self._crossed = [
            (values[c.name], total) for c, total in columns if c.codes is not None and c.name in values
        ]
        self._apart = [(c.name, total) for c, total in columns if c.codes is None or c.name not in values]
        self._rows = np.zeros(counting.crossing.size, dtype=np.int64)

    @staticmethod
    def columns(frame: Frame) -> tuple[str, ...]:
        """All that are documented."""
        return tuple(column.name for column in frame.dictionary)

    def take(self, batch: Batch) -> None:
        """Count a batch."""
        for name, total in self._all if batch.code is None else self._apart:
            if name not in batch.columns:
                continue
            if (texts := batch.columns.texts(name)) is not None:
                total.count_texts(texts)
            else:
                total.count(batch.columns[name])
        if batch.code is not None:
            self._rows += np.bincount(batch.code, minlength=len(self._rows))

    def parts(self) -> dict[str, Any]:
        """The counts."""
        for values, total in self._crossed:
            low = values.min()
            rows = np.zeros(values.max() - low + 1, dtype=np.int64)
            np.add.at(rows, values - low, self._rows)
            found = np.flatnonzero(rows)
            total.count_codes(found + low, rows[found])
        return {"profiles": tuple(total.tally() for _, total in self._all)}


class RowSet:
    """Which rows there are, by their hashes."""

    counts: ClassVar[frozenset[Part]] = frozenset({Part.ROW_HASHES})

    def __init__(self, counting: Counting) -> None:
        self._content = counting.frame.content
        self._fed = counting.frame.fed_alone
        self._label = counting.frame.label
        self._numbers = counting.frame.answers.task is Task.REGRESSION
        self._rows = RowTally.empty()
        self._by_inputs = RowTally.empty()

    @staticmethod
    def columns(frame: Frame) -> tuple[str, ...]:
        """Those that make two rows the same, and those that the model is fed."""
        return (*frame.content, *frame.fed_alone)

    def take(self, batch: Batch) -> None:
        """Count a batch."""
        labels = self._labels(batch)
        self._rows = self._counted(self._rows, batch, self._content, labels)
        if self._fed:
            self._by_inputs = self._counted(self._by_inputs, batch, self._fed, labels)

    def _labels(self, batch: Batch) -> NDArray[np.uint8]:
        """In what two rows with the same inputs may differ; of a number a byte of its hash, which differs 255 times in 256."""
        if self._numbers:
            return (mixed(batch.words_of(self._label)) >> np.uint64(56)).astype(np.uint8)
        return batch.label.astype(np.uint8)

    @staticmethod
    def _counted(rows: RowTally, batch: Batch, names: tuple[str, ...], labels: NDArray[np.uint8]) -> RowTally:
        words = {name: batch.words_of(name) for name in names}
        return rows.counting(row_sum(words.items(), len(labels)), labels, words)

    def parts(self) -> dict[str, Any]:
        """The counts."""
        return {"row_set": self._rows, "by_inputs": self._by_inputs if self._fed else None}


class Units:
    """Which rows are of one unit."""

    counts: ClassVar[frozenset[Part]] = frozenset({Part.UNITS})

    def __init__(self, counting: Counting) -> None:
        frame, unit = counting.frame, counting.frame.unit
        if unit is None:
            raise ValueError("units are told apart by a column, and the frame names none")
        self._frame = frame
        self._unit = unit
        shown = (*frame.content, *frame.inputs, *(a.column for _, a in frame.attributes), frame.label)
        self._content = tuple(n for n in dict.fromkeys(shown) if n not in {unit, frame.score_column})
        self._units = UnitTally.empty()

    @staticmethod
    def columns(frame: Frame) -> tuple[str, ...]:
        """The unit, and all in which two rows of one can differ."""
        named = (frame.unit, frame.score_column)
        return (*frame.content, *frame.inputs, *(name for name in named if name is not None))

    def take(self, batch: Batch) -> None:
        """Count a batch."""
        content = batch.hashes(self._content)
        units = batch.words_of(self._unit)
        scored = self._frame.score_column
        scores = batch.words_of(scored) if scored is not None else np.zeros(len(units), np.uint64)
        self._units = self._units.counting(units, content, scores, batch.places, self._frame.seed)

    def parts(self) -> dict[str, Any]:
        """The counts."""
        return {"units": self._units}


class EqualRows:
    """Equal rows, by all that is documented and by what the model is fed; hashes are kept until the partition has ended."""

    counts: ClassVar[frozenset[Part]] = frozenset({Part.EQUAL_ROWS})

    def __init__(self, counting: Counting) -> None:
        frame = counting.frame
        self._label = frame.label
        self._names = {"repeats": frame.content, **({"alike": frame.fed_alone} if frame.fed_alone else {})}
        self._selection = counting.selection
        self._hashes: dict[str, list[Hashes]] = {part: [] for part in self._names}
        self._keys: list[Integers] = []

    @staticmethod
    def columns(frame: Frame) -> tuple[str, ...]:
        """Those that make two rows the same, and those that the model is fed."""
        return (*frame.content, *frame.fed_alone)

    def take(self, batch: Batch) -> None:
        """Count a batch."""
        kept = batch.kept(self._selection)
        self._keys.append(batch.key[kept])
        for part, names in self._names.items():
            self._hashes[part].append(batch.hashes((*names, self._label))[kept])

    def parts(self) -> dict[str, Any]:
        """The counts."""
        keys = np.concatenate([np.empty(0, np.int64), *self._keys])
        none = np.empty(0, np.uint64)
        return {
            part: RepeatTally.of(np.concatenate([none, *found]), keys) for part, found in self._hashes.items()
        }


class Copies:
    """Which rows that count equal an earlier one in all that can be told of them; hashes are kept until the rows have ended."""

    counts: ClassVar[frozenset[Part]] = frozenset({Part.COPIES})

    def __init__(self, counting: Counting) -> None:
        self._frame = counting.frame
        self._selection = counting.selection
        self._found: list[CopyTally] = []

    @staticmethod
    def columns(frame: Frame) -> tuple[str, ...]:
        """All that can be told of a row."""
        return frame.telling

    def take(self, batch: Batch) -> None:
        """Count a batch."""
        kept = batch.kept(self._selection)
        self._found.append(CopyTally(batch.hashes(self._frame.telling)[kept], batch.places[kept]))

    def parts(self) -> dict[str, Any]:
        """The counts."""
        empty = CopyTally.empty()
        found = [empty, *self._found]
        hashes, places = ([getattr(one, name) for one in found] for name in ("hashes", "places"))
        return {"copies": CopyTally(np.concatenate(hashes), np.concatenate(places))}


class Spreads:
    """How widely the values of each numeric input lie."""

    counts: ClassVar[frozenset[Part]] = frozenset({Part.SPREADS})

    def __init__(self, counting: Counting) -> None:
        numeric = [c.name for c in counting.frame.dictionary if c.is_numeric]
        self._spreads = {name: Spread.empty() for name in numeric if name in counting.frame.inputs}

    @staticmethod
    def columns(frame: Frame) -> tuple[str, ...]:
        """What the model is fed."""
        return frame.inputs

    def take(self, batch: Batch) -> None:
        """Count a batch."""
        for name, spread in self._spreads.items():
            if batch.columns[name].dtype.kind in "iufb":
                self._spreads[name] = spread.adding(batch.columns[name].astype(np.float64))

    def parts(self) -> dict[str, Any]:
        """The counts."""
        return {"spreads": tuple(self._spreads.items())}


class Known:
    """Some rows, drawn at random."""

    counts: ClassVar[frozenset[Part]] = frozenset({Part.KNOWN_ROWS})

    def __init__(self, counting: Counting) -> None:
        self._frame = counting.frame
        self._rows = KnownRows.empty()

    @staticmethod
    def columns(frame: Frame) -> tuple[str, ...]:
        """What the model is fed, or what is documented."""
        return frame.shown

    def take(self, batch: Batch) -> None:
        """Count a batch."""
        columns = {name: batch.columns[name] for name in self._frame.shown}
        self._rows += KnownRows.drawn(self._frame.seed, batch.places, columns)

    def parts(self) -> dict[str, Any]:
        """The counts."""
        return {"known": self._rows}
