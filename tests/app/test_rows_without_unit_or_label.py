"""Rows that do not count, as they have no label or nobody knows whose they are, cannot be passed over by what is asked of the data."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.app.conftest import Folder, people, replaced

import assay
from assay.domain.vocabulary import Reason, Verdict

ASKED = """
  - {id: gap, metric: data.missing_by_group, data: ROLE, across: sex, with: {column: income}, at_most: 0.1, tier: supporting,
     rationale: the feed is the same for all, owner: data_steward, requirements: [x/1]}
  - {id: rows, metric: data.rows, data: ROLE, at_least: 100, tier: supporting,
     rationale: fewer say little, owner: data_steward, requirements: [x/1]}
  - {id: overlap, metric: data.split_overlap, at_most: 0.01, tier: supporting,
     rationale: nobody was learned from, owner: data_steward, requirements: [x/1]}
"""


def judged(folder: Folder, train: pa.Table, role: str, unit: str) -> dict[str, assay.Assessment]:
    folder.edit("develop: develop.parquet,", "develop: develop.parquet, train: train.parquet,")
    folder.edit("custody: validator}", f"custody: validator{unit}}}")
    folder.text = folder.text.rstrip() + ASKED.replace("ROLE", role)
    for column in ("range: [0, null]", "number of the applicant"):
        folder.dictionary = folder.dictionary.replace(f"{column}}}", f"{column}, missing: allowed}}")
    pq.write_table(train, folder.root / "train.parquet")
    record = assay.certify(
        folder.write(), workers=0, certify_without_a_lock=True, certify_a_hopeless_specification=True
    ).record
    return {j.assessment.criterion: j for j in record.judged}


def some_women(table: pa.Table) -> np.ndarray:
    """Three in five of the women, who have no income."""
    return (table["sex"].to_numpy() == 2) & (np.random.default_rng(1).random(table.num_rows) < 0.6)


def without(table: pa.Table, name: str, rows: np.ndarray) -> pa.Table:
    return replaced(table, name, pa.array(table[name].to_numpy(), mask=rows))


def test_rows_without_a_label_hide_no_gap(folder: Folder) -> None:
    train = people(3000, 3)
    lost = some_women(train)
    found = judged(folder, without(without(train, "income", lost), "bad", lost), "train", "")
    assert found["gap"].verdict is Verdict.NOT_EVALUABLE
    assert f"{lost.sum():,} of 3,000 rows of 'train' have no label" in found["gap"].sentence
    assert found["rows"].verdict is Verdict.PASS  # which counts those with a label
    assert found["rows"].assessment.estimate.value == 3000 - lost.sum()


def test_most_of_a_small_group_does_not_hide_in_few_rows_without_a_label(folder: Folder) -> None:
    train = people(3000, 3)
    women = np.arange(3000) < 100
    train = replaced(train, "sex", pa.array(np.where(women, 2, 1)))
    lost = np.arange(3000) < 50  # 1.7 % of all rows
    found = judged(folder, without(without(train, "income", lost), "bad", lost), "train", "")["gap"]
    assert found.verdict is Verdict.NOT_EVALUABLE
    assert "50 of 100 rows of 'women' of 'train' have no label" in found.sentence


@pytest.mark.parametrize("said", [None, 9])
def test_nor_a_drift_of_labels(folder: Folder, said: int | None) -> None:
    """At one site most labels 1 were none, or 9: of 70 % there and 20 % elsewhere the labelled rows had 20 % at both."""
    draw = np.random.default_rng(3)

    def with_sites(table: pa.Table) -> pa.Table:
        return table.append_column("site", pa.array(draw.integers(1, 3, table.num_rows)))

    folder.test, folder.develop, train = map(with_sites, (folder.test, folder.develop, people(3000, 3)))
    south = train["site"].to_numpy() == 2
    labels = (draw.random(3000) < np.where(south, 0.7, 0.2)).astype(int)
    lost = south & (labels == 1) & (draw.random(3000) < 0.9)
    written = [said if gone else label for gone, label in zip(lost.tolist(), labels.tolist(), strict=True)]
    folder.dictionary += "  - {name: site, type: category, description: site, codes: {1: a, 2: b}}\n"
    folder.edit("small_groups:", "strata:\n  site: {column: site, groups: {a: 1, b: 2}}\nsmall_groups:")
    folder.text = f"""{folder.text.rstrip()}
  - {{id: drift, metric: data.source_drift, data: train, at_most: 0.1, tier: supporting, rationale: one rule for all, owner: data_steward,
     requirements: [x/1]}}"""
    found = judged(folder, replaced(train, "bad", pa.array(written, pa.int64())), "train", "")["drift"]
    assert found.verdict is Verdict.NOT_EVALUABLE
    assert f"{lost.sum():,} of 3,000 rows of 'train' have no label" in found.sentence


@pytest.mark.parametrize("by", ["source", "label"])
def test_nor_a_drift_of_labels_in_a_small_part(folder: Folder, by: str) -> None:
    """Of a site, or month, with 4 % of the rows most labels 1 are not known, which is less than 2 % of all rows; at random as many hide nothing."""
    draw = np.random.default_rng(3)
    small = np.arange(3000) < 120

    def parted(table: pa.Table) -> pa.Table:
        first = np.arange(table.num_rows) < table.num_rows // 25
        table = table.append_column("site", pa.array(np.where(first, 2, 1)))
        return table.append_column("day", pa.array(np.where(first, "2024-02-01", "2024-01-01")))

    folder.test, folder.develop, train = map(parted, (folder.test, folder.develop, people(3000, 3)))
    labels = (draw.random(3000) < np.where(small, 0.7, 0.3)).astype(np.int64)
    train = replaced(train, "bad", pa.array(labels))
    folder.dictionary += "  - {name: site, type: category, description: site, codes: {1: a, 2: b}}\n"
    folder.dictionary += "  - {name: day, type: date, description: day}\n"
    folder.edit("small_groups:", "strata:\n  site: {column: site, groups: {a: 1, b: 2}}\nsmall_groups:")
    folder.text = f"""{folder.text.rstrip()}
  - {{id: drift, metric: data.{by}_drift, data: train, at_most: 0.2, tier: supporting, rationale: one rule for all, owner: data_steward,
     requirements: [x/1]}}"""
    lost = small & (labels == 1) & (np.arange(3000) % 10 < 6)
    assert lost.sum() < 60
    found = judged(folder, without(train, "bad", lost), "train", ", time: day")["drift"]
    assert found.verdict is Verdict.NOT_EVALUABLE
    assert f"{lost.sum()} of 120 rows of {'b' if by == 'source' else 'one period by'}" in found.sentence
    pq.write_table(without(train, "bad", np.arange(3000) % 67 == 5), folder.root / "train.parquet")
    again = assay.certify(
        folder.root / "specification.yaml",
        workers=0,
        certify_without_a_lock=True,
        certify_a_hopeless_specification=True,
    ).record
    (told,) = (j for j in again.judged if j.assessment.criterion == "drift")
    assert told.verdict is Verdict.FAIL, told.sentence


@pytest.mark.parametrize("said", [None, 9])
def test_nor_a_column_that_knows_the_answer(folder: Folder, said: int | None) -> None:
    """Of the training rows as many have a label where the column knows it as where it does not, in each group: an AUC of .93 was .50, and passed."""
    draw = np.random.default_rng(3)

    def with_leak(table: pa.Table) -> pa.Table:
        label = table["bad"].to_numpy()
        known = np.where(draw.random(len(label)) < 0.93, label, 1 - label)
        return table.append_column("settled", pa.array(known))

    folder.test, folder.develop, train = map(with_leak, (folder.test, folder.develop, people(3000, 3)))
    settled, label = train["settled"].to_numpy(), train["bad"].to_numpy()
    kept = (settled != label) | (draw.random(3000) < 0.07 / 0.93)
    written = [int(of) if keep else said for keep, of in zip(kept, label, strict=True)]
    folder.dictionary += "  - {name: settled, type: category, description: paid, codes: {0: no, 1: yes}}\n"
    folder.text = f"""{folder.text.rstrip()}
  - {{id: leak, metric: data.leaking_columns, with: {{column: settled}}, at_most: 0.8, tier: supporting, rationale: known before, owner: data_steward,
     requirements: [x/1]}}"""
    found = judged(folder, replaced(train, "bad", pa.array(written, pa.int64())), "train", "")["leak"]
    assert found.verdict is Verdict.NOT_EVALUABLE
    assert f"{(~kept).sum():,} of 3,000 rows of 'train' have no label" in found.sentence


@pytest.mark.parametrize("mark", ["none", "one for all"])
def test_rows_whose_unit_nobody_knows_hide_no_gap(folder: Folder, mark: str) -> None:
    train = people(3000, 3)
    lost = some_women(train)
    table = without(train, "income", lost)
    ids = np.where(lost, -1, train["id"].to_numpy())
    table = replaced(table, "id", pa.array(ids, mask=lost if mark == "none" else None))
    # Without a repeated unit every row counts; with one, those of unknown units would be left out.
    table = pa.concat_tables([table, table.slice(0, 10)])
    found = judged(folder, table, "train", ", unit: id")
    assert found["gap"].verdict is Verdict.ERROR
    assert found["gap"].reason is Reason.DATA_INVALID
    assert "no value in the column 'id'" in found["gap"].sentence or "A single value" in found["gap"].sentence
    assert found["accuracy"].verdict is Verdict.PASS


def test_people_of_the_training_data_are_not_hidden_by_taking_their_unit_away(folder: Folder) -> None:
    train = people(4000, 3)
    seen = np.arange(4000) < 2000
    ids = np.where(seen, folder.test["id"].to_numpy(), train["id"].to_numpy())
    found = judged(folder, replaced(train, "id", pa.array(ids)), "test", ", unit: id")["overlap"]
    assert found.verdict is Verdict.FAIL
    assert found.assessment.estimate.value == 0.5


def test_and_where_it_is_taken_away_nothing_is_called_clean(folder: Folder) -> None:
    train = people(4000, 3)
    found = judged(folder, without(train, "id", np.arange(4000) < 2000), "test", ", unit: id")["overlap"]
    assert found.verdict is Verdict.NOT_EVALUABLE
    assert "2,000 of 4,000 rows of 'train' have no unit" in found.sentence


def test_nor_a_shift_against_rows_of_another_data_set(folder: Folder) -> None:
    """Half of the training rows had a hundredfold income and no label: the other half is like the test rows."""
    train = people(4000, 3)
    lost = np.arange(4000) < 2000
    train = replaced(train, "income", pa.array(train["income"].to_numpy() * np.where(lost, 100, 1)))
    folder.edit("custody: validator}", "custody: validator, train: train.parquet}")
    folder.text = folder.text.rstrip() + (
        "\n  - {id: shift, metric: performance.psi, with: {column: income, edges: '2000, 3000, 4000, 8000', reference: train}, at_most: 0.1,"
        "\n     tier: supporting, rationale: whom it was made for, owner: validator, requirements: [x/1]}\n"
    )
    found = []
    for table in (without(train, "bad", lost), train):
        pq.write_table(table, folder.root / "train.parquet")
        record = assay.certify(
            folder.write(), workers=0, certify_without_a_lock=True, certify_a_hopeless_specification=True
        ).record
        found += [j for j in record.judged if j.assessment.criterion == "shift"]
    assert [j.verdict for j in found] == [Verdict.NOT_EVALUABLE, Verdict.FAIL]
    assert "2,000 of 4,000 rows of 'train' have no label" in found[0].sentence


@pytest.mark.parametrize("mark", [-1, 77_777])
def test_half_of_a_small_group_is_no_single_person(folder: Folder, mark: int) -> None:
    """1.9 % of the rows, half of a group, are of people whom nobody knows, and are refused: of one row nothing of it was left."""
    rows = folder.test.num_rows
    abroad, unknown = np.arange(rows) < rows // 25, np.arange(rows) < int(0.019 * rows)
    scores = folder.test["score"].to_numpy()
    folder.test = replaced(folder.test, "score", pa.array(np.where(unknown, 0.6 + 0.4 * scores, scores)))
    folder.test = replaced(folder.test, "sex", pa.array(np.where(abroad, 2, 1)))
    folder.edit("custody: validator}", "custody: validator, unit: id}")
    found = []
    for ids in (folder.test["id"].to_numpy(), np.where(unknown, mark, folder.test["id"].to_numpy())):
        folder.test = replaced(folder.test, "id", pa.array(ids))
        record = assay.certify(
            folder.write(), workers=0, certify_without_a_lock=True, certify_a_hopeless_specification=True
        ).record
        found.append({j.assessment.criterion: j for j in record.judged})
    assert found[0]["approval-sex"].verdict is Verdict.FAIL
    of_mark = found[1]["approval-sex"]
    assert (of_mark.verdict, of_mark.reason) == (Verdict.ERROR, Reason.DATA_INVALID)
    assert "has 76 of 160 rows of 'women'; on average a unit has 1.0" in of_mark.sentence
    assert found[1]["accuracy"].verdict is Verdict.PASS  # of all rows it is few


def test_nor_is_half_of_a_rare_label(folder: Folder) -> None:
    """Half of the rows with label 1 are of people whom nobody knows, and are not found."""
    at = np.arange(8000)
    folder.test = people(8000, 1)
    bad, unknown = at < 320, at < 152
    folder.test = replaced(folder.test, "bad", pa.array(bad.astype(np.int64)))
    folder.test = replaced(folder.test, "score", pa.array(np.where(bad & ~unknown, 0.9, 0.1 + at % 7 / 100)))
    folder.edit("custody: validator}", "custody: validator, unit: id}")
    folder.text = folder.text.replace(
        "criteria:\n",
        "criteria:\n  - {id: found, metric: performance.recall, at_least: 0.9, tier: supporting, rationale: few may be missed, owner: validator, requirements: [x/1]}\n",
        1,
    )
    found = []
    for ids in (folder.test["id"].to_numpy(), np.where(unknown, -1, folder.test["id"].to_numpy())):
        folder.test = replaced(folder.test, "id", pa.array(ids))
        record = assay.certify(
            folder.write(), workers=0, certify_without_a_lock=True, certify_a_hopeless_specification=True
        ).record
        found += [j for j in record.judged if j.assessment.criterion == "found"]
    assert [j.verdict for j in found] == [Verdict.FAIL, Verdict.ERROR]
    assert "has 152 of 320 rows of 'label 1'; on average a unit has 1.0" in found[1].sentence
