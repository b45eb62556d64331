"""Which columns a check reads: those that a criterion names, or all of a kind; and which strata it looks at."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.domain.errors import SubjectError
from assay.domain.metric import Names, Parameter
from assay.tally.perturbation import Columns
from assay.tally.profiles import SUCH
from assay.tally.table import Rows, TableContext

COLUMN = Parameter(
    "One column to look at; by default all that the model is fed.", default="", names=Names.COLUMN
)
TEXT_COLUMN = Parameter(
    "One column to look at; by default all categories, texts and columns with codes, and texts in others.",
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
    """The named column, or all but label and identifiers, of which :func:`looked_at` says what is a text."""
    named = str(context.parameters["column"])
    return (named,) if named else tuple(c.name for c in context.described if c.type != "identifier")


def looked_at(rows: Rows) -> dict[str, NDArray[np.bool_]]:
    """By column of :func:`named_or_texts`, which rows have a category or a text there: of categories, texts and columns with codes all, and else the texts that
    are none of the values of the column's type, for "employed" is a text where the dictionary calls it a day."""
    named, found = str(rows.context.parameters["column"]), {}
    for name in (name for name in named_or_texts(rows.context) if name in rows.names):
        column = rows.context.column(name)
        such = None if named or column is None or column.codes is not None else SUCH.get(column.type)
        if such is None:
            found[name] = np.ones(rows.n, dtype=bool)
        elif not rows.holds_numbers(name) and (here := rows.each(name, partial(_none_of, such))).any():
            found[name] = here
    return found


def _none_of(such: Callable[[str], bool], texts: NDArray[Any]) -> NDArray[np.bool_]:
    return np.array([bool(text) and not such(text) for text in texts.tolist()], dtype=bool)


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
