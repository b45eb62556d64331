"""Rows per (cell, true label, decided value), with the score distribution when it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.tally.groups import Layout, Where, inside
from assay.tally.scores import ScoreSum, ScoreTally
from assay.tally.views import GroupOutcomes, OutcomeView

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class OutcomeTally:
    """What a model did on rows: int64[cells, labels, labels] by (cell, label, decision), and the scores of a binary one."""

    layout: Layout
    decisions: Integers
    scores: ScoreTally | None

    def __add__(self, other: OutcomeTally) -> OutcomeTally:
        """All rows of both."""
        total = OutcomeSum(self.layout, scores=self.scores is not None, labels=self.decisions.shape[1])
        total.add(self)
        total.add(other)
        return total.tally()

    def of_groups(self, names: tuple[str, ...]) -> list[tuple[str, Integers]]:
        """The groups of a grouping, each with its int64[labels, labels] rows by (label, decision)."""
        return list(zip(self.layout.labels(names), self.layout.collapse(self.decisions, names), strict=True))

    def view(
        self,
        names: tuple[str, ...],
        favourable: int,
        among: tuple[str, ...] | None = None,
        where: Where | None = None,
    ) -> OutcomeView:
        """All rows ``where`` they are of some groups, and the groups of the grouping ``names`` (those in ``among`` only, when given)."""
        kept = inside(self.layout, where or {})
        decisions = np.where(kept[:, None, None], self.decisions, 0) if where else self.decisions
        overall = self._group("", decisions.sum(axis=0), kept)
        if not names:
            return OutcomeView(overall=overall, groups=(), favourable=favourable)
        of_cell = self.layout.group_of_cell(names)
        counts = self.layout.collapse(decisions, names)
        groups = tuple(
            self._group(label, counts[i], (of_cell == i) & kept)
            for i, label in enumerate(self.layout.labels(names))
            if among is None or label in among
        )
        return OutcomeView(overall=overall, groups=groups, favourable=favourable)

    def _group(self, label: str, counts: Integers, inside: NDArray[np.bool_]) -> GroupOutcomes:
        if self.scores is None:
            return GroupOutcomes(label, counts, np.empty(0), np.empty((2, 0), dtype=np.int64))
        return GroupOutcomes(label, counts, *self.scores.histogram(inside))


class OutcomeSum:
    """Sums any number of rows and tallies in bounded memory; the sum does not depend on their order."""

    def __init__(self, layout: Layout, *, scores: bool, labels: int = 2) -> None:
        self._layout = layout
        self._decisions = np.zeros((layout.cells, labels, labels), dtype=np.int64)
        self._scores = ScoreSum(layout.cells) if scores else None

    def count(self, key: Integers, decided: NDArray[Any], score: Floats) -> None:
        """More rows.

        Args:
            key: int64[n], ``cell * labels + label`` with the cell from :meth:`Layout.cell`.
            decided: int64[n] or bool[n], the code of the decision. score: float64[n] in [0, 1], where scores are kept.
        """
        place = key * self._decisions.shape[2]
        place += decided
        self._decisions += np.bincount(place, minlength=self._decisions.size).reshape(self._decisions.shape)
        if self._scores is not None:
            self._scores.count(key, score)

    def add(self, tally: OutcomeTally) -> None:
        """All rows of a tally of the same layout."""
        self._decisions += tally.decisions
        if self._scores is not None and tally.scores is not None:
            self._scores.add(tally.scores)

    def tally(self) -> OutcomeTally:
        """What was summed so far."""
        scores = self._scores.tally() if self._scores is not None else None
        return OutcomeTally(self._layout, self._decisions.copy(), scores)
