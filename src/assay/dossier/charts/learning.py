"""A learning curve: the share of right decisions against the number of training rows, with limits."""

from __future__ import annotations

import math

from assay.domain.record import CurveRecord
from assay.dossier.charts import theme
from assay.dossier.charts.joined import joined


def learning(curve: CurveRecord, *, prefix: str) -> str | None:
    """The chart of one curve; None when it has no points."""
    if not curve.points:
        return None
    low = math.floor(10 * min(p[2] for p in curve.points)) / 10
    high = math.ceil(10 * max(p[3] for p in curve.points)) / 10
    sizes = [p[0] for p in curve.points]
    shown = ", ".join(f"{size:,.0f}" for size in sizes)
    return joined(
        curve,
        x={
            "scale": {"type": "log", "domain": [sizes[0] * 0.9, sizes[-1] * 1.1], "nice": False},
            "axis": {"title": "training rows", "values": sizes, "format": ",.0f", "grid": True},
        },
        y={
            "scale": {"domain": [low, high], "nice": False, "zero": False},
            "axis": {"title": "right decisions", "format": ".2f", "tickCount": 5, "grid": True},
        },
        prefix=prefix,
        alternative=f"Learning curve of {theme.clipped(curve.label, 40)}: share of right decisions with {shown} training rows.",
    )
