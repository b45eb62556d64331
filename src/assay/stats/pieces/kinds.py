"""How each kind of counts becomes pieces: one line a kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from assay.domain.assessment import NoValue
from assay.domain.evidence import Census, Paired, Rates, Scores, Undefined
from assay.stats.pieces.census import census_pieces
from assay.stats.pieces.paired import paired_pieces
from assay.stats.pieces.pieces import Pieces, Target
from assay.stats.pieces.rates import rates_pieces
from assay.stats.pieces.scores import scores_pieces


def _undefined_pieces(counts: Undefined, _: Target) -> Pieces:
    undefined = (NoValue("", counts.reason, counts.detail),)
    return Pieces((), 0, all_pass=False, point_passes=None, undefined=undefined)


PIECES: Mapping[type, Callable[[Any, Target], Pieces]] = {
    Census: census_pieces,
    Rates: rates_pieces,
    Scores: scores_pieces,
    Paired: paired_pieces,
    Undefined: _undefined_pieces,
}
"""By the type of the counts; each is handed counts of its own type."""
