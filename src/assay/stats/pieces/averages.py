"""Means over classes as pieces: one for each group."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from assay.domain.assessment import ROWS, NoValue, Piece
from assay.domain.evidence import Averages, Mean, Rate
from assay.domain.vocabulary import Reason
from assay.stats.averages import macro_f1_bound, macro_recall_bound, macro_recall_p
from assay.stats.bound import Bound
from assay.stats.histogram import Floats
from assay.stats.inversion import p_values_of
from assay.stats.pieces.pieces import Pieces, Target, gathered, piece_of

AVERAGES: Mapping[Mean, Callable[[Floats, Floats, float], Bound]] = {
    Mean.RECALL: macro_recall_bound,
    Mean.F1: macro_f1_bound,
}
"""Events, trials and a level to a bound."""


def averages_pieces(counts: Averages, target: Target) -> Pieces:
    """One piece for each group whose classes all have rows; the classes without by name and reason."""
    undefined = tuple(
        NoValue(
            f"{cell.label} ({cell.family})" if cell.label else cell.family,
            Reason.EMPTY_GROUP,
            "The class has no rows.",
        )
        for cell in counts.cells
        if not cell.trials
    )
    by_group = [tuple(cell for cell in counts.cells if cell.label == label) for label in counts.labels]
    found = (_piece(cells, counts.mean, target) for cells in by_group if all(cell.trials for cell in cells))
    return gathered(found, target, undefined)


def _piece(cells: tuple[Rate, ...], mean: Mean, target: Target) -> Piece:
    events = np.array([cell.events for cell in cells], dtype=np.float64)
    trials = np.array([cell.trials for cell in cells], dtype=np.float64)
    limits = partial(AVERAGES[mean], events, trials)
    bound = limits(target.alpha)
    return piece_of(
        bound,
        _p_values(limits, events, trials, mean, target.tau),
        target,
        label=cells[0].label,
        n=int(trials.sum()) if mean is Mean.RECALL else int(trials.max()),
        counts=tuple(
            (cell.family, what, n)
            for cell in cells
            for what, n in (("events", cell.events), (ROWS, cell.trials))
        ),
    )


def _p_values(
    limits: Callable[[float], Bound], events: Floats, trials: Floats, mean: Mean, tau: float
) -> tuple[float, float]:
    if mean is Mean.RECALL:
        return macro_recall_p(events, trials, tau)
    return p_values_of(limits, tau)
