"""The page: whole, self-contained, ordered, escaped, the same bytes every time."""

from __future__ import annotations

import dataclasses
import itertools
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.dossier import records
from tests.dossier.pages import Seen, read

from assay.domain.record import Record
from assay.domain.vocabulary import Grade, Outcome, Reason, Stage, Tier, Verdict
from assay.dossier import wording
from assay.dossier.html import render_html

NAMES = list(records.ALL)


@pytest.fixture(scope="module")
def made() -> dict[str, Record]:
    return {name: make() for name, make in records.ALL.items()}


@pytest.fixture(scope="module")
def pages(made: dict[str, Record]) -> dict[str, str]:
    return {name: render_html(record) for name, record in made.items()}


@pytest.fixture(scope="module")
def seen(pages: dict[str, str]) -> dict[str, Seen]:
    return {name: read(page) for name, page in pages.items()}


@pytest.mark.parametrize("name", NAMES)
def test_same_record_same_bytes(pages: dict[str, str], name: str) -> None:
    assert render_html(records.ALL[name]()) == pages[name]


def test_same_bytes_in_another_process_with_another_hash_seed(pages: dict[str, str]) -> None:
    code = (
        "import sys; from tests.dossier import records; from assay.dossier.html import render_html;"
        "sys.stdout.buffer.write(render_html(records.conditional()).encode())"
    )
    root = Path(__file__).parents[2]
    environment = os.environ | {"PYTHONHASHSEED": "12345", "PYTHONPATH": f"{root / 'src'}{os.pathsep}{root}"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, env=environment, check=True)
    assert done.stdout.decode() == pages["conditional"]


@pytest.mark.parametrize("name", NAMES)
def test_the_page_refers_to_nothing_outside(seen: dict[str, Seen], name: str) -> None:
    referring = {"src", "href", "srcset", "action", "data", "poster", "xlink:href"}
    for tag, attributes in seen[name].tags:
        for attribute in referring & set(attributes):
            assert str(attributes[attribute]).startswith("#"), (tag, attributes)
    assert not {"script", "iframe", "link", "object", "embed", "img", "form", "base"} & {
        t for t, _ in seen[name].tags
    }


@pytest.mark.parametrize("name", NAMES)
def test_no_style_outside_the_style_element_and_no_handler(
    pages: dict[str, str], seen: dict[str, Seen], name: str
) -> None:
    for tag, attributes in seen[name].tags:
        assert not [a for a in attributes if a == "style" or a.startswith("on")], (tag, attributes)
    sheet = re.search(r"<style>(.*?)</style>", pages[name], re.DOTALL)
    assert sheet is not None
    assert not re.search(r"@import|url\(|expression", sheet[1])


@pytest.mark.parametrize("name", NAMES)
def test_elements_close_and_ids_are_unique(seen: dict[str, Seen], name: str) -> None:
    assert seen[name].unbalanced == []
    ids = [a["id"] for _, a in seen[name].tags if "id" in a]
    assert len(ids) == len(set(ids))
    targets = [str(a["href"])[1:] for a in seen[name].all("a")]
    assert set(targets) <= set(ids)


@pytest.mark.parametrize("name", NAMES)
def test_headings_never_skip_a_level(seen: dict[str, Seen], name: str) -> None:
    levels = [int(t[1]) for t, _ in seen[name].tags if re.fullmatch(r"h[1-6]", t)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels))


@pytest.mark.parametrize("name", NAMES)
def test_every_table_has_a_caption_and_scopes(seen: dict[str, Seen], name: str) -> None:
    assert len(seen[name].all("table")) == len(seen[name].all("caption"))
    assert all(a.get("scope") in {"col", "row"} for a in seen[name].all("th"))


@pytest.mark.parametrize("name", NAMES)
def test_every_drawing_has_a_name_in_words(seen: dict[str, Seen], name: str) -> None:
    drawn = seen[name].all("svg")
    assert all(a.get("role") == "img" and a.get("aria-label") for a in drawn)
    assert len(drawn) == len(seen[name].all("figcaption"))


@pytest.mark.parametrize("name", NAMES)
def test_every_criterion_verdict_and_reason_is_on_the_page(
    made: dict[str, Record], seen: dict[str, Seen], name: str
) -> None:
    words = seen[name].words
    for j in (*made[name].judged, *made[name].set_aside):
        assert j.assessment.criterion in words
        assert " ".join(wording.visible(j.sentence).split()) in words
        assert wording.VERDICT[j.verdict] in words
    for j in made[name].judged:
        assert j.reason.value in words
    sentences = {j.assessment.criterion: j.sentence for j in (*made[name].judged, *made[name].set_aside)}
    for ground in made[name].decision.grounds:
        # Of a criterion the page tells the verdict, and its numbers in its own words.
        told = sentences.get(ground.criterion) or ground.sentence.partition(": ")[2] or ground.sentence
        assert " ".join(wording.visible(told).split()) in words


def test_the_first_screen_says_what_a_risk_officer_needs(seen: dict[str, Seen]) -> None:
    words = seen["withheld"].words
    first = words[: words.index("In this dossier")]
    for text in (
        "Withheld",
        "2 critical requirements are shown to be violated",
        "Favourable decisions are 76.50 % as frequent for male as for female; at least 80 % was asked.",
        "With 95 % confidence it is at most 77.46 %.",
        "models/candidate-b.txt",
        "14,984 of 15,000 test rows",
        "60 ≤ AGE",
        "This page is not bound",
        "would have said: withheld",
    ):
        assert text in first, text


@pytest.mark.parametrize("name", ["certified", "conditional", "withheld"])
def test_the_first_screen_says_how_many_criteria_of_each_tier_passed(
    made: dict[str, Record], seen: dict[str, Seen], name: str
) -> None:
    words = seen[name].words
    first = words[: words.index("In this dossier")]
    for tier in Tier:
        judged = [j for j in made[name].judged if j.assessment.tier is tier]
        passed = sum(j.verdict is Verdict.PASS for j in judged)
        assert not judged or f"{passed} of {len(judged)} {tier.value}" in first[first.index("Passed: ") :]


def test_a_rehearsal_is_loud_and_never_says_certified_alone(seen: dict[str, Seen]) -> None:
    words = seen["rehearsed"].words
    assert words.index("REHEARSAL · never a certificate") < words.index("Would be certified")
    assert "This is a rehearsal and never a certificate." in words


def test_nothing_asked_is_withheld_with_that_reason_first(seen: dict[str, Seen]) -> None:
    words = seen["empty"].words
    assert "Withheld" in words
    assert "The specification has no criteria." in words


def test_a_required_stage_without_a_verdict_is_shown() -> None:
    record = records.conditional()
    spec = record.specification.model_copy(update={"stages": (Stage.PRIVACY,)})
    words = read(render_html(dataclasses.replace(record, specification=spec))).words
    assert "This stage is required, and no criterion of it was judged." in words


def test_grade_b_prints_its_simulated_size_and_never_at_most_alpha(seen: dict[str, Seen]) -> None:
    words = seen["conditional"].words
    card = words[words.index("auc · critical") : words.index("gini · supporting")]
    assert "0.0570" in card
    assert "at most alpha" not in card.lower()
    assert "B, asymptotic" in card


def test_a_point_estimate_stands_beside_each_verdict(seen: dict[str, Seen]) -> None:
    words = seen["conditional"].words
    assert words.count("A point estimate would have said") == len(records.conditional().judged)


def test_an_inconclusive_criterion_still_tells_something(seen: dict[str, Seen]) -> None:
    words = seen["conditional"].words
    card = words[words.index("gini · supporting") : words.index("recall · supporting")]
    for text in ("at least 0.5383", "0.6900", "about 249,000 more (about 264,000 in all)"):
        assert text in card


def test_thresholds_are_printed_as_written(seen: dict[str, Seen]) -> None:
    assert "at least 0.80" in seen["conditional"].words
    assert "at most 0.10" in seen["conditional"].words


def test_what_alpha_is_not_is_said(seen: dict[str, Seen]) -> None:
    words = seen["certified"].words
    assert "It is not the share of certified models that are bad" in words
    assert "What this does not prove" in words


def test_forbidden_claims_are_never_ours(seen: dict[str, Seen]) -> None:
    for name in ("certified", "empty"):
        ours = seen[name].words.replace("ranked as safe", "").lower()
        for word in (r"\bcompliant\b", r"\bunbiased\b", r"\bsafe\b", r"\bdebiased\b"):
            assert not re.search(word, ours), word


def test_hostile_text_stays_text(pages: dict[str, str], seen: dict[str, Seen]) -> None:
    page = pages["hostile"]
    assert "<script" not in page
    assert "<img" not in page
    assert page.count("</style>") == 1
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00\x0b]", page)
    assert "[U+202E]" in page
    assert "{{ 7*7 }}" in seen["hostile"].words
    assert "alert('x')" in seen["hostile"].words


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("a\u202eb", "a[U+202E]b"),
        ("nul\x00", "nul[U+0000]"),
        ("\ud800", "[U+D800]"),
        ("zero\u200bwidth", "zero[U+200B]width"),
        ("नमस्\u200dते ü 漢", "नमस्\u200dते ü 漢"),
        ("two\nlines", "two\nlines"),
    ],
)
def test_what_cannot_be_seen_is_spelt_out(text: str, shown: str) -> None:
    assert wording.visible(text) == shown


def test_no_date_is_in_the_bytes() -> None:
    assert not re.search(r"20\d\d-\d\d-\d\d", render_html(records.certified()))


def test_every_word_of_the_vocabulary_has_its_words() -> None:
    assert set(wording.REASON) == set(Reason)
    assert set(wording.VERDICT) == set(wording.MARK) == set(wording.VERDICT_MEANS) == set(Verdict)
    assert (
        set(wording.OUTCOME) == set(wording.OUTCOME_MEANS) == set(wording.REHEARSAL_OUTCOME) == set(Outcome)
    )
    assert set(wording.GRADE_MEANS) == set(Grade)
    assert set(wording.TIER_MEANS) == set(Tier)
    assert set(wording.STAGE) == set(Stage)


@pytest.mark.parametrize("outcome", ["certified", "conditional"])
def test_the_headline_of_a_run_that_bypassed_a_safeguard_promises_nothing(outcome: str) -> None:
    made = dataclasses.replace(
        getattr(records, outcome)(),
        bypasses=("certify_without_a_lock: nobody agreed to it before its result",),
    )
    said = read(render_html(made)).words
    assert f"Would be {outcome}" in said
    assert "no certificate can come of it" in said
    assert wording.OUTCOME_MEANS[Outcome(outcome)] not in said


@pytest.mark.parametrize("outcome", ["certified", "conditional"])
def test_the_headline_of_a_run_on_used_rows_says_so(outcome: str) -> None:
    made = dataclasses.replace(getattr(records, outcome)(), attempt=2)
    said = read(render_html(made)).words
    assert "on test rows that were used before." in said
    assert "Attempt 2 on these test rows, where 1 was declared" in said
    assert wording.OUTCOME_MEANS[Outcome(outcome)] not in said
