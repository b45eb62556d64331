"""A detector of rows that are not like the known ones: how unlikely a row is, and its conformal p-value among known rows.

A row's score is twice its negative log-likelihood, up to a constant, under a plain model of the known rows: numbers as jointly normal about
their medians (a squared Mahalanobis distance, with a robust scale and the correlation of wrapped values: Raymaekers & Rousseeuw 2021,
"Fast robust correlation for high-dimensional data", Technometrics 63), codes as independent of them and of each other. The model need not
be true: half of the known rows fit it, and the scores of the other half say what is usual (split conformal p-values: Vovk, Gammerman &
Shafer 2005; Bates et al. 2023, "Testing for outliers with conformal p-values", Annals of Statistics 51).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Columns = Mapping[str, NDArray[Any]]

WRAPPED = 2.5
"""Deviations beyond so many robust standard deviations count as that many in a correlation."""
SHRUNK = 0.01
"""The share of the identity in a correlation, so that columns that are one and the same can be told apart at all."""
NORMAL_QUARTILES = 1.3489795003921634
"""The distance of the quartiles of a normal law, in its standard deviations."""
NORMAL_DEVIATION = 1.2533141373155001
"""Standard deviations of a normal law for each mean absolute deviation, sqrt(pi / 2)."""
FURTHEST = 1e6
"""No number lies further out, an infinite one included."""
TIE = 1e-9
"""Scores so near to each other, relatively, are equal: sums of floats are no finer."""


@dataclass(frozen=True, slots=True)
class _Numbers:
    """float64[p] middles and scales; float64[p, p], the inverse of the correlation."""

    names: tuple[str, ...]
    middle: Floats
    scale: Floats
    inverse: Floats

    @classmethod
    def fitted(cls, columns: Columns, names: Sequence[str]) -> _Numbers:
        spread = {name: _middle_and_scale(columns[name]) for name in names}
        varying = tuple(name for name in names if spread[name][1] > 0)
        middle = np.array([spread[name][0] for name in varying])
        scale = np.array([spread[name][1] for name in varying])
        made = cls(varying, middle, scale, np.eye(len(varying)))
        wrapped = np.clip(made._standardised(columns), -WRAPPED, WRAPPED)
        products = wrapped.T @ wrapped
        size = np.sqrt(np.maximum(np.diag(products), np.finfo(np.float64).tiny))
        correlation = (1 - SHRUNK) * products / np.outer(size, size) + SHRUNK * np.eye(len(varying))
        return cls(varying, middle, scale, np.linalg.inv(correlation))

    def _standardised(self, columns: Columns) -> Floats:
        """float64[n, p]; a missing number is a usual one here, and its absence a code."""
        found = [columns[name].astype(np.float64) for name in self.names]
        rows = len(next(iter(columns.values())))
        values = np.column_stack(found) if found else np.empty((rows, 0))
        standardised = np.clip((values - self.middle) / self.scale, -FURTHEST, FURTHEST)
        return np.where(np.isnan(values), 0.0, standardised)

    def distance(self, columns: Columns) -> Floats:
        z = self._standardised(columns)
        squared: Floats = ((z @ self.inverse) * z).sum(axis=1)
        return squared


@dataclass(frozen=True, slots=True)
class Detector:
    """What was fitted to one half of the known rows, and the scores of the other half, ascending."""

    numbers: _Numbers
    surprises: Mapping[str, Mapping[object, float]]
    unseen: Mapping[str, float]
    usual: Floats

    @classmethod
    def fitted(cls, columns: Columns, numeric: frozenset[str]) -> Detector:
        """From known rows in an order that was drawn: the first half fits, the second says what is usual.

        Args:
            columns: [n] each, numbers as floats with NaN for what is missing, codes as numbers or objects.
            numeric: the columns whose values are numbers; the others hold codes.

        Raises:
            ValueError: for fewer than two rows.
        """
        n = len(next(iter(columns.values()), np.empty(0)))
        if n < 2:
            raise ValueError("a detector needs a row to fit and a row to say what is usual")
        first, second = ({name: v[half] for name, v in columns.items()} for half in _halves(n))
        numbers = _Numbers.fitted(first, [name for name in columns if name in numeric])
        counted = {name: _counts(_code(name, values, numbers)) for name, values in first.items()}
        rows = n // 2
        known = {
            name: {code: _surprise(times, rows, len(found)) for code, times in found.items()}
            for name, found in counted.items()
        }
        unseen = {name: _surprise(0, rows, len(found)) for name, found in counted.items()}
        made = cls(numbers, known, unseen, np.empty(0))
        return cls(numbers, known, unseen, np.sort(made.score(second)))

    def score(self, columns: Columns) -> Floats:
        """float64[n]: the larger, the less likely."""
        total = self.numbers.distance(columns)
        for name, surprise in self.surprises.items():
            distinct, place = _distinct(_code(name, columns[name], self.numbers))
            each = np.array([surprise.get(code, self.unseen[name]) for code in distinct])
            total += each[place] if len(distinct) else 0.0
        return total

    def p_values(self, columns: Columns) -> Floats:
        """float64[n]: the share of usual rows, with the row itself, that are at least as unlikely: valid for rows like the known ones."""
        score = self.score(columns)
        below = np.searchsorted(self.usual, score - TIE * (1 + np.abs(score)), side="left")
        found: Floats = (len(self.usual) - below + 1) / (len(self.usual) + 1)
        return found

    @property
    def least_p(self) -> float:
        """The smallest p-value that there can be."""
        return 1 / (len(self.usual) + 1)


def _halves(n: int) -> tuple[slice, slice]:
    return slice(0, n // 2), slice(n // 2, n)


def _middle_and_scale(values: NDArray[Any]) -> tuple[float, float]:
    """The median and a standard deviation from the quartiles, or where these are one value from the mean absolute deviation."""
    numbers = values.astype(np.float64)
    known = numbers[np.isfinite(numbers)]
    if not len(known):
        return 0.0, 0.0
    low, middle, high = np.percentile(known, [25, 50, 75])
    if high > low:
        return float(middle), float(high - low) / NORMAL_QUARTILES
    return float(middle), float(np.abs(known - middle).mean()) * NORMAL_DEVIATION


def _code(name: str, values: NDArray[Any], numbers: _Numbers) -> NDArray[Any]:
    """Codes as they are, of a number whether it is there; a number that never varied is a code."""
    if name not in numbers.names:
        return values
    return np.isnan(values.astype(np.float64)).astype(np.float64)


def _distinct(codes: NDArray[Any]) -> tuple[list[object], NDArray[np.int64]]:
    """The different codes and the place of each row's; what is missing is one code, and numbers are equal whatever their type."""
    if codes.dtype.kind in "iufb":
        found, place = np.unique(codes.astype(np.float64), return_inverse=True)
        return [None if code != code else code for code in found.tolist()], place
    order: dict[object, int] = {}
    place = np.array([order.setdefault(code, len(order)) for code in codes.tolist()], dtype=np.int64)
    return list(order), place


def _counts(codes: NDArray[Any]) -> dict[object, int]:
    distinct, place = _distinct(codes)
    return dict(zip(distinct, np.bincount(place, minlength=len(distinct)).tolist(), strict=True))


def _surprise(times: int, rows: int, codes: int) -> float:
    """Twice the negative log of a code's share, with one row more of each code and of one that was never seen (Laplace)."""
    return -2 * float(np.log((times + 1) / (rows + codes + 1)))
