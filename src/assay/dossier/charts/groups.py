"""Groups beside each other: how often each is decided favourably, and how often the label occurs."""

from __future__ import annotations

from typing import Any

from assay.domain import figures
from assay.domain.record import GroupRecord
from assay.dossier.charts import theme

WIDTH, ROW = 336, 44


def groups(found: tuple[GroupRecord, ...], *, prefix: str) -> str | None:
    """The chart of one grouping; None when no group has rows, or nothing is decided of them."""
    drawn = [g for g in found if g.rows and g.favourable is not None and g.positives is not None]
    if not drawn:
        return None
    height = ROW * len(drawn) + 4
    values = [_row(g, i) for i, g in enumerate(drawn)]
    chart = theme.layered(
        width=WIDTH,
        height=height,
        padding={"left": 12, "right": 20, "top": 8, "bottom": 24},
        layers=[*_bars(values, height), *_labels(values)],
    )
    said = "; ".join(f"{v['label']}: {v['says']}" for v in values)
    return theme.render(
        chart, prefix=prefix, alternative=f"Favourable decisions and observed labels by group. {said}."
    )


def _row(g: GroupRecord, i: int) -> dict[str, Any]:
    favourable, positive = (g.favourable or 0) / g.rows, (g.positives or 0) / g.rows
    return {
        "left": 0,
        "label_y": i * ROW + 10,
        "top": i * ROW + 20,
        "bottom": i * ROW + 32,
        "low_top": i * ROW + 34,
        "low_bottom": i * ROW + 39,
        "label": theme.clipped(g.label + (" (small)" if g.small else ""), 32),
        "favourable": favourable,
        "positive": positive,
        "right": 1,
        "says": f"{figures.percent(favourable)} favourable, {figures.percent(positive)} label 1",
        "share": figures.percent(favourable),
    }


def _bars(values: list[dict[str, Any]], height: int) -> list[dict[str, Any]]:
    axis = {
        "values": [0, 0.2, 0.4, 0.6, 0.8, 1],
        "labelExpr": f"format(datum.value * 100, '.0f') + '{figures.PERCENT}'",
        "title": None,
        "grid": False,
        "orient": "bottom",
    }
    x = {"scale": {"domain": [0, 1], "nice": False}, "axis": axis}
    data = {"values": values}
    return [
        {
            "data": data,
            "mark": {"type": "rect", "color": theme.ACCENT},
            "encoding": {
                "x": theme.at("left", **x),
                "x2": {"field": "favourable"},
                "y": theme.at("top", **theme.plane(height)),
                "y2": {"field": "bottom"},
            },
        },
        {
            "data": data,
            "mark": {"type": "rect", "color": theme.BAR},
            "encoding": {
                "x": theme.at("left"),
                "x2": {"field": "positive"},
                "y": theme.at("low_top"),
                "y2": {"field": "low_bottom"},
            },
        },
    ]


def _labels(values: list[dict[str, Any]]) -> list[dict[str, Any]]:
    data = {"values": values}
    return [
        {
            "data": data,
            "mark": {"type": "text", "align": "left", "fontSize": 12, "color": theme.INK},
            "encoding": {"x": theme.at("left"), "y": theme.at("label_y"), "text": {"field": "label"}},
        },
        {
            "data": data,
            "mark": {"type": "text", "align": "right", "fontSize": 12, "color": theme.MUTED},
            "encoding": {"x": theme.at("right"), "y": theme.at("label_y"), "text": {"field": "share"}},
        },
    ]
