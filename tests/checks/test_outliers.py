"""Outliers: p-values as scipy counts ranks, and no more false alarms than said."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
from scipy.stats import percentileofscore

from assay.checks.catalogue import catalogue
from assay.checks.data.outliers import p_values, tabulate
from assay.checks.tabled import table_view
from assay.domain.evidence import Undefined
from assay.tally.coding import bins_of
from assay.tally.table import TableCounts


def share(test, train, level: str):
    parameters = {"column": "", "level": Decimal(level)}
    view = table_view(
        tabulate, {"x": test}, label=[0] * len(test), others={"train": {"x": train}}, parameters=parameters
    )
    return catalogue()["data.outliers"].count(view, arguments=parameters)


def test_p_values_are_ranks_as_scipy_counts_them() -> None:
    draw = np.random.default_rng(1)
    known, asked = draw.poisson(4, 200), np.arange(15)
    low = percentileofscore(known, asked, kind="weak") / 100 * 200
    high = 200 - percentileofscore(known, asked, kind="strict") / 100 * 200
    expected = np.minimum(2 * (np.minimum(low, high) + 1) / 201, 1)
    assert np.allclose(p_values(bins_of(asked), TableCounts.of(bins_of(known))), expected)


def test_rows_like_the_known_ones_are_called_outliers_no_more_often_than_said() -> None:
    draw, called, rows = np.random.default_rng(2), 0, 0
    for _ in range(200):
        (cell,) = share(draw.lognormal(0, 2, 100), draw.lognormal(0, 2, 150), "0.05").cells
        called, rows = called + cell.events, rows + cell.trials
    assert 0.03 < called / rows <= 0.055  # at most .05 on average, and not far below


def test_too_few_known_rows_call_nothing_an_outlier() -> None:
    assert isinstance(share([1.0] * 50, [1.0] * 100, "0.01"), Undefined)


def test_a_column_of_which_little_is_known_is_named_beside_the_others() -> None:
    parameters = {"column": "", "level": Decimal("0.01")}
    train = {"x": [1.0] * 500, "y": [None] * 450 + [1.0] * 50}
    test = {"x": [1.0] * 400, "y": [1.0] * 400}
    view = table_view(tabulate, test, label=[0] * 400, others={"train": train}, parameters=parameters)
    found = catalogue()["data.outliers"].count(view, arguments=parameters)
    assert {cell.label: cell.trials for cell in found.cells} == {"x": 400, "y": 0}
