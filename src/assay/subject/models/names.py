"""The names of the columns that a model file was fitted on, read without its library. Runs in a child."""

from __future__ import annotations

import json
from pathlib import Path

from assay.domain.errors import SubjectError

MOST_BYTES = 64 << 20
"""A larger XGBoost file is not looked into: it would have to be parsed whole."""
MOST_LINES = 64
"""LightGBM writes the names in its first dozen lines."""
_LONGEST_LINE = 4 << 20


def read(path: str, format: str) -> list[str]:  # noqa: A002 - the specification's word
    """The names in the order of the fit; empty when the format or the file has none.

    Raises:
        SubjectError: ``model_unreadable`` when the file is not what its name says.
    """
    readers = {"lightgbm": _lightgbm, "xgboost": _xgboost}
    reader = readers.get(format)
    return [] if reader is None else reader(Path(path))


def _lightgbm(path: Path) -> list[str]:
    with path.open("rb") as file:
        if file.readline(_LONGEST_LINE).strip() != b"tree":
            raise _not_a_model(path, "LightGBM text")
        for _ in range(MOST_LINES):
            key, _, value = file.readline(_LONGEST_LINE).partition(b"=")
            if key == b"feature_names":
                names = value.decode("utf-8", "replace").split()
                return [] if names == [f"Column_{place}" for place in range(len(names))] else names
    return []


def _xgboost(path: Path) -> list[str]:
    if path.suffix.casefold() != ".json" or path.stat().st_size > MOST_BYTES:
        return []
    try:
        names = json.loads(path.read_bytes())["learner"]["feature_names"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise _not_a_model(path, "XGBoost JSON") from None
    return [str(name) for name in names] if isinstance(names, list) else []


def _not_a_model(path: Path, kind: str) -> SubjectError:
    return SubjectError(
        f"{path} could not be read as {kind}.",
        code="model_unreadable",
        remedy="Save the model again in a format that its ending names.",
    )
