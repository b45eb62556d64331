"""Categories that differ between data sets: in their spelling, or because the model never saw them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from assay.checks.check import AT_MOST, ZERO, Example, check
from assay.checks.tabled import table_view
from assay.domain.evidence import Counts, Rate, Rates, Undefined
from assay.domain.metric import Names, Parameter, Unit
from assay.domain.needs import TabulatedEverywhere
from assay.domain.vocabulary import Comparator, Reason, Task, Verdict
from assay.tally.cells import NO_ROWS, worst_share
from assay.tally.hashes import text_words
from assay.tally.table import Integers, Rows, TableContext, TableView, apart, together

BUCKETS = 1 << 30
"""Texts of one bucket count as one: of a thousand different ones two share it once in two thousand data sets."""


def columns(context: TableContext) -> tuple[str, ...]:
    """The named column, or all categories and texts but label and identifiers."""
    named = str(context.parameters["column"])
    left_out = {context.label, context.unit, context.score_column}
    wanted = (c.name for c in context.dictionary if c.type in {"category", "text"} and c.name not in left_out)
    return (named,) if named else tuple(wanted)


def by_spelling(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """By column, each row's text without case and spaces, and as it is spelt."""
    found = {}
    for name in columns(context):
        if name in rows.names and rows.column(name).dtype.kind not in "iufb":
            texts, place = np.unique(
                [v if isinstance(v, str) else "" for v in rows.column(name).tolist()], return_inverse=True
            )
            keys = together(
                (_bucket([_folded(t) for t in texts]), BUCKETS), (_bucket(texts.tolist()), BUCKETS)
            )
            keys[texts == ""] = -1
            found[name] = keys[place]
    return found


def _folded(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum() or c in "+<>=%&/.,") or text


def _bucket(texts: list[str]) -> Integers:
    return (text_words(texts) % np.uint64(BUCKETS)).astype(np.int64)


def by_code(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """By column, the code of each row."""
    wanted = [name for name in columns(context) if name in rows.names]
    coded = {name: rows.codes(name) for name in wanted}
    return {name: code for name, (code, _) in coded.items()}


def _spelt(test: list[str]) -> TableView:
    train = ["self-employed", "employed"] * 500
    return table_view(
        by_spelling, {"work": test}, others={"train": {"work": train}}, parameters={"column": ""}
    )


def _coded(unseen: int, n: int = 2000) -> TableView:
    test = ["u"] * unseen + ["a", "b"] * ((n - unseen) // 2)
    train = {"train": {"grade": ["a", "b", "c"] * 300}}
    return table_view(by_code, {"grade": test}, others=train, parameters={"column": ""})


@check(
    id="data.label_spellings",
    title="Spellings that differ",
    estimand="The share of rows whose text is spelt otherwise, in case, spaces or marks alone, than most often in the training data (else the development data, else "
    "any other); in the column that has most.",
    unit=Unit.SHARE,
    reading="{value} of the rows spell a text otherwise than is usual",
    need=TabulatedEverywhere(by_spelling, columns),
    tasks=tuple(Task),
    comparators=AT_MOST,
    census=True,
    parameters={
        "column": Parameter(
            "One column to look at; by default all categories and texts.", default="", names=Names.COLUMN
        )
    },
    examples=(
        Example(
            says="Both files write the same two words.",
            view=lambda: _spelt(["employed", "self-employed"] * 100),
            comparator=Comparator.AT_MOST,
            threshold="0",
            verdict=Verdict.PASS,
        ),
        Example(
            says="The test rows write 'Self Employed' where the training rows write 'self-employed'.",
            view=lambda: _spelt(["employed", "Self Employed"] * 100),
            comparator=Comparator.AT_MOST,
            threshold="0",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="The file has no rows.",
            view=lambda: _spelt([]),
            comparator=Comparator.AT_MOST,
            threshold="0",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def label_spellings(view: TableView, *, column: str) -> Counts:
    """The rows in which a word is written in another way than elsewhere.

    Purpose:
        Finds one category under two names: "Self Employed" in one file and "self-employed" in another are two things to a model.
    Method:
        Texts that are equal without case, spaces and hyphens are one word; of each word the spelling that most rows of the training data have is the usual one (of a word that
        is not there, that of the development data, of any other data set, of this one), and rows of this data set with another one count. Counted in full, no inference. (Rahm & Do 2000, "Data cleaning: problems and current approaches", IEEE Data
        Engineering Bulletin 23.)
    Limits:
        Typing errors, abbreviations and translations are other words here. Which spelling is right nobody knows; the usual one may be the wrong one.
    Remedy:
        Write each category as the dictionary does, in every file, before the model is trained.
    Oracle:
        pandas' str.lower, value_counts and groupby (tests/checks/test_columns_and_codes.py).
    """
    if view.n == 0:
        return NO_ROWS
    parts = []
    for name in sorted(view.tables[view.data]):
        usual = _usual(view, name)
        mine = view.table(name)
        words, _ = apart(mine.keys, BUCKETS, BUCKETS)
        odd = [
            n
            for key, of, n in zip(mine.keys.tolist(), words.tolist(), mine.counts.tolist(), strict=True)
            if usual[of] != key
        ]
        parts.append((name, sum(odd)))
    said = f"The data set {view.data!r} has no {f'text {column!r}' if column else 'texts'}."
    return worst_share(parts, rows=view.n, nothing=said)


def _usual(view: TableView, name: str) -> dict[int, int]:
    """By word the spelling that most rows have: of the data that the model learned from, of others where it is not there."""
    known: dict[int, int] = {}
    for data in sorted(
        view.tables, key=lambda data: (data != "train", data != "develop", data == view.data, data)
    ):
        counts, most = view.table(name, data), dict[int, tuple[int, int]]()
        for key, n in zip(counts.keys.tolist(), counts.counts.tolist(), strict=True):
            most[key // BUCKETS] = max(most.get(key // BUCKETS, (0, 0)), (n, -key))
        known = {word: -negative for word, (_, negative) in most.items()} | known
    return known


@check(
    id="data.category_conformity",
    title="Categories never seen in training",
    estimand="The share of rows with a category that does not occur in the training data (else the development data), in the column that has most.",
    unit=Unit.SHARE,
    reading="{value} of the rows hold a category[ of {part}] that was never seen before",
    need=TabulatedEverywhere(by_code, columns, per_unit=True),
    tasks=tuple(Task),
    comparators=AT_MOST,
    ideal=ZERO,
    parameters={
        "column": Parameter(
            "One column to look at; by default all categories and texts.", default="", names=Names.COLUMN
        )
    },
    examples=(
        Example(
            says="One of 2,000 rows has a grade that no training row has.",
            view=lambda: _coded(1),
            comparator=Comparator.AT_MOST,
            threshold="0.01",
            verdict=Verdict.PASS,
        ),
        Example(
            says="A hundred of 2,000 have one.",
            view=lambda: _coded(100),
            comparator=Comparator.AT_MOST,
            threshold="0.01",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="One of 100 has one, which is too few rows to say.",
            view=lambda: _coded(1, 101),
            comparator=Comparator.AT_MOST,
            threshold="0.01",
            verdict=Verdict.INCONCLUSIVE,
        ),
    ),
)
def category_conformity(view: TableView, *, column: str) -> Counts:
    """The rows whose category the training data do not have.

    Purpose:
        Shows how often the model is asked about something that it has never seen, such as a new product, or a code that only one file uses.
    Method:
        Labelled rows with a category that no labelled row of the training data has (else of the development data), of all that have one, for each column; each is a piece with
        Clopper-Pearson limits (1934, Biometrika 26), valid because the known categories were fixed by other rows.
    Limits:
        Compares labelled rows, one of each unit. A category that occurs once in training counts as seen. Missing values are no category.
    Remedy:
        Train on rows that have it, or say in the use case that the model is not for it.
    Oracle:
        pandas' isin (tests/checks/test_columns_and_codes.py); the limits by scipy (tests/stats).
    """
    if view.n == 0:
        return NO_ROWS
    known_by = next((d for d in ("train", "develop", "test") if d in view.tables and d != view.data), None)
    if known_by is None:
        return Undefined(Reason.NOT_MEASURED, "No other data set is declared.")
    cells = []
    for name in sorted(view.tables[view.data]):
        counts, known = view.table(name), view.table(name, known_by)
        unseen = counts.counts[~np.isin(counts.keys, known.keys)]
        cells.append(Rate(name, int(unseen.sum()), counts.total))
    if not cells:
        lacking = repr(column) if column else "of categories or texts"
        return Undefined(
            Reason.NOT_MEASURED, f"No column {lacking} is in both {view.data!r} and {known_by!r}."
        )
    return Rates(tuple(cells))
