"""How a model may be saved. The one list: what is accepted, read and proposed is derived from it."""

from __future__ import annotations

from typing import Literal, get_args

ModelFormat = Literal["skops", "joblib", "lightgbm", "xgboost", "onnx", "predictions", "callable"]
PREDICTIONS = "predictions"
"""No model at all: its scores stand in a column."""
LOADED = tuple(name for name in get_args(ModelFormat) if name != PREDICTIONS)
"""Those of which an adapter, the module of that name in `subject/models/`, makes a model that answers."""
SUFFIXES = {
    ".skops": "skops",
    ".joblib": "joblib",
    ".pkl": "joblib",
    ".txt": "lightgbm",
    ".json": "xgboost",
    ".ubj": "xgboost",
    ".onnx": "onnx",
}
"""The format of a model file, by the ending of its name."""


def judged_role(form: str) -> str:
    """The role of what is judged, by its format: the test rows that hold the scores, or the model itself."""
    return "test" if form == PREDICTIONS else "model"
