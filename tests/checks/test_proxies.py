"""How well an input tells groups apart equals scikit-learn's figures; planted stand-ins are found, and clean inputs are not."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from assay.checks import judged_example
from assay.checks.catalogue import catalogue
from assay.checks.check import Example
from assay.checks.fairness.proxy_strength import tabulate
from assay.checks.tabled import table_view
from assay.domain.dictionary import Column
from assay.domain.evidence import Rates, Undefined
from assay.domain.vocabulary import Comparator, Reason, Verdict
from assay.tally.table import TableView

CHECK = catalogue()["fairness.proxy_strength"]


def view(train: dict, in_train, test: dict, in_test) -> TableView:
    """The tables of two data sets whose rows are in these groups, 0 or 1."""

    def made(columns, group) -> TableView:
        return table_view(
            tabulate,
            columns,
            groups={"sex": (("women", "men"), group)},
            across=("sex",),
            parameters={"column": "", "learnt_on": "train"},
        )

    one, two = made(train, in_train), made(test, in_test)
    tables = {"train": one.tables["test"], "test": two.tables["test"]}
    return TableView(
        "test", tables, two.context, {"train": len(in_train), "test": len(in_test)}, groups=two.groups
    )


def rows(seed: int, *, proxy: bool, n: int = 2000):
    rng = np.random.default_rng(seed)
    group = rng.integers(0, 2, n)
    columns = {
        "income": np.exp(rng.normal(size=n)),
        "children": rng.integers(0, 4, n).astype(float),
        "height": rng.normal(size=n) + (1.5 * group if proxy else 0),
    }
    return columns, group


@pytest.mark.parametrize("seed", range(5))
def test_the_difference_is_that_of_a_classifier_by_scikit_learn(seed: int):
    train, test = rows(seed, proxy=True), rows(seed + 100, proxy=True)
    counts = CHECK.count(view(*train, *test), across="sex")
    assert isinstance(counts, Rates)
    edges = np.quantile(train[0]["height"], np.arange(1, 10) / 10, method="inverted_cdf")
    of = {
        name: np.searchsorted(edges, values[0]["height"])
        for name, values in (("train", train), ("test", test))
    }
    share = [np.bincount(of["train"][train[1] == g], minlength=10) / (train[1] == g).sum() for g in (0, 1)]
    typical = np.isin(of["test"], np.flatnonzero(share[0] > share[1]))
    area = roc_auc_score(test[1] == 0, typical)
    found = {c.label: c.events / c.trials for c in counts.cells if c.family == "height"}
    assert found["women"] - found["men"] == pytest.approx(2 * area - 1, abs=0.01)  # bins know numbers to .1 %


def judged(seed: int, *, proxy: bool):
    both = (*rows(seed, proxy=proxy), *rows(seed + 1000, proxy=proxy))
    example = Example("", lambda: view(*both), Comparator.AT_MOST, "0.15", Verdict.PASS, across="sex")
    return judged_example(CHECK, example)


def test_planted_proxies_are_found_in_20_seeds_and_clean_inputs_raise_no_alarm():
    planted = [judged(seed, proxy=True) for seed in range(20)]
    clean = [judged(seed, proxy=False) for seed in range(20)]
    assert sum(j.verdict is Verdict.FAIL for j in planted) >= 19
    assert all(j.assessment.pieces[0].family == "height" for j in planted)
    assert sum(j.verdict is Verdict.FAIL for j in clean) <= 1
    assert sum(j.verdict is Verdict.PASS for j in clean) >= 19


def test_categories_are_told_apart_by_their_codes_and_unseen_ones_are_typical_of_nobody():
    group = [0] * 100 + [1] * 100
    train = {"job": ["nurse"] * 80 + ["clerk"] * 20 + ["clerk"] * 90 + ["nurse"] * 10}
    test = {"job": ["nurse"] * 98 + ["pilot"] * 2 + ["clerk"] * 100}
    counts = CHECK.count(view(train, group, test, group), across="sex")
    assert [(c.label, c.events, c.trials) for c in counts.cells] == [("women", 98, 100), ("men", 0, 100)]


@pytest.mark.parametrize(
    ("learnt", "judged"),
    [
        (["f"] * 100 + ["m"] * 100, ["F"] * 100 + ["M"] * 100),
        ([0.0] * 100 + [1.0] * 100, [0.4] * 100 + [0.6] * 100),
        ([0.0] * 100 + [1.0] * 100, [10.0] * 100 + [20.0] * 100),
        (["f"] * 100 + ["m"] * 100, ["m"] * 97 + ["d"] * 3 + ["m"] * 100),
        ([1.0] * 100 + [2.0] * 100, [None] * 100 + [2.0] * 100),
    ],
)
def test_a_column_that_is_the_group_in_another_spelling_never_passes(learnt: list, judged: list):
    group = [0] * 100 + [1] * 100
    counts = CHECK.count(view({"prefix": learnt}, group, {"prefix": judged}, group), across="sex")
    assert isinstance(counts, Undefined)
    assert "rows of 'women' have a value of 'prefix' that no row of 'train' has" in counts.detail


def test_a_group_that_is_not_where_it_is_to_be_learnt_is_told():
    columns = {"income": [1.0, 2.0]}
    counts = CHECK.count(view(columns, [0, 0], columns, [0, 1]), across="sex")
    assert isinstance(counts, Undefined)
    assert counts.reason is Reason.EMPTY_GROUP


@pytest.mark.parametrize("few", [6, 49])
def test_of_few_rows_of_a_group_nothing_is_learnt(few: int):
    """Of six women what is typical of women is chance: a stand-in of .56 seemed one of .42."""
    (learnt, group), (judged, other) = rows(1, proxy=True), rows(2, proxy=True)
    kept = np.flatnonzero((group == 1) | (np.cumsum(group == 0) <= few))
    some = {name: values[kept] for name, values in learnt.items()}
    counts = CHECK.count(view(some, group[kept], judged, other), across="sex")
    assert isinstance(counts, Undefined)
    assert counts.reason is Reason.TOO_FEW_ROWS_FOR_METHOD
    assert f"{few} rows of 'women'" in counts.detail


def test_a_number_that_is_stored_as_text_is_no_clean_input():
    """Hashes of texts were cut into parts as if they were numbers, which mixes the values of both groups."""
    draw = np.random.default_rng(3)
    group = draw.integers(0, 2, 2000)
    texts = [str(value) for value in draw.integers(0, 1000, 2000) + 1000 * group]
    of = {"sex": (("women", "men"), group)}
    made = table_view(
        tabulate,
        {"x": texts},
        groups=of,
        across=("sex",),
        others={"train": {"x": texts}},
        groups_of_others={"train": {"sex": group}},
        dictionary=(Column(name="x", type="integer", description="x"),),
        parameters={"column": "", "learnt_on": "train"},
    )
    counts = CHECK.count(made, across="sex")
    assert isinstance(counts, Undefined)
    assert "2,000 of 2,000 rows of 'test' have a text there" in counts.detail


def test_numbers_that_differ_by_one_in_a_hundred_thousand_are_told_apart():
    group = np.random.default_rng(3).integers(0, 2, 2000)
    counts = CHECK.count(view({"x": 541_511 + group}, group, {"x": 541_511 + group}, group), across="sex")
    assert isinstance(counts, Rates)
    assert sorted(cell.events / cell.trials for cell in counts.cells) == [0, 1]
