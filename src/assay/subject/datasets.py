"""A data set: files bound by digest, and the partitions that we, and no engine, cut them into.

Files are hashed here, but their structure is read in a child, and their rows in workers. A worker opens a file and
compares the stamp (device, inode, size, times) with the one it had while it was hashed: equal means that nobody wrote
to it since, through a mapping neither. Only where the stamp differs, for example on another machine, does the worker hash the file itself, through
the descriptor that it then parses, and remembers the stamp for its next partition.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from assay.domain.digests import digest_of_listing
from assay.domain.errors import SubjectError
from assay.domain.nearest import nearest
from assay.sandbox.launch import run_in_child
from assay.sandbox.roles import DEFAULT_LIMITS, Limits
from assay.subject.digest import (
    Stamp,
    check_inside,
    digest_of_open,
    file_changed,
    files_below,
    open_regular,
    settled,
    stamped_digest,
)
from assay.subject.files import facts
from assay.subject.files.delimited import BREAKS
from assay.subject.files.layout import Column
from assay.subject.reader import DATA_READER, Wanted, read_in_child

TARGET_ROWS = 250_000
"""Adjacent groups are joined up to this many rows; a larger group is a partition of its own."""


@dataclass(frozen=True, slots=True)
class DataFile:
    """One file of a data set, as it was when it was hashed."""

    path: str
    format: str
    digest: str
    stamp: Stamp
    schema: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Partition:
    """Adjacent groups of one file: what one task reads.

    Attributes:
        index: place in the data set. file: the file.
        first_row_group, row_groups: Parquet row groups or Arrow record batches; 0 and 1 for a CSV file.
        first_row, rows: place of its first row in the data set, and how many there are.
    """

    index: int
    file: DataFile
    first_row_group: int
    row_groups: int
    first_row: int
    rows: int

    @property
    def path(self) -> str:
        """Where the file is."""
        return self.file.path

    @property
    def file_digest(self) -> str:
        """The digest of the whole file."""
        return self.file.digest


@dataclass(frozen=True)
class Dataset:
    """Files that are one table.

    Attributes:
        name: the file's or folder's name. digest: of the file, or of the sorted names and digests of its files.
        rows: of all files. schema: the columns, the same in each file. partitions: in the order of the rows.
    """

    name: str
    digest: str
    rows: int
    schema: tuple[Column, ...]
    partitions: tuple[Partition, ...]

    @property
    def files(self) -> tuple[DataFile, ...]:
        """Each file once, in the order of the rows."""
        return tuple(dict.fromkeys(partition.file for partition in self.partitions))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The columns' names in order."""
        return tuple(column.name for column in self.schema)


def open_dataset(
    source: Any,
    *,
    scratch: Path,
    fences: Sequence[str],
) -> Dataset:
    """A data set from a path, or from a table in memory (``__arrow_c_stream__``), which is written to ``scratch``.

    ``fences`` are those without which it must not be read.

    Raises:
        SubjectError: see ``inspect_in_child``; ``data_unsupported`` for any other object.
    """
    if isinstance(source, str | Path):
        return inspect_in_child(source, fences=fences)
    from assay.subject.in_memory import write_table

    return inspect_in_child(write_table(source, scratch), fences=fences)


def inspect_in_child(
    path: str | Path,
    *,
    limits: Limits = DEFAULT_LIMITS,
    timeout: float = 600.0,
    target_rows: int = TARGET_ROWS,
    fences: Sequence[str] = (),
) -> Dataset:
    """Hash a file or a folder of Parquet files, have a child read their structure, and plan the partitions.

    Args:
        path: a ``.parquet``, ``.csv`` or ``.arrow`` file, or a folder of Parquet files.
        fences: those without which the child must not be given the files.

    Raises:
        SubjectError: missing, empty, damaged, not of the kind its name says, no rows, columns that cannot be told
            apart or differ between files. Crash: the child did not survive the file.
    """
    place = Path(path).absolute()
    paths = files_of(place)
    stamped = [stamped_digest(p) for p in paths]
    named = [str(p) for p in paths]
    answer = run_in_child(
        "assay.subject.files.facts:inspect",
        {"paths": named},
        role=DATA_READER,
        limits=limits,
        timeout=timeout,
        readable=named,
        fences=fences,
    )
    files = []
    groups = []
    for p, (digest, stamp), said in zip(paths, stamped, answer, strict=True):
        schema = tuple(
            Column(str(c["name"]), str(c["type"]), _told(str(c.get("breaks", "")))) for c in said["columns"]
        )
        files.append(DataFile(str(p), str(said["format"]), digest, stamp, schema))
        groups.append(tuple(int(rows) for rows in said["groups"]))
        with open_regular(p) as file:
            if Stamp.of(file) != stamp:
                raise file_changed(p)
    _check_same_columns(files)
    listing = [(p.relative_to(place).as_posix(), f.digest) for p, f in zip(paths, files, strict=True)]
    return Dataset(
        name=place.name,
        digest=digest_of_listing(listing) if place.is_dir() else files[0].digest,
        rows=sum(map(sum, groups)),
        schema=files[0].schema,
        partitions=plan_partitions(files, groups, target_rows=target_rows),
    )


def _told(breaks: str) -> str:
    """What a child says of a value that made a column text, if it is one of what can be said: it has read rows."""
    return breaks if BREAKS.fullmatch(breaks) else ""


def digest_of_dataset(path: str | Path) -> str:
    """The digest of a data set as :func:`inspect_in_child` has it, of bytes that nobody reads. Raises SubjectError."""
    place = Path(path).absolute()
    digests = [(p, stamped_digest(p)[0]) for p in files_of(place)]
    if not place.is_dir():
        return digests[0][1]
    return digest_of_listing([(p.relative_to(place).as_posix(), digest) for p, digest in digests])


def plan_partitions(
    files: Sequence[DataFile], groups: Sequence[Sequence[int]], *, target_rows: int = TARGET_ROWS
) -> tuple[Partition, ...]:
    """Join adjacent groups of a file while they have at most ``target_rows`` rows together. Never across files."""
    planned: list[Partition] = []
    first_row = 0
    for file, sizes in zip(files, groups, strict=True):
        for start, stop in _runs(sizes, target_rows):
            rows = sum(sizes[start:stop])
            if rows:
                planned.append(Partition(len(planned), file, start, stop - start, first_row, rows))
            first_row += rows
    return tuple(planned)


def iter_batches(
    partition: Partition,
    columns: Sequence[str],
    batch_size: int = 65_536,
    *,
    fences: Sequence[str] = (),
) -> Generator[pa.RecordBatch, None, None]:
    """The rows of a partition, the named columns in that order, in bounded memory. For workers.

    The file is parsed in a child that was handed it open, and that has at least these ``fences``. Whoever may leave before
    the last batch closes the generator, which ends the child; else it lives until the garbage is collected.

    Raises:
        SubjectError: ``column_missing``, ``file_changed``, ``data_unreadable``, or ``data_row_count`` when there
            are not as many rows as the file said.
    """
    file = partition.file
    known = [column.name for column in file.schema]
    missing = [name for name in columns if name not in known]
    if missing:
        raise SubjectError(
            f"{file.path} has no column {_with_nearest(missing[0], known)}.", code="column_missing"
        )
    rows = 0
    with open_regular(Path(file.path)) as handle:
        stamp = _verified(handle, file)
        first = partition.first_row_group
        for batch in read_in_child(
            handle.fileno(),
            file.path,
            file.format,
            [(column.name, column.type) for column in file.schema],
            Wanted(first, first + partition.row_groups, tuple(columns), batch_size),
            fences=fences,
        ):
            rows += batch.num_rows
            yield batch
        if Stamp.of(handle) != stamp:
            raise file_changed(file.path)
    if rows != partition.rows:
        raise SubjectError(
            f"{file.path} has {rows:,} rows in a partition where its footer promises {partition.rows:,}.",
            code="data_row_count",
        )


_hashed: dict[tuple[str, str], Stamp] = {}


def _verified(handle: BinaryIO, file: DataFile) -> Stamp:
    stamp = Stamp.of(handle)
    if stamp not in (file.stamp, _hashed.get((file.path, file.digest))):
        stamp = settled(handle, file.path)
        if digest_of_open(handle, file.path) != file.digest or Stamp.of(handle) != stamp:
            raise file_changed(file.path)
        _hashed[file.path, file.digest] = stamp
    return stamp


def files_of(place: Path) -> list[Path]:
    """The files of a data set: the file itself, or the Parquet files below a folder, sorted; hidden ones left out.

    Raises:
        SubjectError: ``data_no_files``, ``data_pattern``, ``not_readable``, ``link_leads_outside`` or ``data_hive_partitions``.
    """
    if not place.is_dir():
        if any(sign in place.name for sign in "*?[") and not os.path.lexists(place):
            raise SubjectError(
                f"{place} is a pattern of names, and one file or folder is expected.",
                code="data_pattern",
                remedy=f"Name the folder that holds the Parquet files: {place.parent}",
            )
        return [place]
    found = [
        p
        for p in files_below(place)
        if facts.SUFFIXES.get(p.suffix.lower()) == "parquet"
        and not any(part.startswith((".", "_")) for part in p.relative_to(place).parts)
    ]
    if not found:
        raise SubjectError(
            f"The folder {place} holds no Parquet file.",
            code="data_no_files",
            remedy="Name a file, or a folder that holds Parquet files; what begins with a dot or an underscore is not read.",
        )
    for p in found:
        check_inside(p, place)
        if any("=" in part for part in p.relative_to(place).parts[:-1]):
            raise SubjectError(
                f"{p.parent} is a partition folder: a column stands in its name and not in the files.",
                code="data_hive_partitions",
                remedy="Write the column into the files.",
            )
    return found


def _check_same_columns(files: Sequence[DataFile]) -> None:
    first = files[0]
    for file in files[1:]:
        if file.schema == first.schema:
            continue
        differing = sorted({c.name for c in set(file.schema) ^ set(first.schema)})
        what = f"in {', '.join(map(repr, differing[:5]))}" if differing else "in the order of columns"
        raise SubjectError(
            f"{file.path} differs from {first.path} {what}.",
            code="data_schema_differs",
            remedy="All files of a data set must have the same columns and types in the same order.",
        )


def _runs(sizes: Sequence[int], target_rows: int) -> Iterator[tuple[int, int]]:
    start = rows = 0
    for place, size in enumerate(sizes):
        if place > start and rows + size > target_rows:
            yield start, place
            start, rows = place, 0
        rows += size
    if sizes:
        yield start, len(sizes)


def _with_nearest(name: str, known: Sequence[str]) -> str:
    near = nearest(name, known)
    return f"{name!r} (nearest: {near!r})" if near else repr(name)
