"""The power of a criterion by the kind of counts that its check gives: one line a kind."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from assay.domain.assessment import Asked
from assay.domain.evidence import Census, Counts, Paired, Rates, Scores, Undefined
from assay.domain.vocabulary import Comparator
from assay.plan.imagined import DISCORDANCE
from assay.plan.power import Passes, all_of, normal_power, rates_power
from assay.plan.scores import drop_deviation, scores_power
from assay.stats.pieces.scores import too_few_rows


def passes_of(counts: Counts, asked: Asked) -> Passes | str | None:
    """The probability of passing as a function of the true value and the rows.

    A text says why the criterion cannot be evaluated on such rows; None that no probability is involved.
    """
    return PLANS[type(counts)](counts, asked)


def _rates(counts: Rates, asked: Asked) -> Passes:
    seed = int.from_bytes(hashlib.sha256(asked.criterion.encode()).digest()[:4], "big")
    return rates_power(counts, asked.comparator, float(asked.threshold), asked.alpha, seed)


def _scores(counts: Scores, asked: Asked) -> Passes | str:
    parts = []
    for cell in counts.cells:
        negatives, positives = sum(cell.negatives), sum(cell.positives)
        if said := too_few_rows(counts.functional, negatives + positives):
            return f"{cell.label}: {said}." if cell.label else f"{said}."
        parts.append(
            scores_power(
                counts.functional,
                negatives,
                positives,
                at_least=asked.comparator is Comparator.AT_LEAST,
                threshold=float(asked.threshold),
                alpha=asked.alpha,
                bins=counts.bins,
            )
        )
    return all_of(parts)


def _paired(counts: Paired, asked: Asked) -> Passes | str:
    if not all(cell.n for cell in counts.cells):
        return "A group has no rows."
    return all_of(
        [
            normal_power(drop_deviation(DISCORDANCE, cell.n), float(asked.threshold), asked.alpha)
            for cell in counts.cells
        ]
    )


def _census(_: Census, __: Asked) -> None:
    """A fact about the data in hand: it is as it is."""


def _undefined(counts: Undefined, _: Asked) -> str:
    return counts.detail


PLANS: Mapping[type, Callable[[Any, Asked], Passes | str | None]] = {
    Census: _census,
    Rates: _rates,
    Scores: _scores,
    Paired: _paired,
    Undefined: _undefined,
}
"""By the type of the counts; each is handed counts of its own type."""
