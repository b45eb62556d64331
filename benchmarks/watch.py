"""Run a command and see how long it takes and how much memory each of its processes holds at most."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOOK_EVERY = 0.1


@dataclass(frozen=True, slots=True)
class Watched:
    """Seconds of the whole process, what it printed, and the peak resident memory in bytes of each role."""

    seconds: float
    output: str
    peaks: dict[str, int]


def run(*command: str, cwd: Path = ROOT, expected: tuple[int, ...] = (0,), memory: bool = False) -> Watched:
    """Run to the end. Memory is the high-water mark that Linux keeps (VmHWM), read while the processes live.

    Raises:
        RuntimeError: for an exit code that is not expected, with what was said.
    """
    begun = time.perf_counter()
    process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    peaks: dict[str, int] = {}
    if memory:
        while process.poll() is None:
            _look(process.pid, peaks)
            with suppress(subprocess.TimeoutExpired):
                process.wait(LOOK_EVERY)
    output, said = process.communicate()
    seconds = time.perf_counter() - begun
    if process.returncode not in expected:
        raise RuntimeError(f"{command} ended with {process.returncode}:\n{output[-2000:]}\n{said[-4000:]}")
    return Watched(seconds, output, peaks)


def python(module: str, *arguments: str, **options: object) -> Watched:
    """Run a module of this package, or ``assay``, in an interpreter of its own."""
    return run(sys.executable, "-m", module, *arguments, **options)  # type: ignore[arg-type]


def _look(top: int, peaks: dict[str, int]) -> None:
    waiting = [top]
    while waiting:
        pid = waiting.pop()
        try:
            status = Path(f"/proc/{pid}/status").read_text()
            command = Path(f"/proc/{pid}/cmdline").read_text()
            for thread in Path(
                f"/proc/{pid}/task"
            ).iterdir():  # a child is that of the thread that started it
                waiting += map(int, (thread / "children").read_text().split())
        except (OSError, ValueError):
            continue
        role = _role(command) if pid != top else "parent"
        peak = next((int(line.split()[1]) * 1024 for line in status.splitlines() if "VmHWM" in line), 0)
        if role:
            peaks[role] = max(peaks.get(role, 0), peak)


def _role(command: str) -> str:
    if "assay.engine.worker" in command:
        return "worker"
    return "child" if "sandbox/child.py" in command else ""
