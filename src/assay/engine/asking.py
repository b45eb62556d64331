"""How the model is asked: rows in an order that it cannot know, and some of them again in other company.

A score must follow from its row alone. A model that goes by the place of a row in the file, by the other rows of a
batch, by what it was asked before, or by chance, is found out by the same row getting two scores; and since the order
is drawn, a place tells it nothing about a row meanwhile. One that remembers what it said is asked in a second process
of its own, the witness, which was never shown these rows nor their company. Of rows whose inputs were changed the witness is shown some
of each batch, drawn from all of it, before it sees them as they are: a model that recognises a changed row would say again what it said of the
row before. They stand among others that are as they were, so that it cannot tell which of them to turn back.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NoReturn

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from assay.domain.errors import Crash
from assay.domain.vocabulary import Reason
from assay.subject.arrays import as_arrow, as_words, with_columns
from assay.tally.hashes import row_hash

Scores = NDArray[np.float64]
Predict = Callable[[pa.RecordBatch], Scores]
Ask = Callable[[pa.RecordBatch], Callable[[], Scores]]
"""Asks for the scores of rows; what it returns waits for them, so that whoever asks can do something else meanwhile."""


def at_once(predict: Predict) -> Ask:
    """A function of this process as what can be asked: it answers when its answer is waited for."""
    return lambda batch: functools.partial(predict, batch)


TOLERANCE = 1e-5
"""How far two scores of one row may lie apart, as a share of the range of all scores of the batch.

Libraries of linear algebra add in an order that depends on the shape of the batch. With 64 bits that moves a score by
some 1e-15; a network of 32 bits, by up to some 1e-6.
"""
STEPS = 2.0**-22
"""A difference that is always allowed, since 32 bits are no finer: four steps between the floats below 1, and in proportion for larger numbers."""
ORDER = 0.01
"""The share of pairs of different rows, of those that are asked again, that may change their order: near ties."""
AGAIN = 32
"""Rows of each batch that are asked again, in the middle of other rows."""
ALONE = 4
"""Rows of each partition that are asked again one by one,"""
ALONE_BEFORE = 16
"""and so many by the witness, before it is asked all of them together."""
CHANGED = 256
"""Rows of each batch that the witness is asked after each change of their inputs, at most one in :data:`CHANGED_SHARE`,"""
CHANGED_SHARE = 16
"""so that it costs little; at least as many as are asked again. Among them stand as many others that were not changed."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """Rows that the model was asked, its scores, and how far apart two of one row may lie."""

    rows: pa.RecordBatch
    scores: Scores
    tolerance: float

    def some(self, places: NDArray[np.int64]) -> _Asked:
        """Those at some places."""
        return _Asked(self.rows.take(as_arrow(places)), self.scores[places], self.tolerance)

    def among(self, others: _Asked, order: NDArray[np.int64]) -> _Asked:
        """These and others in an order."""
        return _Asked(
            pa.concat_batches([with_columns(rows, {}) for rows in (self.rows, others.rows)]),
            np.concatenate([self.scores, others.scores]),
            max(self.tolerance, others.tolerance),
        ).some(order)


class Asker:
    """Asks a model about one partition."""

    def __init__(self, ask: Ask, seed: str, *, decide_at: float, witness: Predict | None = None) -> None:
        """``witness`` asks the same model in another process, which is shown the repeated rows alone."""
        self._ask = ask
        self._seed = seed
        self._decide_at = decide_at
        self._witness = witness
        self._tolerance = 0.0
        self._first: tuple[pa.RecordBatch, Scores] | None = None
        self._unchanged: tuple[_Asked, NDArray[np.int64]] | None = None
        self._changed: list[_Asked] = []

    def scores(self, batch: pa.RecordBatch, first_row: int, stream: str = "") -> Scores:
        """As ``begin``, and waits."""
        return self.begin(batch, first_row, stream)()

    def begin(self, batch: pa.RecordBatch, first_row: int, stream: str = "") -> Callable[[], Scores]:
        """Begin to ask; what is returned gives float64[rows], the score of each row, before anything else is asked.

        The batch is asked as two parts, drawn by the seed; among the rows of the second are some of the first.

        Args:
            batch: the inputs. first_row: place of its first row in the data set.
            stream: what was done to the rows; another order is drawn for each.

        Raises (both):
            Crash: ``model_not_a_function``; and as the model.
        """
        if not batch.num_rows:
            return lambda: np.empty(0)
        draw = np.random.default_rng(_number(f"{self._seed}\0order\0{stream}\0{first_row}"))
        order = draw.permutation(batch.num_rows)
        cut = max(1, int(batch.num_rows * draw.uniform(0.4, 0.6)))
        first, rest = order[:cut], order[cut:]
        answer = self._ask(batch.take(as_arrow(first)))
        again = first[-AGAIN:]
        places = np.sort(draw.integers(0, len(rest), len(again), endpoint=True))
        repeated = np.insert(np.zeros(len(rest), dtype=bool), places, True)
        second = batch.take(as_arrow(np.insert(rest, places, again)))

        def scores() -> Scores:
            of_first = answer()
            found = np.empty((batch.num_rows, *of_first.shape[1:]))
            found[first] = of_first
            said = self._ask(second)()
            found[rest] = said[~repeated]
            self._tolerance = max(
                TOLERANCE * float(np.ptp(found)), STEPS * max(1.0, float(np.abs(found).max()))
            )
            self._compare(batch.take(as_arrow(again)), found[again], said[repeated], "among other rows")
            if self._witness is not None:
                asked = _Asked(batch, found, self._tolerance)
                if stream:
                    self._keep_changed(asked, draw)
                else:
                    self._keep(asked, again)
            if self._first is None:
                self._first = batch.take(as_arrow(again)), found[again]
                alone = batch.take(as_arrow(first[:ALONE]))
                self._compare(alone, found[first[:ALONE]], self._one_by_one(alone), "one by one")
            return found

        return scores

    def _keep(self, asked: _Asked, again: NDArray[np.int64]) -> None:
        """Keep rows as they are, but those that the witness is to see last, to stand among changed rows of the same batch."""
        self._unchanged = asked, np.delete(np.arange(asked.rows.num_rows), again)

    def _keep_changed(self, asked: _Asked, draw: np.random.Generator) -> None:
        """Keep some changed rows for the witness, among as many others that were not changed where these are of the same types."""
        n = asked.rows.num_rows
        kept = asked.some(draw.permutation(n)[: max(AGAIN, min(CHANGED, n // CHANGED_SHARE))])
        if self._unchanged is not None and self._unchanged[0].rows.schema.types == kept.rows.schema.types:
            before, places = self._unchanged
            others = before.some(draw.permutation(places)[: kept.rows.num_rows])
            kept = kept.among(others, draw.permutation(kept.rows.num_rows + others.rows.num_rows))
        self._changed.append(kept)

    def finish(self) -> None:
        """Ask the rows of the beginning again, now that the model has been asked everything else; and the witness.

        Raises:
            Crash: as ``scores``.
        """
        if self._first is not None:
            rows, before = self._first
            self._compare(rows, before, self._ask(rows)(), "after all others")
            if self._witness is not None:
                self._see_changed(self._witness)
                some = rows.slice(0, ALONE_BEFORE)
                each = _one_by_one(self._witness, some)
                self._compare(
                    some, before[:ALONE_BEFORE], each, "one by one of a process that knew none of them"
                )
                self._compare(rows, before, self._witness(rows), "of a process that had seen no others")

    def _see_changed(self, witness: Predict) -> None:
        """Hold what was said of changed rows against a process that never saw them as they were."""
        for kept in self._changed:
            self._compare(
                kept.rows,
                kept.scores,
                witness(kept.rows),
                "with changed inputs of a process that had not seen them unchanged",
                tolerance=kept.tolerance,
            )

    def _one_by_one(self, rows: pa.RecordBatch) -> Scores:
        return _one_by_one(lambda row: self._ask(row)(), rows)

    def _compare(
        self,
        rows: pa.RecordBatch,
        before: Scores,
        after: Scores,
        how: str,
        *,
        tolerance: float | None = None,
    ) -> None:
        """Refuse other scores of rows that were asked again; ``tolerance``: by default that of the last batch."""
        differing = (np.abs(after - before) > (self._tolerance if tolerance is None else tolerance)) | (
            (after >= self._decide_at) != (before >= self._decide_at)
        )
        if differing.ndim > 1:
            differing = differing.any(axis=1)
        if differing.any():
            _refuse(
                f"of {len(before):,} rows that were asked again {how}, {int(differing.sum()):,} got another score"
            )
        if any(_reordered(rows, *pair) for pair in zip(_columns(before), _columns(after), strict=True)):
            _refuse(f"{len(before):,} rows that were asked again {how} came in another order of scores")


def _one_by_one(predict: Predict, rows: pa.RecordBatch) -> Scores:
    return np.concatenate([predict(rows.slice(i, 1)) for i in range(rows.num_rows)])


def _columns(scores: Scores) -> list[Scores]:
    """The numbers of each place of an answer."""
    return list(np.atleast_2d(scores.T))


def _reordered(rows: pa.RecordBatch, before: Scores, after: Scores) -> bool:
    """Whether more than near ties changed places; rows that are the same have no order."""
    words = row_hash(((name, as_words(rows.column(name), name)) for name in rows.schema.names), rows.num_rows)
    different = words[:, None] != words[None, :]
    turned = (before[:, None] < before[None, :]) & (after[:, None] > after[None, :])
    # A pair is there in both directions, and turned in one of them.
    return bool(2 * (turned & different).sum() > ORDER * different.sum())


def _refuse(what: str) -> NoReturn:
    raise Crash(
        f"The model gave different scores for the same rows: {what}.",
        code=Reason.MODEL_NOT_A_FUNCTION.value,
        remedy="Let each score follow from its row alone: without chance, without memory, and without the other "
        "rows of a batch.",
    )


def _number(text: str) -> Sequence[int]:
    return list(np.frombuffer(hashlib.sha256(text.encode()).digest(), dtype="<u4").tolist())
