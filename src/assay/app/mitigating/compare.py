"""The original and each candidate on the development rows: the gap by the criterion's own check, and right decisions in pairs.

Nothing is measured twice in this house: the gap is what a rehearsal would measure, counted by the same passes and judged by the
same bounds. What a rehearsal does not have is the pair: which rows another model decides otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from assay.app.judging.case import Case
from assay.app.judging.count import count
from assay.app.judging.illustrate import definition_of
from assay.app.judging.looking import look
from assay.app.judging.measure import Measured, measure, measure_others
from assay.app.mitigating.rows import labels_of
from assay.app.verifying.rejudge import assessment_of
from assay.app.verifying.search import non_inferiority, share_between
from assay.domain.assessment import Judged
from assay.domain.judge import judge
from assay.domain.mitigation_record import Gap, Interval, Paired
from assay.domain.specification import Criterion
from assay.domain.vocabulary import Comparator
from assay.engine.engine import Engine
from assay.subject.arrays import as_numpy
from assay.subject.model import Model

Decisions = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """One model on the development rows: its gap, and bool[n], whether each row that counts is decided right."""

    measured: Measured
    gap: Gap
    right: Decisions


def rehearsed(case: Case, criterion: Criterion, engine: Engine) -> Rehearsed:
    """Measure the gap of the model of a case, and hold its decisions against the labels.

    Raises:
        AssayError: the model gives no scores for these rows, or they cannot be read.
    """
    wanted = tuple(w for w in case.wanted if w.criterion.id == criterion.id)
    alone = look(replace(case, wanted=wanted), engine, beside=None)
    measured = measure(alone, engine, measure_others(alone, engine))
    if measured.failure is not None:
        raise measured.failure
    return Rehearsed(measured, _gap(alone, measured), _right(alone, measured))


def _gap(case: Case, measured: Measured) -> Gap:
    found = next(c for c in count(case, measured) if not c.aside)
    assessment = assessment_of(
        case.specification,
        found.wanted.criterion,
        found.found,
        aside=False,
        rows=measured.judged.rows,
        definition=definition_of(case, measured, found),
        attempt=1,
    )
    (judged,) = judge([assessment])
    return Gap(_interval(judged), _worst(judged), judged.verdict, judged.sentence)


def _interval(judged: Judged) -> Interval:
    """The worst estimate, the bound that decides, and the other limit of the piece that has the worst estimate."""
    a = judged.assessment
    if a.estimate is None or a.widest is None:
        return Interval(None, None, None)
    bound = None if a.bound is None else a.bound.value
    if a.comparator is Comparator.AT_LEAST:
        return Interval(a.estimate.value, bound, a.widest.upper)
    return Interval(a.estimate.value, a.widest.lower, bound)


def _worst(judged: Judged) -> str:
    return "" if judged.assessment.estimate is None else judged.assessment.estimate.label


def _right(case: Case, measured: Measured) -> Decisions:
    """Of the rows that count: those with a label, one of each unit."""
    units = measured.judged.units
    chosen = None if units is None or not units.repeated else units.selection()
    right, labelled = _each(case)
    counts = labelled if chosen is None else labelled & _at(chosen, len(labelled))
    return right[counts]


def _at(places: NDArray[np.int64], rows: int) -> Decisions:
    found = np.zeros(rows, dtype=bool)
    found[places] = True
    return found


def _each(case: Case) -> tuple[Decisions, Decisions]:
    """bool[rows], twice: whether a row is decided right, and whether it has a label."""
    frame = case.frame()
    scored = (frame.score_column,) if frame.score_column is not None else frame.inputs
    right, labelled = [np.zeros(0, dtype=bool)], [np.zeros(0, dtype=bool)]
    model = Model(case.model) if case.model is not None else None
    try:
        for batch in case.rows(case.judged_on, (*scored, frame.label)):
            if model is None:
                score = as_numpy(batch.column(scored[0]), scored[0]).astype(np.float64)
            else:
                score = model.predict(batch.select(list(frame.inputs)))
            label = labels_of(case, batch)
            right.append((score >= frame.decide_at) == (label == 1))
            labelled.append(label >= 0)
    finally:
        if model is not None:
            model.close()
    return np.concatenate(right), np.concatenate(labelled)


def share(right: Decisions, alpha: float) -> Interval:
    """The share of right decisions between one-sided Clopper-Pearson limits, each at level alpha."""
    return share_between(int(right.sum()), len(right), alpha)


def paired(original: Decisions, candidate: Decisions, *, margin: float, level: float) -> Paired:
    """Non-inferiority of a candidate: that it decides at most ``margin`` fewer rows right, at this level, exactly."""
    worse, better = int((original & ~candidate).sum()), int((~original & candidate).sum())
    return non_inferiority(worse, better, len(original), margin=margin, level=level)
