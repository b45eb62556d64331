"""Effects along the paths of a causal graph as pieces: one for each ordered pair of groups."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np

from assay.domain.assessment import ROWS, NoValue, Piece
from assay.domain.evidence import Effect, Effects
from assay.domain.vocabulary import Grade, Reason
from assay.stats import effects as rules
from assay.stats.inversion import smallest_alpha
from assay.stats.pieces.pieces import Pieces, Target, none_of, of_each, wrong_side
from assay.stats.pieces.two_groups import pair_label
from assay.stats.stratified import Floats, bound_of

RULES: Mapping[Effect, rules.Effect] = {
    Effect.DIRECT: rules.direct,
    Effect.INDIRECT: rules.indirect,
    Effect.SPURIOUS: rules.spurious,
}
METHOD = "causal explanation formula, MOVER and the delta method"


def effects_pieces(counts: Effects, target: Target) -> Pieces:
    """One piece for each ordered pair that is compared; an empty cell leaves none, for nobody shows what would be decided there."""
    if target.at_least:
        return wrong_side()
    empty = tuple(
        NoValue(
            f"{cell.label} ({cell.family})",
            Reason.EMPTY_GROUP,
            "The cell has no rows, and others have: what would be decided of this group there is not seen.",
        )
        for cell in counts.cells
        if cell.trials == 0
    )
    if empty:
        return none_of(*empty)
    families = tuple(dict.fromkeys(cell.family for cell in counts.cells))
    stratum = np.unique(counts.strata, return_inverse=True)[1].astype(np.int64)
    ordered = sorted(counts.cells, key=lambda cell: families.index(cell.family))
    columns = {
        label: np.array([[c.events for c in mine], [c.trials for c in mine]], dtype=np.float64)
        for label in counts.labels
        for mine in [[c for c in ordered if c.label == label]]
    }
    pairs = ((one, two) for one in counts.labels for two in counts.labels if counts.compares(one, two))
    return of_each(
        (
            (pair_label(*pair), partial(_piece, counts.effect, pair, columns, stratum, target))
            for pair in pairs
        ),
        target,
    )


def _piece(
    effect: Effect,
    between: tuple[str, str],
    columns: Mapping[str, Floats],
    stratum: rules.Strata,
    target: Target,
) -> Piece:
    one, two = between
    (x1, n1), (x2, n2) = columns[one], columns[two]
    made = RULES[effect](x1, n1, x2, n2, stratum)
    bound = bound_of(made, target.alpha, rule=f"{effect.value}_effect", method=METHOD)
    at_most = smallest_alpha(lambda a: float(made.upper(a)), target.tau, meets="at_most")
    at_least = smallest_alpha(lambda a: float(made.lower(a)), target.tau, meets="at_least")
    return Piece(
        label=f"{one} against {two}",
        estimate=bound.estimate,
        lower=bound.lower,
        upper=bound.upper,
        n=int(columns[one][1].sum() + columns[two][1].sum()),
        p_pass=at_most,
        level_pass=target.alpha,
        p_fail=at_least,
        point_passes=bound.estimate <= target.tau,
        grade=Grade(bound.grade),
        method=bound.method,
        simulated_size=bound.simulated_size,
        counts=tuple(
            (label, what, int(row.sum()))
            for label in between
            for what, row in zip(("events", ROWS), columns[label], strict=True)
        ),
        between=between,
    )
