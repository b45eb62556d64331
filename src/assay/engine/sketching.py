"""A task that reads a partition and keeps the smallest hashes of its rows."""

from __future__ import annotations

from dataclasses import dataclass

from assay.engine.executor import Results
from assay.subject.arrays import as_words
from assay.subject.datasets import Partition, iter_batches
from assay.tally.sketch import SketchTally


@dataclass(frozen=True, slots=True)
class SketchTask:
    """One partition, and the columns that make two rows the same."""

    key: str
    rows: int
    partition: Partition
    columns: tuple[str, ...]


def run_sketch(task: SketchTask, _: Results) -> bytes:
    """The smallest hashes of the partition's rows."""
    tally = SketchTally.empty()
    for batch in iter_batches(task.partition, task.columns):
        tally = tally.counting([as_words(batch.column(name)) for name in task.columns])
    return tally.to_bytes()
