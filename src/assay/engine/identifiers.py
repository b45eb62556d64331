"""How often each identifier stands there: whoever has several rows is no news in the second of them."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from assay.domain.needs import Part
from assay.engine.batch import Batch, Integers
from assay.engine.counters import Counting, Reading
from assay.tally.hashes import Hashes, mixed
from assay.tally.repeats import RepeatTally
from assay.tally.units import NOBODY


class Identifiers:
    """Rows that share an identifier other than the unit; hashes are kept until the partition has ended.

    A missing identifier is shared with nobody, and its row is not counted.
    """

    counts: ClassVar[frozenset[Part]] = frozenset({Part.IDENTIFIERS})

    def __init__(self, counting: Counting) -> None:
        self._selection = counting.selection
        self._hashes: dict[str, list[Hashes]] = {name: [] for name in counting.frame.identifiers}
        self._keys: dict[str, list[Integers]] = {name: [] for name in self._hashes}

    @staticmethod
    def columns(reading: Reading) -> tuple[str, ...]:
        """The identifiers."""
        return reading.frame.identifiers

    def take(self, batch: Batch) -> None:
        """Count a batch."""
        kept = batch.kept(self._selection)
        for name, hashes in self._hashes.items():
            words = batch.words_of(name)[kept]
            known = ~np.isin(words, NOBODY)
            hashes.append(mixed(words[known]))
            self._keys[name].append(batch.key[kept][known])

    def parts(self) -> dict[str, Any]:
        """The counts."""
        no_hash, no_key = np.empty(0, np.uint64), np.empty(0, np.int64)
        tallies = (
            (
                name,
                RepeatTally.of(
                    np.concatenate([no_hash, *found]), np.concatenate([no_key, *self._keys[name]])
                ),
            )
            for name, found in self._hashes.items()
        )
        return {"identified": tuple(tallies)}
