"""Which columns a check reads: those that a criterion names, or all of a kind; and which strata it looks at."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from assay.domain.errors import SubjectError
from assay.domain.metric import Names, Parameter
from assay.tally.perturbation import Columns
from assay.tally.table import TableContext

COLUMN = Parameter(
    "One column to look at; by default all that the model is fed.", default="", names=Names.COLUMN
)
TEXT_COLUMN = Parameter(
    "One column to look at; by default all categories, texts and columns with codes.",
    default="",
    names=Names.COLUMN,
)


def no_columns(_: TableContext) -> tuple[str, ...]:
    """No column but the label and those of the groups."""
    return ()


def fed(context: TableContext) -> tuple[str, ...]:
    """What the model is fed."""
    return context.fed


def fed_of_people(context: TableContext) -> tuple[str, ...]:
    """What the model is fed, without what names a row; where that is not known, without what says when: another one for the same person is no
    other person."""
    names = {column.name for column in context.dictionary if column.type == "identifier"}
    names |= set() if context.inputs or context.time is None else {context.time}
    return tuple(name for name in context.fed if name not in names)


def named_or_fed(context: TableContext) -> tuple[str, ...]:
    """The named column, or what the model is fed."""
    named = str(context.parameters["column"])
    return (named,) if named else context.fed


def named_or_texts(context: TableContext) -> tuple[str, ...]:
    """The named column, or all categories, texts and other columns with codes but label and identifiers."""
    named = str(context.parameters["column"])
    if named:
        return (named,)
    return tuple(c.name for c in context.described if c.type in {"category", "text"} or c.codes is not None)


def sources(context: TableContext) -> tuple[str, ...]:
    """The stratum that is named as the source, or all that are declared."""
    named = str(context.parameters["source"])
    return (named,) if named else tuple(context.strata)


def reference_values(name: str, inputs: Columns, context: TableContext) -> NDArray[Any]:
    """[m]: what the drawn rows of the reference data have in an input, where it is exchanged.

    Raises:
        SubjectError: the model is not fed the column, or no such row has it.
    """
    known = context.known.columns.get(name) if context.known is not None else None
    if name not in inputs or known is None or not len(known):
        raise SubjectError(
            f"The model is not fed {name!r}, or no row of the reference data has it.",
            code="nothing_to_change",
            remedy="Name inputs of the model.",
        )
    return known
