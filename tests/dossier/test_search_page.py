"""The page of a search: the chart is plain and repeatable, and what others wrote is spelt out."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

from assay.domain.mitigation_record import (
    Candidate,
    Gap,
    Interval,
    Kept,
    NotTried,
    Paired,
    Search,
    Sought,
    Source,
)
from assay.domain.vocabulary import Comparator, Verdict
from assay.dossier.charts import theme
from assay.dossier.charts.frontier import frontier
from assay.dossier.search import render_search


def model(name: str, gap: float | None, right: float, kept: Kept | None = None) -> Candidate:
    drop = Interval(0.001, -0.002, 0.004)
    value = Interval(gap, None if gap is None else gap - 0.03, None if gap is None else gap + 0.02)
    return Candidate(
        name=name,
        title=name.title(),
        method="" if kept is None else name,
        says="Says.",
        source="Somebody 2012",
        settings={},
        model=f"mitigation/{name}.skops",
        digest="sha256:" + "0" * 64,
        format="skops",
        specification=f"specification.{name}.yaml",
        specification_digest="sha256:" + "1" * 64,
        inputs=("income", "sex"),
        attribute_at_decision=True,
        facts={"rows": 3},
        gap=Gap(value, "women against men", Verdict.PASS, "A sentence."),
        performance=Interval(right, right - 0.01, right + 0.01),
        paired=None if kept is None else Paired(3, 2, 900, drop, 0.01, 0.0125, kept),
    )


def search() -> Search:
    return Search(
        name="loans",
        specification="specification.yaml",
        specification_digest="sha256:" + "2" * 64,
        made="2026-11-27T21:00:00+00:00",
        assay="0.0.0",
        packages={"numpy": "2.4"},
        learner="logistic",
        seed=1,
        sought=Sought(
            "approval",
            "fairness.impact_ratio",
            "Impact ratio",
            "sex",
            ("women", "men"),
            Comparator.AT_LEAST,
            "0.80",
            0.95,
            0.01,
            0.0125,
        ),
        sources=(Source("train", "sha256:" + "3" * 64, 2_000),),
        models=(
            model("original", 0.78, 0.82),
            model("reweighing", 0.90, 0.819, Kept.PRESERVED),
            model("resampling", 0.901, 0.8191, Kept.NOT_SHOWN),
            model("thresholds", 0.97, 0.70, Kept.WORSE),
        ),
        not_tried=(NotTried("proxy-residuals", "No proxy is declared."),),
    )


def test_the_frontier_is_plain_repeatable_svg_in_the_palette():
    svg = frontier(search(), prefix="a")
    assert svg is not None
    assert svg == frontier(search(), prefix="a")
    root = ET.fromstring(svg)
    assert "3 Thresholds: Impact ratio 0.970, right 0.700" in root.get("aria-label", "")
    assert not re.search(r"NaN|Infinity|undefined|<script|style=", svg)
    colours = set(re.findall(r'(?:fill|stroke)="(#[0-9a-f]+)"', svg))
    assert colours <= set(theme.PALETTE.values())
    assert {theme.GOOD, theme.OPEN, theme.BAD, theme.ACCENT} <= colours
    texts = [e.text for e in root.iter() if e.tag.endswith("text")]
    assert "1, 2" in texts, "two labels too close for both stand in one"


def test_models_without_a_gap_are_not_drawn_and_a_page_without_any_says_so():
    none = replace(
        search(), models=(model("original", None, 0.8), model("reweighing", None, 0.8, Kept.WORSE))
    )
    assert frontier(none, prefix="a") is None
    assert "nothing to draw" in render_search(none)


def test_a_page_spells_out_what_others_wrote_and_has_every_candidate():
    name = 'loans <script> \u202e "x"'
    page = render_search(replace(search(), name=name))
    assert "<script>" not in page
    assert "\u202e" not in page
    for words in (
        "Reweighing has the smallest",
        "against 0.7800 of the original",
        "shown to be worse",
        "not shown to be preserved",
        "It is fed a protected attribute, which this record does not name.",
        "No proxy is declared.",
        "it certifies nothing",
        "mitigation/thresholds.skops",
        "word for what only the search saw",
    ):
        assert words in page, words
    assert page == render_search(replace(search(), name=name))


def test_a_candidate_that_is_fed_a_protected_attribute_names_it_and_says_who_put_it_there():
    told = search()
    added = replace(told.models[1], protected_added=("sex",))
    before = replace(told.models[1], protected_before=("sex", "age"))
    page = render_search(replace(told, models=(told.models[0], added)))
    assert "It is fed sex, protected, which the original is not fed: the method added it." in page
    page = render_search(replace(told, models=(told.models[0], before)))
    assert "It is fed sex and age, protected, which was an input of the original before." in page
    assert "which this record does not name" in render_search(told), "of a record of an older version"


def test_whether_performance_is_kept_stands_beside_the_name_of_the_model():
    from assay.dossier.blocks import Table
    from assay.dossier.sections.searched import frontier_of

    (table,) = (block for block in frontier_of(search()) if isinstance(block, Table))
    assert [column.title for column in table.columns][:2] == ["No. and model", "Performance"]
    assert table.rows[1][1] == ("preserved",)
