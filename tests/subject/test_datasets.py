"""Data sets: partitions are ours, memory is bounded, and broken files are told in one sentence without a row."""

from __future__ import annotations

import mmap
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.near import near_unless_far

from assay.domain.errors import SubjectError
from assay.subject.datasets import (
    Column,
    Dataset,
    inspect_in_child,
    iter_batches,
    open_dataset,
    plan_partitions,
)
from assay.subject.describe import describe_in_child
from assay.subject.files.facts import inspect


@pytest.fixture(autouse=True)
def children(request: pytest.FixtureRequest) -> Iterator[None]:
    """Near, but where a process of its own is what matters."""
    with near_unless_far(request):
        yield


SECRET = "Ms-Secret-8271"
"""Stands in rows and must never stand in a message."""


@pytest.fixture(scope="module")
def table() -> pa.Table:
    rng = np.random.default_rng(3)
    return pa.table(
        {
            "age": pa.array(rng.integers(18, 90, 1000), pa.int64()),
            "income": pa.array(rng.normal(size=1000), mask=rng.random(1000) < 0.1),
            "city": pa.array(rng.choice(["Taipei", "Tainan", SECRET], 1000)),
            "default": pa.array(rng.random(1000) < 0.3),
        }
    )


def read(dataset: Dataset, columns: list[str] | None = None, batch_size: int = 65_536) -> pa.Table:
    names = columns or list(dataset.names)
    return pa.Table.from_batches(
        batch for part in dataset.partitions for batch in iter_batches(part, names, batch_size)
    )


def test_row_groups_are_joined_up_to_the_target_and_never_split(table: pa.Table, tmp_path: Path):
    pq.write_table(table, tmp_path / "a.parquet", row_group_size=100)
    dataset = inspect_in_child(tmp_path / "a.parquet", target_rows=250)
    assert [p.rows for p in dataset.partitions] == [200] * 5
    assert [p.first_row for p in dataset.partitions] == [0, 200, 400, 600, 800]
    assert [(p.first_row_group, p.row_groups) for p in dataset.partitions] == [(2 * i, 2) for i in range(5)]
    assert [p.index for p in dataset.partitions] == list(range(5))
    assert dataset.rows == 1000
    assert dataset.schema[0] == Column("age", "int64")
    assert read(dataset).equals(table)
    assert len(inspect_in_child(tmp_path / "a.parquet", target_rows=50).partitions) == 10
    assert len(inspect_in_child(tmp_path / "a.parquet").partitions) == 1


def test_partitions_never_cross_files_and_empty_groups_vanish(table: pa.Table, tmp_path: Path):
    pq.write_table(table, tmp_path / "a.parquet")
    file = inspect_in_child(tmp_path / "a.parquet").partitions[0].file
    planned = plan_partitions([file, file], [[0, 40, 0, 60, 30], [0, 10]], target_rows=100)
    assert [(p.first_row_group, p.row_groups, p.first_row, p.rows) for p in planned] == [
        (0, 4, 0, 100),
        (4, 1, 100, 30),
        (0, 2, 130, 10),
    ]


def test_a_folder_is_one_table_in_the_order_of_names(table: pa.Table, tmp_path: Path):
    folder = tmp_path / "data"
    (folder / "deep").mkdir(parents=True)
    pq.write_table(table.slice(600), folder / "deep" / "z.parquet")
    pq.write_table(table.slice(0, 600), folder / "a.parquet")
    (folder / ".hidden.parquet").write_bytes(b"not read")
    (folder / "README.md").write_text("not read")
    dataset = inspect_in_child(folder)
    assert read(dataset).equals(table)
    assert dataset.name == "data"
    elsewhere = tmp_path / "moved"
    folder.rename(elsewhere)
    assert inspect_in_child(elsewhere).digest == dataset.digest
    (elsewhere / "a.parquet").rename(elsewhere / "b.parquet")
    assert inspect_in_child(elsewhere).digest != dataset.digest


def test_batches_have_the_size_and_the_order_of_columns_asked_for(table: pa.Table, tmp_path: Path):
    pq.write_table(table, tmp_path / "a.parquet", row_group_size=333)
    dataset = inspect_in_child(tmp_path / "a.parquet")
    batches = list(iter_batches(dataset.partitions[0], ["city", "age"], 128))
    assert max(b.num_rows for b in batches) <= 128
    assert all(b.schema.names == ["city", "age"] for b in batches)


@pytest.mark.far
def test_memory_is_bounded_by_the_batch_and_not_by_the_row_group(tmp_path: Path):
    """A row group of 80 MB is read by processes that grow by less than half of it: what asks, and the child that reads."""
    numbers = {f"c{i}": np.random.default_rng(i).random(5_000_000) for i in range(2)}
    pq.write_table(
        pa.table(numbers), tmp_path / "big.parquet", row_group_size=5_000_000, use_dictionary=False
    )
    script = (
        "import re, sys\n"
        "from pathlib import Path\n"
        "from assay.subject.datasets import inspect_in_child, iter_batches\n"
        "def peak():\n"  # of the program that runs now: what getrusage tells is no less than that of who started it
        "    children = ' '.join(p.read_text() for p in Path('/proc/self/task').glob('*/children')).split()\n"
        "    said = [Path('/proc', pid, 'status').read_text() for pid in ['self', *children]]\n"
        "    return len(children), sum(int(re.search(r'VmHWM:\\s*(\\d+)', one)[1]) for one in said)\n"
        "dataset = inspect_in_child(sys.argv[1])\n"
        "for _ in iter_batches(dataset.partitions[0], [], 65_536): pass\n"
        "started, before = peak()\n"
        "rows = sum(b.num_rows for b in iter_batches(dataset.partitions[0], dataset.names, 65_536))\n"
        "still, after = peak()\n"
        "print(rows, started, still, after - before)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "big.parquet")]
    rows, started, still, grown = subprocess.run(
        command, capture_output=True, text=True, check=True
    ).stdout.split()
    assert int(rows) == 5_000_000
    assert int(started) == int(still) == 1
    assert int(grown) < 40_000


@pytest.mark.parametrize("suffix", ["parquet", "arrow", "csv"])
def test_formats_give_the_same_rows(table: pa.Table, tmp_path: Path, suffix: str):
    place = tmp_path / f"data.{suffix}"
    if suffix == "parquet":
        pq.write_table(table, place)
    elif suffix == "arrow":
        with pa.ipc.new_file(place, table.schema) as file:
            file.write_table(table, max_chunksize=300)
    else:
        table.to_pandas().to_csv(place, index=False)
    dataset = inspect_in_child(place, target_rows=600)
    assert dataset.schema == tuple(Column(f.name, str(f.type)) for f in table.schema)
    assert read(dataset, batch_size=77).equals(table)
    assert read(dataset, ["default", "age"]).equals(table.select(["default", "age"]))


def test_csv_types_hold_for_the_whole_column_and_codes_stay_text(tmp_path: Path):
    rows = [f"{i},{i},007,{i}.5,true,,1,x" for i in range(200_000)]
    rows[-1] = "1,2.5,008,1e3,false,,123456789012345678901,y"
    text = "whole,late,code,real,flag,empty,huge,text\n" + "\n".join(rows) + "\n"
    (tmp_path / "a.csv").write_text(text)
    dataset = inspect_in_child(tmp_path / "a.csv")
    assert [c.type for c in dataset.schema] == [
        "int64",
        "double",
        "string",
        "double",
        "bool",
        "int64",
        "string",
        "string",
    ]
    assert dataset.rows == 200_000
    assert read(dataset, ["empty"]).column(0).null_count == 200_000


def test_csv_quotes_blanks_and_a_byte_order_mark(tmp_path: Path):
    text = '\ufeffname,note\n"a,b","two\nlines"\n"",\nNA,""\n'
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    found = read(inspect_in_child(tmp_path / "a.csv")).to_pydict()
    assert found == {"name": ["a,b", "", "NA"], "note": ["two\nlines", None, ""]}


def holders(table: pa.Table) -> dict[str, object]:
    return {
        "pyarrow": table,
        "chunked": pa.concat_tables([table.slice(0, 10), table.slice(10)]),
        "polars": pl.from_arrow(table),
        "pandas": table.to_pandas(types_mapper=pd.ArrowDtype),
        "shuffled index": table.to_pandas(types_mapper=pd.ArrowDtype).set_axis(range(1000, 0, -1)),
        "dictionary": table.set_column(2, "city", table.column("city").dictionary_encode()),
        "large": table.set_column(2, "city", table.column("city").cast(pa.large_string())),
        "masked": pa.table([_dirty(table.column(0)), *table.columns[1:]], names=table.schema.names),
    }


def _dirty(column: pa.ChunkedArray) -> pa.Array:
    """The same values with a validity map that says what need not be said."""
    values = column.combine_chunks()
    valid = pa.py_buffer(b"\xff" * (len(values) // 8 + 1))
    return pa.Array.from_buffers(values.type, len(values), [valid, values.buffers()[1]])


@pytest.fixture(scope="module")
def digest(table: pa.Table, tmp_path_factory: pytest.TempPathFactory) -> str:
    return open_dataset(table, scratch=tmp_path_factory.mktemp("one"), fences=()).digest


@pytest.mark.parametrize(
    "holder",
    ["pyarrow", "chunked", "polars", "pandas", "shuffled index", "dictionary", "large", "masked"],
)
def test_a_table_in_memory_has_one_digest_whoever_holds_it(
    table: pa.Table, digest: str, tmp_path: Path, holder: str
):
    dataset = open_dataset(holders(table)[holder], scratch=tmp_path / "two", fences=())
    assert dataset.digest == digest
    assert read(dataset).equals(table)
    assert [p.name for p in (tmp_path / "two").iterdir()] == [f"{dataset.digest[7:]}.arrow"]


def test_values_under_missing_ones_do_not_reach_the_digest(tmp_path: Path):
    digests = set()
    for hidden in (1.0, 2.0):
        values = pa.array(np.array([0.5, hidden]), mask=np.array([False, True]))
        digests.add(open_dataset(pa.table({"a": values}), scratch=tmp_path, fences=()).digest)
    assert len(digests) == 1


@pytest.mark.parametrize("thing", [17, {"a": [1]}, [1, 2]])
def test_what_is_no_table_is_refused(thing: object, tmp_path: Path):
    with pytest.raises(SubjectError, match="found an object of type") as told:
        open_dataset(thing, scratch=tmp_path, fences=())
    assert told.value.code == "data_unsupported"


def test_a_column_of_mixed_types_is_refused_without_its_values(tmp_path: Path):
    with pytest.raises(SubjectError, match="Arrow cannot hold") as told:
        open_dataset(pd.DataFrame({"a": [1, SECRET]}, dtype=object), scratch=tmp_path, fences=())
    assert SECRET not in str(told.value)


def test_a_missing_column_is_named_with_the_nearest(table: pa.Table, tmp_path: Path):
    pq.write_table(table, tmp_path / "a.parquet")
    dataset = inspect_in_child(tmp_path / "a.parquet")
    with pytest.raises(SubjectError, match=r"has no column 'incom' \(nearest: 'income'\)\."):
        list(iter_batches(dataset.partitions[0], ["incom"]))


@pytest.mark.far
def test_a_file_that_changed_since_it_was_hashed_is_refused(table: pa.Table, tmp_path: Path):
    place = tmp_path / "a.parquet"
    pq.write_table(table, place)
    dataset = inspect_in_child(place)
    content = place.read_bytes()
    # Touched, or put back from a copy: the stamp differs, the digest does not.
    os.utime(place)
    assert read(dataset).equals(table)
    place.unlink()
    place.write_bytes(content)
    assert read(dataset).equals(table)
    pq.write_table(table.slice(1), place)
    with pytest.raises(SubjectError, match="not the file that was bound") as told:
        read(dataset)
    assert told.value.code == "file_changed"


@pytest.mark.far
def test_a_write_through_a_mapping_that_was_there_before_is_noticed(table: pa.Table, tmp_path: Path):
    path = tmp_path / "rows.parquet"
    pq.write_table(table, path)
    with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as mapping:
        mapping[5:6] = mapping[5:6]  # the page is dirty from here on, and no later write of it is noted
        dataset = inspect_in_child(path)
        mapping[5:6] = bytes([mapping[5] ^ 1])
        with pytest.raises(SubjectError) as told:
            read(dataset)
    assert told.value.code == "file_changed"


@pytest.mark.far
@pytest.mark.skipif(not os.access("/dev/shm", os.W_OK), reason="no file system without a disk")
def test_a_file_without_a_disk_must_not_be_open_for_writing(table: pa.Table):
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        path = Path(folder, "rows.parquet")
        pq.write_table(table, path)
        with path.open("r+b"), pytest.raises(SubjectError) as told:
            inspect_in_child(path)
        assert told.value.code == "file_open_for_writing"
        assert read(inspect_in_child(path)).num_rows == table.num_rows


@pytest.mark.far
def test_a_file_that_changes_while_it_is_read_is_refused(table: pa.Table, tmp_path: Path):
    place = tmp_path / "a.parquet"
    pq.write_table(table, place)
    batches = iter_batches(inspect_in_child(place).partitions[0], ["age"], 100)
    next(batches)
    with place.open("ab") as file:
        file.write(b"x")
    with pytest.raises(SubjectError, match="changed since"):
        list(batches)


def parquet(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, row_group_size=100)
    return sink.getvalue().to_pybytes()


def arrow(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema) as file:
        file.write_table(table)
    return sink.getvalue().to_pybytes()


def flipped(content: bytes, place: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :]


TABLE = pa.table({"a": list(range(1000)), "name": [SECRET] * 1000})
WHOLE = parquet(TABLE)
BROKEN: dict[str, tuple[str, Callable[[], bytes], str, str]] = {
    "empty": ("a.parquet", lambda: b"", "data_empty", "is empty (0 bytes)"),
    "text": ("a.parquet", lambda: b"a,b\n1,2\n", "data_not_parquet", "does not begin like one"),
    "cut": ("a.parquet", lambda: WHOLE[:-100], "data_truncated", "is cut off"),
    "tiny": ("a.parquet", lambda: b"PAR1PAR1", "data_truncated", "is cut off"),
    "footer": (
        "a.parquet",
        lambda: WHOLE[:-400] + b"\xff" * 300 + WHOLE[-100:],
        "data_unreadable",
        "could not be read as",
    ),
    "length": (
        "a.parquet",
        lambda: flipped(WHOLE, len(WHOLE) - 6),
        "data_unreadable",
        "could not be read as",
    ),
    "no rows": ("a.parquet", lambda: parquet(TABLE.slice(0, 0)), "data_no_rows", "has columns but no rows"),
    "twice": (
        "a.parquet",
        lambda: parquet(pa.table([[1], [2], [3]], names=["a", "b", "a"])),
        "data_duplicate_columns",
        "more than one column is named 'a'",
    ),
    "long name": (
        "a.parquet",
        lambda: parquet(pa.table({"a": [1], "x" * 300: [2]})),
        "data_column_name",
        "the name of column 2 is empty, longer than 255 characters",
    ),
    "control": (
        "a.parquet",
        lambda: parquet(pa.table({"\x1b[31m": [1]})),
        "data_column_name",
        "name of column 1",
    ),
    "unnamed": ("a.csv", lambda: b"a,,b\n1,2,3\n", "data_column_name", "the name of column 2 is empty"),
    "format": ("a.xlsx", lambda: b"PK\x03\x04", "data_unknown_format", "no name of a known format"),
    "ragged": (
        "a.csv",
        lambda: f"a,b\n1,2\n{SECRET}\n".encode(),
        "data_ragged",
        "row 3: 2 fields are expected, found 1",
    ),
    "late ragged": (
        "a.csv",
        lambda: b"a,b\n" + b"1,2\n" * 500_000 + f"{SECRET},2,3\n".encode(),
        "data_ragged",
        "row 500002: 2 fields are expected, found 3",
    ),
    "latin": (
        "a.csv",
        lambda: f"a\n{SECRET}é\n".encode("latin-1"),
        "data_encoding",
        "not UTF-8 text (near byte 16)",
    ),
    "utf-16": ("a.csv", lambda: "a,b\n1,2\n".encode("utf-16"), "data_encoding", "is not UTF-8 text"),
    "binary": ("a.csv", lambda: b"a,b\n1,\x00\n", "data_encoding", "is not UTF-8 text"),
    "csv header": ("a.csv", lambda: b"a,b\n", "data_no_rows", "has columns but no rows"),
    "csv twice": (
        "a.csv",
        lambda: b"a,b,a\n1,2,3\n",
        "data_duplicate_columns",
        "more than one column is named 'a'",
    ),
    "csv semicolons": (
        "a.csv",
        lambda: f"a;b\n1,5;{SECRET}\n".encode(),
        "data_separator",
        "is separated by ';', ',' is expected",
    ),
    "csv tabs": ("a.csv", lambda: b"a\tb;c\td\n1\t2\t3\n", "data_separator", "is separated by tabs"),
    "csv empty": ("a.csv", lambda: b"", "data_empty", "is empty (0 bytes)"),
    "arrow text": ("a.arrow", lambda: b"a,b\n1,2\n", "data_not_arrow", "does not begin like one"),
    "arrow cut": ("a.arrow", lambda: arrow(TABLE)[:-50], "data_truncated", "is cut off"),
    "arrow footer": (
        "a.arrow",
        lambda: flipped(arrow(TABLE), len(arrow(TABLE)) - 9),
        "data_unreadable",
        "could not be read as an Arrow IPC file",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_file_is_told_in_one_sentence(tmp_path: Path, case: str):
    name, content, code, says = BROKEN[case]
    (tmp_path / name).write_bytes(content())
    with pytest.raises(SubjectError) as told:
        inspect([str(tmp_path / name)])
    assert told.value.code == code
    assert says in str(told.value)
    assert name in str(told.value)
    assert SECRET not in str(told.value)
    assert "\n" not in str(told.value)
    assert "x" * 300 not in str(told.value)


@pytest.mark.far
@pytest.mark.parametrize("case", ["cut", "ragged", "twice"])
def test_a_child_says_it_in_the_same_words(tmp_path: Path, case: str):
    name, content, code, says = BROKEN[case]
    (tmp_path / name).write_bytes(content())
    with pytest.raises(SubjectError) as told:
        inspect_in_child(tmp_path / name)
    assert told.value.code == code
    assert says in str(told.value)


def test_damage_inside_a_row_group_is_found_when_it_is_read(tmp_path: Path):
    place = tmp_path / "a.parquet"
    numbers = pa.table({"a": np.random.default_rng(0).normal(size=5000)})
    pq.write_table(numbers, place, compression="zstd", use_dictionary=False)
    content = place.read_bytes()
    place.write_bytes(content[:30] + bytes(200) + content[230:])
    with pytest.raises(SubjectError, match="could not be read as Parquet"):
        read(inspect_in_child(place))


@pytest.mark.far
def test_wild_offsets_in_arrow_are_refused_before_they_are_followed(tmp_path: Path):
    wild = np.array([0, 5, 2_000_000_000], dtype=np.int32).tobytes()
    place = tmp_path / "a.arrow"
    schema = pa.schema({"a": pa.string()})
    fine = pa.record_batch({"a": ["hello", "world"]}, schema=schema)
    with pa.ipc.new_file(place, schema) as file:
        file.write_batch(fine)
    content = place.read_bytes()
    good = np.array([0, 5, 10], dtype=np.int32).tobytes()
    assert content.count(good) == 1
    place.write_bytes(content.replace(good, wild))
    with pytest.raises(SubjectError, match="could not be read as an Arrow IPC file"):
        read(inspect_in_child(place))


def test_files_and_folders_that_are_not_there(tmp_path: Path, table: pa.Table):
    def refused(place: Path) -> str:
        with pytest.raises(SubjectError) as told:
            inspect_in_child(place)
        return told.value.code

    assert refused(tmp_path / "none.parquet") == "not_found"
    assert refused(tmp_path) == "data_no_files"
    os.mkfifo(tmp_path / "pipe.csv")
    assert refused(tmp_path / "pipe.csv") == "not_a_file"
    (tmp_path / "data").mkdir()
    pq.write_table(table, tmp_path / "outside.parquet")
    (tmp_path / "data" / "a.parquet").symlink_to(tmp_path / "outside.parquet")
    assert refused(tmp_path / "data") == "link_leads_outside"
    (tmp_path / "hive" / "year=2020").mkdir(parents=True)
    pq.write_table(table, tmp_path / "hive" / "year=2020" / "a.parquet")
    assert refused(tmp_path / "hive") == "data_hive_partitions"
    (tmp_path / "two").mkdir()
    pq.write_table(table, tmp_path / "two" / "a.parquet")
    pq.write_table(table.drop_columns(["age"]), tmp_path / "two" / "b.parquet")
    with pytest.raises(SubjectError, match=r"differs from .* in 'age'") as told:
        inspect_in_child(tmp_path / "two")
    assert told.value.code == "data_schema_differs"


def test_columns_are_described(tmp_path: Path):
    days = pd.to_datetime(["2020-01-02", "2021-03-04"] * 50)
    frame = pa.table(
        {
            "code": pa.array([1, 2] * 50),
            "many": pa.array(range(100)),
            "real": pa.array([0.5, np.nan] * 50),
            "gone": pa.array([None, 2.0] * 50),
            "text": pa.array(["b", "a"] * 50),
            "essay": pa.array(["x" * 200, "y"] * 50),
            "flag": pa.array([True, None] * 50),
            "day": pa.array(days.date),
            "none": pa.array([None] * 100, pa.string()),
            "key": pa.array([f"K{i}" for i in range(100)]),
            "since": pa.array(["2020-01-02", "2021-03-04"] * 50),
        }
    )
    (tmp_path / "d").mkdir()
    pq.write_table(frame.slice(0, 50), tmp_path / "d" / "a.parquet")
    pq.write_table(frame.slice(50), tmp_path / "d" / "b.parquet")
    found = {
        f.name: (f.type, f.missing, f.codes, f.minimum, f.maximum) for f in describe_in_child(tmp_path / "d")
    }
    assert found == {
        "code": ("int64", 0, (1, 2), 1, 2),
        "many": ("int64", 0, None, 0, 99),
        "real": ("double", 50, None, 0.5, 0.5),
        "gone": ("double", 50, None, 2.0, 2.0),
        "text": ("string", 0, ("a", "b"), None, None),
        "essay": ("string", 0, None, None, None),
        "flag": ("bool", 50, (True,), None, None),
        "day": ("date32[day]", 0, None, "2020-01-02", "2021-03-04"),
        "none": ("string", 100, None, None, None),
        "key": ("string", 0, None, None, None),
        "since": ("string", 0, ("2020-01-02", "2021-03-04"), None, None),
    }
    described = describe_in_child(tmp_path / "d")
    assert [f.name for f in described if f.unique] == ["many", "key"]
    assert [f.name for f in described if f.dates] == ["since"]
