"""Models that decide nothing: everybody alike, one score for all, or no better than deciding alike. Told first, whatever was asked.

A record has what this takes where its groups, or the scores that a criterion is about, are of all rows that count.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from assay.domain import figures
from assay.domain.evidence import ScoreCell, Scores
from assay.domain.record import Record

ALPHA = 0.05


@dataclass(frozen=True, slots=True)
class Decided:
    """Rows by true label and decision."""

    tn: int
    fp: int
    fn: int
    tp: int

    @property
    def n(self) -> int:
        """All rows."""
        return self.tn + self.fp + self.fn + self.tp


def vacuous(record: Record) -> tuple[str, ...]:
    """What is told of a model that decides nothing, in sentences; none of one that decides, or of which too little is counted."""
    decided = decided_of(record)
    found = [*_one_score(record), *(_decides_nothing(decided, record) if decided else ())]
    return tuple(found)


def decided_of(record: Record) -> Decided | None:
    """The decisions of all rows that count, added up over the groups of an attribute that all of them belong to; None without one."""
    if record.specification.prediction.favourable is None:
        return None  # nothing is decided between two values
    for grouping in record.specification.protected:
        groups = [g for g in record.groups if g.grouping == grouping]
        rows, positives, correct = (
            sum(getattr(g, of) or 0 for g in groups) for of in ("rows", "positives", "correct")
        )
        if not rows or rows != record.rows_used:
            continue
        favourable = sum(g.favourable or 0 for g in groups)
        ones = favourable if record.specification.prediction.favourable == 1 else rows - favourable
        # correct = tp + tn, ones = tp + fp, positives = tp + fn
        twice = ones + correct + positives - rows
        tp = twice // 2
        found = Decided(rows - positives - (ones - tp), ones - tp, positives - tp, tp)
        if twice % 2 == 0 and min(found.tn, found.fp, found.fn, found.tp) >= 0:
            return found
    return None


def _one_score(record: Record) -> Iterator[str]:
    """Where a criterion is about the scores of all rows and there is only one."""
    for statistic in record.statistics:
        counts = statistic.counts
        if not isinstance(counts, Scores) or statistic.across or statistic.data != record.data:
            continue
        for cell in counts.cells:
            if (n := _rows_of_one_score(cell)) > 1:
                yield f"All {figures.count(n)} rows have the same score: the model tells nobody apart."
                return


def _rows_of_one_score(cell: ScoreCell) -> int:
    """Rows, where all have one score; else 0."""
    filled = [n + p for n, p in zip(cell.negatives, cell.positives, strict=True) if n + p]
    return filled[0] if len(filled) == 1 and not cell.edges else 0


def _decides_nothing(decided: Decided, record: Record) -> Iterator[str]:
    favourable, n = record.specification.prediction.favourable, decided.n
    for value, rows in ((0, decided.tn + decided.fn), (1, decided.fp + decided.tp)):
        if rows == n:
            how = "favourably" if value == favourable else "unfavourably"
            yield f"Everybody is decided {how} (all {figures.count(n)} rows as {value}): this takes no model."
            return
    gains = ((0, decided.tp, decided.fp), (1, decided.tn, decided.fn))
    constant, only_model, only_constant = max(
        gains, key=lambda gain: (p_of_no_gain(gain[1], gain[2]), gain[2] - gain[1])
    )
    if p_of_no_gain(only_model, only_constant) > ALPHA:
        accuracy = (decided.tn + decided.tp) / n
        other = accuracy - (only_model - only_constant) / n
        yield (
            f"These rows do not show that the model decides better than {constant} for everybody: {figures.percent(accuracy)} of its "
            f"decisions are right, and {figures.percent(other)} would be without a model."
        )


def p_of_no_gain(better: int, worse: int) -> float:
    """The exact p-value of "no gain": P(X >= better) of X ~ Bin(better + worse, 1/2) (McNemar 1947, Psychometrika 12)."""
    n = better + worse
    if better <= worse:
        return 1.0
    logs = (math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) for k in range(better, n + 1))
    return min(1.0, math.fsum(math.exp(log - n * math.log(2)) for log in logs))
