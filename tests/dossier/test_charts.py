"""Charts: the same bytes, no id twice, a named error without the extra."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from tests.dossier import records

from assay.domain.errors import MissingExtra
from assay.domain.record import CurveRecord
from assay.domain.vocabulary import Verdict
from assay.dossier.charts import theme
from assay.dossier.charts.groups import groups
from assay.dossier.charts.interval import interval
from assay.dossier.charts.learning import learning, learning_losses
from assay.dossier.charts.overview import HIGH, margins, overview
from assay.dossier.charts.reliability import reliability
from assay.dossier.charts.roc import roc
from assay.dossier.charts.sensitivity import sensitivity

LEARNED = CurveRecord(
    "learning", "", "curve", ((150.0, 0.7, 0.65, 0.75, 300.0), (300.0, 1.0, 0.99, 1.0, 300.0))
)

LOST = replace(LEARNED, kind="learning_losses")
CURVED = replace(LEARNED, kind="sensitivity")


def drawn(name: str) -> list[str]:
    record = records.ALL[name]()
    curves = record.curves
    made = [
        overview(record.judged, prefix="a"),
        groups(record.groups, prefix="b"),
        roc(tuple(c for c in curves if c.kind == "roc"), prefix="c"),
        *(reliability(c, prefix="d") for c in curves if c.kind == "reliability"),
        *(learning(c, prefix="f") for c in (LEARNED, replace(LEARNED, points=LEARNED.points[:1]))),
        *(
            learning_losses(c, prefix="h")
            for c in (LOST, replace(LOST, points=LOST.points[:1]), replace(LOST, points=()))
        ),
        *(
            sensitivity(c, "mean score", prefix="g")
            for c in (CURVED, replace(CURVED, points=CURVED.points[:1]))
        ),
        *(interval(j, prefix=f"e{i}") for i, j in enumerate(record.judged)),
    ]
    return [svg for svg in made if svg is not None]


@pytest.mark.parametrize("name", ["conditional", "hostile", "unbounded"])
def test_charts_are_plain_repeatable_svg(name: str) -> None:
    first = drawn(name)
    assert first == drawn(name)
    assert len(first) > 10
    for svg in first:
        root = ET.fromstring(svg)
        assert root.get("role") == "img"
        assert {e.tag.rpartition("}")[2] for e in root.iter()} <= {
            "svg",
            "g",
            "path",
            "line",
            "text",
            "rect",
            "title",
        }
        attributes = [(n, v) for e in root.iter() for n, v in e.attrib.items() if n != "aria-label"]
        assert not [
            a for a in attributes if re.search(r"style|href|^on|class", a[0]) and a != ("class", "chart")
        ]
        assert not [a for a in attributes if re.search(r"NaN|Infinity|undefined|url\(", a[1])]
        colours = set(re.findall(r'(?:fill|stroke)="(#[0-9a-f]+)"', svg))
        assert colours <= set(theme.PALETTE.values()), "a page cannot repaint other colours for dark mode"


def test_nothing_to_draw_is_no_chart() -> None:
    assert overview((), prefix="a") is None
    assert groups((), prefix="a") is None
    assert roc((), prefix="a") is None
    assert interval(records.conditional().judged[0], prefix="a") is None


def test_the_margin_scale_says_what_the_verdict_says() -> None:
    for j in records.conditional().judged:
        distance = margins(j)
        if distance is not None and j.verdict is Verdict.PASS:
            assert distance[1] > 0
        if distance is not None and j.verdict is Verdict.INCONCLUSIVE:
            assert distance[1] < 0 < distance[2] or distance[2] > HIGH


def test_without_vl_convert_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    with pytest.raises(MissingExtra, match=r"assay-ml\[certify\]"):
        overview(records.conditional().judged, prefix="a")
