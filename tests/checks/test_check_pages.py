"""What the committed pages say is what is read; that they are up to date is held with the other pages (tests/docs)."""

import functools
import re
from pathlib import Path

import pytest

from assay.checks.catalogue import catalogue
from assay.checks.pages import page
from assay.domain.specification import Criterion, Data
from assay.reading.located import locate
from assay.reading.source import source_of

ROOT = Path(__file__).parents[2]


@functools.cache
def page_of(check_id: str) -> str:
    """It judges each of the check's examples."""
    return page(catalogue()[check_id])


def test_every_check_is_on_the_index():
    index = (ROOT / "docs" / "checks" / "index.md").read_text(encoding="utf-8")
    pages = [p for p in (ROOT / "docs" / "checks").glob("*.md") if p.name != "index.md"]
    assert pages
    assert all(f"]({page.name})" in index for page in pages)


@pytest.mark.parametrize("check", catalogue().values(), ids=catalogue())
def test_the_criterion_of_a_page_is_read_as_it_is_meant(check):
    snippet = page_of(check.id).partition("## In a specification\n\n```yaml\n")[2].partition("\n```")[0]
    located = locate(source_of(f"criteria:\n{snippet}\n".encode(), check.id))
    assert not located.problems
    (written,) = located.value["criteria"]
    criterion = Criterion.model_validate(written, by_alias=True, by_name=False)
    assert criterion.metric == check.id
    for name, value in criterion.parameters.items():
        assert check.metric.parameters[name].refuses(value) == ""
    assert check.bind(criterion.parameters) == check.bind(check.examples[0].arguments)


@pytest.mark.parametrize("check", catalogue().values(), ids=catalogue())
def test_what_a_page_allows_is_what_is_taken(check):
    allowed = page_of(check.id).partition("## Parameters")[2].partition("\n\n## ")[0]
    assert "None" not in allowed
    for name, parameter in check.metric.parameters.items():
        (row,) = (line for line in allowed.splitlines() if line.startswith(f"| `{name}` |"))
        if not parameter.choices and parameter.refuses("some text") == "":
            assert "number" not in row.split("|")[-2]


def test_every_check_that_a_page_names_exists():
    known = {*catalogue(), *(f"data.{name}" for name in Data.model_fields)}
    named = {
        (check.id, name)
        for check in catalogue().values()
        for name in _NAMED.findall(check.measure.__doc__ or "")
        if not name.endswith(".py")
    }
    assert {pair for pair in named if pair[1] not in known} == set()


_NAMED = re.compile(
    r"(?<![\w/.])(?:data|performance|fairness|privacy|robustness|documentation)\.[a-z0-9_]+(?:\.py)?"
)
