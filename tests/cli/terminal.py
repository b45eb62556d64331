"""A command at a terminal of its own, whose questions are answered; everything that stands on the screen is returned."""

from __future__ import annotations

import fcntl
import os
import pty
import subprocess
import sys
import termios
from collections.abc import Mapping, Sequence
from pathlib import Path


def at_a_terminal(
    words: Sequence[str], answers: Sequence[tuple[str, str]], cwd: Path, env: Mapping[str, str]
) -> tuple[int, str]:
    """Run ``assay`` and answer each question, named by a piece of it; the exit code and the screen."""
    ours, theirs = pty.openpty()

    def take_the_terminal() -> None:
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    with subprocess.Popen(
        [sys.executable, "-m", "assay", *words],
        cwd=cwd,
        env=dict(env),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=take_the_terminal,
    ) as child:
        os.close(theirs)
        screen, seen = "", 0
        for question, answer in answers:
            while question not in screen[seen:]:
                screen += _read(ours)
            seen = screen.index(question, seen) + len(question)
            os.write(ours, answer.encode() + b"\n")
        while part := _read(ours, last=True):
            screen += part
        code = child.wait(timeout=60)
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
    done = subprocess.run(
        [sys.executable, "-m", "assay", *words],
        cwd=cwd,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        start_new_session=not terminal,
    )
    assert "Traceback" not in done.stderr
    return done
