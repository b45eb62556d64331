"""Some rows of the reference data, drawn at random: what a table may know of others before the judged rows are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.tally.hashes import GOLDEN, Hashes, finalised, named
from assay.tally.packing import Arrays, packed, unpacked

MOST = 2000
"""Rows that are kept; of fewer all are."""


@dataclass(frozen=True, slots=True)
class KnownRows:
    """The rows whose draws are the smallest, in the order of the draws.

    Attributes:
        draws: uint64[k], ascending. columns: [k] each, numbers as float64 with NaN, everything else as objects with None.
    """

    draws: Hashes
    columns: Mapping[str, NDArray[Any]]

    @classmethod
    def empty(cls) -> KnownRows:
        """No rows."""
        return cls(np.empty(0, np.uint64), {})

    @classmethod
    def drawn(cls, seed: str, places: NDArray[np.int64], columns: Mapping[str, NDArray[Any]]) -> KnownRows:
        """Those of some rows. A draw follows from the seed and the row's place in the data set, whose digest is bound."""
        with np.errstate(over="ignore"):
            draws = finalised(finalised(places.astype(np.uint64) * GOLDEN) ^ named(f"{seed}\0known"))
        return _smallest(draws, {name: _kept(values) for name, values in columns.items()})

    def __add__(self, other: KnownRows) -> KnownRows:
        """The smallest of both."""
        if not self.n or not other.n:
            return self if self.n else other
        joined = {
            name: np.concatenate([values, other.columns[name]]) for name, values in self.columns.items()
        }
        return _smallest(np.concatenate([self.draws, other.draws]), joined)

    @property
    def n(self) -> int:
        """How many rows."""
        return len(self.draws)

    def to_bytes(self) -> bytes:
        """Canonical bytes."""
        return packed(*self.parts())

    @classmethod
    def from_bytes(cls, data: bytes) -> KnownRows:
        """The inverse. Raises ValueError for other bytes."""
        return cls.of_parts(*unpacked(data))

    def parts(self) -> tuple[dict[str, Any], Arrays]:
        """Facts and arrays from which they are made again."""
        told = [[name, None if v.dtype.kind == "f" else v.tolist()] for name, v in self.columns.items()]
        arrays: Arrays = {
            f"known.{i}": values for i, values in enumerate(self.columns.values()) if values.dtype.kind == "f"
        }
        return {"known": told}, {"known.draws": self.draws, **arrays}

    @classmethod
    def of_parts(cls, facts: Mapping[str, Any], arrays: Arrays) -> KnownRows:
        """The inverse. Raises ValueError where a column has another number of rows."""
        draws = arrays["known.draws"]
        columns = {
            str(name): arrays[f"known.{i}"] if told is None else np.array([*told, None], dtype=object)[:-1]
            for i, (name, told) in enumerate(facts["known"])
        }
        if any(values.shape != draws.shape for values in columns.values()):
            raise ValueError("the columns of the known rows have not one length")
        return cls(draws, columns)


def _smallest(draws: Hashes, columns: Mapping[str, NDArray[Any]]) -> KnownRows:
    order = np.argsort(draws, kind="stable")[:MOST]
    return KnownRows(draws[order], {name: values[order] for name, values in columns.items()})


def _kept(values: NDArray[Any]) -> NDArray[Any]:
    return values.astype(np.float64) if values.dtype.kind in "iufb" else values
