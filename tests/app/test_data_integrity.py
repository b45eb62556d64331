"""Checks of data integrity are planned and judged in a run like any other."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from tests.app.conftest import Folder

import assay
from assay.app.organisation.report import document
from assay.domain.errors import InvalidDocument
from assay.domain.vocabulary import Verdict

STRATA = """strata:
  site: {column: site, groups: {north: [n], south: [s]}}
failure_modes:"""
LATE = np.datetime64("2024-06-01")


def criterion(id_: str, metric: str, asked: str) -> str:
    return (
        f"\n  - {{id: {id_}, metric: {metric}, {asked}, tier: supporting, rationale: the feed is as agreed, "
        "owner: data_steward, requirements: [x/1]}"
    )


def with_sources(folder: Folder, *criteria: tuple[str, str, str]) -> Folder:
    """The folder with a site and a day, and these criteria."""
    for name, seed in (("test", 7), ("develop", 8)):
        table, draw = getattr(folder, name), np.random.default_rng(seed)
        day = np.datetime64("2024-01-01") + draw.integers(0, 360, table.num_rows)
        site = draw.choice(["n", "s"], table.num_rows)
        table = table.append_column("day", pa.array(day)).append_column("site", pa.array(site))
        setattr(folder, name, table)
    folder.dictionary += "  - {name: day, type: date, description: day of the application}\n"
    folder.dictionary += "  - {name: site, type: category, description: where, codes: {n: north, s: south}}\n"
    folder.edit("custody: validator}", "custody: validator, time: day}").edit("failure_modes:", STRATA)
    folder.text = folder.text.rstrip() + "".join(criterion(*one) for one in criteria) + "\n"
    return folder


def changed(folder: Folder, name: str, change) -> Folder:
    """The test rows with a column changed: ``change(column, day, site)``."""
    table = folder.test
    found = change(*(table[c].to_numpy(zero_copy_only=False) for c in (name, "day", "site")))
    folder.test = table.set_column(table.schema.get_field_index(name), name, pa.array(found))
    return folder


def verdict(record: assay.Record, id_: str) -> Verdict:
    return next(j for j in record.judged if j.assessment.criterion == id_).verdict


def run(folder: Folder) -> assay.Record:
    return assay.certify(folder.write(), workers=0, certify_without_a_lock=True).record


DRIFT = (
    ("drift", "data.label_drift", "with: {period: quarter}, at_most: 0.15"),
    ("sources", "data.source_drift", "at_most: 0.15"),
    ("leaks", "data.leaking_columns", "at_most: 0.90"),
)


def test_clean_rows_pass(folder: Folder) -> None:
    folder.edit("format: predictions}", "format: predictions, inputs: [sex, age, income]}")
    record = run(with_sources(folder, *DRIFT))
    assert [verdict(record, id_) for id_, _, _ in DRIFT] == [Verdict.PASS] * 3


def test_a_shifted_period_is_found(folder: Folder) -> None:
    shifted = changed(with_sources(folder, *DRIFT), "bad", lambda bad, day, _: np.where(day >= LATE, 1, bad))
    assert verdict(run(shifted), "drift") is Verdict.FAIL


WHOLE = (
    ("constant", "data.constant_columns", "at_most: 0"),
    ("twice", "data.duplicated_columns", "at_most: 0"),
    ("cut", "data.top_coding", "at_most: 0.01"),
    ("spelt", "data.label_spellings", "at_most: 0"),
    ("seen", "data.category_conformity", "at_most: 0.01"),
    ("rows", "data.rows", "across: sex, at_least: 1000"),
    ("events", "data.events", "at_least: 500"),
    ("months", "data.period", "with: {period: month, rows: 50}, at_least: 12"),
    ("full", "data.complete_rows", "at_least: 0.99"),
    ("gaps", "data.missing_by_period", "with: {period: quarter}, at_most: 0.05"),
    ("sites", "data.missing_by_source", "at_most: 0.05"),
    (
        "near",
        "data.near_duplicates",
        "with: {within: 0.0005}, at_most: 0.03",
    ),  # by wider numbers people so little known look alike
    ("early", "data.time_overlap", "at_most: 0.99"),
)


def test_the_rest_of_what_is_asked_of_data_is_judged_too(folder: Folder) -> None:
    later = with_sources(folder, *WHOLE)
    develop, days = later.develop, later.develop["day"].to_numpy() - np.timedelta64(200, "D")
    later.develop = develop.set_column(develop.schema.get_field_index("day"), "day", pa.array(days))
    record = run(later)
    assert {id_: verdict(record, id_) for id_, _, _ in WHOLE} == {id_: Verdict.PASS for id_, _, _ in WHOLE}


FEED = (
    ("sentinels", "data.sentinel_values", "at_most: 0"),
    ("units", "data.unit_shift", "at_most: 0"),
)


def test_a_site_with_another_unit_and_another_word_for_nothing_is_found(folder: Folder) -> None:
    feed = with_sources(folder, *FEED)
    assert [verdict(run(feed), id_) for id_, _, _ in FEED] == [Verdict.PASS] * 2
    changed(feed, "income", lambda income, _, site: np.where(site == "s", (income / 12).round(2), income))
    changed(feed, "age", lambda age, day, _: np.where((day < LATE) & (age < 22), 99, age))
    record = run(feed)
    assert [verdict(record, id_) for id_, _, _ in FEED] == [Verdict.FAIL] * 2


def test_a_plan_knows_their_power(folder: Folder) -> None:
    made = assay.make_plan(with_sources(folder, *DRIFT).write(), workers=0)
    power = {p.criterion.id: p.power for p in made.attempts[0].criteria}
    assert all(power[id_] is not None for id_, _, _ in DRIFT)


def test_the_dossier_tells_where_rows_come_from_and_whose_outcome_is_known(folder: Folder) -> None:
    folder.edit(
        "test_population: a random third,", "test_population: a random third, outcomes: 90 were refused,"
    )
    folder.edit(
        "custody: validator}",
        "custody: validator, origins: {test: {source: the core system on 2 May, sampling: every third, steps: [joined with the register]}}}",
    )
    folder.text = folder.text.rstrip() + criterion(
        "worst", "performance.accuracy_at_worst", "with: {unknown: 90}, at_least: 0.70"
    )
    done = assay.certify(folder.write(), workers=0, certify_without_a_lock=True)
    assert verdict(done.record, "worst") is Verdict.PASS
    page = document(done.record, "html")
    for said in ("90 were refused", "the core system on 2 May", "every third", "joined with the register"):
        assert said in page


def test_an_origin_of_no_data_set_is_refused(folder: Folder) -> None:
    folder.edit("custody: validator}", "custody: validator, origins: {train: {source: x, sampling: y}}}")
    with pytest.raises(InvalidDocument, match="no such data set is declared"):
        run(folder)
