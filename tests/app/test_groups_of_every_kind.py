"""What a record tells of groups is held against counts of every kind, and a record that the program itself wrote never contradicts."""

from __future__ import annotations

from dataclasses import replace

from tests.app.conftest import Folder

import assay
from assay.domain.evidence import Means, PairedScores, Statistic
from assay.domain.record_groups import groups_contradict

ASKED = (
    ("performance.gain_over_baseline", "at_least: 0", "baseline: constant"),
    ("performance.gain_over_incumbent", "at_least: -0.1", "incumbent: score"),
    ("performance.auc_gain_over_incumbent", "at_least: -0.1", "incumbent: score"),
    ("performance.expected_cost", "at_most: 3", "cost_fp: 1, cost_fn: 5"),
    ("performance.calibration_by_grade", "at_most: 1.9", "grades: 'low: 0.5, high: 1'"),
    ("performance.precision_at_k", "at_least: 0.1", "k: 0.1"),
)


def run(folder: Folder) -> assay.Record:
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
