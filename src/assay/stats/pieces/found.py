"""Rates of parts that were found on other rows: as rates that stand alone, since the judged rows had no say in which they are.

Which parts are judged is fixed by the counts of the other rows (:func:`assay.domain.evidence.found.worst_of`). Given these, the judged
rows are what they would be if somebody had named the parts: each is judged at the full level for a pass (intersection-union test), and a
failure pays for the parts that were found, not for those that were looked at.
"""

from __future__ import annotations

from assay.domain.evidence import FoundRates, Rates
from assay.stats.pieces.pieces import Pieces, Target
from assay.stats.pieces.rates import rates_pieces


def found_pieces(counts: FoundRates, target: Target) -> Pieces:
    """One piece for each part that was found; one without rows by name and reason."""
    return rates_pieces(Rates(counts.cells), target)
