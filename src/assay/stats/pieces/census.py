"""A census is a fact about the data in hand: its value meets the threshold or it does not, exactly."""

from __future__ import annotations

from fractions import Fraction

from assay.domain.assessment import NoValue, Piece
from assay.domain.evidence import Census
from assay.domain.vocabulary import Reason
from assay.stats.pieces.pieces import Pieces, Target

METHOD = "counted in full on this data"


def census_pieces(counts: Census, target: Target) -> Pieces:
    """The one piece of a census; a share of nothing is undefined."""
    if counts.share and counts.total == 0:
        undefined = (NoValue("", Reason.NO_ROWS, "A share of no rows is not defined."),)
        return Pieces((), 0, all_pass=False, point_passes=None, undefined=undefined)
    value = Fraction(counts.found, counts.total) if counts.share else Fraction(counts.found)
    threshold = Fraction(target.threshold)
    satisfied = value >= threshold if target.at_least else value <= threshold
    piece = Piece(
        label="",
        estimate=float(value),
        lower=None,
        upper=None,
        n=counts.total,
        exact=satisfied,
        point_passes=satisfied,
        method=METHOD,
        counts=counts.details,
    )
    return Pieces((piece,), 1, all_pass=satisfied, point_passes=satisfied, strictest=float(value))
