"""Counts of models that a recipe trained as pieces: the mean over folds, and the gain from the last training rows."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from assay.domain.assessment import ROWS, Piece
from assay.domain.evidence import Folds, Learned, Paired, Rate
from assay.stats.cross_validation import mean_limits, p_mean_at_least, p_mean_at_most
from assay.stats.pieces.paired import paired_pieces
from assay.stats.pieces.pieces import Pieces, Target, gathered

METHOD = "Chernoff bound with the rows of the smallest fold, for folds of any dependence"


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


def learned_pieces(counts: Learned, target: Target) -> Pieces:
    """The one piece of a learning curve: the gain of its last step, as a pair."""
    found = paired_pieces(Paired((counts.last,)), target)
    shown = _counted(counts.cells)
    return replace(found, printed=tuple(replace(p, counts=(*p.counts, *shown)) for p in found.printed))


def _counted(cells: tuple[Rate, ...]) -> tuple[tuple[str, str, int], ...]:
    return tuple(
        (cell.label, what, n) for cell in cells for what, n in (("events", cell.events), (ROWS, cell.trials))
    )
