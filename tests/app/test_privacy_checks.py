"""Checks of privacy in a whole run: judged, drawn and judged again like any other."""

from __future__ import annotations

import pyarrow as pa
import pytest
from tests.app.conftest import Folder

import assay
from assay.app.organisation.report import document
from assay.domain.assessment import Judged
from assay.domain.vocabulary import Verdict

CRITERION = """
  - {{id: {id}, metric: privacy.{metric}, {asked}, tier: supporting, rationale: nobody is picked out, owner: data_steward,
     requirements: [x/1]}}
"""


def asked(folder: Folder, **criteria: str) -> Folder:
    """With a criterion for each metric."""
    folder.text = folder.text.rstrip() + "".join(
        CRITERION.format(id=metric.replace("_", "-"), metric=metric, asked=said)
        for metric, said in criteria.items()
    )
    return folder


def run(folder: Folder, workers: int = 0) -> assay.Record:
    return assay.certify(folder.write(), workers=workers, certify_without_a_lock=True).record


def judged(record: assay.Record, metric: str) -> Judged:
    return next(j for j in record.judged if j.assessment.criterion == metric.replace("_", "-"))


CLASSES = "with: {quasi_identifiers: 'sex, age'}"


def test_the_classes_of_a_run_are_those_of_the_table(folder: Folder) -> None:
    asked(
        folder,
        k_anonymity=f"{CLASSES}, at_least: 2",
        small_classes=f"{CLASSES}, at_most: 0.1",
        l_diversity="with: {quasi_identifiers: 'sex, age', sensitive: bad}, at_least: 2",
        t_closeness="with: {quasi_identifiers: 'sex, age', sensitive: income}, at_most: 0.2",
    )
    table = folder.test.to_pandas()
    sizes = table.groupby(["sex", "age"])["id"].transform("size")
    record = run(folder)
    found = judged(record, "k_anonymity").assessment.estimate
    assert found is not None
    assert found.value == sizes.min()
    share = judged(record, "small_classes").assessment.estimate
    assert share is not None
    assert share.value == (sizes < 5).mean()
    assert judged(record, "small_classes").verdict is Verdict.PASS
    assert "The fewest people who look alike in sex, age are" in document(record, "html")
    assert run(folder, workers=2).judged == record.judged


def test_people_and_not_their_rows_are_counted(folder: Folder) -> None:
    """Everybody has a second row: the smallest class has twice the rows and as many people."""
    asked(folder, k_anonymity=f"{CLASSES}, at_least: 2").look_alike()
    once = judged(run(folder), "k_anonymity").assessment.estimate
    folder.edit("custody: validator,", "custody: validator, unit: id,")
    folder.test = pa.concat_tables([folder.test, folder.test])
    twice = judged(run(folder), "k_anonymity").assessment.estimate
    assert once is not None
    assert twice is not None
    assert twice.value == once.value


def test_a_plan_says_nothing_of_a_fact(folder: Folder) -> None:
    """Classes of a table that is scaled are no classes of the test rows."""
    asked(folder, k_anonymity=f"{CLASSES}, at_least: 2")
    made = assay.make_plan(folder.write(), workers=0)
    (planned,) = (p for p in made.attempts[0].criteria if p.criterion.id == "k-anonymity")
    assert planned.power is None
    assert not planned.undefined
    assert not planned.foregone


def test_an_unknown_quasi_identifier_is_refused_before_the_run(folder: Folder) -> None:
    asked(folder, k_anonymity="with: {quasi_identifiers: 'sex, agee'}, at_least: 2")
    with pytest.raises(assay.AssayError, match="agee"):
        run(folder)


def test_a_column_that_nobody_documented_is_looked_at(folder: Folder) -> None:
    asked(folder, direct_identifiers="data: develop, at_most: 0")
    assert judged(run(folder), "direct_identifiers").verdict is Verdict.PASS
    people = [f"p{i}@example.org" for i in range(folder.develop.num_rows)]
    folder.develop = folder.develop.append_column("x", pa.array(people))
    record = run(folder)
    assert judged(record, "direct_identifiers").verdict is Verdict.FAIL
    page = document(record, "html")
    assert "x: e-mail address" in page
    assert "@example.org" not in page


def test_columns_without_a_purpose_are_counted_in_the_file(folder: Folder) -> None:
    """Income and the number of the applicant are documented, and the model is scores of elsewhere."""
    asked(folder, unused_columns="data: develop, with: {kept: id}, at_most: 1")
    assert judged(run(folder), "unused_columns").verdict is Verdict.PASS
    folder.develop = folder.develop.append_column("religion", pa.array([1] * folder.develop.num_rows))
    found = judged(run(folder), "unused_columns")
    assert found.verdict is Verdict.FAIL
    assert found.assessment.pieces[0].counts == (
        ("", "income", 2000),
        ("", "religion (not documented)", 2000),
    )


def test_who_is_alone_is_looked_for_in_all_data(folder: Folder) -> None:
    asked(
        folder, unique_people="data: develop, with: {quasi_identifiers: 'sex, age, income'}, at_most: 0.5"
    ).look_alike()
    mine, names = folder.develop.to_pandas(), ["sex", "age", "income"]
    mine["income"] = mine["income"].round(-2)
    other = folder.test.to_pandas().assign(income=lambda table: table["income"].round(-2))
    folder.develop = pa.Table.from_pandas(mine, preserve_index=False)
    folder.test = pa.Table.from_pandas(other, preserve_index=False)
    together = pa.concat_tables([folder.develop, folder.test]).to_pandas().groupby(names).size()
    alone = (together.loc[list(mine[names].itertuples(index=False, name=None))] == 1).mean()
    found = judged(run(folder), "unique_people").assessment.estimate
    assert found is not None
    assert 0 < found.value == alone < 1
