"""ROC curves: true-positive rate against false-positive rate, over all cut-offs."""

from __future__ import annotations

from typing import Any

from assay.domain.record import CurveRecord
from assay.dossier.charts import theme
from assay.dossier.charts.square import square

MOST = 5
COLOURS = (theme.INK, theme.ACCENT, theme.SECOND, theme.THIRD, theme.OPEN)
DASHES = ((1, 0), (6, 3), (2, 2), (8, 3, 2, 3), (12, 4))


def roc(curves: tuple[CurveRecord, ...], *, prefix: str) -> str | None:
    """The chart of up to five curves; None when there are none."""
    drawn = curves[:MOST]
    if not drawn:
        return None
    layers = []
    for i, curve in enumerate(drawn):
        layers += [_line(curve, i), *_legend(curve, i, len(drawn))]
    chart = square(layers, x="false-positive rate", y="true-positive rate")
    names = ", ".join(theme.clipped(c.label or "all rows", 40) for c in drawn)
    return theme.render(
        chart,
        prefix=prefix,
        alternative=f"ROC curves of {names}: true-positive rate against false-positive rate.",
    )


def _line(curve: CurveRecord, i: int) -> dict[str, Any]:
    values = [{"x": point[0], "y": point[1], "i": k} for k, point in enumerate(curve.points)]
    mark = {"type": "line", "color": COLOURS[i], "strokeWidth": 2, "strokeDash": list(DASHES[i])}
    return {
        "data": {"values": values},
        "mark": mark,
        "encoding": {"x": theme.at("x"), "y": theme.at("y"), "order": {"field": "i", "type": "quantitative"}},
    }


def _legend(curve: CurveRecord, i: int, total: int) -> list[dict[str, Any]]:
    y = 0.04 + 0.065 * (total - 1 - i)
    mark = {"color": COLOURS[i], "strokeWidth": 2, "strokeDash": list(DASHES[i])}
    return [
        {
            "data": theme.rows(a=0.48, b=0.57, y=y),
            "mark": {"type": "rule", **mark},
            "encoding": {"x": theme.at("a"), "x2": {"field": "b"}, "y": theme.at("y")},
        },
        {
            "data": theme.rows(x=0.6, y=y, text=theme.clipped(curve.label or "all rows", 18)),
            "mark": {"type": "text", "align": "left", "baseline": "middle", "fontSize": 12},
            "encoding": {"x": theme.at("x"), "y": theme.at("y"), "text": {"field": "text"}},
        },
    ]
