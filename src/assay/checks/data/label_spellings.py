"""Codes that the same meaning has in one file and not in another: spelt otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.checks.check import AT_MOST, Example, check
from assay.checks.counting.cells import NO_ROWS, worst_share
from assay.checks.counting.columns import TEXT_COLUMN, looked_at, named_or_texts
from assay.checks.counting.plain import word_of
from assay.checks.tabled import table_view
from assay.domain.evidence import Counts
from assay.domain.metric import Unit
from assay.domain.needs import TabulatedEverywhere
from assay.domain.vocabulary import Comparator, Task, Verdict
from assay.tally.hashes import text_words
from assay.tally.table import Integers, Rows, TableContext, TableView, apart, together

BUCKETS = 1 << 30
"""Texts of one bucket count as one: of a thousand different ones two share it once in two thousand data sets."""


def by_spelling(rows: Rows, _: TableContext) -> Mapping[str, Integers]:
    """By column, each row's text without case and spaces, and as it is spelt."""
    texts = {name: here for name, here in looked_at(rows).items() if not rows.holds_numbers(name)}
    return {name: np.where(here, rows.each(name, _words_and_spellings), -1) for name, here in texts.items()}


def _words_and_spellings(values: NDArray[Any]) -> Integers:
    texts = [text or "" for text in values.tolist()]
    keys = together((_bucket([word_of(text) for text in texts]), BUCKETS), (_bucket(texts), BUCKETS))
    keys[[not text for text in texts]] = -1
    return keys


def _bucket(texts: list[str]) -> Integers:
    return (text_words(texts) % np.uint64(BUCKETS)).astype(np.int64)


def _spelt(test: list[str]) -> TableView:
    train = ["self-employed", "employed"] * 500
    return table_view(
        by_spelling, {"work": test}, others={"train": {"work": train}}, parameters={"column": ""}
    )


@check(
    id="data.label_spellings",
    title="Spellings that differ",
    estimand="The share of rows whose text is spelt otherwise, in case, spaces or marks alone, than most often in the training data (else the development data, else "
    "any other); in the column that has most.",
    unit=Unit.SHARE,
    reading="{value} of the rows spell a text otherwise than is usual",
    need=TabulatedEverywhere(by_spelling, named_or_texts, against_all=True),
    tasks=tuple(Task),
    comparators=AT_MOST,
    census=True,
    parameters={"column": TEXT_COLUMN},
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
        Texts that are equal in their compatible form (NFKC, Unicode UAX 15) without case, spaces, hyphens and characters that nobody sees are one word; of each word the spelling that most rows of the training data have is the usual one (of a word that
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
