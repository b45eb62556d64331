"""The power of a criterion by the kind of counts that its check gives: one line a kind."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri

from assay.domain.assessment import TIE, Asked, Piece
from assay.domain.evidence import (
    Averages,
    ByInput,
    Census,
    ChangeCell,
    Changes,
    Combined,
    Composite,
    Counts,
    Effects,
    Explained,
    Folds,
    HistogramPair,
    Histograms,
    Learned,
    Losses,
    Mean,
    MeanCell,
    MeanCurve,
    Means,
    Paired,
    PairedScores,
    Proxied,
    Ranked,
    Rates,
    RelativeRates,
    Scores,
    Stratified,
    Sweep,
    Top,
    Undefined,
)
from assay.domain.vocabulary import Comparator
from assay.plan.imagined import DISCORDANCE
from assay.plan.losses import losses_prospect
from assay.plan.power import Prospect, all_of
from assay.plan.reversals import reversals_prospect
from assay.plan.scores import (
    CONCENTRATION,
    RESTS_ON_NOISE,
    Spread,
    drop_deviation,
    noise,
    scores_power,
)
from assay.stats.contrast_power import Passes, normal_power, rates_power
from assay.stats.distances import distance_bound
from assay.stats.histogram import Floats
from assay.stats.inversion import LARGEST
from assay.stats.paired import paired_p_at_least, paired_p_at_most
from assay.stats.pieces.averages import AVERAGES
from assay.stats.pieces.combined import combined_pieces
from assay.stats.pieces.effects import effects_pieces
from assay.stats.pieces.pieces import Pieces, Target
from assay.stats.pieces.proxied import proxied_pieces
from assay.stats.pieces.scores import too_few_rows
from assay.stats.pieces.stratified import stratified_pieces
from assay.stats.power import power_rate
from assay.stats.sweep import deviation


def prospect_of(counts: Counts, asked: Asked, spread: Spread | None) -> Prospect | str | None:
    """The probability of passing as a function of the true value and the rows.

    ``spread`` is that of the model's scores, where it was asked. A text says why the criterion cannot be evaluated on such rows; None that no probability is involved.
    """
    return PLANS[type(counts)](counts, asked, spread)


def _rates(counts: Rates, asked: Asked, _: Spread | None) -> Prospect:
    seed = int.from_bytes(hashlib.sha256(asked.criterion.encode()).digest()[:4], "big")
    return Prospect.plain(rates_power(counts, asked.comparator, float(asked.threshold), asked.alpha, seed))


def _scores(counts: Scores, asked: Asked, spread: Spread | None) -> Prospect | str:
    assumed, at_best, said = [], [], ""
    for cell in counts.cells:
        negatives, positives = sum(cell.negatives), sum(cell.positives)
        if few := too_few_rows(counts.functional, negatives, positives):
            return f"{cell.label}: {few}." if cell.label else f"{few}."
        power = partial(
            scores_power,
            counts.functional,
            negatives,
            positives,
            at_least=asked.comparator is Comparator.AT_LEAST,
            threshold=float(asked.threshold),
            alpha=asked.alpha,
            bins=counts.bins,
        )
        supposed = noise(spread, negatives, positives, everybody=not cell.label)
        assumed.append(power(noise=supposed.assumed))
        at_best.append(power(noise=supposed.least))
        said = supposed.said if not cell.label else _OF_GROUPS
    return Prospect(all_of(assumed), all_of(at_best), said if counts.functional in RESTS_ON_NOISE else "")


_OF_GROUPS = f"E[s(1 - s)] of the scores s is in each group {CONCENTRATION:.0%} of what it is when every score is the group's base rate"


def _paired(counts: Paired, asked: Asked, _: Spread | None) -> Prospect | str:
    if not all(cell.n for cell in counts.cells):
        return "A group has no rows."
    parts = [
        normal_power(drop_deviation(DISCORDANCE, cell.n), float(asked.threshold), asked.alpha)
        for cell in counts.cells
    ]
    at_best = [_no_more_change(cell.n, asked) for cell in counts.cells]
    return Prospect(all_of(parts), all_of(at_best), f"{DISCORDANCE:.0%} of the decisions change")


def _losses(counts: Losses, asked: Asked, _: Spread | None) -> Prospect | str:
    return losses_prospect(counts, asked)


def _explained(counts: Explained, asked: Asked, _: Spread | None) -> Prospect | str:
    """By the spread of R2 of normal numbers, 2 r (1 - r^2) over the root of the rows, r^2 the value (Olkin & Siotani 1976)."""
    if not all(cell.n for cell in counts.cells):
        return "A group has no rows."
    power = partial(normal_power, threshold=float(asked.threshold), alpha=asked.alpha)
    spread = all_of([power(partial(_error_of_r2, cell.n)) for cell in counts.cells])
    at_best = all_of([power(partial(_same, 0.0)) for _ in counts.cells])
    return Prospect(spread, at_best, "labels and errors are spread as normal numbers")


def _error_of_r2(n: int, true: float) -> float:
    return 2 * math.sqrt(max(true, 0.0) / n) * (1 - true)


def _no_more_change(n: int, asked: Asked) -> Passes:
    """Whether so many rows pass on which no more decisions change, or differ, than the true value says."""
    p_value = paired_p_at_least if asked.comparator is Comparator.AT_LEAST else paired_p_at_most

    def passes(true: float, factor: float) -> float:
        rows = round(n * factor)
        worse, better = round(max(true, 0.0) * rows), round(max(-true, 0.0) * rows)
        found = rows and p_value(worse, better, rows, float(asked.threshold)) <= asked.alpha - TIE
        return float(bool(found))

    return passes


def _means(counts: Means, asked: Asked, _: Spread | None) -> Prospect | str:
    if not all(sum(cell.rows) for cell in counts.cells):
        return "A group has no rows."
    power = partial(normal_power, threshold=float(asked.threshold), alpha=asked.alpha)
    spread = all_of([power(_error(cell)) for cell in counts.cells])
    at_best = all_of([power(lambda _: 0.0) for _ in counts.cells])
    return Prospect(spread, at_best, "values spread as those of the decisions that a plan imagines")


def _curve(counts: MeanCurve, asked: Asked, spread: Spread | None) -> Prospect | str:
    return _means(counts.means, asked, spread)


def _by_input(counts: ByInput, asked: Asked, spread: Spread | None) -> Prospect | str | None:
    return PLANS[type(counts.lost)](counts.lost, asked, spread)


def _error(cell: MeanCell) -> Callable[[float], float]:
    """The standard error of a mean whose values are spread as these are."""
    values, rows = np.array(cell.values), np.array(cell.rows)
    n = float(rows.sum())
    variance = float(rows @ (values - float(rows @ values) / n) ** 2) / n
    return lambda _: math.sqrt(variance / n)


def _averages(counts: Averages, asked: Asked, _: Spread | None) -> Prospect | str:
    """Whether rates alike in all classes would pass, were they found as they truly are, less what chance takes."""
    parts = []
    for label in counts.labels:
        trials = np.array([cell.trials for cell in counts.cells if cell.label == label], dtype=np.float64)
        if not trials.all():
            return "A class has no rows."
        parts.append(partial(_average_passes, trials, counts.mean, asked))
    return Prospect(all_of(parts), all_of(parts), "every class is recognised as often")


def _average_passes(trials: Floats, mean: Mean, asked: Asked, true: float, factor: float) -> float:
    """The probability that the mean found is as large as its limit asks: normal, with the width of the rule at the true value."""
    rows = np.maximum(np.rint(trials * factor), 1)
    rate = min(max(true, 0.0), 1.0)
    each = rate if mean is Mean.RECALL else rate / (2 - rate)
    bound = AVERAGES[mean](np.rint(each * rows), rows, asked.alpha)
    slope = 1.0 if mean is Mean.RECALL else 2 / (1 + each) ** 2
    error = slope * math.sqrt(each * (1 - each) * float((1 / rows).sum())) / len(rows)
    room = bound.lower - float(asked.threshold)
    return float(ndtr(room / error)) if error else float(room >= 0)


def _stratified(counts: Stratified, asked: Asked, _: Spread | None) -> Prospect | str:
    found = stratified_pieces(counts, Target(asked.comparator, asked.threshold, asked.alpha))
    if counts.composite is Composite.REVERSAL and not found.undefined:
        return reversals_prospect(counts, asked)
    return _of_limits(found, asked)


def _combined(counts: Combined, asked: Asked, _: Spread | None) -> Prospect | str:
    return _of_limits(combined_pieces(counts, Target(asked.comparator, asked.threshold, asked.alpha)), asked)


def _effects(counts: Effects, asked: Asked, _: Spread | None) -> Prospect | str:
    return _of_limits(effects_pieces(counts, Target(asked.comparator, asked.threshold, asked.alpha)), asked)


def _changes(counts: Changes, asked: Asked, _: Spread | None) -> Prospect | str:
    """As if so many decisions changed as a plan imagines of changed inputs, half of them either way."""
    if not all(cell.n for cell in counts.cells):
        return "A group has no rows."
    half = DISCORDANCE / 2
    parts = [
        normal_power(
            partial(_same, _error_of_change(one, two, half)), float(asked.threshold), asked.alpha / 4
        )
        for one in counts.cells
        for two in counts.cells
        if counts.compares(one, two)
    ]
    return Prospect(all_of(parts), all_of(parts), f"{DISCORDANCE:.0%} of the decisions change")


def _error_of_change(one: ChangeCell, two: ChangeCell, rate: float) -> float:
    """The sum of the four standard errors, as a box adds them."""
    return sum(2 * math.sqrt(rate * (1 - rate) / cell.n) for cell in (one, two))


def _of_limits(found: Pieces, asked: Asked) -> Prospect | str:
    """As if the standard error behind each limit did not depend on the true value."""
    at_least = asked.comparator is Comparator.AT_LEAST
    if found.undefined:
        return f"{found.undefined[0].label}: {found.undefined[0].detail}"
    parts = [
        normal_power(_error_of(piece, asked.alpha, of_ratio=at_least), float(asked.threshold), asked.alpha)
        for piece in found.printed
    ]
    return Prospect.plain(all_of(parts))


def _error_of(piece: Piece, alpha: float, *, of_ratio: bool) -> Callable[[float], float]:
    """The standard error behind the limit that decides; of a ratio it grows with the ratio."""
    estimate, z = piece.estimate or 0.0, -float(ndtri(alpha))
    limit = piece.lower if of_ratio else piece.upper
    error = abs(estimate - (estimate if limit is None else limit)) / z
    return lambda true: error * true / estimate if of_ratio and estimate else error


def _relative(counts: RelativeRates, asked: Asked, _: Spread | None) -> Prospect | str:
    each = sum(cell.trials for cell in counts.cells) // max(len(counts.cells), 1)
    if not each:
        return "There are fewer rows than rates."
    parts = [_of_rate(each, cell.expected, asked, asked.alpha) for cell in counts.cells]
    found = all_of(parts)
    return Prospect(found, found, "each rate is of as many rows")


def _of_rate(n: int, unit: float, asked: Asked, alpha: float) -> Passes:
    """The exact power of a rate that is told in multiples of ``unit``."""
    at_least, tau = asked.comparator is Comparator.AT_LEAST, min(float(asked.threshold) * unit, 1.0)

    def passes(true: float, factor: float) -> float:
        rows = max(round(n * factor), 1)
        return float(power_rate(rows, tau, min(true * unit, 1.0), alpha, at_least=at_least))

    return passes


def _sweep(counts: Sweep, asked: Asked, _: Spread | None) -> Prospect | str:
    """Whether the band of so many rows leaves room for the true value, were that found."""
    sizes = [sum(cell.negatives) + sum(cell.positives) for cell in counts.cells]
    if not all(sizes):
        return "A group has no rows."
    found = all_of([partial(_room, n, counts.cost_fp + counts.cost_fn, asked) for n in sizes])
    return Prospect.plain(found)


def _room(n: int, costs: float, asked: Asked, true: float, factor: float) -> float:
    rows = max(round(n * factor), 1)
    return float(true + 2 * deviation(rows, asked.alpha / 4) * costs <= float(asked.threshold))


def _ranked(counts: Ranked, asked: Asked, _: Spread | None) -> Prospect | str:
    """As if the score that so many rows reach were known: what is paid for it is little against the level that is halved."""
    parts = []
    for cell in counts.cells:
        events, n = sum(cell.positives), sum(cell.negatives) + sum(cell.positives)
        if not events:
            return "A group has no row with label 1."
        unit = events / n if counts.top is Top.LIFT else 1.0
        parts.append(_of_rate(max(round(n * counts.share), 1), unit, asked, asked.alpha / 2))
    return Prospect.plain(all_of(parts))


def _histograms(counts: Histograms, asked: Asked, _: Spread | None) -> Prospect | str:
    if not all(sum(cell.reference) and sum(cell.found) for cell in counts.cells):
        return "A data set has no rows."
    likely = all_of([_no_shift(cell, counts, asked) for cell in counts.cells])
    return Prospect(likely, likely, "both are distributed as the reference is, but for the distance itself")


def _no_shift(cell: HistogramPair, counts: Histograms, asked: Asked) -> Passes:
    """Whether the limit of two samples that are exactly alike leaves room for the true distance."""
    before = np.array(cell.reference)
    after = before * (sum(cell.found) / sum(cell.reference))

    def passes(true: float, factor: float) -> float:
        reference, found = (np.rint(rows * factor) for rows in (before, after))
        if not reference.sum() or not found.sum():
            return 0.0
        bound = distance_bound(reference, found, counts.distance, asked.alpha)
        return float(true + bound.upper <= float(asked.threshold))

    return passes


PLACEMENTS = 0.1
"""How far a row's place among the other label's rows is imagined to differ between two models, as a standard deviation."""


def _paired_scores(counts: PairedScores, asked: Asked, _: Spread | None) -> Prospect | str:
    errors = []
    for cell in counts.cells:
        if not sum(cell.negatives) or not sum(cell.positives):
            return "A group has no rows of one label."
        errors.append(PLACEMENTS * math.sqrt(1 / sum(cell.negatives) + 1 / sum(cell.positives)))
    power = partial(normal_power, threshold=float(asked.threshold), alpha=asked.alpha)
    return Prospect(
        all_of([power(partial(_same, error)) for error in errors]),
        all_of([power(partial(_same, 0.0)) for _ in errors]),
        f"a row's place among the other label's differs by {PLACEMENTS} between the two",
    )


def _same(error: float, _: float) -> float:
    return error


def _proxied(counts: Proxied, asked: Asked, _: Spread | None) -> Prospect | str:
    """What is not identified is paid at any number of rows: it is as far from the true value as from the imagined estimate."""
    at_least = asked.comparator is Comparator.AT_LEAST
    found, without = (
        proxied_pieces(counts, Target(asked.comparator, asked.threshold, alpha))
        for alpha in (asked.alpha, LARGEST)
    )
    if found.undefined:
        return found.undefined[0].detail
    parts = []
    for piece, unsampled in zip(
        sorted(found.printed, key=_label_of), sorted(without.printed, key=_label_of), strict=True
    ):
        limit, end = (p.lower if at_least else p.upper for p in (piece, unsampled))
        if limit is None or end is None or piece.estimate is None:
            return "The probabilities leave the gap open altogether."
        error, wanted = abs(end - limit) / -float(ndtri(asked.alpha)), float(asked.threshold)
        parts.append(
            partial(_identified, end - piece.estimate, error, wanted, alpha=asked.alpha, at_least=at_least)
        )
    return Prospect.plain(all_of(parts))


def _identified(
    shift: float, error: float, threshold: float, true: float, factor: float, *, alpha: float, at_least: bool
) -> float:
    """The power where the end of what is identified lies this far from the true value; none if it lies beyond the threshold."""
    room = true + shift - threshold if at_least else threshold - true - shift
    if room <= 0:
        return 0.0
    return normal_power(partial(_same, error), 0.0, alpha)(room, factor)


def _label_of(piece: Piece) -> str:
    return piece.label


def _census(_: Census, __: Asked, ___: Spread | None) -> None:
    """A fact about the data in hand: it is as it is."""


def _trained(_: Folds | Learned, __: Asked, ___: Spread | None) -> None:
    """What models will do that nobody has trained yet is not imagined."""


def _undefined(counts: Undefined, _: Asked, __: Spread | None) -> str:
    return counts.detail


PLANS: Mapping[type, Callable[[Any, Asked, Spread | None], Prospect | str | None]] = {
    Census: _census,
    Rates: _rates,
    Averages: _averages,
    Stratified: _stratified,
    Combined: _combined,
    Scores: _scores,
    Paired: _paired,
    Losses: _losses,
    Explained: _explained,
    Folds: _trained,
    Learned: _trained,
    Means: _means,
    MeanCurve: _curve,
    ByInput: _by_input,
    RelativeRates: _relative,
    Sweep: _sweep,
    Ranked: _ranked,
    Histograms: _histograms,
    PairedScores: _paired_scores,
    Proxied: _proxied,
    Effects: _effects,
    Changes: _changes,
    Undefined: _undefined,
}
"""By the type of the counts; each is handed counts of its own type."""
