"""Beside a criterion about ratios stand all rates, those set aside, and how many people are in no group."""

from __future__ import annotations

from dataclasses import replace

from tests.dossier import records
from tests.dossier.pages import read

from assay.domain.evidence import Compare, Rate, Rates, Statistic
from assay.dossier.html import render_html


def test_rates_and_ratios_stand_beside_the_verdict_and_nobody_is_left_out():
    record = records.conditional()
    words = read(render_html(record)).words
    assert "Rates, and their ratios to the highest (impact-ratio-sex)" in words
    (sex,) = (s for s in record.statistics if s.criterion == "impact-ratio-sex" and not s.aside)
    worst = min(c.events / c.trials for c in sex.counts.cells) / max(
        c.events / c.trials for c in sex.counts.cells
    )
    assert f"{worst:.3f}" in words


def test_a_group_that_was_set_aside_has_its_rows_and_rate_and_no_ratio():
    record = records.conditional()
    (sex,) = (s for s in record.statistics if s.criterion == "impact-ratio-sex" and not s.aside)
    apart = Statistic(
        sex.metric,
        sex.across,
        sex.data,
        Rates((*sex.counts.cells, Rate("unknown", 7, 28)), Compare.RATIO, None, ("unknown",)),
        criterion=sex.criterion,
        aside=True,
    )
    words = read(render_html(replace(record, statistics=(*record.statistics, apart)))).words
    assert "unknown(setaside)28725.0%–" in "".join(words.split())
