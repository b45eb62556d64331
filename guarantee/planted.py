"""Planted defects: data that are in order, and the same with one thing wrong; what the checks find, and how often they cry wolf.

Every run is the product's own: files are written, certified without a lock, and the verdict of the criterion that is about the
defect is read. A defect is found when that verdict is ``fail``; an alarm is false when it is ``fail`` on clean data.
"""

from __future__ import annotations

import tempfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

import numpy as np

import assay
from assay.app.judging import open_engine
from assay.domain.vocabulary import Verdict
from assay.engine.in_process import InProcess
from guarantee import defects_of_outcomes, defects_of_rows, defects_of_values
from guarantee.bars import FALSE_ALARMS, FOUND
from guarantee.clinic import TESTED, TRAINED, Defect, Sets, clinic, write_case
from guarantee.unfenced import unfenced

PAGE = Path(__file__).parent.parent / "docs" / "planted-defects.md"
FULL, QUICK = (20, 100), (2, 2)
"""Seeds of each defect, and of clean data."""
DEFECTS = (*defects_of_rows.DEFECTS, *defects_of_values.DEFECTS, *defects_of_outcomes.DEFECTS)
"""A new one is an entry of one of these: what is planted, and what asks for it."""


@dataclass
class Tally:
    """The verdicts of a criterion: with its defect planted, and on clean data."""

    planted: Counter[Verdict] = field(default_factory=Counter)
    clean: Counter[Verdict] = field(default_factory=Counter)


def tables(seeds: int, clean: int) -> dict[str, list[dict[str, object]]]:
    """What was found of each defect, and the alarms on clean data."""
    found = {defect.name: Tally() for defect in DEFECTS}
    for seed in range(clean):
        for name, verdict in judged(clinic(_draw("clean", seed))):
            found[name].clean[verdict] += 1
    for defect in DEFECTS:
        for seed in range(seeds):
            draw = _draw(defect.name, seed)
            ((_, verdict),) = judged(defect.plant(clinic(draw), draw), (defect,))
            found[defect.name].planted[verdict] += 1
    return {"Defects planted one at a time": [_row(defect, found[defect.name]) for defect in DEFECTS]}


def judged(sets: Sets, defects: tuple[Defect, ...] = DEFECTS) -> Iterator[tuple[str, Verdict]]:
    """Each of the defects with the verdict of its criterion on these rows."""
    here = patch.object(open_engine, "executor_of", lambda _: InProcess())
    with tempfile.TemporaryDirectory() as name, here, unfenced():
        done = assay.certify(
            write_case(Path(name), sets, defects),
            certify_without_a_lock=True,
            certify_a_hopeless_specification=True,
        )
    verdicts = {found.assessment.criterion: found.verdict for found in done.record.judged}
    for defect in defects:
        yield defect.name, verdicts[defect.criterion]


def _draw(name: str, seed: int) -> np.random.Generator:
    return np.random.default_rng([zlib.crc32(name.encode()), seed])


def _row(defect: Defect, tally: Tally) -> dict[str, object]:
    planted, clean = tally.planted, tally.clean
    return {
        "defect": defect.name,
        "planted": defect.says,
        "criterion": f"{defect.metric}{_within(defect)} {'≤' if 'at_most' in defect.asks else '≥'} {_threshold(defect)}",
        "seeds": planted.total(),
        "found": planted[Verdict.FAIL],
        "clean seeds": clean.total(),
        "false alarms": clean[Verdict.FAIL],
        "clean passes": clean[Verdict.PASS],
    }


def _within(defect: Defect) -> str:
    return f" across {defect.asks['across']}" if "across" in defect.asks else ""


def _threshold(defect: Defect) -> str:
    return next(defect.asks[key] for key in ("at_most", "at_least") if key in defect.asks)


def page(rows: list[dict[str, object]]) -> str:
    """The page as Markdown."""
    head = list(rows[0])
    lines = [head, ["---"] * len(head), *([str(row[key]) for key in head] for row in rows)]
    table = "".join(f"| {' | '.join(line)} |\n" for line in lines)
    return f"""\
# Planted defects

This page is written by `python -m guarantee --part planted`, and by `make guarantee`; do not edit it.

A clinic is made up: {TRAINED:,} training and {TESTED:,} test rows, four sites, two departments, a year each, a score that is the true risk. Then one
thing is made wrong, and the product certifies: files, plan, counts, verdicts, in one process without the fences of its children. A defect is **found** when the criterion that is
about it *fails*; it is a **false alarm** when that criterion fails on clean data. The bar is {FOUND:.0%} of the seeds found at
no more than {FALSE_ALARMS:.0%} false alarms.

{table}
`clean passes` is beside it because a criterion that never fails on clean data might never pass on it either: it would then
be inconclusive, and no certificate could be had.

Of identifiers in a text the e-mail addresses alone are found: telephone numbers and street addresses are known where they are the whole
value, and not among other words. A seed whose seven remarks hold no e-mail address is missed.

Wrong labels of one group are not planted: without an expert who looks again (`data.label_errors`) no check tells them from what
is true of the group.
"""


def write(found: Mapping[str, list[dict[str, object]]]) -> None:
    """The page, at its place."""
    (rows,) = found.values()
    PAGE.write_text(page(rows), encoding="utf-8")
