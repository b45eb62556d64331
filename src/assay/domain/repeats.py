"""Rows that are equal to each other: how much less a set of them tells, and from when on nobody may be judged on it.

Every bound takes rows as independent. Equal rows of different people are; copies of one row are not, and nothing in the
rows tells which they are. So what they would cost if they were copies is measured, and beyond a small share somebody must
have said beforehand, in the specification, why different people look alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from assay.domain import figures

if TYPE_CHECKING:  # a worker counts, and needs no specification
    from assay.domain.specification.subject import Data, RepeatedIdentifier, RepeatedRows

UNDECLARED = Decimal("0.02")
"""Share of what rows tell that equal ones may cost without a word: an interval is then at most 1 % too narrow, and a
one-sided error of .05 at most .052. One hundredth of the rows copied once costs as much."""
UNDECLARED_FED = Decimal(1) / 3
"""The same where rows are equal in what the model is fed and differ in other columns: mostly people who look alike to it.
Half of the rows copied once cost 40 %."""
A_PAIR = 2
"""Equal rows, each counted against the other, that are within chance in any set."""


@dataclass(frozen=True, slots=True)
class Repeats:
    """Equal rows in some part of a data set.

    Attributes:
        part: which rows, in words; empty for all. rows: of the part. repeated: rows that repeat an earlier one.
        pairs: over all rows, how many others are equal to it: the sum of ``m * (m - 1)`` over rows that stand there ``m`` times.
    """

    part: str
    rows: int
    repeated: int
    pairs: int

    @property
    def lost(self) -> float:
        """The share of what the rows tell that is lost if equal ones are of one person: ``1 - 1 / deff``.

        The design effect of clusters of equal values is the sum of the squares of their sizes over the rows (Kish 1965,
        Survey Sampling, 8.2).
        """
        return self.pairs / (self.rows + self.pairs) if self.pairs else 0.0

    def times(self, factor: float) -> Repeats:
        """Those of ``factor`` times as many rows, where equal ones come of chance: each row meets so many times as many others."""
        return replace(self, rows=round(self.rows * factor), pairs=round(self.pairs * factor**2))

    def beyond(self, share: Decimal) -> bool:
        """Whether more than this share is lost, by more than one pair; compared exactly."""
        return self.pairs > A_PAIR and self.pairs > share * (self.rows + self.pairs)


@dataclass(frozen=True, slots=True)
class RepeatedIn:
    """Equal rows of a judged data set: ``documented`` in all documented columns and the label, ``fed`` in what the model is
    fed and the label; the first of each is of all rows, the others of labels and groups. ``identified``: the same of rows that
    share an identifier, whatever their label, by its column."""

    documented: tuple[Repeats, ...] = ()
    fed: tuple[Repeats, ...] = ()
    identified: tuple[tuple[str, tuple[Repeats, ...]], ...] = ()

    def too_many(self, data: Data) -> str:
        """Why no bound on these rows could be believed by what the specification says, as a sentence; empty when they can."""
        for found, same, undeclared in self._both():
            if said := _beyond(found, undeclared, data.repeated_rows):
                one, allowed = said
                return (
                    f"{_of(one)} repeat an earlier row in {same} and in the label. If equal "
                    f"rows are of one person, {figures.percent_against(one.lost, _ALL)} of what these rows tell is lost, and {allowed}."
                )
        return ""

    def would_be_too_many(self, data: Data, factor: float) -> str:
        """The same of ``factor`` times as many rows, of which these are a sample; as a sentence, empty when they may be judged."""
        for found, same, undeclared in self._both():
            many = [one.times(factor) for one in found]
            if said := _beyond(many, undeclared, data.repeated_rows):
                one, allowed = said
                return (
                    f"{_of(found[many.index(one)])} repeat an earlier row in {same} and in the label. If equal rows are of one person, "
                    f"{figures.percent_against(one.lost, _ALL)} of what {one.rows:,} such test rows tell is lost, and {allowed}."
                )
        return ""

    def too_often(self, data: Data) -> str:
        """The same of identifiers: which one too many rows share, as a sentence; empty when none is."""
        for column, found in self.identified:
            if said := _beyond(found, UNDECLARED, data.repeated_identifiers.get(column)):
                one, allowed = said
                return (
                    f"{_of(one)} have a {column!r} that an earlier row has. If rows of one {column!r} are of one person, "
                    f"{figures.percent_against(one.lost, _ALL)} of what these rows tell is lost, and {allowed}."
                )
        return ""

    def told(self, data: Data) -> tuple[str, ...]:
        """What a reader must know of them, a sentence each; none where no row repeats another or shares an identifier."""
        declared = data.repeated_rows
        refused = _REFUSED if self.too_many(data) else ""
        said = []
        for found, same, least in self._both():
            of_all = found[0]
            if of_all.repeated and (same == _DOCUMENTED or of_all.beyond(UNDECLARED)):
                why = f" {declared.rationale}" if declared is not None and of_all.beyond(least) else ""
                said.append(
                    f"Whether equal rows are of one person: {of_all.repeated:,} of {of_all.rows:,} repeat an earlier row in {same} "
                    f"and in the label, and every bound counts each.{why}{refused}"
                )
        return (*said, *self._shared(data))

    def _shared(self, data: Data) -> Iterable[str]:
        refused = _REFUSED if self.too_often(data) else ""
        for column, found in self.identified:
            of_all, declared = found[0], data.repeated_identifiers.get(column)
            if of_all.repeated:
                why = f" {declared.rationale}" if declared is not None and of_all.beyond(UNDECLARED) else ""
                yield (
                    f"Whether rows of one {column!r} are independent: {of_all.repeated:,} of {of_all.rows:,} have one that an earlier "
                    f"row has, and every bound counts each.{why}{refused}"
                )

    def _both(self) -> Sequence[tuple[tuple[Repeats, ...], str, Decimal]]:
        both = ((self.documented, _DOCUMENTED, UNDECLARED), (self.fed, _FED, UNDECLARED_FED))
        return [one for one in both if one[0]]


NOT_COUNTED = RepeatedIn()
_ALL = Decimal(1)
_REFUSED = " A judged run of such rows is refused."
_DOCUMENTED, _FED = "all documented columns", "all that the model is fed"


def _beyond(
    found: Sequence[Repeats], undeclared: Decimal, declared: RepeatedRows | RepeatedIdentifier | None
) -> tuple[Repeats, str] | None:
    """The first part, all rows before others, of which more is lost than may be; and how much that is, in words."""
    most = max(declared.at_most, undeclared) if declared is not None else undeclared
    beyond = next((one for one in found if one.beyond(most)), None)
    if beyond is None:
        return None
    written = float(most) if most == UNDECLARED_FED else most  # a third has no end
    return (
        beyond,
        f"{figures.percent(written)} {'declared' if declared is not None else 'allowed undeclared'}",
    )


def _of(one: Repeats) -> str:
    return f"{one.repeated:,} of {one.rows:,} rows" + (f" {one.part}" if one.part else "")
