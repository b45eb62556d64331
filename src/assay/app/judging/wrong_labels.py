"""Rows whose label is no truth: a judged run is refused before it spends them, since one that is mended has other rows only by its bytes."""

from __future__ import annotations

from assay.app.judging.case import Case
from assay.domain.errors import SubjectError
from assay.tally.partial import Partial


def wrong_labels(case: Case, data: str, tally: Partial) -> SubjectError | None:
    """What is wrong when labels of a data set are none of the task; None when nothing is."""
    if not tally.bad_labels:
        return None
    return no_labels(case, data, tally.rows, tally.bad_labels, missing=tally.missing_labels)


def no_labels(case: Case, data: str, of: int, bad: int, *, missing: int) -> SubjectError:
    """That so many of the rows of a data set have no label of the task, some of which have none at all."""
    answers = case.specification.prediction.answers
    kinds = ((missing, "missing"), (bad - missing, "another value"))
    found = " and ".join(f"{rows:,} {kind}" for rows, kind in kinds if rows)
    return SubjectError(
        f"{bad:,} of {of:,} rows of the {data} data have a label that is {answers.label_wanted} "
        f"in the column {case.specification.prediction.label!r} ({found}).",
        code="data_invalid",
        remedy=f"Write the label as {answers.label_written}, and leave out rows whose truth is not known.",
    )


def refuse_wrong_labels(case: Case) -> None:
    """Refuse to judge rows of which some have no truth: a mistyped label must not cost the test set.

    Raises:
        SubjectError: ``data_invalid``; no row is spent by it, and nothing of what the others would have shown is told.
    """
    wrong = case.looked.mislabelled
    if wrong is not None:
        raise SubjectError(
            f"{wrong.message} The judged run did not begin, and no row is spent.",
            code=wrong.code,
            remedy=wrong.remedy,
        )
