"""A child that misbehaves gives the right code and a sentence without a row, and leaves no process behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from assay.domain.errors import NOT_MEASURING, PACKAGES, Crash, SubjectError
from assay.sandbox import child as protocol
from assay.sandbox.failures import ModuleAbsent
from assay.sandbox.launch import Child, run_in_child
from assay.sandbox.roles import Limits
from assay.sandbox.scores import checked_scores
from assay.subject.model import MODEL
from assay.subject.reader import DATA_READER

HOSTILE = Path(__file__).parent / "misbehaving.py"
SECRET = 0.123456789
ROWS = 1000


@pytest.fixture
def batch() -> pa.RecordBatch:
    return pa.record_batch({"x": np.full(ROWS, SECRET)})


def start(behaviour: str, **options) -> Child:
    return Child.start(
        f"{HOSTILE}:model",
        {"behaviour": behaviour},
        timeout=options.pop("timeout", 20),
        **options,
        role=MODEL,
    )


def in_session(session: int) -> list[int]:
    """The processes, zombies included, of a session."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(fields[3]) == session and fields[0] != "Z":
                found.append(int(entry.name))
    return found


def gone(session: int) -> bool:
    until = time.monotonic() + 5
    while in_session(session) and time.monotonic() < until:
        time.sleep(0.02)
    return not in_session(session)


CRASHED, TIMED_OUT, INVALID = "model_crashed", "model_timed_out", "model_output_invalid"
STOPPED = "model_stopped"


@pytest.mark.parametrize(
    ("behaviour", "code", "says"),
    [
        ("exit", CRASHED, "exit code 5"),
        ("segfault", CRASHED, "SIGSEGV"),
        ("sigkill", CRASHED, "SIGKILL"),
        ("sys_exit", CRASHED, "SystemExit"),
        ("quotes", CRASHED, r"raised ValueError\."),
        ("poses", CRASHED, r"raised SubjectError\."),
        ("borrows", CRASHED, r"raised SubjectError\."),
        ("forges_a_sentence", CRASHED, r"raised SubjectError\."),
        ("forges_an_absent_module", CRASHED, r"raised ModuleNotFoundError\."),
        ("recursion", CRASHED, "RecursionError"),
        ("names_a_class", CRASHED, r"raised an exception of its own\."),
        ("names_a_file", CRASHED, r"raised ValueError\."),
        ("names_a_shape", INVALID, "returned something else instead"),
        ("half", CRASHED, "exit code 0"),
        ("closes", CRASHED, "closed its pipe"),
        ("fork", STOPPED, "system call (clone|fork|vfork), .*: processes"),
        ("nan", INVALID, "of 1,000, 1,000 are missing or infinite and 0 lie outside"),
        ("inf", INVALID, "1,000 are missing or infinite and 0 lie outside"),
        ("above", INVALID, "0 are missing or infinite and 1,000 lie outside"),
        ("below", INVALID, "1,000 lie outside"),
        ("short", INVALID, "1,000 scores were expected, the model returned 999"),
        ("long", INVALID, "1,000 scores were expected, the model returned 10,000"),
        ("matrix", INVALID, "2-dimensional values of type float64"),
        ("texts", INVALID, "values of type str"),
        ("integers", INVALID, "values of type int64"),
        ("complex", INVALID, "values of type complex128"),
        ("nothing", INVALID, "values of type object"),
        ("garbage", INVALID, "bytes that are not an answer"),
        ("endless", INVALID, "an answer of 1,099,511,627,776 bytes"),
        ("false_failure", INVALID, "something else than an answer"),
    ],
)
def test_a_misbehaving_model_is_told_and_gone(batch: pa.RecordBatch, behaviour: str, code: str, says: str):
    child = start(behaviour)
    with pytest.raises(Crash, match=says) as told:
        child.predict(batch)
    assert told.value.code == code
    assert str(SECRET) not in "".join(traceback.format_exception(told.value))
    assert not child.alive
    assert gone(child.pid)
    with pytest.raises(Crash, match="cannot be asked again"):
        child.predict(batch)


def test_an_answer_that_is_owed_is_waited_for_before_the_next_question(batch: pa.RecordBatch):
    with start("noisy") as child:
        scores = child.ask(batch)
        assert not child.alive  # nobody else may take it for one without a question
        with pytest.raises(RuntimeError, match="before the next one"):
            child.predict(batch)
        assert scores().tolist() == [0.5] * ROWS
        assert child.alive


def test_the_time_for_an_answer_counts_from_the_question_and_not_from_when_somebody_waits(
    batch: pa.RecordBatch, monkeypatch: pytest.MonkeyPatch
):
    child = start("late", timeout=20)  # a wait that counted anew would have its answer
    scores = child.ask(batch)
    now = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: now() + 20)
    with pytest.raises(Crash, match="no answer within 20 seconds"):
        scores()


def test_of_two_threads_that_ask_at_once_one_is_refused(batch: pa.RecordBatch):
    with start("late") as child:
        scores = child.ask(batch)
        with ThreadPoolExecutor(1) as other, pytest.raises(RuntimeError, match="before the next one"):
            other.submit(child.predict, batch).result()
        assert scores().tolist() == [0.5] * ROWS


def test_of_an_error_of_its_adapter_a_model_tells_the_code_and_the_words_are_ours(batch: pa.RecordBatch):
    child = start("forges_a_known_one")
    with pytest.raises(SubjectError, match="and values are missing") as told:
        child.predict(batch)
    assert told.value.code == "model_unsupported"
    assert str(SECRET) not in "".join(traceback.format_exception(told.value)) + told.value.remedy
    assert not child.alive


@pytest.mark.parametrize("behaviour", ["deaf", "spin"])
def test_a_model_that_hangs_is_timed_out(batch: pa.RecordBatch, behaviour: str):
    child = start(behaviour, timeout=0.5)
    with pytest.raises(Crash, match=r"no answer within 0\.5 seconds") as told:
        child.predict(batch)
    assert told.value.code == TIMED_OUT
    assert gone(child.pid)


def test_a_model_that_does_not_even_read_is_timed_out():
    child = start("deaf", timeout=1.0)
    with pytest.raises(Crash):
        child.predict(pa.record_batch({"x": np.zeros(3_000_000)}))
    assert gone(child.pid)


def test_processor_time_is_limited(batch: pa.RecordBatch):
    child = start("spin", limits=Limits(cpu_seconds=2))
    with pytest.raises(Crash, match="processor time") as told:
        child.predict(batch)
    assert told.value.code == TIMED_OUT


def test_memory_is_limited(batch: pa.RecordBatch):
    child = start("ate", limits=Limits(memory=4 << 30))
    with pytest.raises(Crash, match="ran out of the memory") as told:
        child.predict(batch)
    assert told.value.code == CRASHED
    assert gone(child.pid)


def test_what_a_model_prints_goes_nowhere(batch: pa.RecordBatch, capfd: pytest.CaptureFixture[str]):
    with start("noisy") as child:
        assert child.predict(batch).tolist() == [0.5] * ROWS
    assert capfd.readouterr() == ("", "")


def test_an_honest_model_answers_many_batches_bit_for_bit():
    values = np.random.default_rng(5).random(200_000)
    with Child.start(f"{HOSTILE}:honest", {}, role=MODEL) as child:
        for size in (1, 7, 200_000, 0, 65_536):
            got = child.predict(pa.record_batch({"x": values[:size]}))
            assert got.dtype == np.float64
            assert got.tobytes() == values[:size].tobytes()
        assert child.alive
        assert child.packages["numpy"] == np.__version__
        assert child.python == sys.version.split()[0]
    assert not child.alive
    assert gone(child.pid)


def test_a_failure_at_load_keeps_its_text_on_one_printable_line():
    with pytest.raises(
        Crash, match=r"raised RuntimeError at misbehaving.py:\d+: the file is of version 3 "
    ) as told:
        Child.start(f"{HOSTILE}:raises_at_load", {}, role=MODEL)
    assert str(told.value).isprintable()


def test_errors_of_assay_cross_the_pipe():
    with pytest.raises(SubjectError, match=r"no classes\. Fit it") as told:
        Child.start(f"{HOSTILE}:refuses_at_load", {}, role=MODEL)
    assert (told.value.code, told.value.remedy) == ("model_unsupported", "Fit it.")


def test_ends_and_hangs_at_load():
    with pytest.raises(Crash, match="exit code 7"):
        Child.start(f"{HOSTILE}:exits_at_load", {}, role=MODEL)
    with pytest.raises(Crash, match="no answer within 1 seconds"):
        Child.start(f"{HOSTILE}:hangs_at_load", {}, start_timeout=1.0, role=MODEL)


def test_a_missing_package_and_a_missing_interpreter_are_named(tmp_path: Path):
    target = tmp_path / "needy.py"
    target.write_text("import no_such_package\ndef load(): pass\n")
    with pytest.raises(ModuleAbsent, match="no package 'no_such_package'"):
        Child.start(f"{target}:load", {}, role=MODEL)
    with pytest.raises(SubjectError, match="could not be started") as told:
        Child.start(f"{target}:load", {}, python=str(tmp_path / "python"), role=MODEL)
    assert told.value.code == "interpreter_not_found"


def test_calls_and_answers_are_json():
    with Child.start(f"{HOSTILE}:sleeper", {}, role=MODEL) as child:
        assert child.call("add", {"a": 2, "b": 3}) == 5
        with pytest.raises(Crash, match="AttributeError"):
            child.call("no_such", {})
    answer = run_in_child(f"{HOSTILE}:told", {"value": [1, "ü", None]}, role=DATA_READER)
    assert answer["value"] == [1, "ü", None]


def test_the_environment_is_scrubbed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush")
    answer = run_in_child(f"{HOSTILE}:told", {"value": 1}, role=DATA_READER)
    assert "AWS_SECRET_ACCESS_KEY" not in answer["environment"]
    assert answer["environment"]["HOME"] == "/nonexistent"
    assert answer["environment"]["OMP_NUM_THREADS"] == "1"
    assert answer["folder"] == "/"
    assert answer["session"] != os.getsid(0)


def test_a_data_reader_fails_under_the_code_of_data():
    with pytest.raises(Crash, match="The data reader ended") as told:
        run_in_child(f"{HOSTILE}:exits_at_load", {}, role=DATA_READER)
    assert told.value.code == "data_invalid"


def test_an_interrupt_ends_the_child(batch: pa.RecordBatch, monkeypatch: pytest.MonkeyPatch):
    child = start("deaf")

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(child._pipe, "receive", interrupted)
    with pytest.raises(KeyboardInterrupt):
        child.predict(batch)
    assert gone(child.pid)


def test_a_child_dies_with_its_parent(tmp_path: Path):
    script = tmp_path / "parent.py"
    script.write_text(
        "import os, signal, sys\n"
        "import pyarrow as pa\n"
        "from assay.sandbox.launch import Child\n"
        "from assay.subject.model import MODEL\n"
        f"child = Child.start({str(HOSTILE) + ':model'!r}, {{'behaviour': 'deaf'}}, role=MODEL)\n"
        "print(child.pid, flush=True)\n"
        "if sys.argv[1] == 'busy':\n"
        "    child.predict(pa.record_batch({'x': [0.0]}))\n"
        "sys.stdin.read()\n"
    )
    for state in ("idle", "busy"):
        parent = subprocess.Popen(
            [sys.executable, str(script), state], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        session = int(parent.stdout.readline())
        assert in_session(session)
        parent.kill()
        parent.communicate()
        assert gone(session)


def test_another_interpreter_without_assay_is_enough(tmp_path: Path):
    """The model's own environment: numpy, pyarrow and the library are there, Assay and pydantic are not."""
    made = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", "--symlinks", str(made)], check=True)
    libraries = next(made.glob("lib/python3*/site-packages"))
    ours = Path(np.__file__).parent.parent
    for name in ("numpy", "numpy.libs", "pyarrow"):
        if (ours / name).exists():
            (libraries / name).symlink_to(ours / name)
    function = tmp_path / "model.py"
    function.write_text(
        "import importlib.util\n"
        "def score(batch):\n"
        "    assert importlib.util.find_spec('pydantic') is None\n"
        "    return batch.column('b').to_numpy()\n"
    )
    with Child.start(
        "assay.subject.models.callable:load",
        {"path": f"{function}:score", "inputs": ["b"]},
        python=str(made / "bin" / "python"),
        readable=[str(function)],
        role=MODEL,
    ) as child:
        assert child.predict(pa.record_batch({"a": [1.0], "b": [0.25]})).tolist() == [0.25]
    with pytest.raises(ModuleAbsent, match="no package 'lightgbm'"):
        Child.start(
            "assay.subject.models.lightgbm:load",
            {"path": "model.txt", "inputs": []},
            python=str(made / "bin" / "python"),
            role=MODEL,
        )


@pytest.mark.parametrize("scores", [[0.0, 1.0], np.array([0.5, 0.25], dtype=np.float32)])
def test_scores_that_are_scores(scores):
    assert checked_scores(scores, 2).dtype == np.float64


def test_more_than_is_allowed_is_not_sent(batch: pa.RecordBatch, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(protocol.LARGEST, protocol.BATCH, 100)
    with (
        Child.start(f"{HOSTILE}:honest", {}, role=MODEL) as child,
        pytest.raises(SubjectError, match="at once, more than the 100"),
    ):
        child.predict(batch)


def test_request_bodies_are_json_only():
    with pytest.raises(TypeError):
        Child.start(f"{HOSTILE}:told", {"value": object()}, role=MODEL)


def test_the_child_tells_the_versions_of_all_packages_that_measure() -> None:
    """It runs where Assay is not installed, so it has a list of its own."""
    assert set(protocol.VERSIONED) == PACKAGES.keys() - NOT_MEASURING
