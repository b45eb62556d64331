"""Tasks run here or in workers give the same bytes; whatever is killed, the next run goes on and nothing is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
import working
from working import Square, run

from assay.domain.errors import AssayError, Crash, SubjectError
from assay.engine.engine import executor_of
from assay.engine.executor import Executor, WorkFailed, execute
from assay.engine.in_process import InProcess
from assay.engine.partials import PartialStore
from assay.engine.process_pool import ProcessPool
from assay.sandbox.launch import Child
from assay.subject.reader import DATA_READER

SECRET = b"only this test knows"
EXPECTED = tuple(str(n**2).encode() for n in range(8))


class Counted:
    def __init__(self) -> None:
        self.rows = 0

    def advance(self, rows: int) -> None:
        self.rows += rows


@pytest.fixture
def partials(tmp_path: Path) -> PartialStore:
    return PartialStore(tmp_path / "partials", SECRET)


def runs(folder: Path) -> list[str]:
    return sorted(p.name.partition("-")[0] for p in folder.iterdir())


@pytest.fixture
def pool() -> Iterator[Callable[[int], ProcessPool]]:
    """Opens pools that end with the test."""
    with ExitStack() as opened:
        yield lambda workers: opened.enter_context(closing(ProcessPool(workers)))


@pytest.fixture(params=[0, 1, 2], ids=["here", "1 worker", "2 workers"])
def executor(request: pytest.FixtureRequest, pool: Callable[[int], ProcessPool]) -> Executor:
    return pool(request.param) if request.param else InProcess()


def test_results_come_in_the_order_of_the_tasks(partials: PartialStore, executor: Executor):
    counted = Counted()
    tasks = [Square(n) for n in range(8)]
    assert tuple(execute(tasks, run, executor=executor, results=partials, progress=counted)) == EXPECTED
    assert counted.rows == 80
    assert tuple(execute((), run, executor=executor, results=partials)) == ()


def test_no_run_is_without_a_worker():
    with pytest.raises(AssayError, match="At least one worker must read and count; 0 were asked for"):
        executor_of(0)


def test_what_is_finished_is_not_done_again(partials: PartialStore, tmp_path: Path):
    ran = tmp_path / "ran"
    ran.mkdir()
    tasks = [Square(n, str(ran)) for n in (0, 1, 2, 1)]
    assert tuple(execute(tasks, run, executor=InProcess(), results=partials)) == (b"0", b"1", b"4", b"1")
    assert runs(ran) == ["0", "1", "2"]
    for file in ran.iterdir():
        file.unlink()
    tasks.append(Square(3, str(ran)))
    counted = Counted()
    assert tuple(execute(tasks, run, executor=InProcess(), results=partials, progress=counted))[-1] == b"9"
    assert runs(ran) == ["3"]
    assert counted.rows == 40
    tuple(execute(tasks, run, executor=InProcess(), results=partials, reuse=False))
    assert runs(ran) == ["0", "1", "2", "3"]


def test_a_damaged_partial_is_made_again(partials: PartialStore):
    tasks = [Square(n) for n in range(3)]
    tuple(execute(tasks, run, executor=InProcess(), results=partials))
    stored = [p for p in partials.folder.glob("*/*") if p.is_file()]
    for place, damage in zip(stored, (b"", b"x", None), strict=True):
        whole = place.read_bytes()
        place.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]) if damage is None else damage)
    assert partials.read(tasks[0].key) is None
    assert tuple(execute(tasks, run, executor=InProcess(), results=partials)) == EXPECTED[:3]
    assert partials.read(tasks[0].key) == b"0"


def test_a_key_is_a_digest_and_never_a_path(partials: PartialStore):
    for key in ("../../etc/passwd", "", "ab", "A" * 64):
        with pytest.raises(ValueError, match="hexadecimal"):
            partials.write(key, b"")


def test_what_a_dead_process_left_unfinished_is_swept(partials: PartialStore):
    tuple(execute([Square(1)], run, executor=InProcess(), results=partials))
    folder = next(partials.folder.iterdir())
    dead, live = folder / "ab.999999999.tmp", folder / f"cd.{os.getpid()}.tmp"
    dead.touch()
    live.touch()
    partials.sweep()
    assert not dead.exists()
    assert live.exists()


@pytest.mark.parametrize(
    ("does", "kind", "code", "says"),
    [
        ("crash", Crash, "model_crashed", "The model died."),
        ("killed", Crash, "worker_died", "killed by SIGKILL"),
        ("segfault", Crash, "worker_died", "killed by SIGSEGV"),
    ],
)
def test_failures_in_workers_are_typed(
    partials: PartialStore, pool: Callable[[int], ProcessPool], does: str, kind: type, code: str, says: str
):
    tasks = [Square(0), Square(1), Square(2, does=does), Square(3, does="slow")]
    before = (
        children()
    )  # those of other tests of this process, which keep readers open for their next question
    with pytest.raises(kind) as told:
        tuple(execute(tasks, run, executor=pool(2), results=partials))
    assert type(told.value) is kind
    assert told.value.code == code
    assert says in str(told.value)
    assert "secret" not in str(told.value)
    assert children() <= before
    # What was finished before is kept, and the next run goes on from it.
    assert (
        tuple(execute([Square(n) for n in range(4)], run, executor=InProcess(), results=partials))
        == EXPECTED[:4]
    )


@pytest.mark.parametrize("executor", [0, 1], indirect=True, ids=["here", "1 worker"])
@pytest.mark.parametrize(
    ("does", "kind", "code", "says"),
    [
        ("refuse", SubjectError, "column_missing", "The column is not there. Add it."),
        ("crash", Crash, "model_crashed", "The model died."),
        ("defect", WorkFailed, "check_crashed", "A task raised ZeroDivisionError at working.py:"),
        ("leave", WorkFailed, "check_crashed", "A task raised SystemExit at working.py:"),
    ],
)
def test_a_failure_is_the_same_wherever_it_happens(
    partials: PartialStore, executor: Executor, does: str, kind: type, code: str, says: str
):
    with pytest.raises(kind) as told:
        tuple(execute([Square(1, does=does)], run, executor=executor, results=partials))
    assert (type(told.value), told.value.code) == (kind, code)
    assert says in str(told.value)
    assert "secret" not in str(told.value)


def test_a_module_in_the_current_folder_runs_in_no_worker(
    partials: PartialStore,
    pool: Callable[[int], ProcessPool],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    for name in ("json", "numpy", "pyarrow", "signal", "sitecustomize"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'a').write({name!r} + ' ')\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", ["", *sys.path])  # as in an interactive session
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    tasks = [Square(n) for n in range(8)]
    assert tuple(execute(tasks, run, executor=pool(1), results=partials)) == EXPECTED
    with Child.start("assay.subject.files.facts:inspect", {"paths": []}, role=DATA_READER):
        pass
    assert not (tmp_path / "ran").exists()


def test_workers_are_kept_for_the_next_tasks_until_the_pool_is_closed(
    partials: PartialStore, pool: Callable[[int], ProcessPool]
):
    before = children()
    two = pool(2)
    tuple(execute([Square(n) for n in range(4)], run, executor=two, results=partials))
    kept = children() - before
    assert len(kept) == 2
    tuple(execute([Square(n) for n in range(4, 8)], run, executor=two, results=partials))
    assert children() - before == kept
    with pytest.raises(Crash):
        tuple(execute([Square(8, does="crash")], run, executor=two, results=partials))
    assert children() <= before  # of one that failed nobody knows what it still does
    tuple(execute([Square(9)], run, executor=two, results=partials))
    assert len(children() - before) == 1
    two.close()
    assert children() <= before


def test_a_reading_that_nobody_goes_on_with_ends_with_its_pool(
    partials: PartialStore, pool: Callable[[int], ProcessPool]
):
    """As an interrupt leaves it, whose traceback a notebook keeps, and the generator with it."""
    before, one = children(), pool(2)
    reading = execute(
        [Square(0), *(Square(n, does="slow") for n in (1, 2, 3))], run, executor=one, results=partials
    )
    assert next(reading) == b"0"
    assert len(children() - before) == 2
    one.close()
    assert children() <= before


def parents() -> dict[int, int]:
    """The parent of each process."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                found[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
    return found


def children() -> set[int]:
    """The children of this process."""
    return {child for child, parent in parents().items() if parent == os.getpid()}


SCRIPT = """
import sys
sys.path.insert(0, {here!r})
from contextlib import closing
from pathlib import Path
from working import Square, run
from assay.engine.executor import execute
from assay.engine.partials import PartialStore
from assay.engine.process_pool import ProcessPool

does, folder, ran = sys.argv[1:4]
tasks = [Square(n, ran, does) for n in range(8)]
try:
    with closing(ProcessPool(2)) as pool:
        results = tuple(execute(tasks, run, executor=pool, results=PartialStore(Path(folder), b"s" * 32)))
except KeyboardInterrupt:
    print("interrupted")
    sys.exit(130)
print(results)
"""


def started(tmp_path: Path, does: str) -> subprocess.Popen[str]:
    script = tmp_path / "coordinator.py"
    script.write_text(SCRIPT.format(here=str(Path(working.__file__).parent)))
    (tmp_path / "ran").mkdir(exist_ok=True)
    return subprocess.Popen(
        [sys.executable, str(script), does, str(tmp_path / "partials"), str(tmp_path / "ran")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def wait_for(condition, seconds: float = 15) -> bool:
    until = time.monotonic() + seconds
    while not condition() and time.monotonic() < until:
        time.sleep(0.02)
    return bool(condition())


def finished(tmp_path: Path) -> int:
    return len([p for p in tmp_path.glob("partials/*/*") if not p.name.endswith(".tmp")])


def running(pids: set[int]) -> set[int]:
    alive = set()
    for pid in pids:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z":
                alive.add(pid)
        except (FileNotFoundError, ProcessLookupError):
            continue
    return alive


def family(root: int) -> set[int]:
    """All descendants of a process."""
    known, found = parents(), {root}
    while more := {pid for pid, parent in known.items() if parent in found} - found:
        found |= more
    return found - {root}


@pytest.mark.parametrize("does", ["slow", "child"])
def test_kill_9_leaves_no_orphan_and_the_next_run_goes_on(tmp_path: Path, does: str):
    process = started(tmp_path, does)
    assert wait_for(lambda: finished(tmp_path) >= 2)
    if does == "child":
        assert wait_for(lambda: len(list((tmp_path / "ran").glob("child-*"))) == 2)
    everyone = family(process.pid)
    assert len(everyone) >= (4 if does == "child" else 2)
    process.kill()
    process.communicate()
    assert wait_for(lambda: not running(everyone), 5)
    done = finished(tmp_path)
    assert 2 <= done < 8
    before = len(list((tmp_path / "ran").glob("[0-9]*")))
    again = started(tmp_path, "square")
    output, errors = again.communicate(timeout=60)
    assert output.strip() == str(EXPECTED), errors
    assert len(list((tmp_path / "ran").glob("[0-9]*"))) - before == 8 - done


def test_an_interrupt_is_raised_again_and_leaves_a_clean_state(tmp_path: Path):
    process = started(tmp_path, "slow")
    assert wait_for(lambda: finished(tmp_path) >= 1)
    everyone = family(process.pid)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to all of the group
    output, errors = process.communicate(timeout=20)
    assert (output, process.returncode) == ("interrupted\n", 130), errors
    assert "Traceback" not in errors
    assert wait_for(lambda: not running(everyone), 5)
    again = started(tmp_path, "square")
    assert again.communicate(timeout=60)[0].strip() == str(EXPECTED)
    assert not list(tmp_path.glob("partials/*/*.tmp"))
