"""The data dictionary: what each column means and which values it may take."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Literal

from assay.domain.specification.base import Block, Code, Exact, Text

NUMERIC = frozenset({"integer", "number"})
"""The types whose values are numbers, and not names of something."""
ColumnType = Literal["integer", "number", "category", "identifier", "text", "boolean", "date"]

BOOLEANS = {"true": 1, "True": 1, "TRUE": 1, "false": 0, "False": 0, "FALSE": 0}
"""How a boolean is written as a text, and the number that it is. A code has one form, and this one is it: 1 or 0."""

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
    """Each code that may occur, with its meaning; of a boolean, true and false."""
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

    @property
    def codes_of_its_values(self) -> Collection[int | str] | None:
        """The codes that may occur: those documented, or both of a boolean; None where none are known."""
        return (1, 0) if self.type == "boolean" and self.codes is None else self.codes

    @property
    def has_zero_and_one(self) -> bool:
        """Whether 0 and 1 are among the codes that may occur, or are the only numbers in the range."""
        codes = self.codes_of_its_values
        if codes is not None:
            return {"0", "1"} <= set(map(str, codes))
        return self.type == "integer" and self.range is not None and self.range == (Decimal(0), Decimal(1))

    @property
    def told(self) -> str:
        """Its type and what may occur, for a sentence."""
        codes = self.codes_of_its_values
        if codes is not None:
            return f"{self.type} with the codes {self.spelt(codes)}"
        low, high = self.range or (None, None)
        ends = [f"{word} {end}" for word, end in (("from", low), ("to", high)) if end is not None]
        return " ".join([self.type, *ends])

    def spelt(self, codes: Iterable[int | str]) -> str:
        """Codes as they are to be written, the first twelve of them."""
        words: dict[int | str, str] = {1: "true", 0: "false"} if self.type == "boolean" else {}
        shown = [words.get(code) or repr(code) for code in codes]
        return ", ".join(shown[:12]) + (f" and {len(shown) - 12} more" if len(shown) > 12 else "")


class Dictionary(Block):
    """All columns of the data sets, in the order in which they are read."""

    assay_dictionary: Literal[1]
    """The version of this document's form."""
    columns: tuple[Column, ...]
    """Every column."""

    def column(self, name: str) -> Column | None:
        """The entry of one column, or None."""
        return next((c for c in self.columns if c.name == name), None)
