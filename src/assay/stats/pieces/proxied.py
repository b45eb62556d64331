"""Members against others by their probabilities as pieces: in both directions, between the ends of what is identified."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from assay.domain.assessment import ROWS, NoValue, Piece
from assay.domain.evidence import Compare, Proxied
from assay.domain.vocabulary import Grade, Reason
from assay.stats.histogram import Undefined
from assay.stats.inversion import smallest_alpha
from assay.stats.pieces.pieces import Pieces, Target, gathered, none_of
from assay.stats.proxied import RULE, Interval, Masses, proxied_difference, proxied_log_ratio
from assay.stats.simulated_sizes import SIMULATED_SIZES, simulated_size

ALL_OTHERS = "all others"
METHOD = "Frechet bounds in {} bins, probabilities off by up to {:.4g}, delta method"


class _Directed(NamedTuple):
    """One of two who are compared with the other: the estimate, and the limits at a level."""

    estimate: float
    lower: Callable[[float], float]
    upper: Callable[[float], float]


def proxied_pieces(counts: Proxied, target: Target) -> Pieces:
    """Two pieces, members against all others and the other way round; or why there is no value."""
    ratio = counts.compare is Compare.RATIO
    try:
        found = _interval(counts, target)
    except Undefined as why:
        return none_of(NoValue(counts.member, Reason(why.reason), f"{why}."))
    told = math.exp if ratio else float
    return gathered(
        [
            _piece(counts, (counts.member, ALL_OTHERS), _forward(found, told), found.least, target),
            _piece(counts, (ALL_OTHERS, counts.member), _backward(found, told), found.least, target),
        ],
        target,
    )


def _interval(counts: Proxied, target: Target) -> Interval:
    cells, ratio = [cell for cell in counts.cells if cell.rows], counts.compare is Compare.RATIO
    if not cells:
        raise Undefined("no row has a probability", reason=Reason.NO_ROWS.value)
    if target.at_least is not ratio:
        said = "a gap can only be bounded from above, and a ratio from below"
        raise Undefined(said, reason=Reason.NOT_MEASURED.value)
    columns = ([c.probability for c in cells], [c.favourable for c in cells], [c.rows for c in cells])
    found = (proxied_log_ratio if ratio else proxied_difference)(
        Masses.of(*columns, counts.bins), counts.error
    )
    if found.least < (fewest := SIMULATED_SIZES[RULE][0][0]):
        raise Undefined(
            f"of members, others, favourable and unfavourable decisions the rarest has {found.least:,} rows; the error rate of the "
            f"method is known from {fewest} on",
            reason=Reason.TOO_FEW_ROWS_FOR_METHOD.value,
        )
    return found


def _forward(found: Interval, told: Callable[[float], float]) -> _Directed:
    return _Directed(
        told(found.weighted), lambda a: told(found.limits(a)[0]), lambda a: told(found.limits(a)[1])
    )


def _backward(found: Interval, told: Callable[[float], float]) -> _Directed:
    return _Directed(
        told(-found.weighted), lambda a: told(-found.limits(a)[1]), lambda a: told(-found.limits(a)[0])
    )


def _piece(
    counts: Proxied, between: tuple[str, str], directed: _Directed, least: int, target: Target
) -> Piece:
    lower, upper = directed.lower(target.alpha), directed.upper(target.alpha)
    at_least = smallest_alpha(directed.lower, target.tau, meets="at_least")
    at_most = smallest_alpha(directed.upper, target.tau, meets="at_most")
    rows = sum(cell.rows for cell in counts.cells)
    return Piece(
        label=f"{between[0]} against {between[1]}",
        estimate=directed.estimate,
        lower=lower if math.isfinite(lower) else None,
        upper=upper if math.isfinite(upper) else None,
        n=rows,
        p_pass=at_least if target.at_least else at_most,
        level_pass=target.alpha,
        p_fail=at_most if target.at_least else at_least,
        point_passes=directed.estimate >= target.tau if target.at_least else directed.estimate <= target.tau,
        grade=Grade.B,
        method=METHOD.format(counts.bins, counts.error),
        simulated_size=simulated_size(RULE, least, target.alpha),
        counts=(
            ("", "favourable", sum(cell.favourable for cell in counts.cells)),
            ("", ROWS, rows),
            (counts.member, "expected", round(sum(cell.probability * cell.rows for cell in counts.cells))),
        ),
        between=between,
    )
