"""Candidate A: logistic regression on everything that is known about a client, personal attributes included."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

MONTHS = (1, 2, 3, 4, 5, 6)
INPUTS = (
    "LIMIT_BAL",
    "SEX",
    "EDUCATION",
    "MARRIAGE",
    "AGE",
    "PAY_0",
    *(f"PAY_{month}" for month in MONTHS[1:]),
    *(f"BILL_AMT{month}" for month in MONTHS),
    *(f"PAY_AMT{month}" for month in MONTHS),
)
LABEL = "default"


def train(data: pa.Table, seed: int) -> Pipeline:
    """Fit the recipe to the rows of ``data``; column 1 of ``predict_proba`` is the probability of default."""
    regression = LogisticRegression(max_iter=1_000, random_state=seed)
    return Pipeline([("scale", StandardScaler()), ("regression", regression)]).fit(
        matrix(data), data[LABEL].to_numpy()
    )


def matrix(data: pa.Table) -> np.ndarray:
    """The inputs as float64[rows, len(INPUTS)], in the order of ``INPUTS``."""
    return np.column_stack([data[name].to_numpy() for name in INPUTS]).astype(np.float64)
