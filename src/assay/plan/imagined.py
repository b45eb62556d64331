"""The rows that a judged run will read, imagined: as many as there are, mixed as the reference data is, decided by nobody yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.domain.needs import (
    Need,
    Outcomes,
    Perturbed,
    Reads,
    Tabulated,
    TabulatedBeside,
    TabulatedChanges,
    TabulatedEverywhere,
    TabulatedOutcomes,
)
from assay.plan.passes import Wanted
from assay.tally.groups import Layout, inside
from assay.tally.table import TableContext, TableTally, TableView
from assay.tally.views import GroupOutcomes, OutcomeView, PairedGroup, PairedView

Integers = NDArray[np.int64]

SENSITIVITY, FALSE_ALARMS = 0.6, 0.12
"""The decisions of the model that a plan imagines: only the sizes of denominators and common rates come of them."""
MOST_SCORES = 100
SCORES = tuple(tuple(half + (i + 0.5) / (2 * MOST_SCORES) for i in range(MOST_SCORES)) for half in (0.0, 0.5))
"""Its scores, of rows that it decides as 0 and as 1: spread evenly, so that a median has rows on either side."""
DISCORDANCE = 0.05
"""Share of rows on which a perturbed decision is imagined to change."""
OFF = 0.1
"""Share of the declared range by which an imagined number is off at most, where nothing says how far: half of it on average."""


@dataclass(frozen=True, slots=True)
class GroupRows:
    """Rows and events that the test data will have in one group, by the shares of the reference data; no events where labels are none of 0 and 1."""

    grouping: str
    label: str
    rows: int
    events: int | None
    small: bool


@dataclass(frozen=True, slots=True)
class ImaginedTable:
    """What a check's table holds for the reference rows, decided by the imagined model where it asks for scores."""

    tally: TableTally
    context: TableContext


@dataclass(frozen=True, slots=True)
class Imagined:
    """The test rows as the reference data's shares predict them, decided by an imagined model.

    Attributes:
        layout, population: of the reference data, int64[cells, labels] by (cell, label).
        rows: how many test rows count. scale: so many for each reference row.
        groupings: the attributes of each. small: per grouping, the groups that are set aside.
        sensitivity, false_alarms, scores: of the model. judged_on: the data set that is imagined. rows_of: the rows of each data set. tables: by their key.
    """

    layout: Layout
    population: Integers
    rows: int
    scale: float
    groupings: Mapping[str, tuple[str, ...]]
    small: Mapping[str, frozenset[str]]
    favourable: int | None
    judged_on: str = "test"
    rows_of: Mapping[str, int] = field(default_factory=dict)
    tables: Mapping[str, ImaginedTable] = field(default_factory=dict)
    sensitivity: float = SENSITIVITY
    false_alarms: float = FALSE_ALARMS
    scores: tuple[tuple[float, ...], ...] = SCORES

    def group_rows(self) -> tuple[GroupRows, ...]:
        """Every group of every grouping."""
        return tuple(
            GroupRows(
                grouping=name,
                label=label,
                rows=round(float(by_label.sum()) * self.scale),
                events=round(float(by_label[1]) * self.scale) if self.favourable is not None else None,
                small=label in self.small[name],
            )
            for name, attributes in self.groupings.items()
            for label, by_label in self._counts(attributes)
        )

    @staticmethod
    def imagines(wanted: Wanted) -> bool:
        """Whether something can be imagined for a criterion: not where its check counts facts about the data."""
        return type(wanted.need) in IMAGINED

    def view(self, wanted: Wanted) -> Any:
        """What the check of a criterion would be handed. Raises SubjectError where the function of its table broke."""
        return IMAGINED[type(wanted.need)](self, wanted)

    def always_right(self, wanted: Wanted) -> OutcomeView | None:
        """What the check would be handed of a model that is always right and knows it; None where it is not about decisions alone."""
        if type(wanted.need) is not Outcomes or self.favourable is None:
            return None
        return replace(self, sensitivity=1.0, false_alarms=0.0, scores=((0.0,), (1.0,))).outcomes(wanted)

    def outcomes(self, wanted: Wanted) -> OutcomeView:
        """Imagined decisions of all rows, and of the groups that gate."""
        overall, *groups = (self._decided(label, by_label) for label, by_label in self._parts(wanted))
        return OutcomeView(overall, tuple(groups), self._good)

    def paired(self, wanted: Wanted) -> PairedView:
        """The same before and after a change that turns as many right as wrong."""
        overall, *groups = (
            _changed(label, round(float(by_label.sum()) * self.scale))
            for label, by_label in self._parts(wanted)
        )
        return PairedView(overall, tuple(groups))

    def tabulated(self, wanted: Wanted) -> TableView:
        """The tables of the reference rows, as large as the data sets are."""
        made, data = self.tables[wanted.table_key], wanted.data(self.judged_on)
        mine = wanted.about(self.judged_on)
        every = {data: self.rows, **self.rows_of}
        read = every if wanted.need.reads is Reads.EVERY else {d: n for d, n in every.items() if d in mine}
        reference = max(int(self.population.sum()), 1)
        rows = {name: self.rows if name == self.judged_on else n for name, n in read.items()}
        across = wanted.criterion.across
        cut = across is not None and wanted.need.cuts_small_groups
        small = self.small[across] if across is not None and cut else frozenset()
        return TableView.of(
            data,
            {
                role: {name: counts.scaled(n / reference) for name, counts in made.tally.items()}
                for role, n in rows.items()
            },
            made.context,
            tuple(label for label in made.context.groups if label not in small),
        )

    @property
    def _good(self) -> int:
        """The favourable decision; views of decisions are asked for of binary tasks alone."""
        if self.favourable is None:
            raise ValueError("a task without decisions has none to imagine")
        return self.favourable

    def _parts(self, wanted: Wanted) -> list[tuple[str, Integers]]:
        """The reference rows by label: all that a criterion is about, then those of each group that gates."""
        across = wanted.criterion.across
        population = np.where(inside(self.layout, wanted.criterion.where)[:, None], self.population, 0)
        found = [("", population.sum(axis=0))]
        if across is not None:
            counts = self._counts(self.groupings[across], population)
            found += [(label, rows) for label, rows in counts if label not in self.small[across]]
        return found

    def _counts(
        self, attributes: tuple[str, ...], population: Integers | None = None
    ) -> list[tuple[str, Integers]]:
        counts = self.layout.collapse(self.population if population is None else population, attributes)
        return list(zip(self.layout.labels(attributes), counts, strict=True))

    def _decided(self, label: str, by_label: Integers) -> GroupOutcomes:
        negatives, positives = (float(n) * self.scale for n in by_label)
        counts = _whole(
            np.array(
                [
                    [negatives * (1 - self.false_alarms), negatives * self.false_alarms],
                    [positives * (1 - self.sensitivity), positives * self.sensitivity],
                ]
            )
        )
        by_score = [
            [_spread(int(n), len(of)) for n, of in zip(row, self.scores, strict=True)] for row in counts
        ]
        return GroupOutcomes(
            label, counts, np.concatenate(self.scores), np.array([np.concatenate(of) for of in by_score])
        )


def _whole(shares: NDArray[np.float64]) -> Integers:
    """Whole rows of which none is lost: what the shares add up to, the last ones to the largest remainders."""
    counts = np.floor(shares).astype(np.int64)
    left = round(float(shares.sum())) - int(counts.sum())
    if left > 0:
        counts.flat[np.argsort(-(shares - counts), axis=None, kind="stable")[:left]] += 1
    return counts


def _spread(rows: int, places: int) -> Integers:
    """int64[places]: so many rows, as evenly as they go."""
    return np.bincount((2 * np.arange(rows) + 1) * places // (2 * max(rows, 1)), minlength=places)


def _changed(label: str, rows: int) -> PairedGroup:
    turned = round(rows * DISCORDANCE / 2)
    return PairedGroup(label, np.array([[0, turned], [turned, rows - 2 * turned]], dtype=np.int64))


IMAGINED: Mapping[type[Need], Callable[[Imagined, Wanted], Any]] = {
    Outcomes: Imagined.outcomes,
    Perturbed: Imagined.paired,
    Tabulated: Imagined.tabulated,
    TabulatedBeside: Imagined.tabulated,
    TabulatedChanges: Imagined.tabulated,
    TabulatedEverywhere: Imagined.tabulated,
    TabulatedOutcomes: Imagined.tabulated,
}
"""How the view of each kind of need is imagined; of the others a check counts facts, which need no power."""
