"""What a change of the inputs may know, and randomness that depends on the row and on nothing else.

Every random number is a pure function of (seed, column name, number of the row). The number follows from what the row holds and
from which of its equals it is, so that any order, any partitioning and any number of workers change the same rows by the same bits.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.domain.dictionary import NUMERIC
from assay.domain.errors import SubjectError
from assay.tally.hashes import GOLDEN, finalised

Words = NDArray[np.uint64]
Floats = NDArray[np.float64]
Columns = dict[str, NDArray[Any]]
"""The inputs of a batch by name, each with one value for each row: [n]."""

MOST_WIDER, MOST_WIDER_OF_FEW = 4, 10
"""The middle half of the judged rows may span so many standard deviations of the reference data: 1.35 are those of normal values, and 2.83 the most that
any distribution has of its own. Of few rows it may lie further apart by chance."""
FEW = 100


@dataclass(frozen=True, slots=True)
class ChangeContext:
    """What a change is told about the rows that it is handed.

    Attributes:
        rows: uint64[n], a number for each row that depends on its content and on which of its equals it is, and not on its place.
        seed: of this check in this run; derived from what was locked, never chosen.
        spreads: the standard deviation of each numeric column on the reference data.
        parameters: the bound parameters of the check.
        kinds: the dictionary's type of each input column.
    """

    rows: Words
    seed: int
    spreads: Mapping[str, float]
    parameters: Mapping[str, Decimal | int | str]
    kinds: Mapping[str, str]

    def number(self, parameter: str) -> float:
        """A numeric parameter as a float."""
        return float(self.parameters[parameter])

    def numeric(self, columns: Columns) -> tuple[str, ...]:
        """The columns that hold numbers, by the dictionary's word.

        Raises:
            SubjectError: ``nothing_to_change`` when there is none: a change that changes nothing must not pass.
        """
        return self._some(name for name in columns if self.kinds.get(name) in NUMERIC)

    def spread(self, columns: Columns) -> tuple[str, ...]:
        """The columns of numbers that vary on the reference data; a constant has no spread to measure noise in.

        Raises:
            SubjectError: ``nothing_to_change`` when there is none; or when a column varies here and not, or hardly, there:
                it may be the one that decides, and would be spared.
        """
        numeric = self.numeric(columns)
        for name in numeric:
            if not math.isfinite(self.spreads[name]) or _wider(columns[name], self.spreads[name]):
                raise SubjectError(
                    f"The input {name!r} varies on the judged rows, and its spread on the reference data is none to "
                    f"measure noise in: {self.spreads[name]:.3g}.",
                    code="nothing_to_change",
                    remedy="Let the reference data be rows like the judged ones, without values that cannot be.",
                )
        return self._some(
            (name for name in numeric if self.spreads[name] > 0),
            "Each of the model's inputs that are numbers has a single value on the reference data, and no spread in which "
            "noise could be measured.",
            "Declare development rows on which the inputs vary, or drop the criterion.",
        )

    def losable(self, columns: Columns) -> tuple[str, ...]:
        """The columns whose value can be lost: all that the dictionary documents, except identifiers.

        Raises:
            SubjectError: ``nothing_to_change`` when there is none.
        """
        return self._some(name for name in columns if self.kinds.get(name, "identifier") != "identifier")

    def _some(
        self,
        names: Iterable[str],
        said: str = "None of the model's inputs is of a type that this perturbation changes.",
        remedy: str = "Give the types of the inputs in the dictionary, or drop the criterion.",
    ) -> tuple[str, ...]:
        found = tuple(names)
        if not found:
            raise SubjectError(said, code="nothing_to_change", remedy=remedy)
        return found


def _wider(values: NDArray[Any], spread: float) -> bool:
    """Whether values vary where there is no spread, or their middle half is many times as wide."""
    known = values[~np.isnan(values)] if values.dtype.kind == "f" else values
    if not len(known):
        return False
    if spread == 0:
        return bool(known.min() != known.max())
    low, high = np.percentile(known, [25, 75])
    return bool(high - low > (MOST_WIDER if len(known) >= FEW else MOST_WIDER_OF_FEW) * spread)


def uniforms(seed: int, name: str, rows: NDArray[Any]) -> Floats:
    """One number in the open interval (0, 1) for each row, the same whatever rows it is asked together with.

    The row index is hashed twice by the finaliser of SplitMix64, under two
    keys of 64 bits from SHA-256 of the seed and the column's name. The upper 52 bits make the number, so that
    neither 0 nor 1 can occur.

    Args:
        seed: any integer. name: the stream, usually a column's name. rows: row indices, shape [n].
    """
    first, second = _keys(seed, name)
    with np.errstate(over="ignore"):
        words = finalised(rows.astype(np.uint64) * GOLDEN + first)
        words = finalised(words ^ second)
    return ((words >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52


def normals(seed: int, name: str, rows: NDArray[Any]) -> Floats:
    """One standard normal number for each row, by inversion of :func:`uniforms`."""
    # Here and not above: the catalogue of checks is listed without scipy.
    from scipy.special import ndtri

    drawn: Floats = ndtri(uniforms(seed, name, rows))
    return drawn


def whole(values: Floats, like: NDArray[Any]) -> NDArray[Any]:
    """Numbers rounded to whole ones, in the type of ``like`` and within its limits; NaN stays in float columns."""
    rounded = np.rint(values)
    if not np.issubdtype(like.dtype, np.integer):
        return rounded.astype(like.dtype)
    limits = np.iinfo(like.dtype)
    # The largest 64-bit integers are no floats: clip to the floats just inside.
    high = float(limits.max) if limits.bits < 64 else np.nextafter(float(limits.max), 0.0)
    return np.clip(rounded, float(limits.min), high).astype(like.dtype)


def _keys(seed: int, name: str) -> tuple[np.uint64, np.uint64]:
    digest = hashlib.sha256(f"{seed}\0{name}".encode()).digest()
    return np.uint64(int.from_bytes(digest[:8], "little")), np.uint64(int.from_bytes(digest[8:16], "little"))
