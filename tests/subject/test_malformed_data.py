"""Malformed and hostile files end in a sentence; the process that decides reads none of them itself."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))

from guarantee.corrupted import (
    ENDED,
    ESCAPED,
    REFUSED,
    Sound,
    corrupted,
    outcomes,
    outcomes_in_turn,
    sound_data,
    sound_models,
)
from tests.near import near_children

from assay.domain.errors import SubjectError
from assay.sandbox.launch import Child
from assay.sandbox.roles import DEFAULT_LIMITS, Limits
from assay.subject.datasets import inspect_in_child, iter_batches
from assay.subject.reader import close_readers

EVERY = (*sound_models(), *sound_data())
LIMITS = Limits(memory=3 << 30)
SEEDS = 3
"""Of each kind of file; ``python -m guarantee`` corrupts many more."""


@pytest.mark.parametrize("sound", EVERY, ids=[s.title for s in EVERY])
def test_corrupted_files_end_in_a_sentence(sound: Sound):
    found = dict(outcomes_in_turn(sound, range(SEEDS)))
    assert len(found) == SEEDS
    assert not [said for said in found.values() if said.startswith(ESCAPED)]
    assert {REFUSED, ENDED} & set(found.values())


@pytest.mark.parametrize("sound", [EVERY[0], EVERY[2], EVERY[6]], ids=lambda s: s.title)
def test_corrupted_files_end_in_a_sentence_in_the_product(sound: Sound):
    found = dict(outcomes(sound, range(1)))
    assert not [said for said in found.values() if said.startswith(ESCAPED)]


def test_every_corruption_changes_something_and_is_the_same_again():
    data = EVERY[0].data
    made = [corrupted(data, seed) for seed in range(200)]
    assert data not in made
    assert made == [corrupted(data, seed) for seed in range(200)]


@pytest.fixture
def near() -> Iterator[None]:
    """For files that no reader breaks on: what it says of them is the same from a process of its own."""
    with near_children():
        yield


def read(place: Path, limits: Limits = DEFAULT_LIMITS) -> int:
    dataset = inspect_in_child(place, limits=limits)
    rows = 0
    for partition in dataset.partitions:
        for batch in iter_batches(partition, dataset.names):
            rows += batch.num_rows
    close_readers()
    return rows


def test_a_parquet_file_that_swells_when_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A few kilobytes that stand for 20,000 texts of a million letters: 20 gigabytes, for a reader that may take one."""
    start = Child.start.__func__

    def with_less(cls: type[Child], *target: object, **how: object) -> Child:
        return start(cls, *target, **(how | {"limits": Limits(memory=1 << 30)}))

    monkeypatch.setattr(Child, "start", classmethod(with_less))
    place = tmp_path / "bomb.parquet"
    words = pa.DictionaryArray.from_arrays(pa.array(np.zeros(20_000, np.int32)), pa.array(["a" * 1_000_000]))
    pq.write_table(pa.table({"x": words}), place, compression="zstd", store_schema=False)
    assert place.stat().st_size < 100_000
    with pytest.raises(SubjectError) as told:
        read(place, LIMITS)
    assert told.value.code in {"data_unreadable", "data_invalid"}
    assert "aaa" not in str(told.value)


def test_a_parquet_file_that_promises_more_rows_than_it_has(tmp_path: Path):
    place = tmp_path / "many.parquet"
    pq.write_table(pa.table({"x": pa.array([1] * 77)}), place, compression="none")
    data = place.read_bytes()
    footer = data.rindex(b"\x9a\x01")  # 77 as a zigzag number of the footer
    place.write_bytes(data[:footer] + b"\x9a\x7f" + data[footer + 2 :])
    with pytest.raises(SubjectError):
        read(place, LIMITS)


@pytest.mark.usefixtures("near")
@pytest.mark.parametrize("left", [8, 11, 40, -1, -5, -9])
def test_a_parquet_file_without_its_end(tmp_path: Path, left: int):
    place = tmp_path / "cut.parquet"
    pq.write_table(pa.table({"x": [1, 2, 3]}), place)
    place.write_bytes(place.read_bytes()[:left])
    with pytest.raises(SubjectError) as told:
        read(place)
    assert told.value.code in {"data_truncated", "data_not_parquet", "data_unreadable"}


def test_columns_nested_very_deeply(tmp_path: Path):
    deep: pa.DataType = pa.int64()
    for _ in range(60):
        deep = pa.list_(deep)
    place = tmp_path / "deep.parquet"
    pq.write_table(pa.table({"x": pa.array([None, None], type=deep), "y": [1, 2]}), place)
    with contextlib.suppress(SubjectError):
        assert read(place, LIMITS) == 2


@pytest.mark.usefixtures("near")
@pytest.mark.parametrize("name", ["", "a" * 100_000, "x\x00y", "\x1b[31mred", "‮evil", "a\nb"])
def test_absurd_names_of_columns(tmp_path: Path, name: str):
    place = tmp_path / "names.parquet"
    pq.write_table(pa.table([[1]], names=[name]), place)
    with pytest.raises(SubjectError) as told:
        read(place)
    assert told.value.code == "data_column_name"
    assert str(told.value).isprintable()
    assert len(str(told.value)) < 1000


@pytest.mark.usefixtures("near")
def test_formulas_in_a_csv_file_are_texts(tmp_path: Path):
    place = tmp_path / "formulas.csv"
    texts = ["=cmd|'/C calc'!A0", "@SUM(1+1)", "+1+1", "-2+3", "\t=1"]
    place.write_text("who,what\n" + "".join(f'{n},"{text}"\n' for n, text in enumerate(texts)))
    dataset = inspect_in_child(place)
    (batch,) = iter_batches(dataset.partitions[0], ["what"])
    close_readers()
    assert batch.column(0).to_pylist() == texts


@pytest.mark.usefixtures("near")
@pytest.mark.parametrize(
    "text",
    [
        "a,b\n" + "1" * 20_000_000 + ",2\n",
        "a,b\n" + '"' + "x" * 5_000_000,
        ",".join(f"c{i}" for i in range(200_000)) + "\n",
        "a\n" + "\x00" * 1000 + "\n",
        "a,b\n1\n",
        "a,b\n" + "1,2\r" * 1000 + "1",
    ],
    ids=[
        "a field of 20 MB",
        "a quote that stays open",
        "200,000 columns",
        "zeros",
        "ragged",
        "old line ends",
    ],
)
def test_csv_files_that_are_none(tmp_path: Path, text: str):
    place = tmp_path / "odd.csv"
    place.write_text(text)
    with pytest.raises(SubjectError) as told:
        read(place)
    assert str(told.value).isprintable()
    assert len(str(told.value)) < 1000
