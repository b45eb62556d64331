"""Rates as pieces: each on its own, or every ordered pair of groups as a difference or a ratio."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from assay.domain.assessment import ROWS, TIE, NoValue, Piece
from assay.domain.evidence import Compare, Rate, Rates
from assay.domain.vocabulary import Grade, Reason
from assay.stats.contrasts import (
    RateLimits,
    contrast_between,
    p_box_at_least,
    p_box_at_most,
    p_contrast_at_least,
    p_contrast_at_most,
    rate_limits,
    ratio_between,
)
from assay.stats.exact_p import p_exact_at_most
from assay.stats.exact_size import Audit, audited_level
from assay.stats.pieces.pairs import Pairs, Survey, survey
from assay.stats.pieces.pieces import Pieces, Target, kept, wrong_side
from assay.stats.rates import p_at_least, p_at_most

Floats = NDArray[np.float64]
CLOPPER_PEARSON = "one-sided Clopper-Pearson"
MOVER = "MOVER with Clopper-Pearson limits, size audited"
BOX = "Bonferroni box of Clopper-Pearson limits"
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
        return _alone(cells, target, undefined)
    if target.at_least is not (counts.compare is Compare.RATIO):
        return wrong_side()
    pairs = Pairs.of(cells, counts)
    total = pairs.total()
    if undefined or not total:
        return Pieces((), total, all_pass=False, point_passes=None, undefined=undefined)
    return _compared(pairs, total, target)


def _named(cell: Rate) -> str:
    return f"{cell.label} ({cell.family})" if cell.family else cell.label


def _columns(cells: tuple[Rate, ...]) -> tuple[Floats, Floats]:
    events = np.array([cell.events for cell in cells], dtype=np.float64)
    return events, np.array([cell.trials for cell in cells], dtype=np.float64)


def _alone(cells: tuple[Rate, ...], target: Target, undefined: tuple[NoValue, ...]) -> Pieces:
    """Each rate on its own: judged together, and only those that are kept become pieces."""
    cells = tuple(sorted(cells, key=_named))
    x, n = _columns(cells)
    above, below = p_at_least(x, n, target.tau), p_at_most(x, n, target.tau)
    p_pass, p_fail = (above, below) if target.at_least else (below, above)
    rate, lower, upper = rate_limits(x, n, target.alpha)
    bound = lower if target.at_least else upper
    sign = -1 if target.at_least else 1
    places = kept(bound=sign * bound, estimate=sign * rate, p_pass=p_pass, p_fail=p_fail)
    points = _satisfied(cells, target)
    columns = (rate, lower, upper, p_pass, p_fail)
    printed = tuple(
        Piece(
            label=_named(cells[place]),
            estimate=estimate,
            lower=low,
            upper=high,
            n=cells[place].trials,
            p_pass=passing,
            level_pass=target.alpha,
            p_fail=failing,
            point_passes=points[place],
            method=CLOPPER_PEARSON,
            counts=(("", "events", cells[place].events), ("", ROWS, cells[place].trials)),
            family=cells[place].family,
        )
        for place, estimate, low, high, passing, failing in zip(
            places, *(column[places].tolist() for column in columns), strict=True
        )
    )
    return Pieces(
        printed=printed,
        total=len(cells),
        all_pass=bool(cells) and not undefined and bool(np.all(p_pass <= target.alpha - TIE)),
        point_passes=all(points) if points else None,
        undefined=undefined,
        strictest=target.bound(printed[0]) if printed and not undefined else None,
    )


def _satisfied(cells: tuple[Rate, ...], target: Target) -> list[bool]:
    """Whether each observed rate satisfies the threshold, in integers: 48 % against 60 % is exactly 0.8."""
    threshold = Fraction(target.threshold)
    up, down = threshold.numerator, threshold.denominator
    if target.at_least:
        return [cell.events * down >= up * cell.trials for cell in cells]
    return [cell.events * down <= up * cell.trials for cell in cells]


def _compared(pairs: Pairs, total: int, target: Target) -> Pieces:
    """All ordered pairs; only those that may bind get p-values, an audit and a description of their own.

    A pair is first accepted by the Bonferroni box, which is exact; the audited MOVER region contains the box, so a
    pair that the box accepts needs no audit.
    """
    r, margin = (target.tau, 0.0) if pairs.ratio else (1.0, -target.tau)
    each = rate_limits(pairs.x, pairs.n, target.alpha)  # once for its cell, not for each pair
    found = survey(pairs, each, target)
    a, b = (found.first, found.second) if pairs.ratio else (found.second, found.first)
    counted = (pairs.x[a], pairs.n[a], pairs.x[b], pairs.n[b])
    judged = _judged(counted, r, margin, target.alpha)
    p_fail = _p_of_failure(counted, r, margin, target.alpha)
    printed = _described(pairs, found, each, judged, p_fail)
    return Pieces(
        printed=printed,
        total=total,
        all_pass=bool(np.all(judged.p_pass <= judged.level - TIE)),
        point_passes=found.point_passes,
        strictest=target.bound(printed[0]),
    )


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


def _described(
    pairs: Pairs, found: Survey, each: RateLimits, judged: Judged, p_fail: Floats
) -> tuple[Piece, ...]:
    one, two = each.at(found.first), each.at(found.second)
    limits = ratio_between(one, two) if pairs.ratio else contrast_between(one, two, 1.0)
    order = kept(
        bound=-limits.lower if pairs.ratio else limits.upper,
        estimate=np.where(
            np.isfinite(limits.estimate), -limits.estimate if pairs.ratio else limits.estimate, -np.inf
        ),
        p_pass=judged.p_pass,
        p_fail=p_fail,
    )
    judgements = (judged.p_pass, judged.level, judged.boxed, p_fail, found.points)
    columns = (found.first, found.second, *limits, *judgements)
    printed = []
    for i, j, estimate, lower, upper, p_pass, level, boxed, failing, point in zip(
        *(column[order].tolist() for column in columns), strict=True
    ):
        first, second = pairs.cells[i], pairs.cells[j]
        printed.append(
            Piece(
                label=f"{first.label} against {second.label}"
                + (f" ({first.family})" if first.family else ""),
                estimate=_finite(estimate),
                lower=_finite(lower),
                upper=_finite(upper),
                n=first.trials + second.trials,
                p_pass=p_pass,
                level_pass=level,
                p_fail=failing,
                point_passes=point,
                grade=Grade.A,
                method=BOX if boxed else MOVER,
                counts=(
                    (first.label, "events", first.events),
                    (first.label, ROWS, first.trials),
                    (second.label, "events", second.events),
                    (second.label, ROWS, second.trials),
                ),
                between=(first.label, second.label),
                family=first.family,
            )
        )
    return tuple(printed)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
