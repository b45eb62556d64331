"""The parts of a pass, each of which takes batches and hands over what it counted; and those of them that are about values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, Protocol

import numpy as np

from assay.domain.needs import Part
from assay.engine.asking import Asker
from assay.engine.batch import Batch, Integers
from assay.engine.frame import Frame
from assay.plan.passes import Pass
from assay.tally.crossing import Crossing
from assay.tally.known import KnownRows
from assay.tally.profiles import ProfileSum
from assay.tally.sums import Spread


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


class Reading(NamedTuple):
    """What is read of a file, and for what; ``present``: the columns that it has, documented or not."""

    frame: Frame
    wanted: Pass
    present: tuple[str, ...] = ()


class Counter(Protocol):
    """Counts one part of a pass: takes batches, then hands over what it counted under the names of ``Partial``.

    Attributes:
        counts: the parts of a pass that it is for.
    """

    counts: ClassVar[frozenset[Part]]

    def __init__(self, counting: Counting) -> None:
        """Begin with no rows."""

    @staticmethod
    def columns(reading: Reading) -> tuple[str, ...]:
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
    def columns(reading: Reading) -> tuple[str, ...]:
        """The label, and the columns of protected attributes."""
        return (reading.frame.label, *(a.column for _, a in reading.frame.attributes))

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
    def columns(reading: Reading) -> tuple[str, ...]:
        """All that are documented."""
        return tuple(column.name for column in reading.frame.dictionary)

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


class Spreads:
    """How widely the values of each numeric input lie."""

    counts: ClassVar[frozenset[Part]] = frozenset({Part.SPREADS})

    def __init__(self, counting: Counting) -> None:
        numeric = [c.name for c in counting.frame.dictionary if c.is_numeric]
        self._spreads = {name: Spread.empty() for name in numeric if name in counting.frame.inputs}

    @staticmethod
    def columns(reading: Reading) -> tuple[str, ...]:
        """What the model is fed."""
        return reading.frame.inputs

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
    def columns(reading: Reading) -> tuple[str, ...]:
        """What the model is fed, or what is documented; and the label, by which a table may be cut."""
        return (*reading.frame.shown, reading.frame.label)

    def take(self, batch: Batch) -> None:
        """Count a batch."""
        columns = {name: batch.columns[name] for name in (*self._frame.shown, self._frame.label)}
        self._rows += KnownRows.drawn(self._frame.seed, batch.places, columns)

    def parts(self) -> dict[str, Any]:
        """The counts."""
        return {"known": self._rows}
