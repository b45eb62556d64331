"""The tutorial can be followed: its commands run as written, and print and end with what it says.

One run and the gate start as a user starts them, with children of their own; what only a fresh process shows is tested there.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.cli import warm
from tests.docs import shell
from tests.near import fences

ROOT = Path(__file__).resolve().parents[2]
TUTORIAL = ROOT / "docs" / "tutorial.md"
SETUP = ["make setup", ". .venv/bin/activate"]
"""What is not run here: these tests run in the environment that it makes."""

FRESH = (
    "assay certify specification.yaml --rehearse",
    "assay gate out/candidate-b.txt --policy policy.yaml --use-case credit-default",
)
"""Commands in an interpreter of their own."""


@dataclass(frozen=True)
class Step:
    """Commands that are run in turn; what the last of them prints and ends with. The others end with 0."""

    commands: tuple[str, ...]
    quoted: str
    ends: int


def steps() -> list[Step]:
    """The ``sh`` blocks, each with the ``text`` block and the exit code that are told before the next one."""
    _, *parts = re.split(r"^```sh\n", TUTORIAL.read_text(encoding="utf-8"), flags=re.MULTILINE)
    found = []
    for part in parts:
        commands, _, told = part.partition("```\n")
        quoted = re.search(r"^```text\n(.*?)^```", told, re.MULTILINE | re.DOTALL)
        ends = re.search(r"exit\s+code\s+(\d)", told)
        found.append(
            Step(tuple(commands.splitlines()), quoted[1] if quoted else "", int(ends[1]) if ends else 0)
        )
    return found


def spaced_once(text: str) -> str:
    """Words with one blank between them, without the lines of boxes."""
    return " ".join(re.sub(r"[│─╭╮╰╯]", " ", text).split())


def absent(quoted: str, printed: str) -> list[str]:
    """The quoted pieces that were not printed, or not in this order; ``…`` stands for anything."""
    rest, missing = spaced_once(printed), []
    for line in quoted.splitlines():
        for piece in filter(None, map(spaced_once, line.split("…"))):
            _, found, after = rest.partition(piece)
            if found:
                rest = after
            else:
                missing.append(piece)
    return missing


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """``python`` and ``assay`` are ours, as in an active environment; nothing of the user's own is touched."""
    programs, fresh = tmp_path / "bin", tmp_path / "fresh"
    for folder, name, more in ((programs, "python", ""), (fresh, "assay", "-m assay ")):
        folder.mkdir()
        (folder / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {more}"$@"\n', encoding="utf-8")
        (folder / name).chmod(0o755)
    monkeypatch.setitem(warm.told, "fences", fences())
    with shell.program(programs / "assay"):
        yield os.environ | {
            "PATH": os.pathsep.join((str(programs), os.environ["PATH"])),
            "COLUMNS": "110",
            "FRESH": str(fresh),
        }


def test_every_command_can_be_run_as_written(tmp_path: Path, environment: dict[str, str]) -> None:
    checkout = tmp_path / "checkout"
    shutil.copytree(
        ROOT / "examples",
        checkout / "examples",
        ignore=shutil.ignore_patterns("out", ".assay", "__pycache__", "few-rows", "many-rows"),
    )
    # The setup clones the repository; a commit names the code of what is judged.
    for words in ("init -q", "add .", "-c user.name=x -c user.email=x@y commit -qm clone"):
        subprocess.run(["git", *words.split()], cwd=checkout, check=True, capture_output=True)
    folder = checkout
    setup, *following = steps()
    assert list(setup.commands) == SETUP
    for step in following:
        for command in step.commands:
            last = command == step.commands[-1]
            alone = 'PATH="$FRESH:$PATH"\n' if command.startswith(FRESH) else ""
            ran = subprocess.run(
                ["bash", "-c", f'{alone}{command}\ncode=$?\npwd > "$WHERE"\nexit $code'],
                cwd=folder,
                env=environment | {"WHERE": str(tmp_path / "where")},
                check=False,
                text=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
            assert ran.returncode == (step.ends if last else 0), f"{command}\n{ran.stdout}"
            folder = Path((tmp_path / "where").read_text(encoding="utf-8").strip())
        assert absent(step.quoted, ran.stdout) == [], f"{step.commands[-1]}\n{ran.stdout}"
    assert folder == checkout
    assert sorted(p.name for p in (checkout / "examples").iterdir() if p.is_dir()) == [
        "attacks",
        "credit-default",
        "german-credit",
        "third-party-check",
    ]


def test_nothing_that_was_not_printed_passes_as_quoted() -> None:
    assert absent("ranking  0.79\n … \n│ pass", "╭─\n│ ranking 0.79 │ fail\n│ pass") == []
    assert absent("pass\nranking 0.80", "ranking 0.79\npass") == ["ranking 0.80"]
