"""How often a run reads a row and asks the model, counted in the engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pyarrow.parquet as pq

import assay
from assay.app.judging import open_engine
from assay.engine.in_process import InProcess
from assay.subject.datasets import iter_batches
from assay.subject.model import Model


@dataclass(frozen=True)
class Worked:
    """How often the engine read a row of each file and asked the model for it, over the rows that there are."""

    scans: dict[str, float]
    predictions: dict[str, float]


def certified(specification: Path) -> assay.Record:
    """The record of a run in this process, whose readings and questions can be counted."""
    with patch.object(open_engine, "executor_of", lambda _: InProcess()):
        return assay.certify(
            specification, certify_without_a_lock=True, certify_a_hopeless_specification=True, reuse=False
        ).record


def worked(specification: Path) -> tuple[assay.Record, Worked]:
    """What a run read and asked."""
    with counted() as (read, asked):
        record = certified(specification)
    rows = {
        role: pq.read_metadata(specification.parent / f"{role}.parquet").num_rows
        for role in ("train", "test")
    }
    scans, predictions = (
        {role: counted[role] / count for role, count in rows.items()} for counted in (read, asked)
    )
    return record, Worked(scans, predictions)


@contextmanager
def counted() -> Iterator[tuple[Counter[str], Counter[str]]]:
    """Rows that tasks read, and rows that the model was asked for, by data set: a task asks for the batch it read last."""
    read: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    last = [""]
    ask = Model.ask

    def reading(partition: Any, *given: Any, **more: Any) -> Iterator[Any]:
        for batch in iter_batches(partition, *given, **more):
            role = Path(str(partition.path)).stem
            read[role] += batch.num_rows
            last[0] = role
            yield batch

    @wraps(ask)
    def asking(model: Model, batch: Any) -> Any:
        asked[last[0]] += batch.num_rows
        return ask(model, batch)

    with patch("assay.engine.task.iter_batches", reading), patch.object(Model, "ask", asking):
        yield read, asked


def section(once: Worked, changed: Worked) -> str:
    """The figures as Markdown: a run without perturbations, and the same with three of them."""
    lines = "".join(
        f"| {name} | {found.scans['test']:.3f} | {found.scans['train']:.3f} | {found.predictions['test']:.3f} |\n"
        for name, found in (
            ("everything but perturbations", once),
            ("with noise, gaps and rounding", changed),
        )
    )
    return f"""\
## Passes and predictions

A full certification of Adult, counted in the engine from an empty cache: rows that it read of each file and test rows that the
model was asked for, over the rows that there are.

| | test rows read | training rows read | predictions a test row |
| --- | --- | --- | --- |
{lines}
The judged pass reads the test rows once and asks the model once for each. What else is read comes before it and asks nothing, under a
lock as without one: the rows are looked at (whether they repeat, for then none is spent; and sketched, so that a later run on them is known), and
where no column tells rows apart by itself, groups of columns are sketched in a reading more
([why](decisions/0048-rows-are-looked-at-before-they-are-spent.md)). The training rows are read for the plan, and for the shares of groups
and what the test rows share with them; {once.predictions["train"]:.3f} predictions a training row tell the plan how scores lie. What exceeds a whole number is a
second child's answer to some rows again, which must be the same. Each perturbation is one more prediction of each row, and no reading more.
"""
