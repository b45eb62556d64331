"""Where the system refuses us a network of our own, bubblewrap gives one; nothing else about a child changes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from assay.domain.isolation import HIGHEST
from assay.sandbox import bubblewrap
from assay.sandbox.fences import namespaces
from assay.sandbox.probe import probe

HERE = Path(__file__).parent
REFUSED = """
import errno, os, sys
import pyseccomp
refusing = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
refusing.add_rule(pyseccomp.ERRNO(errno.EPERM), "unshare")
refusing.load()
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""
"""A system that refuses namespaces to programs that ask for them as ours does; bubblewrap asks by clone(2)."""
ENDS = (
    "exit-model_crashed-exit code 5",
    "segfault-model_crashed-SIGSEGV",
    "sigkill-model_crashed-SIGKILL",
    "sys_exit-model_crashed-SystemExit",
    "half-model_crashed-exit code 0",
    "closes-model_crashed-closed its pipe",
    "fork-model_stopped-system call (clone|fork|vfork), .*: processes",
    "nan-model_output_invalid-of 1,000, 1,000 are missing or infinite and 0 lie outside",
    "garbage-model_output_invalid-bytes that are not an answer",
)
"""How a child can end, and two of its answers that are none: what else it answers comes through the same pipe."""
SAME = [
    f"{HERE / 'test_children.py'}::test_{name}"
    for name in (
        *(f"a_misbehaving_model_is_told_and_gone[{how}]" for how in ENDS),
        "a_child_dies_with_its_parent",
        "a_missing_package_and_a_missing_interpreter_are_named",
        "processor_time_is_limited",
        "an_honest_model_answers_many_batches_bit_for_bit",
    )
] + [
    f"{HERE / 'test_hostile_models.py'}::test_a_hostile_model_is_stopped_when_it_is_asked[{name}]"
    for name in (
        "opens_a_socket",
        "asks_a_name_server",
        "kills_its_parent",
        "reads_its_parent",
        "writes_outside",
        "allocates_8_gb",
        "forks_and_forks",
    )
]


@pytest.fixture(autouse=True)
def whole() -> None:
    if probe().level < HIGHEST:
        pytest.skip("this machine lacks fences without being refused any: see assay sandbox")


def refused(*words: str, path: str = os.environ["PATH"]) -> subprocess.CompletedProcess[str]:
    """Python with these words where the system refuses namespaces."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "ASSAY"))}
    return subprocess.run(
        [sys.executable, "-c", REFUSED, *words],
        env=kept | {"PATH": path, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
        cwd=HERE.parents[1],
        capture_output=True,
        text=True,
    )


def told(path: str) -> dict[str, object]:
    ran = refused("-m", "assay", "sandbox", "--json", path=path)
    assert ran.returncode == 0, ran.stderr
    return dict(json.loads(ran.stdout))


@pytest.fixture
def bwrap() -> str:
    found = shutil.which("bwrap")
    if found is None:
        pytest.skip("bubblewrap is not installed: scripts/debian.sh bwrap bubblewrap")
    tried = subprocess.run(
        [found, "--dev-bind", "/", "/", "--unshare-net", "true"], capture_output=True, text=True
    )
    if tried.returncode:
        pytest.skip(f"bubblewrap does not work here: {tried.stderr.strip()}")
    return found


def test_the_network_that_is_refused_to_us_is_had_by_bubblewrap(bwrap: str, tmp_path: Path):
    without = told(str(tmp_path))
    assert without["level"] == 2
    assert ["network", "refused by the system (Operation not permitted)"] in without["missing"]
    given = told(str(Path(bwrap).parent))
    assert given["level"] == HIGHEST
    assert "network" in given["up"]


def test_a_bubblewrap_that_leaves_the_network_as_it_was_is_not_believed(tmp_path: Path):
    if namespaces.only_loopback():
        pytest.skip("this machine has no network that could be left open")
    (tmp_path / "bwrap").write_text(
        '#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done\nshift\ntouch "${0%/*}/used"\nexec "$@"\n'
    )
    (tmp_path / "bwrap").chmod(0o755)
    found = told(f"{tmp_path}:{os.defpath}")
    assert (tmp_path / "used").exists()
    assert found["level"] == 2
    assert "network" not in found["up"]


@pytest.mark.usefixtures("bwrap")
def test_children_are_told_ended_and_fenced_within_bubblewrap_as_without():
    """A choice of the tests of this folder: of all of them most are about what comes through the pipe, and of ``leaves_its_namespace`` the kernel would tell
    nothing, since the system that refuses answers first."""
    ran = refused("-m", "pytest", "-p", "no:cacheprovider", "-r", "s", *SAME)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "SKIPPED" not in ran.stdout


def test_the_signal_that_ended_a_child_is_told_as_without_bubblewrap():
    assert [bubblewrap.status_of(code) for code in (None, 0, 3, 128 + 24, -9)] == [None, 0, 3, -24, -9]
