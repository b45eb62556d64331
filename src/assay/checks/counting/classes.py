"""Equivalence classes: the rows that are alike in the quasi-identifiers, so that whoever knows these cannot tell them apart.

A class is a hash of its quasi-identifiers, of which no value can be read back. Beside it a key has room for one more code: the
person a row is of, or the value of a sensitive column.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.checks.counting.cells import NO_ROWS
from assay.checks.counting.plain import is_unknown, spelt_alike, word_of
from assay.domain.evidence import Undefined
from assay.domain.metric import several
from assay.domain.vocabulary import Reason
from assay.tally.coding import BINS
from assay.tally.hashes import finalised, row_hash, text_words
from assay.tally.rows import RowTally
from assay.tally.table import MOST, Integers, Rows, TableContext, TableCounts, TableView, sums

CLASSES = 1 << 40
"""Hashes of a class where another code stands beside it: two of a million classes are one with probability .5, and a given one of
them is with another with probability 1e-6."""
PEOPLE = MOST // CLASSES
"""Hashes of a person within a class."""
VALUES = BINS + 1
"""Codes of a sensitive value,"""
MISSING = BINS
"""of which this one says that it is missing."""

TABLE = "classes"
"""The rows of each class."""
NAMED = "quasi_identifiers"
DESCRIBED = (
    "What an outsider may know of a person: columns with commas between them; by default all that the dictionary calls personal "
    "and no identifier."
)


def quasi_identifiers(context: TableContext) -> tuple[str, ...]:
    """The columns that are named, or all that the dictionary calls personal, besides the label and identifiers."""
    named = several(context.parameters[NAMED])
    left_out = {context.label, context.unit, context.parameters.get("sensitive")}
    return named or tuple(
        column.name
        for column in context.dictionary
        if column.sensitivity == "personal" and column.type != "identifier" and column.name not in left_out
    )


def class_columns(context: TableContext) -> tuple[str, ...]:
    """The quasi-identifiers, and the unit."""
    return (*quasi_identifiers(context), *((context.unit,) if context.unit is not None else ()))


def class_table(rows: Rows, context: TableContext) -> dict[str, Integers]:
    """The class of each row; with the person that it is of, where people have several rows.

    Nothing where the data set lacks a column, or none is named.
    """
    names = quasi_identifiers(context)
    if not names or not rows.names.issuperset(class_columns(context)):
        return {}
    if context.unit is None:
        return {TABLE: _hashed(rows, names, MOST)}
    # One word, mixed with the class: within each class other people fall together.
    return {TABLE: _with_person(_hashed(rows, names, CLASSES), rows.words(context.unit))}


def people_columns(context: TableContext) -> tuple[str, ...]:
    """The quasi-identifiers and the unit; where none is declared all that is documented, by which a row is known again."""
    return class_columns(context) if context.unit is not None else context.documented


def people_table(rows: Rows, context: TableContext) -> dict[str, Integers]:
    """As :func:`class_table`; where no unit is declared the class of each row with all that the row says but its identifiers."""
    names = quasi_identifiers(context)
    if context.unit is not None or not names or not rows.names.issuperset(names):
        return class_table(rows, context)
    identifiers = {column.name for column in context.dictionary if column.type == "identifier"}
    told = sorted((set(context.documented) & rows.names) - identifiers)
    row = row_hash(((name, rows.words(name)) for name in told), rows.n)
    return {TABLE: _with_person(_hashed(rows, names, CLASSES), row)}


BY_ROW, BY_PERSON, OF_CLASS = "values", "people with a value", "people"


def sensitive_columns(context: TableContext) -> tuple[str, ...]:
    """The quasi-identifiers, the sensitive column and the unit."""
    unit = () if context.unit is None else (context.unit,)
    return (*quasi_identifiers(context), str(context.parameters["sensitive"]), *unit)


def values_by_class(rows: Rows, context: TableContext, *, alike: bool = False) -> dict[str, Integers]:
    """The class of each row with the code of its sensitive value; and, where a unit is declared, both and the class alone with the
    person. Nothing where a column is missing.

    alike: texts that are spelt otherwise are one value, and one that says that nothing is known is none.
    """
    names, sensitive = quasi_identifiers(context), str(context.parameters["sensitive"])
    if not names or not rows.names.issuperset(sensitive_columns(context)):
        return {}
    code = _meant(rows, sensitive) if alike else rows.codes(sensitive)[0]
    classes = _hashed(rows, names, MOST // VALUES)
    keys = classes * VALUES + np.where(code < 0, MISSING, code)
    if context.unit is None:
        return {BY_ROW: keys}
    words = rows.words(context.unit)
    return {
        BY_ROW: keys,
        BY_PERSON: _with_person(_mixed(keys), words),
        OF_CLASS: _with_person(classes, words),
    }


def _meant(rows: Rows, name: str) -> Integers:
    """The code of each value of a column, of texts that of their word; -1 where it is missing or says so."""
    column = rows.context.column(name)
    codes = (column.codes or {}) if column is not None else {}
    unknown = {str(code) for code, meaning in codes.items() if is_unknown(meaning)}
    first = _first_of_its_meaning(codes)
    if rows.holds_numbers(name):
        known = [int(code) for code in unknown if code.lstrip("-").isdecimal()]
        return np.where(np.isin(rows.column(name), known), -1, _as_first(rows.codes(name)[0], codes, first))

    def of_texts(values: NDArray[Any]) -> Integers:
        listed: list[Any] = [None if text is None else _WHOLE.sub("", text) for text in values.tolist()]
        texts = {text for text in listed if text is not None and text not in unknown and not is_unknown(text)}
        words = {text: first.get(word, word) for text, word in spelt_alike(texts, codes).items()}
        hashed = dict(zip(words, (text_words(list(words.values())) % np.uint64(BINS)).tolist(), strict=True))
        return np.array([hashed.get(text, -1) for text in listed], dtype=np.int64)

    return rows.each(name, of_texts)


_WHOLE = re.compile(r"(?<=[0-9])\.0{1,2}$")
"""What a whole number has behind it where it was a float before it became a text: 1.0 is the code 1."""


def _first_of_its_meaning(codes: Mapping[int | str, str]) -> dict[str, str]:
    """By documented code, and by what one means, the first one that the dictionary gives this meaning: three codes for one illness are one value."""
    meant: dict[str, str] = {}
    by_code = {str(code): meant.setdefault(word_of(meaning), str(code)) for code, meaning in codes.items()}
    return meant | by_code


def _as_first(found: Integers, codes: Mapping[int | str, str], first: Mapping[str, str]) -> Integers:
    """The places of documented codes, of those of one meaning the first; all else as it is."""
    place = {str(code): i for i, code in enumerate(codes)}
    firsts = np.array([place[first[code]] for code in place], dtype=np.int64)
    documented = (found >= 0) & (found < len(firsts))
    return np.where(documented, firsts[np.where(documented, found, 0)], found) if len(firsts) else found


def _mixed(keys: Integers) -> Integers:
    """A hash of a class with a value that leaves room for a person."""
    return (finalised(keys.astype(np.uint64)) % np.uint64(CLASSES)).astype(np.int64)


def _with_person(classes: Integers, words: NDArray[np.uint64]) -> Integers:
    person = finalised(words ^ finalised(classes.astype(np.uint64)))
    return classes * PEOPLE + (person % np.uint64(PEOPLE)).astype(np.int64)


def _hashed(rows: Rows, names: tuple[str, ...], size: int) -> Integers:
    return (row_hash(((name, rows.words(name)) for name in names), rows.n) % np.uint64(size)).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Classes:
    """The classes of a data set.

    Attributes:
        people: int64[k], how many people are in each, who have at least one row. rows: int64[k], their rows.
    """

    people: Integers
    rows: Integers

    @classmethod
    def of(
        cls, counts: TableCounts, *, persons: bool, among: TableCounts | None = None, told: bool = False
    ) -> Classes:
        """From the keys of :func:`class_table`; ``persons``: whether people have several rows. ``told``: from those of :func:`people_table`.

        ``among``: the keys of more data, these rows included; people are then counted in all of it, and rows in this.
        """
        size = PEOPLE if persons or told else 1
        everybody = counts if among is None else among
        classes, place = np.unique(everybody.keys // size, return_inverse=True)
        people = np.zeros(len(classes), dtype=np.int64)
        np.add.at(people, place, 1 if persons else everybody.counts)
        mine, place = np.unique(counts.keys // size, return_inverse=True)
        rows = np.zeros(len(mine), dtype=np.int64)
        np.add.at(rows, place, counts.counts)
        return cls(people[np.searchsorted(classes, mine)], rows)

    def smaller_than(self, k: int) -> int:
        """The rows of the classes with fewer than ``k`` people."""
        return int(self.rows[self.people < k].sum())


def classes_of(view: TableView) -> Classes | Undefined:
    """The classes of the data set that a criterion names, or why there are none."""
    counts = view.table(TABLE)
    return Classes.of(counts, persons=view.context.unit is not None) if counts.total else none_of(view)


def classes_among_all(view: TableView) -> tuple[Classes, Classes] | Undefined:
    """By the tables of :func:`people_table`, the classes of the data set that a criterion names, and the same with the people of all data sets; or why
    there are none.

    Where no unit is declared and a data set shares more rows with this one than chance gives to two samples, an equal row is of the same person.
    """
    mine, persons = view.table(TABLE), view.context.unit is not None
    if not mine.total:
        return none_of(view)
    others = (view.table(TABLE, data) for data in sorted(view.tables) if data != view.data)
    among = sums({TABLE: counts} for counts in (mine, *(_others(mine, of, persons) for of in others)))[TABLE]
    return (
        Classes.of(mine, persons=persons, told=True),
        Classes.of(mine, persons=persons, among=among, told=True),
    )


def _others(mine: TableCounts, theirs: TableCounts, persons: bool) -> TableCounts:
    """The rows of another data set that are of other people, as far as that can be told."""
    one, two = (
        RowTally(of.keys.astype(np.uint64), np.zeros(len(of.keys), np.uint8), of.counts)
        for of in (mine, theirs)
    )
    if persons or not one.shares_beyond_chance(two):
        return theirs
    kept = ~np.isin(theirs.keys, mine.keys)
    return TableCounts(theirs.keys[kept], theirs.counts[kept])


def none_of(view: TableView, *others: str) -> Undefined:
    """Why there are no classes; ``others``: columns that were asked for besides the quasi-identifiers."""
    names = quasi_identifiers(view.context)
    if not view.n:
        return NO_ROWS
    if not names:
        return Undefined(
            Reason.NOT_MEASURED,
            "No quasi-identifiers: the dictionary calls no column personal, and the criterion names none.",
        )
    listed = ", ".join(map(repr, (*names, *others)))
    return Undefined(
        Reason.COLUMN_MISSING, f"The data set {view.data!r} does not have all of the columns {listed}."
    )


@dataclass(frozen=True, slots=True)
class Sensitive:
    """The known values of a sensitive column in each class.

    Attributes:
        count: how many classes there are. place: int64[k], the class of an entry, ascending; a class has one for each of its values,
            and none where all are missing. values: int64[k], their codes, ascending within a class. rows: int64[k], the people who have the
            value; where no unit is declared, the rows. people: int64[count], those of each class, or its rows.
    """

    count: int
    place: Integers
    values: Integers
    rows: Integers
    people: Integers

    @classmethod
    def of(cls, view: TableView) -> Sensitive:
        """From the tables of :func:`values_by_class`."""
        counts = view.table(BY_ROW)
        classes, place = np.unique(counts.keys // VALUES, return_inverse=True)
        values = counts.keys % VALUES
        known = values != MISSING
        if view.context.unit is None:
            rows = counts.counts
            people = np.bincount(place, weights=rows, minlength=len(classes)).astype(np.int64)
        else:
            rows = _people(view.table(BY_PERSON), _mixed(counts.keys))
            people = _people(view.table(OF_CLASS), classes)
        return cls(len(classes), place[known].astype(np.int64), values[known], rows[known], people)

    @property
    def several(self) -> int:
        """Classes in which somebody has several values."""
        return int((self.sizes > self.people).sum())

    @property
    def sizes(self) -> Integers:
        """int64[count]: the sum of ``rows`` over the known values of each class."""
        return self.summed(self.rows).astype(np.int64)

    def summed(self, entries: NDArray[Any]) -> NDArray[np.float64]:
        """float64[count]: the sum over the entries of each class."""
        return np.bincount(self.place, weights=entries, minlength=self.count).astype(np.float64)


def _people(counts: TableCounts, of: Integers) -> Integers:
    """int64[k]: how many people are counted with each of some classes."""
    found, people = np.unique(counts.keys // PEOPLE, return_counts=True)
    return people[np.searchsorted(found, of)].astype(np.int64)


def counted_as(view: TableView) -> tuple[tuple[str, int], ...]:
    """What a sentence does not say, as details: what an outsider is taken to know, and that rows were taken for people, where no unit says whose they are."""
    taken = (("rows, each taken for a person", view.n),) if view.context.unit is None else ()
    return (*known_by_default(view), *taken)


def known_by_default(view: TableView) -> tuple[tuple[str, int], ...]:
    """What an outsider is taken to know, where that is what the dictionary calls personal and no sentence names it."""
    if several(view.context.parameters[NAMED]):
        return ()
    names = quasi_identifiers(view.context)
    return ((f"columns that an outsider may know: {', '.join(names)}", len(names)),)
