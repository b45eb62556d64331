"""What a record tells of groups is held against counts of every kind, and a record that the program itself wrote never contradicts."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
from tests.app.conftest import Folder

import assay
from assay.domain.evidence import Means, PairedScores, Statistic
from assay.domain.record_groups import groups_contradict

ASKED = (
    ("performance.gain_over_baseline", "at_least: 0", "baseline: constant"),
    ("performance.gain_over_incumbent", "at_least: -0.1", "incumbent: old_score"),
    ("performance.auc_gain_over_incumbent", "at_least: -0.1", "incumbent: old_score"),
    ("performance.expected_cost", "at_most: 3", "cost_fp: 1, cost_fn: 5"),
    ("performance.calibration_by_grade", "at_most: 1.9", "grades: 'low: 0.5, high: 1'"),
    ("performance.precision_at_k", "at_least: 0.1", "k: 0.1"),
)


DESCRIBED = "\n  - {name: old_score, type: number, description: the incumbent's probability}\n"


def with_an_incumbent(table: pa.Table) -> pa.Table:
    """Its probabilities are the model's own, drawn together."""
    return table.append_column("old_score", pa.array(0.2 + 0.6 * table["score"].to_numpy()))


def run(folder: Folder) -> assay.Record:
    folder.dictionary = folder.dictionary.rstrip() + DESCRIBED
    folder.test, folder.develop = with_an_incumbent(folder.test), with_an_incumbent(folder.develop)
    for i, (metric, threshold, given) in enumerate(ASKED):
        given = "" if "baseline" in given else f"with: {{{given}}}, "
        folder.text = folder.text.rstrip() + (
            f"\n  - {{id: asked-{i}, metric: {metric}, across: age, {threshold}, {given}tier: supporting, rationale: each group, "
            "owner: validator, requirements: [x/1]}\n"
        )
    return assay.certify(
        folder.write(), workers=0, certify_without_a_lock=True, certify_a_hopeless_specification=True
    ).record


def test_a_true_record_agrees_and_one_with_other_rows_does_not(folder: Folder) -> None:
    record, asking = run(folder), {metric for metric, *_ in ASKED}
    assert len({type(s.counts) for s in record.statistics if s.metric in asking}) == 5
    assert groups_contradict(record, asking, asking) == ""

    def changed(statistic: Statistic) -> assay.Record:
        (cell, *others) = statistic.counts.cells
        cell = (
            replace(cell, rows=(cell.rows[0] + 10_000, *cell.rows[1:]))
            if isinstance(statistic.counts, Means)
            else replace(cell, label="of nobody")
        )
        forged = replace(statistic, counts=replace(statistic.counts, cells=(cell, *others)))
        return replace(record, statistics=tuple(forged if s is statistic else s for s in record.statistics))

    for statistic in record.statistics:
        if statistic.metric in asking and not statistic.aside and hasattr(statistic.counts, "cells"):
            said = groups_contradict(changed(statistic), asking, asking)
            assert ("of others" if isinstance(statistic.counts, Means) else "'of nobody'") in said
    assert any(isinstance(s.counts, PairedScores) for s in record.statistics)
