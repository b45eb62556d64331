"""Reliability: the observed rate against the mean predicted probability, bin by bin, with limits and rows."""

from __future__ import annotations

from typing import Any

from assay.domain.record import CurveRecord
from assay.dossier.charts import theme
from assay.dossier.charts.square import square


def reliability(curve: CurveRecord, *, prefix: str) -> str | None:
    """The chart of one curve; None when it has no points."""
    if not curve.points:
        return None
    most = max(point[4] for point in curve.points) or 1
    values = [
        {
            "x": p[0],
            "y": p[1],
            "low": max(p[2], 0),
            "high": min(p[3], 1),
            "zero": 0,
            "rows": 0.16 * p[4] / most,
        }
        for p in curve.points
    ]
    chart = square(_marks(values), x="mean predicted probability", y="observed rate")
    return theme.render(
        chart,
        prefix=prefix,
        alternative=(
            f"Reliability of {theme.clipped(curve.told or 'all rows', 40)}: observed rate against mean predicted "
            f"probability in {len(values)} bins; the bars below show the rows of each bin."
        ),
    )


def _marks(values: list[dict[str, Any]]) -> list[dict[str, Any]]:
    data = {"values": values}
    return [
        {
            "data": data,
            "mark": {"type": "rule", "strokeWidth": 7, "color": theme.BAR},
            "encoding": {"x": theme.at("x"), "y": theme.at("zero"), "y2": {"field": "rows"}},
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
