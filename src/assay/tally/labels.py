"""The label of each row as a code, by task: what a truth is, which rows have one, and what is decided."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.domain.answers import Answers
from assay.domain.vocabulary import Task

Labels = tuple[NDArray[Any], slice | NDArray[np.bool_]]
"""int64[n] or bool[n] codes, and what selects the rows with a label; a slice when all have one."""


def labels_of(answers: Answers, values: NDArray[Any]) -> Labels:
    """The codes of the labels of some rows, each from 0 to ``answers.labels - 1``."""
    return LABELS[answers.task](answers, values)


def codes_of(answers: Answers, values: NDArray[Any]) -> NDArray[np.int64]:
    """int64[n]: the code of each label, -1 where there is none."""
    codes, labelled = labels_of(answers, values)
    found = codes.astype(np.int64)
    if not isinstance(labelled, slice):
        found[~labelled] = -1
    return found


def _zeros_and_ones(_: Answers, values: NDArray[Any]) -> Labels:
    if values.dtype.kind not in "iufb":
        none = np.zeros(len(values), dtype=bool)
        return none, none
    positive = values == 1
    if values.dtype.kind in "iub" and len(values) and values.min() >= 0 and values.max() <= 1:
        return positive, slice(None)
    return positive, (values == 0) | positive


def _numbers(answers: Answers, values: NDArray[Any]) -> Labels:
    """A number is told by the column itself; here all are alike."""
    alike = np.zeros(len(values), dtype=np.int64)
    if values.dtype.kind not in "iufb":
        return alike, np.zeros(len(values), dtype=bool)
    within = (values >= answers.low) & (values <= answers.high)  # NaN is not
    return alike, slice(None) if within.all() else within


def _classes(answers: Answers, values: NDArray[Any]) -> Labels:
    codes = np.full(len(values), -1, dtype=np.int64)
    for code, name in enumerate(answers.classes):
        codes[_is(values, name)] = code
    labelled = codes >= 0
    codes[~labelled] = 0
    return codes, slice(None) if labelled.all() else labelled


def _is(values: NDArray[Any], name: str) -> NDArray[np.bool_]:
    if values.dtype.kind not in "iufb":
        return np.array([value is not None and str(value) == name for value in values.tolist()], dtype=bool)
    number = _number(name)
    return np.zeros(len(values), dtype=bool) if number is None else values == number


def _number(name: str) -> int | None:
    try:
        number = int(name)
    except ValueError:
        return None
    return number if str(number) == name else None


LABELS: Mapping[Task, Callable[[Answers, NDArray[Any]], Labels]] = {
    Task.BINARY: _zeros_and_ones,
    Task.REGRESSION: _numbers,
    Task.MULTICLASS: _classes,
}
"""By task."""


def decided_by(answers: Answers, score: NDArray[np.float64], decide_at: float) -> NDArray[Any]:
    """What is decided of each row, as a code from 0 to ``answers.labels - 1``: of a number, nothing."""
    return DECIDED[answers.task](score, decide_at)


DECIDED: Mapping[Task, Callable[[NDArray[np.float64], float], NDArray[Any]]] = {
    Task.BINARY: lambda score, decide_at: score >= decide_at,
    Task.REGRESSION: lambda score, _: np.zeros(len(score), dtype=np.int64),
    Task.MULTICLASS: lambda score, _: score.argmax(axis=1),
}
"""By task; of classes the most probable, and of equally probable ones the first."""
