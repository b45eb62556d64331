"""Rows written out by hand, and the tables that a check's own function makes of them, for its examples and tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.domain.answers import BINARY, Answers
from assay.domain.dictionary import Column
from assay.domain.specification import Attribute, CausalGraph
from assay.tally.groups import Layout
from assay.tally.hashes import Hashes, number_words, text_words
from assay.tally.known import KnownRows
from assay.tally.once import SharedBatch
from assay.tally.perturbation import ChangeContext
from assay.tally.table import Change, Rows, TableContext, TableCounts, TableTally, TableView, Tabulate, sums
from assay.tally.texts import ArrayColumns

Values = Sequence[Any] | NDArray[Any]
Arrays = Mapping[str, NDArray[Any]]
Model = Callable[[Arrays], NDArray[np.float64]]
Groups = Mapping[str, tuple[Sequence[str], Values]]


def table_view(
    tabulate: Tabulate,
    columns: Mapping[str, Values],
    *,
    data: str = "test",
    label: Values | None = None,
    score: Values | None = None,
    groups: Groups | None = None,
    across: tuple[str, ...] = (),
    others: Mapping[str, Mapping[str, Values]] | None = None,
    labels_of_others: Mapping[str, Values] | None = None,
    scores_of_others: Mapping[str, Values] | None = None,
    groups_of_others: Mapping[str, Mapping[str, Values]] | None = None,
    parameters: Mapping[str, Decimal | int | str] | None = None,
    dictionary: tuple[Column, ...] | None = None,
    inputs: tuple[str, ...] | None = None,
    decide_at: float = 0.5,
    favourable: int = 1,
    unit: str | None = None,
    time: str | None = None,
    strata: Mapping[str, Attribute] | None = None,
    answers: Answers = BINARY,
    model: Model | None = None,
    known: Mapping[str, Values] | None = None,
    seed: int = 0,
    graph: CausalGraph | None = None,
) -> TableView:
    """What a check with these tables is handed of some rows.

    Args:
        tabulate: the check's function. columns: the values by column, None or NaN where one is missing.
        label: 0 or 1 of each row, -1 for none; all -1 when not given. score: of each row, when the model is asked.
        groups: by attribute, the names of its groups and the group of each row by its place, or -1 for none.
        across: the attributes whose groups are compared.
        others: the columns of other data sets, for checks that read all; with ``labels_of_others``, ``scores_of_others``, and by attribute the place of each
            row's group in ``groups_of_others``; all in none when not given.
        strata: the parts of the cases within which groups are compared, by name. answers: what is predicted; the numbers of a
            regression stand in the column ``label``. model: gives the scores of columns, also of changed ones; ``seed``: of
            what is drawn for changes. known: the columns of some rows of the reference data. graph: who acts on whom.
        parameters: the criterion's, all of them. dictionary: by default each column is a number or a category as its values are.
    """
    attributes = tuple((name, tuple(labels)) for name, (labels, _) in (groups or {}).items())
    documented = dictionary if dictionary is not None else _described(columns)
    fed = tuple(columns) if inputs is None else inputs
    context = TableContext(
        parameters=parameters or {},
        layout=Layout(attributes),
        across=across,
        dictionary=documented,
        inputs=fed,
        label="label",
        decide_at=decide_at,
        favourable=favourable,
        unit=unit,
        time=time,
        strata=strata or {},
        answers=answers,
        graph=graph,
        used=frozenset(name for name in (*fed, "label", unit, time) if name is not None),
        known=None if known is None else _known(known),
    )
    asked = None if model is None else partial(_after, model, context, seed)
    codes = _places({name: of for name, (_, of) in (groups or {}).items()})
    tables = {data: _tallied(tabulate, context, columns, label, score, codes, asked)}
    rows = {data: _length(columns, label)}
    for name, found in (others or {}).items():
        theirs = (labels_of_others or {}).get(name)
        placed = _places((groups_of_others or {}).get(name, {}))
        scores = (scores_of_others or {}).get(name)
        tables[name] = _tallied(tabulate, context, found, theirs, scores, placed)
        rows[name] = _length(found, theirs)
    return TableView(data, tables, context, rows, groups=context.groups)


def strata_view(
    tabulate: Tabulate,
    decided: Mapping[str, Mapping[str, tuple[int, int]]],
    *,
    parameters: Mapping[str, Decimal | int | str] | None = None,
) -> TableView:
    """The same of counts: by stratum of a column ``department`` and group, how many are decided favourably, of how many."""
    strata, groups = tuple(decided), tuple(dict.fromkeys(g for cells in decided.values() for g in cells))
    cells = [(s, g, good, of) for s, found in enumerate(decided.values()) for g, (good, of) in found.items()]
    rows = [of for _, _, _, of in cells]
    good = np.concatenate([np.arange(of) < events for _, _, events, of in cells])
    return table_view(
        tabulate,
        {"department": np.repeat([s for s, _, _, _ in cells], rows)},
        score=good.astype(np.float64),
        groups={"sex": (groups, np.repeat([groups.index(g) for _, g, _, _ in cells], rows))},
        across=("sex",),
        parameters={"within": "department", "pool_below": 0, **(parameters or {})},
        strata={
            "department": Attribute(column="department", groups={name: (i,) for i, name in enumerate(strata)})
        },
    )


def _places(groups: Mapping[str, Values]) -> dict[str, NDArray[np.int64]]:
    return {name: np.asarray(of, dtype=np.int64) for name, of in groups.items()}


def _tallied(
    tabulate: Tabulate,
    context: TableContext,
    columns: Mapping[str, Values],
    label: Values | None,
    score: Values | None,
    codes: Mapping[str, NDArray[np.int64]],
    asked: Callable[[Arrays, str, Change | None], NDArray[np.float64]] | None = None,
) -> TableTally:
    n = _length(columns, label)
    arrays = {name: _array(values) for name, values in columns.items()}
    sizes = dict(zip((name for name, _ in context.layout.attributes), context.layout.shape, strict=True))
    in_none = {name: np.full(n, size - 1, dtype=np.int64) for name, size in sizes.items()}
    scores = score if asked is None else asked(arrays, "", None)
    placed = {name: np.where(of < 0, sizes[name] - 1, of) for name, of in codes.items()}
    rows = Rows(
        n,
        np.full(n, -1, dtype=np.int64) if label is None else np.asarray(label, dtype=np.int64),
        context,
        None if scores is None else np.asarray(scores, dtype=np.float64),
        SharedBatch(
            ArrayColumns(arrays), lambda name: _words(arrays[name]), context.layout.cell(in_none | placed, n)
        ),
        slice(None),
        None if asked is None else partial(asked, arrays),
    )
    return sums([{name: TableCounts.of(keys) for name, keys in tabulate(rows, context).items()}])


def _after(
    model: Model, context: TableContext, seed: int, columns: Arrays, _: str, change: Change | None
) -> NDArray[np.float64]:
    """The scores of columns, changed ones where a change is given; each row is told from the others by its place."""
    if change is None:
        return model(columns)
    told = ChangeContext(
        rows=np.arange(_length(columns, None), dtype=np.uint64),
        seed=seed,
        spreads={n: float(np.nanstd(v)) for n, v in columns.items() if v.dtype.kind in "iuf" and len(v)},
        parameters=context.parameters,
        kinds={column.name: column.type for column in context.dictionary},
    )
    return model({**columns, **change({n: columns[n].copy() for n in context.inputs}, told)})


def _known(columns: Mapping[str, Values]) -> KnownRows:
    arrays = {name: _array(values) for name, values in columns.items()}
    return KnownRows.drawn("", np.arange(_length(columns, None)), arrays)


def _length(columns: Mapping[str, Values], label: Values | None) -> int:
    return next((len(values) for values in columns.values()), len(label) if label is not None else 0)


def _array(values: Values) -> NDArray[Any]:
    listed = list(values)
    if all(v is None or isinstance(v, int | float | np.number) for v in listed):
        numbers = [np.nan if v is None else v for v in listed]
        whole = all(isinstance(v, int | np.integer) for v in listed)
        return np.array(numbers, dtype=np.int64 if whole and listed else np.float64)
    return np.array(listed, dtype=object)


def _words(values: NDArray[Any]) -> Hashes:
    if values.dtype.kind in "iuf":
        return number_words(values)
    return text_words(["" if value is None else str(value) for value in values.tolist()])


def _described(columns: Mapping[str, Values]) -> tuple[Column, ...]:
    return tuple(
        Column(
            name=name,
            type="number" if _array(values).dtype.kind in "iuf" else "text",
            description=name,
            missing="allowed",
        )
        for name, values in columns.items()
    )
