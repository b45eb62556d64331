"""The unit square with its diagonal: shares against shares, where a curve is read by its distance from the line."""

from __future__ import annotations

from typing import Any

from assay.dossier.charts import theme

SIZE = 300


def square(layers: list[dict[str, Any]], *, x: str, y: str) -> dict[str, Any]:
    """A chart of layers over the diagonal, with the titles of its axes."""
    diagonal = {
        "data": {"values": [{"x": 0, "y": 0}, {"x": 1, "y": 1}]},
        "mark": {"type": "line", "color": theme.BAR, "strokeWidth": 1},
        "encoding": {"x": theme.at("x", **_axis(x)), "y": theme.at("y", **_axis(y))},
    }
    return theme.layered(
        width=SIZE,
        height=SIZE,
        padding={"left": 48, "right": 12, "top": 10, "bottom": 46},
        layers=[diagonal, *layers],
    )


def _axis(title: str) -> dict[str, Any]:
    return {
        "scale": {"domain": [0, 1], "nice": False},
        "axis": {"title": title, "values": [0, 0.25, 0.5, 0.75, 1], "format": ".2f", "grid": True},
    }
