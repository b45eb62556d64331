"""What a candidate is made of besides scikit-learn: groups told by columns, a score mapped by group, inputs adjusted by group.

A candidate file names these classes, so that they stay as they are: whoever loads it needs this file and numpy, and the
reader of skops files trusts them by name.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


class Groups:
    """The group of each row, by the columns of one protected attribute or of several that are crossed.

    Attributes:
        places: of each attribute, which column holds it.
        codes: of each attribute, for each of its groups the codes, as texts and as numbers; empty where it has bands.
        bands: of each attribute, for each of its groups the included lower and the excluded upper edge.
        kept: the number of a crossed group among those that are told apart, by its place; -1 of one that is not.
    """

    def __init__(
        self,
        places: Sequence[int],
        codes: Sequence[Sequence[Sequence[int | str]]],
        bands: Sequence[Sequence[tuple[float, float]]],
        kept: Sequence[int],
    ) -> None:
        self.places = [int(place) for place in places]
        self.codes = [[list(group) for group in groups] for groups in codes]
        self.bands = [[list(band) for band in groups] for groups in bands]
        self.kept = [int(number) for number in kept]

    def of(self, rows: NDArray[Any]) -> Integers:
        """int64[n]: the number of each row's group, -1 where it is in none that is told apart."""
        found, inside = np.zeros(len(rows), dtype=np.int64), np.ones(len(rows), dtype=bool)
        for place, codes, bands in zip(self.places, self.codes, self.bands, strict=True):
            group = _by_band(rows[:, place], bands) if bands else _by_code(rows[:, place], codes)
            found = found * len(bands or codes) + group
            inside &= group >= 0
        number: Integers = np.asarray(self.kept, dtype=np.int64)[np.where(inside, found, 0)]
        return np.where(inside, number, -1)

    def indicators(self, rows: NDArray[Any]) -> Floats:
        """float64[n, groups - 1]: 1 where a row is in a group; of the first group, and of none, there is no column."""
        return indicators(self.of(rows), max(self.kept) + 1)


def indicators(group: Integers, groups: int) -> Floats:
    """float64[n, groups - 1]: which of the groups but the first each row is in."""
    made: Floats = (group[:, None] == np.arange(1, groups)).astype(np.float64)
    return made


def _by_code(values: NDArray[Any], codes: list[list[int | str]]) -> Integers:
    texts = {str(code): number for number, group in enumerate(codes) for code in group}
    numbers = {
        float(code): number
        for number, group in enumerate(codes)
        for code in group
        if not isinstance(code, str)
    }
    if set(numbers) <= {0.0, 1.0} and numbers and len(numbers) == len(texts):
        texts |= {word: numbers[truth] for word, truth in (("false", 0.0), ("true", 1.0)) if truth in numbers}
    known: dict[Any, int] = {**texts, **numbers}
    return np.fromiter((known.get(value, -1) for value in values.tolist()), np.int64, len(values))


def _by_band(values: NDArray[Any], bands: list[list[float]]) -> Integers:
    numbers = values.astype(np.float64)
    found = np.full(len(numbers), -1, dtype=np.int64)
    for number, (low, high) in enumerate(bands):
        found[np.isfinite(numbers) & (numbers >= low) & (numbers < high)] = number
    return found


def taken(rows: NDArray[Any], places: Sequence[int], *, numeric: bool) -> NDArray[Any]:
    """Columns by place: as floats where all of them are numbers, whatever stands beside them, so that an encoder meets
    values of the type that it was fitted to.
    """
    chosen = rows[:, list(places)]
    return chosen.astype(np.float64) if numeric else chosen


class _Classifier:
    """What the reader of models asks of a classifier: two classes, so many columns, and probabilities."""

    def __init__(self, columns: int) -> None:
        self.classes_ = np.array([0, 1])
        self.n_features_in_ = int(columns)

    def predict_proba(self, rows: Any) -> Floats:
        """float64[n, 2]: the probabilities of 0 and of 1."""
        score = self.score(np.asarray(rows))
        return np.column_stack([1.0 - score, score])

    def score(self, rows: NDArray[Any]) -> Floats:
        """float64[n]: the probability of 1."""
        raise NotImplementedError


class MappedScore(_Classifier):
    """A classifier whose score goes through a rising map, of each group its own; rows in no group through the last one.

    Attributes:
        inputs: the columns that the classifier is fed. numeric: whether all of them are numbers. groups: None where all rows
            go through one map.
        maps: for each group, and for the rest, the scores and what they become; between them it is linear.
    """

    def __init__(
        self,
        model: Any,
        inputs: Sequence[int],
        columns: int,
        groups: Groups | None,
        maps: Sequence[tuple[Floats, Floats]],
        *,
        numeric: bool,
    ) -> None:
        super().__init__(columns)
        self.model = model
        self.numeric = bool(numeric)
        self.inputs = [int(place) for place in inputs]
        self.groups = groups
        self.maps = [[np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)] for x, y in maps]

    def score(self, rows: NDArray[Any]) -> Floats:
        """float64[n]: the probability of 1."""
        plain: Floats = np.asarray(self.model.predict_proba(self._taken(rows)))[:, 1]
        return mapped(plain, self._group(rows), self.maps)

    def _taken(self, rows: NDArray[Any]) -> NDArray[Any]:
        return taken(rows, self.inputs, numeric=self.numeric)

    def _group(self, rows: NDArray[Any]) -> Integers:
        if self.groups is None:
            return np.full(len(rows), -1, dtype=np.int64)
        return self.groups.of(rows)


def mapped(score: Floats, group: Integers, maps: Sequence[Sequence[Floats]]) -> Floats:
    """float64[n]: the scores, each through the map of its group; of group -1 through the last."""
    made = score.copy()
    for number, (x, y) in itertools.chain(enumerate(maps[:-1]), [(-1, maps[-1])]):
        inside = group == number
        made[inside] = np.interp(score[inside], x, y)
    return made


class AdjustedInputs(_Classifier):
    """A classifier whose encoded inputs were freed of what a linear regression on the groups explains of them.

    Attributes:
        encoder: makes numbers of the columns ``inputs``, all of which are numbers where ``numeric``. coefficients: float64[groups - 1, encoded].
        means: float64[groups - 1]: the shares of the groups among the training rows.
    """

    def __init__(
        self,
        encoder: Any,
        model: Any,
        inputs: Sequence[int],
        columns: int,
        groups: Groups,
        coefficients: Floats,
        means: Floats,
        *,
        numeric: bool,
    ) -> None:
        super().__init__(columns)
        self.numeric = bool(numeric)
        self.encoder = encoder
        self.model = model
        self.inputs = [int(place) for place in inputs]
        self.groups = groups
        self.coefficients = np.asarray(coefficients, dtype=np.float64)
        self.means = np.asarray(means, dtype=np.float64)

    def score(self, rows: NDArray[Any]) -> Floats:
        """float64[n]: the probability of 1."""
        fed = taken(rows, self.inputs, numeric=self.numeric)
        plain = np.asarray(self.encoder.transform(fed), dtype=np.float64)
        made = adjusted(plain, self.groups.indicators(rows), self.coefficients, self.means)
        found: Floats = np.asarray(self.model.predict_proba(made))[:, 1]
        return found


def adjusted(encoded: Floats, indicated: Floats, coefficients: Floats, means: Floats) -> Floats:
    """float64[n, encoded]: the encoded inputs less what the groups explain of them."""
    made: Floats = encoded - (indicated - means) @ coefficients
    return made
