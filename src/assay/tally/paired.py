"""The same rows decided twice: right or wrong before and after a change, per cell."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.tally.groups import Layout, Where, inside
from assay.tally.views import PairedGroup, PairedView

Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class PairedTally:
    """int64[cells, 2, 2]: rows by (cell, right before, right after).

    Attributes:
        moved: int64[cells], rows of which the change made any value another one.
        changed: the columns of which it did, sorted.
    """

    layout: Layout
    counts: Integers
    moved: Integers
    changed: tuple[str, ...] = ()

    @classmethod
    def empty(cls, layout: Layout) -> PairedTally:
        """No rows."""
        return cls(
            layout, np.zeros((layout.cells, 2, 2), dtype=np.int64), np.zeros(layout.cells, dtype=np.int64)
        )

    def counting(
        self,
        cell: Integers,
        before: NDArray[np.bool_],
        after: NDArray[np.bool_],
        moved: NDArray[np.bool_],
        changed: Collection[str] = (),
    ) -> PairedTally:
        """This tally with more rows.

        Args:
            cell: int64[n], the cell of each row in the layout. before, after: bool[n], whether its decision was right as
                the row is, and after the change. moved: bool[n], whether the change made any value another one. changed: columns of which the change made any value another one.
        """
        counts = np.bincount(cell * 4 + before * 2 + after, minlength=self.layout.cells * 4)
        others = np.bincount(cell[moved], minlength=self.layout.cells)
        return self + PairedTally(self.layout, counts.reshape(-1, 2, 2), others, tuple(changed))

    def __add__(self, other: PairedTally) -> PairedTally:
        """All rows of both."""
        changed = tuple(sorted({*self.changed, *other.changed}))
        return PairedTally(self.layout, self.counts + other.counts, self.moved + other.moved, changed)

    def moved_of(
        self, names: tuple[str, ...], where: Where | None = None
    ) -> tuple[tuple[str, int, int], ...]:
        """Of all rows ``where`` they are of some groups, and of each group: its name, the rows that were moved, and all."""
        kept = inside(self.layout, where or {})
        moved, rows = np.where(kept, self.moved, 0), np.where(kept, self.counts.sum(axis=(1, 2)), 0)
        found = [("", int(moved.sum()), int(rows.sum()))]
        if names:
            by_group = (self.layout.collapse(counts, names).tolist() for counts in (moved, rows))
            found += zip(self.layout.labels(names), *by_group, strict=True)
        return tuple(found)

    def view(
        self, names: tuple[str, ...], among: tuple[str, ...] | None = None, where: Where | None = None
    ) -> PairedView:
        """All rows ``where`` they are of some groups, and the groups of the grouping ``names`` (those in ``among`` only, when given)."""
        counts = np.where(inside(self.layout, where or {})[:, None, None], self.counts, 0)
        overall = PairedGroup("", counts.sum(axis=0))
        if not names:
            return PairedView(overall=overall, groups=())
        collapsed = self.layout.collapse(counts, names)
        labels = self.layout.labels(names)
        chosen = (i for i, label in enumerate(labels) if among is None or label in among)
        return PairedView(overall=overall, groups=tuple(PairedGroup(labels[i], collapsed[i]) for i in chosen))
