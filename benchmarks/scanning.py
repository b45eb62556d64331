"""Assay beside the bare scan: with a model of 100 trees, and with scores that stand in a column."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import watch
from benchmarks.tables import (
    ATTRIBUTES,
    specify_scan,
    write_features,
    write_groups,
    write_model,
)

SMALLER = 10
"""The smaller of two sizes has a tenth of the rows."""
Told = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Predicting:
    """Medians of seconds by the clock (``before``: of what is read before the judged pass), the medians of the ratios of runs in turn, digests
    for 1 and 2 workers.
    """

    rows: int
    bare: float
    ours: float
    before: float
    ratio: float
    cpu_ratio: float
    two_workers: float
    evidence: tuple[str, str]
    peaks: tuple[dict[str, int], dict[str, int]]


@dataclass(frozen=True, slots=True)
class Growing:
    """Scores in a column: nanoseconds that a row more costs, and peak memory by role at both sizes."""

    rows: int
    bare: float
    bare_cpu: float
    ours: float
    ours_cpu: float
    evidence: tuple[str, str]
    peaks: tuple[dict[str, int], dict[str, int]]


def predicting(folder: Path, *, rows: int, repeats: int, say: Callable[[str], None]) -> Predicting:
    """The passes of one worker beside the bare loop, in turn; a tenth of the rows once, for its memory."""
    sizes = (rows // SMALLER, rows)
    folders = [folder / str(size) for size in sizes]
    for size, place in zip(sizes, folders, strict=True):
        say(f"writing {size:,} rows of 12 inputs, training 100 trees")
        place.mkdir()
        write_features(place / "test.parquet", size)
        write_model(place / "model.txt")
        specify_scan(place, {"sex": 2}, model="model.txt")
    say("Assay with one worker on the smaller")
    _, small = _measured(folders[0], workers=1)
    bare, ours = [], []
    large: dict[str, int] = {}
    for turn in range(repeats):
        say(f"the bare loop, {turn + 1} of {repeats}")
        bare.append(_bare(folders[1], model=True))
        say(f"Assay with one worker, {turn + 1} of {repeats}")
        told, large = _measured(folders[1], workers=1)
        ours.append(told)
    say("Assay with two workers")
    two, _ = _measured(folders[1], workers=2)
    return Predicting(
        rows=rows,
        bare=_median(told["clock"] for told in bare),
        ours=_median(told["clock"] for told in ours),
        before=_median(told["before"] for told in ours),
        ratio=_median(b["clock"] / a["clock"] for a, b in zip(bare, ours, strict=True)),
        cpu_ratio=_median(b["cpu"] / a["cpu"] for a, b in zip(bare, ours, strict=True)),
        two_workers=two["clock"],
        evidence=(ours[0]["evidence"], two["evidence"]),
        peaks=(small, large),
    )


def growing(folder: Path, *, rows: int, repeats: int, say: Callable[[str], None]) -> Growing:
    """Both at two sizes, in turn; what a row more costs is their difference."""
    sizes = (rows // SMALLER, rows)
    folders = [folder / str(size) for size in sizes]
    for size, place in zip(sizes, folders, strict=True):
        say(f"writing {size:,} rows with scores in a column")
        place.mkdir()
        write_groups(place / "test.parquet", size)
        specify_scan(place, ATTRIBUTES, model=None)
    bare, ours = [], []
    for turn in range(repeats):
        say(f"both at both sizes, {turn + 1} of {repeats}")
        bare.append([_bare(place, model=False) for place in folders])
        ours.append([_measured(place, workers=1)[0] for place in folders])
    say("with two workers")
    two, _ = _measured(folders[1], workers=2)
    say("assay certify at both sizes, for its memory")
    peaks = [_certify(place).peaks for place in folders]

    def nanoseconds(told: list[list[Told]], by: str) -> float:
        return _median((large[by] - small[by]) / (sizes[1] - sizes[0]) * 1e9 for small, large in told)

    return Growing(
        rows=rows,
        bare=nanoseconds(bare, "clock"),
        bare_cpu=nanoseconds(bare, "cpu"),
        ours=nanoseconds(ours, "clock"),
        ours_cpu=nanoseconds(ours, "cpu"),
        evidence=(ours[0][1]["evidence"], two["evidence"]),
        peaks=(peaks[0], peaks[1]),
    )


def _median(values: Iterable[float]) -> float:
    return statistics.median(values)


def _bare(folder: Path, *, model: bool) -> Told:
    model_file = (str(folder / "model.txt"),) if model else ()
    told: Told = json.loads(watch.python("benchmarks.bare", str(folder / "test.parquet"), *model_file).output)
    return told


def _measured(folder: Path, *, workers: int) -> tuple[Told, dict[str, int]]:
    ran = watch.python("benchmarks.measured", str(folder / "specification.yaml"), str(workers), memory=True)
    told: Told = json.loads(ran.output)
    return told, ran.peaks


def _certify(folder: Path) -> watch.Watched:
    return watch.python(
        "assay", "certify", "--certify-without-a-lock", str(folder / "specification.yaml"), "--workers", "1", "--no-cache",
        "--certify-a-hopeless-specification", expected=(0, 1), memory=True,
    )  # fmt: skip
