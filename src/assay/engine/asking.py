"""How the model is asked: rows in an order that it cannot know, and some of them again in other company.

A score must follow from its row alone. A model that goes by the place of a row in the file, by the other rows of a
batch, by what it was asked before, or by chance, is found out by the same row getting two scores; and since the order
is drawn, a place tells it nothing about a row meanwhile.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from assay.domain.errors import Crash
from assay.domain.vocabulary import Reason

Scores = NDArray[np.float64]
Predict = Callable[[pa.RecordBatch], Scores]

TOLERANCE = 1e-5
"""How far two scores of one row may lie apart.

Libraries of linear algebra add in an order that depends on the shape of the batch. With 64 bits that moves a score by
some 1e-15; a network of 32 bits, by up to some 1e-6.
"""
AGAIN = 32
"""Rows of each batch that are asked again, in the middle of other rows."""
ALONE = 4
"""Rows of each partition that are asked again one by one."""


class Asker:
    """Asks a model about one partition."""

    def __init__(self, predict: Predict, seed: str) -> None:
        self._predict = predict
        self._seed = seed
        self._first: tuple[pa.RecordBatch, Scores] | None = None

    def scores(self, batch: pa.RecordBatch, first_row: int, stream: str = "") -> Scores:
        """float64[rows]: the score of each row.

        The batch is asked as two parts, drawn by the seed; among the rows of the second are some of the first.

        Args:
            batch: the inputs. first_row: place of its first row in the data set.
            stream: what was done to the rows; another order is drawn for each.

        Raises:
            Crash: ``model_not_a_function``; and as the model.
        """
        if not batch.num_rows:
            return np.empty(0)
        draw = np.random.default_rng(_number(f"{self._seed}\0order\0{stream}\0{first_row}"))
        order = draw.permutation(batch.num_rows)
        cut = max(1, int(batch.num_rows * draw.uniform(0.4, 0.6)))
        first, rest = order[:cut], order[cut:]
        found = np.empty(batch.num_rows)
        found[first] = self._asked(batch, first)
        again = first[-AGAIN:]
        places = np.sort(draw.integers(0, len(rest), len(again), endpoint=True))
        repeated = np.insert(np.zeros(len(rest), dtype=bool), places, True)
        said = self._asked(batch, np.insert(rest, places, again))
        found[rest] = said[~repeated]
        _compare(found[again], said[repeated], "among other rows")
        if self._first is None:
            self._first = batch.take(pa.array(again)), found[again]
            alone = first[:ALONE]
            each = [self._asked(batch, alone[i : i + 1]) for i in range(len(alone))]
            _compare(found[alone], np.concatenate(each), "one by one")
        return found

    def finish(self) -> None:
        """Ask the rows of the beginning again, now that the model has been asked everything else.

        Raises:
            Crash: as ``scores``.
        """
        if self._first is not None:
            rows, before = self._first
            _compare(before, self._predict(rows), "after all others")

    def _asked(self, batch: pa.RecordBatch, places: NDArray[np.int64]) -> Scores:
        return self._predict(batch.take(pa.array(places)))


def _compare(before: Scores, after: Scores, how: str) -> None:
    differing = int((np.abs(after - before) > TOLERANCE).sum())
    if differing:
        raise Crash(
            f"The model gave different scores for the same rows: of {len(before):,} rows that were asked again "
            f"{how}, {differing:,} got another score.",
            code=Reason.MODEL_NOT_A_FUNCTION.value,
            remedy="Let each score follow from its row alone: without chance, without memory, and without the other "
            "rows of a batch.",
        )


def _number(text: str) -> Sequence[int]:
    return list(np.frombuffer(hashlib.sha256(text.encode()).digest(), dtype="<u4").tolist())
