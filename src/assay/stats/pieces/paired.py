"""Paired outcomes as pieces: the drop in the share of right decisions after a change, one piece for each group."""

from __future__ import annotations

from fractions import Fraction

from assay.domain.assessment import ROWS, NoValue, Piece
from assay.domain.evidence import Paired, PairedCell
from assay.domain.vocabulary import Grade, Reason
from assay.stats.paired import paired_bound, paired_p_at_least, paired_p_at_most
from assay.stats.pieces.pieces import Pieces, Target, gathered


def paired_pieces(counts: Paired, target: Target) -> Pieces:
    """One piece for each group with rows; the others by name and reason."""
    undefined = tuple(
        NoValue(_named(cell), Reason.EMPTY_GROUP, "There are no rows to compare.")
        for cell in counts.cells
        if cell.n == 0
    )
    return gathered((_piece(cell, target) for cell in counts.cells if cell.n), target, undefined)


def _named(cell: PairedCell) -> str:
    """The group and what it is compared with, as far as there is more than one."""
    return f"{cell.label} ({cell.family})" if cell.label and cell.family else cell.label or cell.family


def _piece(cell: PairedCell, target: Target) -> Piece:
    bound = paired_bound(cell.worse, cell.better, cell.n, target.alpha)
    above = paired_p_at_least(cell.worse, cell.better, cell.n, target.tau)
    below = paired_p_at_most(cell.worse, cell.better, cell.n, target.tau)
    drop = Fraction(cell.worse - cell.better, cell.n)
    threshold = Fraction(target.threshold)
    return Piece(
        label=_named(cell),
        estimate=bound.estimate,
        lower=bound.lower,
        upper=bound.upper,
        n=cell.n,
        p_pass=above if target.at_least else below,
        level_pass=target.alpha,
        p_fail=below if target.at_least else above,
        point_passes=drop >= threshold if target.at_least else drop <= threshold,
        grade=Grade(bound.grade),
        method=bound.method,
        simulated_size=bound.simulated_size,
        counts=(("", "worse", cell.worse), ("", "better", cell.better), ("", ROWS, cell.n)),
        family=cell.family,
    )
