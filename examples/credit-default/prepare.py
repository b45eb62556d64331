"""Split the clients once into train, develop and test rows.

python prepare.py [--out DIR]
Who goes where is read from a hash of the recorded seed and the client_id alone: neither the order of the file, nor
any attribute or outcome, nor the version of a random generator has a say in it.
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

HERE = Path(__file__).resolve().parent
SEED = 350  # the data set's number at UCI, fixed before any model was trained
SPLITS = {"train": 10_000, "develop": 5_000, "test": 15_000}
ROWS_PER_GROUP = 2_500


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--out", type=Path, default=HERE / "out", metavar="DIR")
    out = arguments.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    for name, rows in split(pq.read_table(HERE / "data" / "clients.parquet"), SEED).items():
        path = out / f"{name}.parquet"
        pq.write_table(rows, path, compression="zstd", row_group_size=ROWS_PER_GROUP, version="2.6")
        print(f"{hashlib.sha256(path.read_bytes()).hexdigest()[:12]}  {path.name}  {rows.num_rows:,} rows")


def split(table: pa.Table, seed: int) -> dict[str, pa.Table]:
    """Each split's rows, in the order of the file."""
    drawn = [hashlib.sha256(f"{seed}:{key}".encode()).digest() for key in table["client_id"].to_pylist()]
    order = sorted(range(table.num_rows), key=drawn.__getitem__)
    parts = {}
    start = 0
    for name, size in SPLITS.items():
        parts[name] = table.take(sorted(order[start : start + size]))
        start += size
    return parts


if __name__ == "__main__":
    main()
