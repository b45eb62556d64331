"""Pieces of two groups of which one value is made: what a rule of several counts of each gives, with the counts behind it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from assay.domain.assessment import Piece
from assay.domain.evidence import Rate
from assay.stats import stratified as rules
from assay.stats.inversion import smallest_alpha
from assay.stats.pieces.pieces import Target, piece_of
from assay.stats.stratified import Floats


class Two(NamedTuple):
    """The counts of two groups by family: events and rows of the first, and of the second."""

    x1: Floats
    n1: Floats
    x2: Floats
    n2: Floats


def by_family(cells: tuple[Rate, ...]) -> dict[str, Floats]:
    """By group [2, families]: events and trials, in the order in which the families come."""
    families = tuple(dict.fromkeys(cell.family for cell in cells))
    ordered = sorted(cells, key=lambda cell: families.index(cell.family))
    labels = dict.fromkeys(cell.label for cell in cells)
    return {label: _columns([cell for cell in ordered if cell.label == label]) for label in labels}


def _columns(cells: list[Rate]) -> Floats:
    return np.array([[c.events for c in cells], [c.trials for c in cells]], dtype=np.float64)


def pair_label(one: str, two: str) -> str:
    """What a pair is called."""
    return f"{one} against {two}"


def pair_piece(
    one: str,
    two: str,
    made: rules.Estimates,
    target: Target,
    *,
    rule: str,
    method: str,
    rows: int,
    counts: tuple[tuple[str, str, int], ...],
) -> Piece:
    """The piece of an ordered pair: ``rule`` is its name among the simulated sizes (none where it is exact), ``method`` for readers."""
    bound = rules.bound_of(made, target.alpha, rule=rule, method=method)
    at_least = smallest_alpha(lambda a: float(made.lower(a)), target.tau, meets="at_least")
    at_most = smallest_alpha(lambda a: float(made.upper(a)), target.tau, meets="at_most")
    return piece_of(
        bound,
        (at_least, at_most),
        target,
        label=pair_label(one, two),
        n=rows,
        counts=counts,
        between=(one, two),
    )
