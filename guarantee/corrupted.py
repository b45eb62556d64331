"""Corrupted files: models of every format and data files, and what becomes of whoever opens them.

Formats that are called safe are not memory safe: a flipped bit makes some readers write where they must not. So every
file is opened in a fenced child, and what counts is that the process that decides lives on and says a sentence.
"""

from __future__ import annotations

import io
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import joblib
import lightgbm
import numpy as np
import onnx
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import skops.io
import xgboost
from onnx import TensorProto, helper
from sklearn.linear_model import LogisticRegression

from assay.domain.errors import AssayError, Crash
from assay.sandbox.launch import Child
from assay.sandbox.roles import Limits
from assay.subject.datasets import inspect_in_child, iter_batches
from assay.subject.model import MODEL, Model, ModelReference

NAMES = ("age", "income")
LIMITS = Limits(memory=4 << 30, cpu_seconds=10)
SECONDS, SECONDS_IN_TURN = 5.0, 2.0
EACH, IN_TURN = 25, 1_100
"""Corrupted files of each of the nine formats: with a child for each, and many in one."""
OPENING = Path(__file__).with_name("opening.py")
ANSWERED, REFUSED, ENDED, ESCAPED = "answered", "refused in a sentence", "its child ended", "ESCAPED"


@dataclass(frozen=True)
class Sound:
    """A file that is in order: what it is called, its bytes, and how it is opened."""

    title: str
    name: str
    data: bytes
    format: str


def sound_models() -> tuple[Sound, ...]:
    """One model of every format, fitted on the same few rows."""
    draw = np.random.default_rng(7)
    rows = draw.normal(size=(400, 2))
    labels = (rows.sum(axis=1) + draw.normal(size=400) > 0).astype(np.int64)
    quiet = {"num_threads": 1, "verbose": -1}
    trees = lightgbm.train(
        {"objective": "binary", "num_leaves": 7, **quiet},
        lightgbm.Dataset(rows, labels, feature_name=list(NAMES)),
        10,
    )
    boosted = xgboost.train(
        {"objective": "binary:logistic", "max_depth": 3, "nthread": 1},
        xgboost.DMatrix(rows, labels, feature_names=list(NAMES)),
        10,
    )
    linear = LogisticRegression().fit(rows, labels)
    pickled = io.BytesIO()
    joblib.dump(linear, pickled)
    return (
        Sound("LightGBM text", "model.txt", trees.model_to_string().encode(), "lightgbm"),
        Sound("XGBoost JSON", "model.json", bytes(boosted.save_raw("json")), "xgboost"),
        Sound("XGBoost UBJ", "model.ubj", bytes(boosted.save_raw("ubj")), "xgboost"),
        Sound("ONNX", "model.onnx", _onnx(linear), "onnx"),
        Sound("skops", "model.skops", skops.io.dumps(linear), "skops"),
        Sound("joblib", "model.joblib", pickled.getvalue(), "joblib"),
    )


def _onnx(linear: LogisticRegression) -> bytes:
    weight = helper.make_tensor("w", TensorProto.FLOAT, [2, 1], linear.coef_.ravel().tolist())
    bias = helper.make_tensor("b", TensorProto.FLOAT, [1], linear.intercept_.tolist())
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["wx"]),
        helper.make_node("Add", ["wx", "b"], ["z"]),
        helper.make_node("Sigmoid", ["z"], ["probability"]),
    ]
    graph = helper.make_graph(
        nodes,
        "linear",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 2])],
        [helper.make_tensor_value_info("probability", TensorProto.FLOAT, [None, 1])],
        [weight, bias],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    made: bytes = model.SerializeToString()
    return made


def sound_data() -> tuple[Sound, ...]:
    """One small table in every format that is read."""
    draw = np.random.default_rng(8)
    table = pa.table(
        {
            "age": draw.integers(18, 90, 500),
            "income": draw.lognormal(8, 1, 500).round(2),
            "city": draw.choice(["Ulm", "Köln", "Jena"], 500).tolist(),
        }
    )
    parquet, ipc, csv = io.BytesIO(), io.BytesIO(), io.BytesIO()
    pq.write_table(table, parquet, row_group_size=200)
    with pa.ipc.new_file(ipc, table.schema) as writer:
        writer.write_table(table, max_chunksize=200)
    pyarrow.csv.write_csv(table, csv)
    return (
        Sound("Parquet", "data.parquet", parquet.getvalue(), "data"),
        Sound("Arrow IPC", "data.arrow", ipc.getvalue(), "data"),
        Sound("CSV", "data.csv", csv.getvalue(), "data"),
    )


def corrupted(data: bytes, seed: int) -> bytes:
    """The bytes after one kind of damage, drawn by the seed; never the bytes themselves."""
    draw = np.random.default_rng([seed, len(data)])
    kinds: tuple[Callable[[np.random.Generator, bytearray], bytearray], ...] = (
        _flip,
        _flip,
        _random_bytes,
        _cut,
        _repeat,
        _leave_out,
        _extreme,
    )
    while True:
        found = bytes(kinds[int(draw.integers(len(kinds)))](draw, bytearray(data)))
        if found != data:
            return found


def _flip(draw: np.random.Generator, data: bytearray) -> bytearray:
    for place in draw.integers(0, len(data), int(draw.choice([1, 2, 8, 64]))):
        data[int(place)] ^= 1 << int(draw.integers(8))
    return data


def _random_bytes(draw: np.random.Generator, data: bytearray) -> bytearray:
    start = int(draw.integers(0, len(data)))
    data[start : start + 16] = draw.bytes(16)
    return data


def _cut(draw: np.random.Generator, data: bytearray) -> bytearray:
    return data[: int(draw.integers(0, len(data)))]


def _repeat(draw: np.random.Generator, data: bytearray) -> bytearray:
    start, stop = sorted(int(p) for p in draw.integers(0, len(data), 2))
    return data[:stop] + data[start:]


def _leave_out(draw: np.random.Generator, data: bytearray) -> bytearray:
    start = int(draw.integers(0, len(data)))
    return data[:start] + data[start + int(draw.integers(1, 200)) :]


def _extreme(draw: np.random.Generator, data: bytearray) -> bytearray:
    """A length or an index that is as large, or as negative, as it can be; in a text, a digit that is a sign."""
    start = int(draw.integers(0, len(data)))
    texts = (b"\xff\xff\xff\x7f", b"\xff" * 8, b"\x00" * 8, b"-1", b"999999999999", b"nan")
    text = texts[int(draw.integers(len(texts)))]
    data[start : start + len(text)] = text
    return data


def opened(place: Path, kind: str) -> str:
    """What becomes of opening a file and asking for what it holds; an exception that is no sentence of ours escapes."""
    try:
        _open(place, kind)
    except Crash:
        return ENDED
    except AssayError:
        return REFUSED
    except Exception as wrong:  # noqa: BLE001 - the very thing that must not happen
        return f"{ESCAPED}: {type(wrong).__name__}"
    return ANSWERED


def _open(place: Path, kind: str) -> None:
    if kind == "data":
        dataset = inspect_in_child(place, limits=LIMITS, timeout=SECONDS)
        for partition in dataset.partitions:
            for _ in iter_batches(partition, dataset.names):
                pass
        return
    rows = pa.record_batch({"age": np.linspace(-3, 3, 20), "income": np.linspace(3, -3, 20)})
    with Model(ModelReference.of(place, kind, NAMES, limits=LIMITS, timeout=SECONDS)) as model:
        model.predict(rows)


def outcomes(sound: Sound, seeds: Iterable[int]) -> Iterator[tuple[int, str]]:
    """The outcome of each corruption of a file, by the product's own way: a child for each."""
    with tempfile.TemporaryDirectory() as folder:
        for seed in seeds:
            place = _written(Path(folder), sound, seed)
            yield seed, opened(place, sound.format)


def outcomes_in_turn(sound: Sound, seeds: Iterable[int]) -> Iterator[tuple[int, str]]:
    """The same by the same readers, many in one fenced child, which is started again when it ended."""
    child: Child | None = None
    with tempfile.TemporaryDirectory() as folder:
        for seed in seeds:
            if child is None or not child.alive:
                child = Child.start(
                    f"{OPENING}:opening",
                    {"kind": sound.format},
                    limits=Limits(memory=4 << 30),
                    timeout=SECONDS_IN_TURN,
                    readable=[folder, str(OPENING.parent)],
                    role=MODEL,
                )
            place = _written(Path(folder), sound, seed)
            try:
                said = child.call("open", {"path": str(place), "names": list(NAMES)})
            except Crash:
                yield seed, ENDED
            except Exception as wrong:  # noqa: BLE001 - the very thing that must not happen
                yield seed, f"{ESCAPED}: {type(wrong).__name__}"
            else:
                yield seed, ANSWERED if said == "answered" else REFUSED
    if child is not None:
        child.close()


def _written(folder: Path, sound: Sound, seed: int) -> Path:
    place = folder / f"{seed}-{sound.name}"
    place.write_bytes(corrupted(sound.data, seed))
    return place


def tables(each: int = EACH, in_turn: int = IN_TURN) -> dict[str, list[dict[str, object]]]:
    """How often each outcome came, by format."""
    every = (*sound_models(), *sound_data())
    return {
        "A child for each file": [_row(s, outcomes(s, range(each))) for s in every],
        "Many files in turn": [_row(s, outcomes_in_turn(s, range(each, each + in_turn))) for s in every],
    }


def _row(sound: Sound, found: Iterable[tuple[int, str]]) -> dict[str, object]:
    begin = time.perf_counter()
    seen = Counter(outcome for _, outcome in found)
    print(f"{sound.title}: {dict(seen)}, {time.perf_counter() - begin:.0f} s", flush=True)
    return {
        "format": sound.title,
        "corrupted files": seen.total(),
        **{outcome: seen[outcome] for outcome in (ANSWERED, REFUSED, ENDED)},
        "escaped": sum(n for outcome, n in seen.items() if outcome.startswith(ESCAPED)),
    }
