"""A gap by probabilities of membership lies in the interval that linear programs over all joint distributions give."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from scipy.optimize import linprog

from assay.checks.catalogue import catalogue
from assay.checks.counting.proxied import probable
from assay.checks.tabled import table_view
from assay.domain.assessment import Asked
from assay.domain.evidence import Compare, Proxied, ProxiedCell, Statistic, Undefined
from assay.domain.vocabulary import Comparator, Grade, Reason
from assay.stats.assess import assess
from assay.stats.proxied import FEWEST, Masses, proxied_difference, proxied_log_ratio

PARITY = catalogue()["fairness.parity_by_probability"]
RATIO = catalogue()["fairness.impact_ratio_by_probability"]
ASKED = {"probability": "p", "member": "immigrants", "calibration_error": Decimal("0.02"), "bins": 10}
BINS = 4


def by_programs(masses: Masses, error: float) -> tuple[list[float], list[float]]:
    """The ends of the difference and of the ratio, by a linear program for each of many shares of members.

    The unknowns are P(favourable, member) and P(unfavourable, member) in each bin.
    """
    n = masses.n
    good, bad, members = (
        np.bincount(masses.bin, weights=w, minlength=BINS) / n
        for w in (masses.good, masses.bad, masses.probability * masses.rows)
    )
    slack, each = error * (good + bad), np.hstack([np.eye(BINS), np.eye(BINS)])
    shares = [members.sum()]
    if error:
        lowest, highest = np.maximum(members - slack, 0).sum(), np.minimum(members + slack, good + bad).sum()
        shares = list(np.linspace(lowest, highest, 61))
    differences, ratios = [], []
    for share in shares:
        for sign in (1, -1):
            found = linprog(
                np.r_[sign * np.ones(BINS), np.zeros(BINS)],
                A_ub=np.vstack([each, -each]),
                b_ub=np.r_[members + slack, slack - members] + 1e-12,
                A_eq=np.ones((1, 2 * BINS)),
                b_eq=[share],
                bounds=[(0, most) for most in (*good, *bad)],
            )
            if found.status == 0:
                t = sign * found.fun
                rates = t / share, (good.sum() - t) / (1 - share)
                differences.append(rates[0] - rates[1])
                ratios.append(rates[0] / rates[1])
    return [min(differences), max(differences)], [min(ratios), max(ratios)]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("error", [0.0, 0.06])
def test_the_ends_are_those_of_all_joint_distributions(seed, error):
    rng = np.random.default_rng(seed)
    p, n = rng.beta(0.5, 0.7, 30), rng.integers(100, 3000, 30)
    masses = Masses.of(p, rng.binomial(n, rng.uniform(0.2, 0.8, 30)), n, BINS)
    difference, ratio = by_programs(masses, error)
    tolerance = 1e-9 if not error else 0.01  # the programs only try some shares of members
    assert proxied_difference(masses, error).ends == pytest.approx(difference, abs=tolerance)
    found = np.exp(proxied_log_ratio(masses, error).ends)
    assert found == pytest.approx(ratio, rel=tolerance * 10)
    assert found[0] <= ratio[0] + 1e-9
    assert found[1] >= ratio[1] - 1e-9


def test_every_way_to_give_memberships_to_few_rows_lies_between_the_ends():
    """All ways to choose which rows of two bins are members, as many in each as the probabilities say."""
    masses = Masses.of([0.4, 0.8], [200, 300], [500, 500], BINS)  # a hundred times the rows
    found = [
        (one + two) / 6 - (5 - one - two) / 4
        for one in range(3)  # favourable ones among the two members of the first bin
        for two in range(2, 4)  # and among the four of the second, where only two are unfavourable
    ]
    assert proxied_difference(masses, 0.0).ends == pytest.approx((min(found), max(found)))


def _probable(p, good, member=None):
    return table_view(probable, {"p": p}, score=np.asarray(good, dtype=float), parameters=ASKED)


def assessed(counts, comparator=Comparator.AT_MOST, threshold="0.1"):
    statistic = Statistic("fairness.x", "", "test", counts)
    return assess(statistic, Asked("x", comparator, Decimal(threshold), 0.05))


def test_where_membership_is_known_the_gap_is_that_of_the_groups():
    rng = np.random.default_rng(1)
    member, good = rng.random(5000) < 0.3, rng.random(5000) < 0.6
    counts = PARITY.count(_probable(member.astype(float), good), arguments=ASKED)
    assert isinstance(counts, Proxied)
    gap = good[member].mean() - good[~member].mean()
    masses = Masses.of(
        [0.0, 1.0], [good[~member].sum(), good[member].sum()], [(~member).sum(), member.sum()], 10
    )
    assert proxied_difference(masses, 0.0).ends == pytest.approx((gap, gap))
    estimates = {p.label: p.estimate for p in assessed(counts).pieces}
    assert estimates["immigrants against all others"] == pytest.approx(gap)
    assert estimates["all others against immigrants"] == pytest.approx(-gap)


def test_the_delta_method_is_that_of_two_independent_rates():
    """At known membership the standard error of the difference is sqrt(p1 q1 / n1 + p2 q2 / n2)."""
    masses = Masses.of([0.0, 1.0], [400, 300], [1000, 500], 10)
    error = np.sqrt(0.4 * 0.6 / 1000 + 0.6 * 0.4 / 500)
    assert proxied_difference(masses, 0.0).high.error == pytest.approx(error, rel=1e-9)
    log_error = np.sqrt(0.6 / 0.4 / 1000 + 0.4 / 0.6 / 500)
    assert proxied_log_ratio(masses, 0.0).low.error == pytest.approx(log_error, rel=1e-9)


def test_a_proxy_hides_a_gap_and_the_bounds_do_not():
    """Members are refused in every bin, others never: weighting by the probability finds a fraction of the gap (Chen et al. 2019)."""
    rng = np.random.default_rng(2)
    p = rng.choice([0.2, 0.6], 20_000)
    member = rng.random(20_000) < p
    masses = Masses.of(p, ~member, np.ones(20_000), 10)
    found = proxied_difference(masses, 0.0)
    assert found.weighted > -0.25  # the truth is -1
    assert found.limits(0.05)[0] <= -1
    assert found.ends[0] < -0.97


def test_a_larger_stated_error_never_makes_the_bounds_narrower():
    masses = Masses.of([0.05, 0.5, 0.95], [500, 400, 700], [1000, 800, 900], 10)
    widths = [np.diff(proxied_difference(masses, error).limits(0.05))[0] for error in (0, 0.01, 0.05, 0.2)]
    assert widths == sorted(widths)


def test_what_cannot_be_compared_says_why():
    p, good = np.full(1000, 0.5), np.arange(1000) % 2
    lost = np.where(np.arange(1000) < 30, np.nan, p)
    counts = PARITY.count(_probable(lost, good), arguments=ASKED)
    assert isinstance(counts, Undefined)
    assert counts.reason is Reason.ROWS_IN_NO_GROUP
    wrong = PARITY.count(_probable(np.where(np.arange(1000) < 30, 1.5, p), good), arguments=ASKED)
    assert isinstance(wrong, Undefined)
    few = assessed(Proxied((ProxiedCell(0.5, FEWEST, 3 * FEWEST),), "a", 10, 0.0, Compare.DIFFERENCE))
    assert few.undefined[0].reason is Reason.TOO_FEW_ROWS_FOR_METHOD
    nobody = assessed(Proxied((ProxiedCell(0.0, 500, 1000),), "a", 10, 0.0, Compare.DIFFERENCE))
    assert nobody.undefined[0].reason is Reason.EMPTY_GROUP
    upside_down = Proxied((ProxiedCell(0.5, 500, 1000),), "a", 10, 0.0, Compare.RATIO)
    assert assessed(upside_down).undefined[0].reason is Reason.NOT_MEASURED


def test_a_ratio_is_bounded_from_below_in_both_directions_at_grade_b():
    counts = Proxied((ProxiedCell(0.0, 900, 1000), ProxiedCell(1.0, 850, 1000)), "a", 10, 0.0, Compare.RATIO)
    found = assessed(counts, Comparator.AT_LEAST, "0.8")
    assert found.all_pass
    assert {piece.grade for piece in found.pieces} == {Grade.B}
    assert sorted(round(piece.estimate or 0, 4) for piece in found.pieces) == [
        round(850 / 900, 4),
        round(900 / 850, 4),
    ]
    with pytest.raises(ValueError, match="difference or as a ratio"):
        Proxied((), "a", 10, 0.0, Compare.EACH)
    with pytest.raises(ValueError, match="at least one bin"):
        Proxied((), "a", 0, 0.0, Compare.RATIO)
    with pytest.raises(ValueError, match="probability"):
        ProxiedCell(1.2, 0, 1)
