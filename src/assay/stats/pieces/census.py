"""A census is a fact about the data in hand: its value meets the threshold or it does not, exactly.

Where some of what was counted may be there by chance, the value lies between two counts, and both must agree.
"""

from __future__ import annotations

from fractions import Fraction

from assay.domain.assessment import NoValue, Piece
from assay.domain.evidence import Census
from assay.domain.vocabulary import Reason
from assay.stats.pieces.pieces import Pieces, Target, none_of

METHOD = "counted in full on this data"


def census_pieces(counts: Census, target: Target) -> Pieces:
    """The one piece of a census; a share of nothing is undefined."""
    if counts.share and counts.total == 0:
        return none_of(NoValue("", Reason.NO_ROWS, "A share of no rows is not defined."))
    satisfied = _satisfies(counts, counts.found, target)
    if satisfied != _satisfies(counts, counts.found - counts.by_chance, target):
        return none_of(NoValue("", Reason.CHANCE_NOT_EXCLUDED, _either(counts)))
    value = _value(counts, counts.found)
    piece = Piece(
        label="",
        estimate=float(value),
        lower=None,
        upper=None,
        n=counts.total,
        exact=satisfied,
        point_passes=satisfied,
        method=METHOD,
        counts=tuple(("", what, n) for what, n in counts.details),
    )
    return Pieces((piece,), 1, all_pass=satisfied, point_passes=satisfied, strictest=float(value))


def _value(counts: Census, found: int) -> Fraction:
    return Fraction(found, counts.total) if counts.share else Fraction(found)


def _satisfies(counts: Census, found: int, target: Target) -> bool:
    value, threshold = _value(counts, found), Fraction(target.threshold)
    return value >= threshold if target.at_least else value <= threshold


def _either(counts: Census) -> str:
    named = "; ".join(f"{label}: {n:,}" for label, n in counts.details[:3])
    return (
        f"{counts.found:,} of {counts.total:,} were found, and of these {counts.by_chance:,} may be there by chance "
        f"({named}). With them and without them the threshold is met differently."
    )
