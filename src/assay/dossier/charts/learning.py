"""A learning curve: the share of right decisions, or the mean error, against the number of training rows, with limits."""

from __future__ import annotations

import math

from assay.domain.record import CurveRecord
from assay.dossier.charts import theme
from assay.dossier.charts.joined import joined


def learning(curve: CurveRecord, *, prefix: str) -> str | None:
    """The chart of one curve of right decisions; None when it has no points."""
    if not curve.points:
        return None
    low = math.floor(10 * min(p[2] for p in curve.points)) / 10
    high = math.ceil(10 * max(p[3] for p in curve.points)) / 10
    return _learning(curve, (low, high), ".2f", "right decisions", "share of right decisions", prefix)


def learning_losses(curve: CurveRecord, *, prefix: str) -> str | None:
    """The chart of one curve of mean errors, in the unit of the label; None when it has no points."""
    if not curve.points:
        return None
    low, high = min(p[2] for p in curve.points), max(p[3] for p in curve.points)
    room = 0.05 * (high - low) or 0.1
    said = "mean absolute error"
    return _learning(curve, (max(low - room, 0.0), high + room), None, said, said, prefix)


def _learning(
    curve: CurveRecord, span: tuple[float, float], shape: str | None, title: str, what: str, prefix: str
) -> str:
    sizes = [p[0] for p in curve.points]
    shown = ", ".join(f"{size:,.0f}" for size in sizes)
    return joined(
        curve,
        x={
            "scale": {"type": "log", "domain": [sizes[0] * 0.9, sizes[-1] * 1.1], "nice": False},
            "axis": {"title": "training rows", "values": sizes, "format": ",.0f", "grid": True},
        },
        y={
            "scale": {"domain": list(span), "nice": False, "zero": False},
            "axis": {"title": title, "tickCount": 5, "grid": True} | ({"format": shape} if shape else {}),
        },
        prefix=prefix,
        alternative=f"Learning curve of {theme.clipped(curve.label, 40)}: {what} with {shown} training rows.",
    )
