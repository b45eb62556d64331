"""What the judged rows told when they were looked at, before the model is asked about any."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from assay.domain.errors import SubjectError
from assay.domain.repeats import NOT_COUNTED, RepeatedIn
from assay.tally.sketch import SketchTally


@dataclass(frozen=True, slots=True)
class Looked:
    """What stands in the rows that a case judges, whatever the model says of them.

    Attributes:
        repeated: equal rows, and rows that share an identifier, among those that count.
        mislabelled: what is wrong with their labels; None when nothing is.
        chosen: key in the results of the one row of each unit that counts; None where each row does.
        copies: key in the results of which rows equal an earlier one; empty where none does, or nothing draws for rows.
        sketched: the smallest hashes over each column and over other choices of columns; empty where rows need not be known again.
    """

    repeated: RepeatedIn = NOT_COUNTED
    mislabelled: SubjectError | None = None
    chosen: str | None = None
    copies: str = ""
    sketched: Mapping[tuple[str, ...], SketchTally] = field(default_factory=dict)


UNSEEN = Looked()
"""Of rows that nobody looked at; nothing is measured of them."""
