"""What a piece says of a limit that is infinite: nothing, but for observed over expected, as records always have."""

from __future__ import annotations

import math
from decimal import Decimal

from assay.domain.evidence import Functional, ScoreCell, Scores
from assay.domain.vocabulary import Comparator
from assay.stats.bound import Bound
from assay.stats.pieces.kinds import PIECES
from assay.stats.pieces.pieces import Target, piece_of

TARGET = Target(Comparator.AT_MOST, Decimal("1.2"), 0.05)


def test_observed_over_expected_of_hardly_any_expected_event_has_no_limit_above():
    counts = Scores((ScoreCell("", (0.0, 1e-14), (150, 49), (0, 1)),), Functional.OBSERVED_EXPECTED, 15)
    (piece,) = PIECES[Scores](counts, TARGET).printed
    assert piece.upper == math.inf
    assert not piece.passes


def test_any_other_infinite_value_is_none_and_is_held_against_the_threshold_all_the_same():
    bound = Bound(math.inf, 0.5, math.inf, "some rule", "A")
    piece = piece_of(bound, (0.01, 1.0), TARGET, label="age", n=100, counts=(("", "rows", 100),))
    assert (piece.estimate, piece.lower, piece.upper, piece.point_passes) == (None, 0.5, None, False)
    assert (piece.p_pass, piece.p_fail) == (1.0, 0.01)
