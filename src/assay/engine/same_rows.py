"""Which rows are the same, told by hashes: as those of another data set, of one unit, or as each other."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from assay.domain.needs import Part
from assay.domain.vocabulary import Task
from assay.engine.batch import Batch, Integers
from assay.engine.counters import Counting, Reading
from assay.tally.copies import CopyTally
from assay.tally.hashes import Hashes, mixed, row_sum
from assay.tally.repeats import RepeatTally
from assay.tally.rows import RowTally
from assay.tally.units import UnitTally, cell_and_label


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
    def columns(reading: Reading) -> tuple[str, ...]:
        """Those that make two rows the same, and those that the model is fed."""
        return (*reading.frame.content, *reading.frame.fed_alone)

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
    def columns(reading: Reading) -> tuple[str, ...]:
        """The unit, and all in which two rows of one can differ."""
        named = (reading.frame.unit, reading.frame.score_column)
        return (*reading.frame.content, *reading.frame.inputs, *(name for name in named if name is not None))

    def take(self, batch: Batch) -> None:
        """Count a batch."""
        content = batch.hashes(self._content)
        units = batch.words_of(self._unit)
        scored = self._frame.score_column
        scores = batch.words_of(scored) if scored is not None else np.zeros(len(units), np.uint64)
        cells = cell_and_label(batch.cell, batch.label, batch.labels)
        self._units = self._units.counting(units, content, scores, batch.places, self._frame.seed, cells)

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
    def columns(reading: Reading) -> tuple[str, ...]:
        """Those that make two rows the same, and those that the model is fed."""
        return (*reading.frame.content, *reading.frame.fed_alone)

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
    def columns(reading: Reading) -> tuple[str, ...]:
        """All that can be told of a row."""
        return reading.frame.telling

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
