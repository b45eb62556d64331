"""What runs in a fenced child to open one corrupted file after another, by the product's own readers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from assay.domain.errors import SubjectError
from assay.subject.files import facts
from assay.subject.files.layout import Column
from assay.subject.models import joblib, lightgbm, onnx, skops, xgboost

ADAPTERS = {"joblib": joblib, "lightgbm": lightgbm, "onnx": onnx, "skops": skops, "xgboost": xgboost}


class Opening:
    """Opens files; what goes wrong is told by its kind and ends nothing but, perhaps, this process."""

    def open(self, path: str, kind: str, names: Sequence[str]) -> str:
        try:
            if kind == "data":
                self._data(path)
            else:
                self._model(path, kind, tuple(names))
        except SubjectError:
            return "refused"
        except Exception as wrong:  # noqa: BLE001 - a model may raise whatever it likes
            return f"raised {type(wrong).__name__}"
        return "answered"

    def _model(self, path: str, kind: str, names: tuple[str, ...]) -> None:
        rows = pa.record_batch({name: np.linspace(-3, 3, 20) for name in names})
        np.asarray(ADAPTERS[kind].load(path, names)(rows), dtype=np.float64)

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


def opening() -> Opening:
    return Opening()
