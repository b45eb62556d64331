"""What checks are handed: small frozen pictures of a tally, cut along one grouping."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from assay.domain.lineage import Artifact, Source, Step

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class GroupOutcomes:
    """The outcomes of one group.

    Attributes:
        label: the group's name; empty for all rows.
        counts: int64[2, 2], rows by (true label, decided value).
        scores: float64[k], strictly increasing; empty when none were counted.
        by_label: int64[2, k], rows per true label at each score.
        edges: float64[m], of the bins of a grid when the scores are the mean scores of each label in each bin;
            empty when they are exact.
    """

    label: str
    counts: Integers
    scores: Floats
    by_label: Integers
    edges: Floats = field(default_factory=lambda: np.empty(0))

    @property
    def n(self) -> int:
        """All rows of the group."""
        (rejected, accepted), (missed, found) = self.counts.tolist()  # the sum of an array of four is slower
        return int(rejected + accepted + missed + found)

    def decided(self, value: int) -> int:
        """Rows decided as ``value``."""
        return int(self.counts[0, value]) + int(self.counts[1, value])

    def labelled(self, value: int) -> int:
        """Rows whose true label is ``value``."""
        return int(self.counts[value, 0]) + int(self.counts[value, 1])

    def cell(self, label: int, decided: int) -> int:
        """Rows with this true label and this decision."""
        return int(self.counts[label, decided])

    @property
    def correct(self) -> int:
        """Rows decided as their true label."""
        return self.cell(0, 0) + self.cell(1, 1)


@dataclass(frozen=True, slots=True)
class OutcomeView:
    """The outcomes of all rows and of each group of the grouping that a criterion names.

    ``groups`` holds the groups that gate. Those that the small-group rule sets aside are judged in a view of their own:
    they alone, or, for a check that is pairwise, among all groups and named by ``focus``. Only pairs that a group of
    ``focus`` belongs to are compared then; empty, it leaves none out.
    """

    overall: GroupOutcomes
    groups: tuple[GroupOutcomes, ...]
    favourable: int
    focus: tuple[str, ...] = ()

    @property
    def each(self) -> tuple[GroupOutcomes, ...]:
        """The groups, or all rows when the criterion names no grouping."""
        return self.groups or (self.overall,)


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """Counts about one column of one data set; never a value of a row.

    Attributes:
        rows: rows read.
        missing: nulls and NaNs.
        ill_typed: values that cannot be read as the documented type.
        out_of_range: numbers outside the documented range.
        undocumented: rows per code that the dictionary does not list, as text. Of more than 100 codes all rows stand under "more than 100
            different codes"; codes of fewer than ten rows are not named: they are one entry that has their number and rows.
        codes: rows per documented code.
    """

    name: str
    rows: int
    missing: int
    ill_typed: int = 0
    out_of_range: int = 0
    undocumented: tuple[tuple[str, int], ...] = ()
    codes: tuple[tuple[str, int], ...] = ()
    missing_allowed: bool = False


@dataclass(frozen=True, slots=True)
class DataProfile:
    """The profiles of one data set, and how its columns differ from the dictionary's."""

    data: str
    rows: int
    columns: tuple[ColumnProfile, ...]
    absent: tuple[str, ...] = ()
    undeclared: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProfileView:
    """The profile of the data set that the criterion names, and rows per group of each grouping in it."""

    profile: DataProfile
    groups: Mapping[str, tuple[tuple[str, int], ...]]


@dataclass(frozen=True, slots=True)
class Alike:
    """Rows of which what the model is fed also occurs in another data set, and whether chance cannot explain them."""

    data: str
    rows: int
    beyond_chance: bool


@dataclass(frozen=True, slots=True)
class RowSetView:
    """Counts from the row hashes of the data set that the criterion names.

    Attributes:
        data: its name. rows: its rows.
        duplicates: rows that repeat an earlier row in every input and the label.
        conflicting: rows whose inputs also occur with another label.
        shared: per other data set, rows of this one that also occur there.
        alike: the same by what the model is fed alone, where rows are more than that.
        alike_duplicates: rows that repeat an earlier row in what the model is fed and the label.
        by_unit: per other data set, rows of this one whose unit occurs there; empty where no unit is declared.
        no_unit: per data set, this one too, rows without a unit and all rows; of those where some have none.
    """

    data: str
    rows: int
    duplicates: int
    conflicting: int
    shared: tuple[tuple[str, int], ...]
    alike: tuple[Alike, ...] = ()
    alike_duplicates: int = 0
    by_unit: tuple[tuple[str, int], ...] = ()
    no_unit: tuple[tuple[str, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class PairedGroup:
    """Rows of one group by whether the decision was right before and after the change: int64[2, 2]."""

    label: str
    counts: Integers

    @property
    def n(self) -> int:
        """All rows of the group."""
        return int(self.counts.sum())

    @property
    def worse(self) -> int:
        """Right before, wrong after."""
        return int(self.counts[1, 0])

    @property
    def better(self) -> int:
        """Wrong before, right after."""
        return int(self.counts[0, 1])


@dataclass(frozen=True, slots=True)
class PairedView:
    """Paired decisions of all rows and of each group."""

    overall: PairedGroup
    groups: tuple[PairedGroup, ...]

    @property
    def each(self) -> tuple[PairedGroup, ...]:
        """The groups, or all rows when the criterion names no grouping."""
        return self.groups or (self.overall,)


@dataclass(frozen=True, slots=True)
class StatedView:
    """Nothing but the criterion's own parameters; and how many rows the largest declared data set has, 0 where there is none."""

    rows: int = 0


@dataclass(frozen=True, slots=True)
class SectionView:
    """The documentation sections that are required, each with whether it is filled."""

    sections: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class LineageView:
    """What is known of how the files came about.

    Attributes:
        files: by role, each with the digests of its bytes. sources, declared, steps: those of :class:`~assay.domain.lineage.Chains`.
        faults: by declared record, why it says nothing. stated: whether the specification says anything of lineage.
    """

    files: tuple[tuple[str, Artifact], ...]
    sources: tuple[Source, ...] = ()
    declared: frozenset[str] = frozenset()
    steps: tuple[Step, ...] = ()
    faults: tuple[tuple[str, str], ...] = ()
    stated: bool = True
