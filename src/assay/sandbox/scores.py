"""What counts as a score, whoever made it: one float between 0 and 1 for each row."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from assay.domain.errors import Crash
from assay.domain.vocabulary import Reason


def checked_scores(scores: object, rows: int) -> NDArray[np.float64]:
    """float64[rows]: the scores as they are, if they are scores.

    Raises:
        Crash: ``model_output_invalid`` with counts: another length, another type, missing, infinite, out of range.
    """
    array = np.asarray(scores)
    if array.dtype.kind != "f" or array.ndim != 1:
        raise invalid_output(
            f"one float for each row was expected, the model returned {array.ndim}-dimensional values of type "
            f"{array.dtype.name}"
        )
    if len(array) != rows:
        raise invalid_output(f"{rows:,} scores were expected, the model returned {len(array):,}")
    numbers = array.astype(np.float64, copy=False)
    # NaN compares as false, so that one comparison finds everything; what exactly is wrong is counted on failure.
    if not bool(((numbers >= 0) & (numbers <= 1)).all()):
        infinite = int((~np.isfinite(numbers)).sum())
        outside = int(((numbers < 0) | (numbers > 1)).sum()) - int(np.isinf(numbers).sum())
        raise invalid_output(
            f"scores between 0 and 1 were expected; of {rows:,}, {infinite:,} are missing or infinite and "
            f"{outside:,} lie outside"
        )
    return numbers


def invalid_output(what: str) -> Crash:
    """The error for an answer that is no answer; ``what`` is a clause without a row's value."""
    return Crash(
        f"The model's answer is not usable: {what}.",
        code=Reason.MODEL_OUTPUT_INVALID.value,
        remedy="Mend the model or its adapter; a certificate needs a probability for every row.",
    )
