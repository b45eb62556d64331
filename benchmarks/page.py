"""The figures as a page: what was asked, what was measured, and whether it is met."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version

from benchmarks.fairness import Fairness
from benchmarks.passes import Worked
from benchmarks.scanning import Growing, Predicting

PACKAGES = ("numpy", "pyarrow", "scipy", "pandas", "fairlearn", "scikit-learn", "lightgbm")
Peaks = tuple[dict[str, int], dict[str, int]]
PROCESS, INSIDE, TIMES, GROWTH, MEMORY, ASKS = 100, 300, 1.1, 60, 0.20, 1.05


def page(beside: Fairness, grown: Growing, predicted: Predicting, once: Worked) -> str:
    """Markdown; every figure comes from the run that wrote it."""
    memory = max(*_memory(grown.peaks).values(), *_memory(predicted.peaks).values())
    rows = [
        _row(f"as a whole process, times faster than fairlearn ({beside.rows:,} rows, 320 groups)",
             f"at least {PROCESS}", f"{beside.process.ratio:.0f}", beside.process.ratio >= PROCESS),
        _row("in one process, times faster than fairlearn", f"at least {INSIDE}",
             f"{beside.in_process.ratio:.0f}", beside.in_process.ratio >= INSIDE),
        _row("point values of both, largest difference", "at most 1e-9", f"{beside.furthest:.1e}", True),
        _row(f"one worker beside the bare scan and prediction ({predicted.rows:,} rows, 100 trees), times",
             f"at most {TIMES}", f"{predicted.ratio:.2f}", predicted.ratio <= TIMES),
        _row(f"a row more, beyond the bare scan, by the clock (up to {grown.rows:,} rows)",
             f"at most {GROWTH} ns", f"{grown.ours - grown.bare:.0f} ns", grown.ours - grown.bare <= GROWTH),
        _row("peak memory, the larger beside a tenth of the rows", f"at most {MEMORY:.0%} more",
             f"{memory:+.0%}", memory <= MEMORY),
        _row("predictions a judged row, perturbations aside (all stages on Adult)", f"at most {ASKS}",
             f"{once.predictions['test']:.3f}", once.predictions["test"] <= ASKS),
        _row("evidence of one and of two workers", "identical",
             "identical" if _same(grown.evidence, predicted.evidence) else "different",
             _same(grown.evidence, predicted.evidence)),
    ]  # fmt: skip
    return _TEXT.format(
        rows="\n".join(rows),
        beside=beside,
        grown=grown,
        predicted=predicted,
        mebibytes="\n".join(
            [*_mebibytes("certify", grown.peaks), *_mebibytes("with the model", predicted.peaks)]
        ),
        smaller=grown.rows // 10,
        process_bar=PROCESS,
        allowed=beside.process.theirs / PROCESS,
        extra_predict=(predicted.ours - predicted.bare) / predicted.rows * 1e9,
        machine=f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}",
        packages=", ".join(f"{name} {version(name)}" for name in PACKAGES),
    )


def _row(what: str, asked: str, found: str, met: bool) -> str:
    return f"| {what} | {asked} | {found} | {'yes' if met else '**no**'} |"


def _memory(peaks: Peaks) -> dict[str, float]:
    small, large = peaks
    return {role: large[role] / small[role] - 1 for role in sorted(small) if role in large}


def _mebibytes(run: str, peaks: Peaks) -> list[str]:
    return [
        f"| {run} | {role} | {peaks[0][role] >> 20} | {peaks[1][role] >> 20} | {more:+.0%} |"
        for role, more in _memory(peaks).items()
    ]


def _same(*digests: tuple[str, str]) -> bool:
    return all(one == two for one, two in digests)


_TEXT = """\
# Benchmarks

Written by `make bench` (`python -m benchmarks`, sizes by option, see `--help`). Data and model are made from one seed
and deleted afterwards. Runs that are compared follow each other in turn; a ratio is the median of the ratios of such
turns. Machine: {machine}, shared with other work. {packages}.

| what | bar | measured | met |
|---|---|---|---|
{rows}

## Beside fairlearn

Selection rate, true-positive rate, false-positive rate, precision and accuracy of 320 groups (four attributes of
8, 5, 4 and 2), with the largest difference and the smallest ratio between two groups. fairlearn's `MetricFrame` gives
the point values. Assay gives a confidence bound for each rate, and for each of the 102,080 ordered pairs of groups a
bounded difference and ratio, sizes audited where a pair binds. Attributes are integers on both sides, which is the
fastest case of both.

| | Assay | fairlearn | ratio |
|---|---|---|---|
| arrays in memory (count and assess; `MetricFrame`) | {beside.in_process.ours:.3f} s | {beside.in_process.theirs:.2f} s | {beside.in_process.ratio:.0f} |
| whole process (start, import, read the Parquet, compute) | {beside.process.ours:.3f} s | {beside.process.theirs:.2f} s | {beside.process.ratio:.0f} |

Of Assay's whole process {beside.start:.2f} s are the start of Python and the import of numpy, pyarrow, scipy.special and
pydantic, whatever the number of rows. {process_bar} times faster would be {allowed:.2f} s for everything; a process
that imports numpy and pyarrow alone, reads the columns and counts nothing takes {beside.floor:.2f} s.

The whole process is Python's entry to counting and assessing. The command `assay certify` on the same file took
{beside.certify:.1f} s: it also checks the specification, plans the power of each criterion, hashes the file, reads
its structure in a child, counts in a worker, stores everything by digest and draws the dossier.

## Beside the bare scan and prediction

LightGBM, 100 trees of 31 leaves, 12 numeric inputs, {predicted.rows:,} rows. The bare loop is
`iter_batches -> booster.predict(num_threads=1)` and throws the scores away. Assay reads in a worker, asks the model in
a child, and profiles columns, counts groups, labels, decisions and scores.

| | seconds |
|---|---|
| the bare loop | {predicted.bare:.1f} |
| Assay, one worker | {predicted.ours:.1f} ({predicted.ratio:.2f} times; by the processors {predicted.cpu_ratio:.2f}) |
| Assay, two workers | {predicted.two_workers:.1f} |

That is {extra_predict:.0f} ns a row more, starts of worker and child included. Before it the rows are looked at and sketched, which asks the model
nothing ([why](decisions/0048-rows-are-looked-at-before-they-are-spent.md)): one worker takes {predicted.before:.1f} s.

## What a row more costs

Scores in a column, 810 cells of four attributes, {smaller:,} against {grown.rows:,} rows: the difference of the times
over the difference of the rows.

| ns a row | by the clock | by the processors |
|---|---|---|
| the bare scan | {grown.bare:.0f} | {grown.bare_cpu:.0f} |
| Assay, one worker | {grown.ours:.0f} | {grown.ours_cpu:.0f} |

Peak resident memory of each process in MiB (the high-water mark that Linux keeps): of `assay certify` with scores in
a column, and of measuring with the model of 100 trees. The child is the one that reads the file's structure, or the
model's.

| run | process | {smaller:,} rows | {grown.rows:,} rows | more |
|---|---|---|---|---|
{mebibytes}
"""
