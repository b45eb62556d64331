"""Train one small model on the train rows and write it as a LightGBM text file.

python train.py [--out DIR]
DIR holds train.parquet, written by prepare.py. Same rows, same packages: same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

import lightgbm as lgb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

SEED = 1  # fixed before the first training run
# What the bank knows of the loan and the applicant's finances; not sex, personal status, age or nationality.
INPUTS = (
    "checking_account",
    "duration_months",
    "credit_history",
    "purpose",
    "credit_amount",
    "savings",
    "employment_since",
    "instalment_rate",
    "other_debtors",
    "residence_since",
    "property",
    "other_instalment_plans",
    "housing",
    "existing_credits",
    "job",
    "dependants",
    "telephone",
)
LABEL = "bad"
# Trees of four leaves: 600 rows carry no more. Rounds by the log loss of cross-validation on the train rows.
ROUNDS = 200
SETTINGS = {
    "objective": "binary",
    "learning_rate": 0.03,
    "num_leaves": 4,
    "min_data_in_leaf": 20,
    "lambda_l2": 5.0,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbosity": -1,
}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    default = Path(__file__).resolve().parent / "out"
    arguments.add_argument("--out", type=Path, default=default, metavar="DIR")
    out = arguments.parse_args().out
    if not (out / "train.parquet").exists():
        raise SystemExit(f"train.parquet is not in {out}; run prepare.py first")
    content = train(pq.read_table(out / "train.parquet"), SEED).model_to_string().encode()
    (out / "model.txt").write_bytes(content)
    print(f"{hashlib.sha256(content).hexdigest()[:12]}  model.txt")


def train(data: pa.Table, seed: int) -> lgb.Booster:
    """Fit the recipe to the rows of ``data``; ``predict`` gives the probability of bad credit."""
    rows = lgb.Dataset(matrix(data), data[LABEL].to_numpy(), feature_name=list(INPUTS))
    return lgb.train(SETTINGS | {"seed": seed}, rows, ROUNDS)


def matrix(data: pa.Table) -> np.ndarray:
    """The inputs as float64[rows, len(INPUTS)], in the order of ``INPUTS``."""
    return np.column_stack([data[name].to_numpy() for name in INPUTS]).astype(np.float64)


if __name__ == "__main__":
    main()
