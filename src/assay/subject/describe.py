"""Facts about columns for a dictionary scaffold and for planning; counted in a child, never in this process."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from assay.sandbox.launch import run_in_child
from assay.subject.datasets import files_of
from assay.subject.model import MODEL
from assay.subject.reader import DATA_READER


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """One column of a data set.

    Attributes:
        type: the Arrow type. rows: of the data set. missing: of them, how many have no value (or NaN).
        codes: the distinct values of whole numbers, texts or booleans when there are at most 30, sorted.
        minimum, maximum: of numbers; of dates and times as text.
        unique: whether no value occurs twice among the first 100,000 of a column of texts or whole numbers.
        numbered: whether all its texts are numbers of something, such as P-000123.
        dates: whether all its texts are dates such as 2024-12-31.
    """

    name: str
    type: str
    rows: int
    missing: int
    codes: tuple[int | str | bool, ...] | None
    minimum: int | float | str | None
    maximum: int | float | str | None
    unique: bool = False
    dates: bool = False
    numbered: bool = False


def describe_in_child(
    path: str | Path,
) -> tuple[ColumnFacts, ...]:
    """Read a data set once in a child and describe its columns, in order; errors as ``inspect_in_child``."""
    paths = [str(p) for p in files_of(Path(path).absolute())]
    answer = run_in_child(
        "assay.subject.files.describe:describe",
        {"paths": paths},
        role=DATA_READER,
        readable=paths,
    )
    return tuple(
        ColumnFacts(**{**said, "codes": None if said["codes"] is None else tuple(said["codes"])})
        for said in answer
    )


def feature_names_in_child(
    path: str | Path,
    format: str,  # noqa: A002 - the specification's word
) -> tuple[str, ...]:
    """The columns that a model file says it was fitted on, in order; empty when it does not say. Read in a child."""
    named = run_in_child(
        "assay.subject.models.names:read",
        {"path": str(Path(path).absolute()), "format": format},
        role=MODEL,
        timeout=60.0,
        readable=[str(Path(path).absolute())],
    )
    return tuple(named)
