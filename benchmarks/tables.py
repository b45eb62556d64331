"""The data, the model and the specifications that are measured: made on the fly from one seed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

ATTRIBUTES = {"region": 8, "age": 5, "education": 4, "sex": 2}
"""Four attributes whose groups cross to 320."""
CROSSED = "*".join(ATTRIBUTES)
RATES = ("selection rate", "true-positive rate", "false-positive rate", "precision", "accuracy")
GROUP_COLUMNS = ("y", *ATTRIBUTES, "score")
FEATURES = tuple(f"x{i}" for i in range(12))
ROW_GROUP = 100_000
DECIDE_AT = 0.5
SEED = 20261124
DEVELOP_ROWS, DEVELOP_SEED = 10_000, SEED + 3
"""Rows that a plan takes its shares from: as many beside a small test set as beside a large one."""

_HEAD = """\
assay: 1
name: {name}
use_case: {{domain: benchmark, purpose: to be measured, population: nobody, test_population: random numbers}}
charter: {{sponsor: bench, risk_appetite: only time is at stake, success: a figure, tradeoffs: speed for nothing}}
roles: {{developer: [dev], validator: [val], risk_officer: [risk]}}
owners: {{data: developer, updates: developer, monitoring: validator, incidents: risk_officer}}
approval: {{lock: {{validator: 1}}, quorum: {{validator: 1, risk_officer: 1}}, valid_for: 180 days}}
subject: {subject}
prediction: {{task: binary, label: y, favourable: 1, score: probability of 1, decide_at: {decide_at}}}
data: {{dictionary: dictionary.yaml, develop: develop.parquet, test: test.parquet, custody: validator}}
protected:
"""


def write_groups(path: Path, rows: int, seed: int = SEED) -> None:
    """Codes of four attributes, labels and scores; rates differ a little between groups."""
    rng = np.random.default_rng(seed)
    schema = pa.schema([(name, pa.int32()) for name in (*ATTRIBUTES, "y")] + [("score", pa.float64())])
    with pq.ParquetWriter(path, schema) as file:
        for start in range(0, rows, ROW_GROUP):
            n = min(ROW_GROUP, rows - start)
            codes = {name: rng.integers(0, size, n, dtype=np.int32) for name, size in ATTRIBUTES.items()}
            score = rng.beta(1.5 + 0.02 * codes["region"], 1.5 + 0.05 * codes["sex"])
            y = (rng.random(n) < score).astype(np.int32)
            file.write_table(pa.table({**codes, "y": y, "score": score}, schema=schema), ROW_GROUP)


def write_features(path: Path, rows: int, seed: int = SEED + 1) -> None:
    """Twelve numeric inputs, one attribute, labels that follow the inputs."""
    rng = np.random.default_rng(seed)
    schema = pa.schema([(name, pa.float64()) for name in FEATURES] + [("sex", pa.int32()), ("y", pa.int32())])
    with pq.ParquetWriter(path, schema) as file:
        for start in range(0, rows, ROW_GROUP):
            file.write_table(_features(rng, min(ROW_GROUP, rows - start), schema), ROW_GROUP)


def _features(rng: np.random.Generator, n: int, schema: pa.Schema) -> pa.Table:
    x = rng.normal(size=(n, len(FEATURES)))
    logit = x[:, 0] + x[:, 1] * x[:, 2] - 0.5 * np.abs(x[:, 3]) + 0.3 * x[:, 4:].sum(axis=1)
    y = (rng.random(n) < 1 / (1 + np.exp(-logit))).astype(np.int32)
    columns = {name: x[:, i] for i, name in enumerate(FEATURES)}
    return pa.table({**columns, "sex": rng.integers(0, 2, n, dtype=np.int32), "y": y}, schema=schema)


def write_model(path: Path, rows: int = 100_000, trees: int = 100) -> None:
    """A LightGBM of 100 trees with 31 leaves, as text."""
    import lightgbm

    rng = np.random.default_rng(SEED + 2)
    schema = pa.schema([(name, pa.float64()) for name in FEATURES] + [("sex", pa.int32()), ("y", pa.int32())])
    table = _features(rng, rows, schema)
    x = np.column_stack([table[name].to_numpy() for name in FEATURES])
    data = lightgbm.Dataset(x, table["y"].to_numpy(), feature_name=list(FEATURES))
    settings = {"objective": "binary", "num_leaves": 31, "verbose": -1, "num_threads": 1, "seed": SEED}
    lightgbm.train(settings, data, num_boost_round=trees).save_model(path)


def specify_groups(folder: Path) -> Path:
    """What is asked of the 320 groups: four rates with bounds, gaps and ratios between all pairs."""
    write_groups(folder / "develop.parquet", DEVELOP_ROWS, DEVELOP_SEED)
    asked = [
        ("accuracy", "performance.accuracy", "at_least: 0.50"),
        ("true-positive-rate", "performance.recall", "at_least: 0.50"),
        ("false-positive-rate", "performance.false_positive_rate", "at_most: 0.50"),
        ("precision", "performance.precision", "at_least: 0.50"),
        ("selection-ratio", "fairness.impact_ratio", "at_least: 0.60"),
        ("selection-gap", "fairness.demographic_parity", "at_most: 0.25"),
        ("odds-gap", "fairness.equalized_odds", "at_most: 0.30"),
        ("precision-gap", "fairness.predictive_parity", "at_most: 0.30"),
    ]
    return _write(
        folder, "{model: score, format: predictions}", ATTRIBUTES, ("score",), asked, across=CROSSED
    )


def specify_scan(folder: Path, attributes: dict[str, int], *, model: str | None) -> Path:
    """Overall performance and one gap: what a scan costs is counting, not judging."""
    asked = [
        ("accuracy", "performance.accuracy", "at_least: 0.50"),
        ("ranking", "performance.auc", "at_least: 0.55"),
        ("selection-gap", "fairness.demographic_parity", "at_most: 0.25"),
    ]
    write = write_features if model else write_groups
    write(folder / "develop.parquet", DEVELOP_ROWS, DEVELOP_SEED)
    subject = (
        f"{{model: {model}, format: lightgbm, inputs: [{', '.join(FEATURES)}]}}"
        if model
        else "{model: score, format: predictions}"
    )
    inputs = FEATURES if model else ("score",)
    return _write(folder, subject, attributes, inputs, asked, across=next(iter(attributes)))


def _write(
    folder: Path,
    subject: str,
    attributes: dict[str, int],
    numbers: tuple[str, ...],
    asked: list[tuple[str, str, str]],
    *,
    across: str,
) -> Path:
    text = _HEAD.format(name="bench", subject=subject, decide_at=DECIDE_AT)
    for name, size in attributes.items():
        groups = ", ".join(f"{name}-{code}: {code}" for code in range(size))
        text += f"  {name}: {{column: {name}, groups: {{{groups}}}}}\n"
    if "*" in across:
        text += f"intersections: [[{', '.join(across.split('*'))}]]\n"
    ids = ", ".join(name for name, _, _ in asked)
    text += f"failure_modes:\n  - {{id: harm, harm: a slow run, severity: critical, criteria: [{ids}]}}\ncriteria:\n"
    for name, metric, threshold in asked:
        grouped = f", across: {across}" if across.count("*") or metric.startswith("fairness") else ""
        text += (
            f"  - {{id: {name}, metric: {metric}{grouped}, {threshold}, tier: critical, "
            "rationale: measured here, owner: validator}\n"
        )
    written = ["assay_dictionary: 1", "columns:"]
    for name, size in (*attributes.items(), ("y", 2)):
        codes = ", ".join(f"{code}: code {code}" for code in range(size))
        written.append(f"  - {{name: {name}, type: category, description: made up, codes: {{{codes}}}}}")
    written += [f"  - {{name: {name}, type: number, description: made up}}" for name in numbers]
    (folder / "dictionary.yaml").write_text("\n".join(written) + "\n")
    path = folder / "specification.yaml"
    path.write_text(text)
    return path
