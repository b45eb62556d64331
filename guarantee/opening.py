"""What runs in a fenced child to open one corrupted file after another, by the product's own readers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import numpy as np
import pyarrow as pa

from assay.domain.errors import SubjectError
from assay.subject.files import facts
from assay.subject.files.layout import Column


class Opening:
    """Opens files of one kind, ``data`` or the format of a model; what goes wrong ends nothing but, perhaps, this process."""

    def __init__(self, kind: str) -> None:
        self._adapter = None if kind == "data" else _adapter(kind)

    def open(self, path: str, names: Sequence[str]) -> str:
        try:
            if self._adapter is None:
                self._data(path)
            else:
                self._model(path, tuple(names))
        except SubjectError:
            return "refused"
        except Exception as wrong:  # noqa: BLE001 - a model may raise whatever it likes
            return f"raised {type(wrong).__name__}"
        return "answered"

    def _model(self, path: str, names: tuple[str, ...]) -> None:
        rows = pa.record_batch({name: np.linspace(-3, 3, 20) for name in names})
        np.asarray(self._adapter.load(path, names)(rows), dtype=np.float64)

    def _data(self, path: str) -> None:
        (found,) = facts.inspect([path])
        columns = [Column(c["name"], c["type"]) for c in found["columns"]]
        with Path(path).open("rb", buffering=0) as file:
            for _ in facts.read(
                file,
                path,
                found["format"],
                groups=range(len(found["groups"])),
                schema=columns,
                columns=[c.name for c in columns],
                batch_size=100,
            ):
                pass

    def __call__(self, batch: pa.RecordBatch) -> None:
        """Never asked for scores."""


def _adapter(kind: str) -> ModuleType:
    """The reader of a format, with what it needs and no more: a new child is started whenever a file ended the last."""
    match kind:
        case "joblib":
            import sklearn.linear_model  # noqa: F401 - else the first file waits for it, and its time is up

            from assay.subject.models import joblib as adapter
        case "lightgbm":
            from assay.subject.models import lightgbm as adapter
        case "onnx":
            from assay.subject.models import onnx as adapter
        case "skops":
            from assay.subject.models import skops as adapter
        case _:
            from assay.subject.models import xgboost as adapter
    return adapter


def opening(kind: str) -> Opening:
    return Opening(kind)
