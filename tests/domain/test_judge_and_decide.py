"""Absence never passes; pass pointwise, fail by Holm."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.domain.assessment import Assessment, Broken, NoValue, Piece
from assay.domain.decide import Required, decide
from assay.domain.judge import judge
from assay.domain.vocabulary import Comparator, Grade, Outcome, Reason, Stage, Tier, Verdict


def piece(**changes: object) -> Piece:
    base = Piece("", 0.9, 0.88, 0.92, 1000, p_pass=0.001, level_pass=0.05, p_fail=0.999, point_passes=True)
    return replace(base, **changes)


def assessment(name: str = "c", *pieces: Piece, tier: Tier = Tier.CRITICAL, **changes: object) -> Assessment:
    pieces = pieces or (piece(),)
    made = Assessment(
        criterion=name,
        metric="performance.accuracy",
        across="",
        data="test",
        tier=tier,
        comparator=Comparator.AT_LEAST,
        threshold=Decimal("0.80"),
        alpha=0.05,
        pieces=pieces,
        pieces_total=len(pieces),
        all_pass=all(p.passes for p in pieces),
    )
    return replace(made, **changes)


def verdict(*pieces: Piece, **changes: object) -> tuple[Verdict, Reason]:
    judged = judge([assessment("c", *pieces, **changes)])[0]
    return judged.verdict, judged.reason


def test_a_bound_inside_passes_and_the_opposite_bound_outside_fails():
    assert verdict(piece()) == (Verdict.PASS, Reason.BOUND_SATISFIES)
    assert verdict(piece(p_pass=0.9, p_fail=0.001)) == (Verdict.FAIL, Reason.BOUND_VIOLATES)
    assert verdict(piece(p_pass=0.3, p_fail=0.7)) == (
        Verdict.INCONCLUSIVE,
        Reason.INTERVAL_CONTAINS_THRESHOLD,
    )


def test_a_tie_is_inconclusive():
    assert verdict(piece(p_pass=0.05)) == (Verdict.INCONCLUSIVE, Reason.TIE)
    assert verdict(piece(p_pass=0.05 - 2e-9)) == (Verdict.PASS, Reason.BOUND_SATISFIES)


def test_nan_never_passes():
    assert verdict(piece(p_pass=float("nan")))[0] is Verdict.INCONCLUSIVE


def test_one_piece_that_does_not_pass_is_enough():
    assert verdict(piece(p_pass=0.2, p_fail=0.8), piece())[0] is Verdict.INCONCLUSIVE


def test_a_failure_must_survive_the_number_of_looks():
    looks = [piece(p_pass=0.97, p_fail=0.03)] + [piece() for _ in range(9)]
    assert verdict(*looks) == (Verdict.INCONCLUSIVE, Reason.VIOLATES_ONLY_BEFORE_CORRECTION)
    assert verdict(looks[0])[0] is Verdict.FAIL


def test_unprinted_pieces_count_as_looks():
    assert verdict(piece(p_pass=0.97, p_fail=0.01), pieces_total=100)[0] is Verdict.INCONCLUSIVE


def test_census_is_exact_and_needs_no_level():
    exact = piece(exact=True, p_pass=1.0, level_pass=0.0)
    assert verdict(exact) == (Verdict.PASS, Reason.EXACT_VALUE_SATISFIES)
    assert verdict(replace(exact, exact=False)) == (Verdict.FAIL, Reason.EXACT_VALUE_VIOLATES)


def test_a_census_says_where_it_was_violated():
    bad = piece(
        exact=False,
        n=4000,
        counts=(
            ("", "tenure, outside its documented range", 5),
            ("", "age", 7),
            ("", "a", 1),
            ("", "b", 1),
        ),
    )
    (most,) = judge([replace(assessment("c", bad), comparator=Comparator.AT_MOST, rows=4000)])
    assert most.sentence.endswith(
        ": age (7 of 4,000 rows); tenure, outside its documented range (5 of 4,000 rows); a (1 of 4,000 rows); "
        "and 1 more."
    )
    (sections,) = judge(
        [replace(assessment("c", replace(bad, n=4)), comparator=Comparator.AT_MOST, rows=4000)]
    )
    assert ": age; tenure" in sections.sentence
    least = replace(assessment("c", bad), comparator=Comparator.AT_LEAST, threshold=Decimal(6), rows=4000)
    assert "age" not in judge([least])[0].sentence


def test_absence_is_never_a_pass():
    assert verdict(pieces=(), pieces_total=0, all_pass=True) == (Verdict.NOT_EVALUABLE, Reason.NOT_MEASURED)
    assert verdict(undefined=(NoValue("over 60", Reason.EMPTY_GROUP, "no rows"),))[0] is Verdict.NOT_EVALUABLE
    assert verdict(error=Broken(Reason.MODEL_CRASHED, "died"))[0] is Verdict.ERROR
    assert verdict(piece(grade=Grade.C)) == (Verdict.NOT_EVALUABLE, Reason.GRADE_C_NEVER_GATES)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_rejects_as_written_in_the_paper(p_values):
    judged = judge([assessment(f"c{i}", piece(p_pass=1.0, p_fail=p)) for i, p in enumerate(p_values)])
    rejected = {i for i, j in enumerate(judged) if j.verdict is Verdict.FAIL}
    expected: set[int] = set()
    for rank, i in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        threshold = 0.05 / (len(p_values) - rank)
        if abs(p_values[i] - threshold) < 1e-9:
            return
        if p_values[i] > threshold:
            break
        expected.add(i)
    assert rejected == expected


def failed(p_values: list[float], **changes: object) -> list[bool]:
    judged = judge(
        [assessment(f"c{i}", piece(p_pass=1.0, p_fail=p), **changes) for i, p in enumerate(p_values)]
    )
    return [j.verdict is Verdict.FAIL for j in judged]


def test_holm_by_hand():
    assert failed([0.01, 0.04, 0.03, 0.005]) == [True, False, False, True]


@pytest.mark.parametrize("size", [1, 2, 7, 40])
@pytest.mark.parametrize("seed", range(5))
def test_holm_rejects_what_statsmodels_rejects(size: int, seed: int):
    multitest = pytest.importorskip("statsmodels.stats.multitest")
    p_values = [random.Random(f"{seed} {size}").random() ** 3 for _ in range(size)]
    rejected, _, _, _ = multitest.multipletests(p_values, 0.05, method="holm")
    assert failed(p_values) == rejected.tolist()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12), st.randoms())
def test_the_order_of_criteria_changes_no_failure_and_bonferroni_is_contained(p_values, shuffling):
    order = list(range(len(p_values)))
    shuffling.shuffle(order)
    found = failed(p_values)
    assert failed([p_values[i] for i in order]) == [found[i] for i in order]
    assert all(fails for p, fails in zip(p_values, found, strict=True) if p * len(p_values) <= 0.05 - 1e-9)


def test_the_family_wise_error_is_at_most_alpha():
    draw = random.Random(3)
    wrong = sum(any(failed([draw.random() for _ in range(12)])) for _ in range(2000))
    assert wrong / 2000 < 0.065


def required(*names: tuple[str, Tier], stages: tuple[Stage, ...] = ()) -> Required:
    return Required(tuple((name, tier, Stage.PERFORMANCE) for name, tier in names), stages)


KINDS = {
    Verdict.PASS: piece(),
    Verdict.FAIL: piece(p_pass=1.0, p_fail=1e-9),
    Verdict.INCONCLUSIVE: piece(p_pass=0.3, p_fail=0.7),
}


def judged_as(name: str, tier: Tier, verdict: Verdict):
    if verdict is Verdict.ERROR:
        return judge([assessment(name, tier=tier, error=Broken(Reason.CHECK_CRASHED, "crashed"))])[0]
    if verdict is Verdict.NOT_EVALUABLE:
        return judge([assessment(name, tier=tier, undefined=(NoValue("", Reason.NO_ROWS, "no rows"),))])[0]
    return judge([assessment(name, KINDS[verdict], tier=tier)])[0]


@pytest.mark.parametrize(
    ("critical", "supporting", "advisory"), list(itertools.product(Verdict, Verdict, Verdict))
)
def test_the_whole_table_of_decisions(critical, supporting, advisory):
    tiers = {"a": Tier.CRITICAL, "b": Tier.SUPPORTING, "c": Tier.ADVISORY}
    verdicts = {"a": critical, "b": supporting, "c": advisory}
    judged = [judged_as(name, tiers[name], verdicts[name]) for name in tiers]
    decision = decide(judged, required(*tiers.items()))
    if critical is not Verdict.PASS or supporting is Verdict.ERROR:
        assert decision.outcome is Outcome.WITHHELD
    elif supporting is not Verdict.PASS:
        assert decision.outcome is Outcome.CONDITIONAL
        assert [c.criterion for c in decision.conditions] == ["b"]
    else:
        assert decision.outcome is Outcome.CERTIFIED
    assert decision.grounds


def test_what_small_groups_show_to_be_violated_is_told_first():
    passing = [judged_as("a", Tier.CRITICAL, Verdict.PASS)]
    aside = [judged_as("a.small-groups", Tier.ADVISORY, verdict) for verdict in (Verdict.PASS, Verdict.FAIL)]
    decision = decide(passing, required(("a", Tier.CRITICAL)), aside=aside)
    assert decision.outcome is Outcome.CERTIFIED
    assert [g.reason for g in decision.grounds] == [Reason.SMALL_GROUPS_FAIL, Reason.ALL_REQUIRED_PASSED]


def test_nothing_required_and_nothing_judged_are_withheld_with_that_reason_first():
    passing = [judged_as("a", Tier.CRITICAL, Verdict.PASS)]
    assert decide([], Required((), ())).grounds[0].reason is Reason.NO_CRITERIA
    assert decide(passing, Required((), ())).outcome is Outcome.WITHHELD
    only_advisory = decide([judged_as("a", Tier.ADVISORY, Verdict.PASS)], required(("a", Tier.ADVISORY)))
    assert only_advisory.outcome is Outcome.WITHHELD
    assert only_advisory.grounds[0].reason is Reason.NOTHING_REQUIRED
    not_judged = decide([], required(("a", Tier.CRITICAL)))
    assert [g.reason for g in not_judged.grounds] == [Reason.NOTHING_EVALUATED, Reason.CRITERION_NOT_ASSESSED]
    missing_stage = decide(passing, required(("a", Tier.CRITICAL), stages=(Stage.FAIRNESS,)))
    assert missing_stage.outcome is Outcome.WITHHELD
    assert missing_stage.grounds[0].reason is Reason.STAGE_MISSING


def test_an_advisory_supporting_absence_still_withholds():
    judged = [judged_as("a", Tier.CRITICAL, Verdict.PASS)]
    decision = decide(judged, required(("a", Tier.CRITICAL), ("b", Tier.SUPPORTING)))
    assert decision.outcome is Outcome.WITHHELD
