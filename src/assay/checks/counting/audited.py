"""Which rows are drawn for an audit of labels: by a hash of what names a row, so that whoever counts can tell them from any others."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from assay.domain.written import written_fractions
from assay.tally.hashes import MISSING, Hashes
from assay.tally.perturbation import uniforms

Integers = NDArray[np.int64]
Drawn = NDArray[np.bool_]


def shares_drawn(text: str) -> Mapping[int, Decimal]:
    """The share of the rows with each recorded label that is drawn, as ``0=0.01, 1=0.1``. Raises ValueError for what is none."""
    found = written_fractions(text, "drawn")
    if found.keys() - {"0", "1"} or not found:
        raise ValueError(
            f"'drawn' is written as 0=share, 1=share of the rows with that label; found {text!r}"
        )
    return {int(label): share for label, share in found.items()}


def drawn_rows(names: Hashes, label: Integers, shares: Mapping[int, Decimal], word: str) -> Drawn:
    """bool[n]: whether a row is drawn. Names that are equal are drawn together; a row without a name or a label never is.

    Args:
        names: a word for the name of each row. word: another one draws others, and nobody knows these before it is chosen.
    """
    share = np.select([label == y for y in shares], [float(s) for s in shares.values()], 0.0)
    found: Drawn = (uniforms(0, f"audit {word}", names) < share) & (names != MISSING)
    return found
