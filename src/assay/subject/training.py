"""A recipe by reference, and the child in which it trains one model that answers from there."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from assay.domain.answers import BINARY, Answers
from assay.domain.errors import Crash
from assay.domain.vocabulary import Reason, Task
from assay.sandbox.launch import Child
from assay.sandbox.roles import DEFAULT_LIMITS, Limits, Role
from assay.sandbox.scores import UNUSABLE
from assay.subject.digest import file_changed, held

TRAINING = 600.0
"""Seconds that a recipe may take to train one model."""
GIVES: Mapping[Task, str] = {
    Task.BINARY: "the probability of label 1",
    Task.REGRESSION: "one number",
    Task.MULTICLASS: "a probability of each declared class",
}
"""What a trained model is asked of each row, by task."""
WITHIN: Mapping[Task, str] = {Task.REGRESSION: ", none beyond 'prediction.range'"}
"""What else is asked of the answers, where the specification says what they can be."""
RETURNED: Mapping[Task, str] = {
    Task.BINARY: "a fitted classifier with predict_proba and the classes 0 and 1, a booster, or a function of the rows",
    Task.REGRESSION: "a fitted regressor with predict, a booster of a regression, or a function of the rows",
    Task.MULTICLASS: "a fitted classifier with predict_proba and the declared classes (it knows none that its training rows lack), a booster with as many outputs, or a function of the rows",
}
"""What a recipe returns, by task."""


def role_of(task: Task) -> Role:
    """A child that trains, and what is said when it fails."""
    gives = f"Let it return a model that gives {GIVES[task]} for each row{WITHIN.get(task, '')}."
    return Role(
        "The recipe",
        Reason.RECIPE_CRASHED.value,
        Reason.RECIPE_TIMED_OUT.value,
        Reason.RECIPE_OUTPUT_INVALID.value,
        Reason.RECIPE_STOPPED.value,
        {
            Reason.RECIPE_CRASHED.value: "Call its function outside of Assay with a part of the training rows as a pyarrow.Table and a "
            "seed, in the same environment, and mend what goes wrong there. It sees its own file and installed packages, and no other file.",
            Reason.RECIPE_STOPPED.value: "It is handed its rows, and sees its own file and installed packages: no other file, no network, no other process. "
            "Take what else it needs from the columns of the training rows.",
            Reason.RECIPE_TIMED_OUT.value: f"Make it faster: training one model may take {TRAINING:.0f} seconds.",
            Reason.RECIPE_OUTPUT_INVALID.value: gives,
        },
        {
            "model_input_not_numeric": (
                "returned a model that takes numbers only, and one of its inputs is none",
                "Encode the column in the model itself (a pipeline), or leave it out of the inputs.",
            ),
            "model_unsupported": (
                f"returned something else than a model that gives {GIVES[task]} for each row",
                f"Return {RETURNED[task]}.",
            ),
            "model_inputs_differ": (
                "returned a model that was fitted on other columns than the declared inputs",
                "Fit it on the columns under subject.inputs, and on these alone.",
            ),
            "missing_extra": (
                "returned a model that selects columns by name, which needs pandas or polars in its environment",
                "Install it there with: pip install pandas",
            ),
            Reason.MODEL_OUTPUT_INVALID.value: (
                "returned a model whose answer is not usable: it is made of complex numbers, or of no numbers",
                gives,
            ),
        },
    )


ROWS = 65_536
"""Rows that are sent at once."""


@dataclass(frozen=True, slots=True)
class RecipeReference:
    """What to run. Hashable, small, and safe to send to a worker.

    Attributes:
        path: of the file, absolute. digest: of its bytes. function: the one that trains. inputs: what its models are fed.
        python: the interpreter of the model's own environment; None for ours. fences: those without which it must not run.
        answers: what its models must answer for a row.
    """

    path: str
    digest: str
    function: str
    inputs: tuple[str, ...]
    python: str | None = None
    limits: Limits = field(default=DEFAULT_LIMITS)
    timeout: float = TRAINING
    fences: tuple[str, ...] = ()
    answers: Answers = BINARY


class Trained:
    """One model, trained in a child that has seen no rows but its own; it ends with the context."""

    def __init__(self, recipe: RecipeReference, rows: pa.Table, seed: int) -> None:
        """Start a child with the very bytes that have the digest, hand it the rows, and have it train.

        Raises:
            SubjectError: ``file_changed``, or what is wrong with the model. Crash: ``recipe_crashed``, ``recipe_timed_out``,
                ``recipe_output_invalid`` or ``recipe_stopped``.
        """
        self._answers = recipe.answers
        self._child = _started(recipe)
        try:
            for batch in rows.to_batches(max_chunksize=ROWS):
                self._child.change(batch)
            self._child.call("train", {"seed": seed})
        except BaseException:
            self._child.close()
            raise

    def scores(self, rows: pa.Table) -> NDArray[np.float64]:
        """float64[rows], or a row of several: what the model answers for each row. Raises as :class:`Trained`."""
        try:
            answers = [self._child.predict(batch) for batch in rows.to_batches(max_chunksize=ROWS)]
        except Crash as wrong:
            if wrong.code != Reason.MODEL_OUTPUT_INVALID.value:
                raise
            role = role_of(self._answers.task)
            raise Crash(
                f"The recipe trained a model whose answer is not usable{wrong.message.removeprefix(UNUSABLE)}",
                code=role.invalid,
                remedy=role.remedies[role.invalid],
            ) from wrong
        return np.concatenate(answers) if answers else np.empty(0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, wrong: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._child.close()


def _started(recipe: RecipeReference) -> Child:
    digest, descriptor = held(Path(recipe.path))
    try:
        if digest != recipe.digest:
            raise file_changed(recipe.path)
        return Child.start(
            "assay.subject.models.recipe:opened",
            {
                "path": f"/proc/self/fd/{descriptor}",
                "file": Path(recipe.path).name,
                "function": recipe.function,
                "inputs": list(recipe.inputs),
                "task": recipe.answers.task.value,
                "classes": list(recipe.answers.classes),
            },
            role=role_of(recipe.answers.task),
            python=recipe.python,
            limits=recipe.limits,
            timeout=recipe.timeout,
            descriptors=(descriptor,),
            fences=recipe.fences,
            answers=recipe.answers,
        )
    finally:
        os.close(descriptor)
