"""The part of a pass that asks the model: outcomes by group and label, and pairs before and after each change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from assay.domain.errors import SubjectError
from assay.domain.needs import Part
from assay.domain.vocabulary import Task
from assay.engine.batch import Batch
from assay.engine.counters import Counting, Reading
from assay.engine.tables import Tables, columns_of_tables
from assay.plan.passes import Change, Table
from assay.subject.arrays import as_arrow, with_columns
from assay.tally.changes import moved
from assay.tally.copies import told_apart
from assay.tally.labels import decided_by
from assay.tally.outcomes import OutcomeSum
from assay.tally.paired import PairedTally
from assay.tally.perturbation import ChangeContext
from assay.tally.table import Change as RowsChange
from assay.tally.table import Kept

_SCORES = "Write the probability of label 1 for every row, from 0 to 1: 0.83, not 83 or 83 %."


class OutcomesCounter:
    """Counts decisions by group and label, and asks again after each change of the pass."""

    counts: ClassVar[frozenset[Part]] = frozenset({Part.OUTCOMES, Part.SCORES})

    def __init__(self, counting: Counting) -> None:
        frame, wanted = counting.frame, counting.wanted
        self._frame = frame
        self._changes = wanted.changes
        self._asker = counting.asker
        self._selection = counting.selection
        self._copies = counting.copies
        self._outcomes = OutcomeSum(
            frame.layout,
            scores=Part.SCORES in wanted.parts and frame.answers.task is Task.BINARY,
            labels=frame.answers.labels,
        )
        self._paired = {change.key: PairedTally.empty(frame.layout) for change in wanted.changes}
        self._tables = Tables(counting, tuple(table for table in wanted.tables if table.asks))
        self._begun: tuple[Batch, Callable[[], NDArray[np.float64]]] | None = None

    @staticmethod
    def columns(reading: Reading) -> tuple[str, ...]:
        """What the model is fed, or the scores; what tables read that are handed them; and what is drawn by where inputs are changed."""
        frame = reading.frame
        scores = () if frame.score_column is None else (frame.score_column,)
        drawing = frame.telling if reading.wanted.again else ()
        return (*frame.inputs, *scores, *drawing, *columns_of_tables(reading))

    def take(self, batch: Batch) -> None:
        """Begin to ask the model about a batch, and count the one before, whose scores came while this one was read.

        Raises:
            SubjectError: ``model_output_invalid`` when a score is no number from 0 to 1, or lies so near to ``decide_at``
                that the width of a float decides.
        """
        self._count_begun()
        self._begun = batch, self._scores(batch)

    def _count_begun(self) -> None:
        if self._begun is None:
            return
        (batch, scores), self._begun = self._begun, None
        kept = batch.kept(self._selection)
        score = self._decidable(scores())
        decided = self._decided(score)
        self._outcomes.count(batch.key[kept], decided[kept], score[kept])
        self._tables.count(batch, kept, score, self._of_table)
        label = batch.label
        for change in self._changes:
            right = decided == label
            after, others, changed = self._changed_scores(batch, change)
            after = self._decidable(after)
            right_after = self._decided(after) == label
            self._paired[change.key] = self._paired[change.key].counting(
                batch.cell[kept], right[kept], right_after[kept], others[kept], changed
            )

    def _decided(self, score: NDArray[np.float64]) -> NDArray[Any]:
        return decided_by(self._frame.answers, score, self._frame.decide_at)

    def _scores(self, batch: Batch) -> Callable[[], NDArray[np.float64]]:
        """Waits for the scores of the model; those in a column are there."""
        if self._asker is not None:
            return self._asker.begin(batch.raw.select(list(self._frame.inputs)), batch.first_row)
        score = self._score_column(batch)
        return lambda: score

    def _score_column(self, batch: Batch) -> NDArray[np.float64]:
        score = batch.columns[self._frame.score_column or ""]
        if score.dtype.kind not in "iufb":
            raise SubjectError(
                f"The score column {self._frame.score_column!r} holds no numbers.",
                code="model_output_invalid",
                remedy=self._remedy,
            )
        numbers = score.astype(np.float64, copy=False)
        low, high = self._frame.answers.low, self._frame.answers.high
        if len(numbers) and not (numbers.min() >= low and numbers.max() <= high):  # NaN is neither
            bad = int((~((numbers >= low) & (numbers <= high))).sum())
            raise SubjectError(
                f"{bad:,} {'score is' if bad == 1 else 'scores are'} missing or not between {low:.15g} and {high:.15g} in the column "
                f"{self._frame.score_column!r}.",
                code="model_output_invalid",
                remedy=self._remedy,
            )
        return numbers

    @property
    def _remedy(self) -> str:
        answers = self._frame.answers
        return (
            _SCORES
            if answers.task is Task.BINARY
            else f"Write {answers.wanted} for every row.{answers.correct}"
        )

    def _decidable(self, score: NDArray[np.float64]) -> NDArray[np.float64]:
        """The scores, if none of them is decided otherwise by whoever compares in a type of fewer bits.

        ``float32(0.35) >= 0.35`` is false in 64 bits and true in 32, where 0.35 is rounded too. A score of 64 bits does
        not fall on such a number but by being one.
        """
        decide_at = self._frame.decide_at
        for kind in (np.float32, np.float16):
            rounded = float(kind(decide_at))
            torn = int((score == rounded).sum()) if rounded < decide_at else 0
            if torn:
                raise SubjectError(
                    f"{torn:,} scores are {decide_at} rounded to {8 * np.dtype(kind).itemsize} bits, just below "
                    f"decide_at: whether they are decided as 1 depends on the type that they are compared in.",
                    code="model_output_invalid",
                    remedy="Move decide_at by more than the type can resolve, or store scores of 64 bits.",
                )
        return score

    def _changed_scores(
        self, batch: Batch, change: Change
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_], list[str]]:
        """The scores after a change, the rows that it changed, and the columns that it changed and was not known to."""
        if self._asker is None:
            raise SubjectError("Scores made elsewhere cannot be perturbed.", code="not_measured")
        before = {name: batch.columns[name] for name in self._frame.inputs}
        changed = change.function({n: v.copy() for n, v in before.items()}, self._context(batch, change))
        found = moved(before, changed)
        any_moved = np.any([np.zeros(len(batch.label), dtype=bool), *found.values()], axis=0)
        known = self._paired[change.key].changed
        new = [name for name in found if name not in known]
        rows = with_columns(batch.raw.select(list(before)), {name: changed[name] for name in found})
        return self._asker.scores(rows, batch.first_row, change.key), any_moved, new

    def _context(self, batch: Batch, change: Change | Table) -> ChangeContext:
        # By content, not by place: nobody can shop for an order of the rows. Of equal ones each draws for itself.
        return ChangeContext(
            rows=told_apart(batch.hashes(self._frame.telling), batch.first_row, self._copies),
            seed=change.seed,
            spreads=dict(self._frame.spreads),
            parameters=dict(change.parameters),
            kinds={column.name: column.type for column in self._frame.dictionary},
        )

    def _of_table(
        self, batch: Batch, table: Table, kept: Kept, name: str, change: RowsChange
    ) -> NDArray[np.float64]:
        """The scores of the rows that are kept after a change that a table names."""
        if self._asker is None:
            raise SubjectError("Scores made elsewhere cannot be perturbed.", code="not_measured")
        context = self._context(batch, table)
        before = {n: batch.columns[n][kept] for n in self._frame.inputs}
        changed = change({n: v.copy() for n, v in before.items()}, replace(context, rows=context.rows[kept]))
        different = {name: changed[name] for name in moved(before, changed)}
        rows = batch.raw.select(list(self._frame.inputs))
        if not isinstance(kept, slice):
            rows = rows.filter(as_arrow(kept))
        return self._decidable(
            self._asker.scores(with_columns(rows, different), batch.first_row, f"{table.key}{name}")
        )

    def parts(self) -> dict[str, Any]:
        """The counts; the model has nothing more to answer.

        Raises:
            As ``take``.
        """
        self._count_begun()
        if self._asker is not None:
            self._asker.finish()
        return {
            "outcomes": self._outcomes.tally(),
            "paired": tuple(self._paired.items()),
            "tables": self._tables.tallies(),
        }
