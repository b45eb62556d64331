"""The list of runs survives a crash at any byte, and says so when somebody edited it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from assay.domain.errors import ExitCode
from assay.store.blobs import CorruptBlob
from assay.store.runs import Run, RunList
from assay.store.workspace import Workspace

RUN = Run(
    ended="2026-11-24T10:00:00+00:00",
    name="loans, größer",
    record="sha256:aa",
    specification="sha256:bb",
    rows="sha256:cc",
    outcome="withheld",
    rehearsal=False,
)


@pytest.fixture
def runs(tmp_path: Path) -> RunList:
    return Workspace.beside(tmp_path / "specification.yaml").runs


def test_no_file_is_no_run_and_runs_keep_their_order(runs: RunList):
    assert runs.all() == ()
    made = tuple(replace(RUN, name=str(i)) for i in range(5))
    for run in made:
        runs.append(run)
    assert runs.all() == made


def test_a_line_that_was_cut_at_any_byte_is_no_run_and_the_next_one_is(runs: RunList):
    runs.append(RUN)
    one = runs.path.read_bytes()
    following = replace(RUN, name="the next")
    for cut in range(len(one)):
        runs.path.write_bytes(one + one[:cut])
        assert runs.all() == (RUN,)
        runs.append(following)
        assert runs.all() == (RUN, following), f"after a crash at byte {cut}"


@pytest.mark.parametrize(
    "line", [b"{}", b"5", b"null", b'{"ended": ', b"\xff\xfe", b'{"more": 1}'], ids=lambda line: repr(line)
)
def test_a_whole_line_that_is_no_run_is_a_trust_failure(runs: RunList, line: bytes):
    runs.append(RUN)
    runs.path.write_bytes(line + b"\n" + runs.path.read_bytes())
    with pytest.raises(CorruptBlob, match="holds a line that is no run") as told:
        runs.all()
    assert (told.value.code, told.value.exit_code) == ("runs_corrupt", ExitCode.TRUST_FAILURE)


def test_runs_of_several_processes_at_once_are_all_kept(runs: RunList):
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from assay.store.runs import Run, RunList\n"
        "for i in range(20):\n"
        "    RunList(Path(sys.argv[1])).append(Run('', sys.argv[2], str(i), '', '', 'withheld', False))\n"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", program, str(runs.path), name])
        for name in ("one", "two", "three")
    ]
    assert [process.wait() for process in started] == [0, 0, 0]
    for name in ("one", "two", "three"):
        assert [run.record for run in runs.all() if run.name == name] == [str(i) for i in range(20)]
