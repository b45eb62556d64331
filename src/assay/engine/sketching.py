"""The rows with the smallest hashes, over the choices of columns that a pass names: by them rows are known again."""

from __future__ import annotations

from typing import Any, ClassVar

from assay.domain.needs import Part
from assay.engine.batch import Batch
from assay.engine.counters import Counting, Reading
from assay.subject.forms import in_one_form
from assay.tally.hashes import column_hash, mixed
from assay.tally.sketch import SketchTally


class Sketches:
    """The smallest hashes of all rows, labelled or not, choice after choice; those under the names of their columns come last."""

    counts: ClassVar[frozenset[Part]] = frozenset({Part.SKETCHES})

    def __init__(self, counting: Counting) -> None:
        self._choices, self._named = counting.wanted.sketched, counting.wanted.named
        self._tallies = [SketchTally.empty()] * (len(self._choices) + len(self._named))

    @staticmethod
    def columns(reading: Reading) -> tuple[str, ...]:
        """Those that the pass names."""
        wanted = reading.wanted
        return tuple(name for choice in (*wanted.sketched, *wanted.named) for name in choice)

    def take(self, batch: Batch) -> None:
        """Count a batch."""
        columns = dict.fromkeys(name for choice in (*self._choices, *self._named) for name in choice)
        values = {name: mixed(in_one_form(batch.raw.column(name), name)) for name in columns}
        under = {name: column_hash(name, values[name]) for choice in self._named for name in choice}
        read = [
            *([values[name] for name in choice] for choice in self._choices),
            *([under[name] for name in choice] for choice in self._named),
        ]
        self._tallies = [tally.counting(rows) for tally, rows in zip(self._tallies, read, strict=True)]

    def parts(self) -> dict[str, Any]:
        """The counts."""
        return {"sketches": tuple(self._tallies)}
