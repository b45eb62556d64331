"""A writer is killed at every write that it makes, and the log is looked at: ``python -m guarantee.killing URL POINTS``.

A child appends and acknowledges. Its parent sends SIGKILL when it enters or leaves its n-th system call that writes.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial

from assay.store.log import Log
from guarantee.stopping import NEVER, run_until

APPENDS, BATCH = 3, 5


@dataclass
class Found:
    """What was seen: boundaries of one writer, points at which one was killed, entries kept without an answer, harm."""

    boundaries: int = 0
    points: int = 0
    kept_unacknowledged: int = 0
    lost: int = 0
    broken: int = 0


def append(where: str, name: str) -> Callable[[int], None]:
    """A writer that appends a few batches and says after each that it is done."""

    def body(pipe: int) -> None:
        with Log.open(where) as log:
            for turn in range(APPENDS):
                log.append(partial(_batch, name, turn))
                os.write(pipe, b"+")

    return body


def _batch(name: str, turn: int, _: Sequence[bytes]) -> list[bytes]:
    return [f"{name}/{turn}/{i}".encode() for i in range(BATCH)]


def kill_everywhere(where: str, points: int) -> Found:
    """Kill writers at so many points, spread over all of one writer's boundaries; look at the log after each."""
    with Log.open(where) as log:
        before = list(log.entries())
    met, said = run_until(NEVER, append(where, "whole"))
    found = Found(boundaries=met)
    expected = before + [f"whole/{turn}/{i}".encode() for turn in range(APPENDS) for i in range(BATCH)]
    found.lost += said != b"+" * APPENDS
    for number in range(points):
        point = 1 + number * met // points
        _, said = run_until(point, append(where, f"point{number}"))
        found.points += 1
        with Log.open(where) as log:
            kept = list(log.entries())
            found.broken += bool(log.verify())
        acknowledged = expected + [
            f"point{number}/{t}/{i}".encode() for t in range(len(said)) for i in range(BATCH)
        ]
        found.lost += kept[: len(acknowledged)] != acknowledged
        unanswered = kept[len(acknowledged) :]
        whole = [f"point{number}/{len(said)}/{i}".encode() for i in range(BATCH)]
        found.broken += unanswered not in ([], whole)
        found.kept_unacknowledged += bool(unanswered)
        expected = kept
    return found


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        print(json.dumps(asdict(kill_everywhere(sys.argv[1], int(sys.argv[2])))))
