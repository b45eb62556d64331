"""Rules about what is predicted: a label that is of the task, answers that can be had, and metrics that are about them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal

from assay.domain.coherence.draft import Draft, Finding, Rule, World
from assay.domain.dictionary import Column
from assay.domain.nearest import listed, nearest
from assay.domain.specification.subject import Prediction
from assay.domain.vocabulary import Task


def label_unlike_task(draft: Draft, world: World) -> Iterator[Finding]:
    """A label whose documented values are not those of the task."""
    column = world.column(draft.prediction.label) if draft.prediction else None
    if column is None or draft.prediction is None:
        return
    code, expected, remedy = _LABELS[draft.prediction.task]
    if not _FITS[draft.prediction.task](column, draft.prediction):
        yield Finding(
            ("prediction", "label"),
            code,
            f"{expected} is expected; the dictionary describes {column.name!r} "
            + (f"with the codes {listed(column.codes)}." if column.codes else f"as {column.type}."),
            remedy=remedy,
        )


_LABELS: Mapping[Task, tuple[str, str, str]] = {
    Task.BINARY: (
        "label_not_binary",
        "A label of 0 and 1",
        "Write 0 and 1 in the data, where they are not there, and document them: 'type: integer', or 'category' with the codes 0 and 1.",
    ),
    Task.REGRESSION: (
        "label_no_number",
        "A label that is a number",
        "Document it as 'type: number' or 'integer', or name the column that holds the number to be predicted.",
    ),
    Task.MULTICLASS: (
        "label_not_of_classes",
        "A label with the declared classes as its codes",
        "Write the same codes under 'classes' and in the dictionary.",
    ),
}
"""By task: the reason code, what is expected, and what to do."""


def _zero_or_one(column: Column, _: Prediction) -> bool:
    documented = None if column.codes is None else set(column.codes)
    wider = column.range not in {None, (None, None), (Decimal(0), Decimal(1))}
    other = column.type in {"number", "text", "identifier", "date"}
    return documented in (None, {0, 1}) and not wider and not other


def _one_of_classes(column: Column, prediction: Prediction) -> bool:
    if column.codes is None:
        return column.type in {"integer", "category"}
    return {str(code) for code in column.codes} == set(prediction.answers.classes)


_FITS: Mapping[Task, Callable[[Column, Prediction], bool]] = {
    Task.BINARY: _zero_or_one,
    Task.REGRESSION: lambda column, _: column.is_numeric,
    Task.MULTICLASS: _one_of_classes,
}


def several_scores_in_a_column(draft: Draft, _: World) -> Iterator[Finding]:
    """Scores made elsewhere, of a task that has several for each row."""
    if draft.subject is None or draft.prediction is None or draft.subject.has_model:
        return
    if draft.prediction.task is Task.MULTICLASS:
        yield Finding(
            ("subject", "format"),
            "several_scores_in_a_column",
            "A multiclass model answers with a probability for each class, which no single column holds.",
            remedy="Name the model itself under 'subject'.",
        )


def decides_alike(draft: Draft, _: World) -> Iterator[Finding]:
    """A cut at which everybody gets the same decision."""
    if draft.prediction is not None and draft.prediction.cut == 0:
        yield Finding(
            ("prediction", "decide_at"),
            "decides_alike",
            "Every score is at or above 0, so everybody would get the decision 1.",
            remedy="Write the score from which on 1 is decided in use.",
        )


def foreign_task(draft: Draft, world: World) -> Iterator[Finding]:
    """A metric of another kind of prediction."""
    if draft.prediction is None:
        return
    task = draft.prediction.task
    for i, criterion, metric in draft.known(world):
        if task in metric.tasks:
            continue
        of_stage = [m for m in world.catalogue.values() if task in m.tasks and m.stage is metric.stage]
        alike = [known.id for known in of_stage if known.needs_model is metric.needs_model]
        fitting = alike or [known.id for known in of_stage]
        name = metric.id.partition(".")[2]
        close = [id_ for id_ in fitting if name in id_ or id_.partition(".")[2] in name]
        yield Finding(
            ("criteria", i, "metric"),
            "foreign_task",
            f"{metric.title} is for {' or '.join(metric.tasks)} tasks; 'prediction.task' is {task} "
            f"({criterion.id!r}).",
            nearest=(close or [nearest(metric.id, fitting)])[0],
            remedy=f"Choose a metric of this task: {listed(fitting, most=20)}."
            if fitting
            else f"No metric of the stage {metric.stage} is for this task; delete the criterion.",
        )


RULES: tuple[Rule, ...] = (label_unlike_task, several_scores_in_a_column, decides_alike, foreign_task)
