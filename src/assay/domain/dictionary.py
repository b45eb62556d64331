"""The data dictionary: what each column means and which values it may take."""

from __future__ import annotations

import re
from typing import Literal

from assay.domain.specification.base import Block, Code, Exact, Text

NUMERIC = frozenset({"integer", "number"})
"""The types whose values are numbers, and not names of something."""
ColumnType = Literal["integer", "number", "category", "identifier", "text", "boolean", "date"]

_INDEX_OF_PANDAS = re.compile(r"__index_level_[0-9]+__|Unnamed: [0-9]+")


def is_index_of_pandas(name: str) -> bool:
    """Whether a column is the row index that pandas writes into a file unless told ``index=False``."""
    return _INDEX_OF_PANDAS.fullmatch(name) is not None


class Column(Block):
    """One column: its type, its codes or range, whether values may be missing, and how sensitive it is."""

    name: Text
    """The column's name in the data sets."""
    type: ColumnType
    """What kind of values it holds. A date is a day such as 2024-12-31, with a time or without; a boolean is true or false, or 1 or 0."""
    description: Text
    """What it means, in words."""
    codes: dict[Code, Text] | None = None
    """Each code that may occur, with its meaning."""
    range: tuple[Exact | None, Exact | None] | None = None
    """The smallest and the largest value that may occur; null for no limit."""
    unit: Text | None = None
    """What a number counts, for example NT dollars."""
    missing: Literal["never", "allowed"] = "never"
    """Whether values may be missing."""
    sensitivity: Literal["none", "personal", "special"] = "none"
    """Whether it is about a person, or one of the special categories of the law."""
    source: Text | None = None
    """Where the column comes from."""
    note: Text | None = None
    """What a reader should know."""

    @property
    def is_numeric(self) -> bool:
        """Whether its values are numbers, and not names of something."""
        return self.type in NUMERIC


class Dictionary(Block):
    """All columns of the data sets, in the order in which they are read."""

    assay_dictionary: Literal[1]
    """The version of this document's form."""
    columns: tuple[Column, ...]
    """Every column."""

    def column(self, name: str) -> Column | None:
        """The entry of one column, or None."""
        return next((c for c in self.columns if c.name == name), None)
