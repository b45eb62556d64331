"""The parts of a pass that are counted without the model: each takes batches and hands over what it counted."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from assay.engine.batch import Batch
from assay.engine.frame import Frame
from assay.plan.passes import Pass
from assay.tally.crossing import Crossing
from assay.tally.hashes import row_sum
from assay.tally.profiles import ProfileSum
from assay.tally.rows import RowTally
from assay.tally.sums import Spread
from assay.tally.units import UnitTally


class Counter(Protocol):
    """One part of a pass: takes batches, then hands over what it counted under the names of ``Partial``."""

    def take(self, batch: Batch) -> None:
        """Count a batch."""

    def parts(self) -> dict[str, Any]:
        """The counts."""


def counters_of(frame: Frame, wanted: Pass, crossing: Crossing) -> tuple[Counter, ...]:
    """Those that a pass wants, besides what asks the model."""
    made: list[Counter] = [_Population(frame)]
    if wanted.profiles:
        made.append(_Profiles(frame, crossing))
    if wanted.row_set:
        made.append(_RowSet(frame))
    if wanted.units and frame.unit is not None:
        made.append(_Units(frame, frame.unit))
    if wanted.spreads:
        made.append(_Spreads(frame))
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
