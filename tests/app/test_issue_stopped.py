"""`assay issue` is stopped at its writes: nothing is half issued, and the next run finishes what the first began."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.near import fences
from tests.store.conftest import MEMORY

ROOT = Path(__file__).parents[2]
POINTS = 5
PROBE = "import sys; from guarantee.stopping import possible, run_until; possible() or sys.exit(1); run_until(1 << 60, lambda _: None)"
NEAR = """
import json, sys
from dataclasses import asdict
from pathlib import Path
from assay.app.judging import open_engine
from assay.engine.in_process import InProcess
from guarantee import issuing
from tests.near import near_children

open_engine.executor_of = lambda workers: InProcess()
with near_children(json.loads(sys.argv[2])):
    found = issuing.stopped_everywhere(Path(sys.argv[1]), "sqlite", int(sys.argv[3]))
print(json.dumps([asdict(one) for one in found]))
"""
"""``python -m guarantee.issuing`` without workers and children for the decision that is to be issued."""
HARMS = ("lost", "half_issued", "broken", "not_finished_by_the_next", "unexplained")


@pytest.fixture(scope="module")
def traceable() -> None:
    """Some containers forbid tracing."""
    done = subprocess.run([sys.executable, "-c", PROBE], cwd=ROOT, check=False, capture_output=True)
    if done.returncode:
        pytest.skip("this machine lets no process trace another")


def stopped(command: list[str]) -> list[dict[str, object]]:
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


@pytest.fixture(scope="module")
def honest(traceable) -> Iterator[tuple[Path, list[dict[str, object]]]]:
    """Where a decision was signed, and what was found when its certificate was issued there; nothing waits for a disk."""
    with tempfile.TemporaryDirectory(prefix="assay-issuing-", dir=MEMORY) as place:
        found = stopped([sys.executable, "-c", NEAR, place, json.dumps(fences()), str(POINTS)])
        yield Path(place) / "signed", found


def test_a_certificate_is_whole_or_the_next_run_makes_it_so(honest):
    _, found = honest
    assert found[0]["how"] == "killed"
    for one in found:
        assert one["points"] == POINTS
        assert int(str(one["boundaries"])) > 20, "the command's writes were not met"
        assert {harm: one[harm] for harm in HARMS} == dict.fromkeys(HARMS, 0)


def test_a_command_that_writes_before_it_logs_is_caught(honest):
    """The method has teeth: a certificate that lies there before the log has it is a half issued one."""
    signed, _ = honest
    program = f"""
import json
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace
from guarantee import issuing
from guarantee.stopping import run_until

whole = issuing.issue

def hasty(root, *, signer, output):
    made = whole(root, signer=signer, output=output)
    kept = {{file.name: file.read_bytes() for file in output.iterdir()}}
    (root / "log.before").replace(root / ".assay" / "log.db")
    for name, content in kept.items():
        (output / name).write_bytes(content)
    whole(root, signer=signer, output=output)
    return made

def body(root):
    import shutil
    shutil.copy(root / ".assay" / "log.db", root / "log.before")
    def run(pipe):
        hasty(root, signer=issuing.KEYS["certifier"], output=root / "cert")
        issuing.os.write(pipe, issuing.DONE)
    return run

issuing._issuing = body
team = SimpleNamespace(root=Path({str(signed)!r}))
print(json.dumps([asdict(issuing._stopped("killed", run_until, team, "sqlite", 8))]))
"""
    (found,) = stopped([sys.executable, "-c", program])
    assert sum(int(str(found[harm])) for harm in HARMS) > 1
