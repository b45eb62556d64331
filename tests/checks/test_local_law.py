"""The example tables of New York's rule (6 RCNY § 5-301), the EEOC's example and fairlearn's toy table, to all printed digits."""

import math
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from fractions import Fraction

import fairlearn.metrics as fair
import numpy as np
import pytest

from assay.checks.catalogue import catalogue
from assay.checks.counting.median import above_the_median
from assay.checks.examples import outcomes, scored
from assay.domain.evidence import CUTS, Combined, Rate, Rates, Undefined
from assay.domain.ratios import over_highest
from assay.stats.scoring_ratio import scoring_ratio

SELECTED = {
    "sex": {"Male": (1390, 667, "48", "1.00"), "Female": (1181, 555, "47", "0.979")},
    "race": {
        "Hispanic or Latino": (408, 204, "50", "0.97"),
        "White": (797, 412, "52", "1.00"),
        "Black or African American": (390, 170, "44", "0.84"),
        "Native Hawaiian or Pacific Islander": (119, 52, "44", "0.85"),
        "Asian": (616, 302, "49", "0.95"),
        "Native American or Alaska Native": (41, 18, "44", "0.85"),
        "Two or More Races": (213, 96, "45", "0.87"),
    },
    "intersection": {
        "Hispanic male": (205, 90, "43.9", "0.841"),
        "Hispanic female": (190, 82, "43.2", "0.827"),
        "White male": (412, 215, "52.2", "1.000"),
        "Black male": (226, 95, "42.0", "0.806"),
        "Pacific male": (87, 37, "42.5", "0.815"),
        "Asian male": (321, 167, "52.0", "0.997"),
        "Native male": (24, 11, "45.8", "0.878"),
        "Two or more male": (115, 52, "45.2", "0.866"),
        "White female": (385, 197, "51.2", "0.981"),
        "Black female": (164, 75, "45.7", "0.876"),
        "Pacific female": (32, 15, "46.9", "0.898"),
        "Asian female": (295, 135, "45.8", "0.877"),
        "Native female": (17, 7, "41.2", "0.789"),
        "Two or more female": (98, 44, "44.9", "0.860"),
    },
}
"""Applicants, selected, selection rate in percent and impact ratio as printed in § 5-301(b)."""
SCORED = {
    "sex": {"Male": (92, 50, "54.3", "1.00"), "Female": (76, 34, "44.7", "0.82")},
    "race": {
        "Hispanic or Latino": (28, 18, "64.2", "1.00"),
        "White": (40, 15, "37.5", "0.58"),
        "Black or African American": (32, 16, "50.0", "0.78"),
        "Native Hawaiian or Pacific Islander": (8, 5, "62.5", "0.97"),
        "Asian": (24, 10, "41.7", "0.65"),
        "Native American or Alaska Native": (16, 10, "62.5", "0.97"),
        "Two or More Races": (20, 10, "50.0", "0.78"),
    },
    "intersection": {
        "Hispanic male": (16, 12, "75", "1.00"),
        "Hispanic female": (12, 6, "50", "0.67"),
        "White male": (20, 7, "35", "0.47"),
        "Black male": (20, 10, "50", "0.67"),
        "Pacific male": (4, 3, "75", "1.00"),
        "Asian male": (12, 7, "58.3", "0.78"),
        "Native male": (8, 5, "62.5", "0.83"),
        "Two or more male": (12, 6, "50", "0.67"),
        "White female": (20, 8, "40", "0.53"),
        "Black female": (12, 6, "50", "0.67"),
        "Pacific female": (4, 2, "50", "0.67"),
        "Asian female": (12, 3, "25", "0.33"),
        "Native female": (8, 5, "62.5", "0.83"),
        "Two or more female": (8, 4, "50", "0.67"),
    },
}
"""Applicants, those above the median (whole, from the printed rate), scoring rate and impact ratio as printed in § 5-301(c)."""
CUT_OFF = {("race", "Hispanic or Latino")}
"""18 of 28 is 64.2857 %, which the rule prints as 64.2: cut off and not rounded, alone of all its figures."""
TABLES = [(what, name) for what in (SELECTED, SCORED) for name in what]


def printed(value: Fraction, like: str, rounding: str) -> str:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return str(exact.quantize(Decimal(like), rounding=rounding))


def cells(table) -> list[Rate]:
    return [Rate(label, selected, n) for label, (n, selected, _, _) in table.items()]


@pytest.mark.parametrize(("what", "name"), TABLES)
def test_the_rules_own_tables_come_out_to_all_printed_digits(what, name: str):
    table = what[name]
    for found in over_highest(cells(table)):
        _, _, rate, ratio = table[found.label]
        cut = what is SCORED and (name, found.label) in CUT_OFF
        assert printed(found.rate * 100, rate, ROUND_DOWN if cut else ROUND_HALF_UP) == rate, found.label
        assert printed(found.ratio, ratio, ROUND_HALF_UP) == ratio, found.label


@pytest.mark.parametrize("name", SELECTED)
def test_the_check_finds_the_smallest_impact_ratio_of_the_table(name: str):
    table = SELECTED[name]
    view = outcomes({label: (n - x, 0, 0, x) for label, (n, x, _, _) in table.items()})
    counts = catalogue()["fairness.ll144_selection"].count(view, across="sex")
    assert isinstance(counts, Rates)
    assert min(o.ratio for o in over_highest(counts.cells)) == min(
        o.ratio for o in over_highest(cells(table))
    )


@pytest.mark.parametrize("name", SCORED)
def test_scores_that_lie_as_in_the_rules_example_have_its_scoring_rates(name: str):
    """Half of the people of each table score above the median: 84 of 168."""
    table = SCORED[name]
    assert sum(n for n, *_ in table.values()) == 168
    assert sum(above for _, above, *_ in table.values()) == 84
    view = scored({label: ((0.1, n - x, 0), (0.9, 0, x)) for label, (n, x, _, _) in table.items()})
    found = [c for c in above_the_median(view) if c.family == CUTS[0]]
    assert [(c.label, c.events, c.trials) for c in found] == [
        (name, x, n) for name, (n, x, _, _) in table.items()
    ]


@pytest.mark.parametrize("seed", range(6))
def test_rows_above_the_median_are_numpys(seed: int):
    rng = np.random.default_rng(seed)
    score, group = np.round(rng.beta(2, 3, 301), 2), rng.integers(0, 3, 301)
    values = np.unique(score)
    view = scored(
        {f"g{g}": [(float(v), int(((score == v) & (group == g)).sum()), 0) for v in values] for g in range(3)}
    )
    counts = catalogue()["fairness.ll144_scoring"].count(view, across="sex")
    assert isinstance(counts, Combined)
    k = math.floor(301 / 2 - math.sqrt(301 * math.log(2000) / 2))
    ordered = np.sort(score)
    for name, cut in zip(CUTS, (np.median(score), ordered[k - 1], ordered[301 - k]), strict=True):
        mine = {c.label: c.events for c in counts.cells if c.family == name}
        assert mine == {f"g{g}": int((score[group == g] > cut).sum()) for g in range(3)}


@pytest.mark.parametrize("ratio", [0.5, 0.8])
def test_the_bound_of_a_scoring_ratio_holds_where_the_median_is_estimated_too(ratio: float):
    """Scores uniform on the sides of .5, so that the density at the median differs between groups most."""
    rng, wrong = np.random.default_rng(7), 0
    high = 2 / (1 + ratio) / 2  # half of all score above .5
    for _ in range(400):
        above = rng.random((2, 400)) < np.array([[high * ratio], [high]])
        score = np.where(above, rng.uniform(0.5, 1, above.shape), rng.uniform(0, 0.5, above.shape))
        score[1] = np.where(above[1], 0.5 + (score[1] - 0.5) * 0.05, score[1])
        view = scored({f"g{g}": [(float(v), 1, 0) for v in np.sort(score[g])] for g in range(2)})
        found = {(c.label, c.family): (c.events, c.trials) for c in above_the_median(view)}
        x1, n1, x2, n2 = (np.array([found[g, cut][i] for cut in CUTS]) for g in ("g0", "g1") for i in (0, 1))
        wrong += float(scoring_ratio(x1, n1, x2, n2).lower(0.05)) > ratio
    assert wrong / 400 <= 0.05


def test_the_example_of_the_eeoc_is_exactly_four_fifths_and_not_adverse():
    """48 % against 60 %: "the selection rate is exactly four-fifths" (Q&A on the Uniform Guidelines, 44 FR 11996, no. 11-12)."""
    from assay.checks import judged_example
    from assay.checks.check import Example
    from assay.domain.vocabulary import Comparator, Verdict

    def judged(times: int, threshold: str, verdict: Verdict):
        view = outcomes({"women": (52 * times, 0, 0, 48 * times), "men": (40 * times, 0, 0, 60 * times)})
        example = Example("", lambda: view, Comparator.AT_LEAST, threshold, verdict, across="sex")
        return judged_example(catalogue()["fairness.impact_ratio"], example)

    exact = judged(1, "0.80", Verdict.INCONCLUSIVE)
    assert exact.assessment.point_passes is True
    assert exact.assessment.point_verdict is Verdict.PASS
    assert judged(1, "0.81", Verdict.INCONCLUSIVE).assessment.point_passes is False
    many = [judged(times, "0.80", Verdict.INCONCLUSIVE) for times in (1, 10, 100)]
    assert [j.verdict for j in many] == [Verdict.INCONCLUSIVE] * 3  # on the line no number of rows shows it
    bounds = [j.assessment.bound.value for j in many]
    assert bounds == sorted(bounds)
    assert bounds[-1] < 0.80
    assert judged(100, "0.78", Verdict.PASS).verdict is Verdict.PASS


TOY = (
    [0, 1, 1, 1, 1, 0, 1, 0, 1, 0, 0, 0, 1, 1, 1, 1, 1, 1],
    [0, 0, 1, 0, 1, 1, 1, 0, 0, 1, 1, 1, 1, 0, 0, 1, 1, 0],
    ["b", "b", "a", "b", "b", "c", "c", "c", "a", "a", "c", "a", "b", "c", "c", "b", "c", "c"],
)
"""True labels, decisions and groups of fairlearn's user guide (0.10, advanced usage of MetricFrame)."""


def test_fairlearns_toy_table_is_reproduced():
    y_true, y_pred, group = (np.array(column) for column in TOY)
    table = {}
    for label in "abc":
        mine = group == label
        cells = ((y_true == t) & (y_pred == p) & mine for t, p in ((0, 0), (0, 1), (1, 0), (1, 1)))
        table[label] = tuple(int(cell.sum()) for cell in cells)
    view, known = outcomes(table), catalogue()
    for id_, metric in (
        ("fairness.demographic_parity", fair.selection_rate),
        ("fairness.equal_opportunity", fair.true_positive_rate),
    ):
        frame = fair.MetricFrame(metrics=metric, y_true=y_true, y_pred=y_pred, sensitive_features=group)
        rates = {c.label: c.events / c.trials for c in known[id_].count(view, across="sex").cells}
        assert rates == pytest.approx(frame.by_group.to_dict(), abs=1e-15)
        assert max(rates.values()) - min(rates.values()) == pytest.approx(frame.difference())
    recall = {c.label: c for c in known["performance.recall"].count(view, across="sex").cells}
    precision = {c.label: c for c in known["performance.precision"].count(view, across="sex").cells}
    printed_by_them = {"a": "0.365591", "b": "0.850000", "c": "0.468966"}  # the F-score with beta .6
    for label, expected in printed_by_them.items():
        r, p = (Fraction(c[label].events, c[label].trials) for c in (recall, precision))
        beta = Fraction(9, 25)
        assert f"{float((1 + beta) * p * r / (beta * p + r)):.6f}" == expected


def test_the_scoring_ratio_of_a_score_of_which_less_is_better_is_refused():
    view = scored({"x": [(0.2, 80, 0), (0.8, 0, 20)], "y": [(0.2, 20, 0), (0.8, 0, 80)]}, favourable=0)
    found = catalogue()["fairness.ll144_scoring"].count(view, across="sex")
    assert isinstance(found, Undefined)
    assert "0 is the favourable decision" in found.detail
