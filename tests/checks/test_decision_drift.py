"""Drift of decisions and scores: against pandas and scipy, and found in 20 seeds without being told where."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ks_2samp

from assay.checks.catalogue import catalogue
from assay.checks.performance.decision_drift import tabulate
from assay.checks.tabled import table_view
from assay.domain.assessment import Asked
from assay.domain.evidence import Counts, Rates, Statistic, Undefined
from assay.domain.judge import judge
from assay.domain.specification import Attribute
from assay.domain.vocabulary import Comparator, Reason, Verdict
from assay.stats.assess import assess

STRATA = {"site": Attribute(column="site", groups={"north": 1, "south": 2, "west": 3})}


def some(seed: int, *, shifted: str = "", n: int = 3000) -> pd.DataFrame:
    """Scores around 0.3; in four late months, or at one site, they lie higher."""
    draw = np.random.default_rng(seed)
    day = np.datetime64("2023-05-01") + draw.integers(0, 360, n)
    site = draw.integers(1, 4, n)
    odd = {"": np.zeros(n, bool), "time": day >= np.datetime64("2024-01-01"), "site": site == 3}[shifted]
    return pd.DataFrame({"day": day.astype(str), "site": site, "score": draw.beta(3, 7, n) + 0.2 * odd})


def drift(rows: pd.DataFrame, **given: str | int) -> Counts:
    check = catalogue()["performance.decision_drift"]
    parameters = check.bind(given)
    view = table_view(
        tabulate,
        {"day": rows["day"].tolist(), "site": rows["site"].to_numpy()},
        label=[0] * len(rows),
        score=rows["score"],
        time="day",
        strata=STRATA,
        parameters=parameters,
    )
    return check.count(view, arguments=parameters)


def test_shares_are_those_of_pandas() -> None:
    rows = some(1)
    found = drift(rows, period="quarter")
    assert isinstance(found, Rates)
    ours = {(c.family, c.label): (c.events, c.trials) for c in found.cells}
    decided = rows["score"] >= 0.5
    for quarter, (events, of) in (
        decided.groupby(pd.PeriodIndex(rows["day"], freq="Q")).agg(["sum", "size"]).iterrows()
    ):
        assert ours["time", str(quarter).replace("Q", "-Q")] == (events, of)
    for code, name in ((1, "north"), (2, "south"), (3, "west")):
        assert ours["site", name] == (decided[rows["site"] == code].sum(), (rows["site"] == code).sum())
    assert len(ours) == 8


def test_with_fine_cuts_the_largest_difference_is_the_distance_of_kolmogorov_and_smirnov() -> None:
    rows = some(2, shifted="site")
    rows["score"] = (rows["score"] * 20).round() / 20 + 0.001  # on a grid, whose every step is a cut
    found = drift(rows, by="site", at=", ".join(f"{i / 20:.2f}" for i in range(1, 20)))
    assert isinstance(found, Rates)
    share = {(c.family, c.label): c.events / c.trials for c in found.cells}
    ours = max(abs(share[f, "north"] - share[f, "west"]) for f, label in share if label == "north")
    by_site = [rows.loc[rows["site"] == code, "score"] for code in (1, 3)]
    assert ours == pytest.approx(ks_2samp(*by_site).statistic)


@pytest.mark.parametrize("seed", range(20))
def test_a_shift_is_found_without_being_told_where_and_none_is_on_clean_rows(seed: int) -> None:
    def verdict(shifted: str, **given: str | int) -> Verdict:
        counts = drift(some(seed, shifted=shifted), period="quarter", **given)
        statistic = Statistic("performance.decision_drift", "", "test", counts)
        return judge([assess(statistic, Asked("c", Comparator.AT_MOST, Decimal("0.10"), 0.05))])[0].verdict

    assert verdict("time") is verdict("site") is Verdict.FAIL
    assert verdict("") is not Verdict.FAIL


def test_periods_that_were_all_joined_say_up_to_which_number_two_are_left() -> None:
    rows = some(3, n=90)
    found = drift(rows, by="time", join_below=60)
    assert isinstance(found, Undefined)
    assert found.reason is Reason.TOO_FEW_ROWS_FOR_METHOD
    most = int(found.detail.partition("from 'join_below: ")[2].partition("'")[0])
    assert isinstance(drift(rows, by="time", join_below=most), Rates)
    assert isinstance(drift(rows, by="time", join_below=most + 1), Undefined)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"at": "much"}, "'at' is written"),
        ({"at": "0.2,0.2"}, "different"),
        ({"by": "ward"}, "there are time, site"),
        ({"at": "0.999999"}, "No row has a score of 0.999999"),
    ],
)
def test_settings_that_name_nothing_are_undefined(given: dict[str, str], said: str) -> None:
    found = drift(some(1, n=30), **given)
    assert isinstance(found, Undefined)
    assert said in found.detail


def test_decisions_are_looked_at_beside_every_cut_and_the_time_beside_every_stratum() -> None:
    """One score in thirty is far above: it hides nothing of the others, and joined periods nothing of the time."""
    rows = some(4, shifted="time")
    rows["score"] = np.where(np.arange(len(rows)) % 30 == 0, 0.99, rows["score"])
    found = drift(rows, at="0.97", period="quarter")
    assert isinstance(found, Rates)
    assert {c.family for c in found.cells} == {"time", "site", "time, from 0.97 on", "site, from 0.97 on"}
    for by in ("", "time"):
        joined = drift(rows, by=by, join_below=1_000_000)
        assert isinstance(joined, Undefined)
        assert joined.reason is Reason.TOO_FEW_ROWS_FOR_METHOD


def test_a_cut_that_hardly_any_row_reaches_shows_no_drift() -> None:
    rows = some(1, n=4000)
    rows["score"] = np.where(np.arange(4000) == 0, 0.9995, rows["score"] / 2)
    found = drift(rows, at="0.999")
    assert isinstance(found, Undefined)
    assert "Hardly any row reaches 0.999" in found.detail
    assert isinstance(drift(rows, at="0.25, 0.999"), Rates)
