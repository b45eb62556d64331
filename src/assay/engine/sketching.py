"""A task that reads a partition and keeps the smallest hashes of its rows, for several choices of columns, with and without their names."""

from __future__ import annotations

import contextlib
import struct
from dataclasses import dataclass
from functools import cached_property

from assay.engine.executor import Results
from assay.engine.keys import key_of
from assay.subject.datasets import Partition, iter_batches
from assay.subject.forms import in_one_form
from assay.tally.hashes import column_hash, mixed
from assay.tally.sketch import SketchTally


@dataclass(frozen=True)
class SketchTask:
    """One partition, and every choice of columns that makes two rows the same.

    Attributes:
        code_digest: of the versions and the source that hash.
        choices: of which the names do not matter. named: those in which a value counts under the name of its column.
        fences: those without which the rows must not be read.
    """

    code_digest: str
    partition: Partition
    choices: tuple[tuple[str, ...], ...]
    fences: tuple[str, ...]
    named: tuple[tuple[str, ...], ...] = ()

    @cached_property
    def key(self) -> str:
        """Hexadecimal digest of everything that the result depends on."""
        return key_of(self)

    @property
    def rows(self) -> int:
        """Rows of the partition, for progress."""
        return self.partition.rows


def run_sketch(task: SketchTask, _: Results) -> bytes:
    """The smallest hashes of the partition's rows, choice after choice; those under names come last."""
    tallies = [SketchTally.empty()] * (len(task.choices) + len(task.named))
    columns = tuple(dict.fromkeys(name for choice in (*task.choices, *task.named) for name in choice))
    with contextlib.closing(iter_batches(task.partition, columns, fences=task.fences)) as batches:
        for batch in batches:
            values = {name: mixed(in_one_form(batch.column(name), name)) for name in columns}
            under = {name: column_hash(name, values[name]) for choice in task.named for name in choice}
            read = [
                *([values[name] for name in choice] for choice in task.choices),
                *([under[name] for name in choice] for choice in task.named),
            ]
            tallies = [tally.counting(rows) for tally, rows in zip(tallies, read, strict=True)]
    parts = [tally.to_bytes() for tally in tallies]
    return struct.pack(f"<{len(parts)}Q", *map(len, parts)) + b"".join(parts)


def sketches_in(data: bytes, choices: int) -> tuple[SketchTally, ...]:
    """What :func:`run_sketch` returned for so many choices."""
    lengths = struct.unpack_from(f"<{choices}Q", data)
    at, found = 8 * choices, []
    for length in lengths:
        found.append(SketchTally.from_bytes(data[at : at + length]))
        at += length
    return tuple(found)
