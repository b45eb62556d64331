"""Several rates of the same rows as pieces: one value for each ordered pair of groups."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

from assay.domain.assessment import ROWS, NoValue, Piece
from assay.domain.evidence import Combination, Combined
from assay.domain.vocabulary import Reason
from assay.stats import stratified as rules
from assay.stats.expected_cost import expected_cost
from assay.stats.pieces.pieces import Pieces, Target, none_of, of_each, wrong_side
from assay.stats.pieces.two_groups import Two, by_family, pair_label, pair_piece
from assay.stats.scoring_ratio import scoring_ratio


class Method(NamedTuple):
    """The exact rule of a value of two groups, its method for readers, and whether it is to be large."""

    rule: Callable[[Two, tuple[float, ...]], rules.Estimates]
    told: str
    at_least: bool = False


METHODS: Mapping[Combination, Method] = {
    Combination.SCORING_RATIO: Method(
        lambda two, _: scoring_ratio(*two),
        "box of Clopper-Pearson limits above limits of the median",
        at_least=True,
    ),
    Combination.EXPECTED_COST: Method(
        lambda two, costs: expected_cost(*two, costs),
        "box of Clopper-Pearson limits of each kind of error",
    ),
}


def combined_pieces(counts: Combined, target: Target) -> Pieces:
    """One piece for each pair that is compared; those without a value by name and reason."""
    method, cells = METHODS[counts.combination], by_family(counts.cells)
    if target.at_least is not method.at_least:
        return wrong_side()
    empty = tuple(
        NoValue(label, Reason.EMPTY_GROUP, "The group has no rows.")
        for label, (_, trials) in cells.items()
        if not trials.all()
    )
    if empty:
        return none_of(*empty)
    pairs = ((one, two) for one in counts.labels for two in counts.labels if counts.compares(one, two))
    return of_each(
        (
            (pair_label(*pair), partial(_piece, counts, *pair, Two(*cells[pair[0]], *cells[pair[1]]), target))
            for pair in pairs
        ),
        target,
    )


def _piece(counts: Combined, one: str, two: str, found: Two, target: Target) -> Piece:
    method = METHODS[counts.combination]
    rows = {label: next(c.trials for c in counts.cells if c.label == label) for label in (one, two)}
    events = ((c.label, c.family, c.events) for label in (one, two) for c in counts.cells if c.label == label)
    return pair_piece(
        one,
        two,
        method.rule(found, counts.weights),
        target,
        rule="",
        method=method.told,
        rows=sum(rows.values()),
        counts=(*events, *((label, ROWS, n) for label, n in rows.items())),
    )
