"""Slices that are found on other rows: pandas and statsmodels find the same, enumeration says how often the verdict errs, whatever is searched."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom
from statsmodels.stats.proportion import proportion_confint

from assay.checks.catalogue import catalogue, metrics
from assay.checks.counting.slices import tabulate
from assay.checks.tabled import table_view
from assay.domain.assessment import Asked
from assay.domain.dictionary import Column
from assay.domain.evidence import Counts, FoundRates, Rate, Statistic, Undefined
from assay.domain.evidence.found import worst_of
from assay.domain.judge import judge
from assay.domain.plain import from_plain, to_plain
from assay.domain.vocabulary import Comparator, Reason, Verdict
from assay.plan.counts import prospect_of
from assay.stats.assess import assess
from assay.tally.table import TableView

CHECK = "performance.found_slices"
PARAMETERS = {"measure": "accuracy", "depth": 2, "min_rows": 100, "searched": "develop", "worst": 5}
THRESHOLD = Decimal("0.85")


def counted(view: TableView, **other: object) -> Counts:
    return catalogue()[CHECK].count(view, arguments={**PARAMETERS, **other})


def verdict(counts: Counts, threshold: Decimal = THRESHOLD, comparator: Comparator = Comparator.AT_LEAST):
    asked = Asked("found", comparator, threshold, 0.05)
    (judged,) = judge([assess(Statistic(CHECK, "", "test", counts), asked)])
    return judged


def drawn(seed: int, n: int, *, planted: bool) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Four columns of three codes; where planted, a third of the rows of one pair of codes are decided wrongly."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({name: rng.integers(0, 3, n) for name in "abcd"})
    weak = (frame["a"] == 1) & (frame["c"] == 2)
    wrong = rng.random(n) < np.where(weak & planted, 0.35, 0.08)
    label = rng.integers(0, 2, n)
    return frame, label, np.where(wrong, 1 - label, label)


def searched_and_judged(seed: int, *, planted: bool, n: int = 4000) -> TableView:
    there, labels, decisions = drawn(1000 + seed, n, planted=planted)
    here, label, decided = drawn(seed, n, planted=planted)
    return table_view(
        tabulate,
        {name: here[name] for name in here},
        label=label,
        score=decided.astype(float),
        others={"develop": {name: there[name] for name in there}},
        labels_of_others={"develop": labels},
        scores_of_others={"develop": decisions.astype(float)},
        dictionary=tuple(
            Column(name=name, type="category", description=name, codes={0: "x", 1: "y", 2: "z"})
            for name in "abcd"
        ),
        parameters=PARAMETERS,
    )


def by_pandas(frame: pd.DataFrame, right: np.ndarray) -> dict[str, tuple[int, int]]:
    """Right decisions and rows of every slice by one or two columns."""
    found = {}
    for size in (1, 2):
        for names in itertools.combinations("abcd", size):
            for key, rows in pd.Series(right).groupby([frame[name] for name in names]):
                told = ", ".join(f"{name}: {'xyz'[code]}" for name, code in zip(names, key, strict=True))
                found[told] = (int(rows.sum()), len(rows))
    return found


def test_the_slices_are_those_whose_wilson_limit_by_statsmodels_is_worst_and_the_rates_are_pandas() -> None:
    counts = counted(searched_and_judged(3, planted=True))
    assert isinstance(counts, FoundRates)
    there, labels, decisions = drawn(1003, 4000, planted=True)
    here, label, decided = drawn(3, 4000, planted=True)
    searched = by_pandas(there, labels == decisions)
    assert {cell.label: (cell.events, cell.trials) for cell in counts.searched} == searched
    limits = {
        told: proportion_confint(n - right, n, alpha=0.10, method="wilson")[0]
        for told, (right, n) in searched.items()
    }
    worst = sorted(limits, key=lambda told: -limits[told])[:5]
    judged = by_pandas(here, label == decided)
    assert [(cell.label, (cell.events, cell.trials)) for cell in counts.cells] == [
        (told, judged[told]) for told in worst
    ]
    assert worst[0] == "a: y, c: z"


def test_a_planted_slice_is_found_and_confirmed_and_clean_rows_accuse_none_and_pass() -> None:
    confirmed, accused, passed = 0, 0, 0
    for seed in range(20):
        planted = verdict(counted(searched_and_judged(seed, planted=True)))
        worst = planted.assessment.most_violated
        confirmed += planted.verdict is Verdict.FAIL and worst is not None and worst.label == "a: y, c: z"
        clean = verdict(counted(searched_and_judged(seed, planted=False)))
        accused += clean.verdict is Verdict.FAIL
        passed += clean.verdict is Verdict.PASS
    assert confirmed >= 19
    assert accused <= 1
    assert passed >= 19


# --- how often a verdict errs, by enumeration ---------------------------------------------------------------------------

SMALL, ALPHA = 12, 0.05
"""Judged rows of each slice; three slices of so many searched rows are enumerated, and two of them judged."""
SEARCHED = 6
VERDICTS: dict[tuple[int, int], Verdict] = {}


def verdict_of(first: int, second: int) -> Verdict:
    """The verdict on two slices of which so many of the judged rows are right, as a run judges them; asked of each two numbers once."""
    key = (min(first, second), max(first, second))
    if key not in VERDICTS:
        searched = (Rate("p", 0, 1), Rate("q", 0, 1))
        cells = (Rate("p", key[0], SMALL), Rate("q", key[1], SMALL))
        found = FoundRates(cells, searched, 2, low_is_bad=True)
        VERDICTS[key] = verdict(found, Decimal("0.60")).verdict
    return VERDICTS[key]


def chance(rates: tuple[float, float], wanted: Verdict) -> float:
    """How likely a verdict is on two slices of these true rates."""
    events = np.arange(SMALL + 1)
    one, two = (binom.pmf(events, SMALL, rate) for rate in rates)
    return sum(float(one[i] * two[j]) for i in events for j in events if verdict_of(int(i), int(j)) is wanted)


def by_the_search(*right: int) -> tuple[int, ...]:
    cells = tuple(Rate(str(i), n, SEARCHED) for i, n in enumerate(right))
    return tuple(int(cell.label) for cell in worst_of(cells, 2, low_is_bad=True))


def the_other_way_round(*right: int) -> tuple[int, ...]:
    return by_the_search(*(SEARCHED - n for n in right))


def at_random(*right: int) -> tuple[int, ...]:
    return tuple(np.random.default_rng(right).permutation(3)[:2].tolist())


def error(rates: tuple[float, ...], search: Callable[..., tuple[int, ...]], wanted: Verdict) -> float:
    """How likely a wrong verdict is over every outcome of the search and of the judged rows: a pass where a slice that was found is below .60,
    a failure where none is."""
    events = np.arange(SEARCHED + 1)
    each = [binom.pmf(events, SEARCHED, rate) for rate in rates]
    found = 0.0
    for right in itertools.product(range(SEARCHED + 1), repeat=3):
        chosen = search(*right)
        first, second = (rates[i] for i in chosen)
        violated = bool(min(first, second) < 0.60)
        if violated is (wanted is Verdict.PASS):
            at = float(np.prod([each[i][n] for i, n in enumerate(right)]))
            found += at * chance((first, second), wanted)
    return found


@pytest.mark.parametrize("search", [by_the_search, the_other_way_round, at_random])
def test_whatever_the_search_does_no_verdict_is_wrong_more_often_than_alpha(search) -> None:
    just_below = float(np.nextafter(0.60, 0))
    for rates in ((just_below, 1.0, 1.0), (just_below, just_below, 1.0), (0.5, 0.9, just_below)):
        assert error(rates, search, Verdict.PASS) <= ALPHA
    assert error((just_below, 0.6, 0.6), search, Verdict.PASS) > 0  # a pass can be had at all
    for rates in ((0.60, 0.60, 0.60), (0.60, 0.75, 0.9)):
        assert error(rates, search, Verdict.FAIL) <= ALPHA


def test_on_the_very_rows_that_were_searched_it_would_be() -> None:
    """Twenty slices of 200 rows, all at the threshold, of which the two worst are taken and judged on the same rows: no enumeration needed."""
    rng, fails, n = np.random.default_rng(0), 0, 200
    for _ in range(200):
        searched = tuple(Rate(str(i), int(x), n) for i, x in enumerate(rng.binomial(n, 0.85, 20)))
        cells = worst_of(searched, 2, low_is_bad=True)
        fails += verdict(FoundRates(cells, searched, 2, low_is_bad=True)).verdict is Verdict.FAIL
    assert fails / 200 > 4 * ALPHA


# --- what the counts say by themselves ----------------------------------------------------------------------------------

SITES = (Rate("north", 80, 100), Rate("south", 95, 100), Rate("east", 7, 10))


def test_which_slices_are_judged_follows_from_the_counts_alone() -> None:
    found = worst_of(SITES, 2, low_is_bad=True)
    assert [cell.label for cell in found] == ["north", "east"]  # ten rows are few to be sure of
    assert [cell.label for cell in worst_of(SITES, 1, low_is_bad=False)] == ["south"]
    honest = FoundRates((Rate("north", 8, 9), Rate("east", 0, 0)), SITES, 2, low_is_bad=True)
    plain = to_plain(honest, Counts)
    assert from_plain(plain, Counts) == honest
    for cells in (
        [],
        plain["cells"][:1],
        plain["cells"][::-1],
        [plain["cells"][0], {**plain["cells"][1], "label": "south"}],
    ):
        with pytest.raises(ValueError, match="looked worst"):
            from_plain({**plain, "cells": cells}, Counts)
    with pytest.raises(ValueError, match="once"):
        from_plain({**plain, "searched": [*plain["searched"], plain["searched"][0]]}, Counts)
    with pytest.raises(ValueError, match="at least one"):
        FoundRates((), SITES, 0, low_is_bad=True)


def test_each_group_has_its_own_worst_slices() -> None:
    searched = tuple(
        Rate(sex, right, 100, site)
        for sex, by_site in {"women": {"north": 70, "south": 60}, "men": {"north": 90, "south": 95}}.items()
        for site, right in by_site.items()
    )
    found = worst_of(searched, 1, low_is_bad=True)
    assert [(cell.label, cell.family) for cell in found] == [("women", "south"), ("men", "north")]


def test_a_slice_that_was_found_and_has_no_judged_row_leaves_it_open() -> None:
    judged = verdict(FoundRates((Rate("north", 9, 9), Rate("east", 0, 0)), SITES, 2, low_is_bad=True))
    assert (judged.verdict, judged.reason) == (Verdict.NOT_EVALUABLE, Reason.EMPTY_GROUP)
    assert "east" in judged.sentence


def view_of(sites: list[int], others: list[int], wrong: int = 0, **parameters: object) -> TableView:
    """Rows at sites of the codes 0 to 2, of which the first others so many are decided wrongly."""
    codes = (Column(name="site", type="category", description="s", codes={0: "a", 1: "b", 2: "c"}),)
    return table_view(
        tabulate,
        {"site": sites},
        label=[0] * len(sites),
        score=[0.0] * len(sites),
        others={"develop": {"site": others}},
        labels_of_others={"develop": [0] * len(others)},
        scores_of_others={"develop": [float(i < wrong) for i in range(len(others))]},
        dictionary=codes,
        parameters={**PARAMETERS, "depth": 1, **parameters},
    )


def test_without_other_rows_nothing_is_confirmed() -> None:
    view = view_of([0] * 500, [0] * 500)
    for searched, said in (("test", "cannot be confirmed on them"), ("train", "no other data set 'train'")):
        counts = counted(view, depth=1, searched=searched)
        assert isinstance(counts, Undefined)
        assert counts.reason is Reason.NOT_MEASURED
        assert said in counts.detail
    few = counted(view_of([0] * 500, [0] * 99), depth=1)
    assert isinstance(few, Undefined)
    assert few.reason is Reason.EMPTY_GROUP
    assert few.detail.endswith("search more rows, or write a smaller 'min_rows'.")


@pytest.mark.parametrize(
    ("metric", "setting"),
    [
        ("performance.found_slices", "searched"),
        ("performance.psi", "reference"),
        ("fairness.proxy_strength", "learnt_on"),
    ],
)
def test_a_data_set_that_there_cannot_be_is_refused_before_anything_is_read(
    metric: str, setting: str
) -> None:
    parameter = metrics()[metric].parameters[setting]
    assert parameter.refuses("validation").startswith("one of ")
    assert not parameter.refuses("develop")
    assert metric == "performance.psi" or parameter.refuses("test")


def test_a_slice_that_is_kept_from_the_search_passes_nothing() -> None:
    """Whoever takes the weak site out of the development rows has nothing looked for there."""
    sites = [0] * 600 + [1] * 400
    hidden = counted(view_of(sites, [0] * 990 + [1] * 10), depth=1)
    assert isinstance(hidden, Undefined)
    assert (
        "Of 400 judged rows with site: b the develop rows have 10 like them, where about 400" in hidden.detail
    )
    assert isinstance(counted(view_of(sites, [0] * 800 + [1] * 200), depth=1), FoundRates)
    rare = counted(
        view_of([0] * 940 + [1] * 60, [0] * 1000), depth=1
    )  # no search would have looked at so few
    assert isinstance(rare, FoundRates)


@pytest.mark.parametrize(
    ("here", "there", "kept"), [(60, 0, True), (60, 9, True), (60, 10, False), (20, 0, False)]
)
def test_nor_does_one_of_fewer_rows_where_so_few_are_searched(here: int, there: int, kept: bool) -> None:
    """Of 60 rows that would be among the searched ones less than ten are no chance; of 20 none is too little to say so."""
    rows = view_of([0] * (1000 - here) + [1] * here, [0] * (1000 - there) + [1] * there, min_rows=10)
    assert isinstance(counted(rows, depth=1, min_rows=10), Undefined if kept else FoundRates)


def test_a_pair_of_codes_that_is_kept_from_the_search_passes_nothing_either() -> None:
    """Both codes are searched; those rows that have both are not."""
    rng = np.random.default_rng(0)
    here = {name: rng.integers(0, 2, 3000) for name in ("site", "kind")}
    there = {name: rng.integers(0, 2, 3000) for name in ("site", "kind")}
    kept = (there["site"] == 0) | (there["kind"] == 0)
    for chosen, counts in ((slice(None), FoundRates), (kept, Undefined)):
        others = {name: values[chosen] for name, values in there.items()}
        n = len(others["site"])
        view = table_view(
            tabulate,
            here,
            label=np.zeros(3000),
            score=np.zeros(3000),
            others={"develop": others},
            labels_of_others={"develop": np.zeros(n)},
            scores_of_others={"develop": np.zeros(n)},
            dictionary=tuple(
                Column(name=name, type="category", description=name, codes={0: "a", 1: "b"}) for name in here
            ),
            parameters=PARAMETERS,
        )
        found = counted(view)
        assert isinstance(found, counts)
    assert "judged rows with site: b, kind: b the develop rows have 0 like them" in found.detail


def test_codes_that_nobody_documented_hide_nothing_on_either_data_set() -> None:
    for here, there in (([0] * 900 + [7] * 100, [0] * 1000), ([0] * 1000, [0] * 900 + [7] * 100)):
        counts = counted(view_of(here, there), depth=1)
        assert isinstance(counts, Undefined)
        assert "100 rows of " in counts.detail
        assert "Document the codes" in counts.detail


@pytest.mark.parametrize("codes", [{0: "no value", 1: "b"}, {0: "x (1)", 1: "x", 2: "x"}])
def test_a_meaning_that_another_slice_is_called_by_hides_none(codes: dict[int, str]) -> None:
    """Rows without a value, or with the code 1, are kept from the search, and another code is called as they are."""
    gone = None if len(codes) == 2 else 1
    here, there = [0] * 600 + [gone] * 400, [0] * 900 + [1 if gone is None else 2] * 100
    view = table_view(
        tabulate,
        {"site": here},
        label=[0] * 1000,
        score=[0.0] * 1000,
        others={"develop": {"site": there}},
        labels_of_others={"develop": [0] * 1000},
        scores_of_others={"develop": [0.0] * 1000},
        dictionary=(Column(name="site", type="category", description="s", codes=codes),),
        parameters={**PARAMETERS, "depth": 1},
    )
    hidden = counted(view, depth=1)
    assert isinstance(hidden, Undefined)
    assert "Of 400 judged rows with site: " in hidden.detail


def test_a_plan_has_the_power_of_the_smallest_slices_and_at_best_of_the_largest() -> None:
    counts = counted(
        view_of([0] * 600 + [1] * 300 + [2] * 100, [0] * 600 + [1] * 300 + [2] * 100), depth=1, worst=2
    )
    asked = Asked("found", Comparator.AT_LEAST, Decimal("0.80"), 0.05)
    prospect = prospect_of(counts, asked, None)
    assert prospect is not None
    assert not isinstance(prospect, str)
    fails = {}
    for n in (100, 300, 600):
        least = next(x for x in range(n + 1) if binom.sf(x - 1, n, 0.80) <= 0.05)
        fails[n] = binom.cdf(least - 1, n, 0.90)
    assert prospect.passes(0.90, 1.0) == pytest.approx(1 - fails[100] - fails[300])
    assert prospect.at_best(0.90, 1.0) == pytest.approx(1 - fails[300] - fails[600])
    assert "smallest" in prospect.assumed
