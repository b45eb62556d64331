"""Grades, slices and shifts of columns: pandas, scikit-learn and scipy count the same, and a whole run judges them."""

from __future__ import annotations

import itertools
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
import sklearn.metrics as sk
from scipy.stats import binomtest
from tables import random_rows

from assay.checks.catalogue import catalogue
from assay.checks.performance import calibration_by_grade, psi, slice_search, worst_slice
from assay.checks.tabled import table_view
from assay.domain.assessment import Asked
from assay.domain.dictionary import Column
from assay.domain.evidence import Histograms, Rates, RelativeRates, Statistic, Undefined
from assay.domain.judge import judge
from assay.domain.specification import Attribute
from assay.domain.vocabulary import Comparator, Verdict
from assay.stats.assess import assess
from assay.stats.distances import distance_bound

GRADES = {"grades": "A: 0.1, B: 0.3, C: 0.7, D: 1"}
MEASURES = {
    "accuracy": sk.accuracy_score,
    "recall": sk.recall_score,
    "precision": sk.precision_score,
    "false_positive_rate": lambda y, d: 1 - sk.recall_score(y, d, pos_label=0),
}


@pytest.mark.parametrize("seed", range(4))
def test_grades_hold_the_rows_of_pandas_cut_and_the_test_is_scipys(seed: int) -> None:
    rows = random_rows(seed)
    view = table_view(
        calibration_by_grade.tabulate, {}, label=rows.label, score=rows.score, parameters=GRADES
    )
    counts = catalogue()["performance.calibration_by_grade"].count(view, arguments=GRADES)
    assert isinstance(counts, RelativeRates)
    cut = pd.cut(pd.Series(rows.score), [-1, 0.1, 0.3, 0.7, 1], labels=list("ABCD"))
    by_grade = pd.Series(rows.label).groupby(cut, observed=False).agg(["sum", "count"])
    for cell in counts.cells:
        assert (cell.events, cell.trials) == tuple(by_grade.loc[cell.label])
    asked = Asked("grades", Comparator.AT_MOST, Decimal("1.2"), 0.05)
    found = assess(Statistic("performance.calibration_by_grade", "", "test", counts), asked)
    for piece in found.pieces:
        (cell,) = [cell for cell in counts.cells if cell.label == piece.label]
        rate = min(1.2 * cell.expected, 1)
        expected = binomtest(cell.events, cell.trials, rate, alternative="less").pvalue
        assert piece.p_pass == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("text", ["A", "A: x", "A: 0.2, B: 0.1", "A: 0.1, A: 0.2", ": 0.1", "A: 2"])
def test_grades_that_cannot_be_read_are_no_pass(text: str) -> None:
    view = table_view(
        calibration_by_grade.tabulate, {}, label=[0, 1], score=[0.1, 0.2], parameters={"grades": text}
    )
    counts = catalogue()["performance.calibration_by_grade"].count(view, arguments={"grades": text})
    assert isinstance(counts, Undefined)
    assert "cannot be read" in counts.detail


@pytest.mark.parametrize("measure", MEASURES)
def test_each_slice_is_measured_as_scikit_learn_does(measure: str) -> None:
    rows = random_rows(2, n=2000)
    site = np.random.default_rng(0).integers(0, 4, 2000)  # the fourth is in no slice
    parameters = {"within": "site", "measure": measure}
    view = table_view(
        worst_slice.tabulate,
        {"site": site},
        label=rows.label,
        score=rows.score,
        decide_at=0.4,
        strata={"site": Attribute(column="site", groups={"a": 0, "b": 1, "c": 2})},
        parameters=parameters,
    )
    counts = catalogue()["performance.worst_slice"].count(view, arguments=parameters)
    assert isinstance(counts, Rates)
    for place, cell in enumerate(counts.cells):
        mine = site == place
        assert cell.events / cell.trials == pytest.approx(
            MEASURES[measure](rows.label[mine], rows.decided[mine])
        )


def shifted(values, before, parameters, **more):
    return table_view(
        psi.tabulate,
        {"x": values},
        others={"train": {"x": before}},
        parameters=parameters,
        label=[0] * len(values),
        **more,
    )


def test_the_bins_of_a_number_are_numpys_and_missing_values_have_their_own() -> None:
    rng = np.random.default_rng(0)
    before, after = rng.normal(0, 1, 3000), rng.normal(0.2, 1, 2000)
    parameters = {"column": "x", "edges": "-1, 0, 1", "reference": "train", "distance": "psi"}
    view = shifted([*after, None, None], before, parameters)
    counts = catalogue()["performance.psi"].count(view, arguments=parameters)
    assert isinstance(counts, Histograms)
    (pair,) = counts.cells
    bins = [-np.inf, -1, 0, 1, np.inf]
    assert pair.found == (*np.histogram(after, bins)[0].tolist(), 2)
    assert pair.reference == (*np.histogram(before, bins)[0].tolist(), 0)


def test_a_category_has_a_bin_for_each_code_and_one_for_those_that_nobody_documented() -> None:
    parameters = {"column": "x", "edges": "", "reference": "train", "distance": "total_variation"}
    dictionary = (Column(name="x", type="category", description="x", codes={1: "one", 2: "two"}),)
    view = shifted([1, 1, 2, 7], [1, 2, 2, 2], parameters, dictionary=dictionary)
    counts = catalogue()["performance.psi"].count(view, arguments=parameters)
    assert isinstance(counts, Histograms)
    assert (counts.cells[0].reference, counts.cells[0].found) == ((1, 3, 0, 0), (2, 1, 1, 0))


def test_a_number_of_which_one_code_is_documented_shows_no_shift_and_passes_nothing() -> None:
    parameters = {"column": "x", "edges": "40, 60", "reference": "train", "distance": "psi"}
    dictionary = (Column(name="x", type="integer", description="x", codes={-9: "not asked"}),)
    view = shifted([-9] * 5 + [90] * 95, [-9] * 5 + [10] * 95, parameters, dictionary=dictionary)
    counts = catalogue()["performance.psi"].count(view, arguments=parameters)
    assert isinstance(counts, Undefined)
    assert "A share of 0.95 of the rows has a value of 'x' that is no documented code" in counts.detail


def test_words_of_which_one_is_documented_show_no_shift_and_pass_nothing() -> None:
    parameters = {"column": "x", "edges": "", "reference": "train", "distance": "psi"}
    dictionary = (Column(name="x", type="category", description="x", codes={"retired": "retired"}),)
    before, after = ["retired"] * 5 + ["lawyer"] * 95, ["retired"] * 5 + ["miner"] * 95
    counts = catalogue()["performance.psi"].count(
        shifted(after, before, parameters, dictionary=dictionary), arguments=parameters
    )
    assert isinstance(counts, Undefined)
    assert "A share of 0.95 of the rows has a value of 'x' that is no documented code" in counts.detail
    new = shifted(after, ["retired"] * 100 + ["lawyer"], parameters, dictionary=dictionary)
    assert isinstance(catalogue()["performance.psi"].count(new, arguments=parameters), Histograms)


def test_categories_that_nobody_documented_show_no_shift_among_themselves_and_pass_nothing() -> None:
    parameters = {"column": "x", "edges": "", "reference": "train", "distance": "psi"}
    dictionary = (Column(name="x", type="category", description="x", codes={"a": "a"}),)
    view = shifted(["a"] * 50 + ["c"] * 50, ["a"] * 50 + ["b"] * 50, parameters, dictionary=dictionary)
    counts = catalogue()["performance.psi"].count(view, arguments=parameters)
    assert isinstance(counts, Undefined)
    assert "A share of 0.5 of the rows has a value of 'x' that is no documented code" in counts.detail


@pytest.mark.parametrize("edges", ["2000, 4000, 1000000", "0, 2000, 4000"])
def test_every_declared_bin_counts_whether_or_not_it_has_rows(edges: str) -> None:
    parameters = {"column": "x", "edges": edges, "reference": "train", "distance": "psi"}
    values = np.random.default_rng(1).uniform(1000, 5000, 60_000)
    view = shifted(values[::2], values[1::2], parameters)
    counts = catalogue()["performance.psi"].count(view, arguments=parameters)
    assert isinstance(counts, Histograms)
    (pair,) = counts.cells
    assert pair.found == (*np.histogram(values[::2], [-np.inf, *map(float, edges.split(",")), np.inf])[0], 0)
    bound = distance_bound(pair.reference, pair.found, counts.distance, 0.05)
    assert pair.found.count(0) == 2
    assert 0.001 < bound.upper < 0.02


@pytest.mark.parametrize("beyond", [0, 19])
def test_bins_that_hold_nearly_all_of_the_reference_in_one_show_nothing(beyond: int) -> None:
    parameters = {"column": "x", "edges": "100000000", "reference": "train", "distance": "psi"}
    view = shifted([50.0, 2e5], [1.0] * (1000 - beyond) + [1e9] * beyond, parameters)
    counts = catalogue()["performance.psi"].count(view, arguments=parameters)
    assert isinstance(counts, Undefined)
    assert "in one bin" in counts.detail


@pytest.mark.parametrize(
    ("edges", "reference", "said"),
    [
        ("", "train", "or document the codes of a category"),
        ("2, 1", "train", "increase"),
        ("1", "later", "no other data set"),
    ],
)
def test_what_cannot_be_compared_is_no_pass(edges: str, reference: str, said: str) -> None:
    parameters = {"column": "x", "edges": edges, "reference": reference, "distance": "psi"}
    counts = catalogue()["performance.psi"].count(shifted([1.0], [2.0], parameters), arguments=parameters)
    assert isinstance(counts, Undefined)
    assert said in counts.detail


def test_edges_of_texts_are_no_pass_and_no_defect() -> None:
    parameters = {"column": "x", "edges": "1, 2", "reference": "train", "distance": "psi"}
    counts = catalogue()["performance.psi"].count(shifted(["a"], ["b"], parameters), arguments=parameters)
    assert isinstance(counts, Undefined)
    assert "No row of 'train' has a number in 'x'" in counts.detail


def sliced(seed: int, *, planted: bool, n: int = 4000):
    """Four columns of three codes; where planted, the model errs twice as often for one pair of codes."""
    rng = np.random.default_rng(seed)
    columns = {name: rng.integers(0, 3, n) for name in "abcd"}
    weak = (columns["a"] == 1) & (columns["c"] == 2)
    wrong = rng.random(n) < np.where(weak & planted, 0.35, 0.08)
    label = rng.integers(0, 2, n)
    score = np.where(wrong, 1 - label, label).astype(float)
    dictionary = tuple(
        Column(name=name, type="category", description=name, codes={0: "x", 1: "y", 2: "z"})
        for name in "abcd"
    )
    parameters = {"measure": "accuracy", "depth": 2, "min_rows": 100}
    view = table_view(
        slice_search.tabulate, columns, label=label, score=score, dictionary=dictionary, parameters=parameters
    )
    return pd.DataFrame(columns), label == score, view, parameters


def test_all_slices_are_those_of_pandas_groupby() -> None:
    columns, right, view, parameters = sliced(0, planted=False)
    counts = catalogue()["performance.slice_search"].count(view, arguments=parameters)
    assert isinstance(counts, Rates)
    expected = {}
    for size in (1, 2):
        for names in itertools.combinations("abcd", size):
            for key, rows in pd.Series(right).groupby([columns[name] for name in names]):
                label = ", ".join(f"{name}: {'xyz'[code]}" for name, code in zip(names, key, strict=True))
                expected[label] = (int(rows.sum()), len(rows))
    assert {cell.label: (cell.events, cell.trials) for cell in counts.cells} == expected
    assert len(expected) == 4 * 3 + 6 * 9


def test_a_planted_slice_is_found_and_clean_rows_accuse_none() -> None:
    check, found, accused = catalogue()["performance.slice_search"], 0, 0
    for seed in range(20):
        for planted in (True, False):
            _, _, view, parameters = sliced(seed, planted=planted)
            asked = Asked("slices", Comparator.AT_LEAST, Decimal("0.85"), 0.05)
            counts = check.count(view, arguments=parameters)
            (judged,) = judge([assess(Statistic(check.id, "", "test", counts), asked)])
            if planted:
                found += judged.verdict is Verdict.FAIL
                worst = judged.assessment.most_violated
                assert worst is None or worst.label == "a: y, c: z"
            else:
                accused += judged.verdict is Verdict.FAIL
    assert found >= 19
    assert accused <= 1


def at_branches(branch, wrong: int, codes=None, type_: str = "category"):
    """What a search by the branch counts: all rows of the first branch are right, and of the others so many wrong."""
    dictionary = (Column(name="branch", type=type_, description="branch", codes=codes or {1: "a", 2: "b"}),)
    parameters = {"measure": "accuracy", "depth": 1, "min_rows": 100}
    first = branch.count(1)
    view = table_view(
        slice_search.tabulate,
        {"branch": branch},
        label=[0] * len(branch),
        score=[float(first <= i < first + wrong) for i in range(len(branch))],
        dictionary=dictionary,
        parameters=parameters,
    )
    return catalogue()["performance.slice_search"].count(view, arguments=parameters)


def test_rows_without_a_value_are_a_slice_of_their_own() -> None:
    counts = at_branches([1] * 1000 + [None] * 300, 200)
    assert isinstance(counts, Rates)
    assert [(cell.label, cell.events, cell.trials) for cell in counts.cells] == [
        ("branch: a", 1000, 1000),
        ("branch: no value", 100, 300),
    ]


def test_a_weak_slice_is_not_hidden_among_good_ones_that_nobody_documented() -> None:
    """Whoever takes the code of the worst slice out of the dictionary hides it no more, nor by taking good ones out beside it."""
    for hidden in ([7] * 300, [7] * 300 + [8] * 9000):
        counts = at_branches([1] * 1000 + hidden, 200)
        assert isinstance(counts, Undefined)
        assert (
            f"{len(hidden):,} rows of 'test' that accuracy is a rate of have a value of 'branch'"
            in counts.detail
        )
    few = at_branches([1] * 1000 + [7] * 60 + [8] * 39, 60)  # no slice of 100 rows could be made of them
    assert isinstance(few, Rates)
    assert [cell.label for cell in few.cells] == ["branch: a"]
    years = at_branches(
        [1] * 1000 + list(range(2, 500)), 0, {1: "not asked"}, "integer"
    )  # numbers are no codes
    assert isinstance(years, Rates)
    assert [cell.label for cell in years.cells] == [
        "branch: not asked",
        "branch: none of the documented codes",
    ]


def test_two_codes_of_one_meaning_are_two_slices_that_can_be_told_apart() -> None:
    counts = at_branches([1] * 1000 + [2] * 300, 200, {1: "town", 2: "town"})
    assert isinstance(counts, Rates)
    assert [(cell.label, cell.events) for cell in counts.cells] == [
        ("branch: town (1)", 1000),
        ("branch: town (2)", 100),
    ]


def test_invented_codes_take_no_column_out_of_the_search() -> None:
    for codes in ({1: "a", 2: "b"}, {1: "a", 2: "b"} | {code: f"no {code}" for code in range(3, 80)}):
        counts = at_branches([1] * 1000 + [2] * 300, 200, codes)
        assert isinstance(counts, Rates)
        assert [(cell.label, cell.events) for cell in counts.cells] == [
            ("branch: a", 1000),
            ("branch: b", 100),
        ]


def test_rows_that_a_rehearsal_would_compare_with_themselves_are_told_as_such() -> None:
    parameters = {"column": "x", "edges": "-1, 0, 1", "reference": "test", "distance": "psi"}
    view = shifted([0.0, 2.0], [0.0, 2.0], parameters)
    counts = catalogue()["performance.psi"].count(view, arguments=parameters)
    assert isinstance(counts, Undefined)
    assert "compared with themselves. Name another data set" in counts.detail
