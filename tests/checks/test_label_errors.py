"""Label errors by audit: the limits are scipy's exact ones."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from scipy.stats import binomtest

from assay.checks.catalogue import catalogue
from assay.checks.data.label_errors import tabulate
from assay.checks.tabled import table_view
from assay.domain.evidence import Rates
from assay.domain.vocabulary import Comparator
from assay.stats.pieces.kinds import PIECES
from assay.stats.pieces.pieces import Target


@pytest.mark.parametrize("written", [float, lambda x: None if np.isnan(x) else str(int(x))])
def test_errors_of_each_label_have_the_limits_of_scipy(written) -> None:
    draw = np.random.default_rng(1)
    label = draw.integers(0, 2, 3000)
    drawn = draw.random(3000) < np.where(label == 1, 0.2, 0.05)
    wrong = draw.random(3000) < np.where(label == 1, 0.02, 0.1)
    expert = np.where(drawn, np.where(wrong, 1 - label, label), np.nan)
    parameters = {"audited": "audit"}
    view = table_view(tabulate, {"audit": [written(v) for v in expert]}, label=label, parameters=parameters)
    found = catalogue()["data.label_errors"].count(view, arguments=parameters)
    assert isinstance(found, Rates)
    pieces = PIECES[Rates](found, Target(Comparator.AT_MOST, Decimal("0.2"), 0.05))
    for y in (0, 1):
        mine = drawn & (label == y)
        piece = next(p for p in pieces.printed if p.label == f"label {y}")
        interval = binomtest(int((mine & wrong).sum()), int(mine.sum())).proportion_ci(0.90, "exact")
        assert piece.upper == pytest.approx(interval.high, abs=1e-9)
        assert piece.n == mine.sum()
