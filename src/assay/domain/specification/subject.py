"""What is tested: the model, the prediction it makes, and the data it is tested on."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from assay.domain.specification.base import Block, Exact, Text

ModelFormat = Literal["skops", "joblib", "lightgbm", "xgboost", "onnx", "predictions", "callable"]


class Subject(Block):
    """The model file, its format and the columns it is fed, in order.

    ``format: predictions`` takes the scores from the column ``model`` of the data set itself.
    ``python`` names the interpreter of the model's own environment; by default the one that runs Assay.
    """

    model: Text
    format: ModelFormat
    inputs: tuple[Text, ...] = ()
    environment: Text | None = None
    recipe: Text | None = None
    python: Text | None = None


class Prediction(Block):
    """What is predicted: the label column (0 or 1) and the score at or above which 1 is decided.

    ``favourable`` is the decided value that is good for the person; impact ratios are ratios of its rate.
    """

    task: Literal["binary"]
    label: Text
    favourable: Literal[0, 1]
    score: Text
    decide_at: Exact = Field(ge=0, le=1)


class Data(Block):
    """The data sets, who held the test rows, and the unit of which only one row counts."""

    dictionary: Text
    test: Text
    train: Text | None = None
    develop: Text | None = None
    custody: Text
    unit: Text | None = None
    time: Text | None = None
