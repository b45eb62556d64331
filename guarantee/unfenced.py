"""What children do, done in this process: files and recipes that we wrote ourselves need no fence, and a start costs more than a run.

The functions are those that a child calls, asked the same questions; the fences are measured by the parts that attack them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self
from unittest.mock import patch

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from assay.sandbox.launch import Child
from assay.subject.files import facts, rows
from assay.subject.files.layout import Column
from assay.subject.models import recipe
from assay.subject.reader import close_readers


class _OwnRows(rows.Rows):
    """A child's end lets go of its file; here somebody must."""

    def close(self) -> None:
        self._file.close()


def _opened(descriptor: int, path: str, kind: str, schema: list[list[str]]) -> _OwnRows:
    """The caller closes its descriptor, of which a child would have inherited another."""
    return _OwnRows(os.dup(descriptor), path, kind, tuple(Column(name, type_) for name, type_ in schema))


TARGETS: Mapping[str, Callable[..., Any]] = {
    "assay.subject.files.facts:inspect": facts.inspect,
    "assay.subject.files.rows:open_rows": _opened,
    "assay.subject.models.recipe:opened": recipe.opened,
}


class Here:
    """What a target made, asked as :class:`~assay.sandbox.launch.Child` is."""

    def __init__(self, made: Any) -> None:
        self._made = made
        self.alive = True
        self.answer = None if callable(made) else _told(made)

    def call(self, function: str, arguments: Mapping[str, Any]) -> Any:
        """Call one of its methods."""
        return _told(getattr(self._made, function)(**arguments))

    def change(self, batch: pa.RecordBatch) -> Any:
        """Hand it rows."""
        return self._made.change(batch)

    def predict(self, batch: pa.RecordBatch) -> npt.NDArray[np.float64]:
        """float64[rows]: its scores."""
        return np.asarray(self._made(batch), dtype=np.float64)

    def rows(self) -> Iterator[pa.RecordBatch]:
        """Its batches until there is none."""
        yield from iter(self._made, None)

    def close(self) -> None:
        """Ask it nothing more."""
        self.alive = False
        if isinstance(self._made, _OwnRows):
            self._made.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _told(answer: Any) -> Any:
    """As it comes through a pipe."""
    return json.loads(json.dumps(answer, allow_nan=False))


@contextmanager
def unfenced() -> Iterator[None]:
    """Within it no child is started for a data file or a recipe."""
    fenced = Child.start

    def start(target: str, arguments: Mapping[str, Any], **more: Any) -> Any:
        known = TARGETS.get(target)
        return Here(known(**arguments)) if known else fenced(target, arguments, **more)

    with patch.object(Child, "start", start):
        try:
            yield
        finally:
            close_readers()
