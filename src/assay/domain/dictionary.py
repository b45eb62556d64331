"""The data dictionary: what each column means and which values it may take."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from assay.domain.specification.base import Block, Exact, Text

ColumnType = Literal["integer", "number", "category", "identifier", "text", "boolean", "date"]


class Column(Block):
    """One column: its type, its codes or range, whether values may be missing, and how sensitive it is."""

    name: Text
    type: ColumnType
    description: Text
    codes: dict[Annotated[int, Field(strict=True)] | Annotated[str, Field(strict=True)], Text] | None = None
    range: tuple[Exact | None, Exact | None] | None = None
    unit: Text | None = None
    missing: Literal["never", "allowed"] = "never"
    sensitivity: Literal["none", "personal", "special"] = "none"
    source: Text | None = None
    note: Text | None = None


class Dictionary(Block):
    """All columns of the data sets, in the order in which they are read."""

    assay_dictionary: Literal[1]
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column | None:
        """The entry of one column, or None."""
        return next((c for c in self.columns if c.name == name), None)
