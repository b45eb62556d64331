"""A column of texts as its different values and the place of each row's among them, so that what is asked of a text is asked once of each."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Kind = TypeVar("Kind", bound=np.generic)

ALL = slice(None)


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of some rows.

    Attributes:
        different: object[k], texts, and None where one is missing; no two are equal. place: int64[n], which of them each row has.
    """

    different: NDArray[Any]
    place: Integers

    @classmethod
    def of(cls, values: NDArray[Any]) -> Texts:
        """Those of object[n] texts or None."""
        places: dict[str | None, int] = {}
        texts = (None if value is None or value != value else str(value) for value in values.tolist())
        place = np.fromiter((places.setdefault(text, len(places)) for text in texts), np.int64, len(values))
        return cls(as_objects(list(places)), place)

    @property
    def values(self) -> NDArray[Any]:
        """object[n]: the text of each row."""
        return self.different[self.place]

    @property
    def rows(self) -> Integers:
        """int64[k]: how many rows have each."""
        return np.bincount(self.place, minlength=len(self.different))

    def each(
        self, what: Callable[[NDArray[Any]], NDArray[Kind]], kept: slice | NDArray[np.bool_] = ALL
    ) -> NDArray[Kind]:
        """What a function of texts gives for each row that is kept; it is handed the different ones alone."""
        return what(self.different)[self.place[kept]]


class BatchColumns(Mapping[str, NDArray[Any]]):
    """The columns of some rows, by name: arrays of numbers, or of objects for texts."""

    @abstractmethod
    def texts(self, name: str) -> Texts | None:
        """The different texts of a column and where they stand; None where it holds numbers."""

    def each(self, name: str, what: Callable[[NDArray[Any]], NDArray[Kind]]) -> NDArray[Kind]:
        """What a function of values gives for each row of a column; it is handed each different text once."""
        texts = self.texts(name)
        return what(self[name]) if texts is None else texts.each(what)


class ArrayColumns(BatchColumns):
    """Columns that lie in memory as arrays."""

    def __init__(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        self._arrays = arrays

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self._arrays[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._arrays)

    def __len__(self) -> int:
        return len(self._arrays)

    def texts(self, name: str) -> Texts | None:
        """See :class:`BatchColumns`."""
        values = self[name]
        return None if values.dtype.kind in "iufb" else Texts.of(values)


def as_objects(texts: list[str | None]) -> NDArray[Any]:
    """object[k]; never an array of texts, which would cut the zero bytes at their ends."""
    found = np.empty(len(texts), dtype=object)
    found[:] = texts
    return found
