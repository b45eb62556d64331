"""What CI and a terminal are told: never green on absence, the same content as the page."""

from __future__ import annotations

import dataclasses
import io
import re
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console
from tests.dossier import records

from assay.domain.record import Record
from assay.domain.vocabulary import Stage, Tier, Verdict
from assay.dossier.exports.junit import render_junit
from assay.dossier.sections.summary import bound, estimate
from assay.dossier.tables import decision_panel, stage_tables


def suites(record: Record) -> ET.Element:
    return ET.fromstring(render_junit(record).encode())


def case(record: Record, name: str) -> ET.Element:
    return next(c for c in suites(record).iter("testcase") if c.get("name") == name)


def green(root: ET.Element) -> bool:
    return root.get("failures") == "0" and root.get("errors") == "0"


def with_verdict(record: Record, tier: Tier, verdict: Verdict) -> ET.Element:
    first = record.judged[0]
    changed = dataclasses.replace(
        first, verdict=verdict, assessment=dataclasses.replace(first.assessment, tier=tier)
    )
    return case(dataclasses.replace(record, judged=(changed, *record.judged[1:])), first.assessment.criterion)


def test_only_a_certified_run_is_green() -> None:
    assert green(suites(records.certified()))
    for make in (records.conditional, records.withheld, records.rehearsed, records.empty, records.hostile):
        assert not green(suites(make())), make.__name__


@pytest.mark.parametrize("tier", [Tier.CRITICAL, Tier.SUPPORTING])
@pytest.mark.parametrize(
    ("verdict", "tag"),
    [
        (Verdict.FAIL, "failure"),
        (Verdict.INCONCLUSIVE, "failure"),
        (Verdict.NOT_EVALUABLE, "error"),
        (Verdict.ERROR, "error"),
    ],
)
def test_what_gates_and_does_not_pass_is_not_green(tier: Tier, verdict: Verdict, tag: str) -> None:
    made = with_verdict(records.certified(), tier, verdict)
    assert [child.tag for child in made] == [tag]
    assert made[0].get("type")
    assert made[0].get("message")


@pytest.mark.parametrize("verdict", [v for v in Verdict if v is not Verdict.PASS])
def test_advisory_is_skipped_with_its_message(verdict: Verdict) -> None:
    made = with_verdict(records.certified(), Tier.ADVISORY, verdict)
    assert [child.tag for child in made] == ["skipped"]
    assert str(made[0].get("message")).startswith("advisory: ")


def test_a_pass_is_a_plain_case_and_a_suite_stands_for_a_stage() -> None:
    root = suites(records.certified())
    assert list(case(records.certified(), "auc")) == []
    names = [s.get("name") for s in root]
    assert names == ["data", "performance", "robustness", "fairness", "documentation", "decision"]
    assert root.get("tests") == str(len(records.certified().judged) + 1)


def test_a_required_stage_that_is_missing_is_an_error() -> None:
    record = records.certified()
    spec = record.specification.model_copy(update={"stages": (Stage.PRIVACY,)})
    assert [c.tag for c in case(dataclasses.replace(record, specification=spec), "required stage")] == [
        "error"
    ]


def test_hostile_text_is_still_xml() -> None:
    root = suites(records.hostile())
    messages = " ".join(str(e.get("message")) for e in root.iter() if e.get("message"))
    assert "<script>" in messages
    assert "[U+0000]" in messages
    assert "\u202e" not in messages


def printed(record: Record, width: int = 80) -> str:
    file = io.StringIO()
    console = Console(width=width, no_color=True, force_terminal=False, file=file)
    console.print(decision_panel(record))
    for table in stage_tables(record):
        console.print(table)
    return file.getvalue()


@pytest.mark.parametrize("name", list(records.ALL))
def test_everything_fits_80_columns(name: str) -> None:
    text = printed(records.ALL[name]())
    assert max(len(line) for line in text.splitlines()) <= 80
    assert len(re.findall(r"Verdict +Point", text)) == len(stage_tables(records.ALL[name]()))


@pytest.mark.parametrize("width", [80, 110, 140])
@pytest.mark.parametrize("name", ["conditional", "withheld", "unbounded"])
def test_no_number_is_broken_and_a_wide_terminal_breaks_no_name(name: str, width: int) -> None:
    record = records.ALL[name]()
    lines = [line.split() for line in printed(record, width).splitlines()]
    for j in record.judged:
        for shown in (estimate(j.assessment), bound(j.assessment)):
            assert any(shown in line for line in lines), shown
        if width >= 110:
            assert any(line and line[0] == j.assessment.criterion for line in lines)


def test_the_terminal_says_what_the_page_says() -> None:
    text = printed(records.conditional(), 200)
    for said in (
        "CONDITIONAL",
        "Conditions",
        "Nothing is said about",
        "60 ≤ AGE",
        "not bound",
        "? inconclusive",
    ):
        assert said in text
    for j in records.conditional().judged:
        assert j.assessment.criterion in text


def test_a_rehearsal_is_marked() -> None:
    assert "REHEARSAL: WOULD BE CERTIFIED" in printed(records.rehearsed())


def test_brackets_are_not_markup() -> None:
    text = printed(dataclasses.replace(records.certified(), not_tested=("[red]odd[/red]",)))
    assert "[red]odd[/red]" in text
