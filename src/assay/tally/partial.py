"""Everything that one pass counted on some rows, as one value that adds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.tally.copies import CopyTally
from assay.tally.groups import Layout
from assay.tally.known import KnownRows
from assay.tally.outcomes import OutcomeSum, OutcomeTally
from assay.tally.paired import PairedTally
from assay.tally.profiles import ProfileTally
from assay.tally.repeats import RepeatTally
from assay.tally.rows import RowTally
from assay.tally.sketch import SketchTally
from assay.tally.sums import Spread
from assay.tally.table import TableTally, sums
from assay.tally.units import UnitTally

Tables = tuple[tuple[str, TableTally], ...]


@dataclass(frozen=True, slots=True)
class Partial:
    """The counts of one pass over some rows of one data set.

    Attributes:
        rows: rows read. bad_labels: those whose label is none of the task, which are in no other count of labels.
        missing_labels: those of them without any.
        population: int64[cells, labels], rows per cell and label. unlabelled: int64[cells], rows per cell without a label of the task.
        outcomes: decisions and scores by cell and label. paired: by the key of a change, decisions before and after it.
        profiles: of each documented column. spreads: of each numeric input.
        row_set: which rows there are; by_inputs: by what the model is fed alone. units: which rows are of one unit.
        repeats, alike: equal rows of those that count, by all documented columns and by what the model is fed.
        identified: by identifier, rows of those that count that share one. copies: the rows that count, by hash and place.
        tables: what checks had counted in their own way, by the key of the table. known: some rows, drawn at random.
        sketches: the smallest hashes, choice after choice.

    Parts that a pass did not ask for are None or empty.
    """

    rows: int
    bad_labels: int
    missing_labels: int
    layout: Layout
    population: NDArray[np.int64]
    unlabelled: NDArray[np.int64]
    outcomes: OutcomeTally | None = None
    paired: tuple[tuple[str, PairedTally], ...] = ()
    profiles: tuple[ProfileTally, ...] = ()
    row_set: RowTally | None = None
    by_inputs: RowTally | None = None
    units: UnitTally | None = None
    spreads: tuple[tuple[str, Spread], ...] = ()
    repeats: RepeatTally | None = None
    alike: RepeatTally | None = None
    identified: tuple[tuple[str, RepeatTally], ...] = ()
    tables: Tables = ()
    known: KnownRows | None = None
    copies: CopyTally | None = None
    sketches: tuple[SketchTally, ...] = ()

    def __add__(self, other: Partial) -> Partial:
        """All rows of both; both must come from the same pass."""
        return Partial(
            rows=self.rows + other.rows,
            bad_labels=self.bad_labels + other.bad_labels,
            missing_labels=self.missing_labels + other.missing_labels,
            layout=self.layout,
            population=self.population + other.population,
            outcomes=_plus(self.outcomes, other.outcomes),
            paired=_plus_named(self.paired, other.paired),
            profiles=tuple(a + b for a, b in zip(self.profiles, other.profiles, strict=True)),
            row_set=_plus(self.row_set, other.row_set),
            by_inputs=_plus(self.by_inputs, other.by_inputs),
            units=_plus(self.units, other.units),
            spreads=_plus_named(self.spreads, other.spreads),
            repeats=_plus(self.repeats, other.repeats),
            alike=_plus(self.alike, other.alike),
            identified=_plus_named(self.identified, other.identified),
            tables=_plus_tables(self.tables, other.tables),
            known=_plus(self.known, other.known),
            copies=_plus(self.copies, other.copies),
            sketches=tuple(a + b for a, b in zip(self.sketches, other.sketches, strict=True)),
            unlabelled=self.unlabelled + other.unlabelled,
        )

    @property
    def labelled(self) -> int:
        """Rows with a label, in a group or in none."""
        return int(self.population.sum())

    def group_rows(self, attributes: tuple[str, ...]) -> dict[str, int]:
        """Labelled rows of each group of a grouping."""
        counts = self.layout.collapse(self.population, attributes).sum(axis=1)
        return dict(zip(self.layout.labels(attributes), map(int, counts), strict=True))

    def labels_of(self, attributes: tuple[str, ...]) -> list[int]:
        """Rows of each label in any of the groups of a grouping."""
        return [int(n) for n in self.layout.collapse(self.population, attributes).sum(axis=0)]

    def without_label(
        self, attributes: tuple[str, ...], where: NDArray[np.bool_]
    ) -> dict[str, tuple[int, int]]:
        """Of each group of a grouping the rows without a label, and all of its rows; of all rows, under no name, where it has no attributes.

        Args:
            where: bool[cells], those that count.
        """
        lost = np.where(where, self.unlabelled, 0)
        every = np.stack([lost, np.where(where, self.population.sum(axis=1), 0) + lost], axis=1)
        if not attributes:
            return {"": (int(every[:, 0].sum()), int(every[:, 1].sum()))}
        counts = self.layout.collapse(every, attributes).tolist()
        return {label: (n, of) for label, (n, of) in zip(self.layout.labels(attributes), counts, strict=True)}


def merged(partials: Iterable[Partial]) -> Partial:
    """The sum of one or more, as by addition, but outcomes are summed in place and no partial is held on to."""
    total: Partial | None = None
    outcomes: OutcomeSum | None = None
    for partial in partials:
        if partial.outcomes is not None:
            if outcomes is None:
                first = partial.outcomes
                outcomes = OutcomeSum(
                    partial.layout, scores=first.scores is not None, labels=first.decisions.shape[1]
                )
            outcomes.add(partial.outcomes)
        rest = replace(partial, outcomes=None)
        total = rest if total is None else total + rest
    if total is None:
        raise ValueError("there is nothing to merge")
    return replace(total, outcomes=outcomes.tally() if outcomes is not None else None)


def _plus(left: Any, right: Any) -> Any:
    return None if left is None or right is None else left + right


def _plus_named(left: tuple[tuple[str, Any], ...], right: tuple[tuple[str, Any], ...]) -> Any:
    return tuple((name, a + b) for (name, a), (_, b) in zip(left, right, strict=True))


def _plus_tables(left: Tables, right: Tables) -> Tables:
    return tuple((key, sums([a, b])) for (key, a), (_, b) in zip(left, right, strict=True))
