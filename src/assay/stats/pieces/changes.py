"""Changes of a gap between stages as pieces: one for each step and ordered pair of groups."""

from __future__ import annotations

from fractions import Fraction

from assay.domain.assessment import ROWS, NoValue, Piece
from assay.domain.evidence import ChangeCell, Changes
from assay.domain.vocabulary import Reason
from assay.stats.changes import Changed, change_of_gap, limits_of_change
from assay.stats.inversion import smallest_alpha
from assay.stats.pieces.pieces import Pieces, Target, gathered, wrong_side

METHOD = "box of Clopper-Pearson limits of gains and losses"


def changes_pieces(counts: Changes, target: Target) -> Pieces:
    """One piece for each step of each ordered pair; groups without rows by name and reason."""
    if target.at_least:
        return wrong_side()
    undefined = tuple(
        NoValue(f"{cell.label} ({cell.family})", Reason.EMPTY_GROUP, "There are no rows to compare.")
        for cell in counts.cells
        if cell.n == 0
    )
    pairs = [
        _piece(one, two, target)
        for one in counts.cells
        for two in counts.cells
        if one.n and two.n and counts.compares(one, two)
    ]
    return gathered(pairs, target, undefined)


def _piece(one: ChangeCell, two: ChangeCell, target: Target) -> Piece:
    first, second = (Changed(cell.gained, cell.lost, cell.n) for cell in (one, two))
    lower, upper = limits_of_change(first, second, target.alpha)
    exactly = Fraction(one.gained - one.lost, one.n) - Fraction(two.gained - two.lost, two.n)
    return Piece(
        label=f"{one.label} against {two.label} ({one.family})",
        estimate=change_of_gap(first, second),
        lower=lower,
        upper=upper,
        n=one.n + two.n,
        p_pass=smallest_alpha(lambda a: limits_of_change(first, second, a)[1], target.tau, meets="at_most"),
        level_pass=target.alpha,
        p_fail=smallest_alpha(lambda a: limits_of_change(first, second, a)[0], target.tau, meets="at_least"),
        point_passes=exactly <= Fraction(target.threshold),
        method=METHOD,
        counts=tuple(
            (cell.label, what, n)
            for cell in (one, two)
            for what, n in (("gained", cell.gained), ("lost", cell.lost), (ROWS, cell.n))
        ),
        between=(one.label, two.label),
        family=one.family,
    )
