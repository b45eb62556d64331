"""What runs in a fenced child to open one corrupted file after another, by the product's own readers."""

from __future__ import annotations

import importlib
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
        self._load = None if kind == "data" else _adapter(kind).load

    def open(self, path: str, names: Sequence[str]) -> str:
        try:
            if self._load is None:
                self._data(path)
            else:
                rows = pa.record_batch({name: np.linspace(-3, 3, 20) for name in names})
                np.asarray(self._load(path, tuple(names))(rows), dtype=np.float64)
        except SubjectError:
            return "refused"
        except Exception as wrong:  # noqa: BLE001 - a model may raise whatever it likes
            return f"raised {type(wrong).__name__}"
        return "answered"

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
    if kind == "joblib":
        importlib.import_module(
            "sklearn.linear_model"
        )  # else the first file waits for it, and its time is up
    return importlib.import_module(f"assay.subject.models.{kind}")


def opening(kind: str) -> Opening:
    return Opening(kind)
