"""A file of rows that is damaged where its footer does not tell: what a judged run says, and what it spends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.app.conftest import Folder, people, replaced
from tests.app.team import Team

import assay
from assay.app.organisation.ledger import open_ledger
from assay.domain.errors import ExitCode
from assay.domain.vocabulary import Outcome, Reason
from assay.engine.progress import Progress, Silence

APART = """\
  - {id: apart, metric: data.split_overlap, at_most: 0, tier: critical, rationale: fresh rows, owner: data_steward}
"""


@pytest.fixture
def team(folder: Folder) -> Team:
    folder.edit("develop: develop.parquet,", "develop: develop.parquet, train: train.parquet,")
    folder.edit("ranking]}", "ranking, apart]}")
    folder.text += APART
    pq.write_table(people(3000, 3), folder.root / "train.parquet", row_group_size=1000)
    return Team(folder).lock()


def damage(file: Path, column: str) -> None:
    """Spoil the last page of a column."""
    metadata = pq.ParquetFile(file).metadata
    place = metadata.schema.to_arrow_schema().get_field_index(column)
    chunk = metadata.row_group(metadata.num_row_groups - 1).column(place)
    start = chunk.dictionary_page_offset or chunk.data_page_offset
    content = bytearray(file.read_bytes())
    for at in range(start + 30, start + chunk.total_compressed_size - 2):
        content[at] ^= 0x5A
    file.write_bytes(content)


def judged(team: Team) -> list[tuple[int, str]]:
    with open_ledger(team.root) as ledger:
        return [(run.attempt, run.outcome) for run in ledger.state().runs.values()]


@pytest.mark.parametrize("role", ["train", "develop", "test"])
def test_a_damaged_page_spends_no_row_and_the_file_can_be_written_again(team: Team, role: str) -> None:
    file = team.root / f"{role}.parquet"
    rows = pq.read_table(file)
    damage(file, "income")
    with pytest.raises(assay.AssayError, match=file.name) as told:
        team.certify()
    assert told.value.code == "data_unreadable"
    assert judged(team) == []
    pq.write_table(rows, file, row_group_size=700)  # the same rows, and other bytes
    assert team.certify().attempt == 1
    assert [attempt for attempt, _ in judged(team)] == [1]


def test_what_is_read_before_a_run_begins_is_not_read_again(team: Team) -> None:
    opened: list[tuple[str, bool]] = []

    @contextmanager
    def progress(title: str, _: int) -> Iterator[Progress]:
        opened.append((title, bool(judged(team))))
        yield Silence()

    team.certify(reuse=False, progress=progress)
    assert [begun for title, begun in opened if title == "train data"] == [False]
    assert [title for title, begun in opened if begun] == ["test data"]


LABELS = {
    "2": (
        2,
        "1 of 4,000 rows of the test data have a label that is neither 0 nor 1 in the column 'bad' (1 another value).",
    ),
    "missing": (
        None,
        "1 of 4,000 rows of the test data have a label that is neither 0 nor 1 in the column 'bad' (1 missing).",
    ),
}


def with_a_label(rows: pa.Table, label: int | None) -> pa.Table:
    """The rows, of which the eighth has another label."""
    labels = rows["bad"].to_pylist()
    labels[7] = label
    place = rows.schema.get_field_index("bad")
    return rows.set_column(place, "bad", pa.array(labels, pa.int64()))


@pytest.mark.parametrize(("label", "said"), LABELS.values(), ids=LABELS)
def test_a_label_that_is_none_spends_no_row_of_a_locked_run(
    folder: Folder, label: int | None, said: str
) -> None:
    team = Team(folder).lock()
    honest = folder.test
    folder.test = with_a_label(honest, label)
    folder.write()
    with pytest.raises(assay.AssayError) as told:
        team.certify()
    assert (told.value.code, told.value.exit_code) == ("data_invalid", ExitCode.NO_VERDICT)
    assert told.value.message == f"{said} The judged run did not begin, and no row is spent."
    assert "Write the label as the numbers 0 and 1" in told.value.remedy
    assert judged(team) == []
    assert not (team.root / ".assay" / "runs.jsonl").exists()
    folder.test = honest
    folder.write()
    assert team.certify().attempt == 1
    assert [attempt for attempt, _ in judged(team)] == [1]


@pytest.mark.parametrize("how", ["rehearse", "certify_without_a_lock"])
def test_a_label_that_is_none_is_a_verdict_where_no_row_is_spent_by_the_log(folder: Folder, how: str) -> None:
    """Both kinds of wrong labels are counted apart, over all partitions."""
    mistyped = with_a_label(with_a_label(folder.test, 2), None)
    labels = np.where(np.arange(4000) == 3999, 3, mistyped["bad"].to_numpy())
    mistyped = replaced(mistyped, "bad", labels)
    folder.test, folder.develop = mistyped, mistyped if how == "rehearse" else folder.develop
    done = assay.certify(folder.write(), workers=0, **{how: True})
    assert done.decision.outcome is not Outcome.CERTIFIED
    wrong = [j for j in done.record.judged if j.reason is Reason.DATA_INVALID]
    assert wrong
    assert "2 of 4,000 rows" in wrong[0].sentence
    assert "(1 missing and 1 another value)" in wrong[0].sentence
