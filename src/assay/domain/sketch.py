"""Which rows a data set holds, without the rows: the smallest of their hashes under a salt, and what two sets share.

A bottom-k sketch (Cohen & Kaplan 2007, PODC): the rows with the smallest hashes are a uniform sample of a set's distinct
rows. What is published of them is a hash under the log's salt, which can be erased; below the smaller of two bounds both
samples are complete, so what they share there estimates the overlap, and is exact while both sets fit.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SIZE = 2048
"""Hashes kept; the overlap of larger sets is then known to about 1.1 percentage points (one standard error)."""
ALL = 1 << 32
"""The bound of a set that is in its sketch as a whole."""
SPENT_FROM = 0.10
"""From this share of the smaller set on, two sets are taken for the same rows."""
MARK = 64
"""Hashes kept of a column of measured values; the share of values that two columns have in common is known to 6 points."""
TELLING = 0.9
"""A column whose rows differ from each other to at least this share tells rows apart by itself."""
ALIKE = 0.5
"""From this share of common values on, two such columns are of the same rows."""


@dataclass(frozen=True, slots=True)
class Sketch:
    """A sample of a set's distinct rows.

    Attributes:
        rows: of the set, repeated ones included. hashes: salted, 64 bits each, different and ascending.
        bound: rows whose unsalted hash lies below ``bound / 2**32`` of its range are in the sample.
    """

    rows: int
    hashes: tuple[int, ...]
    bound: int = ALL

    def __post_init__(self) -> None:
        ascending = all(a < b for a, b in zip(self.hashes, self.hashes[1:], strict=False))
        if len(self.hashes) > SIZE or not ascending or not 0 < self.bound <= ALL:
            raise ValueError(f"a sketch has at most {SIZE} different hashes, ascending, and a bound")

    def text(self) -> str:
        """The hashes as base64 of big-endian 64-bit numbers."""
        return base64.b64encode(b"".join(h.to_bytes(8, "big") for h in self.hashes)).decode()

    @classmethod
    def read(cls, rows: int, text: str, bound: int) -> Sketch:
        """The sketch that a text stands for. Raises ValueError when it is none."""
        raw = base64.b64decode(text, validate=True)
        if len(raw) % 8:
            raise ValueError("a sketch is a whole number of 64-bit hashes")
        hashes = tuple(int.from_bytes(raw[i : i + 8], "big") for i in range(0, len(raw), 8))
        return cls(rows, hashes, bound)

    def overlap(self, other: Sketch) -> float:
        """The share of the smaller set's distinct rows that the other has too."""
        few, many = (self, other) if self.bound <= other.bound else (other, self)
        there = len(many.hashes) * few.bound / many.bound
        smaller = min(len(few.hashes), there)
        return min(len(set(few.hashes) & set(many.hashes)) / smaller, 1.0) if smaller else 0.0


@dataclass(frozen=True, slots=True)
class Over:
    """A sketch, and the names of the columns in which its rows differ."""

    columns: tuple[str, ...]
    sketch: Sketch


@dataclass(frozen=True, slots=True)
class Overlap:
    """What two test sets share: of the smaller one's rows, from 0 to 1, and by what it was told, in words."""

    share: float
    told: str


NOTHING = Overlap(0.0, "")


@dataclass(frozen=True, slots=True)
class UsedRows:
    """What the log keeps of the test rows of one judged run, so that they are known again whatever is done to the file.

    Which columns count as the row is the submitter's choice (the inputs, the dictionary), so one choice is not enough:

    Attributes:
        rows: of the set. file: its digest.
        sketches: first over the columns of the run's own choice; then over each identifier; then over every choice
            that an earlier run of the log made, where the file still has its columns.
        marks: small sketches of single columns of measured values that hardly repeat: they stay the same when a
            column is renamed, left out or added.
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
        """All hashes of all sketches and marks: sets that have none in common share nothing that can be seen."""
        return frozenset(h for one in (*self.sketches, *self.marks) for h in one.sketch.hashes)

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
        found = [
            Overlap(a.sketch.overlap(b.sketch), f"by {_named(a)}")
            for a in self.sketches
            for b in other.sketches
        ]
        marked = [
            Overlap(a.sketch.overlap(b.sketch), f"by the values of {_named(a)}")
            for a in self.marks
            for b in other.marks
        ]
        found += [one for one in marked if one.share >= ALIKE]
        same = {frozenset(a.columns) for a in self.sketches} & {frozenset(b.columns) for b in other.sketches}
        if not same and self.rows == other.rows:
            found.append(
                Overlap(
                    1.0,
                    "there are as many of them, and no columns are left by which they could be told apart",
                )
            )
        return max(found, key=lambda one: one.share, default=NOTHING)


def _plain(one: Over) -> dict[str, Any]:
    return {"columns": list(one.columns), "hashes": one.sketch.text(), "bound": one.sketch.bound}


def _over(rows: int, plain: Mapping[str, Any]) -> Over:
    columns = tuple(str(name) for name in plain["columns"])
    return Over(columns, Sketch.read(rows, plain["hashes"], int(plain["bound"])))


def _named(one: Over) -> str:
    names = ", ".join(one.columns[:3])
    more = len(one.columns) - 3
    return f"{names} and {more} more" if more > 0 else names
