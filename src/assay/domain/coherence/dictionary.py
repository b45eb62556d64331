"""Rules about a data dictionary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from assay.domain.coherence.draft import Finding, Trail
from assay.domain.dictionary import BOOLEANS, Column

LARGEST_CODE = 2**53 - 1
"""The largest whole number that no other one is read as where a column holds floats."""


def dictionary_findings(columns: Mapping[int, Column]) -> tuple[Finding, ...]:
    """What is wrong with a dictionary's columns, each given with its index in the document."""
    findings = list(_named_twice(columns))
    for i, column in columns.items():
        for rule in (_codes_of_its_type, _codes_expected, _range_of_its_type, _range_in_order):
            findings += rule(("columns", i), column)
    return tuple(findings)


def _named_twice(columns: Mapping[int, Column]) -> Iterator[Finding]:
    seen: set[str] = set()
    for i, column in columns.items():
        if column.name in seen:
            yield Finding(
                ("columns", i, "name"),
                "duplicate_column",
                f"The column {column.name!r} is described already.",
                remedy="Delete one of the two descriptions.",
            )
        seen.add(column.name)


def _codes_expected(trail: Trail, column: Column) -> Iterator[Finding]:
    if column.type == "category" and not column.codes:
        yield Finding(
            trail,
            "category_without_codes",
            f"The column {column.name!r} is a category and its codes are not listed.",
            remedy="List each code with its meaning, or call it 'text'.",
        )


def _codes_of_its_type(trail: Trail, column: Column) -> Iterator[Finding]:
    if column.codes and column.type not in {"category", "integer", "boolean", "text"}:
        yield Finding(
            (*trail, "codes"),
            "codes_without_meaning",
            f"A column of type {column.type!r} has no codes.",
            remedy="Call it 'category', or delete the codes.",
            key=True,
        )
    for code in column.codes or ():
        if column.type == "boolean" and code not in {0, 1}:
            meant = (
                f"Write {code} without quotes" if code in BOOLEANS else "Write true and false without quotes"
            )
            yield Finding(
                (*trail, "codes", code),
                "code_of_wrong_type",
                f"true or false, or 1 or 0, is expected as a code of {column.name!r}, which is a boolean; found {code!r}.",
                remedy=f"{meant}, or call the column 'category'.",
                key=True,
            )
        if column.type == "integer" and isinstance(code, str):
            yield Finding(
                (*trail, "codes", code),
                "code_of_wrong_type",
                f"A whole number is expected as a code of {column.name!r}; found the text {code!r}.",
                remedy="Write it without quotes, or call the column 'category'.",
                key=True,
            )
        if not isinstance(code, str) and abs(code) > LARGEST_CODE:
            yield Finding(
                (*trail, "codes", code),
                "code_too_large",
                f"A code of at most {LARGEST_CODE} is expected; beyond it a float cannot tell {code} from "
                "its neighbours.",
                remedy="Write the column and its codes as text.",
                key=True,
            )


def _range_of_its_type(trail: Trail, column: Column) -> Iterator[Finding]:
    if column.range is not None and not column.is_numeric:
        yield Finding(
            (*trail, "range"),
            "range_without_meaning",
            f"A range needs a number; the column {column.name!r} is of type {column.type!r}.",
            key=True,
            remedy="Delete the range, or call the column 'number'.",
        )


def _range_in_order(trail: Trail, column: Column) -> Iterator[Finding]:
    low, high = column.range or (None, None)
    if low is not None and high is not None and low > high:
        yield Finding(
            (*trail, "range"),
            "range_reversed",
            f"The smallest value comes first in a range; found {low} before {high}.",
            remedy="Exchange the two.",
        )
