"""What counts tell of the rows of a group, by which a record that says otherwise contradicts itself."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, NamedTuple


class Of(StrEnum):
    """Of which rows of a group something was counted."""

    ALL = "all"
    LABEL_0 = "label 0"
    LABEL_1 = "label 1"
    SOME = "some"


class Told(NamedTuple):
    """So many rows of the group ``label`` were counted: all of them, those with a label, or some."""

    label: str
    rows: int
    of: Of


class Counted:
    """The base of every kind of counts; these tell nothing of groups."""

    __slots__ = ()

    @property
    def of_groups(self) -> tuple[Told, ...]:
        """What it tells of the rows of groups."""
        return ()

    @property
    def in_focus(self) -> frozenset[str]:
        """The groups of which each piece must have one; none where every piece counts."""
        return frozenset(getattr(self, "focus", ()))


class OfGroups(Counted):
    """Counts whose ``cells``, where a criterion compares groups, are each of one group and say of which of its rows."""

    __slots__ = ()
    cells: tuple[Any, ...]

    @property
    def of_groups(self) -> tuple[Told, ...]:
        """What its cells tell."""
        return tuple(told for cell in self.cells for told in cell.told)


def labelled(label: str, negatives: Sequence[int], positives: Sequence[int]) -> tuple[Told, ...]:
    """The rows of a group with each label, of counts by something else."""
    return Told(label, sum(negatives), Of.LABEL_0), Told(label, sum(positives), Of.LABEL_1)


def is_compared(one: str, two: str, reference: str | None, focus: tuple[str, ...]) -> bool:
    """Whether an ordered pair of groups is a piece: in both directions, so that no choice of a reference makes a criterion easy.

    With a ``reference`` each group is compared with it, else all pairs; with a ``focus`` only pairs that one of those groups belongs to.
    """
    if one == two or (focus and not {one, two} & set(focus)):
        return False
    return reference is None or reference in {one, two}
