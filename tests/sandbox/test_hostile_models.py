"""Hostile models are contained, and the reason names the fence that stopped each."""

from __future__ import annotations

import os
import pickle
import resource
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from assay.domain.errors import Crash
from assay.domain.isolation import HIGHEST
from assay.sandbox.probe import probe
from assay.sandbox.roles import Limits
from assay.subject.model import Model, ModelReference

FOLDER = Path(__file__).parent / "hostile"
ROWS = pa.record_batch({"age": np.linspace(18.0, 80.0, 50)})
LIMITS = Limits(memory=4 << 30)

ATTACKS = {
    "reads_the_labels": "file system",
    "reads_a_private_key": "file system",
    "reads_the_memory_of_its_parent": "file system",
    "opens_a_socket": "network",
    "opens_a_socket_and_conceals_it": "network",
    "opens_a_socket_in_a_thread": "network",
    "asks_a_name_server": "network",
    "writes_outside": "file system",
    "writes_a_start_file": "file system",
    "changes_the_counts": "file system",
    "deletes_the_data": "file system",
    "makes_a_link": "file system",
    "goes_around_by_a_link": "file system",
    "runs_a_program": "programs",
    "runs_a_shell": "processes",
    "forks_and_forks": "processes",
    "kills_its_parent": "processes",
    "starves_its_parent": "processes",
    "signals_by_a_pipe": "processes",
    "traces_its_parent": "memory of others",
    "reads_its_parent": "memory of others",
    "uses_io_uring": "kernel",
    "asks_for_keys": "kernel",
    "loads_a_kernel_program": "kernel",
    "mounts_a_folder": "kernel",
    "handles_its_page_faults": "kernel",
    "leaves_its_namespace": "kernel",
    "allocates_8_gb": "memory",
    "spins": "time",
    "writes_into_the_protocol": "protocol",
    "claims_to_be_gigantic": "protocol",
    "opens_without_end": "open files",
}
AT_LOAD = ("reads_the_labels", "opens_a_socket_and_conceals_it", "runs_a_shell", "allocates_8_gb")

pytestmark = pytest.mark.skipif(
    probe().level < HIGHEST, reason="this machine lacks fences: see assay sandbox"
)


@pytest.fixture(autouse=True)
def bounded() -> Iterator[None]:
    """Were a fence not to hold, this process bounds what comes of it; its children inherit the limits."""
    kinds = {resource.RLIMIT_AS: 12 << 30, resource.RLIMIT_FSIZE: 64 << 20}
    before = {kind: resource.getrlimit(kind) for kind in kinds}
    for kind, amount in kinds.items():
        resource.setrlimit(kind, (amount, before[kind][1]))
    yield
    for kind, limits in before.items():
        resource.setrlimit(kind, limits)


class Source:
    """Pickled, it is a call that runs the source when it is loaded."""

    def __init__(self, source: str, aim: dict[str, Any]) -> None:
        self.source = source
        self.aim = aim

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return eval, (f"(lambda d: (exec({self.source!r}, d), d['Model']())[1])({{'AIM': {self.aim!r}}})",)


HONEST = """
import numpy
class Model:
    classes_ = numpy.array([0, 1])
    n_features_in_ = 1
    def predict_proba(self, X):
        scores = numpy.clip(X[:, 0] / 100, 0, 1)
        return numpy.stack([1 - scores, scores], 1)
"""


@pytest.fixture
def aim(tmp_path: Path) -> Iterator[dict[str, Any]]:
    home = tmp_path / "home"
    (home / ".ssh").mkdir(parents=True)
    (home / ".ssh" / "id_ed25519").write_text("a secret")
    (tmp_path / "labels.parquet").write_bytes(b"the labels")
    (tmp_path / "partial").write_bytes(b"the counts")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield {
            "labels": str(tmp_path / "labels.parquet"),
            "home": str(home),
            "folder": str(tmp_path),
            "partial": str(tmp_path / "partial"),
            "port": server.getsockname()[1],
            "parent": os.getpid(),
        }
        with pytest.raises(BlockingIOError):
            server.accept()


def stored(folder: Path, source: str, aim: dict[str, Any]) -> Path:
    place = folder / "model.joblib"
    place.write_bytes(pickle.dumps(Source(source, aim)))
    return place


def asked(place: Path, *, timeout: float = 20.0) -> np.ndarray:
    reference = ModelReference.of(place, "joblib", ("age",), limits=LIMITS, timeout=timeout)
    with Model(reference) as model:
        return model.predict(ROWS)


def untouched(folder: Path) -> bool:
    return (
        (folder / "labels.parquet").read_bytes() == b"the labels"
        and (folder / "partial").read_bytes() == b"the counts"
        and sorted(p.name for p in folder.iterdir()) == ["home", "labels.parquet", "model.joblib", "partial"]
    )


def test_every_file_of_the_corpus_is_tried():
    assert sorted(p.stem for p in FOLDER.glob("*.py")) == sorted(ATTACKS)


@pytest.mark.parametrize("name", ATTACKS)
def test_a_hostile_model_is_stopped_when_it_is_asked(name: str, tmp_path: Path, aim: dict[str, Any]):
    attack = (FOLDER / f"{name}.py").read_text()
    honest = HONEST.replace("        scores", "        attack(X)\n        scores", 1)
    place = stored(tmp_path, attack + honest, aim)
    with pytest.raises(Crash) as told:
        asked(place, timeout=1.0 if name == "spins" else 20.0)
    assert told.value.message.endswith(f"; the fence that stopped it: {ATTACKS[name]}.")
    assert "18.0" not in str(told.value)
    assert untouched(tmp_path)


@pytest.mark.parametrize("name", AT_LOAD)
def test_a_hostile_model_is_stopped_when_it_is_loaded(name: str, tmp_path: Path, aim: dict[str, Any]):
    attack = (FOLDER / f"{name}.py").read_text()
    place = stored(tmp_path, f"{attack}\nattack([])\n{HONEST}", aim)
    with pytest.raises(Crash, match=f"; the fence that stopped it: {ATTACKS[name]}"):
        asked(place)
    assert untouched(tmp_path)


def test_an_honest_model_of_the_same_kind_is_not_stopped(tmp_path: Path, aim: dict[str, Any]):
    scores = asked(stored(tmp_path, HONEST, aim))
    assert scores.tolist() == (ROWS.column(0).to_numpy() / 100).tolist()


def test_who_conceals_that_reading_was_refused_has_read_nothing(tmp_path: Path, aim: dict[str, Any]):
    """The parent does not hear of a file that could not be opened; nor is there anything to be heard of."""
    source = HONEST.replace(
        "        return",
        "        try:\n            open(AIM['labels'])\n            scores[:] = 1\n"
        "        except OSError:\n            pass\n        return",
        1,
    )
    assert asked(stored(tmp_path, source, aim)).max() == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("scores * float('nan')", "50 are missing or infinite"),
        ("scores[:-1]", "50 scores were expected, the model returned 49"),
        ("scores + 1", "50 lie outside"),
    ],
)
def test_answers_that_are_none_are_refused(tmp_path: Path, aim: dict[str, Any], answer: str, says: str):
    source = HONEST.replace("        return", f"        scores = {answer}\n        return", 1)
    with pytest.raises(Crash, match=says) as told:
        asked(stored(tmp_path, source, aim))
    assert told.value.code == "model_output_invalid"


def test_a_thread_that_outlives_its_question_is_found_at_the_next(tmp_path: Path, aim: dict[str, Any]):
    source = "import socket, threading\n" + HONEST.replace(
        "        scores",
        "        threading.Timer(0.3, lambda: socket.socket(socket.AF_INET, 1)).start()\n        scores",
        1,
    )
    reference = ModelReference.of(stored(tmp_path, source, aim), "joblib", ("age",), limits=LIMITS)
    with Model(reference) as model:
        model.predict(ROWS)
        time.sleep(0.5)
        with pytest.raises(Crash, match="the fence that stopped it: network"):
            model.predict(ROWS)
