"""Run every part, hold the figures against the bars, and write the page: ``python -m guarantee``."""

from __future__ import annotations

import argparse
import functools
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from assay.domain.model_formats import LOADED
from guarantee import (
    attempts,
    binomial,
    corrupted,
    crash,
    losses,
    mutations,
    pipeline,
    planted,
    portfolio,
    power,
    simulated,
    tiny_worlds,
)
from guarantee.bars import Tables, counts_for_bar, held, number
from guarantee.boundary import Design, simulate
from guarantee.page import page
from guarantee.sources import digest_of

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "guarantee.md"
KEPT = ROOT / ".guarantee"
"""Finished parts, and finished tables of the simulated one, so that a run that was stopped goes on; a part is believed only while no file changed that it stands on."""
STANDS_ON = {
    "binomial": ("guarantee.binomial",),
    "tiny": ("guarantee.tiny_worlds",),
    "power": ("guarantee.power",),
    "pipeline": ("guarantee.pipeline",),
    "portfolio": ("guarantee.portfolio",),
    "simulated": ("guarantee.simulated",),
    "losses": ("guarantee.losses",),
    "attempts": ("guarantee.attempts",),
    "crash": ("guarantee.crash", "guarantee.killing", "guarantee.issuing"),
    "corrupted": (
        "guarantee.corrupted",
        "guarantee.opening",
        *(f"assay.subject.models.{kind}" for kind in LOADED),
    ),
    "mutations": ("guarantee.mutations",),
    "planted": ("guarantee.planted",),
}
"""The modules of each part, with those of the programs that it starts, and readers of models, which are found by their format's name."""
BORROWED = {
    "crash": (Path("tests/app/conftest.py"), Path("tests/app/test_chain.py")),
    "mutations": (Path("tests/world.py"),),
}


@dataclass(frozen=True)
class Extent:
    """How much is run. brief, full: samples of each grade-B design, and of the worst of each rule; every: stride.
    killed: writers of the log, of each database. attackers: who try 500 times. mutated: how many single bytes of what is
    presented are changed. planted: seeds of each planted defect, and of clean data."""

    binomial: binomial.Extent
    worlds: tuple[tiny_worlds.World, ...]
    effort: float
    models: int
    asked_again: int
    samples: int
    scores: int
    power: int
    brief: int
    full: int
    every: int
    killed: int
    attackers: int
    corrupted: tuple[int, int]
    mutated: int
    planted: tuple[int, int]
    losses: tuple[losses.Small, ...] = losses.SMALL


FULL = Extent(
    binomial.FULL,
    tiny_worlds.WORLDS,
    1.0,
    portfolio.MODELS,
    portfolio.SAMPLE,
    10_000,
    10_000,
    6_000,
    1_000,
    10_000,
    1,
    crash.FULL,
    attempts.FULL,
    (corrupted.EACH, corrupted.IN_TURN),
    mutations.FULL,
    planted.FULL,
)
QUICK = Extent(
    binomial.QUICK,
    tiny_worlds.WORLDS[:8],
    0.5,
    400,
    40,
    1_000,
    100,
    400,
    400,
    0,
    25,
    crash.QUICK,
    attempts.QUICK,
    (1, 20),
    mutations.QUICK,
    planted.QUICK,
    losses.SMALL[:2],
)
WORST_OF_A_RULE = 8


def simulated_tables(extent: Extent, title: str) -> Tables:
    """Every design of one table briefly, then the worst of each rule in full, on all processors."""
    count = len(_designs(title, extent.every))
    with get_context("fork").Pool() as pool:
        briefly = functools.partial(_simulated, title, extent.every, extent.brief)
        rows = pool.map(briefly, range(count), chunksize=1)
        if extent.full:
            worst = _worst(rows)
            in_full = functools.partial(_simulated, title, extent.every, extent.full)
            for at, row in zip(worst, pool.map(in_full, worst, chunksize=1), strict=True):
                rows[at] = row | {"confirmed": True}
    return {title: rows}


@functools.cache
def _designs(title: str, every: int) -> list[Design]:
    return list(simulated.TABLES[title]())[::every]


def _simulated(title: str, every: int, reps: int, at: int) -> dict[str, object]:
    return simulate(_designs(title, every)[at], reps) | {"samples": reps, "confirmed": False}


def _worst(rows: list[dict[str, object]]) -> list[int]:
    found: dict[str, list[int]] = {}
    for at in sorted(range(len(rows)), key=lambda i: -number(rows[i], "certified wrongly")):
        if counts_for_bar(rows[at]):
            found.setdefault(str(rows[at]["rule"]), []).append(at)
    return [at for rule in found.values() for at in rule[:WORST_OF_A_RULE]]


def run(extent: Extent, only: str = "") -> dict[str, Tables]:
    """All tables by part, or those of the one part named."""
    parts: dict[str, Callable[[], Tables]] = {
        "binomial": lambda: binomial.tables(extent.binomial),
        "tiny": lambda: tiny_worlds.tables(effort=extent.effort, worlds=extent.worlds),
        "power": lambda: power.tables(extent.power),
        "pipeline": lambda: pipeline.tables(extent.samples, extent.scores),
        "portfolio": lambda: portfolio.tables(extent.models, sample=extent.asked_again),
        "simulated": lambda: {
            title: rows
            for at, titled in enumerate(simulated.TABLES)
            for title, rows in _kept(
                f"simulated-{at}", "simulated", extent, functools.partial(simulated_tables, extent, titled)
            ).items()
        },
        "losses": lambda: losses.tables(extent.losses),
        "attempts": lambda: attempts.tables(extent.attackers),
        "crash": lambda: crash.tables(extent.killed),
        "corrupted": lambda: corrupted.tables(*extent.corrupted),
        "mutations": lambda: mutations.tables(extent.mutated),
        "planted": lambda: planted.tables(*extent.planted),
    }
    return {name: _kept(name, name, extent, part) for name, part in parts.items() if not only or name == only}


def _kept(name: str, part: str, extent: Extent, made: Callable[[], Tables]) -> Tables:
    """The tables of a run that finished on the same files, or those that are made now and kept."""
    KEPT.mkdir(exist_ok=True)
    sources = digest_of(STANDS_ON[part], borrowed=BORROWED.get(part, ()))
    kept = KEPT / f"{name}-{'quick' if extent is QUICK else 'full'}-{sources}.json"
    print(f"{name} ...", flush=True)
    start = time.perf_counter()
    if not kept.exists():
        text = json.dumps(made(), default=float)
        beside = kept.with_suffix(".new")
        beside.write_text(text, encoding="utf-8")
        beside.replace(kept)
    found: Tables = json.loads(kept.read_text(encoding="utf-8"))
    print(f"{name}: {sum(map(len, found.values()))} rows, {time.perf_counter() - start:.0f} s", flush=True)
    return found


def main(arguments: list[str]) -> int:
    """Write the page; 1 when a bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m guarantee", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few minutes instead of hours; writes no page")
    parser.add_argument("--out", type=Path, help="where the page goes (default: docs/guarantee.md)")
    parser.add_argument("--json", type=Path, help="write every row of every table here as well")
    parser.add_argument(
        "--part", default="", help="run this part alone and keep it for the whole (binomial, tiny, ...)"
    )
    given = parser.parse_args(arguments)
    tables = run(QUICK if given.quick else FULL, given.part)
    if "planted" in tables and not given.quick:
        planted.write(tables["planted"])
    if given.part:
        return 0 if tables else parser.error(f"no part is called {given.part!r}")
    claims = held(tables, confirmed=not given.quick)
    out = given.out or (None if given.quick else PAGE)
    if out is not None:
        command = "python -m guarantee" + (" --quick" if given.quick else "")
        out.write_text(page(tables, claims, command), encoding="utf-8")
    if given.json is not None:
        given.json.write_text(json.dumps(tables, indent=1, default=float), encoding="utf-8")
    for claim in claims:
        print(f"{'met   ' if claim.met else 'MISSED'} {claim.claim}: {claim.worst} ({claim.bar})")
    return int(not all(claim.met for claim in claims))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
