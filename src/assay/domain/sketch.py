"""Which rows a data set holds, without the rows: the smallest of their hashes under a salt, and what sets share.

A bottom-k sketch (Cohen & Kaplan 2007, PODC): the rows with the smallest hashes are a uniform sample of a set's distinct
rows, and it is known how often the set has each. What is published of them is a hash under the log's salt, which can be
erased; below the smaller of two bounds both samples are complete, so what they share there estimates the overlap, and is
exact while both sets fit.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SIZE = 2048
"""Hashes kept; a tenth that two larger sets share is then known to about 0.7 percentage points, half of them to 1.1 (one
standard error; see :meth:`Sketch.reused` for what makes it larger)."""
ALL = 1 << 32
"""The bound of a set that is in its sketch as a whole."""
SPENT_FROM = 0.10
"""From this share of the smaller set on, two sets are taken for the same rows."""
MARK = 64
"""Hashes kept of a group of columns; the share of rows that two groups have in common is known to 6 points."""
TELLING = 0.9
"""A group of columns in which rows differ from each other to at least this share tells rows apart."""
ALIKE = 0.5
"""From this share of common rows on, two such groups are of the same rows."""


@dataclass(frozen=True, slots=True)
class Sketch:
    """A sample of a set's distinct rows.

    Attributes:
        rows: of the set, repeated ones included. hashes: salted, 64 bits each, different and ascending.
        bound: rows whose unsalted hash lies below ``bound / 2**32`` of its range are in the sample.
        times: how often the set has each of the sampled rows; empty when it has each of them once.
    """

    rows: int
    hashes: tuple[int, ...]
    bound: int = ALL
    times: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        ascending = all(a < b for a, b in zip(self.hashes, self.hashes[1:], strict=False))
        if len(self.hashes) > SIZE or not ascending or not 0 < self.bound <= ALL:
            raise ValueError(f"a sketch has at most {SIZE} different hashes, ascending, and a bound")
        if self.times and (len(self.times) != len(self.hashes) or self.times != weights_of(self.times)):
            raise ValueError("a sketch says of each hash how often its row stands there, or of none")

    @property
    def weights(self) -> tuple[int, ...]:
        """How often the set has each of the sampled rows."""
        return self.times or (1,) * len(self.hashes)

    def text(self) -> str:
        """The hashes as base64 of big-endian 64-bit numbers."""
        return _text(self.hashes)

    @classmethod
    def read(cls, rows: int, text: str, bound: int, times: str = "") -> Sketch:
        """The sketch that two texts stand for: of hashes and of how often. Raises ValueError when they are none."""
        return cls(rows, _numbers(text), bound, _numbers(times))

    def overlap(self, other: Sketch) -> float:
        """The share of the smaller set's distinct rows that the other has too."""
        few, many = (self, other) if self.bound <= other.bound else (other, self)
        there = len(many.hashes) * few.bound / many.bound
        smaller = min(len(few.hashes), there)
        return min(len(set(few.hashes) & set(many.hashes)) / smaller, 1.0) if smaller else 0.0

    def reused(self, earlier: Iterable[Sketch]) -> float:
        """The share of this set's rows, repeated ones as often as they stand there, that any earlier set has too.

        A row of this sample is found in an earlier set when its hash lies below that set's bound as well, so each found
        row stands for as many as its chance of being found says (Horvitz & Thompson 1952), over what the sample says of
        all rows.

        Exact when this set and the earlier ones fit in their sketches. Else, of a true share ``s``, the standard error is
        about ``sqrt(s * (1 - s) * (1 + c*c) / n)``: ``n`` rows of the sample lie below the smallest bound of the earlier sets
        that have rows of it, and ``c`` is the standard deviation over the mean of how often these stand there. A row that is so often there that it
        makes up much of the set by itself is thus missed with the chance that it is not in the sample.
        """
        weights = dict(zip(self.hashes, self.weights, strict=True))
        bounds: dict[int, int] = {}
        for other in earlier:
            bound = min(self.bound, other.bound)
            for shared in weights.keys() & set(other.hashes):
                bounds[shared] = max(bounds.get(shared, 0), bound)
        found = sum(weights[row] * self.bound / bound for row, bound in bounds.items())
        return min(found / sum(weights.values()), 1.0) if found else 0.0


def weights_of(times: Sequence[int]) -> tuple[int, ...]:
    """How often each row stands there as a sketch keeps it: nothing when each does once. Raises ValueError below 1."""
    if any(often < 1 for often in times):
        raise ValueError("a row of a set stands in it at least once")
    return tuple(times) if any(often > 1 for often in times) else ()


def _text(numbers: Iterable[int]) -> str:
    return base64.b64encode(b"".join(number.to_bytes(8, "big") for number in numbers)).decode()


def _numbers(text: str) -> tuple[int, ...]:
    raw = base64.b64decode(text, validate=True)
    if len(raw) % 8:
        raise ValueError("a sketch is a whole number of 64-bit numbers")
    return tuple(int.from_bytes(raw[i : i + 8], "big") for i in range(0, len(raw), 8))


@dataclass(frozen=True, slots=True)
class Over:
    """A sketch, and the names of the columns in which its rows differ."""

    columns: tuple[str, ...]
    sketch: Sketch


@dataclass(frozen=True, slots=True)
class Overlap:
    """What a test set shares with earlier ones, from 0 to 1, and by what it was told, in words.

    Of two sets it is the larger of two shares: of the smaller one's distinct rows, and of the rows of the later one with
    each repeat. Of a set and several it is the latter.
    """

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
            Overlap(max(a.sketch.overlap(b.sketch), a.sketch.reused((b.sketch,))), f"by {_named(a)}")
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
        marked_both = self.marks and other.marks
        if not same and (
            self.rows == other.rows or (not marked_both and _about_as_many(self.rows, other.rows))
        ):
            found.append(
                Overlap(
                    1.0,
                    "there are about as many of them, and no columns are left by which they could be told apart",
                )
            )
        return max(found, key=lambda one: one.share, default=NOTHING)

    def together(self, earlier: Sequence[UsedRows]) -> Overlap:
        """What this set has of all the earlier ones together, of which each may have but a little of it.

        Marks are left out: values that chance repeats are the more, the more sets there are to have them.
        """
        others = [one.sketch for used in earlier for one in used.sketches]
        found = (Overlap(one.sketch.reused(others), f"by {_named(one)}") for one in self.sketches)
        return max(found, key=lambda one: one.share, default=NOTHING)


def _about_as_many(rows: int, others: int) -> bool:
    return abs(rows - others) < SPENT_FROM * max(rows, others)


def _plain(one: Over) -> dict[str, Any]:
    plain = {"columns": list(one.columns), "hashes": one.sketch.text(), "bound": one.sketch.bound}
    return plain | ({"times": _text(one.sketch.times)} if one.sketch.times else {})


def _over(rows: int, plain: Mapping[str, Any]) -> Over:
    columns = tuple(str(name) for name in plain["columns"])
    return Over(columns, Sketch.read(rows, plain["hashes"], int(plain["bound"]), str(plain.get("times", ""))))


def _named(one: Over) -> str:
    names = ", ".join(one.columns[:3])
    more = len(one.columns) - 3
    return f"{names} and {more} more" if more > 0 else names
