"""Rates in strata as pieces: for each ordered pair of groups, or for each group against all others, one value over all strata."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import NamedTuple

import numpy as np

from assay.domain.assessment import ROWS, NoValue, Piece
from assay.domain.evidence import AGAINST_ALL_OTHERS, Composite, Stratified
from assay.domain.vocabulary import Reason
from assay.stats import stratified as rules
from assay.stats.odds_ratio import mantel_haenszel
from assay.stats.pieces.pieces import Pieces, Target, none_of, of_each, wrong_side
from assay.stats.pieces.two_groups import Two, by_family, pair_label, pair_piece

ALL_OTHERS = "all others"


class Method(NamedTuple):
    """The rule of a value of two groups, its name among the simulated sizes (none where it is exact), and its method for readers; whether it is to be large, and whether an
    empty cell leaves none.
    """

    rule: Callable[[Two], rules.Estimates]
    name: str
    told: str
    at_least: bool = False
    needs_every_cell: bool = True


METHODS: Mapping[Composite, Method] = {
    Composite.ODDS_RATIO: Method(
        lambda two: mantel_haenszel(*two),
        "mantel_haenszel",
        "Mantel-Haenszel, jackknife over rows",
        at_least=True,
        needs_every_cell=False,
    ),
    Composite.WITHIN_STRATA: Method(
        lambda two: rules.treatment(*two),
        "kitagawa",
        "Kitagawa's part within strata, MOVER and the delta method",
    ),
    Composite.BY_COMPOSITION: Method(
        lambda two: rules.composition(*two),
        "composition",
        "Kitagawa's part by composition, MOVER and the delta method to second order",
    ),
    Composite.REVERSAL: Method(
        lambda two: rules.reversal(*two), "reversal", "gap and Kitagawa's part within strata, Bonferroni"
    ),
    Composite.DISPARITY: Method(
        lambda two: rules.disparity(*two),
        "disparity",
        "conditional disparity, MOVER and the delta method",
        needs_every_cell=False,
    ),
}


def stratified_pieces(counts: Stratified, target: Target) -> Pieces:
    """One piece for each pair that is compared, or each group; those without a value by name and reason."""
    method = METHODS[counts.composite]
    if target.at_least is not method.at_least:
        return wrong_side()
    empty = tuple(
        NoValue(f"{cell.label} ({cell.family})", Reason.EMPTY_GROUP, "The cell has no rows.")
        for cell in counts.cells
        if cell.trials == 0 and method.needs_every_cell
    )
    if empty:
        return none_of(*empty)
    return of_each(
        (
            (pair_label(one, two), partial(_piece, counts, one, two, found, target))
            for one, two, found in pairs(counts)
        ),
        target,
    )


def pairs(counts: Stratified) -> Iterator[tuple[str, str, Two]]:
    """The groups that are compared, each with what stands against it and their rows and events by stratum."""
    cells = by_family(counts.cells)
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


def _piece(counts: Stratified, one: str, two: str, found: Two, target: Target) -> Piece:
    method = METHODS[counts.composite]
    return pair_piece(
        one,
        two,
        method.rule(found),
        target,
        rule=method.name,
        method=method.told,
        rows=int(found.n1.sum() + found.n2.sum()),
        counts=(
            (one, "events", int(found.x1.sum())),
            (one, ROWS, int(found.n1.sum())),
            (two, "events", int(found.x2.sum())),
            (two, ROWS, int(found.n2.sum())),
            ("", "rows of strata with one of them alone", _alone(found)),
        ),
    )


def _alone(found: Two) -> int:
    """Rows that no comparison within a stratum can use."""
    alone = (found.n1 == 0) != (found.n2 == 0)
    return int((found.n1 + found.n2)[alone].sum())
