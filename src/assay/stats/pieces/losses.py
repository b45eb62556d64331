"""Losses as pieces: the summary of each group, or the difference of every ordered pair of groups."""

from __future__ import annotations

from assay.domain.assessment import ROWS, NoValue, Piece
from assay.domain.evidence import Compare, LossCell, Losses
from assay.domain.vocabulary import Reason
from assay.stats.bound import Bound
from assay.stats.losses import Losing, difference_bound, difference_p, summary_bound, summary_p
from assay.stats.pieces.pieces import Pieces, Target, gathered, piece_of, wrong_side


def losses_pieces(counts: Losses, target: Target) -> Pieces:
    """One piece for each group, or for each ordered pair that is compared; groups without rows by name and reason."""
    undefined = tuple(
        NoValue(cell.label, Reason.EMPTY_GROUP, "There are no rows that could lose anything.")
        for cell in counts.cells
        if cell.n == 0
    )
    losing = {
        cell.label: Losing.of(cell, counts.largest, counts.steps, counts.summary)
        for cell in counts.cells
        if cell.n
    }
    if counts.compare is Compare.EACH:
        alone = [_alone(cell, losing[cell.label], target) for cell in counts.cells if cell.n]
        return gathered(alone, target, undefined)
    if target.at_least:
        return wrong_side()
    pairs = [
        _compared(one, two, losing, target)
        for one in counts.cells
        for two in counts.cells
        if one.n and two.n and counts.compares(one, two)
    ]
    return gathered(pairs, target, undefined)


def _alone(cell: LossCell, losing: Losing, target: Target) -> Piece:
    return _piece(
        target,
        summary_bound(losing, target.alpha),
        summary_p(losing, target.tau),
        label=cell.label,
        rows=(("", cell),),
    )


def _compared(one: LossCell, two: LossCell, losing: dict[str, Losing], target: Target) -> Piece:
    first, second = losing[one.label], losing[two.label]
    return _piece(
        target,
        difference_bound(first, second, target.alpha),
        difference_p(first, second, target.tau),
        label=f"{one.label} against {two.label}",
        rows=((one.label, one), (two.label, two)),
    )


def _piece(
    target: Target,
    bound: Bound,
    p_values: tuple[float, float],
    *,
    label: str,
    rows: tuple[tuple[str, LossCell], ...],
) -> Piece:
    return piece_of(
        bound,
        p_values,
        target,
        label=label,
        n=sum(cell.n for _, cell in rows),
        counts=tuple((name, ROWS, cell.n) for name, cell in rows),
        between=tuple(name for name, _ in rows) if len(rows) > 1 else (),
    )
