"""Rates as pieces: each on its own, or every ordered pair of groups as a difference or a ratio."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from assay.domain.assessment import TIE, Piece
from assay.domain.evidence import Compare, Rate, Rates
from assay.domain.vocabulary import Grade, Reason
from assay.stats.contrasts import (
    difference_limits,
    p_box_at_least,
    p_box_at_most,
    p_contrast_at_least,
    ratio_limits,
)
from assay.stats.exact_size import audited_level
from assay.stats.pieces.pieces import MOST_PRINTED, Pieces, Target, gathered
from assay.stats.rates import lower_limit, p_at_least, p_at_most, upper_limit

Floats = NDArray[np.float64]
CLOPPER_PEARSON = "one-sided Clopper-Pearson"
MOVER = "MOVER with Clopper-Pearson limits, size audited"
BOX = "Bonferroni box of Clopper-Pearson limits"
NEAR = 1e-6


def rates_pieces(counts: Rates, target: Target) -> Pieces:
    """The pieces of rates that stand alone or are compared."""
    undefined = tuple(
        (_named(cell), Reason.EMPTY_GROUP, "The rate has no rows to be a rate of (0 of 0).")
        for cell in counts.cells
        if cell.trials == 0
    )
    cells = [cell for cell in counts.cells if cell.trials > 0]
    if counts.compare is Compare.EACH:
        return gathered((_one_rate(cell, target) for cell in cells), target, undefined)
    pairs = _pairs(cells, counts)
    if undefined or not pairs.n1.size:
        return Pieces((), int(pairs.n1.size), all_pass=False, point_passes=None, undefined=undefined)
    return _compared(pairs, counts.compare, target)


def _named(cell: Rate) -> str:
    return f"{cell.label} ({cell.family})" if cell.family else cell.label


def _one_rate(cell: Rate, target: Target) -> Piece:
    above = float(p_at_least(cell.events, cell.trials, target.tau))
    below = float(p_at_most(cell.events, cell.trials, target.tau))
    point = Fraction(cell.events, cell.trials)
    threshold = Fraction(target.threshold)
    return Piece(
        label=_named(cell),
        estimate=cell.events / cell.trials,
        lower=float(lower_limit(cell.events, cell.trials, target.alpha)),
        upper=float(upper_limit(cell.events, cell.trials, target.alpha)),
        n=cell.trials,
        p_pass=above if target.at_least else below,
        level_pass=target.alpha,
        p_fail=below if target.at_least else above,
        point_passes=point >= threshold if target.at_least else point <= threshold,
        method=CLOPPER_PEARSON,
        counts=(("events", cell.events), ("rows", cell.trials)),
    )


class Pairs(NamedTuple):
    """Ordered pairs of groups, as columns: for a gap p1 - p2 is to be small, for a ratio p1 / p2 large."""

    x1: Floats
    n1: Floats
    x2: Floats
    n2: Floats
    first: tuple[Rate, ...]
    second: tuple[Rate, ...]


def _pairs(cells: list[Rate], counts: Rates) -> Pairs:
    chosen = [
        (a, b) for a in cells for b in cells if a is not b and a.family == b.family and counts.compares(a, b)
    ]
    first, second = tuple(a for a, _ in chosen), tuple(b for _, b in chosen)
    return Pairs(
        np.array([c.events for c in first], dtype=np.float64),
        np.array([c.trials for c in first], dtype=np.float64),
        np.array([c.events for c in second], dtype=np.float64),
        np.array([c.trials for c in second], dtype=np.float64),
        first,
        second,
    )


def _compared(pairs: Pairs, compare: Compare, target: Target) -> Pieces:
    """All ordered pairs; only those that may bind are audited and described one by one.

    A gap of at most tau is "p2 - p1 is at least -tau" for every ordered pair; a ratio of at least r is
    "p1 - r p2 is at least 0". A pair is first accepted by the Bonferroni box, which is exact; the audited MOVER
    region contains the box, so a pair that the box accepts needs no audit.
    """
    ratio = compare is Compare.RATIO
    r, margin = (target.tau, 0.0) if ratio else (1.0, -target.tau)
    left = (pairs.x1, pairs.n1) if ratio else (pairs.x2, pairs.n2)
    right = (pairs.x2, pairs.n2) if ratio else (pairs.x1, pairs.n1)
    box = np.atleast_1d(p_box_at_least(*left, *right, ratio=r, margin=margin))
    p_fail = np.atleast_1d(p_box_at_most(*left, *right, ratio=r, margin=margin))
    p_pass, level, boxed = box.copy(), np.full(box.size, target.alpha), box <= target.alpha - TIE
    if not boxed.all():
        at = np.flatnonzero(~boxed)
        chosen = (left[0][at], left[1][at], right[0][at], right[1][at])
        nominal = np.atleast_1d(p_contrast_at_least(*chosen, ratio=r, margin=margin))
        p_pass[at] = nominal
        if np.all(nominal <= target.alpha - TIE):
            _audit(at, left[1], right[1], p_pass, level, box, boxed, r, margin, target.alpha)
    return _described(pairs, target, p_pass, level, p_fail, boxed, ratio=ratio)


def _audit(
    at: NDArray[np.intp],
    n1: Floats,
    n2: Floats,
    p_pass: Floats,
    level: Floats,
    box: Floats,
    boxed: NDArray[np.bool_],
    ratio: float,
    margin: float,
    alpha: float,
) -> None:
    """Replace the nominal level of the pairs ``at`` by one whose true size is at most alpha, in place.

    Called only when every pair would pass at the nominal level: otherwise the criterion does not pass whatever
    the audit says, and the audit is the dear part.
    """
    for i in at:
        audit = audited_level(int(n1[i]), int(n2[i]), ratio=ratio, margin=margin, alpha=alpha)
        if audit.fallback:
            p_pass[i], boxed[i] = box[i], True
        else:
            level[i] = audit.level


def _described(
    pairs: Pairs,
    target: Target,
    p_pass: Floats,
    level: Floats,
    p_fail: Floats,
    boxed: NDArray[np.bool_],
    *,
    ratio: bool,
) -> Pieces:
    limits = (ratio_limits if ratio else difference_limits)(
        pairs.x1, pairs.n1, pairs.x2, pairs.n2, alpha=target.alpha
    )
    order = np.lexsort((limits.estimate if ratio else -limits.estimate, -p_pass))
    points = _points(pairs, target, ratio=ratio)
    printed = []
    for i in order[:MOST_PRINTED]:
        a, b = pairs.first[i], pairs.second[i]
        printed.append(
            Piece(
                label=f"{a.label} against {b.label}" + (f" ({a.family})" if a.family else ""),
                estimate=_finite(limits.estimate[i]),
                lower=_finite(limits.lower[i]),
                upper=_finite(limits.upper[i]),
                n=a.trials + b.trials,
                p_pass=float(p_pass[i]),
                level_pass=float(level[i]),
                p_fail=float(p_fail[i]),
                point_passes=bool(points[i]),
                grade=Grade.A,
                method=BOX if boxed[i] else MOVER,
                counts=(
                    (f"{a.label}: events", a.events),
                    (f"{a.label}: rows", a.trials),
                    (f"{b.label}: events", b.events),
                    (f"{b.label}: rows", b.trials),
                ),
            )
        )
    return Pieces(
        printed=tuple(printed),
        total=len(order),
        all_pass=bool(np.all(p_pass <= level - TIE)),
        point_passes=bool(points.all()),
        strictest=float(np.min(limits.lower)) if ratio else float(np.max(limits.upper)),
    )


def _points(pairs: Pairs, target: Target, *, ratio: bool) -> NDArray[np.bool_]:
    """Whether each pair's estimate satisfies the threshold; near ties by cross-multiplied integers."""
    p1, p2 = pairs.x1 / pairs.n1, pairs.x2 / pairs.n2
    slack = p1 - target.tau * p2 if ratio else target.tau - (p1 - p2)
    satisfied = slack >= 0
    threshold = Fraction(target.threshold)
    for i in np.flatnonzero(np.abs(slack) < NEAR):
        one = Fraction(int(pairs.x1[i]), int(pairs.n1[i]))
        two = Fraction(int(pairs.x2[i]), int(pairs.n2[i]))
        satisfied[i] = one >= threshold * two if ratio else one - two <= threshold
    return satisfied


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
