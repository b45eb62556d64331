"""How far predictions are off: the mean absolute error against the true number, part by part, with limits."""

from __future__ import annotations

from assay.domain.record import CurveRecord
from assay.dossier.charts import theme
from assay.dossier.charts.joined import joined


def errors(curve: CurveRecord, *, unit: str, prefix: str) -> str | None:
    """The chart of one curve whose numbers are in the unit of the label; None when it has no points."""
    if not curve.points:
        return None
    most, first, last = max(point[3] for point in curve.points), curve.points[0][0], curve.points[-1][0]
    aside = 0.05 * (last - first) or 1.0
    return joined(
        curve,
        x={
            "scale": {"domain": [first - aside, last + aside], "nice": False, "zero": False},
            "axis": {"title": f"true {theme.clipped(unit, 40)}", "tickCount": 6, "grid": True},
        },
        y={
            "scale": {"domain": [0, 1.05 * most or 1.0], "nice": False},
            "axis": {"title": "mean absolute error", "tickCount": 5, "grid": True},
        },
        prefix=prefix,
        alternative=f"Mean absolute error of {theme.clipped(curve.label, 40)} by true number, in {len(curve.points)} parts of the rows.",
    )
