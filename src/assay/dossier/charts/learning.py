"""A learning curve: the share of right decisions against the number of training rows, with limits."""

from __future__ import annotations

import math
from typing import Any

from assay.domain.record import CurveRecord
from assay.dossier.charts import theme

WIDTH, HEIGHT = 420, 220


def learning(curve: CurveRecord, *, prefix: str) -> str | None:
    """The chart of one curve; None when it has no points."""
    if not curve.points:
        return None
    values = [{"x": p[0], "y": p[1], "low": p[2], "high": p[3]} for p in curve.points]
    chart = theme.layered(
        width=WIDTH,
        height=HEIGHT,
        padding={"left": 56, "right": 18, "top": 10, "bottom": 46},
        layers=_layers(values),
    )
    sizes = ", ".join(f"{p[0]:,.0f}" for p in curve.points)
    return theme.render(
        chart,
        prefix=prefix,
        alternative=f"Learning curve of {theme.clipped(curve.label, 40)}: share of right decisions with {sizes} training rows.",
    )


def _layers(values: list[dict[str, Any]]) -> list[dict[str, Any]]:
    low = math.floor(10 * min(v["low"] for v in values)) / 10
    high = math.ceil(10 * max(v["high"] for v in values)) / 10
    sizes = [v["x"] for v in values]
    x = theme.at(
        "x",
        scale={"type": "log", "domain": [sizes[0] * 0.9, sizes[-1] * 1.1], "nice": False},
        axis={"title": "training rows", "values": sizes, "format": ",.0f", "grid": True},
    )
    y = theme.at(
        "y",
        scale={"domain": [low, high], "nice": False, "zero": False},
        axis={"title": "right decisions", "format": ".2f", "tickCount": 5, "grid": True},
    )
    data = {"values": values}
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
