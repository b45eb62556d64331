"""Fences are probed and never assumed: what is missing is said, counted, and refused where it was counted on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pyseccomp
import pytest

from assay.domain.errors import Crash
from assay.domain.isolation import HIGHEST, NO_CHILD, NOTHING_KNOWN, Fence, below, isolation, required
from assay.dossier import wording
from assay.sandbox.fences import namespaces, put_up, seccomp, syscalls
from assay.sandbox.launch import Child, run_in_child
from assay.sandbox.probe import probe
from assay.sandbox.spawn import WITHOUT_FENCES, asked_fences
from assay.subject.model import MODEL
from assay.subject.reader import DATA_READER

MISBEHAVING = Path(__file__).with_name("misbehaving.py")
ARCHITECTURES = {"x86_64": pyseccomp.Arch.X86_64, "aarch64": pyseccomp.Arch.AARCH64}


def asked(without: str = "") -> dict[str, object]:
    found = asked_fences("a.b:c", (), ())
    return {**found, "without": [name for name in without.split(",") if name]}


def alone(lines: str) -> subprocess.CompletedProcess[str]:
    """Lines that run with ``fences`` in a fresh interpreter, where nobody listens to the kernel."""
    program = f"""
import errno, json, os, socket, sys, threading, time
from assay.sandbox.fences import landlock, namespaces, put_up
fences = put_up.Fences({asked()!r}, -1)
limits = {{"memory": None, "file_size": 1 << 20, "open_files": 256, "cpu_seconds": None}}
{textwrap.dedent(lines)}
"""
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )


def test_this_machine_is_told_as_it_is():
    found = probe()
    assert isolation(found.up, found.missing) == found
    assert {*found.up, *dict(found.missing)} == {fence.value for fence in Fence}
    assert all(why for _, why in found.missing)


def test_both_sides_call_the_fences_by_the_same_names_in_the_same_order():
    assert tuple(Fence) == put_up.ORDER


@pytest.mark.parametrize("processor", syscalls.PROCESSORS)
def test_the_numbers_of_calls_are_those_of_libseccomp(processor: str):
    ours = syscalls.numbers(processor)
    theirs = {name: pyseccomp.resolve_syscall(ARCHITECTURES[processor], name) for name in ours}
    newer = {name for name, number in theirs.items() if number < 0}
    assert newer <= {"fchmodat2", "process_madvise", "mount_setattr", "epoll_pwait2", "futex_waitv"}
    assert {n: ours[n] for n in ours if n not in newer} == {n: theirs[n] for n in ours if n not in newer}


def test_no_call_is_both_allowed_and_forbidden():
    groups = [syscalls.ALLOWED, syscalls.REFUSED, *syscalls.ENDING.values(), syscalls.BY_ARGUMENT]
    names = [name for group in groups for name in group]
    assert len(names) == len(set(names))
    assert {syscalls.fence_of(name) for name in ("socket", "connect")} == {"network"}


@pytest.mark.parametrize(
    ("without", "level", "lacks"),
    [
        ("", 3, ""),
        ("another user", 3, "another user"),
        ("network", 2, "network"),
        ("rights", 2, "rights"),
        ("file system", 1, "file system"),
        ("system calls, network", 1, "network"),
        ("limits", 0, "limits"),
    ],
)
def test_without_a_fence_the_level_is_lower_and_the_fence_is_named(
    monkeypatch: pytest.MonkeyPatch, without: str, level: int, lacks: str
):
    if probe().level < HIGHEST:
        pytest.skip("this machine lacks fences: see assay sandbox")
    monkeypatch.setenv(WITHOUT_FENCES, without)
    found = probe()
    assert found.level == level
    if lacks:
        assert dict(found.missing)[lacks] == "switched off by whoever started this run"
    said = wording.isolation(found)
    assert said.startswith(f"level {level} of 3")
    assert ("degraded" in said) is (level < HIGHEST)
    assert level == HIGHEST or lacks in said


def test_a_child_that_lacks_a_fence_that_was_counted_on_is_given_nothing(monkeypatch: pytest.MonkeyPatch):
    wanted = required(probe())
    monkeypatch.setenv(WITHOUT_FENCES, wanted[-1])
    with pytest.raises(
        Crash, match=f"the fence '{wanted[-1]}', which this run counts on, is missing"
    ) as told:
        Child.start(f"{MISBEHAVING}:honest", {}, fences=wanted, role=MODEL)
    assert told.value.code == "model_stopped"


def test_a_reader_of_data_reads_its_file_and_no_other(tmp_path: Path):
    ours, other = tmp_path / "ours", tmp_path / "other"
    ours.write_bytes(b"12345")
    other.write_bytes(b"123")
    target = f"{MISBEHAVING}:read"
    assert run_in_child(target, {"path": str(ours)}, role=DATA_READER, readable=[str(ours)]) == 5
    with pytest.raises(Crash, match=r"The data reader raised PermissionError .*: file system") as told:
        run_in_child(target, {"path": str(other)}, role=DATA_READER, readable=[str(ours)])
    assert told.value.code == "data_invalid"


def test_without_a_listener_the_kernel_kills():
    ended = alone("fences.before_loading(limits)\nprint(fences.told()['up'], flush=True)\nsocket.socket()")
    assert "system calls" in ended.stdout
    assert ended.returncode == -signal.SIGSYS


def test_a_child_that_the_kernel_killed_for_a_call_is_told_so():
    with pytest.raises(
        Crash, match=r"made a system call that is forbidden, and was killed; .*: system calls"
    ):
        Child.start(f"{MISBEHAVING}:killed_for_a_call", {}, role=MODEL)


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (
            "threading.Thread(target=time.sleep, args=(9,), daemon=True).start()\n",
            "2 threads were running, and it would hold one of them",
        ),
        (
            """
def absent(): raise OSError(errno.EOPNOTSUPP, 'Operation not supported')
landlock.version = absent
""",
            "refused by the system (Operation not supported)",
        ),
        (
            "landlock.restrict = lambda *_: None\n",
            "a file elsewhere could still be read or written",
        ),
    ],
    ids=["threads", "a kernel without it", "one that does nothing"],
)
def test_landlock_that_does_not_hold_is_missing(lines: str, says: str):
    ended = alone(
        f"{lines}fences.before_imports()\nprint(json.dumps(fences.told()), flush=True)\nos._exit(0)"
    )
    assert says in ended.stdout, ended.stderr
    assert '"up": ["file system"' not in ended.stdout


def test_a_network_that_can_be_reached_is_missing():
    ended = alone(
        "namespaces.leave_the_network = lambda: False\nfences.before_imports()\nprint(fences.told())"
    )
    assert "the network could still be reached" in ended.stdout


@pytest.mark.parametrize(("reached", "up"), [(True, False), (False, True)])
def test_a_container_without_a_network_needs_no_namespace(reached: bool, up: bool):
    ended = alone(f"""
def refused(): raise PermissionError(errno.EPERM, 'Operation not permitted')
namespaces.leave_the_network = refused
namespaces.nobody_is_there = namespaces.only_loopback = lambda: {not reached}
fences.before_imports()
print(fences.told())
""")
    assert ("'network'" in ended.stdout.partition("missing")[0]) is up, ended.stderr


def test_an_interpreter_that_others_may_not_enter_keeps_its_user(tmp_path: Path):
    inside = tmp_path / "private" / "python"
    inside.parent.mkdir(mode=0o700)
    inside.write_text("")
    said = namespaces.why_not_nobody([str(inside)], [])
    assert ("other users may not enter" in said) is (os.geteuid() == 0)
    assert said


def test_a_processor_without_a_table_is_said(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(seccomp.platform, "machine", lambda: "riscv64")
    with pytest.raises(OSError, match="no table for the processor riscv64"):
        seccomp.Filter(seccomp.ALLOW)


def test_two_children_have_what_both_have():
    one = isolation(["limits", "file system", "system calls", "network"], [("rights", "none")])
    two = isolation(["limits", "file system", "rights"], [("system calls", "old kernel")])
    both = one.both(two)
    assert (one.level, two.level, both.level) == (2, 1, 1)
    assert both.up == ("limits", "file system")
    assert dict(both.missing)["system calls"] == "old kernel"


def test_what_is_missing_for_a_level_is_told_and_nothing_else():
    found = isolation(["limits", "system calls", "rights"], [("file system", "old kernel")])
    assert below(found, 1) == ()
    assert below(found, 2) == (("file system", "old kernel"),)
    assert below(found, HIGHEST) == (("file system", "old kernel"), ("network", "not reported"))
    assert isolation([fence.value for fence in Fence], []).level == HIGHEST
    assert NO_CHILD.level == NOTHING_KNOWN.level == 0
