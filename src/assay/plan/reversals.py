"""How likely it is that no gap turns round within strata, before a row is read."""

from __future__ import annotations

from functools import partial

from scipy.special import ndtr, ndtri

from assay.domain.assessment import Asked
from assay.domain.evidence import Stratified
from assay.plan.power import Prospect, all_of
from assay.stats.pieces.stratified import pairs
from assay.stats.pieces.two_groups import Two
from assay.stats.stratified import reversal

NO_GAP = "no gap exists, in all rows or within strata, the hardest case; one that plainly lies on the same side in both passes with far fewer rows"


def reversals_prospect(counts: Stratified, asked: Asked) -> Prospect:
    """As if strata were mixed alike in all groups, so that the gap within them is that of all rows."""
    compared = {
        frozenset((one, two)): found for one, two, found in pairs(counts)
    }  # both directions pass or fail together
    passes = all_of(
        [partial(_turns_nowhere, _error(found, asked.alpha), asked) for found in compared.values()]
    )
    return Prospect(passes, lambda true, factor: passes(true, factor) if true > 0 else 1.0, NO_GAP)


def _error(found: Two, alpha: float) -> float:
    """The larger of the two gaps' standard errors, behind the limits at the level that each has."""
    made = reversal(*found)
    parts = ((part.estimate, part.upper(alpha / 2)) for part in (made.overall, made.within))
    return float(max((upper - estimate) / -ndtri(alpha / 2) for estimate, upper in parts))


def _turns_nowhere(error: float, asked: Asked, true: float, factor: float) -> float:
    """The limit is z errors less the gap that is found, on whichever side it lies; a true reversal must be found on one."""
    room = (float(asked.threshold) - max(true, 0.0)) * factor**0.5 / error + float(ndtri(asked.alpha / 2))
    sides = 1 if true > 0 else 2
    return min(1.0, sides * float(ndtr(room)))
