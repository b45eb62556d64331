"""Rows in no part of a stratum: whatever looks at its parts is not evaluable when they are more than 2 %, and says what to do."""

import numpy as np
import pyarrow as pa
import pytest
from tests.app.conftest import Folder, in_process, people

import assay
from assay.app.judging import open_engine
from assay.domain.vocabulary import Reason, Verdict

STRATA = "strata:\n  site: {column: site, groups: {north: [n], south: [s]}}\nfailure_modes:"
ASKED = {
    "slice": "metric: performance.worst_slice, with: {within: site}, at_least: 0.5",
    "part": "metric: performance.accuracy, where: {site: north}, at_least: 0.5",
    "gaps": "metric: data.missing_by_source, with: {column: income}, at_most: 0.3",
    "all": "metric: performance.accuracy, at_least: 0.5",
}


@pytest.mark.parametrize("lost", [20, 400])
def test_too_many_rows_in_no_part_are_no_pass(folder: Folder, lost: int, monkeypatch) -> None:
    monkeypatch.setattr(open_engine, "executor_of", in_process)
    table = people(4000, 1)
    site = np.where(np.arange(table.num_rows) % 2, "n", "s").astype(object)
    site[:lost] = "n "
    folder.test = table.append_column("site", pa.array(site))
    develop = people(2000, 2)
    folder.develop = develop.append_column("site", pa.array(["n", "s"] * (develop.num_rows // 2)))
    folder.dictionary += "  - {name: site, type: category, description: where, codes: {n: north, s: south}}\n"
    folder.edit("failure_modes:", STRATA)
    for name, asked in ASKED.items():
        folder.text = folder.text.replace(
            "criteria:\n",
            f"criteria:\n  - {{id: {name}, {asked}, tier: supporting, rationale: it is asked, owner: validator, requirements: [x/1]}}\n",
            1,
        )
    record = assay.certify(
        folder.write(), workers=0, certify_without_a_lock=True, certify_a_hopeless_specification=True
    ).record
    found = {judged.assessment.criterion: judged for judged in record.judged}
    for name in ASKED:
        told = name != "all" and lost == 400
        assert (found[name].verdict is Verdict.NOT_EVALUABLE) == told, found[name].sentence
        assert found[name].verdict in (Verdict.NOT_EVALUABLE, Verdict.PASS), found[name].sentence
        if told:
            (reason,) = found[name].assessment.undefined
            assert reason.reason is Reason.ROWS_IN_NO_GROUP
            assert reason.detail.startswith("400 of 4,000 rows are in none of the groups of 'site'")
            assert "declare a part of the stratum 'site'" in reason.detail


OF_GROUPS = {
    "slice": "metric: performance.worst_slice, across: sex, with: {within: site}, at_least: 0.5",
    "part": "metric: performance.accuracy, across: sex, where: {site: north}, at_least: 0.5",
    "crossed": "metric: performance.accuracy, across: age*sex, at_least: 0.5",
    "all": "metric: performance.accuracy, across: sex, at_least: 0.5",
}


@pytest.mark.parametrize("hidden", [0, 60])
def test_a_small_group_does_not_hide_in_no_part(folder: Folder, hidden: int, monkeypatch) -> None:
    """A twentieth of the rows is of women; what they lack is 1.5 % of all rows, and a third of theirs."""
    monkeypatch.setattr(open_engine, "executor_of", in_process)

    def made(seed: int, n: int) -> pa.Table:
        table = people(n, seed)
        women = np.arange(n) % 20 == 0
        lost = np.flatnonzero(women)[: hidden * n // 4000]
        site = np.where(np.arange(n) % 3 % 2, "n", "s").astype(object)
        site[lost] = None
        age = (25.0 + np.arange(n) % 7 % 2 * 20).astype(object)
        age[lost] = None
        for name, values in (("sex", np.where(women, 2, 1)), ("age", pa.array(age.tolist(), pa.float64()))):
            table = table.set_column(table.schema.get_field_index(name), name, pa.array(values))
        return table.append_column("site", pa.array(site))

    folder.test, folder.develop = made(1, 4000), made(2, 2000)
    folder.dictionary = folder.dictionary.replace("range: [18, 110]", "range: [18, 110], missing: allowed")
    folder.dictionary += "  - {name: site, type: category, description: where, codes: {n: north, s: south}, missing: allowed}\n"
    folder.edit("failure_modes:", STRATA)
    folder.edit("bands: [30, 60]}", "bands: [30]}")
    folder.edit("small_groups:", "intersections: [[age, sex]]\nsmall_groups:")
    for name, asked in OF_GROUPS.items():
        folder.text = folder.text.replace(
            "criteria:\n",
            f"criteria:\n  - {{id: {name}, {asked}, tier: supporting, rationale: it is asked, owner: validator, requirements: [x/1]}}\n",
            1,
        )
    record = assay.certify(
        folder.write(), workers=0, certify_without_a_lock=True, certify_a_hopeless_specification=True
    ).record
    found = {judged.assessment.criterion: judged for judged in record.judged}
    for name in OF_GROUPS:
        told = bool(hidden) and name != "all"
        assert found[name].verdict is (Verdict.NOT_EVALUABLE if told else Verdict.PASS), found[name].sentence
        if told:
            (reason,) = found[name].assessment.undefined
            assert reason.detail.startswith("Of women: 60 of 200 rows are in none of the groups of")


OF_LABELS = {
    "rec": "metric: performance.recall, across: sex, at_least: 0.9",
    "slice": "metric: performance.worst_slice, with: {within: site, measure: recall}, at_least: 0.9",
    "part": "metric: performance.recall, where: {site: north}, at_least: 0.9",
    "drift": "metric: data.source_drift, at_most: 0.1",
    "months": "metric: data.label_drift, at_most: 0.1",
    "all": "metric: performance.accuracy, at_least: 0.5",
}


@pytest.mark.parametrize("hidden", [False, True])
def test_half_of_the_rows_of_a_rare_label_do_not_hide_in_no_group(
    folder: Folder, monkeypatch, *, hidden: bool
) -> None:
    """Of 4 % with label 1 half are not found: in no group, and at no site, they are 1.9 % of all rows, and of the others all are found."""
    monkeypatch.setattr(open_engine, "executor_of", in_process)

    def made(seed: int, n: int) -> pa.Table:
        table, at = people(n, seed), np.arange(n)
        missed = at < int(0.019 * n)
        lost = missed if hidden else at % 53 == 7  # as many rows, of both labels alike
        bad = at < n // 25
        score = np.where(bad & ~missed, 0.9, 0.1 + at % 7 / 100)
        site = np.where(at % 2, "n", "s").astype(object)
        site[lost] = None
        sex = pa.array(table["sex"].to_numpy(), mask=lost)
        for name, values in (("sex", sex), ("score", score), ("bad", bad.astype(np.int64))):
            table = table.set_column(table.schema.get_field_index(name), name, pa.array(values))
        day = np.where(at % 2, "2024-01-31", "2024-02-01").astype(object)
        day[lost] = "31.01.2024"
        return table.append_column("site", pa.array(site)).append_column("day", pa.array(day))

    folder.test, folder.develop = made(1, 8000), made(2, 4000)
    folder.edit("custody: validator}", "custody: validator, time: day}")
    folder.dictionary += "  - {name: day, type: date, description: when}\n"
    folder.dictionary = folder.dictionary.replace("2: female}", "2: female}, missing: allowed")
    folder.dictionary += "  - {name: site, type: category, description: where, codes: {n: north, s: south}, missing: allowed}\n"
    folder.edit("failure_modes:", STRATA)
    for name, asked in OF_LABELS.items():
        folder.text = folder.text.replace(
            "criteria:\n",
            f"criteria:\n  - {{id: {name}, {asked}, tier: supporting, rationale: it is asked, owner: validator, requirements: [x/1]}}\n",
            1,
        )
    record = assay.certify(
        folder.write(), workers=0, certify_without_a_lock=True, certify_a_hopeless_specification=True
    ).record
    found = {judged.assessment.criterion: judged for judged in record.judged}
    seen = {name: found[name].verdict for name in OF_LABELS}
    if hidden:
        assert seen == dict.fromkeys(OF_LABELS, Verdict.NOT_EVALUABLE) | {"all": Verdict.PASS}
        assert "152 of 320 rows with label 1 are in none of the groups of 'sex'" in found["rec"].sentence
        assert "152 of 320 rows with label 1 are in none of the parts of 'site'" in found["slice"].sentence
        assert "152 of 320 rows with label 1 have no time in 'day'" in found["months"].sentence
    else:
        failed = dict.fromkeys(("rec", "slice", "part"), Verdict.FAIL)
        assert seen == failed | dict.fromkeys(("drift", "months", "all"), Verdict.PASS)


@pytest.mark.parametrize("hidden", [0, 152])
def test_half_of_the_refused_of_a_small_group_do_not_hide_in_no_group(
    folder: Folder, hidden: int, monkeypatch
) -> None:
    """Women are a twenty-fifth of the rows, and half of theirs, all of them refused, are 1.9 % of all rows: less than 2 %, and of nobody's label most."""
    monkeypatch.setattr(open_engine, "executor_of", in_process)

    def made(seed: int, n: int) -> pa.Table:
        table, at = people(n, seed), np.arange(n)
        women, lost = at < n // 25, at < hidden * n // 8000
        refused = np.where(at < n * 152 // 8000, True, np.where(women, at % 2 == 0, at % 3 == 0))
        sex = pa.array(np.where(women, 2, 1), mask=lost)
        score = pa.array(np.where(refused, 0.9, 0.1))
        table = table.set_column(table.schema.get_field_index("sex"), "sex", sex)
        return table.set_column(table.schema.get_field_index("score"), "score", score)

    folder.test, folder.develop = made(1, 8000), made(2, 4000)
    folder.dictionary = folder.dictionary.replace("2: female}", "2: female}, missing: allowed")
    folder.look_alike()
    record = assay.certify(
        folder.write(), workers=0, certify_without_a_lock=True, certify_a_hopeless_specification=True
    ).record
    (approval,) = (j for j in record.judged if j.assessment.criterion == "approval-sex")
    if not hidden:
        assert approval.verdict is Verdict.FAIL
    else:
        assert approval.verdict is Verdict.NOT_EVALUABLE
        (reason,) = approval.assessment.undefined
        assert reason.reason is Reason.ROWS_IN_NO_GROUP
        assert "decided as 1 are in none of the groups of 'sex'" in reason.detail
