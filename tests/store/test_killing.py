"""kill -9 at every boundary between two writes: nothing acknowledged is lost, and the log holds."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
POINTS = 13
PROBE = "import sys; from guarantee.stopping import possible, run_until; possible() or sys.exit(1); run_until(1 << 60, lambda _: None)"


@pytest.fixture(scope="module")
def traceable() -> None:
    """Some containers forbid tracing."""
    done = subprocess.run([sys.executable, "-c", PROBE], cwd=ROOT, check=False, capture_output=True)
    if done.returncode:
        pytest.skip("this machine lets no process trace another")


def kill_everywhere(where: str, points: int) -> dict[str, int]:
    # A process of its own: a child of this one would inherit its threads' locks.
    done = subprocess.run(
        [sys.executable, "-m", "guarantee.killing", where, str(points)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return dict(json.loads(done.stdout))


def test_a_writer_that_is_killed_loses_nothing_that_it_acknowledged(traceable, where):
    found = kill_everywhere(where, POINTS)
    assert found["points"] == POINTS
    assert found["boundaries"] > (30 if "://" in where else 80), "the writer's writes were not met"
    assert (found["lost"], found["broken"]) == (0, 0)


def test_a_log_that_acknowledges_too_early_is_caught(tmp_path, traceable):
    """The method has teeth: a writer that answers before it commits loses entries."""
    program = f"""
import dataclasses, json, os
from guarantee import killing
from assay.store.log import Log

def hasty(where, name):
    def body(pipe):
        with Log.open(where) as log:
            for turn in range(killing.APPENDS):
                def decide(stored, turn=turn):
                    os.write(pipe, b"+")
                    return [f"{{name}}/{{turn}}/{{i}}".encode() for i in range(killing.BATCH)]
                log.append(decide)
    return body

killing.append = hasty
print(json.dumps(dataclasses.asdict(killing.kill_everywhere({str(tmp_path / "log.db")!r}, 12))))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert json.loads(done.stdout)["lost"] > 3


def test_a_store_whose_making_is_killed_can_be_opened(traceable, tmp_path):
    program = f"""
import os
from guarantee.stopping import NEVER, run_until
from assay.store.log import Log

def make(where):
    def body(pipe):
        Log.open(where).close()
    return body

first, _ = run_until(NEVER, make({str(tmp_path / "first.db")!r}))
for number in range(8):
    where = {str(tmp_path)!r} + f"/{{number}}.db"
    run_until(1 + number * first // 8, make(where))
    with Log.open(where) as log:
        log.append(lambda _: [b"x"])
        assert log.verify() == (), number
print(first)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert int(done.stdout) > 30


def test_a_witness_that_is_killed_remembers_what_it_cosigned(traceable, tmp_path):
    """It answers when the checkpoint is on disk, not before: else a log could be rolled back behind its back."""
    program = f"""
import os
from pathlib import Path
from guarantee.stopping import NEVER, run_until
from tests.proof.parties import Tree, numbered, witness_key
from assay.proof.checkpoint import Checkpoint
from assay.proof.note import Note
from assay.proof.witness import Submission
from assay.store.witness import Witness, origin_hash

TREE = Tree(numbered(9))

def witness(folder):
    return Witness(Path(folder), cosigner=witness_key(), logs=[TREE.trusted])

def cosigning(folder):
    def body(pipe):
        one = witness(folder)
        for size in range(1, 6):
            note = TREE.checkpoint(size)
            assert one.submit(bytes(Submission(size - 1, TREE.consistency(size - 1, size), note)), 5).status == 200
            os.write(pipe, b"+")
    return body

met, said = run_until(NEVER, cosigning({str(tmp_path / "whole")!r}))
assert said == b"+++++"
for point in range(1, met + 1, 2):
    folder = {str(tmp_path)!r} + f"/{{point}}"
    _, said = run_until(point, cosigning(folder))
    kept = witness(folder).checkpoint(origin_hash("log.example/one"))
    size = Checkpoint.parse(Note.parse(kept).text).size if kept else 0
    assert size in (len(said), len(said) + 1), (point, size, said)
print(met)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert int(done.stdout) > 30
