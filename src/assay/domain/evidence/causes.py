"""Gaps along the paths of a causal graph, and groups that nobody observed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from assay.domain.evidence.rates import Compare, Rate
from assay.domain.evidence.told import Counted, OfGroups, is_compared


class Effect(StrEnum):
    """Along which paths of a causal graph a gap between two groups goes."""

    DIRECT = "direct"
    INDIRECT = "indirect"
    SPURIOUS = "spurious"


@dataclass(frozen=True, slots=True)
class Effects(OfGroups):
    """Rates of groups in cells of confounders and mediators (the family), of which one effect is made for each ordered pair of groups.

    ``strata``: the stratum of the confounders in which each family lies, in the order in which the families come. ``reference`` and
    ``focus`` as in :class:`Rates`.
    """

    cells: tuple[Rate, ...]
    strata: tuple[str, ...]
    effect: Effect
    reference: str | None = None
    focus: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        places = [(cell.label, cell.family) for cell in self.cells]
        families = {family for _, family in places}
        whole = {(label, family) for label, _ in places for family in families}
        if len(places) != len(set(places)) or set(places) != whole or len(self.strata) != len(families):
            raise ValueError("each group needs one cell in each family, and each family its stratum")

    @property
    def labels(self) -> tuple[str, ...]:
        """The groups."""
        return tuple(dict.fromkeys(cell.label for cell in self.cells))

    def compares(self, one: str, two: str) -> bool:
        """Whether the ordered pair is a piece, in both directions."""
        return is_compared(one, two, self.reference, self.focus)


@dataclass(frozen=True, slots=True)
class ProxiedCell:
    """Rows that belong to a group with the same ``probability``, and how many of them are decided favourably."""

    probability: float
    favourable: int
    rows: int

    def __post_init__(self) -> None:
        whole = type(self.favourable) is int and type(self.rows) is int
        if not whole or not 0 <= self.favourable <= self.rows or not 0 <= self.probability <= 1:
            raise ValueError("a cell needs a probability, and whole numbers with 0 <= favourable <= rows")


@dataclass(frozen=True, slots=True)
class Proxied(Counted):
    """Decisions by the probability of being a ``member`` of a group, which nobody observed; members are compared with all others.

    Attributes:
        bins: of equal width, into which probabilities are cut; within one, decisions may go with membership in any way.
        error: how far the share of members in a bin may be from its mean probability, as is stated of the proxy model.
        compare: a difference or a ratio.
    """

    cells: tuple[ProxiedCell, ...]
    member: str
    bins: int
    error: float
    compare: Compare

    def __post_init__(self) -> None:
        if type(self.bins) is not int or self.bins < 1 or not 0 <= self.error < 1:
            raise ValueError("probabilities need at least one bin, and an error of at least 0 and below 1")
        if self.compare is Compare.EACH:
            raise ValueError("members are compared with others, as a difference or as a ratio")


ABOUT_CAUSES: frozenset[type] = frozenset({Effects})
"""The kinds that say something of causes, under the declared graph; what is made of all others are associations."""
