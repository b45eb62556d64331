"""Drift of numbers, labels and predictions, by time and source: against pandas and scipy, and found in 20 seeds without being told where."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ks_2samp

from assay.checks.catalogue import catalogue
from assay.checks.counting.cuts import BELOW, cuts_of
from assay.checks.data import value_drift
from assay.checks.performance import prediction_drift
from assay.checks.tabled import table_view
from assay.domain.answers import Answers
from assay.domain.assessment import Asked
from assay.domain.evidence import Counts, Rates, Statistic, Undefined
from assay.domain.judge import judge
from assay.domain.specification import Attribute
from assay.domain.vocabulary import Comparator, Reason, Task, Verdict
from assay.stats.assess import assess

SITES = {"site": Attribute(column="site", groups={"north": 1, "south": 2, "west": 3})}
DAYS = Answers(Task.REGRESSION, 0.0, 400.0)
CHECKS = {"data.value_drift": value_drift.tabulate, "performance.prediction_drift": prediction_drift.tabulate}


def some(seed: int, *, shifted: str = "", n: int = 6000) -> pd.DataFrame:
    """Stays of some days; in four late months, or at one site, eight in ten are counted in half days."""
    draw = np.random.default_rng(seed)
    day = np.datetime64("2023-05-01") + draw.integers(0, 360, n)
    site = draw.integers(1, 4, n)
    odd = {"": np.zeros(n, bool), "time": day >= np.datetime64("2024-01-01"), "site": site == 3}[shifted]
    stay = draw.gamma(2.0, 4.0, n).round(1)
    stay = np.where(odd & (draw.random(n) < 0.8), 2 * stay, stay)
    return pd.DataFrame({"day": day.astype(str), "site": site, "stay": stay})


def drift(
    rows: pd.DataFrame, id_: str = "data.value_drift", *, known: Any = None, label: Any = None, **given: Any
) -> Counts:
    check = catalogue()[id_]
    parameters = check.bind(given)
    view = table_view(
        CHECKS[id_],
        {"day": rows["day"].tolist(), "site": rows["site"].to_numpy(), "label": rows["stay"].to_numpy()},
        label=[0] * len(rows) if label is None else label,
        score=rows["stay"].to_numpy(),
        time="day",
        strata=SITES,
        parameters=parameters,
        answers=DAYS,
        known={"label": some(99)["stay"].to_numpy() if known is None else known},
    )
    return check.count(view, arguments=parameters)


@pytest.mark.parametrize("id_", CHECKS)
def test_shares_are_those_of_pandas_at_the_quantiles_of_other_rows(id_: str) -> None:
    rows, known = some(1), some(99)["stay"]
    found = drift(rows, id_, period="quarter")
    assert isinstance(found, Rates)
    cells = {(c.family, c.label): (c.events, c.trials) for c in found.cells}
    cuts = {family.partition(" or more")[0] for family, _ in cells}
    below = sorted((known < float(cut)).mean() for cut in cuts)
    assert below == pytest.approx(BELOW, abs=0.01)
    for cut in cuts:
        reached = rows["stay"] >= float(cut)
        for site, place in (("north", 1), ("south", 2), ("west", 3)):
            mine = reached[rows["site"] == place]
            assert cells[f"{cut} or more, by site", site] == (mine.sum(), len(mine))
        quarters = reached.groupby(pd.PeriodIndex(rows["day"], freq="Q")).agg(["sum", "size"])
        for quarter, row in quarters.iterrows():
            assert cells[f"{cut} or more, by time", str(quarter).replace("Q", "-Q")] == tuple(row)
    assert len(cells) == len(BELOW) * (3 + 5)


@pytest.mark.parametrize("id_", CHECKS)
def test_with_a_cut_at_every_number_the_largest_difference_is_the_distance_of_kolmogorov_and_smirnov(
    id_: str,
) -> None:
    rows = some(2, shifted="site")
    rows["stay"] = np.minimum(np.ceil(rows["stay"] / 2), 15)
    found = drift(rows, id_, by="site", at=", ".join(str(cut) for cut in range(1, 16)))
    assert isinstance(found, Rates)
    share = {(c.family, c.label): c.events / c.trials for c in found.cells}
    ours = max(abs(share[f, "north"] - share[f, "west"]) for f, label in share if label == "north")
    by_site = [rows.loc[rows["site"] == code, "stay"] for code in (1, 3)]
    assert ours == pytest.approx(ks_2samp(*by_site).statistic)


@pytest.mark.parametrize("seed", range(20))
def test_a_shift_is_found_without_being_told_where_and_none_is_on_clean_rows(seed: int) -> None:
    def verdict(shifted: str) -> Verdict:
        counts = drift(some(seed, shifted=shifted, n=4000), period="quarter")
        statistic = Statistic("data.value_drift", "", "test", counts)
        return judge([assess(statistic, Asked("c", Comparator.AT_MOST, Decimal("0.10"), 0.05))])[0].verdict

    assert verdict("time") is verdict("site") is Verdict.FAIL
    assert verdict("") is not Verdict.FAIL


def test_equal_numbers_give_cuts_between_them_and_numbers_that_are_all_alike_none() -> None:
    view = table_view(
        value_drift.tabulate,
        {"label": [1.0]},
        parameters={"at": "", "by": "", "period": "month"},
        answers=DAYS,
        known={"label": [0.0] * 95 + [1.0, 2.0, 2.0, 3.0, 4.0]},
    )
    assert cuts_of(view.context) == {"1": 1.0}
    found = drift(some(1, n=300), known=[5.0] * 50)
    assert isinstance(found, Undefined)
    assert "name numbers under 'at'" in found.detail
    assert isinstance(drift(some(1, n=300), known=[5.0] * 50, at="5, 10"), Rates)


def test_predictions_that_lie_together_between_two_cuts_of_the_labels_show_no_drift() -> None:
    """All but three in a hundred moved by 13 standard deviations of their own, and no cut was passed."""
    draw = np.random.default_rng(1)
    rows, known = some(1, n=4000), draw.normal(140, 50, 500).clip(0, 400)
    late = rows["day"] >= "2024-01-01"
    rows["stay"] = np.where(np.arange(4000) % 33 == 0, 130.0, draw.normal(np.where(late, 158.0, 145.0), 1.0))
    found = drift(rows, "performance.prediction_drift", known=known)
    assert isinstance(found, Undefined)
    assert "that a share of 0.1 or more reaches" in found.detail
    told = drift(rows, "performance.prediction_drift", known=known, at="140, 150")
    assert isinstance(told, Rates)
    shares = [cell.events / cell.trials for cell in told.cells if cell.family == "150 or more, by time"]
    assert max(shares) - min(shares) > 0.9
    assert isinstance(
        drift(rows, known=known), Rates
    )  # of labels a rare cut may be all that there is: most claims are none


def test_cuts_that_hardly_any_row_reaches_show_no_drift() -> None:
    found = drift(some(1), at="300")
    assert isinstance(found, Undefined)
    assert found.reason is Reason.NOT_MEASURED
    assert "Hardly any row reaches 300, or hardly any does not" in found.detail
    assert isinstance(drift(some(1), at="10, 300"), Rates)


def test_rows_without_a_label_are_in_no_share_of_labels() -> None:
    rows = some(3, n=900)
    label = np.where(np.arange(900) < 100, -1, 0)
    (cell, *_) = drift(rows, by="site", at="5", label=label).cells
    assert cell.trials == int((rows["site"].iloc[100:] == 1).sum())
