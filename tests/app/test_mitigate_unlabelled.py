"""Rows without a label in a search: refused, with how many, in which file and column, and what to do, before anything is trained."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.app.unequal import METHODS, Unequal

from assay.app.mitigating.mitigate import Wish, mitigate
from assay.domain.errors import AssayError


def without_labels(file: Path, rows: int) -> None:
    table = pq.read_table(file)
    labels = [None if i < rows else y for i, y in enumerate(table["bad"].to_pylist())]
    place = table.column_names.index("bad")
    pq.write_table(table.set_column(place, "bad", pa.array(labels, pa.int64())), file)


@pytest.mark.parametrize(("role", "lost", "rows"), [("develop", 40, 2_000), ("train", 25, 2_500)])
def test_a_search_on_rows_without_labels_is_refused_and_says_how_many_and_what_to_do(
    tmp_path: Path, role: str, lost: int, rows: int
) -> None:
    path = Unequal(tmp_path).write()
    without_labels(tmp_path / f"{role}.parquet", lost)
    with pytest.raises(AssayError) as told:
        mitigate(path, wish=Wish(methods=METHODS, margin=0.1))
    said = str(told.value)
    assert f"{lost} of {rows:,} rows of the {role} data have a label that is neither 0 nor 1" in said
    assert f"in the column 'bad' ({lost} missing)" in said
    assert "leave out rows whose truth is not known" in said
    assert not (tmp_path / "mitigation").exists()
