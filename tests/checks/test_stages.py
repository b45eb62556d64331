"""Gaps at stages and their changes are pandas' differences of group means; by enumeration the limits are wrong in at most alpha of samples."""

from __future__ import annotations

import itertools
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from scipy.stats import multinomial

from assay.checks.catalogue import catalogue
from assay.checks.counting.stages import DECISION, at_each_stage, steps
from assay.checks.tabled import table_view
from assay.domain.assessment import Asked, Assessment
from assay.domain.evidence import ChangeCell, Changes, Rates, Statistic, Undefined
from assay.domain.vocabulary import Comparator, Grade, Reason
from assay.stats.assess import assess
from assay.stats.changes import Changed, change_of_gap, limits_of_change

GAP, PARITY = catalogue()["fairness.stage_gap"], catalogue()["fairness.stage_parity"]
WAY = {"before": "eligible, screened", "after": "final"}


def frame(seed: int = 0, rows: int = 3000) -> pd.DataFrame:
    """Applicants of two groups; the screening is where the second one loses."""
    rng = np.random.default_rng(seed)
    group = rng.integers(0, 2, rows)
    eligible = (rng.random(rows) < 0.8).astype(float)
    screened = eligible * (rng.random(rows) < np.where(group == 1, 0.6, 0.9))
    score = np.clip(screened * 0.6 + rng.normal(0, 0.15, rows), 0, 1)
    return pd.DataFrame({
        "group": group, "eligible": eligible, "screened": screened, "score": score,
        "final": ((score >= 0.5) & (rng.random(rows) < 0.95)).astype(float),
    })  # fmt: skip


def view_of(people: pd.DataFrame, favourable: int = 1, **parameters: str):
    return table_view(
        at_each_stage,
        {name: people[name].to_numpy() for name in ("eligible", "screened", "final")},
        score=people["score"].to_numpy(),
        groups={"sex": (("men", "women"), people["group"].to_numpy())},
        across=("sex",),
        favourable=favourable,
        parameters={"before": "", "after": "", **(parameters or WAY)},
    )


def assessed(counts, threshold: str = "0.1") -> Assessment:
    return assess(
        Statistic("x", "sex", "test", counts), Asked("x", Comparator.AT_MOST, Decimal(threshold), 0.05)
    )


@pytest.mark.parametrize("favourable", [0, 1])
def test_gaps_and_their_changes_are_the_differences_of_group_means(favourable):
    people = frame()
    told = people.assign(**{DECISION: (people["score"] >= 0.5).astype(float)})
    names = ["eligible", "screened", DECISION, "final"]
    means = (told[names] if favourable == 1 else 1 - told[names]).groupby(people["group"]).mean()
    gaps = means.loc[0] - means.loc[1]
    found = assessed(PARITY.count(view_of(people, favourable), across="sex", arguments=WAY))
    mine = {p.family: p.estimate for p in found.pieces if p.between == ("men", "women")}
    assert mine == pytest.approx(gaps.to_dict())
    changed = assessed(GAP.count(view_of(people, favourable), across="sex", arguments=WAY))
    mine = {p.family: p.estimate for p in changed.pieces if p.between == ("men", "women")}
    assert mine == pytest.approx(dict(zip(steps(**WAY), np.diff(gaps), strict=True)))
    assert {p.grade for p in (*found.pieces, *changed.pieces)} == {Grade.A}


@pytest.mark.parametrize("seed", range(20))
def test_the_step_at_which_the_gap_enters_is_named(seed):
    found = assessed(GAP.count(view_of(frame(seed)), across="sex", arguments=WAY), "0.05")
    wrong = {p.family for p in found.pieces if p.p_fail <= 0.05 / len(found.pieces)}
    assert wrong == {"eligible to screened"}
    assert not found.all_pass


@pytest.mark.parametrize("rates", [(0.2, 0.1, 0.05, 0.3), (0.4, 0.4, 0.1, 0.1), (0.02, 0.0, 0.0, 0.5)])
def test_by_enumeration_the_limits_are_wrong_in_at_most_alpha_of_all_samples(rates):
    """All samples of two groups of 9 and 7 rows, each row gaining, losing or neither."""
    sizes = (9, 7)
    truth = rates[0] - rates[1] - rates[2] + rates[3]
    ways = [[(g, x) for g, x in itertools.product(range(n + 1), repeat=2) if g + x <= n] for n in sizes]
    mass = [
        [multinomial.pmf((g, x, n - g - x), n, (*p, 1 - sum(p))) for g, x in found]
        for n, p, found in zip(sizes, (rates[:2], rates[2:]), ways, strict=True)
    ]
    above = below = 0.0
    for (one, p), (two, q) in itertools.product(
        *(zip(w, m, strict=True) for w, m in zip(ways, mass, strict=True))
    ):
        pair = Changed(*one, sizes[0]), Changed(*two, sizes[1])
        lower, upper = limits_of_change(*pair, 0.2)
        assert lower <= change_of_gap(*pair) <= upper
        above += p * q * (lower > truth + 1e-12)
        below += p * q * (upper < truth - 1e-12)
    assert max(above, below) <= 0.2


def test_what_has_no_change_says_why():
    def undefined(people: pd.DataFrame, **parameters: str) -> Undefined:
        counts = GAP.count(view_of(people, **parameters), across="sex", arguments=parameters)
        assert isinstance(counts, Undefined)
        return counts

    people = frame(rows=500)
    assert undefined(people, before="", after="").reason is Reason.NOT_MEASURED
    lost = people.assign(final=np.where(np.arange(500) < 20, np.nan, people["final"]))
    assert undefined(lost, **WAY).reason is Reason.ROWS_IN_NO_GROUP
    some = people.assign(final=np.where(np.arange(500) < 5, np.nan, people["final"]))
    counts = PARITY.count(view_of(some), across="sex", arguments=WAY)
    assert isinstance(counts, Rates)
    assert sum(cell.trials for cell in counts.cells) == 4 * 495
    empty = assessed(Changes((ChangeCell("a", "s", 0, 0, 0), ChangeCell("b", "s", 1, 1, 9))))
    assert empty.undefined[0].reason is Reason.EMPTY_GROUP
    with pytest.raises(ValueError, match="gained"):
        ChangeCell("a", "s", 5, 5, 9)


def test_rows_of_a_small_group_do_not_hide_where_a_stage_says_nothing():
    """Of 100 women the 40 who are refused have no early stage: 2 % of all rows, and nearly half of theirs."""
    group = np.r_[np.ones(100, dtype=int), np.zeros(1900, dtype=int)]
    people = frame(rows=2000).assign(group=group, score=1.0, eligible=1.0)
    people.loc[people.index[:40], ["score", "eligible"]] = [0.0, np.nan]
    for check in (PARITY, GAP):
        way = {"before": "eligible", "after": ""}
        counts = check.count(view_of(people, **way), across="sex", arguments=way)
        assert isinstance(counts, Undefined)
        assert counts.detail.startswith("Of women: 40 of 100 rows are in none")


def test_a_code_that_is_no_decision_is_no_stage():
    """Approved 1, refused 2: cut at a half, everybody would be approved, and no gap could be seen."""
    people = frame()
    people["final"] = 2 - people["final"]
    counts = catalogue()["fairness.stage_parity"].count(
        view_of(people), arguments={"before": "", "after": "final"}, across="sex"
    )
    assert isinstance(counts, Undefined)
    assert "no number from 0 to 1" in counts.detail
