"""Points that are joined by a line, each with its limits: a curve that was found at a few places."""

from __future__ import annotations

from typing import Any

from assay.domain.record import CurveRecord
from assay.dossier.charts import theme

WIDTH, HEIGHT = 420, 220


def joined(curve: CurveRecord, *, x: dict[str, Any], y: dict[str, Any], prefix: str, alternative: str) -> str:
    """The chart of one curve; ``x`` and ``y`` are the axes and scales."""
    chart = theme.layered(
        width=WIDTH,
        height=HEIGHT,
        padding={"left": 56, "right": 18, "top": 10, "bottom": 46},
        layers=_layers(curve, theme.at("x", **x), theme.at("y", **y)),
    )
    return theme.render(chart, prefix=prefix, alternative=alternative)


def _layers(curve: CurveRecord, x: dict[str, Any], y: dict[str, Any]) -> list[dict[str, Any]]:
    data = {"values": [{"x": p[0], "y": p[1], "low": p[2], "high": p[3]} for p in curve.points]}
    return [
        {
            "data": data,
            "mark": {"type": "line", "color": theme.ACCENT, "strokeWidth": 2},
            "encoding": {"x": x, "y": y},
        },
        {
            "data": data,
            "mark": {"type": "rule", "strokeWidth": 2, "color": theme.ACCENT},
            "encoding": {"x": theme.at("x"), "y": theme.at("low"), "y2": {"field": "high"}},
        },
        {
            "data": data,
            "mark": {"type": "point", "filled": True, "size": 50, "opacity": 1, "color": theme.ACCENT},
            "encoding": {"x": theme.at("x"), "y": theme.at("y")},
        },
    ]
