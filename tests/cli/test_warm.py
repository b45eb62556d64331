"""The process that starts commands for tests serves any number of them at once."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

from tests.cli.warm import run, start
from tests.world import log_signer

LONG = 120.0
"""Seconds after which a command that answers in one is taken to hang."""


def in_time(done: Callable[[], int]) -> int | None:
    """The exit code of a command; None of one that hangs."""
    codes: list[int] = []
    thread = threading.Thread(target=lambda: codes.append(done()), daemon=True)
    thread.start()
    thread.join(LONG)
    return codes[0] if codes else None


def test_a_command_that_waits_keeps_no_other_waiting_neither_one_before_nor_after_it(tmp_path: Path) -> None:
    """``--help`` waited 80 s behind a run of 80 s: two commands at once were one after the other."""
    words = ["witness", "cosign", "-", "--folder", "w", "--name", "w.example", "--log", log_signer().key.vkey]
    pipes = [os.pipe() for _ in range(2)]
    nowhere = os.open(os.devnull, os.O_RDWR)
    try:
        first, second = (start(words, (reads, nowhere, nowhere), cwd=tmp_path) for reads, _ in pipes)
        beside = in_time(lambda: run("--help", cwd=tmp_path).returncode)
        os.close(pipes[0][1])
        ended = in_time(first.wait)
    finally:
        os.close(pipes[1][1])
        for descriptor in (nowhere, *(reads for reads, _ in pipes)):
            os.close(descriptor)
    assert (beside, ended) == (0, 2)
    assert second.wait() == 2
