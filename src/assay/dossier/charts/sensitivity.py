"""A sensitivity curve: the mean answer if everybody had a value, against the value, with limits."""

from __future__ import annotations

from assay.domain.record import CurveRecord
from assay.dossier.charts import theme
from assay.dossier.charts.joined import joined


def sensitivity(curve: CurveRecord, mean: str, *, prefix: str) -> str | None:
    """The chart of one curve, of which ``mean`` names the means; None when it has no points."""
    if not curve.points:
        return None
    low, high = min(p[2] for p in curve.points), max(p[3] for p in curve.points)
    first, last = curve.points[0][0], curve.points[-1][0]
    room, aside = 0.05 * (high - low) or 0.1, 0.05 * (last - first) or 1.0
    return joined(
        curve,
        x={
            "scale": {"domain": [first - aside, last + aside], "nice": False, "zero": False},
            "axis": {"title": "value", "tickCount": 6, "grid": True},
        },
        y={
            "scale": {"domain": [low - room, high + room], "nice": False, "zero": False},
            "axis": {"title": mean, "tickCount": 5, "grid": True},
        },
        prefix=prefix,
        alternative=f"Sensitivity curve of {theme.clipped(curve.label, 40)}: {mean} at {len(curve.points)} values of one input.",
    )
