"""The tables of a check as it is handed them: of each data set that it reads, with the groups that it compares."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from assay.domain.errors import SubjectError
from assay.domain.vocabulary import Reason
from assay.tally.table.context import TableContext
from assay.tally.table.counts import ALL_ROWS, BESIDE, BROKE, TableCounts, TableTally

LEARNT_FROM = ("train", "develop", "test")
"""The data sets, that from which the model learned first."""


@dataclass(frozen=True, slots=True)
class TableView:
    """The tables that a check asked for.

    Attributes:
        data: the data set that the criterion names. tables: by data set, by name. rows: by data set, those that the function was handed:
            of the part to which the criterion is narrowed, and where one row of each unit counts, no others.
        groups: of the grouping that the criterion names, those that gate or, alone, those that were set aside. A pairwise check is
            then handed all of them, and ``focus`` names those of which a pair must have one.
    """

    data: str
    tables: Mapping[str, TableTally]
    context: TableContext
    rows: Mapping[str, int]
    groups: tuple[str, ...] = ()
    focus: tuple[str, ...] = field(default=())

    @classmethod
    def of(
        cls,
        data: str,
        tallies: Mapping[str, TableTally],
        context: TableContext,
        groups: tuple[str, ...],
        focus: tuple[str, ...] = (),
    ) -> TableView:
        """What was counted of each data set, with the rows that it was counted of.

        Raises:
            SubjectError: ``check_crashed``: the function broke on some rows, so that what was counted is not all of them.
        """
        for tally in tallies.values():
            _see_whole(tally)
        tables = {
            role: {
                name: counts
                for name, counts in tally.items()
                if name != ALL_ROWS and not name.startswith(BESIDE)
            }
            for role, tally in tallies.items()
        }
        rows = {role: tally[ALL_ROWS].total if ALL_ROWS in tally else 0 for role, tally in tallies.items()}
        return cls(data, tables, context, rows, groups, focus)

    @property
    def n(self) -> int:
        """Rows that count of the data set that the criterion names."""
        return self.rows[self.data]

    @property
    def known_by(self) -> str | None:
        """Of the other data sets that were read the one which says what is known: the training data, else the development data, else the
        test data; None where there is no other."""
        return learnt_from(self.tables, self.data)

    @property
    def each(self) -> tuple[tuple[str, int], ...]:
        """The groups with their codes, or all rows under an empty name with the code 0 when the criterion names no grouping."""
        if not self.context.across:
            return (("", 0),)
        place = {label: i for i, label in enumerate(self.context.groups)}
        return tuple((label, place[label]) for label in self.groups)

    def table(self, name: str, data: str | None = None) -> TableCounts:
        """A table of the data set that the criterion names, or of another one; empty where no row is in it."""
        return self.tables[self.data if data is None else data].get(name, TableCounts.empty())


def learnt_from(read: Collection[str], own: str) -> str | None:
    """Of the data sets that were read the one on which it is learnt what is held against a set's own rows; None where there is no other."""
    return next((data for data in LEARNT_FROM if data in read and data != own), None)


def _see_whole(tally: TableTally) -> None:
    said = next((name.removeprefix(BROKE) for name in sorted(tally) if name.startswith(BROKE)), "")
    if said:
        raise SubjectError(
            f"What the check counts rows by raised {said} on some of them; its message is withheld: it may hold rows.",
            code=Reason.CHECK_CRASHED.value,
            remedy="This is a defect of the check; report it to whoever wrote it.",
        )
