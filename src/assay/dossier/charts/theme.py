"""How all charts look, and the one place that asks vl-convert for SVG.

Charts are laid out without measuring text (`autosize: none`), so that the same record gives the same bytes on a
machine with other fonts. Each colour of the palette stands for a role: a page repaints them by attribute selector
(``[fill="#..."]``), which is how dark mode works without touching the SVG.
"""

from __future__ import annotations

import functools
import json
import re
from typing import Any

from assay.domain.errors import MissingExtra
from assay.domain.vocabulary import Verdict
from assay.dossier.wording import visible

VEGA_LITE = "6.4"
FONT = "sans-serif"

INK, MUTED, LINE, TINT, BAR, ACCENT = "#1d2730", "#5a6772", "#d5dbe0", "#e4efe8", "#a9b6c0", "#23577f"
GOOD, BAD, OPEN = "#1a6b43", "#a3261d", "#85570b"
SECOND, THIRD = "#7a4b8a", "#0e6e78"

PALETTE: dict[str, str] = {
    "ink": INK,
    "muted": MUTED,
    "line": LINE,
    "tint": TINT,
    "bar": BAR,
    "accent": ACCENT,
    "good": GOOD,
    "bad": BAD,
    "open": OPEN,
    "second": SECOND,
    "third": THIRD,
}

VERDICT_COLOUR: dict[Verdict, str] = {
    Verdict.PASS: GOOD,
    Verdict.FAIL: BAD,
    Verdict.INCONCLUSIVE: OPEN,
    Verdict.NOT_EVALUABLE: OPEN,
    Verdict.ERROR: BAD,
}

VERDICT_SHAPE: dict[Verdict, str] = {
    Verdict.PASS: "circle",
    Verdict.FAIL: "square",
    Verdict.INCONCLUSIVE: "diamond",
    Verdict.NOT_EVALUABLE: "diamond",
    Verdict.ERROR: "square",
}

CONFIG: dict[str, Any] = {
    "font": FONT,
    "background": None,
    "autosize": {"type": "none"},
    "view": {"stroke": None},
    "axis": {
        "labelColor": MUTED,
        "labelFontSize": 12,
        "titleColor": MUTED,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "titlePadding": 8,
        "domainColor": LINE,
        "gridColor": LINE,
        "tickColor": LINE,
        "tickSize": 4,
        "labelFlush": False,
        "labelOverlap": False,
    },
    "text": {"color": INK, "fontSize": 13},
    "rule": {"color": INK},
}


def clipped(text: str, most: int) -> str:
    """A label that fits: hidden characters spelt out, the rest of a long one left out."""
    shown = " ".join(visible(text).split())
    return shown if len(shown) <= most else f"{shown[: most - 1]}…"


def layered(
    *, width: int, height: int, padding: dict[str, int], layers: list[dict[str, Any]]
) -> dict[str, Any]:
    """A chart of layers on one plane."""
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": width,
        "height": height,
        "padding": padding,
        "layer": layers,
        "config": CONFIG,
    }


def rows(**fields: Any) -> dict[str, Any]:
    """Inline data of one row."""
    return {"values": [fields]}


def at(field: str, **more: Any) -> dict[str, Any]:
    """A quantitative channel."""
    return {"field": field, "type": "quantitative", **more}


def plane(height: int) -> dict[str, Any]:
    """A vertical scale in pixels from the top, without an axis."""
    return {
        "scale": {"domain": [0, height], "range": [0, height], "nice": False, "zero": False},
        "axis": None,
    }


def render(specification: dict[str, Any], *, prefix: str, alternative: str) -> str:
    """The chart as one `svg` element whose ids begin with ``prefix`` and whose name is ``alternative``.

    Raises:
        MissingExtra: when vl-convert is not installed.
    """
    try:
        import vl_convert  # noqa: F401
    except ModuleNotFoundError as absent:
        raise MissingExtra.of(absent.name or "") or absent from absent
    return _named(_plain(_drawn(json.dumps(specification)), prefix), alternative)


@functools.lru_cache(maxsize=128)
def _drawn(specification: str) -> str:
    """Once for each specification: charts are most of what a page takes, and its next edition has most of them again."""
    import vl_convert

    read = json.loads(specification)
    svg: str = vl_convert.vegalite_to_svg(read, vl_version=VEGA_LITE, allowed_base_urls=[])
    return svg


_TAG = re.compile(r'<(?:[^<>"]|"[^"]*")*>')
_NEEDLESS = re.compile(r' (?:aria-[a-z]+|role|pointer-events|class|version|xmlns:xlink|font-family)="[^"]*"')
_INVISIBLE = re.compile(r'<path d="M0,0h0v0h0Z"/>|<path d="" display="none"/>')


def _plain(svg: str, prefix: str) -> str:
    """Without what a page does not need: roles that repeat the alternative, invisible paths, repeated fonts."""

    def tag(found: re.Match[str]) -> str:
        kept = _NEEDLESS.sub("", found[0])
        return kept.replace(' id="', f' id="{prefix}-').replace("url(#", f"url(#{prefix}-")

    return _INVISIBLE.sub("", _TAG.sub(tag, svg))


def _named(svg: str, alternative: str) -> str:
    name = visible(alternative).replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return svg.replace("<svg ", f'<svg class="chart" role="img" aria-label="{name}" ', 1)
