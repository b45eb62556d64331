"""An interval drawn against its threshold: one line per piece, the worst first."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

from assay.domain import figures
from assay.domain.assessment import Judged, Piece
from assay.domain.vocabulary import Comparator, Verdict
from assay.dossier.charts import theme

WIDTH, LEFT, RIGHT, TOP, BOTTOM = 336, 12, 12, 22, 22
ROW = 36
_MOST_TICKS = 5
MOST_ROWS = 6


def interval(judged: Judged, *, prefix: str) -> str | None:
    """The chart of one criterion; None when no piece has an interval."""
    a = judged.assessment
    drawn = [p for p in a.pieces if _has_interval(p)][:MOST_ROWS]
    if not drawn:
        return None
    threshold = float(a.threshold)
    low, high = _domain(drawn, threshold)
    labelled = any(p.label for p in drawn)
    row = ROW if labelled else 26
    height = row * len(drawn) + 4
    values = [_row(p, i, judged, row, (low, high)) for i, p in enumerate(drawn)]
    x_scale = {"domain": [low, high], "nice": False, "zero": False}
    layers = [
        *_threshold(judged, threshold, (low, high), values if labelled else [], height, x_scale),
        _interval_layer(values),
        _gate_layer(values),
        _estimate_layer(values),
    ]
    if labelled:
        layers.append(_labels(values))
    chart = theme.layered(
        width=WIDTH,
        height=height,
        padding={"left": LEFT, "right": RIGHT, "top": TOP, "bottom": BOTTOM},
        layers=layers,
    )
    return theme.render(chart, prefix=prefix, alternative=_alternative(judged, drawn))


def _has_interval(p: Piece) -> bool:
    return p.undefined is None and p.exact is None and None not in {p.estimate, p.lower, p.upper}


def _domain(pieces: list[Piece], threshold: float) -> tuple[float, float]:
    ends = [threshold]
    ends += [x for p in pieces for x in (p.lower, p.estimate, p.upper) if x is not None and math.isfinite(x)]
    low, high = min(ends), max(ends)
    pad = (high - low or abs(threshold) or 1.0) * 0.08
    return low - pad, high + pad


def _row(p: Piece, i: int, judged: Judged, row: int, domain: tuple[float, float]) -> dict[str, Any]:
    low, high = domain
    verdict = Verdict.PASS if p.passes else judged.verdict
    if verdict is Verdict.FAIL and p.point_passes:
        verdict = Verdict.INCONCLUSIVE
    lower, upper = max(p.lower or 0.0, low), min(p.upper or 0.0, high)
    return {
        "y": (i + 1) * row - 10,
        "label_y": i * row + 9,
        "label": theme.clipped(p.label, 52),
        "left": low,
        "estimate": p.estimate,
        "lower": lower,
        "upper": upper,
        "gate": lower if judged.assessment.comparator is Comparator.AT_LEAST else upper,
        "colour": theme.VERDICT_COLOUR[verdict],
        "shape": theme.VERDICT_SHAPE[verdict],
    }


def _threshold(
    judged: Judged,
    threshold: float,
    domain: tuple[float, float],
    labelled: list[dict[str, Any]],
    height: int,
    x_scale: dict[str, Any],
) -> list[dict[str, Any]]:
    """The side that satisfies, tinted, and the threshold itself, which leaves room for the labels."""
    a = judged.assessment
    least = a.comparator is Comparator.AT_LEAST
    edge = domain[1] if least else domain[0]
    middle = (domain[0] + domain[1]) / 2
    ticks, decimals = _ticks(domain, a.threshold)
    axis = {
        "values": ticks,
        "grid": False,
        "title": None,
        "orient": "bottom",
        "format": f",.{decimals}f",
    }
    x = {"scale": x_scale, "axis": axis}
    y = theme.plane(height)
    bands = [(-4, 0), *((v["y"] - 10, v["y"] + 10) for v in labelled)] if labelled else [(-4, height)]
    return [
        {
            "data": theme.rows(a=threshold, b=edge, top=0, bottom=height),
            "mark": {"type": "rect", "color": theme.TINT},
            "encoding": {
                "x": theme.at("a", **x),
                "x2": {"field": "b"},
                "y": theme.at("top", **y),
                "y2": {"field": "bottom"},
            },
        },
        {
            "data": {"values": [{"x": threshold, "top": top, "bottom": bottom} for top, bottom in bands]},
            "mark": {"type": "rule", "strokeWidth": 1.5, "color": theme.INK},
            "encoding": {"x": theme.at("x"), "y": theme.at("top"), "y2": {"field": "bottom"}},
        },
        {
            "data": theme.rows(
                x=threshold, y=-12, text=f"{a.comparator.words} {figures.threshold(a.threshold)}"
            ),
            "mark": {
                "type": "text",
                "align": "right" if threshold > middle else "left",
                "dx": 4 if threshold > middle else -4,
                "fontWeight": 600,
                "fontSize": 12,
            },
            "encoding": {"x": theme.at("x"), "y": theme.at("y"), "text": {"field": "text"}},
        },
    ]


def _ticks(domain: tuple[float, float], threshold: Decimal) -> tuple[list[float], int]:
    """Round numbers for the axis, with as many decimals as the threshold is written with."""
    span = Decimal(repr(domain[1])) - Decimal(repr(domain[0]))
    unit = Decimal(1).scaleb(math.floor(math.log10(span / 4)))
    step = next(unit * m for m in (1, 2, 5, 10) if span / (unit * m) <= _MOST_TICKS)
    first = math.ceil(Decimal(repr(domain[0])) / step)
    last = math.floor(Decimal(repr(domain[1])) / step)
    written = (-int(d.as_tuple().exponent) for d in (step.normalize(), threshold))
    return [float(step * i) for i in range(first, last + 1)], max(0, *written)


def _interval_layer(values: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "data": {"values": values},
        "mark": {"type": "rule", "strokeWidth": 5, "strokeCap": "round", "color": theme.BAR},
        "encoding": {"x": theme.at("lower"), "x2": {"field": "upper"}, "y": theme.at("y")},
    }


def _gate_layer(values: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "data": {"values": values},
        "mark": {"type": "tick", "orient": "vertical", "size": 14, "thickness": 2.5, "opacity": 1},
        "encoding": {
            "x": theme.at("gate"),
            "y": theme.at("y"),
            "color": {"field": "colour", "type": "nominal", "scale": None},
        },
    }


def _estimate_layer(values: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "data": {"values": values},
        "mark": {"type": "point", "filled": True, "size": 80, "opacity": 1},
        "encoding": {
            "x": theme.at("estimate"),
            "y": theme.at("y"),
            "color": {"field": "colour", "type": "nominal", "scale": None},
            "shape": {"field": "shape", "type": "nominal", "scale": None},
        },
    }


def _labels(values: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "data": {"values": values},
        "mark": {"type": "text", "align": "left", "fontSize": 12, "color": theme.MUTED},
        "encoding": {
            "x": theme.at("left"),
            "y": theme.at("label_y"),
            "text": {"field": "label"},
        },
    }


def _alternative(judged: Judged, pieces: list[Piece]) -> str:
    a = judged.assessment
    lines = "; ".join(
        f"{theme.clipped(p.label, 60) + ': ' if p.label else ''}estimate {figures.number(p.estimate)}, "
        f"limits {figures.lower(p.lower)} to {figures.upper(p.upper)}"
        for p in pieces
    )
    return f"Intervals against the threshold, {a.comparator.words} {figures.threshold(a.threshold)}. {lines}."
