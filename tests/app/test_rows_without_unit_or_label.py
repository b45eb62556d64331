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
