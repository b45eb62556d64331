"""Every criterion's distance to its threshold on one scale: margins of error, the satisfying side to the right."""

from __future__ import annotations

import math
from typing import Any

from assay.domain.assessment import Judged
from assay.domain.vocabulary import Comparator, Verdict
from assay.dossier import wording
from assay.dossier.charts import theme

WIDTH, NAMES, ROW = 344, 186, 24
LOW, HIGH = -4.0, 8.0
MOST_LETTERS = 28


def overview(judged: tuple[Judged, ...], *, prefix: str) -> str | None:
    """The chart of all criteria; None when there are none."""
    if not judged:
        return None
    values = [_row(j, i) for i, j in enumerate(judged)]
    height = ROW * len(values)
    chart = theme.layered(
        width=WIDTH,
        height=height,
        padding={"left": 2, "right": 10, "top": 24, "bottom": 44},
        layers=[
            *_ground(height),
            *_intervals([v for v in values if "low" in v]),
            *_labels(values),
            *_marks(values),
        ],
    )
    said = "; ".join(f"{v['label']}: {v['says']}" for v in values)
    return theme.render(
        chart,
        prefix=prefix,
        alternative=f"Distance of each criterion to its threshold, in margins of error. {said}.",
    )


def margins(judged: Judged) -> tuple[float, float, float] | None:
    """How many margins of error the worst estimate, the worst bound and the limit opposite lie beyond the threshold.

    A margin is that of the piece with the worst bound. The worst estimate lies between its bound and its own estimate,
    whichever piece it belongs to.
    """
    p, headline = judged.assessment.binding, judged.assessment.estimate
    if (
        p is None
        or headline is None
        or p.exact is not None
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
    estimate, a, b = (sign * (v - threshold) / margin for v in (headline.value, p.lower, p.upper))
    return estimate, min(a, b), max(a, b)


def place(margin: float) -> float:
    """Where a distance is drawn: right of the column of names, held at the edges."""
    return NAMES + (min(max(margin, LOW), HIGH) - LOW) / (HIGH - LOW) * (WIDTH - NAMES)


def _row(judged: Judged, i: int) -> dict[str, Any]:
    piece = judged.assessment.binding
    valued = judged.verdict not in {Verdict.NOT_EVALUABLE, Verdict.ERROR}
    distance = margins(judged) if valued else None
    row: dict[str, Any] = {
        "y": i * ROW + ROW // 2,
        "label": theme.clipped(judged.assessment.criterion, MOST_LETTERS),
        "left": 0,
        "says": wording.VERDICT[judged.verdict],
        "colour": theme.VERDICT_COLOUR[judged.verdict],
        "shape": theme.VERDICT_SHAPE[judged.verdict],
        "note": "",
    }
    if distance is not None:
        x, low, high = (place(d) for d in distance)
        return row | {"x": x, "low": low, "high": high, "shape": _shape(row["shape"], distance[0])}
    if piece is not None and piece.exact is not None:
        x = place(_COUNTED if piece.exact else -_COUNTED)
        return row | {"x": x, "note": "counted" if piece.exact else "", "note_x": x + 9}
    return row | {"x": place(LOW) + 4, "note": "none", "note_x": place(LOW) + 13}


_COUNTED = 0.7
"""A value that was counted has no margin of error: its mark stands beside the line, on its side."""


def _shape(shape: str, x: float) -> str:
    """Beyond the edge the mark points outwards."""
    if x > HIGH:
        return "triangle-right"
    return "triangle-left" if x < LOW else shape


def _ground(height: int) -> list[dict[str, Any]]:
    """The satisfying side, tinted, the threshold, the scale, and which side is which."""
    ticks = (-4, -2, 0, 2, 4, 6, 8)
    names = " : ".join(f"datum.value == {place(t)} ? '{str(t).replace('-', '−')}'" for t in ticks)
    axis = {
        "values": [place(t) for t in ticks],
        "labelExpr": f"{names} : ''",
        "grid": False,
        "domain": False,
        "title": "margins of error beyond the threshold",
        "titleAnchor": "end",
        "orient": "bottom",
    }
    x = {"scale": {"domain": [0, WIDTH], "nice": False, "zero": False}, "axis": axis}
    captions = (
        theme.rows(x=place(LOW), y=-10, text="← violates"),
        theme.rows(x=WIDTH, y=-10, text="satisfies →"),
    )
    return [
        {
            "data": theme.rows(a=place(0), b=WIDTH, top=0, bottom=height),
            "mark": {"type": "rect", "color": theme.TINT},
            "encoding": {
                "x": theme.at("a", **x),
                "x2": {"field": "b"},
                "y": theme.at("top", **theme.plane(height)),
                "y2": {"field": "bottom"},
            },
        },
        {
            "data": theme.rows(x=place(0), top=0, bottom=height),
            "mark": {"type": "rule", "strokeWidth": 1.5, "color": theme.INK},
            "encoding": {"x": theme.at("x"), "y": theme.at("top"), "y2": {"field": "bottom"}},
        },
        *(
            {
                "data": data,
                "mark": {"type": "text", "align": align, "fontSize": 12, "color": theme.MUTED},
                "encoding": {"x": theme.at("x"), "y": theme.at("y"), "text": {"field": "text"}},
            }
            for data, align in zip(captions, ("left", "right"), strict=True)
        ),
    ]


def _intervals(drawn: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "data": {"values": drawn},
            "mark": {"type": "rule", "strokeWidth": 5, "strokeCap": "round", "color": theme.BAR},
            "encoding": {"x": theme.at("low"), "x2": {"field": "high"}, "y": theme.at("y")},
        }
    ]


def _marks(values: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "data": {"values": values},
            "mark": {"type": "point", "filled": True, "size": 80, "opacity": 1},
            "encoding": {
                "x": theme.at("x"),
                "y": theme.at("y"),
                "color": {"field": "colour", "type": "nominal", "scale": None},
                "shape": {"field": "shape", "type": "nominal", "scale": None},
            },
        },
    ]


def _labels(values: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The names in a column of their own, and what stands for a value where none can be drawn."""
    notes = [v for v in values if v["note"]]
    made = [
        {
            "data": {"values": values},
            "mark": {"type": "text", "align": "left", "fontSize": 12, "color": theme.INK},
            "encoding": {"x": theme.at("left"), "y": theme.at("y"), "text": {"field": "label"}},
        }
    ]
    if notes:
        made.append(
            {
                "data": {"values": notes},
                "mark": {"type": "text", "align": "left", "fontSize": 12, "color": theme.MUTED},
                "encoding": {"x": theme.at("note_x"), "y": theme.at("y"), "text": {"field": "note"}},
            }
        )
    return made
