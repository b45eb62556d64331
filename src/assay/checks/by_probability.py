"""Decisions of people of whom a probability of membership is known, for examples of checks that bound what it leaves open."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from assay.checks.counting.proxied import probable
from assay.checks.tabled import table_view
from assay.tally.table import TableView

ASKED: dict[str, Decimal | int | str] = {
    "probability": "p_member",
    "member": "immigrants",
    "calibration_error": Decimal("0.01"),
}


def members_view(rates: dict[float, float], rows: int = 4000) -> TableView:
    """So many rows at each probability, of which this share is decided favourably."""
    good = np.concatenate([np.arange(rows) < rate * rows for rate in rates.values()])
    return table_view(
        probable,
        {"p_member": np.repeat(list(rates), rows)},
        score=good.astype(np.float64),
        parameters={**ASKED, "bins": 10},
    )
