"""What is tested: the model, the prediction it makes, and the data it is tested on."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from assay.domain.answers import Answers
from assay.domain.model_formats import PREDICTIONS, ModelFormat, judged_role
from assay.domain.specification.base import Block, Code, Exact, Text
from assay.domain.specification.lineage import Lineage
from assay.domain.vocabulary import Task


class Subject(Block):
    """The model file, its format and the columns it is fed, in order."""

    model: Text
    """The model file; for `format: predictions` the column of the data sets that holds the scores."""
    format: ModelFormat
    """How the model was saved."""
    inputs: tuple[Text, ...] = ()
    """The columns that the model is fed, in this order."""
    environment: Text | None = None
    """The lock file of the environment in which the model runs."""
    recipe: Text | None = None
    """The function that trains it, as file.py:function, in the specification's folder, called as train(data, seed): a pyarrow.Table of training rows with every documented column, and a whole number. It returns the model. Its file is bound by digest, and run where a criterion asks for models that it trains."""
    search: Text | None = None
    """The record of the search for a fairer model: the mitigation.json that assay mitigate wrote. It is bound by digest, must name this model and these training and development rows, and the dossier shows it."""
    python: Text | None = None
    """The interpreter of the model's own environment; by default the one that runs Assay."""

    @property
    def has_model(self) -> bool:
        """Whether a model can be asked, and not only a column of scores be read."""
        return self.format != PREDICTIONS

    @property
    def judged_role(self) -> str:
        """The role of the file that is judged: the model, or the test rows that hold the scores."""
        return judged_role(self.format)


FIELDS_OF_TASK: Mapping[Task, tuple[str, ...]] = {
    Task.BINARY: ("favourable", "decide_at"),
    Task.REGRESSION: ("range",),
    Task.MULTICLASS: ("classes",),
}
"""What a prediction must say besides its label, by task; what belongs to another task it must not."""
MOST_CLASSES = 100


class Prediction(Block):
    """What is predicted, and what the model answers: a score with a cut, a number within a range, or a class."""

    task: Task
    """The kind of prediction: binary, regression or multiclass."""
    label: Text
    """The column with the truth: 0 or 1, a number, or one of the classes."""
    favourable: Literal[0, 1] | None = Field(default=None, validate_default=True)
    """The decided value that is good for the person; impact ratios are ratios of its rate; for binary tasks."""
    score: Text
    """What the score means, for example probability of default; of a regression, what is predicted and in which unit."""
    decide_at: Exact | None = Field(default=None, ge=0, le=1, validate_default=True)
    """The score at or above which 1 is decided."""
    range: tuple[Exact, Exact] | None = Field(default=None, validate_default=True)
    """The least and the largest number that label and prediction can be. Bounds pay for its width, and a number outside is refused; for regression."""
    classes: tuple[Code, ...] | None = Field(
        default=None, min_length=2, max_length=MOST_CLASSES, validate_default=True
    )
    """The classes as they stand in the label column, in the order in which the model answers; for multiclass tasks."""

    @field_validator("favourable", "decide_at", "range", "classes")
    @classmethod
    def _as_the_task_wants(cls, value: Any, info: ValidationInfo) -> Any:
        task, name = info.data.get("task"), str(info.field_name)
        if task is None:
            return value
        if value is None and name in FIELDS_OF_TASK[task]:
            raise PydanticCustomError("lacking_for_task", "it is needed for this task")
        if value is not None and name not in FIELDS_OF_TASK[task]:
            raise PydanticCustomError(
                "foreign_to_task", "no value is expected for a task that is {task}", {"task": task.value}
            )
        return value

    @field_validator("range")
    @classmethod
    def _upwards(cls, value: tuple[Decimal, Decimal] | None) -> tuple[Decimal, Decimal] | None:
        if value is not None and value[0] >= value[1]:
            raise PydanticCustomError("range_expected", "a pair with the smaller number first is expected")
        return value

    @field_validator("classes")
    @classmethod
    def _each_once(cls, value: tuple[int | str, ...] | None) -> tuple[int | str, ...] | None:
        if value is not None and len(set(map(str, value))) < len(value):
            raise PydanticCustomError("class_twice", "every class is expected once")
        return value

    @property
    def answers(self) -> Answers:
        """What the model must answer for a row."""
        if self.range is not None:
            return Answers(self.task, float(self.range[0]), float(self.range[1]))
        return Answers(self.task, classes=tuple(map(str, self.classes or ())))

    @property
    def good(self) -> int:
        """The favourable decision.

        Raises:
            ValueError: of a task that decides nothing.
        """
        if self.favourable is None:
            raise ValueError(f"a task that is {self.task} has no favourable decision")
        return self.favourable

    @property
    def cut(self) -> float:
        """The score from which on 1 is decided; NaN, which no score reaches, where nothing is decided."""
        return float("nan") if self.decide_at is None else float(self.decide_at)


class RepeatedRows(Block):
    """That different people of the test rows look alike, to which extent, and why."""

    at_most: Exact = Field(gt=0, lt=1)
    """The largest share of what the rows tell that may be lost if equal ones are of one person, in all rows and in each group."""
    rationale: Text
    """Why equal rows are different people, for someone who was not there."""


class RepeatedIdentifier(Block):
    """That rows of one identifier tell nothing of each other, to which extent it repeats, and why."""

    at_most: Exact = Field(gt=0, lt=1)
    """The largest share of what the rows tell that may be lost if rows of one identifier are of one person, in all rows and in each group."""
    rationale: Text
    """Why rows of one identifier are independent of each other, for someone who was not there."""


class Origin(Block):
    """Where a data set comes from, how its rows were chosen, and what was done to them before Assay read them."""

    source: Text
    """The system or the register, and the extract of it: with a date, a query or a digest by which it is found again."""
    sampling: Text
    """The frame and how rows were drawn from it, for example all applications of 2024, or a random third."""
    steps: tuple[Text, ...] = ()
    """What was done to them, in this order: joins, filters, values that were filled in."""


class Data(Block):
    """The data sets, who held the test rows, and the unit of which only one row counts."""

    dictionary: Text
    """The file that says what each column means."""
    test: Text
    """The rows on which the model is judged, once: a file, or a folder that holds Parquet files, as of every data set."""
    train: Text | None = None
    """The rows from which it learned."""
    develop: Text | None = None
    """The rows on which it was tuned and rehearsed."""
    custody: Text
    """The role that held the test rows; if the developer did, the certificate says so."""
    unit: Text | None = None
    """The column that names the person or case; one row of each is counted."""
    repeated_rows: RepeatedRows | None = None
    """Where test rows repeat each other: to which extent, and why they are no copies."""
    repeated_identifiers: dict[Text, RepeatedIdentifier] = Field(default_factory=dict)
    """Identifiers besides the unit that several test rows share: to which extent, and why these rows are independent."""
    origins: dict[Literal["train", "develop", "test"], Origin] = Field(default_factory=dict)
    """Where each data set comes from; the certificate prints it beside the digests of what was read."""
    lineage: Lineage | None = None
    """How the data came about, by digest; the metric data.lineage follows it."""
    time: Text | None = None
    """The column that says when: a date such as 2024-12-31, or a number that names a period; checks of drift go by it."""

    @property
    def reference(self) -> str:
        """The role of the data set that fixes group shares, spreads and cuts before the test rows are opened."""
        return "develop" if self.develop is not None else "train"

    @model_validator(mode="after")
    def _origins_of_what_is_there(self) -> Data:
        for role in self.origins:
            if getattr(self, role) is None:
                raise PydanticCustomError(
                    "origin_of_nothing", f"'origins' tells of {role!r}, and no such data set is declared"
                )
        return self
