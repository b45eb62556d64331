"""A command at a terminal of its own, whose questions are answered; everything that stands on the screen is returned."""

from __future__ import annotations

import os
import pty
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.cli import warm


def at_a_terminal(
    words: Sequence[str], answers: Sequence[tuple[str, str]], cwd: Path, env: Mapping[str, str]
) -> tuple[int, str]:
    """Run ``assay`` and answer each question, named by a piece of it; the exit code and the screen."""
    ours, theirs = pty.openpty()

    child = warm.start(words, (theirs, theirs, theirs), cwd=cwd, env=env, terminal=True)
    os.close(theirs)
    screen, seen = "", 0
    for question, answer in answers:
        while question not in screen[seen:]:
            screen += _read(ours)
        seen = screen.index(question, seen) + len(question)
        os.write(ours, answer.encode() + b"\n")
    while part := _read(ours, last=True):
        screen += part
    code = child.wait()
    os.close(ours)
    return code, screen


def _read(terminal: int, *, last: bool = False) -> str:
    try:
        part = os.read(terminal, 4096)
    except OSError:  # Linux says EIO when the other end is closed
        part = b""
    assert part or last, "the program ended before it asked"
    return part.decode(errors="replace")


def run(
    *words: str, cwd: Path, env: Mapping[str, str], terminal: bool = True
) -> subprocess.CompletedProcess[str]:
    """Run ``assay`` without questions; in a session that has no terminal at all when ``terminal`` is false."""
    return warm.run(*words, cwd=cwd, env=env, session=not terminal)
