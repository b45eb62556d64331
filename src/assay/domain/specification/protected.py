"""Protected attributes and their groups, fixed beforehand; never found in the data."""

from __future__ import annotations

import itertools
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from assay.domain.specification.base import Block, Codes, Exact, Text

CROSS = " × "
"""Joins the names of the groups of crossed attributes."""

MOST_CELLS = 1_000_000
"""Into so many cells the groups of all attributes may cross: each one is counted."""

Interval = tuple[Exact | None, Exact | None]


def _how_bands_are_written(value: object) -> str | None:
    """Choose by shape, so that what is wrong is said about the form that was written and not about both."""
    if isinstance(value, dict):
        return "<names>"
    return "<edges>" if isinstance(value, list | tuple) else None


Bands = Annotated[
    Annotated[tuple[Exact, ...], Tag("<edges>")] | Annotated[dict[Text, Interval], Tag("<names>")],
    Discriminator(
        _how_bands_are_written,
        custom_error_type="bands_expected",
        custom_error_message="cut points such as [25, 40], or named bands such as {young: [null, 25]}, are expected",
    ),
]


class Attribute(Block):
    """A column and its groups: named codes (``groups``) or cut points of a number (``bands``).

    Cut points ``[25, 40]`` make three groups that leave no number out: below 25, 25 to below 40, 40 and above.
    Named bands ``{young: [null, 25], older: [25, null]}`` are half-open, include their lower edge, and must
    join without gap or overlap.
    """

    column: Text
    """The column of the data sets that holds the attribute."""
    groups: dict[Text, Codes] | None = None
    """Each group's name with its code, or its codes in a list; of a boolean column, true and false, which are 1 and 0."""
    bands: Bands | None = None
    """Cut points of a number such as [25, 40, 60], or named bands. A date is the number of its digits: [20240401, 20240701] parts a column of dates into three."""

    @model_validator(mode="after")
    def _one_way(self) -> Attribute:
        if self.groups is None and self.bands is None:
            raise PydanticCustomError("grouping_missing", "'groups' or 'bands' is expected")
        if self.groups is not None and self.bands is not None:
            raise PydanticCustomError("grouping_twice", "only one of 'groups' and 'bands' is expected")
        return self

    def labels(self) -> tuple[str, ...]:
        """The names of the groups, in the order declared."""
        if self.groups is not None:
            return tuple(self.groups)
        return tuple(name for name, _, _ in self.intervals())

    def codes(self) -> tuple[tuple[str, tuple[int | str, ...]], ...]:
        """Each group's name and the codes that belong to it; empty for bands."""
        return tuple((self.groups or {}).items())

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
    """The share of the rows under which a group is small."""
    treat: Literal["advisory"]
    """What is done with a small group: its figures are reported and do not gate."""
