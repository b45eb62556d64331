"""What every kind of counts becomes: the pieces of one criterion, worst first."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import ArrayLike

from assay.domain.assessment import NoValue, Piece
from assay.domain.vocabulary import Comparator, Grade, Reason
from assay.stats.bound import Bound
from assay.stats.histogram import Undefined

MOST_PRINTED = 100
"""Pieces that are kept one by one; the rest only count."""


@dataclass(frozen=True, slots=True)
class Target:
    """The threshold that pieces are held against, exactly and as a float, at level alpha."""

    comparator: Comparator
    threshold: Decimal
    alpha: float

    @property
    def tau(self) -> float:
        """The threshold as a float."""
        return float(self.threshold)

    @property
    def at_least(self) -> bool:
        """Whether the true value must be at least the threshold."""
        return self.comparator is Comparator.AT_LEAST

    def bound(self, piece: Piece) -> float | None:
        """The bound that must satisfy the threshold."""
        return piece.lower if self.at_least else piece.upper


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of one criterion.

    Attributes:
        printed: at most :data:`MOST_PRINTED`, worst bound first, as :func:`kept` takes them. total: how many were judged.
        all_pass: whether every one passes. point_passes: whether every point estimate satisfies the threshold.
        undefined: pieces without a value.
        strictest: the strictest threshold that all of them support.
    """

    printed: tuple[Piece, ...]
    total: int
    all_pass: bool
    point_passes: bool | None
    undefined: tuple[NoValue, ...] = ()
    strictest: float | None = None


def piece_of(
    bound: Bound,
    p_values: tuple[float, float],
    target: Target,
    *,
    label: str,
    n: int,
    counts: tuple[tuple[str, str, int], ...],
    between: tuple[str, ...] = (),
) -> Piece:
    """A bound at the target's alpha as a piece; an infinite estimate or limit is none.

    Args:
        p_values: for "the value is at least the threshold" and "at most".
        label, n, counts, between: as the piece has them.
    """
    at_least, at_most = p_values
    return Piece(
        label=label,
        estimate=_finite(bound.estimate),
        lower=_finite(bound.lower),
        upper=_finite(bound.upper),
        n=n,
        p_pass=at_least if target.at_least else at_most,
        level_pass=target.alpha,
        p_fail=at_most if target.at_least else at_least,
        point_passes=bound.estimate >= target.tau if target.at_least else bound.estimate <= target.tau,
        grade=Grade(bound.grade),
        method=bound.method,
        simulated_size=bound.simulated_size,
        counts=counts,
        between=between,
    )


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def gathered(pieces: Iterable[Piece], target: Target, undefined: tuple[NoValue, ...] = ()) -> Pieces:
    """Order pieces worst bound first and conclude over all of them."""
    found = sorted(pieces, key=lambda p: p.label)
    sign = -1 if target.at_least else 1
    bounds = [target.bound(p) for p in found]
    places = kept(
        bound=[np.inf if bound is None else sign * bound for bound in bounds],
        estimate=[-np.inf if p.estimate is None else sign * p.estimate for p in found],
        p_pass=[p.p_pass for p in found],
        p_fail=[p.p_fail for p in found],
    )
    points = [p.point_passes for p in found if p.point_passes is not None]
    return Pieces(
        printed=tuple(found[place] for place in places),
        total=len(found),
        all_pass=bool(found) and not undefined and all(p.passes for p in found),
        point_passes=all(points) if points else None,
        undefined=undefined,
        strictest=bounds[places[0]] if found and not undefined else None,
    )


def of_each(parts: Iterable[tuple[str, Callable[[], Piece]]], target: Target) -> Pieces:
    """One piece for each part, as what stands beside its name makes it; those without a value by name and reason."""
    pieces, undefined = [], []
    for label, made in parts:
        try:
            pieces.append(made())
        except Undefined as why:
            undefined.append(NoValue(label, Reason(why.reason), f"{why}."))
    return gathered(pieces, target, tuple(undefined))


def none_of(*undefined: NoValue) -> Pieces:
    """No piece, and why there is none."""
    return Pieces((), 0, all_pass=False, point_passes=None, undefined=undefined)


def wrong_side() -> Pieces:
    """That nothing is said of a gap from below, or of a ratio from above."""
    said = "A gap can only be bounded from above, and a ratio from below."
    return none_of(NoValue("", Reason.NOT_MEASURED, said))


def kept(*, bound: ArrayLike, estimate: ArrayLike, p_pass: ArrayLike, p_fail: ArrayLike) -> list[int]:
    """The places of the pieces that are kept, worst bound first.

    Whatever their bounds, the worst estimate is among them, the least significant piece and the one that looks violated
    most: the headline, the confidence reached and Holm's procedure are about these.

    Args:
        bound, estimate: float[k], the larger the worse; infinite where there is none: a missing bound is the worst, a
            missing estimate is none. p_pass, p_fail: float[k].
    """
    bounds, estimates = np.asarray(bound, dtype=np.float64), np.asarray(estimate, dtype=np.float64)
    passing, failing = np.asarray(p_pass, dtype=np.float64), np.asarray(p_fail, dtype=np.float64)
    if not bounds.size:
        return []
    order = np.lexsort((-estimates, -passing, -bounds)).tolist()
    # Each the first of several in that order, as whoever looks through the pieces afterwards finds them.
    wanted = {max(order, key=estimates.__getitem__), max(order, key=passing.__getitem__)}
    wanted.add(min(order, key=failing.__getitem__))
    for place in order:
        if len(wanted) == MOST_PRINTED:
            break
        wanted.add(place)
    return [place for place in order if place in wanted]
