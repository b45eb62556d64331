"""A batch of rows as all tables of a pass share it: what several of them need of it is worked out once."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from assay.tally.hashes import Hashes
from assay.tally.texts import BatchColumns

Array = TypeVar("Array", bound=NDArray[Any])


class SharedBatch:
    """The columns of a batch, and what was worked out of them so far; nobody can write into what is shared.

    Attributes:
        columns: by name. words: uint64[n] of a column, equal for equal values. cell: int64[n], the cell of each row.
    """

    def __init__(
        self,
        columns: BatchColumns,
        words: Callable[[str], Hashes],
        cell: NDArray[np.int64],
    ) -> None:
        self.columns, self.words, self.cell = columns, words, cell
        self._found: dict[Hashable, NDArray[Any]] = {}

    def once(self, what: Hashable, make: Callable[[], Array]) -> Array:
        """What ``make`` gives for all rows of the batch, which is called for the first one that asks."""
        if what not in self._found:
            made = make()
            made.flags.writeable = False
            self._found[what] = made
        found: Array = self._found[what]  # type: ignore[assignment]
        return found
