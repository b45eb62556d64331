"""Rates in strata as pieces: for each ordered pair of groups, or for each group against all others, one value over all strata."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import numpy as np

from assay.domain.assessment import ROWS, NoValue, Piece
from assay.domain.evidence import AGAINST_ALL_OTHERS, Composite, Rate, Stratified
from assay.domain.vocabulary import Grade, Reason
from assay.stats import stratified as rules
from assay.stats.expected_cost import expected_cost
from assay.stats.histogram import Undefined
from assay.stats.inversion import smallest_alpha
from assay.stats.odds_ratio import mantel_haenszel
from assay.stats.pieces.pieces import Pieces, Target, gathered
from assay.stats.scoring_ratio import scoring_ratio
from assay.stats.stratified import Floats

ALL_OTHERS = "all others"


class Two(NamedTuple):
    """The counts of two groups by stratum: favourable decisions and rows of the first, and of the second."""

    x1: Floats
    n1: Floats
    x2: Floats
    n2: Floats


class Method(NamedTuple):
    """The rule of a value of two groups, its name among the simulated sizes (none where it is exact), and its method for readers; whether it is to be large, and whether an
    empty cell leaves none.
    """

    rule: Callable[[Two, tuple[float, ...]], rules.Estimates]
    name: str
    told: str
    at_least: bool = False
    needs_every_cell: bool = True


METHODS: Mapping[Composite, Method] = {
    Composite.ODDS_RATIO: Method(
        lambda two, _: mantel_haenszel(*two),
        "mantel_haenszel",
        "Mantel-Haenszel, jackknife over rows",
        at_least=True,
        needs_every_cell=False,
    ),
    Composite.WITHIN_STRATA: Method(
        lambda two, _: rules.treatment(*two),
        "kitagawa",
        "Kitagawa's part within strata, MOVER and the delta method",
    ),
    Composite.BY_COMPOSITION: Method(
        lambda two, _: rules.composition(*two),
        "composition",
        "Kitagawa's part by composition, MOVER and the delta method to second order",
    ),
    Composite.REVERSAL: Method(
        lambda two, _: rules.reversal(*two), "reversal", "gap and Kitagawa's part within strata, Bonferroni"
    ),
    Composite.DISPARITY: Method(
        lambda two, _: rules.disparity(*two),
        "disparity",
        "conditional disparity, MOVER and the delta method",
        needs_every_cell=False,
    ),
    Composite.SCORING_RATIO: Method(
        lambda two, _: scoring_ratio(*two),
        "",
        "box of Clopper-Pearson limits above limits of the median",
        at_least=True,
    ),
    Composite.EXPECTED_COST: Method(
        lambda two, costs: expected_cost(*two, costs),
        "",
        "box of Clopper-Pearson limits of each kind of error",
    ),
}


def stratified_pieces(counts: Stratified, target: Target) -> Pieces:
    """One piece for each pair that is compared, or each group; those without a value by name and reason."""
    method = METHODS[counts.composite]
    if target.at_least is not method.at_least:
        said = "A gap can only be bounded from above, and a ratio from below."
        return Pieces(
            (), 0, all_pass=False, point_passes=None, undefined=(NoValue("", Reason.NOT_MEASURED, said),)
        )
    empty = tuple(
        NoValue(f"{cell.label} ({cell.family})", Reason.EMPTY_GROUP, "The cell has no rows.")
        for cell in counts.cells
        if cell.trials == 0 and method.needs_every_cell
    )
    if empty:
        return Pieces((), 0, all_pass=False, point_passes=None, undefined=empty)
    pieces, undefined = [], []
    for one, two, found in _pairs(counts):
        try:
            pieces.append(_piece(counts, one, two, found, target))
        except Undefined as why:
            undefined.append(NoValue(_label(one, two), Reason(why.reason), f"{why}."))
    return gathered(pieces, target, tuple(undefined))


def _pairs(counts: Stratified) -> Iterator[tuple[str, str, Two]]:
    families = tuple(dict.fromkeys(cell.family for cell in counts.cells))
    ordered = sorted(counts.cells, key=lambda cell: families.index(cell.family))
    cells = {label: _columns([c for c in ordered if c.label == label]) for label in counts.labels}
    if counts.composite in AGAINST_ALL_OTHERS:
        total = np.sum(list(cells.values()), axis=0)
        for label in counts.labels:
            if not counts.focus or label in counts.focus:
                yield label, ALL_OTHERS, Two(*cells[label], *(total - cells[label]))
        return
    for one in counts.labels:
        for two in counts.labels:
            if counts.compares(one, two):
                yield one, two, Two(*cells[one], *cells[two])


def _columns(cells: list[Rate]) -> Floats:
    return np.array([[c.events for c in cells], [c.trials for c in cells]], dtype=np.float64)


def _label(one: str, two: str) -> str:
    return f"{one} against {two}"


def _piece(counts: Stratified, one: str, two: str, found: Two, target: Target) -> Piece:
    method = METHODS[counts.composite]
    made = method.rule(found, counts.weights)
    bound = rules.bound_of(made, target.alpha, rule=method.name, method=method.told)
    at_least = smallest_alpha(lambda a: float(made.lower(a)), target.tau, meets="at_least")
    at_most = smallest_alpha(lambda a: float(made.upper(a)), target.tau, meets="at_most")
    return Piece(
        label=_label(one, two),
        estimate=bound.estimate,
        lower=bound.lower,
        upper=bound.upper if math.isfinite(bound.upper) else None,
        n=int(found.n1.sum() + found.n2.sum()),
        p_pass=at_least if target.at_least else at_most,
        level_pass=target.alpha,
        p_fail=at_most if target.at_least else at_least,
        point_passes=bound.estimate >= target.tau if target.at_least else bound.estimate <= target.tau,
        grade=Grade(bound.grade),
        method=bound.method,
        simulated_size=bound.simulated_size,
        counts=(
            (one, "events", int(found.x1.sum())),
            (one, ROWS, int(found.n1.sum())),
            (two, "events", int(found.x2.sum())),
            (two, ROWS, int(found.n2.sum())),
            ("", "rows of strata with one of them alone", _alone(found)),
        ),
        between=(one, two),
    )


def _alone(found: Two) -> int:
    """Rows that no comparison within a stratum can use."""
    alone = (found.n1 == 0) != (found.n2 == 0)
    return int((found.n1 + found.n2)[alone].sum())
