"""Models that decide nothing: everybody alike, one score for all, or no better than deciding alike. Told first, whatever was asked.

A record has what this takes where its groups, or the scores that a criterion is about, are of all rows that count; of several classes
where a criterion is about the recall of each, and of numbers where one is about what the prediction explains.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from assay.domain import figures
from assay.domain.assessment import Judged
from assay.domain.evidence import (
    Averages,
    Explained,
    Functional,
    Mean,
    Rate,
    Rates,
    ScoreCell,
    Scores,
    Statistic,
)
from assay.domain.record import Record
from assay.domain.vocabulary import Comparator, Reason, Stage, Task, Tier, Verdict

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
    """What is told of a model that decides nothing, in sentences; none of one that decides, or of which too little is counted.

    None either where the data cannot be read, such as labels of 1 and 2, so that no critical criterion about performance could be measured:
    nothing is certified then, and the rows that can be read are some of those that were to count.
    """
    asked = [j for j in record.judged if j.assessment.tier is Tier.CRITICAL and _of_performance(j)]
    if asked and all(j.reason is Reason.DATA_INVALID for j in asked):
        return ()
    decided = decided_of(record)
    found = [*_one_score(record), *(_decides_nothing(decided, record) if decided else ())]
    if record.specification.prediction.task is Task.MULTICLASS:
        found += _one_class(record)
    return (*found, *_explains_nothing(record), *_calibrated_like_nothing(record))


def _of_performance(judged: Judged) -> bool:
    return judged.assessment.metric.startswith(f"{Stage.PERFORMANCE}.")


CALIBRATION = frozenset({Functional.KS_CALIBRATION, Functional.ECE})
"""What a score of 0, or of 1, for everybody has the share of the rarer label of."""
IN_THE_LARGE = "performance.observed_expected"
"""The metric that tells too few expected events however rare they are."""


def _calibrated_like_nothing(record: Record) -> Iterator[str]:
    """Where probabilities pass as calibrated by a threshold that one score for everybody satisfies as well, and nothing else asks for their sum."""
    if any(
        c.metric == IN_THE_LARGE and c.comparator is Comparator.AT_MOST for c in record.specification.criteria
    ):
        return
    passed = {j.assessment.criterion: j.assessment for j in record.judged if j.verdict is Verdict.PASS}
    found = []
    for statistic in record.statistics:
        a, counts = passed.get(statistic.answers), statistic.counts
        if a is None or not isinstance(counts, Scores) or counts.functional not in CALIBRATION:
            continue
        rarest = max(_rarer(cell) for cell in counts.cells)
        if rarest <= a.threshold:
            found.append(
                f"{a.criterion} ({figures.number(rarest)}, of at most {figures.threshold(a.threshold)})"
            )
    if found:
        yield (
            f"One score for everybody, of 0 or of 1, would satisfy {', '.join(found)} as well: with so few cases of a label this does not show "
            f"that probabilities are not far too low. Ask for {IN_THE_LARGE} too."
        )


def _rarer(cell: ScoreCell) -> float:
    """The share of the rarer label: the calibration error of the other one for everybody."""
    negatives, positives = sum(cell.negatives), sum(cell.positives)
    return min(negatives, positives) / max(negatives + positives, 1)


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


OF_EACH_CLASS = "performance.class_recall"
"""The metric whose rates are those of the rows of each class that are given it."""


def _one_class(record: Record) -> Iterator[str]:
    """Where the recall of each class is known: whether the commonest one for everybody would be right as often."""
    recalls = next((found for s in record.statistics if (found := _recalls(s, record))), None)
    if recalls is None:
        return
    commonest = max(recalls, key=lambda cell: cell.trials)
    right, n = sum(cell.events for cell in recalls), record.rows_used
    only_model, only_constant = right - commonest.events, commonest.trials - commonest.events
    if p_of_no_gain(only_model, only_constant) > ALPHA:
        name = commonest.family or commonest.label
        yield (
            f"These rows do not show that the model decides better than {name!r} for everybody: {figures.percent(right / n)} of its "
            f"decisions are right, and {figures.percent(commonest.trials / n)} would be without a model."
        )


def _recalls(statistic: Statistic, record: Record) -> tuple[Rate, ...]:
    """The recall of each class over all rows; empty where a statistic is about something else."""
    counts = statistic.counts
    if statistic.across or statistic.data != record.data:
        return ()
    if (isinstance(counts, Averages) and counts.mean is Mean.RECALL) or (
        isinstance(counts, Rates) and statistic.metric == OF_EACH_CLASS
    ):
        cells = counts.cells
    else:
        return ()
    return cells if record.rows_used and sum(cell.trials for cell in cells) == record.rows_used else ()


def _explains_nothing(record: Record) -> Iterator[str]:
    """Where a criterion is about what the prediction of a number explains, and it is not shown to explain anything."""
    asked = {
        s.answers
        for s in record.statistics
        if isinstance(s.counts, Explained) and not s.across and s.data == record.data
    }
    for judged in record.judged:
        if judged.assessment.criterion not in asked:
            continue
        for piece in judged.assessment.pieces:
            if piece.estimate is not None and (piece.lower is None or piece.lower <= 0):
                yield (
                    "These rows do not show that the prediction is better than the mean of the label for everybody: it explains "
                    f"{figures.number(piece.estimate)} of the variance (R2)."
                )
                return


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
