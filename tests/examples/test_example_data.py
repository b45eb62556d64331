"""The examples' data is what its notice says, is split the same way every time, and trains."""

from __future__ import annotations

import hashlib
import importlib.util
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from ruamel.yaml import YAML

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@dataclass(frozen=True)
class Example:
    """What one example promises."""

    folder: str
    file: str
    key: str
    label: str
    labels: dict[int, int]
    splits: dict[str, tuple[int, int]]  # rows and row groups
    recipes: tuple[str, ...]
    models: tuple[str, ...]
    undocumented: dict[str, set[int]]

    @property
    def path(self) -> Path:
        return EXAMPLES / self.folder

    def table(self) -> pa.Table:
        return pq.read_table(self.path / "data" / self.file)


CREDIT = Example(
    folder="credit-default",
    file="clients.parquet",
    key="client_id",
    label="default",
    labels={0: 23_364, 1: 6_636},
    splits={"train": (10_000, 4), "develop": (5_000, 2), "test": (15_000, 6)},
    recipes=("candidate_a", "candidate_b"),
    models=("candidate-a.skops", "candidate-b.txt"),
    undocumented={
        "EDUCATION": {0, 5, 6},
        "MARRIAGE": {0},
        **{name: {-2, 0} for name in ("PAY_0", "PAY_2", "PAY_3", "PAY_4", "PAY_5", "PAY_6")},
    },
)
GERMAN = Example(
    folder="german-credit",
    file="applicants.parquet",
    key="applicant_id",
    label="bad",
    labels={0: 700, 1: 300},
    splits={"train": (600, 6), "develop": (100, 1), "test": (300, 3)},
    recipes=("train",),
    models=("model.txt",),
    undocumented={},
)
BOTH = pytest.mark.parametrize("example", [CREDIT, GERMAN], ids=lambda e: e.folder)


def module(example: Example, name: str) -> ModuleType:
    """A script of an example, under a name of its own."""
    spec = importlib.util.spec_from_file_location(
        f"{example.folder}_{name}".replace("-", "_"), example.path / f"{name}.py"
    )
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def run(script: Path, out: Path, *, cwd: Path) -> str:
    """What a script prints."""
    command = [sys.executable, str(script), "--out", str(out)]
    return subprocess.run(command, cwd=cwd, check=True, capture_output=True, text=True).stdout


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def counts(table: pa.Table, name: str) -> dict[object, int]:
    return {entry["values"]: entry["counts"] for entry in table[name].value_counts().to_pylist()}


@BOTH
def test_notice_names_the_file_by_its_digest(example: Example) -> None:
    notice = (example.path / "data" / "NOTICE.md").read_text()
    stated = re.search(rf"sha256 of {re.escape(example.file)} \| `([0-9a-f]{{64}})`", notice)
    source = re.search(r"sha256 of the source \| `([0-9a-f]{64})`", notice)
    assert stated is not None
    assert source is not None
    assert stated.group(1) == digest(example.path / "data" / example.file)
    assert source.group(1) in (example.path / "data" / "rebuild.py").read_text()
    assert "CC BY 4.0" in notice


@BOTH
def test_rows_are_the_published_ones(example: Example) -> None:
    table = example.table()
    rows = sum(example.labels.values())
    assert table[example.key].to_pylist() == list(range(1, rows + 1))
    assert counts(table, example.label) == example.labels
    assert all(column.null_count == 0 for column in table.columns)


def test_sex_has_the_published_counts() -> None:
    assert counts(CREDIT.table(), "SEX") == {1: 11_888, 2: 18_112}
    assert counts(GERMAN.table(), "SEX") == {"female": 310, "male": 690}


@BOTH
def test_dictionary_describes_every_column_and_hides_no_code(example: Example) -> None:
    entries = YAML(typ="safe").load((example.path / "dictionary.yaml").read_text())["columns"]
    table = example.table()
    assert [entry["name"] for entry in entries] == table.column_names
    found = {}
    for entry in entries:
        if "codes" in entry:
            outside = set(counts(table, entry["name"])) - set(entry["codes"])
            found |= {entry["name"]: outside} if outside else {}
        if "range" in entry:
            smallest, largest = pc.min_max(table[entry["name"]]).as_py().values()
            low, high = entry["range"]
            assert low is None or low <= smallest
            assert high is None or largest <= high
    assert found == example.undocumented


@BOTH
def test_prepare_writes_the_same_disjoint_splits_every_time(example: Example, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    printed = run(example.path / "prepare.py", first, cwd=tmp_path)
    run(example.path / "prepare.py", second, cwd=example.path)
    keys: list[int] = []
    for name, (rows, groups) in example.splits.items():
        path = first / f"{name}.parquet"
        assert path.read_bytes() == (second / path.name).read_bytes()
        assert digest(path)[:12] in printed
        file = pq.ParquetFile(path)
        assert (file.metadata.num_rows, file.metadata.num_row_groups) == (rows, groups)
        keys += file.read([example.key])[example.key].to_pylist()
    assert sorted(keys) == list(range(1, sum(example.labels.values()) + 1))


@pytest.mark.parametrize(
    ("example", "name"),
    [(e, name) for e in (CREDIT, GERMAN) for name in e.recipes],
    ids=lambda v: str(v)[:12],
)
def test_recipe_gives_probabilities_of_the_label(example: Example, name: str) -> None:
    recipe = module(example, name)
    prepare = module(example, "prepare")
    rows = prepare.split(example.table(), prepare.SEED)["train"].slice(0, 500)
    model = recipe.train(rows, 1)
    inputs = recipe.matrix(rows)
    scores = model.predict_proba(inputs)[:, 1] if hasattr(model, "predict_proba") else model.predict(inputs)
    labels = rows[example.label].to_numpy()
    assert scores.shape == (500,)
    assert ((scores >= 0) & (scores <= 1)).all()
    assert scores[labels == 1].mean() > scores[labels == 0].mean()


def test_candidate_b_sees_no_personal_attribute() -> None:
    inputs = set(module(CREDIT, "candidate_b").INPUTS)
    assert inputs == set(CREDIT.table().column_names) - {
        "client_id", "SEX", "AGE", "MARRIAGE", "EDUCATION", "default"
    }  # fmt: skip


@BOTH
def test_train_writes_the_same_models_every_time(
    example: Example, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(example.path / "prepare.py", tmp_path, cwd=tmp_path)
    first = run(example.path / "train.py", tmp_path, cwd=tmp_path)
    written = {name: digest(tmp_path / name) for name in example.models}
    assert all(written[name][:12] in first for name in example.models)
    main_of_train(example, tmp_path, monkeypatch)
    assert capsys.readouterr().out == first
    assert written == {name: digest(tmp_path / name) for name in example.models}


@BOTH
def test_train_asks_for_the_prepared_rows(
    example: Example, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SystemExit, match=r"run prepare\.py first"):
        main_of_train(example, tmp_path, monkeypatch)


def main_of_train(example: Example, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run train.py in this process."""
    monkeypatch.syspath_prepend(str(example.path))
    monkeypatch.setattr(sys, "argv", ["train.py", "--out", str(out)])
    module(example, "train").main()


def test_skops_file_is_the_trained_model(monkeypatch: pytest.MonkeyPatch) -> None:
    skops_io = pytest.importorskip("skops.io")
    monkeypatch.syspath_prepend(str(CREDIT.path))
    recipe = module(CREDIT, "candidate_a")
    prepare = module(CREDIT, "prepare")
    rows = prepare.split(CREDIT.table(), prepare.SEED)["train"].slice(0, 500)
    model = recipe.train(rows, 1)
    content = module(CREDIT, "train").skops_bytes(model)
    assert skops_io.get_untrusted_types(data=content) == []
    inputs = recipe.matrix(rows)
    assert np.array_equal(skops_io.loads(content).predict_proba(inputs), model.predict_proba(inputs))
