"""Data that could not be judged, or would be judged wrongly, refused by name before a row is read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from assay.domain.dictionary import Dictionary
from assay.domain.errors import SubjectError
from assay.domain.specification import Specification
from assay.domain.vocabulary import Task
from assay.subject.datasets import Dataset
from assay.subject.files.layout import Column, kind_of, values_of


def refuse_the_same_rows(datasets: Mapping[str, Dataset]) -> None:
    """One file twice, under two roles or in one: another name, a link or a copy makes no new rows."""
    seen: dict[str, tuple[str, str]] = {}
    for role, dataset in datasets.items():
        for file in dataset.files:
            name = Path(file.path).name
            if file.digest in seen:
                other, before = seen[file.digest]
                raise SubjectError(
                    f"{name} of the {role} data and {before} of the {other} data are the same bytes.",
                    code="same_data_twice",
                    remedy="A copy is no new row. What a model has learned, or was tuned on, cannot test it: declare "
                    "rows of their own, each once.",
                )
            seen[file.digest] = role, name


def logical(kind: str) -> str:
    """A type without what only says how values lie: these have the same words, and so the same hashes and groups.

    Texts of any layout are one, as are whole numbers of any width and 64-bit floats, in which a whole number is written the
    same. Floats of fewer bits are not: 0.1 is another number in them.
    """
    inner, plain = values_of(kind), kind_of(kind)
    if plain in {"text", "binary"} and not inner.startswith("fixed_size"):
        return plain
    return "number" if plain == "integer" or inner == "double" else inner


def refuse_other_types(datasets: Mapping[str, Dataset]) -> None:
    """A column must have one type in all data sets: rows of two types cannot be compared with each other."""
    seen: dict[str, tuple[str, Column]] = {}
    for role, dataset in datasets.items():
        for column in dataset.schema:
            other, first = seen.setdefault(column.name, (role, column))
            if logical(column.type) != logical(first.type):
                dates = {column.kind, first.kind} == {"date", "text"}
                broken = "" if dates else _broken((role, column), (other, first))
                raise SubjectError(
                    f"The column {column.name!r} is {column.type} in the {role} data and {first.type} in the {other} data.{broken}",
                    code="column_type_differs",
                    remedy=_NO_DATES if dates else _NO_TYPES if broken else _ONE_TYPE,
                )


_ONE_TYPE = "Write the column with one type in all data sets."
_NO_DATES = f"{_ONE_TYPE} In a CSV file a date is a text: write all data sets as Parquet, or all as CSV."
_NO_TYPES = (
    "A CSV file has no types, and one such value makes its whole column text. Write there what the other rows have, a number of "
    "at most 15 digits for example, or leave the field empty where the value is missing; or write all data sets as Parquet, "
    "which keeps types."
)


def _broken(*columns: tuple[str, Column]) -> str:
    """Which value of a file without types made a column text: its row and kind, never the value of a person."""
    return next((f" In the {role} data {column.breaks}." for role, column in columns if column.breaks), "")


TEXTS = frozenset({"text", "binary"})
LABELS: Mapping[Task, str] = {
    Task.BINARY: "the label, 0 or 1",
    Task.REGRESSION: "the label, a number that is predicted",
}
"""What a label is, of the tasks whose labels are numbers."""
NO_NUMBERS = frozenset({"date", "nested", "other"})


def refuse_text_for_numbers(
    specification: Specification, dictionary: Dictionary, datasets: Mapping[str, Dataset]
) -> None:
    """Text where a number is needed: one 'NA' in a CSV makes a whole column text, and no row of it could be counted."""
    label = specification.prediction.label
    kind = LABELS.get(specification.prediction.task)
    needed = {label: kind} if kind is not None else {}
    needed |= {a.column: "cut into bands" for a in specification.protected.values() if a.bands is not None}
    for name in specification.subject.inputs:
        column = dictionary.column(name)
        if column is not None and column.is_numeric:
            needed.setdefault(name, f"an input of the model, {column.type} by the dictionary")
    counted = [name for name, use in needed.items() if not use.startswith("an input")]
    for role, dataset in datasets.items():
        for found in dataset.schema:
            other = found.name in counted and found.kind in NO_NUMBERS
            if other or (found.name in needed and found.kind in TEXTS):
                raise SubjectError(
                    f"The column {found.name!r} is {found.type if other else 'text'} in the {role} data, and it is {needed[found.name]}: "
                    f"numbers are expected.{_broken((role, found))}",
                    code="column_is_text",
                    remedy="Write the truth as 0 and 1."
                    if found.name == label and specification.prediction.task is Task.BINARY
                    else "Write numbers with a decimal point, and missing values as empty fields: a single text such "
                    "as NA makes the whole column text.",
                )


def refuse_numbers_as_text(
    specification: Specification, dictionary: Dictionary, datasets: Mapping[str, Dataset]
) -> None:
    """An input of numbers that the dictionary calls something else: perturbations of numbers would leave it as it is."""
    for role, dataset in datasets.items():
        for found in dataset.schema:
            column = dictionary.column(found.name)
            if found.name not in specification.subject.inputs or column is None or column.codes is not None:
                continue
            broken = found.kind == "number" and not column.is_numeric
            if broken or (found.kind == "integer" and column.type in {"text", "date"}):
                raise SubjectError(
                    f"The column {found.name!r} is {found.type} in the {role} data, an input of the model, and the "
                    f"dictionary calls it {column.type!r}.",
                    code="column_is_number",
                    remedy="Call it 'number' or 'integer' in the dictionary; or 'category', with its codes, if its "
                    "numbers only name things.",
                )


def refuse_texts_for_booleans(
    specification: Specification, dictionary: Dictionary, datasets: Mapping[str, Dataset]
) -> None:
    """Codes in quotes for a column of true and false: no value is such a text, and every row would be in no group."""
    named = [
        (attribute.column, f"the groups of {name!r} in the specification", code)
        for name, attribute in specification.protected.items()
        for _, codes in attribute.codes()
        for code in codes
    ]
    named += [(c.name, "the dictionary", code) for c in dictionary.columns for code in c.codes or ()]
    texts = {column: (where, code) for column, where, code in named if isinstance(code, str)}
    for role, dataset in datasets.items():
        for found in dataset.schema:
            if found.kind == "boolean" and found.name in texts:
                where, code = texts[found.name]
                raise SubjectError(
                    f"The column {found.name!r} holds true and false in the {role} data, and the code {code!r} of it in {where} is a text.",
                    code="column_is_boolean",
                    remedy="Write its codes without quotes: true and false, which are 1 and 0.",
                )
