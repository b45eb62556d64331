"""The record of a search for a fairer model, once it is declared: bound, held against the run, and shown in the dossier."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from tests.app.conftest import in_process
from tests.app.unequal import people

from assay.app.judging import open_engine
from assay.app.judging.case import open_case
from assay.app.judging.certify import certify
from assay.app.mitigating.report import RECORD
from assay.app.verifying.rejudge import contradicted
from assay.app.verifying.search import non_inferiority
from assay.domain.digests import sha256_of
from assay.domain.errors import InvalidDocument
from assay.domain.mitigation import AT_DECISION
from assay.domain.mitigation_record import from_document, read_search, to_document
from assay.domain.record import Record
from assay.domain.record_document import from_document as record_from
from assay.domain.record_document import to_document as record_to
from assay.domain.search_held import LOOKED_FOR, absent
from assay.dossier.html import render_html as render


def copied(searched, root: Path) -> Path:
    """A copy of the folder, with test rows, whose specification declares the record of the search."""
    shutil.copytree(searched[0].parent, root)
    pq.write_table(people(1_500, 3), root / "test.parquet")
    path = root / "specification.yaml"
    text = path.read_text()
    (old,) = [line for line in text.splitlines() if "model: score" in line]
    path.write_text(text.replace(old, old.replace("}", ", search: mitigation/mitigation.json}")))
    return path


@pytest.fixture
def declared(searched, tmp_path: Path) -> Path:
    return copied(searched, tmp_path / "folder")


@pytest.fixture(scope="module")
def record(searched, tmp_path_factory) -> Record:
    """Of a judged run of the original."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(open_engine, "executor_of", in_process)
        return judged(copied(searched, tmp_path_factory.mktemp("original") / "folder"))


def judged(path: Path) -> Record:
    return certify(path, workers=0, certify_without_a_lock=True, certify_a_hopeless_specification=True).record


def edit(path: Path, change: Callable[[dict[str, Any]], None], *, sealed: bool = False) -> None:
    """Change the record of the search; ``sealed`` writes the digest that its writer would, as who means to lie does."""
    place = path.parent / "mitigation" / RECORD
    document = json.loads(place.read_text())
    change(document)
    if sealed:
        from assay.domain import mitigation_record

        told = {k: v for k, v in document.items() if k not in {"schema", "digest"}}
        document["digest"] = mitigation_record._digest(told)
    place.write_text(json.dumps(document))


def test_the_original_carries_its_search_into_the_record_and_the_dossier(record, searched):
    (bound,) = [s for s in record.sources if s.role == "search"]
    content = (searched[0].parent / "mitigation" / RECORD).read_bytes()
    assert bound.digest == sha256_of(content)
    assert record.search.encode() == content
    assert contradicted(record) == ""
    assert record_from(json.loads(json.dumps(record_to(record)))) == record
    page = render(record)
    for words in (
        "Search for a fairer model",
        "the model from which the search began, is the one that was judged",
        "no test row was opened",
        "Gap and right decisions of each model",
        *(model.digest for model in searched[1].candidates),
        "That none of these candidates is fairer does not show that none exists",
    ):
        assert words in page
    assert page == render(record), "the same bytes each time"


def test_a_candidate_is_judged_with_the_search_that_made_it_and_its_pair(declared, searched):
    one = searched[1].models[2]
    record = judged(declared.parent / one.specification)
    assert contradicted(record) == ""
    page = render(record)
    pair = one.paired
    assert "2 Group thresholds" in page
    assert (
        f"Its performance is preserved: of {pair.rows:,} rows it decides {pair.worse} wrong that the original"
        in page
    )
    assert AT_DECISION in page, "the warning stands with the model that is fed the attribute"


def test_the_record_of_a_run_shows_the_search_that_it_is_bound_to(record):
    other = record.search.replace("Group thresholds", "Group quotas")
    for lie in ("", other):
        assert "search for a fairer model" in contradicted(replace(record, search=lie))


def test_what_a_search_does_not_show_is_nobodys_to_write(declared):
    said = "An exhaustive search has shown that no fairer model exists."
    edit(declared, lambda d: d.update(statements=[said]), sealed=True)
    page = render(judged(declared))
    assert said not in page
    assert "That none of these candidates is fairer does not show that none exists" in page
    assert "The record is its writer&#39;s word for what only the search saw" in page.replace(
        "&#x27;", "&#39;"
    ).replace("'", "&#39;")


def again(document: dict[str, Any], **counts: int) -> None:
    """The test of every pair, computed anew as who means to lie does."""
    sought = document["sought"]
    for model in document["models"][1:]:
        pair = {**model["paired"], **counts}
        test = non_inferiority(
            pair["worse"], pair["better"], pair["rows"], margin=sought["margin"], level=sought["level"]
        )
        model["paired"] = json.loads(json.dumps(asdict(test)))


def fewer_rows(document: dict[str, Any]) -> None:
    again(document, worse=0, better=0, rows=1)
    for model in document["models"]:
        model["performance"]["estimate"] = 0.8
        model["gap"]["value"]["estimate"] = 0.9
        model["frontier"] = True


def a_larger_level(document: dict[str, Any]) -> None:
    document["sought"]["level"] *= 2
    again(document)


def a_smaller_level(document: dict[str, Any]) -> None:
    document["sought"]["level"] /= 2
    again(document)


REFUSED: dict[str, tuple[Callable[[Path], None], str]] = {
    "a gap that was edited": (
        lambda path: edit(path, lambda d: d["models"][0]["gap"]["value"].update(estimate=0.99)),
        "search_edited",
    ),
    "a candidate left out": (lambda path: edit(path, lambda d: d["models"].pop()), "search_edited"),
    "a verdict that does not follow": (
        lambda path: edit(path, lambda d: d["models"][2]["paired"].update(worse=900), sealed=True),
        "search_edited",
    ),
    **{
        f"{what} that does not follow": (
            lambda path, change=change: edit(path, lambda d: change(d["models"][2]), sealed=True),
            "search_edited",
        )
        for what, change in {
            "a p-value": lambda m: m["paired"].update(p=1e-9),
            "a lower limit": lambda m: m["paired"]["drop"].update(lower=-0.5),
            "an upper limit": lambda m: m["paired"]["drop"].update(upper=-0.4),
            "no limit": lambda m: m["paired"]["drop"].update(upper=None),
            "a share of right decisions": lambda m: m["performance"].update(estimate=0.0),
        }.items()
    },
    "pairs of other rows": (lambda path: edit(path, fewer_rows, sealed=True), "search_edited"),
    "a level that does not pay for all": (
        lambda path: edit(path, a_larger_level, sealed=True),
        "search_edited",
    ),
    "a limit of right decisions that does not follow": (
        lambda path: edit(path, lambda d: d["models"][0]["performance"].update(lower=0.1), sealed=True),
        "search_edited",
    ),
    "a level that pays for more than there are": (
        lambda path: edit(path, a_smaller_level, sealed=True),
        "search_edited",
    ),
    "what no candidate could be shown": (
        lambda path: edit(path, lambda d: d.update(p_alike=None), sealed=True),
        "search_edited",
    ),
    "no candidate": (
        lambda path: edit(path, lambda d: d.update(models=d["models"][:1]), sealed=True),
        "search_of_none",
    ),
    "another threshold": (
        lambda path: edit(path, lambda d: d["sought"].update(threshold="0.5"), sealed=True),
        "search_on_other_terms",
    ),
    "another confidence": (
        lambda path: edit(path, lambda d: d["sought"].update(confidence=0.5), sealed=True),
        "search_on_other_terms",
    ),
    "a frontier that does not follow": (
        lambda path: edit(path, lambda d: d["models"][2].update(frontier=False), sealed=True),
        "search_edited",
    ),
    "another original": (
        lambda path: edit(path, lambda d: d["models"][0].update(model="rank"), sealed=True),
        "search_of_another_model",
    ),
    "other development rows": (
        lambda path: pq.write_table(people(2_000, 9), path.parent / "develop.parquet"),
        "search_of_other_rows",
    ),
    "no training rows": (
        lambda path: path.write_text(path.read_text().replace("train: train.parquet, ", "")),
        "search_of_other_rows",
    ),
    "another gap": (
        lambda path: path.write_text(path.read_text().replace("approval-sex", "approval-by-sex")),
        "search_for_another_gap",
    ),
    "no record": (
        lambda path: (path.parent / "mitigation" / RECORD).write_text('{"a": NaN}'),
        "no_search",
    ),
    "no file": (lambda path: (path.parent / "mitigation" / RECORD).unlink(), "not_found"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_search_of_this_run_is_refused_where_it_is_declared(declared, what):
    spoil, code = REFUSED[what]
    spoil(declared)
    with pytest.raises(InvalidDocument) as refused:
        judged(declared)
    (problem,) = refused.value.problems
    assert problem.code == code
    assert problem.place.line == 13, "the line of subject.search"
    assert problem.remedy


def test_a_model_that_was_trained_again_is_not_that_of_the_search(declared, searched):
    one = searched[1].models[2]
    file = declared.parent / one.model
    shutil.copy(declared.parent / searched[1].models[1].model, file)
    with pytest.raises(InvalidDocument) as refused:
        judged(declared.parent / one.specification)
    assert refused.value.problems[0].code == "search_of_another_model"


def test_a_search_can_be_made_again_while_the_old_one_is_declared(declared):
    (declared.parent / "mitigation" / RECORD).unlink()
    assert open_case(declared, rehearse=True, searching=True).search == ""


def test_that_nobody_searched_is_printed_where_the_law_of_the_field_asks(record):
    subject = record.specification.subject.model_copy(update={"search": None})
    specification = record.specification.model_copy(update={"subject": subject})
    record = replace(record, specification=specification, search="")
    said = absent(record.specification)
    assert "no record of such a search is declared (subject.search)" in said
    page = render(record)
    assert page.count("no record of such a search is declared") == 2, "its section, what was not tested"
    other = record.specification.use_case.model_copy(update={"domain": "weather"})
    assert absent(record.specification.model_copy(update={"use_case": other})) == ""
    alone = record.specification.criteria[:2]
    assert absent(record.specification.model_copy(update={"criteria": alone})) == ""


def test_a_search_for_one_gap_is_none_for_the_gaps_between_other_groups(record):
    """The folder's search is for the gap between women and men; between ages there is another criterion."""
    search = read_search(record.search)
    said = absent(record.specification, search)
    assert (
        "was for a smaller gap across sex (approval-sex), and none was made for the gaps of refusals-age (age)"
        in said
    )
    assert render(record).count("none was made for the gaps of refusals-age (age)") == 2
    alone = tuple(c for c in record.specification.criteria if c.across != "age")
    assert absent(record.specification.model_copy(update={"criteria": alone}), search) == ""


def test_the_fields_that_ask_for_a_search_are_those_of_templates():
    from assay.app.starting.from_template import __file__ as there

    folder = Path(there).parents[2] / "templates"
    fields = {
        line.split(":")[1].strip()
        for f in folder.glob("*.yaml")
        for line in f.read_text().splitlines()
        if line.startswith("  domain:")
    }
    assert set(LOOKED_FOR) <= fields


def test_a_search_reads_back_from_its_document(searched):
    assert from_document(to_document(searched[1])) == searched[1]
