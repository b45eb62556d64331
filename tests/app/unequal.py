"""A folder whose model treats women and men unequally, for whatever looks for a fairer one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from tests.app.conftest import Folder

METHODS = ("group-thresholds",)


def people(n: int, seed: int, *, gap: float = 1.0) -> pa.Table:
    """Rows in which a column that stands for sex makes the approval unequal, more than the outcome is."""
    rng = np.random.default_rng(seed)
    sex = rng.integers(1, 3, n)
    income, proxy = rng.normal(size=n), rng.normal(size=n) + gap * (sex == 2)
    chance = 1 / (1 + np.exp(-(1.5 * income + 0.8 * proxy - 0.4)))
    score = 1 / (1 + np.exp(-(1.5 * income + 0.8 * proxy - 0.4)))
    return pa.table(
        {
            "id": np.arange(n) + 1_000_000 * seed,
            "sex": sex,
            "age": rng.integers(18, 80, n),
            "income": income,
            "proxy": proxy,
            "bad": (rng.random(n) < chance).astype(np.int64),
            "score": score,
        }
    )


class Unequal(Folder):
    """A folder whose scores are unequal between groups, with training rows and without test rows that can be read."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.dictionary += "  - {name: proxy, type: number, description: stands for sex, missing: never, sensitivity: none, source: made}\n"
        self.edit(
            "subject: {model: score, format: predictions}",
            "subject:  # scores of the old rule\n  {model: score, format: predictions, inputs: [income, proxy]}",
        )
        self.edit("dictionary.yaml, develop", "dictionary.yaml, train: train.parquet, develop")
        self.develop, self.test = people(2_000, 2), people(10, 3)

    def write(self, *, row_group: int = 1000) -> Path:
        path = super().write(row_group=row_group)
        pq.write_table(people(2_500, 1), self.root / "train.parquet")
        (self.root / "test.parquet").unlink()
        return path
