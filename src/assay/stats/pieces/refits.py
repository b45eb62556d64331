"""Counts of models that a recipe trained as pieces: the mean over folds, and the gain from the last training rows."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from assay.domain.assessment import ROWS, Piece
from assay.domain.evidence import FoldLosses, Folds, Learned, LearnedLosses, LossCell, Means, Paired, Rate
from assay.stats.bound import Bound
from assay.stats.cross_validation import mean_limits, p_mean_at_least, p_mean_at_most
from assay.stats.pieces.means import means_pieces
from assay.stats.pieces.paired import paired_pieces
from assay.stats.pieces.pieces import Pieces, Target, gathered, piece_of

METHOD = "Chernoff bound with the rows of the smallest fold, for folds of any dependence"
METHOD_OF_LOSSES = "Hoeffding bound with the rows of the smallest fold, for folds of any dependence"


def folds_pieces(counts: Folds, target: Target) -> Pieces:
    """The one piece of a cross-validation: the mean rate over the folds."""
    cells = counts.cells
    mean = sum((Fraction(cell.events, cell.trials) for cell in cells), Fraction()) / len(cells)
    smallest = min(cell.trials for cell in cells)
    x, threshold = float(mean), Fraction(target.threshold)
    lower, upper = mean_limits(x, smallest, target.alpha)
    above, below = p_mean_at_least(x, smallest, target.tau), p_mean_at_most(x, smallest, target.tau)
    piece = Piece(
        label="",
        estimate=x,
        lower=lower,
        upper=upper,
        n=sum(cell.trials for cell in cells),
        p_pass=above if target.at_least else below,
        level_pass=target.alpha,
        p_fail=below if target.at_least else above,
        point_passes=mean >= threshold if target.at_least else mean <= threshold,
        method=METHOD,
        counts=_counted(cells),
    )
    return gathered((piece,), target)


def fold_losses_pieces(counts: FoldLosses, target: Target) -> Pieces:
    """The one piece of a cross-validation of numbers: the mean over the folds of their mean losses, each rounded to the worse side."""
    up, down = (_mean_share(counts, less) for less in (0, 1))
    smallest = min(cell.n for cell in counts.cells)
    tau = min(max(target.tau / counts.largest, 0.0), 1.0)
    bound = Bound(
        estimate=counts.largest * (up + down) / 2,
        lower=counts.largest * mean_limits(down, smallest, target.alpha)[0],
        upper=counts.largest * mean_limits(up, smallest, target.alpha)[1],
        method=METHOD_OF_LOSSES,
        grade="A",
    )
    p_values = p_mean_at_least(down, smallest, tau), p_mean_at_most(up, smallest, tau)
    n = sum(cell.n for cell in counts.cells)
    return gathered(
        (piece_of(bound, p_values, target, label="", n=n, counts=_rows(counts.cells)),),
        target,
    )


def _mean_share(counts: FoldLosses, less: int) -> float:
    """The mean over the folds of their mean losses as shares of the largest, at the upper ends of the grid's steps or one step lower."""
    means = [
        Fraction(
            sum(max(place - less, 0) * n for place, n in zip(cell.places, cell.rows, strict=True)), cell.n
        )
        for cell in counts.cells
    ]
    return float(sum(means, Fraction()) / len(means) / counts.steps)


def learned_losses_pieces(counts: LearnedLosses, target: Target) -> Pieces:
    """The one piece of a learning curve of numbers: the mean gain of its last step."""
    found = means_pieces(Means((counts.last,), -counts.largest, counts.largest), target)
    shown = _rows(counts.cells)
    return replace(found, printed=tuple(replace(p, counts=(*p.counts, *shown)) for p in found.printed))


def _rows(cells: tuple[LossCell, ...]) -> tuple[tuple[str, str, int], ...]:
    return tuple((cell.label, ROWS, cell.n) for cell in cells)


def learned_pieces(counts: Learned, target: Target) -> Pieces:
    """The one piece of a learning curve: the gain of its last step, as a pair."""
    found = paired_pieces(Paired((counts.last,)), target)
    shown = _counted(counts.cells)
    return replace(found, printed=tuple(replace(p, counts=(*p.counts, *shown)) for p in found.printed))


def _counted(cells: tuple[Rate, ...]) -> tuple[tuple[str, str, int], ...]:
    return tuple(
        (cell.label, what, n) for cell in cells for what, n in (("events", cell.events), (ROWS, cell.trials))
    )
