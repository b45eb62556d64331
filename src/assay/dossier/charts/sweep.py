"""Rates over all thresholds of a score, with bands that hold for all at once; the declared threshold is marked."""

from __future__ import annotations

from typing import Any

from assay.domain.record import CurveRecord
from assay.dossier.charts import theme

WIDTH, HEIGHT = 420, 260
DRAWN = (("recall", 1), ("false-positive rate", 4), ("precision", 7), ("decided as 1", 10))
"""What is drawn, and the place of its value in a point; its limits follow."""
COLOURS = (theme.ACCENT, theme.SECOND, theme.INK, theme.THIRD)
DASHES = ((1, 0), (6, 3), (2, 2), (8, 3, 2, 3))


def sweep(curve: CurveRecord, *, at: float, prefix: str) -> str | None:
    """The chart of one sweep; None when it has no points."""
    if not curve.points:
        return None
    layers: list[dict[str, Any]] = []
    for i, (_, place) in enumerate(DRAWN):
        layers += _drawn(curve, i, place)
    layers += [_declared(at), *(part for i, (name, _) in enumerate(DRAWN) for part in _legend(name, i))]
    chart = theme.layered(
        width=WIDTH, height=HEIGHT, padding={"left": 56, "right": 150, "top": 10, "bottom": 46}, layers=layers
    )
    said = ", ".join(name for name, _ in DRAWN)
    return theme.render(
        chart,
        prefix=prefix,
        alternative=f"By threshold, for {theme.clipped(curve.label, 40)}: {said}; the declared threshold is {at:g}.",
    )


def _x(title: str | None) -> dict[str, Any]:
    axis = {"title": title, "format": ".1f", "tickCount": 5, "grid": True} if title else None
    return theme.at("x", scale={"domain": [0, 1], "nice": False}, axis=axis)


def _y() -> dict[str, Any]:
    axis = {"title": "rate", "format": ".1f", "tickCount": 5, "grid": True}
    return theme.at("y", scale={"domain": [0, 1], "nice": False}, axis=axis)


def _drawn(curve: CurveRecord, i: int, place: int) -> list[dict[str, Any]]:
    values = [
        {"x": p[0], "y": p[place], "low": p[place + 1], "high": min(p[place + 2], 1.0)} for p in curve.points
    ]
    data, x = {"values": values}, _x("threshold")
    line = {"type": "line", "color": COLOURS[i], "strokeWidth": 2, "strokeDash": list(DASHES[i])}
    band = {"type": "area", "color": COLOURS[i], "opacity": 0.12}
    return [
        {
            "data": data,
            "mark": band,
            "encoding": {"x": x, "y": theme.at("low"), "y2": {"field": "high"}},
        },
        {"data": data, "mark": line, "encoding": {"x": x, "y": _y()}},
    ]


def _declared(at: float) -> dict[str, Any]:
    return {
        "data": theme.rows(x=at, low=0, high=1),
        "mark": {"type": "rule", "color": theme.OPEN, "strokeWidth": 2},
        "encoding": {"x": theme.at("x"), "y": theme.at("low"), "y2": {"field": "high"}},
    }


def _legend(name: str, i: int) -> list[dict[str, Any]]:
    y = {"value": 20 + 20 * i}
    mark = {"color": COLOURS[i], "strokeWidth": 2, "strokeDash": list(DASHES[i])}
    text = {"type": "text", "align": "left", "baseline": "middle", "fontSize": 12}
    return [
        {
            "data": theme.rows(a=1),
            "mark": {"type": "rule", **mark},
            "encoding": {"x": {"value": WIDTH + 10}, "x2": {"value": WIDTH + 38}, "y": y},
        },
        {
            "data": theme.rows(text=name),
            "mark": text,
            "encoding": {"x": {"value": WIDTH + 44}, "y": y, "text": {"field": "text"}},
        },
    ]
