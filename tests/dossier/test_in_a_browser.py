"""The page as a browser shows it. Run by make test, which installs what is needed."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.dossier import records
from tests.dossier.test_search_page import search

from assay.dossier.html import render_html
from assay.dossier.search import render_search

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
REQUIRED = os.environ.get("ASSAY_BROWSER") == "required"

Opened = Callable[[str, int], Any]
STANDINGS = {
    "standing": records.standing(),
    "unsigned": records.standing(
        signed=(), waivers=(), revisions=(), certificate=None, missing=(("legal", 1),)
    ),
}

if not REQUIRED:
    pytest.importorskip("playwright", reason="make test runs this")
    pytest.importorskip("axe_playwright_python", reason="make test runs this")
    if CHROMIUM is None:
        pytest.skip("no Chromium; make test installs it", allow_module_level=True)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture(scope="module")
def axe() -> str:
    import axe_playwright_python

    return next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js")).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    made = {}
    for name, make in records.ALL.items():
        made[name] = folder / f"{name}.html"
        made[name].write_text(render_html(make()), encoding="utf-8")
    for name, standing in STANDINGS.items():
        made[name] = folder / f"{name}.html"
        made[name].write_text(render_html(records.conditional(), standing=standing), encoding="utf-8")
    made["search"] = folder / "search.html"
    sought = replace(search().sought, title="Impact ratio (disparate impact)")
    made["search"].write_text(render_search(replace(search(), sought=sought)), encoding="utf-8")
    return made


OPEN = "document.querySelectorAll('details').forEach(d => d.open = true)"


FOLD = "window.folds = [...document.querySelectorAll('details')].filter(d => !d.open)"
REFOLD = """if (location.hash) location.hash = '';
document.activeElement.blur(); folds.forEach(d => d.open = false); scrollTo(0, 0)"""


@pytest.fixture(scope="module")
def opened(browser: Any, axe: str, pages: dict[str, Path]) -> Opened:
    """A page as it is when one has just come to it; each is loaded once."""
    tabs: dict[str, Any] = {}

    def shown(name: str, width: int) -> Any:
        if name not in tabs:
            tabs[name] = loaded(browser, pages[name])
            tabs[name].evaluate(FOLD)
            if name in LOOKED_AT:
                tabs[name].evaluate(axe)
        tabs[name].evaluate(REFOLD)
        tabs[name].emulate_media(color_scheme="light", media="screen")
        widened(tabs[name], width)
        return tabs[name]

    return shown


def loaded(browser: Any, page: Path) -> Any:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
    tab = context.new_page()
    requests, complaints = [], []
    tab.on("request", lambda request: requests.append(request.url))
    tab.on("console", lambda message: complaints.append(message.text))
    tab.goto(page.as_uri())
    tab.wait_for_timeout(100)
    tab.asked, tab.complained = [*requests], [*complaints]
    return tab


def widened(tab: Any, width: int) -> None:
    tab.set_viewport_size({"width": width, "height": 900})
    assert tab.evaluate("innerWidth") == width


def told(violations: list[dict[str, Any]]) -> list[Any]:
    return [
        (v["id"], [n["html"][:160] + " " + n["failureSummary"][:200] for n in v["nodes"][:3]])
        for v in violations
    ]


LOOKED_AT = {  # the page "standing" is "conditional" with what a log says of it
    "standing": [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")],
    "withheld": [(1280, "dark")],
    "rehearsed": [(390, "light"), (1280, "dark")],
    "empty": [(390, "dark")],
    "hostile": [(390, "light"), (1280, "light")],
    "unsigned": [(390, "dark")],
}
COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules of axe that look at colours, one element at a time: nine tenths of what it takes for a page."""

REST = """off => axe.run(document, {resultTypes: ['violations'], selectors: false,
    rules: Object.fromEntries(off.map(rule => [rule, {enabled: false}]))}).then(r => r.violations)"""

NEW_LOOKS = """known => {
  const sheets = new Map(), seen = new Set(known), firsts = [], found = [];
  const sheet = e => {
    if (!e) return '';
    if (!sheets.has(e)) {
      const s = getComputedStyle(e), below = sheet(e.parentElement);
      const own = [s.backgroundColor, s.backgroundImage, s.opacity, s.filter, s.mixBlendMode].join(' ');
      sheets.set(e, own === 'rgba(0, 0, 0, 0) none 1 none normal' ? below : below + '<' + own);
    }
    return sheets.get(e);
  };
  const look = e => {
    const s = getComputedStyle(e), link = e.closest('a');
    return [sheet(e), s.color, s.fill, s.fontSize, s.fontWeight, s.textShadow, s.position, s.display,
      link ? getComputedStyle(link).textDecoration + getComputedStyle(link.parentElement).color : ''].join(' ');
  };
  for (const e of document.body.querySelectorAll('*'))
    if ([...e.childNodes].some(c => c.nodeType === 3 && c.data.trim()) && !seen.has(look(e))) {
      seen.add(look(e)); firsts.push(e); found.push(look(e));
    }
  window.firsts = firsts;
  return found;
}"""
"""The first element with text of each look: its own style, and each sheet that it lies on."""

PALE = """rules => axe.run({include: firsts}, {resultTypes: ['violations'], selectors: false,
    runOnly: {type: 'rule', values: rules}}).then(r => r.violations)"""


@pytest.mark.parametrize("name", LOOKED_AT)
def test_axe_finds_nothing(opened: Opened, name: str) -> None:
    """By every rule that does not look at colours, which are those of no scheme."""
    tab = opened(name, 1280)
    tab.evaluate(OPEN)
    found = {}
    for width in sorted({width for width, _ in LOOKED_AT[name]}):
        widened(tab, width)
        found[width] = told(tab.evaluate(REST, COLOURS))
    assert not any(found.values()), json.dumps(found, indent=1)


def test_axe_finds_no_text_too_pale(opened: Opened) -> None:
    """In each width and scheme, on one element of each look: its contrast is that of all others of this look."""
    seen: dict[int, list[str]] = {}
    found = {}
    for name, settings in LOOKED_AT.items():
        tab = opened(name, 1280)
        tab.evaluate(OPEN)
        for width, scheme in settings:
            widened(tab, width)
            tab.emulate_media(color_scheme=scheme)
            looks = tab.evaluate(NEW_LOOKS, seen.setdefault(width, []))
            seen[width] += looks
            found[name, width, scheme] = told(tab.evaluate(PALE, COLOURS)) if looks else []
    assert min(map(len, seen.values())) > 100
    assert not any(found.values()), json.dumps([*found.items()], indent=1)


@pytest.mark.parametrize("name", ["conditional", "rehearsed", "empty", "hostile"])
def test_nothing_scrolls_sideways(opened: Opened, name: str) -> None:
    tab = opened(name, 1280)
    tab.evaluate(OPEN)
    inner = {}
    for width in (320, 390, 768, 1280):
        widened(tab, width)
        inner[width] = tab.evaluate("document.documentElement.scrollWidth")
    assert all(wide <= width for width, wide in inner.items()), inner


TABLES = """() => [...document.querySelectorAll('table')]
    .filter(t => t.offsetParent !== null && t.scrollWidth > t.parentElement.clientWidth + 1)
    .map(t => t.caption && t.caption.innerText)"""


@pytest.mark.parametrize("name", ["conditional", "withheld", "search"])
def test_no_table_is_cut_beside_its_drawing(opened: Opened, name: str) -> None:
    tab = opened(name, 800)
    tab.evaluate(OPEN)
    cut = {}
    for width, media in (
        (800, "screen"),
        (1000, "screen"),
        (1200, "screen"),
        (1280, "screen"),
        (680, "print"),
    ):
        widened(tab, width)
        tab.emulate_media(media=media)
        cut[width] = tab.evaluate(TABLES)
    assert not any(cut.values()), cut


@pytest.mark.parametrize("name", list(records.ALL))
def test_the_page_asks_for_nothing_and_the_browser_has_nothing_to_object(
    opened: Opened, pages: dict[str, Path], name: str
) -> None:
    tab = opened(name, 1280)
    styled = tab.evaluate("getComputedStyle(document.querySelector('.page')).maxWidth")
    assert tab.asked == [pages[name].as_uri()]
    assert tab.complained == []
    assert styled != "none", "the content security policy refuses our own style sheet"


def test_the_decision_is_on_the_first_screen(opened: Opened) -> None:
    tab = opened("withheld", 1280)
    for text in (
        "Withheld",
        "Why not",
        "Nothing is said about",
        "Not bound",
        "A pipeline that takes point estimates",
    ):
        box = tab.get_by_text(text).first.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 900, text


def test_a_link_opens_the_folded_criterion(opened: Opened) -> None:
    tab = opened("certified", 390)
    link = tab.locator("#summary table a").first
    place = str(link.get_attribute("href"))
    assert not tab.locator(f"{place} .said").is_visible()
    link.click()
    tab.wait_for_timeout(200)
    assert tab.locator(f"{place} .said").is_visible()
    assert tab.locator(f"details:has({place}) > summary").bounding_box()["y"] >= 0


def test_what_is_folded_is_printed(opened: Opened) -> None:
    tab = opened("certified", 1280)
    tab.emulate_media(media="print")
    heights = tab.evaluate(
        "[...document.querySelectorAll('details.card .said')].map(e => e.getBoundingClientRect().height)"
    )
    assert heights
    assert min(heights) > 0


def test_a_page_on_a_phone_is_folded(opened: Opened) -> None:
    tab = opened("certified", 390)
    folded = tab.evaluate("document.documentElement.scrollHeight")
    tab.evaluate(OPEN)
    whole = tab.evaluate("document.documentElement.scrollHeight")
    broken = tab.evaluate(
        "[...document.querySelectorAll('#summary tbody th')].filter(e => e.textContent === 'Documentation')"
        ".map(e => e.getBoundingClientRect().height)"
    )
    assert folded < whole / 1.8
    assert max(broken) < 40, "a stage's name is broken"
