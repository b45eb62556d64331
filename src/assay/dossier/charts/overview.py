"""Every criterion's distance to its threshold on one scale: margins of error, the satisfying side to the right."""

from __future__ import annotations

import math
from typing import Any

from assay.domain.assessment import Judged, Piece
from assay.domain.vocabulary import Comparator, Verdict
from assay.dossier import wording
from assay.dossier.charts import theme

WIDTH, ROW, LABEL_ROW = 336, 34, 20
LOW, HIGH = -4.0, 8.0


def overview(judged: tuple[Judged, ...], *, prefix: str) -> str | None:
    """The chart of all criteria; None when there are none."""
    if not judged:
        return None
    values, height = _rows(judged)
    drawn = [v for v in values if v["x"] is not None]
    chart = theme.layered(
        width=WIDTH,
        height=height,
        padding={"left": 12, "right": 12, "top": 24, "bottom": 44},
        layers=[
            *_ground(height),
            *_intervals(drawn),
            *_labels(values),
        ],
    )
    said = "; ".join(f"{v['label']}: {v['verdict']}" for v in values)
    return theme.render(
        chart,
        prefix=prefix,
        alternative=f"Distance of each criterion to its threshold, in margins of error. {said}.",
    )


def margins(judged: Judged, p: Piece) -> tuple[float, float, float] | None:
    """How many margins of error the estimate and its limits lie beyond the threshold; the worse side first."""
    if (
        p.exact is not None
        or p.undefined is not None
        or p.estimate is None
        or p.lower is None
        or p.upper is None
    ):
        return None
    least = judged.assessment.comparator is Comparator.AT_LEAST
    margin = p.estimate - p.lower if least else p.upper - p.estimate
    if not math.isfinite(margin) or margin <= 0:
        return None
    threshold = float(judged.assessment.threshold)
    sign = 1 if least else -1
    estimate, a, b = (sign * (v - threshold) / margin for v in (p.estimate, p.lower, p.upper))
    return estimate, min(a, b), max(a, b)


def _rows(judged: tuple[Judged, ...]) -> tuple[list[dict[str, Any]], int]:
    """A row per criterion, lower when it has no interval, and the height of all."""
    values, top = [], 4
    for j in judged:
        values.append(_row(j, top))
        top += ROW if values[-1]["x"] is not None else LABEL_ROW
    return values, top + 4


def _row(judged: Judged, top: int) -> dict[str, Any]:
    piece = judged.assessment.binding
    valued = judged.verdict not in {Verdict.NOT_EVALUABLE, Verdict.ERROR}
    distance = margins(judged, piece) if piece and valued else None
    verdict = wording.VERDICT[judged.verdict]
    row: dict[str, Any] = {
        "y": top + ROW - 12,
        "label_y": top + 7,
        "label": theme.clipped(judged.assessment.criterion, 34),
        "verdict": verdict,
        "colour": theme.VERDICT_COLOUR[judged.verdict],
        "shape": theme.VERDICT_SHAPE[judged.verdict],
        "x": None,
        "left": LOW,
        "right": HIGH,
    }
    if distance is None:
        counted = piece is not None and piece.exact is not None
        return row | {"label": f"{row['label']} ({'counted in full' if counted else 'no value'})"}
    x, low, high = (min(max(d, LOW), HIGH) for d in distance)
    return row | {"x": x, "low": low, "high": high, "shape": _shape(row["shape"], distance[0])}


def _shape(shape: str, x: float) -> str:
    """Beyond the edge the mark points outwards."""
    if x > HIGH:
        return "triangle-right"
    return "triangle-left" if x < LOW else shape


def _ground(height: int) -> list[dict[str, Any]]:
    axis = {
        "values": [-4, -2, 0, 2, 4, 6, 8],
        "grid": False,
        "title": "margins of error beyond the threshold",
        "orient": "bottom",
    }
    x = {"scale": {"domain": [LOW, HIGH], "nice": False, "zero": False}, "axis": axis}
    return [
        {
            "data": theme.rows(a=0, b=HIGH, top=0, bottom=height),
            "mark": {"type": "rect", "color": theme.TINT},
            "encoding": {
                "x": theme.at("a", **x),
                "x2": {"field": "b"},
                "y": theme.at("top", **theme.plane(height)),
                "y2": {"field": "bottom"},
            },
        },
        {
            "data": theme.rows(x=LOW, y=-10, text="← violates"),
            "mark": {"type": "text", "align": "left", "fontSize": 12, "color": theme.MUTED},
            "encoding": {"x": theme.at("x"), "y": theme.at("y"), "text": {"field": "text"}},
        },
        {
            "data": theme.rows(x=HIGH, y=-10, text="satisfies →"),
            "mark": {"type": "text", "align": "right", "fontSize": 12, "color": theme.MUTED},
            "encoding": {"x": theme.at("x"), "y": theme.at("y"), "text": {"field": "text"}},
        },
    ]


def _intervals(drawn: list[dict[str, Any]]) -> list[dict[str, Any]]:
    y = theme.at("y")
    colour = {"field": "colour", "type": "nominal", "scale": None}
    bands = [{"x": 0, "top": v["y"] - 10, "bottom": v["y"] + 10} for v in drawn]
    return [
        {
            "data": {"values": bands},
            "mark": {"type": "rule", "strokeWidth": 1.5, "color": theme.INK},
            "encoding": {"x": theme.at("x"), "y": theme.at("top"), "y2": {"field": "bottom"}},
        },
        {
            "data": {"values": drawn},
            "mark": {"type": "rule", "strokeWidth": 5, "strokeCap": "round", "color": theme.BAR},
            "encoding": {"x": theme.at("low"), "x2": {"field": "high"}, "y": y},
        },
        {
            "data": {"values": drawn},
            "mark": {"type": "point", "filled": True, "size": 80, "opacity": 1},
            "encoding": {
                "x": theme.at("x"),
                "y": y,
                "color": colour,
                "shape": {"field": "shape", "type": "nominal", "scale": None},
            },
        },
    ]


def _labels(values: list[dict[str, Any]]) -> list[dict[str, Any]]:
    colour = {"field": "colour", "type": "nominal", "scale": None}
    return [
        {
            "data": {"values": values},
            "mark": {"type": "text", "align": "left", "fontSize": 12, "color": theme.INK},
            "encoding": {"x": theme.at("left"), "y": theme.at("label_y"), "text": {"field": "label"}},
        },
        {
            "data": {"values": values},
            "mark": {"type": "text", "align": "right", "fontSize": 12, "fontWeight": 600, "dx": -4},
            "encoding": {
                "x": theme.at("right"),
                "y": theme.at("label_y"),
                "text": {"field": "verdict"},
                "color": colour,
            },
        },
    ]
