"""Protected attributes and their groups, fixed beforehand; never found in the data."""

from __future__ import annotations

import itertools
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from assay.domain.specification.base import Block, Exact, Text

Code = Annotated[int, Field(strict=True)] | Annotated[str, Field(strict=True)]


class Attribute(Block):
    """A column and its groups: named codes (``groups``) or cut points of a number (``bands``).

    Cut points ``[25, 40]`` make three groups that leave no number out: below 25, 25 to below 40, 40 and above.
    Named bands ``{young: [null, 25], older: [25, null]}`` are half-open, include their lower edge, and must
    join without gap or overlap.
    """

    column: Text
    groups: dict[Text, Code | tuple[Code, ...]] | None = None
    bands: tuple[Exact, ...] | dict[Text, tuple[Exact | None, Exact | None]] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Attribute:
        if (self.groups is None) == (self.bands is None):
            raise ValueError("exactly one of 'groups' and 'bands' is expected")
        return self

    def labels(self) -> tuple[str, ...]:
        """The names of the groups, in the order declared."""
        if self.groups is not None:
            return tuple(self.groups)
        return tuple(name for name, _, _ in self.intervals())

    def codes(self) -> tuple[tuple[str, tuple[int | str, ...]], ...]:
        """Each group's name and the codes that belong to it; empty for bands."""
        return tuple(
            (name, code if isinstance(code, tuple) else (code,)) for name, code in (self.groups or {}).items()
        )

    def intervals(self) -> tuple[tuple[str, Decimal | None, Decimal | None], ...]:
        """Each band's name, included lower edge and excluded upper edge; empty for groups."""
        if isinstance(self.bands, dict):
            return tuple((name, low, high) for name, (low, high) in self.bands.items())
        if self.bands is None:
            return ()
        edges = (None, *self.bands, None)
        return tuple((_band_name(low, high), low, high) for low, high in itertools.pairwise(edges))

    def definition(self, label: str) -> str:
        """How a group is defined, printed beside every number about it."""
        for name, codes in self.codes():
            if name == label:
                return f"{self.column} = " + " or ".join(str(code) for code in codes)
        for name, low, high in self.intervals():
            if name == label:
                left = f"{low} ≤ " if low is not None else ""
                right = f" < {high}" if high is not None else ""
                return f"{left}{self.column}{right}"
        raise KeyError(label)


def _band_name(low: Decimal | None, high: Decimal | None) -> str:
    if low is None:
        return f"under {high}"
    return f"{low} and over" if high is None else f"{low} to under {high}"


class SmallGroups(Block):
    """Groups under this share of the reference data are reported but do not gate."""

    below_share: Exact = Field(ge=0, lt=1)
    treat: Literal["advisory"]
