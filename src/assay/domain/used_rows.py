"""What the log keeps of the test rows of a judged run, and what one such set shares with others."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assay.domain.coincidence import BEYOND, Coincidence, coincidence
from assay.domain.sketch import Sketch, text_of

SPENT_FROM = 0.10
"""From this share of the smaller set on, two sets are taken for the same rows."""
MARK = 64
"""Hashes kept of a group of columns; the share of rows that two groups have in common is known to 6 points."""
TELLING = 0.9
"""A group of columns in which rows differ from each other to at least this share tells rows apart."""
ALIKE = 0.5
"""From this share of common rows on, two such groups are of the same rows."""
NEW = 0.25
"""So many new telling columns for each one that the earlier run had too are those of another data set."""


@dataclass(frozen=True, slots=True)
class Over:
    """A sketch, and the names of the columns in which its rows differ.

    Attributes:
        sketch: of the values of each row, whatever their columns are called. named: of the values under the names of their columns, where
            rows repeat in several columns; to be compared only with one of the same names.
    """

    columns: tuple[str, ...]
    sketch: Sketch
    named: Sketch | None = None


@dataclass(frozen=True, slots=True)
class Overlap:
    """What a test set shares with earlier ones, from 0 to 1, and by what it was told, in words.

    Of two sets it is the larger of two shares: of the smaller one's distinct rows, and of the rows of the later one with
    each repeat. Of a set and several it is the latter. Where rows of both repeat, ``chance`` holds that against what chance
    gives: then the share is what is beyond chance, and all of it where that cannot be told. ``untold``: the sets have no columns by
    which anything could be told, which counts as everything.
    """

    share: float
    told: str
    chance: Coincidence | None = None
    untold: bool = False

    @property
    def there(self) -> bool:
        """Whether the sets have anything in common, by chance or not."""
        return self.share > 0 or self.chance is not None

    @property
    def unclear(self) -> bool:
        """Whether fresh rows cannot be told from used ones."""
        return self.chance is not None and not self.chance.clear

    @property
    def by_chance(self) -> bool:
        """Whether chance explains what is there: no used row may be told of."""
        return self.chance is not None and self.chance.clear and self.share <= BEYOND * self.chance.error

    @property
    def beyond(self) -> float:
        """The share that chance does not explain: all of it where nothing repeats, or where fresh rows cannot be told from used ones."""
        return self.share if self.chance is None or self.unclear else self.chance.beyond


NOTHING = Overlap(0.0, "")


@dataclass(frozen=True, slots=True)
class UsedRows:
    """What the log keeps of the test rows of one judged run, so that they are known again whatever is done to the file.

    Which columns count as the row is the submitter's choice (the inputs, the dictionary), so one choice is not enough:

    Attributes:
        rows: of the set. file: its digest.
        sketches: first over the columns of the run's own choice; then over each identifier; then over every choice
            that an earlier run of the log made, where the file still has its columns.
        marks: small sketches of groups of columns that together tell rows apart (:mod:`assay.app.judging.used_rows` says which):
            most stay the same when columns are renamed, left out or added.
    """

    rows: int
    file: str
    sketches: tuple[Over, ...]
    marks: tuple[Over, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the run's own choice."""
        return self.sketches[0].columns

    @property
    def hashes(self) -> frozenset[int]:
        """All hashes of all sketches and marks that do not depend on names: sets that have none in common share nothing that can be seen."""
        return frozenset().union(*(one.sketch.hashes for one in (*self.sketches, *self.marks)))

    def body(self) -> dict[str, Any]:
        """What a log entry says of it."""
        return {
            "rows": self.rows,
            "file": self.file,
            "sketches": [_plain(one) for one in self.sketches],
            "marks": [_plain(one) for one in self.marks],
        }

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> UsedRows:
        """What an entry says. Raises KeyError, TypeError or ValueError when it is none."""
        rows = int(body["rows"])
        sketches, marks = (tuple(_over(rows, one) for one in body[name]) for name in ("sketches", "marks"))
        if not sketches:
            raise ValueError("the rows are in one sketch at least")
        return cls(rows, str(body["file"]), sketches, marks)

    def overlap(self, other: UsedRows) -> Overlap:
        """What both share, by whatever tells most; as good as everything where they cannot be told apart.

        Sketches are compared whatever their columns are called, since renaming makes no row new.
        """
        if self.file == other.file:
            return Overlap(1.0, "it is the same file")
        found = [_beyond_chance(a, b) for a in self.sketches for b in other.sketches]
        marked = [
            Overlap(a.sketch.overlap(b.sketch), f"by the values of {_named(a)}")
            for a in self.marks
            for b in other.marks
        ]
        found += [one for one in marked if one.share >= ALIKE]
        same = {frozenset(a.columns) for a in self.sketches} & {frozenset(b.columns) for b in other.sketches}
        as_many = self.rows == other.rows and not same
        about = self.about_as_many(other) and not self._could_be_told(other)
        if (as_many or about) and not self._other_data(other, as_many=as_many):
            found.append(
                Overlap(
                    1.0,
                    "there are about as many of them, and no columns are left by which they could be told apart",
                    untold=True,
                )
            )
        return max(found, key=lambda one: (one.share, one.there), default=NOTHING)

    def about_as_many(self, other: UsedRows) -> bool:
        """Whether the numbers of rows differ by less than makes a set another one."""
        return abs(self.rows - other.rows) < SPENT_FROM * max(self.rows, other.rows)

    def _could_be_told(self, other: UsedRows) -> bool:
        """Whether used rows would have been known, had they been used: both have a group of the same columns.

        Numbers of an identifier are easily given anew, scores are another model's, and a column that the later run does not judge by can be
        filled with anything: a mark must be of the later run's own choice.
        """
        identifiers = self._identifiers(other)
        decisive = set(self.columns) - identifiers
        marked = {mark for mark in _groups(self.marks) & _groups(other.marks) if mark <= decisive}
        chosen = {
            o for o in _groups(self.sketches) & _groups(other.sketches) if len(o) != 1 or not o <= identifiers
        }
        return bool(marked or chosen)

    def _other_data(self, other: UsedRows, *, as_many: bool) -> bool:
        """Whether what the later run judges by is not what is left of the earlier one's columns when the telling ones are taken away.

        Of its own columns, label and identifiers aside, enough must be new and tell rows apart: as many as the earlier run has too, or
        else two, and a :data:`NEW` for each of those. With not one of either the sets are other data unless both have exactly as many rows.
        (Whoever gives all columns other names, or makes up as many as that, is not known.)
        """
        if not (self.marks and other.marks):
            return False
        judged = set(self.columns[:-1]) - self._identifiers(other)
        old = judged & {name for one in (*other.sketches, *other.marks) for name in one.columns}
        new = (judged - old) & {name for one in self.marks for name in one.columns}
        enough = min(len(old), max(2, NEW * len(old)))
        return len(new) >= (max(enough, 1) if as_many else enough)

    def _identifiers(self, other: UsedRows) -> set[str]:
        return {one.columns[0] for one in (*self.sketches[1:], *other.sketches[1:]) if len(one.columns) == 1}

    def together(self, earlier: Sequence[UsedRows]) -> Overlap:
        """What this set has of all the earlier ones together, of which each may have but a little of it.

        Marks are left out: values that chance repeats are the more, the more sets there are to have them. Where rows repeat in both
        sets, of each set only what is beyond chance is added up, as far as that is no error of the estimate.
        """
        found = (_together(one, earlier) for one in self.sketches)
        return max(found, key=lambda one: one.share, default=NOTHING)


def _beyond_chance(later: Over, earlier: Over) -> Overlap:
    """What two sketches share; where their rows repeat in both, what of it is beyond chance.

    One column is an identifier: who has the same one is the same, and not alike by chance. Where that cannot be told by values whose
    column is unknown, it is told by those under names, if both have the same, and if the former are as chance has them and would not be,
    had all rows of the smaller set been used: columns that changed places do not hide a set that is a part of the other. They can
    hide a part of it, so how many may be used ones is told by the values alone.
    """
    a, b = later.sketch, earlier.sketch
    share, told = max(a.overlap(b), a.reused((b,))), f"by {_named(later)}"
    one_column = len(later.columns) == 1 or len(earlier.columns) == 1
    if share == 0.0 or one_column or not (a.times and b.times):
        return Overlap(share, told)
    chance = coincidence(a, b)
    perhaps = chance.perhaps_used
    same_names = set(later.columns) == set(earlier.columns)
    if same_names and not chance.clear and chance.like_chance and later.named and earlier.named:
        a, b = later.named, earlier.named
        share = max(a.overlap(b), a.reused((b,)))
        if share == 0.0 or not (a.times and b.times):
            return Overlap(share, told)
        chance = coincidence(a, b)
    used = min(max(chance.used, 0.0), share) if chance.clear else share
    left = f", and up to {math.ceil(100 * perhaps)}% may be used ones" if chance.clear else ""
    return Overlap(used, f"{told}; {chance.sentence}{left}", chance)


def _together(one: Over, earlier: Sequence[UsedRows]) -> Overlap:
    every = [other for used in earlier for other in used.sketches]
    share, told = one.sketch.reused([other.sketch for other in every]), f"by {_named(one)}"
    if share < SPENT_FROM:
        return Overlap(share, told)
    each = [[_beyond_chance(one, other) for other in used.sketches] for used in earlier]
    if all(overlap.chance is None for of_one in each for overlap in of_one):
        return Overlap(share, told)
    beyond = sum(max(overlap.beyond for overlap in of_one) for of_one in each)
    return Overlap(min(beyond, share), f"{told}, beyond chance")


def _groups(of: Sequence[Over]) -> set[frozenset[str]]:
    return {frozenset(one.columns) for one in of}


def _plain(one: Over) -> dict[str, Any]:
    named = {"named": _sketch_plain(one.named)} if one.named is not None else {}
    return {"columns": list(one.columns)} | _sketch_plain(one.sketch) | named


def _sketch_plain(one: Sketch) -> dict[str, Any]:
    return {"hashes": one.text(), "bound": one.bound} | ({"times": text_of(one.times)} if one.times else {})


def _over(rows: int, plain: Mapping[str, Any]) -> Over:
    columns = tuple(str(name) for name in plain["columns"])
    named = _sketch(rows, plain["named"]) if "named" in plain else None
    return Over(columns, _sketch(rows, plain), named)


def _sketch(rows: int, plain: Mapping[str, Any]) -> Sketch:
    return Sketch.read(rows, plain["hashes"], int(plain["bound"]), str(plain.get("times", "")))


def _named(one: Over) -> str:
    names = ", ".join(one.columns[:3])
    more = len(one.columns) - 3
    return f"{names} and {more} more" if more > 0 else names
