"""The committed pages are those that the checks would write."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wanted() -> dict[str, str]:
    """The pages that the checks would write, by file name."""
    spec = importlib.util.spec_from_file_location("write_docs", ROOT / "scripts" / "write_docs.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {path.name: text for path, text in module.check_pages().items()}


def test_the_committed_pages_are_up_to_date(wanted):
    committed = {
        path.name: path.read_text(encoding="utf-8") for path in (ROOT / "docs" / "checks").glob("*.md")
    }
    assert committed.keys() == wanted.keys(), "run scripts/write_docs.py"
    stale = sorted(name for name in wanted if committed[name] != wanted[name])
    assert not stale, "run scripts/write_docs.py"


def test_every_check_is_on_the_index(wanted):
    index = wanted["index.md"]
    pages = [p for p in (ROOT / "docs" / "checks").glob("*.md") if p.name != "index.md"]
    assert pages
    assert all(f"]({page.name})" in index for page in pages)
