"""Assay beside fairlearn: five rates of 320 groups, their gaps and ratios; ours with bounds, theirs without."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from benchmarks import watch
from benchmarks.fairlearn_rates import by_fairlearn
from benchmarks.rates import by_assay, points
from benchmarks.tables import GROUP_COLUMNS, RATES, specify_groups, write_groups

AGREES = 1e-9
WARM = 65_536
"""Rows that both sides count once before the clock starts: imports on first use belong to the whole process."""
Points = dict[str, dict[str, object]]


@dataclass(frozen=True, slots=True)
class Beside:
    """Median seconds of both sides, and the median of the ratios of runs that followed each other."""

    ours: float
    theirs: float
    ratio: float


@dataclass(frozen=True, slots=True)
class Fairness:
    """What was found; ``certify`` is the seconds of the whole command, which also plans, hashes, stores and draws.

    ``start`` is the seconds of a process that only starts and imports what Assay needs; ``floor`` of one that has
    numpy and pyarrow, reads the file and counts nothing.
    """

    rows: int
    furthest: float
    in_process: Beside
    process: Beside
    certify: float
    start: float
    floor: float


def compare(folder: Path, *, rows: int, repeats: int, say: Callable[[str], None]) -> Fairness:
    """Measure both sides in turn, and hold their point values against each other.

    Raises:
        RuntimeError: when the point values differ by more than 1e-9.
    """
    path = folder / "test.parquet"
    say(f"writing {rows:,} rows in 320 groups")
    write_groups(path, rows)
    batches = list(pq.ParquetFile(path).iter_batches(65_536, columns=list(GROUP_COLUMNS), use_threads=False))
    table = pq.read_table(path, columns=list(GROUP_COLUMNS))
    columns = {name: table[name].to_numpy() for name in GROUP_COLUMNS}
    inside, outside, started, floors, apart = [], [], [], [], 0.0
    by_assay(batches[:1])
    by_fairlearn({name: values[:WARM] for name, values in columns.items()})
    for turn in range(repeats):
        say(f"in one process, {turn + 1} of {repeats}")
        ours, found = _timed(lambda: by_assay(batches))
        theirs, expected = _timed(lambda: by_fairlearn(columns))
        apart = max(apart, furthest(points(found[0]), expected))
        inside.append((ours, theirs))
    for turn in range(repeats):
        say(f"as whole processes, {turn + 1} of {repeats}")
        one = watch.python("benchmarks.whole", "assay", str(path))
        started.append(watch.python("benchmarks.whole", "nothing", str(path)).seconds)
        floors.append(watch.python("benchmarks.whole", "floor", str(path)).seconds)
        two = watch.python("benchmarks.whole", "fairlearn", str(path))
        apart = max(apart, furthest(json.loads(one.output), json.loads(two.output)))
        outside.append((one.seconds, two.seconds))
    if not apart <= AGREES:
        raise RuntimeError(f"the point values of both sides are {apart} apart")
    say("assay certify, with plan, digests, model and reader children, store and dossier")
    specification = specify_groups(folder)
    whole = watch.python(
        "assay", "certify", "--certify-without-a-lock", str(specification), "--workers", "1", "--no-cache",
        "--certify-a-hopeless-specification", expected=(0, 1),
    )  # fmt: skip
    start, floor = statistics.median(started), statistics.median(floors)
    return Fairness(rows, apart, _beside(inside), _beside(outside), whole.seconds, start, floor)


def furthest(one: Points, two: Points) -> float:
    """The largest difference between two sets of point values."""
    kinds = ("each", "difference", "ratio")
    return max(
        float(np.max(np.abs(np.asarray(one[name][kind]) - np.asarray(two[name][kind]))))
        for name in RATES
        for kind in kinds
    )


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.perf_counter()
    made = work()
    return time.perf_counter() - begun, made


def _beside(pairs: list[tuple[float, float]]) -> Beside:
    return Beside(
        ours=statistics.median(a for a, _ in pairs),
        theirs=statistics.median(b for _, b in pairs),
        ratio=statistics.median(b / a for a, b in pairs),
    )
