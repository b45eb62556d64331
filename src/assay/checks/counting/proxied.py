"""Favourable decisions by the probability of being a member of a group: the table that such checks share, and the cells made of it.

Probabilities are kept in thousandths; what rounding may hide is added to the stated error of the proxy model.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import numpy as np

from assay.checks.counting.cells import NO_ROWS
from assay.domain import gating
from assay.domain.evidence import Compare, Counts, Proxied, ProxiedCell, Undefined
from assay.domain.metric import Names, Parameter
from assay.domain.vocabulary import Reason
from assay.tally.table import Integers, Rows, TableContext, TableView, together

TABLE = "probable"
STEPS = 1000
ROUNDED = 0.5 / STEPS
MOST_BINS = 100
PARAMETERS: Mapping[str, Parameter] = {
    "probability": Parameter(
        "The column with the probability of membership, from a proxy model that the dictionary describes.",
        names=Names.COLUMN,
        anothers=True,
    ),
    "member": Parameter("Who the members are, in words."),
    "calibration_error": Parameter(
        "How far the share of members among rows of a bin may be from their mean probability, as was found where membership is known.",
        low=Decimal(0),
        high=Decimal("0.5"),
    ),
    "bins": Parameter(
        "Bins of equal width into which the probabilities are cut.",
        default=10,
        low=Decimal(1),
        high=Decimal(MOST_BINS),
        integer=True,
    ),
}


def probable(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """The probability of each row in thousandths, one code more for none, and whether the decision is favourable."""
    known = rows.numbers(str(context.parameters["probability"]))
    inside = (known >= 0) & (known <= 1)
    code = np.where(inside, np.rint(np.where(inside, known, 0.0) * STEPS), STEPS + 1).astype(np.int64)
    return {TABLE: together((code, STEPS + 2), ((rows.decided == context.favourable).astype("int64"), 2))}


def columns(context: TableContext) -> tuple[str, ...]:
    """The column of the probabilities."""
    return (str(context.parameters["probability"]),)


def proxied(
    view: TableView,
    compare: Compare,
    *,
    probability: str,
    member: str,
    calibration_error: Decimal,
    bins: int,
) -> Counts:
    """Decisions by probability, or why members cannot be compared with others."""
    table = view.table(TABLE)
    if not table.total:
        return NO_ROWS
    counts = table.dense(STEPS + 2, 2)
    outside = int(counts[STEPS + 1].sum())
    if said := gating.in_no_group(None, probability, outside, table.total):
        return Undefined(
            Reason.ROWS_IN_NO_GROUP,
            f"{said} A row without a probability between 0 and 1 in {probability!r} is in none.",
        )
    cells = tuple(
        ProxiedCell(code / STEPS, int(counts[code, 1]), int(counts[code].sum()))
        for code in range(STEPS + 1)
        if counts[code].any()
    )
    return Proxied(cells, member, int(bins), float(calibration_error) + ROUNDED, compare)
