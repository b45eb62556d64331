"""Reweighing: training rows weighted so that group and label are independent.

F. Kamiran and T. Calders, Data preprocessing techniques for classification without discrimination, Knowledge and
Information Systems 33 (2012), section 5.2: the weight of a row is P(group) P(label) / P(group, label), with the shares
that were observed.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from assay.mitigation.deployed import Floats, Integers
from assay.mitigation.training import Fitted, Training, cells, fitted


def train(training: Training) -> Fitted:
    """A candidate that learned from weighted rows."""
    weight = weights(training.group, training.label, len(training.labels))
    return Fitted(
        fitted(training, training.declared, weight=weight),
        training.declared,
        {"weights": _table(training, weight)},
    )


def weights(group: Integers, label: Integers, groups: int) -> Floats:
    """float64[n]: the weight of each row; 1 for a row in no group (-1), which says nothing of a difference.

    Args:
        group: int64[n], from 0 below ``groups``, or -1. label: int64[n] of 0 and 1.
    """
    inside = group >= 0
    count = np.bincount(group[inside] * 2 + label[inside], minlength=2 * groups).reshape(-1, 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        each = count.sum(1, keepdims=True) * count.sum(0, keepdims=True) / (count.sum() * count)
    made = np.ones(len(group))
    made[inside] = each[group[inside], label[inside]]
    return made


def _table(training: Training, weight: Floats) -> list[dict[str, Any]]:
    found = []
    for number, name in enumerate(training.labels):
        for label in (0, 1):
            rows = (training.group == number) & (training.label == label)
            if rows.any():
                found.append(
                    {
                        "group": name,
                        "label": label,
                        "rows": int(cells(training)[number, label]),
                        "weight": float(weight[rows][0]),
                    }
                )
    return found
