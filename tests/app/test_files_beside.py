"""Files that a stored model reads by itself, wherever they lie: they are in the certificate, and others answer nobody."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import pickle
import py_compile
import sqlite3
import sys
import types
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pytest
from tests.app.conftest import Folder
from tests.app.team import Team

import assay
from assay.domain.refusal import Because
from assay.domain.vocabulary import Outcome
from assay.sandbox.from_source import FromSource
from assay.sandbox.known import Known

ROWS = pa.table({"score": [0.1, 0.9]})
SCORER = """
import numpy as np, os

HERE = os.path.dirname(os.path.abspath(__file__))

def read(place):
    with open(os.path.join(HERE, place)) as file:
        return file.read()

{readers}

class Scorer:
    classes_ = np.array([0, 1])
    n_features_in_ = 1

    def predict_proba(self, X):
        s = np.asarray(X, dtype=float)[:, 0]
        s = s if {condition} else 1 - s
        return np.stack([1 - s, s], 1)
"""
EXECUTED = "def executed():\n    names = {}\n    exec(read('rules.py'), names)\n    return names['SIGN']\n"
LOADED = """
def loaded():
    from importlib import util
    spec = util.spec_from_file_location('rule', os.path.join(HERE, 'plugins', 'rule.py'))
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.SIGN
"""
BELOW_A_FOLDER = """
def held():
    folder = os.open(os.path.join(HERE, '..'), os.O_RDONLY)
    file = os.open('held', os.O_RDONLY, dir_fd=folder)
    return os.read(file, 1)

def handed():
    folder = os.open(os.path.join(HERE, '..'), os.O_RDONLY)
    with open('handed', opener=lambda name, flags: os.open(name, flags, dir_fd=folder)) as file:
        return file.read()
"""
BY_A_PATH = """
import io, pathlib

def by_a_path():
    return io.FileIO(pathlib.Path(HERE) / '..' / 'path').read()
"""
DATABASE = """
def database():
    import sqlite3
    place = os.path.join(HERE, '..', 'table.db')
    return sqlite3.connect(f'file:{place}?mode=ro&immutable=1', uri=True).execute('select sign from t').fetchone()[0]
"""
READERS = {
    "rules.py": (EXECUTED, "executed() == 1"),
    "plugins/rule.py": (LOADED, "loaded() == 1"),
    "weights.pyc": ("", "read('weights.pyc') == '1'"),
    "__pycache__/weights": ("", "read('__pycache__/weights') == '1'"),
    ".cache/weights": ("", "read('.cache/weights') == '1'"),
    "../held": (BELOW_A_FOLDER, "held() == b'1'"),
    "../handed": ("", "handed() == '1'"),
    "../path": (BY_A_PATH, "by_a_path() == b'1'"),
    "../table.db": (DATABASE, "database() == 1"),
    "../own-1.dist-info/METADATA": ("", "read('../own-1.dist-info/METADATA') == '1'"),
    "../root": ("", "read('/proc/self/root' + os.path.join(HERE, '..', 'root')) == '1'"),
}
"""By file: how the model reads it, and when it answers as it should."""


def write(file: Path, sign: int) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.suffix == ".db":
        file.unlink(missing_ok=True)  # the same bytes again
        with contextlib.closing(sqlite3.connect(file)) as table:
            table.executescript(f"create table t (sign); insert into t values ({sign});")
    else:
        file.write_text(f"SIGN = {sign}\n" if file.suffix == ".py" else str(sign))


@pytest.fixture
def reading(folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A model of a package of its own environment that reads files."""
    home = tmp_path / "modules" / "reading_scorer"
    home.mkdir(parents=True)
    readers = "\n".join(reader for reader, _ in READERS.values())
    condition = " and ".join(condition for _, condition in READERS.values())
    (home / "__init__.py").write_text(SCORER.format(readers=readers, condition=condition))

    def put(place: str, sign: int) -> None:
        write(home / place, sign)

    for place in READERS:
        put(place, 1)
    python = home.parent / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH={home.parent} exec {sys.executable} "$@"\n')
    python.chmod(0o755)
    named = types.ModuleType(home.name)
    named.Scorer = type("Scorer", (), {"__module__": home.name})
    monkeypatch.setitem(sys.modules, home.name, named)
    model = folder.root / "model.joblib"
    model.write_bytes(pickle.dumps(named.Scorer()))
    folder.edit(
        "{model: score, format: predictions}",
        f"{{model: model.joblib, format: joblib, inputs: [score], python: {python}}}",
    )
    return SimpleNamespace(folder=folder, model=model, python=python, put=put)


def certified(made: SimpleNamespace) -> Callable[[], list[float]]:
    """Certify the model; what is returned asks it as a user does."""
    team = Team(made.folder).lock()
    team.certify()
    team.sign().issue()

    def answers() -> list[float]:
        how = {"use_case": "small-loans", "policy": team.policy, "certificate": team.root / "cert"}
        with assay.load_certified(made.model, python=made.python, **how) as model:
            return model.predict(ROWS).tolist()

    return answers


def test_a_file_that_a_model_reads_is_bound_whatever_it_is_called_and_however_it_is_opened(
    reading: SimpleNamespace,
) -> None:
    """A source that is executed, what calls itself compiled, what is hidden, a name below a folder that is held open."""
    answers = certified(reading)
    assert answers() == [0.1, 0.9]
    for place in READERS:
        reading.put(place, 0)
        with pytest.raises(assay.Refused, match="files that it reads") as told:
            answers()
        assert told.value.refusal.because is Because.CODE_CHANGED, place
        reading.put(place, 1)
    assert answers() == [0.1, 0.9]


def test_counts_of_other_rules_stand_for_no_run(reading: SimpleNamespace) -> None:
    """The model inverts its scores by a source that it executes: what was counted before is not used again."""
    path = reading.folder.write()
    first = assay.certify(path, rehearse=True, workers=0)
    reading.put("rules.py", 0)
    other = assay.certify(path, rehearse=True, workers=0)
    assert (first.decision.outcome, other.decision.outcome) == (Outcome.CERTIFIED, Outcome.WITHHELD)
    assert first.record.evidence_digest != other.record.evidence_digest


def test_a_folder_that_is_called_like_a_known_package_and_was_not_installed_is_run_from_its_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its name is on the list; it has no RECORD, and what lies in its cache is other code (PEP 552)."""
    source = tmp_path / "onnxruntime" / "__init__.py"
    source.parent.mkdir()
    source.write_text("VALUE = 1\n")
    other = tmp_path / "other.py"
    other.write_text("VALUE = 0\n")
    cached = importlib.util.cache_from_source(str(source))
    unchecked = py_compile.PycInvalidationMode.UNCHECKED_HASH
    py_compile.compile(str(other), cached, str(source), doraise=True, invalidation_mode=unchecked)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "onnxruntime", raising=False)
    monkeypatch.setattr(sys, "meta_path", [FromSource(Known(("onnxruntime",))), *sys.meta_path])
    assert importlib.import_module("onnxruntime").VALUE == 1
    monkeypatch.delitem(sys.modules, "onnxruntime")
