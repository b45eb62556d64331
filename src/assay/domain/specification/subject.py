"""What is tested: the model, the prediction it makes, and the data it is tested on."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from assay.domain.model_formats import PREDICTIONS, ModelFormat, judged_role
from assay.domain.specification.base import Block, Exact, Text


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


class Prediction(Block):
    """What is predicted, and from which score on 1 is decided."""

    task: Literal["binary"]
    """The kind of prediction."""
    label: Text
    """The column with the truth, 0 or 1."""
    favourable: Literal[0, 1]
    """The decided value that is good for the person; impact ratios are ratios of its rate."""
    score: Text
    """What the score means, for example probability of default."""
    decide_at: Exact = Field(ge=0, le=1)
    """The score at or above which 1 is decided."""


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
    time: Text | None = None
    """The column that says when: a date such as 2024-12-31, or a number that names a period; checks of drift go by it."""

    @model_validator(mode="after")
    def _origins_of_what_is_there(self) -> Data:
        for role in self.origins:
            if getattr(self, role) is None:
                raise PydanticCustomError(
                    "origin_of_nothing", f"'origins' tells of {role!r}, and no such data set is declared"
                )
        return self
