"""fairlearn's side: the same five rates, gaps and ratios as point values. Imports nothing of Assay."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from fairlearn.metrics import MetricFrame, false_positive_rate, selection_rate, true_positive_rate
from numpy.typing import NDArray
from sklearn.metrics import accuracy_score, precision_score

from benchmarks.tables import ATTRIBUTES, DECIDE_AT, RATES


def by_fairlearn(columns: dict[str, NDArray[Any]]) -> dict[str, dict[str, object]]:
    """The same point values from MetricFrame: by_group, difference, ratio; no bounds."""
    functions = (selection_rate, true_positive_rate, false_positive_rate, precision_score, accuracy_score)
    frame = MetricFrame(
        metrics=dict(zip(RATES, functions, strict=True)),
        y_true=columns["y"],
        y_pred=(columns["score"] >= DECIDE_AT).astype(np.int64),
        sensitive_features=pd.DataFrame({name: columns[name] for name in ATTRIBUTES}),
    )
    by_group = frame.by_group.sort_index()
    difference, ratio = frame.difference(), frame.ratio()
    return {
        name: {
            "each": by_group[name].tolist(),
            "difference": float(difference[name]),
            "ratio": float(ratio[name]),
        }
        for name in RATES
    }
