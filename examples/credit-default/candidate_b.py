"""Candidate B: gradient boosting on credit behaviour alone, without sex, age, marriage or education."""

from __future__ import annotations

import lightgbm as lgb
import numpy as np
import pyarrow as pa

MONTHS = (1, 2, 3, 4, 5, 6)
INPUTS = (
    "LIMIT_BAL",
    "PAY_0",
    *(f"PAY_{month}" for month in MONTHS[1:]),
    *(f"BILL_AMT{month}" for month in MONTHS),
    *(f"PAY_AMT{month}" for month in MONTHS),
)
LABEL = "default"
# Chosen by five-fold cross-validation on the train rows. The log loss was .424 for 8 to 31 leaves alike, so the
# smaller trees were kept; 250 rounds is where it and the calibration were best (fewer leave the probabilities
# drawn towards the mean).
ROUNDS = 250
SETTINGS = {
    "objective": "binary",
    "learning_rate": 0.03,
    "num_leaves": 8,
    "min_data_in_leaf": 100,
    "lambda_l2": 5.0,
    "feature_fraction": 0.6,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbosity": -1,
}


def train(data: pa.Table, seed: int) -> lgb.Booster:
    """Fit the recipe to the rows of ``data``; ``predict`` gives the probability of default."""
    rows = lgb.Dataset(matrix(data), data[LABEL].to_numpy(), feature_name=list(INPUTS))
    return lgb.train(SETTINGS | {"seed": seed}, rows, ROUNDS)


def matrix(data: pa.Table) -> np.ndarray:
    """The inputs as float64[rows, len(INPUTS)], in the order of ``INPUTS``."""
    return np.column_stack([data[name].to_numpy() for name in INPUTS]).astype(np.float64)
