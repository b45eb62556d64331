"""Train both candidates on the train rows and write them as files that load without running code.

python train.py [--out DIR]
DIR holds train.parquet, written by prepare.py. Same rows, same packages: same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import zipfile
from pathlib import Path

import candidate_a
import candidate_b
import pyarrow.parquet as pq
import skops.io
from sklearn.pipeline import Pipeline

SEED = 1  # fixed before the first training run
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a ZIP archive can hold


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    default = Path(__file__).resolve().parent / "out"
    arguments.add_argument("--out", type=Path, default=default, metavar="DIR")
    out = arguments.parse_args().out
    if not (out / "train.parquet").exists():
        raise SystemExit(f"train.parquet is not in {out}; run prepare.py first")
    data = pq.read_table(out / "train.parquet")
    write(out / "candidate-a.skops", skops_bytes(candidate_a.train(data, SEED)))
    write(out / "candidate-b.txt", candidate_b.train(data, SEED).model_to_string().encode())


def write(path: Path, content: bytes) -> None:
    """Write one model and say which."""
    path.write_bytes(content)
    print(f"{hashlib.sha256(content).hexdigest()[:12]}  {path.name}")


def skops_bytes(model: Pipeline) -> bytes:
    """The model as skops, with the same bytes on every run.

    skops names its parts after memory addresses and stamps them with the time of day; both are replaced.
    """
    numbers: dict[int, int] = {}
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(skops.io.dumps(model))) as source,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        schema = _renumbered(json.loads(source.read("schema.json")), numbers)
        target.writestr(zipfile.ZipInfo("schema.json", EPOCH), json.dumps(schema, indent=1))
        arrays = (name for name in source.namelist() if name.endswith(".npy"))
        for number, name in sorted((numbers[int(Path(name).stem)], name) for name in arrays):
            target.writestr(zipfile.ZipInfo(f"{number}.npy", EPOCH), source.read(name))
    return packed.getvalue()


def _renumbered(part: object, numbers: dict[int, int]) -> object:
    if isinstance(part, list):
        return [_renumbered(item, numbers) for item in part]
    if not isinstance(part, dict):
        return part
    copy = {key: _renumbered(value, numbers) for key, value in part.items()}
    if "__id__" in copy:
        copy["__id__"] = numbers.setdefault(copy["__id__"], len(numbers))
    if "file" in copy:
        copy["file"] = f"{copy['__id__']}.npy"
    return copy


if __name__ == "__main__":
    main()
