"""Import a library of trees without what it would load for its scikit-learn interface, which no prediction needs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

OPTIONAL = ("sklearn", "pandas", "dask", "matplotlib", "graphviz")
"""What LightGBM and XGBoost load where it is installed: four fifths of the time that a child takes to start, and code that a
hostile model file could reach. Both say that they go without, and then do."""


@contextmanager
def without(*names: str) -> Iterator[None]:
    """Importing one of these packages fails inside, as if it were not installed; what is imported already stays."""
    hidden = [name for name in names if name not in sys.modules]
    absent: dict[str, None] = dict.fromkeys(hidden)
    sys.modules.update(absent)  # type: ignore[arg-type]  # None is the import system's word for "do not look"
    try:
        yield
    finally:
        for name in hidden:
            sys.modules.pop(name, None)
