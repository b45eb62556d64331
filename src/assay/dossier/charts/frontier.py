"""The frontier of a search: each model by its gap and its right decisions, both with their limits."""

from __future__ import annotations

from typing import Any

from assay.domain.mitigation_record import Candidate, Interval, Kept, Search
from assay.domain.vocabulary import Comparator
from assay.dossier.charts import theme

WIDTH, HEIGHT = 460, 320
_ROOM = 0.06
"""How much of the spread is left free at each edge."""
_FINE = 0.05
"""Of a shorter axis two decimals would say the same at two ticks."""
_LABEL = (20, 13)
"""Pixels that a label needs."""
COLOUR = {Kept.PRESERVED: theme.GOOD, Kept.WORSE: theme.BAD, Kept.NOT_SHOWN: theme.OPEN}
SHAPE = {Kept.PRESERVED: "circle", Kept.WORSE: "square", Kept.NOT_SHOWN: "diamond"}


def frontier(search: Search, *, prefix: str) -> str | None:
    """The chart; None when no model has both values."""
    drawn = [
        _row(number, model)
        for number, model in enumerate(search.models)
        if model.gap.value.estimate is not None and model.performance.estimate is not None
    ]
    if not drawn:
        return None
    sought = search.sought
    asked = float(sought.threshold)
    side = "larger" if sought.comparator is Comparator.AT_LEAST else "smaller"
    gaps = _of(drawn, "x", "low", "high")
    near = _is_near(asked, gaps)
    x = _axis([*gaps, asked] if near else gaps, f"{sought.title}: {side} is fairer")
    y = _axis(_of(drawn, "y", "bottom", "top"), "share decided right")
    chart = theme.layered(
        width=WIDTH,
        height=HEIGHT,
        padding={"left": 62, "right": 16, "top": 14, "bottom": 48},
        layers=[*([_threshold(asked, x, y)] if near else []), *_crosses(drawn, x, y), *_marks(drawn, x, y)],
    )
    said = "; ".join(
        f"{r['number']} {r['name']}: {sought.title} {r['x']:.3f}, right {r['y']:.3f}" for r in drawn
    )
    return theme.render(
        chart, prefix=prefix, alternative=f"Gap and right decisions of each model, with limits. {said}."
    )


def _row(number: int, model: Candidate) -> dict[str, Any]:
    kept = model.paired.verdict if model.paired is not None else None
    low, high = _limits(model.gap.value)
    bottom, top = _limits(model.performance)
    return {
        "number": str(number),
        "name": model.title,
        "x": model.gap.value.estimate,
        "low": low,
        "high": high,
        "y": model.performance.estimate,
        "bottom": bottom,
        "top": top,
        "colour": theme.ACCENT if kept is None else COLOUR[kept],
        "shape": "cross" if kept is None else SHAPE[kept],
    }


def _limits(value: Interval) -> tuple[float | None, float | None]:
    at = value.estimate
    return (at if value.lower is None else value.lower, at if value.upper is None else value.upper)


def _of(rows: list[dict[str, Any]], *names: str) -> list[float]:
    return [float(row[name]) for row in rows for name in names]


def _is_near(asked: float, gaps: list[float]) -> bool:
    """Whether the threshold is drawn: where it is so far away that all models would be one spot, it is not."""
    low, high = min(gaps), max(gaps)
    return low - (high - low) <= asked <= high + (high - low)


def _axis(values: list[float], title: str) -> dict[str, Any]:
    low, high = min(values), max(values)
    free = _ROOM * ((high - low) or 1.0)
    return {
        "scale": {"domain": [low - free, high + free], "nice": False, "zero": False},
        "axis": {
            "title": title,
            "grid": True,
            "tickCount": 6,
            "format": ".2f" if high - low > _FINE else ".3f",
        },
    }


def _threshold(asked: float, x: dict[str, Any], y: dict[str, Any]) -> dict[str, Any]:
    bottom, top = y["scale"]["domain"]
    return {
        "data": theme.rows(x=asked, bottom=bottom, top=top),
        "mark": {"type": "rule", "strokeWidth": 1.5, "color": theme.INK, "strokeDash": [4, 3]},
        "encoding": {"x": theme.at("x", **x), "y": theme.at("bottom", **y), "y2": {"field": "top"}},
    }


def _crosses(rows: list[dict[str, Any]], x: dict[str, Any], y: dict[str, Any]) -> list[dict[str, Any]]:
    mark = {"type": "rule", "strokeWidth": 1.5, "color": theme.BAR}
    return [
        {
            "data": {"values": rows},
            "mark": mark,
            "encoding": {"x": theme.at("low", **x), "x2": {"field": "high"}, "y": theme.at("y", **y)},
        },
        {
            "data": {"values": rows},
            "mark": mark,
            "encoding": {"x": theme.at("x", **x), "y": theme.at("bottom", **y), "y2": {"field": "top"}},
        },
    ]


def _marks(rows: list[dict[str, Any]], x: dict[str, Any], y: dict[str, Any]) -> list[dict[str, Any]]:
    place = {"x": theme.at("x", **x), "y": theme.at("y", **y)}
    return [
        {
            "data": {"values": rows},
            "mark": {"type": "point", "filled": True, "size": 90, "opacity": 1},
            "encoding": {
                **place,
                "color": {"field": "colour", "type": "nominal", "scale": None},
                "shape": {"field": "shape", "type": "nominal", "scale": None},
            },
        },
        {
            "data": {"values": _labels(rows, x, y)},
            "mark": {"type": "text", "align": "left", "dx": 8, "dy": -8, "fontSize": 12, "color": theme.INK},
            "encoding": {**place, "text": {"field": "number"}},
        },
    ]


def _labels(rows: list[dict[str, Any]], x: dict[str, Any], y: dict[str, Any]) -> list[dict[str, Any]]:
    """The numbers of the models; those of models that lie too close for two labels stand in one."""
    found: list[dict[str, Any]] = []
    for row in rows:
        near = next((one for one in found if _close(one, row, x, y)), None)
        if near is None:
            found.append({"x": row["x"], "y": row["y"], "number": row["number"]})
        else:
            near["number"] = f"{near['number']}, {row['number']}"
    return found


def _close(one: dict[str, Any], other: dict[str, Any], x: dict[str, Any], y: dict[str, Any]) -> bool:
    across, up = (
        abs(float(one[name]) - float(other[name])) / (axis["scale"]["domain"][1] - axis["scale"]["domain"][0])
        for name, axis in (("x", x), ("y", y))
    )
    return bool(across * WIDTH < _LABEL[0] and up * HEIGHT < _LABEL[1])
