"""The same rows before and after something changed."""

from __future__ import annotations

from dataclasses import dataclass

from assay.domain.evidence.told import Of, OfGroups, Told, is_compared


@dataclass(frozen=True, slots=True)
class PairedCell:
    """Of ``n`` rows, ``worse`` were right before and wrong after, ``better`` the other way round.

    ``family`` says against what they are compared, where it is more than one thing.
    """

    label: str
    worse: int
    better: int
    n: int
    family: str = ""

    def __post_init__(self) -> None:
        whole = all(type(count) is int for count in (self.worse, self.better, self.n))
        if not whole or self.worse < 0 or self.better < 0 or self.worse + self.better > self.n:
            raise ValueError("paired outcomes need whole numbers with 0 <= worse + better <= n")

    @property
    def told(self) -> tuple[Told, ...]:
        """Some rows of the group."""
        return (Told(self.label, self.n, Of.SOME),)


@dataclass(frozen=True, slots=True)
class Paired(OfGroups):
    """Paired outcomes under one or more changes; the drop (worse - better)/n is judged for each."""

    cells: tuple[PairedCell, ...]


@dataclass(frozen=True, slots=True)
class ChangeCell:
    """Of ``n`` rows of a group, at the step ``family`` so many ``gained`` a favourable decision, and so many ``lost`` one."""

    label: str
    family: str
    gained: int
    lost: int
    n: int

    def __post_init__(self) -> None:
        whole = all(type(count) is int for count in (self.gained, self.lost, self.n))
        if not whole or self.gained < 0 or self.lost < 0 or self.gained + self.lost > self.n:
            raise ValueError("a change needs whole numbers with 0 <= gained + lost <= n")

    @property
    def told(self) -> tuple[Told, ...]:
        """Some rows of the group."""
        return (Told(self.label, self.n, Of.SOME),)


@dataclass(frozen=True, slots=True)
class Changes(OfGroups):
    """Decisions of groups before and after each step; by how much more they change for one group than for another is judged.

    ``reference`` and ``focus`` as in :class:`Rates`.
    """

    cells: tuple[ChangeCell, ...]
    reference: str | None = None
    focus: tuple[str, ...] = ()

    def compares(self, one: ChangeCell, two: ChangeCell) -> bool:
        """Whether the ordered pair is a piece: of one step, in both directions."""
        return one.family == two.family and is_compared(one.label, two.label, self.reference, self.focus)
