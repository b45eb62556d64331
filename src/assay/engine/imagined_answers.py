"""Answers of nobody's model, with which a plan counts the tables that need scores before any model is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from assay.domain.vocabulary import Task
from assay.engine.batch import Batch
from assay.engine.frame import Frame
from assay.plan.imagined import DISCORDANCE, FALSE_ALARMS, SENSITIVITY
from assay.plan.passes import Table
from assay.tally.coding import numbers_of
from assay.tally.perturbation import uniforms
from assay.tally.table import Change, Kept


def imagined(batch: Batch, frame: Frame) -> NDArray[np.float64]:
    """Scores of nobody's model, as likely to be right as a plan imagines: by content, so that nobody's order matters."""
    names = frame.content
    drawn = (batch.hashes(names) >> np.uint64(11)).astype(np.float64) / float(1 << 53)
    return IMAGINED_ANSWERS[frame.answers.task](batch, frame, drawn)


def imagined_again(
    frame: Frame,
    scores: NDArray[np.float64],
    batch: Batch,
    table: Table,
    kept: Kept,
    name: str,
    _: Change,
) -> NDArray[np.float64]:
    """The same scores, but for a few rows whose scores are made up anew; by content and name."""
    rows = batch.hashes(frame.content)
    anew = IMAGINED_ANSWERS[frame.answers.task](batch, frame, uniforms(0, f"{table.key}{name}", rows))
    changed = uniforms(1, f"{table.key}{name}", rows) < ANEW
    found: NDArray[np.float64] = np.where(changed.reshape(-1, *[1] * (scores.ndim - 1)), anew, scores)[kept]
    return found


def _imagined_scores(batch: Batch, frame: Frame, drawn: NDArray[np.float64]) -> NDArray[np.float64]:
    positive = drawn < np.where(batch.label == 1, SENSITIVITY, FALSE_ALARMS)
    low, high = frame.decide_at / 2, (1 + frame.decide_at) / 2
    scores: NDArray[np.float64] = np.where(positive, high, low)
    return scores


def _imagined_numbers(batch: Batch, frame: Frame, drawn: NDArray[np.float64]) -> NDArray[np.float64]:
    """As far off as a share of the range, evenly on both sides; on the other side where the range ends."""
    low, high = frame.answers.low, frame.answers.high
    truth = np.nan_to_num(numbers_of(batch.columns[frame.label]), nan=low)
    off = (2 * drawn - 1) * frame.off * (high - low)
    off = np.where((truth + off < low) | (truth + off > high), -off, off)
    numbers: NDArray[np.float64] = np.clip(truth + off, low, high)
    return numbers


def _imagined_classes(batch: Batch, frame: Frame, drawn: NDArray[np.float64]) -> NDArray[np.float64]:
    """The true class with one probability, and else the next one."""
    classes = frame.answers.labels
    label = np.maximum(batch.label, 0)
    said = np.where(drawn < RIGHT, label, (label + 1) % classes)
    answers = np.full((len(label), classes), (1 - SURE) / max(classes - 1, 1))
    answers[np.arange(len(label)), said] = SURE
    return answers


ANEW = 2 * DISCORDANCE
"""Share of rows whose scores are made up anew where inputs change: of their decisions at most half become others."""
RIGHT, SURE = 0.8, 0.8
"""Share of rows whose class an imagined model finds, and the probability that it gives to what it says."""
IMAGINED_ANSWERS: Mapping[Task, Callable[[Batch, Frame, NDArray[np.float64]], NDArray[np.float64]]] = {
    Task.BINARY: _imagined_scores,
    Task.REGRESSION: _imagined_numbers,
    Task.MULTICLASS: _imagined_classes,
}
"""What is made up, by task, from a number in [0, 1) that was drawn for each row."""
