"""Rates as pieces: each on its own, or every ordered pair of groups as a difference or a ratio."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from assay.domain.assessment import TIE, NoValue, Piece
from assay.domain.evidence import Compare, Rate, Rates
from assay.domain.vocabulary import Grade, Reason
from assay.stats.contrasts import (
    RateLimits,
    contrast_between,
    contrast_width,
    p_box_at_least,
    p_box_at_most,
    p_contrast_at_least,
    p_contrast_at_most,
    rate_limits,
    ratio_between,
    ratio_floor,
)
from assay.stats.exact_p import p_exact_at_most
from assay.stats.exact_size import Audit, audited_level
from assay.stats.pieces.pieces import MOST_PRINTED, Pieces, Target, gathered
from assay.stats.rates import lower_limit, p_at_least, p_at_most, upper_limit

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
CLOPPER_PEARSON = "one-sided Clopper-Pearson"
MOVER = "MOVER with Clopper-Pearson limits, size audited"
BOX = "Bonferroni box of Clopper-Pearson limits"
NEAR = 1e-6
CLEAR = 1e-6
"""A p-value this small rejects whatever the number of looks."""
FEW = 24
"""Audits that are made even where they cannot change the verdict."""


def rates_pieces(counts: Rates, target: Target) -> Pieces:
    """The pieces of rates that stand alone or are compared."""
    undefined = tuple(
        NoValue(_named(cell), Reason.EMPTY_GROUP, "The rate has no rows to be a rate of (0 of 0).")
        for cell in counts.cells
        if cell.trials == 0
    )
    cells = tuple(cell for cell in counts.cells if cell.trials > 0)
    if counts.compare is Compare.EACH:
        return gathered(_alone(cells, target), target, undefined)
    if target.at_least is not (counts.compare is Compare.RATIO):
        said = "A gap can only be bounded from above, and a ratio from below."
        return Pieces(
            (), 0, all_pass=False, point_passes=None, undefined=(NoValue("", Reason.NOT_MEASURED, said),)
        )
    pairs = _pairs(cells, counts)
    if undefined or not pairs.asked.any():
        return Pieces((), int(pairs.asked.sum()), all_pass=False, point_passes=None, undefined=undefined)
    return _compared(pairs, target, ratio=counts.compare is Compare.RATIO)


def _named(cell: Rate) -> str:
    return f"{cell.label} ({cell.family})" if cell.family else cell.label


def _columns(cells: tuple[Rate, ...]) -> tuple[Floats, Floats]:
    events = np.array([cell.events for cell in cells], dtype=np.float64)
    return events, np.array([cell.trials for cell in cells], dtype=np.float64)


def _alone(cells: tuple[Rate, ...], target: Target) -> list[Piece]:
    x, n = _columns(cells)
    above, below = p_at_least(x, n, target.tau).tolist(), p_at_most(x, n, target.tau).tolist()
    lower, upper = lower_limit(x, n, target.alpha).tolist(), upper_limit(x, n, target.alpha).tolist()
    threshold = Fraction(target.threshold)
    points = [_satisfies(cell, threshold, at_least=target.at_least) for cell in cells]
    return [
        Piece(
            label=_named(cell),
            estimate=cell.events / cell.trials,
            lower=lower[i],
            upper=upper[i],
            n=cell.trials,
            p_pass=above[i] if target.at_least else below[i],
            level_pass=target.alpha,
            p_fail=below[i] if target.at_least else above[i],
            point_passes=points[i],
            method=CLOPPER_PEARSON,
            counts=(("events", cell.events), ("rows", cell.trials)),
        )
        for i, cell in enumerate(cells)
    ]


def _satisfies(cell: Rate, threshold: Fraction, *, at_least: bool) -> bool:
    """Whether the observed rate satisfies the threshold, in integers: 48 % against 60 % is exactly 0.8."""
    observed, asked = cell.events * threshold.denominator, threshold.numerator * cell.trials
    return observed >= asked if at_least else observed <= asked


class Pairs(NamedTuple):
    """The table of ordered pairs of cells: for a gap p1 - p2 is to be small, for a ratio p1 / p2 large.

    asked: bool[k, k], which pairs are compared, the first cell by rows and the second by columns.
    """

    cells: tuple[Rate, ...]
    x: Floats
    n: Floats
    asked: NDArray[np.bool_]

    def only(self, table: Floats) -> Floats:
        """The table with infinity where nothing is compared; in place."""
        table[~self.asked] = np.inf
        return table


def _pairs(cells: tuple[Rate, ...], counts: Rates) -> Pairs:
    _, family = np.unique([cell.family for cell in cells], return_inverse=True)
    asked = family[:, None] == family[None, :]
    np.fill_diagonal(asked, val=False)
    if counts.focus or counts.reference is not None:
        asked &= np.array([[counts.compares(a, b) for b in cells] for a in cells]).reshape(asked.shape)
    return Pairs(cells, *_columns(cells), asked)


def _compared(pairs: Pairs, target: Target, *, ratio: bool) -> Pieces:
    """All ordered pairs; only those that may bind get p-values, an audit and a description of their own.

    A gap of at most tau is "p2 - p1 is at least -tau" for every ordered pair; a ratio of at least r is
    "p1 - r p2 is at least 0". A pair is first accepted by the Bonferroni box, which is exact; the audited MOVER
    region contains the box, so a pair that the box accepts needs no audit.
    """
    r, margin = (target.tau, 0.0) if ratio else (1.0, -target.tau)
    x, n = pairs.x, pairs.n
    left, right = (0, 1) if ratio else (1, 0)
    each = rate_limits(x, n, target.alpha)  # once for its cell, not for each pair
    one, two = each.along(left), each.along(right)
    slack = pairs.only(one.rate - r * two.rate - margin)
    width = contrast_width(one, two, r)
    chosen = _lowest(pairs.only(_widths(slack, width)), pairs)
    if ratio:
        with np.errstate(divide="ignore", invalid="ignore"):
            chosen |= _lowest(pairs.only(one.rate / two.rate), pairs)
        strictest = float(np.min(pairs.only(ratio_floor(one, two))))
    else:
        chosen |= _lowest(slack, pairs)
        strictest = float(-(np.min(slack - width) + margin))
    if np.all(slack >= width):
        half = rate_limits(x, n, target.alpha / 2)
        corner = half.along(left).lower - r * half.along(right).upper
        chosen |= pairs.asked & (corner < margin + NEAR)
    first, second = np.nonzero(chosen)
    a, b = (first, second) if ratio else (second, first)
    counted = (x[a], n[a], x[b], n[b])
    judged = _judged(counted, r, margin, target.alpha)
    p_fail = _p_of_failure(counted, r, margin, target.alpha)
    points = _points(pairs, slack, target, ratio=ratio)
    return Pieces(
        printed=_described(pairs, first, second, each, judged, p_fail, points[first, second], ratio=ratio),
        total=int(pairs.asked.sum()),
        all_pass=bool(np.all(judged.p_pass <= judged.level - TIE)),
        point_passes=bool(points.all()),
        strictest=strictest,
    )


def _widths(distance: Floats, width: Floats) -> Floats:
    """How many half-widths each estimate lies above the margin; a pair passes at the nominal level from 1 on."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(width > 0, distance / width, -np.inf)


def _lowest(values: Floats, pairs: Pairs) -> NDArray[np.bool_]:
    """Where the lowest values are, as many as are printed and all that tie with the last of them."""
    last = min(MOST_PRINTED, int(pairs.asked.sum())) - 1
    lowest: NDArray[np.bool_] = values <= np.partition(values, last, axis=None)[last]
    return lowest & pairs.asked


class Judged(NamedTuple):
    """P-values, the level of each, and whether the box gave them."""

    p_pass: Floats
    level: Floats
    boxed: NDArray[np.bool_]


def _judged(
    counts: tuple[Floats, Floats, Floats, Floats], ratio: float, margin: float, alpha: float
) -> Judged:
    """Judge some pairs.

    The audit is the dear part. When a pair misses even the nominal level the criterion does not pass whatever
    audits say; then more than a few are left to the box, which is exact and says less.
    """
    box = p_box_at_least(*counts, ratio=ratio, margin=margin)
    p_pass, level, boxed = box.copy(), np.full(box.size, alpha), box <= alpha - TIE
    at = np.flatnonzero(~boxed)
    nominal = p_contrast_at_least(*(c[at] for c in counts), ratio=ratio, margin=margin)
    p_pass[at] = nominal
    claimed = at[nominal <= alpha - TIE]
    worthwhile = claimed.size == at.size or claimed.size <= FEW
    for i in claimed:
        audit = _audit(counts, i, ratio, margin, alpha) if worthwhile else None
        if audit is None or audit.fallback:
            p_pass[i], boxed[i] = box[i], True
        else:
            level[i] = audit.level
    return Judged(p_pass, level, boxed)


def _p_of_failure(
    counts: tuple[Floats, Floats, Floats, Floats], ratio: float, margin: float, alpha: float
) -> Floats:
    """P-values against "the pair satisfies the threshold", valid at every level, as Holm's procedure needs.

    That of the box, which is never below the exact unconditional one; the exact one where it may matter, for the
    few pairs that look violated most.
    """
    p = p_box_at_most(*counts, ratio=ratio, margin=margin)
    nominal = p_contrast_at_most(*counts, ratio=ratio, margin=margin)
    order = np.argsort(nominal, kind="stable")[:FEW]
    for i in order[(nominal[order] <= alpha) & (p[order] > CLEAR)]:
        x1, n1, x2, n2 = (int(c[i]) for c in counts)
        p[i] = min(p_exact_at_most(x1, n1, x2, n2, ratio=ratio, margin=margin), p[i])
    return p


def _audit(
    counts: tuple[Floats, Floats, Floats, Floats], i: int, ratio: float, margin: float, alpha: float
) -> Audit:
    return audited_level(int(counts[1][i]), int(counts[3][i]), ratio=ratio, margin=margin, alpha=alpha)


def _points(pairs: Pairs, slack: Floats, target: Target, *, ratio: bool) -> NDArray[np.bool_]:
    """bool[k, k]: whether each pair's estimate satisfies the threshold; near ties by cross-multiplied integers."""
    satisfied = slack >= 0
    threshold = Fraction(target.threshold)
    for i, j in zip(*np.nonzero(np.abs(slack) < NEAR), strict=True):
        a, b = pairs.cells[i], pairs.cells[j]
        one, two = Fraction(a.events, a.trials), Fraction(b.events, b.trials)
        satisfied[i, j] = one >= threshold * two if ratio else one - two <= threshold
    return satisfied


def _described(
    pairs: Pairs,
    one: Indices,
    two: Indices,
    each: RateLimits,
    judged: Judged,
    p_fail: Floats,
    points: NDArray[np.bool_],
    *,
    ratio: bool,
) -> tuple[Piece, ...]:
    a, b = each.at(one), each.at(two)
    limits = ratio_between(a, b) if ratio else contrast_between(a, b, 1.0)
    order = np.lexsort((limits.estimate if ratio else -limits.estimate, -judged.p_pass))
    printed = []
    for i in order[:MOST_PRINTED]:
        first, second = pairs.cells[one[i]], pairs.cells[two[i]]
        printed.append(
            Piece(
                label=f"{first.label} against {second.label}"
                + (f" ({first.family})" if first.family else ""),
                estimate=_finite(limits.estimate[i]),
                lower=_finite(limits.lower[i]),
                upper=_finite(limits.upper[i]),
                n=first.trials + second.trials,
                p_pass=float(judged.p_pass[i]),
                level_pass=float(judged.level[i]),
                p_fail=float(p_fail[i]),
                point_passes=bool(points[i]),
                grade=Grade.A,
                method=BOX if judged.boxed[i] else MOVER,
                counts=(
                    (f"{first.label}: events", first.events),
                    (f"{first.label}: rows", first.trials),
                    (f"{second.label}: events", second.events),
                    (f"{second.label}: rows", second.trials),
                ),
            )
        )
    return tuple(printed)


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
