"""A rule of grade B says how wrong it was when simulated, and is not used where that is not known."""

from __future__ import annotations

from decimal import Decimal

import pytest

from assay.domain.evidence import Functional, ScoreCell, Scores, Statistic
from assay.domain.judge import judge
from assay.domain.vocabulary import Comparator, Grade, Reason, Verdict
from assay.stats.assess import assess
from assay.stats.pieces.scores import SIMULATED_AS
from assay.stats.simulated_sizes import SIMULATED_SIZES, simulated_size


@pytest.mark.parametrize("rule", SIMULATED_SIZES)
def test_sizes_are_ordered_and_at_most_6_percent(rule: str):
    sizes = SIMULATED_SIZES[rule]
    assert [n for n, _ in sizes] == sorted({n for n, _ in sizes})
    assert [s for _, s in sizes] == sorted((s for _, s in sizes), reverse=True)
    assert all(0.04 < s <= 0.06 for _, s in sizes)  # below .04 the simulation would not have found the worst
    assert simulated_size(rule, sizes[0][0] - 1) is None
    assert simulated_size(rule, 10**9) == sizes[-1][1]


def asked(functional: Functional, negatives: int, positives: int):
    cell = ScoreCell("", (0.1, 0.9), (negatives - 1, 1), (1, positives - 1))
    return assess(
        Statistic("performance.x", "", "test", Scores((cell,), functional, bins=10)),
        criterion="x",
        comparator=Comparator.AT_LEAST if functional in AREAS else Comparator.AT_MOST,
        threshold=Decimal("0.6") if functional in AREAS else Decimal(5),
        alpha=0.05,
    )


AREAS = {Functional.AUC, Functional.GINI}


@pytest.mark.parametrize("functional", Functional)
def test_every_functional_of_scores_has_a_size_and_below_it_no_verdict(functional: Functional):
    enough = asked(functional, 500, 60).pieces[0]
    assert enough.grade is Grade.B
    assert enough.simulated_size is not None
    assert enough.simulated_size <= 0.06
    few = asked(functional, 500, 49) if functional in AREAS else asked(functional, 60, 39)
    if functional in AREAS:  # these have an exact rule for few rows
        assert few.pieces[0].grade is Grade.A
        return
    verdict = judge([few])[0]
    assert (verdict.verdict, verdict.reason) == (Verdict.NOT_EVALUABLE, Reason.TOO_FEW_ROWS_FOR_METHOD)
    assert set(SIMULATED_AS) == set(Functional)
