"""Values of a column that were not seen where it was learnt: nothing is known of them, so they are not counted as harmless.

One rule for every check that learns on one data set what a value means and counts on another: where more than 2 % of the rows of a
group or a label have a value that was never seen, nothing is judged.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from assay.domain.evidence import Undefined
from assay.domain.gating import MOST_IN_NO_GROUP
from assay.domain.vocabulary import Reason
from assay.tally.coding import NEAR, number_of_fine
from assay.tally.table import Integers, TableContext

BEYOND = 0.1
"""A number is seen that lies outside of the known ones by no more than this share of their range: of few rows the ends are not known."""
OFTEN, PART = 20, 256
"""A number that so many rows have, and so large a part of them, is one of few: others beside it are no neighbours."""


ALIKE = 8
"""Numbers of so many kinds in one fine bin are not told apart; where it holds more rows than one of :data:`PART` parts, that may hide what they say."""


def learnable(context: TableContext) -> tuple[str, ...]:
    """The named column, or what the model is fed; where that is not known, neither identifiers nor the time: of these all
    values are new."""
    named = str(context.parameters["column"])
    if named or context.inputs:
        return (named,) if named else context.inputs
    names = {column.name for column in context.dictionary if column.type == "identifier"} | {context.time}
    return tuple(name for name in context.fed if name not in names)


def recur(rows: Integers) -> bool:
    """Whether the numbers of a column come again, so that each can be learnt by itself: they may be names of something, in no order.

    rows: int64[m], those of each number where it was learnt.
    """
    return bool(2 * rows[rows > 1].sum() > rows.sum())


ALONE = "each value by itself"
"""How it is told that the numbers of a column were looked at one by one."""


def unseen(values: Integers, known: Integers, rows: Integers, *, numbered: bool) -> NDArray[np.bool_]:
    """bool[k]: which of some values were not seen.

    Numbers are seen where they lie among the known ones or close to them, for they have neighbours there; but not between two that
    are so frequent that the column has few values, such as 0 and 1, nor beyond such a one.

    Args:
        values: int64[k], codes; of numbers their fine bins. known: int64[m], increasing, those where it was learnt. rows: int64[m], their rows.
    """
    if not len(known):
        return np.ones(len(values), dtype=bool)
    after = np.searchsorted(known, values).clip(0, len(known) - 1)
    new: NDArray[np.bool_] = known[after] != values
    if not numbered:
        return new
    often = rows >= max(OFTEN, rows.sum() / PART)
    low, high = number_of_fine(known[[0, -1]]).tolist()
    reach = BEYOND * (high - low)
    of = number_of_fine(values)
    far = (of < low - reach) | (of > high + reach)
    before = np.where(values > known[-1], after, np.maximum(after - 1, 0))
    unseen_ones: NDArray[np.bool_] = new & (far | (often[after] & often[before]))
    return unseen_ones


def too_close(column: str, data: str, codes: Integers, rows: Integers) -> Undefined | None:
    """Why nothing is judged: too many numbers of a column lie so close to others that they are not told apart, and one may be the answer of all.

    Args:
        codes: int64[k], increasing, fine bins. rows: int64[k], their rows.
    """
    _, place, kinds = np.unique(codes // NEAR, return_inverse=True, return_counts=True)
    of_bin = np.bincount(place, weights=rows)
    alike = int(rows[((kinds >= ALIKE) & (of_bin > rows.sum() / PART))[place]].sum())
    if alike <= MOST_IN_NO_GROUP * rows.sum():
        return None
    return Undefined(
        Reason.NOT_MEASURED,
        f"{alike:,} of {rows.sum():,} rows of {data!r} have a number of {column!r} so close to others, for its size, that they are not told apart. Write it "
        "from a nearer zero, as the difference from a round number; or call it a category if its numbers only name things.",
    )


def not_learnt(column: str, learnt_on: str, of: str, new: int, rows: int) -> Undefined | None:
    """Why nothing is judged: too many rows of a group or a label have a value that was not seen where the column was learnt.

    A single row is never too many: of few rows it is a large share, and decides nothing.
    """
    if new <= 1 or new <= MOST_IN_NO_GROUP * rows:
        return None
    return Undefined(
        Reason.NOT_MEASURED,
        f"{new:,} of {rows:,} rows of {of} have a value of {column!r} that no row of {learnt_on!r} has; at most a share of "
        f"{MOST_IN_NO_GROUP} may. Write its values alike in all data sets, or learn on rows that have them.",
    )
