"""A child lives as long as somebody refers to it, and no shorter: whichever thread asked for it, and whatever becomes of that."""

from __future__ import annotations

import gc
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pytest
from tests.sandbox.test_children import HOSTILE, gone, start

from assay.sandbox import launch

ROW = pa.record_batch({"x": [0.0]})
PROGRAM = f"""
import os, sys, threading
import pyarrow as pa
from assay.sandbox.launch import Child
from assay.subject.model import MODEL

def started():
    return Child.start({str(HOSTILE) + ":model"!r}, {{"behaviour": "noisy"}}, role=MODEL)

def scores(child):
    return child.predict(pa.record_batch({{"x": [0.0]}})).tolist()
"""


def descriptors() -> int:
    """How many are open."""
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def ran(tmp_path: Path, *lines: str) -> list[str]:
    """What a program of these lines prints."""
    program = tmp_path / "program.py"
    program.write_text("\n".join((PROGRAM, *lines)))
    told = subprocess.run([sys.executable, program], capture_output=True, text=True, timeout=120, check=True)
    assert told.stderr == ""
    return told.stdout.split("\n")[:-1]


def test_a_child_outlives_the_thread_that_asked_for_it() -> None:
    with ThreadPoolExecutor(1) as other:
        thread = other.submit(threading.get_native_id).result()
        child = other.submit(start, "noisy").result()
    until = time.monotonic() + 10
    while Path(f"/proc/self/task/{thread}").exists() and time.monotonic() < until:
        time.sleep(0.01)  # joined is not yet gone for the system, which ends the children of a thread with it
    with child:
        assert child.predict(ROW).tolist() == [0.5]


def test_a_child_that_nobody_refers_to_is_gone_with_its_descriptors() -> None:
    start("noisy").close()
    before = descriptors()
    child = start("noisy")
    session = child.pid
    assert descriptors() > before
    del child
    gc.collect()
    assert gone(session)
    assert descriptors() == before


def test_whoever_waits_for_scores_refers_to_the_child() -> None:
    scores = start("noisy").ask(ROW)
    gc.collect()
    assert scores().tolist() == [0.5]


def test_an_interrupt_while_a_child_is_started_leaves_none_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    sessions, raised, spawn = [], threading.Event(), launch.spawn

    def interrupted(*words):
        spawned = spawn(*words)
        sessions.append(spawned[0].pid)
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
        raised.wait(1)
        return spawned

    monkeypatch.setattr(launch, "spawn", interrupted)
    with pytest.raises(KeyboardInterrupt):
        start("noisy")
    raised.set()
    assert gone(sessions[0])
    monkeypatch.undo()
    with start("noisy") as child:  # and whoever starts them goes on
        assert child.predict(ROW).tolist() == [0.5]


def test_a_fork_starts_children_of_its_own_and_ends_none_of_the_others(tmp_path: Path) -> None:
    assert ran(
        tmp_path,
        "mine = started()",
        "if os.fork() == 0:",
        "    assert not mine.alive",
        "    mine.close()",
        "    print('fork', scores(started()), flush=True)",
        "else:",
        "    os.wait()",
        "    print('owner', mine.alive, scores(mine))",
    ) == ["fork [0.5]", "owner True [0.5]"]


def test_threads_that_go_on_after_the_main_one_still_start_children(tmp_path: Path) -> None:
    assert ran(
        tmp_path,
        "def serve(child):",
        "    threading.main_thread().join()",
        "    print(scores(child), scores(started()))",
        "threading.Thread(target=serve, args=(started(),)).start()",
    ) == ["[0.5] [0.5]"]
