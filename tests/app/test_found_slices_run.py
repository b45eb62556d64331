"""Slices found on the development rows and judged on the test rows: planned, judged, drawn, judged again; by row, by person and by group."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from benchmarks.passes import counted
from tests.app.conftest import Folder, in_process, people, replaced
from tests.app.team import Team

import assay
from assay.app.judging import open_engine
from assay.app.judging.replay import Alike, replay
from assay.app.organisation.report import document
from assay.app.verifying.evidence import evidence_digest
from assay.app.verifying.rejudge import contradicted
from assay.domain.evidence import FoundRates
from assay.domain.record_document import UnreadableRecord, from_document, to_document
from assay.domain.vocabulary import Reason, Verdict

FOUND = """
  - {id: found, metric: performance.found_slices, with: {worst: 3}, at_least: 0.60, expected: 0.85, tier: supporting,
     rationale: nobody is left out, owner: validator, requirements: [x/1]}
"""
BY_SEX = FOUND.replace("id: found,", "id: by-sex, across: sex,").replace("worst: 3", "worst: 1, depth: 1")
CODES = """\
  - {name: site, type: category, description: branch, codes: {1: north, 2: south, 3: east}}
  - {name: kind, type: category, description: product, codes: {1: car, 2: house, 3: boat}}
"""
WEAK = "site: south, kind: boat"
DATA = "custody: validator}"


def at_sites(n: int, seed: int, *, planted: bool) -> pa.Table:
    """Applicants at sites for products, four in five of whose losses are told; where planted, two in five for boats in the south."""
    table, rng = people(n, seed), np.random.default_rng(seed)
    site, kind = rng.integers(1, 4, n), rng.integers(1, 4, n)
    weak = planted & (site == 2) & (kind == 3)
    told = (table["score"].to_numpy() >= 0.5).astype(np.int64)
    bad = np.where(rng.random(n) < np.where(weak, 0.6, 0.15), 1 - told, told)
    return (
        replaced(table, "bad", bad)
        .append_column("site", pa.array(site))
        .append_column("kind", pa.array(kind))
    )


def asked(folder: Folder, *, planted: bool, more: str = FOUND) -> Folder:
    folder.dictionary = folder.dictionary.rstrip() + "\n" + CODES
    folder.text = folder.text.rstrip() + more
    folder.test, folder.develop = at_sites(6000, 1, planted=planted), at_sites(3000, 2, planted=planted)
    return folder


def judged(record: assay.Record, name: str = "found"):
    (found,) = (j for j in record.judged if j.assessment.criterion == name)
    return found


def counts_of(record: assay.Record, name: str = "found") -> FoundRates:
    (counts,) = (s.counts for s in record.statistics if s.answers == name)
    assert isinstance(counts, FoundRates)
    return counts


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, assay.Record]:
    path = asked(Folder(tmp_path_factory.mktemp("planted")), planted=True).write()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(open_engine, "executor_of", in_process)
        return path, assay.certify(path, workers=0, certify_without_a_lock=True).record


def test_a_slice_that_is_weak_on_other_rows_is_confirmed_and_both_tables_are_told(planted) -> None:
    _, record = planted
    found, counts = judged(record), counts_of(record)
    assert found.verdict is Verdict.FAIL
    assert found.assessment.most_violated.label == WEAK
    assert counts.cells[0].label == WEAK
    assert len(counts.cells) == 3
    # sites, products, sexes, labels apart: 3 + 3 + 2 codes and their pairs, of the 3,000 development rows
    assert len(counts.searched) == (3 + 3 + 2) + (9 + 6 + 6)
    assert (
        sum(
            cell.trials for cell in counts.searched if cell.label.startswith("site") and "," not in cell.label
        )
        == 3000
    )
    page = document(record, "html")
    assert "Slices that were searched for found, first those that are judged, and the worst first" in page
    assert "29 slices were looked at on the searched rows" in page


def test_who_judges_again_has_the_slices_from_the_counts_and_believes_no_others(planted) -> None:
    path, record = planted
    assert contradicted(record) == ""
    plain = to_document(record)
    assert from_document(plain) == record
    (statistic,) = (s for s in plain["statistics"] if s["criterion"] == "found")
    statistic["counts"]["cells"].pop(0)  # the weak one is left away
    with pytest.raises(UnreadableRecord, match="impossible"):
        from_document(plain)
    counts = counts_of(record)
    good = replace(counts, searched=counts.searched[::-1])
    other = replace(
        record,
        statistics=tuple(replace(s, counts=good) if s.counts == counts else s for s in record.statistics),
    )
    assert "not the evidence" in contradicted(other)
    assert evidence_digest(other.evidence) != record.evidence_digest
    assert replay(path.parent, workers=1).alike is Alike.IDENTICAL


def test_where_no_slice_is_weak_all_that_were_found_pass(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(folder, planted=False, more=FOUND + BY_SEX)
    (planned,) = assay.make_plan(folder.write(), workers=0).attempts
    power = {p.criterion.id: p.power for p in planned.criteria}
    assert power["found"].passes > 0.9
    assert power["found"].assumed == "the slices that are found are the smallest that are searched"
    record = assay.certify(folder.write(), workers=0, certify_without_a_lock=True).record
    assert judged(record).verdict is Verdict.PASS
    assert judged(record, "by-sex").verdict is Verdict.PASS
    by_sex = counts_of(record, "by-sex")
    assert [cell.label for cell in by_sex.cells].count("women") == 1
    assert {cell.label for cell in by_sex.searched} == {"women", "men"}
    assert contradicted(record) == ""
    # Of many slices those of each group that are judged are printed, wherever they stand among all.
    monkeypatch.setattr("assay.dossier.sections.found.MOST", 1)
    page = document(record, "html")
    table = page.partition("Slices that were searched for by-sex")[2].partition("</table>")[0]
    assert f"2 of {len(by_sex.searched)} are printed" in table
    assert all(f"{cell.label} ({cell.family})" in table for cell in by_sex.cells)


def test_a_rehearsal_has_no_other_rows_to_confirm_on_unless_some_are_named(folder: Folder) -> None:
    asked(folder, planted=True)
    record = assay.certify(folder.write(), workers=0, rehearse=True).record
    assert (judged(record).verdict, judged(record).reason) == (Verdict.NOT_EVALUABLE, Reason.NOT_MEASURED)
    assert "cannot be confirmed on them" in judged(record).sentence
    folder.edit("develop: develop.parquet,", "develop: develop.parquet, train: test.parquet,")
    folder.edit("test: test.parquet,", "test: other.parquet,").edit("worst: 3", "worst: 3, searched: train")
    record = assay.certify(folder.write(), workers=0, rehearse=True).record
    assert judged(record).verdict is Verdict.FAIL


def test_the_model_is_asked_once_about_one_row_of_each_person_also_where_slices_are_searched(
    folder: Folder,
) -> None:
    asked(folder, planted=True).edit(DATA, "custody: validator, unit: id}")
    for role in ("test", "develop"):
        table = getattr(folder, role)
        setattr(folder, role, replaced(table, "id", np.arange(table.num_rows) // 2))
    path = folder.write()
    with counted() as (read, _):
        record = assay.certify(path, workers=0, certify_without_a_lock=True).record
    assert judged(record).verdict is Verdict.FAIL
    of_sites = [c for c in counts_of(record).searched if c.label.startswith("site") and "," not in c.label]
    assert sum(cell.trials for cell in of_sites) == 1500
    assert read["develop"] >= 2 * 3000  # for the units, and for the scores


def test_labels_of_the_searched_rows_that_cannot_be_read_leave_this_criterion_without_counts(
    folder: Folder,
) -> None:
    asked(folder, planted=False).edit(
        "develop: develop.parquet,", "develop: develop.parquet, train: train.parquet,"
    )
    folder.edit("worst: 3", "worst: 3, searched: train")
    train = at_sites(3000, 3, planted=False)
    pq.write_table(replaced(train, "bad", train["bad"].to_numpy() + 1), folder.root / "train.parquet")
    record = assay.certify(folder.write(), workers=0, certify_without_a_lock=True).record
    assert judged(record).verdict is Verdict.ERROR
    assert "rows of the train data have a label" in judged(record).sentence
    assert judged(record, "accuracy").verdict is Verdict.PASS


def locked_with_a_schedule(folder: Folder) -> Team:
    asked(folder, planted=False).edit("at_least: 0.70", "at_least: 0.95").edit(
        "expected: 0.8,", "expected: 0.99,"
    )
    folder.text += "attempts: {count: 3, first: 0.8}\n"
    return Team(folder, attempts=3).lock()


def test_no_search_on_sealed_rows_tells_what_is_sealed(
    after: Callable[[Callable[[Folder], Team]], Team],
) -> None:
    team = after(locked_with_a_schedule)
    team.certify()
    team.certify()  # the second attempt sees that the rows to be searched are none of the first's
    folder, sealed = team.folder, team.folder.test
    folder.edit("name: small-loans", "name: other-loans")
    folder.develop, folder.test = sealed, at_sites(3000, 9, planted=False)
    with pytest.raises(
        assay.Refused, match="one bit is told while its schedule", check=lambda e: e.code == "sealed"
    ) as refused:
        assay.certify(folder.write(), workers=0, certify_without_a_lock=True)
    assert "Declare other rows as 'develop'" in str(refused.value.remedy)
    folder.develop = at_sites(3000, 8, planted=False)
    assert assay.certify(folder.write(), workers=0, certify_without_a_lock=True).record.judged
