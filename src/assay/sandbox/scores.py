"""What counts as a model's answers, whoever made them: the numbers that its task wants, for each row."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from assay.domain.answers import BINARY, NEAR_ONE, Answers
from assay.domain.errors import Crash
from assay.domain.vocabulary import Reason

UNUSABLE = "The model's answer is not usable"
"""How the sentence begins about an answer that is none."""


def scores_in(body: bytearray | memoryview, rows: int, answers: Answers) -> NDArray[np.float64]:
    """The answers that a child sent as the bytes of floats, row after row. Raises Crash: as :func:`checked_scores`."""
    if len(body) % 8:
        raise _invalid("its length is not that of whole numbers", answers)
    numbers = np.frombuffer(body, dtype="<f8")
    if answers.width > 1:
        if len(numbers) != rows * answers.width:
            raise _invalid(
                f"{answers.width} probabilities for each of {rows:,} rows were expected, the model returned {len(numbers):,} numbers",
                answers,
            )
        numbers = numbers.reshape(rows, answers.width)
    return checked_scores(numbers, rows, answers)


def checked_scores(scores: object, rows: int, answers: Answers = BINARY) -> NDArray[np.float64]:
    """float64[rows], or float64[rows, classes] of a multiclass task: the answers as they are, if they are such.

    Raises:
        Crash: ``model_output_invalid`` with counts: another length, another type, missing, infinite, out of range, probabilities
            that do not add to 1.
    """
    array = np.asarray(scores)
    several = answers.width > 1
    if array.dtype.kind != "f" or array.ndim != 1 + several:
        raise _invalid(
            f"{'a row of floats' if several else 'one float'} for each row was expected, the model returned "
            f"{array.ndim}-dimensional values of type {array.dtype.name}",
            answers,
        )
    if len(array) != rows:
        raise _invalid(
            f"{rows:,} {answers.answer}s were expected, the model returned {len(array):,}", answers
        )
    if several and array.shape[1] != answers.width:
        raise _invalid(
            f"{answers.width} probabilities a row were expected, the model returned {array.shape[1]}", answers
        )
    numbers = array.astype(np.float64, copy=False)
    low, high = answers.low, answers.high
    # NaN compares as false, so that one comparison finds everything; what exactly is wrong is counted on failure.
    if not bool(((numbers >= low) & (numbers <= high)).all()):
        infinite = int((~np.isfinite(numbers)).sum())
        outside = int(((numbers < low) | (numbers > high)).sum()) - int(np.isinf(numbers).sum())
        raise _invalid(
            f"{answers.answer}s between {low:.15g} and {high:.15g} were expected; of {numbers.size:,}, {infinite:,} are missing or infinite and "
            f"{outside:,} lie outside",
            answers,
        )
    if several and (wrong := int((np.abs(numbers.sum(axis=1) - 1) > NEAR_ONE).sum())):
        raise _invalid(f"of {rows:,} rows, {wrong:,} have probabilities that do not add to 1", answers)
    return numbers


def _invalid(what: str, answers: Answers) -> Crash:
    """The error for an answer that is no answer; ``what`` is a clause without a row's value."""
    return Crash(
        f"{UNUSABLE}: {what}.",
        code=Reason.MODEL_OUTPUT_INVALID.value,
        remedy=f"Mend the model or its adapter; a certificate needs {answers.wanted} for every row.{answers.correct}",
    )
