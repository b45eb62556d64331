"""What fairlearn and AIF360 report of the scored rows of Adult: a program of its own, run in each one's environment.

``python adult_peers.py fairlearn | aif360 SCORED.csv`` prints the figures as JSON. Imports nothing of Assay.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable

import numpy as np
import pandas as pd

DECIDE_AT = 0.5
SEX, RACE = {"Male": 1, "Female": 0}, {"White": 1}
Figures = dict[str, float]


def by_fairlearn(rows: pd.DataFrame) -> Figures:
    """A MetricFrame of what it has for binary decisions, for sex, race and both."""
    from fairlearn import metrics as fair
    from sklearn.metrics import accuracy_score, precision_score

    decided = (rows["score"] >= DECIDE_AT).astype(int)
    functions: dict[str, Callable[..., float]] = {
        "accuracy": accuracy_score,
        "precision": precision_score,
        "selection rate": fair.selection_rate,
        "true-positive rate": fair.true_positive_rate,
        "false-positive rate": fair.false_positive_rate,
        "count": fair.count,
    }
    found: Figures = {}
    for name, columns in (("sex", ["sex"]), ("race", ["race"]), ("sex*race", ["sex", "race"])):
        frame = fair.MetricFrame(
            metrics=functions, y_true=rows["over_50k"], y_pred=decided, sensitive_features=rows[columns]
        )
        for metric in functions:
            for group, value in frame.by_group[metric].items():
                found[f"{metric}, {name} {group}"] = float(value)
            found[f"{metric}, {name} difference"] = float(frame.difference()[metric])
            found[f"{metric}, {name} ratio"] = float(frame.ratio()[metric])
    given = {"y_true": rows["over_50k"], "y_pred": decided, "sensitive_features": rows["sex"]}
    found["impact ratio, sex"] = float(fair.demographic_parity_ratio(**given))
    found["demographic parity, sex"] = float(fair.demographic_parity_difference(**given))
    found["equal opportunity, sex"] = float(fair.equal_opportunity_difference(**given))
    found["equalized odds, sex"] = float(fair.equalized_odds_difference(**given))
    found["accuracy"] = float(accuracy_score(rows["over_50k"], decided))
    return found


def by_aif360(rows: pd.DataFrame) -> Figures:
    """A ClassificationMetric for sex and for race, with every figure that it gives without further choices."""
    logging.disable(logging.WARNING)  # of what is not installed beside it
    from aif360.datasets import BinaryLabelDataset
    from aif360.metrics import ClassificationMetric

    numbers = pd.DataFrame(
        {
            "sex": rows["sex"].map(SEX),
            "race": rows["race"].map(RACE).fillna(0),
            "over_50k": rows["over_50k"],
        }
    )
    truth = BinaryLabelDataset(
        df=numbers, label_names=["over_50k"], protected_attribute_names=["sex", "race"]
    )
    decided = truth.copy()
    decided.labels = (rows["score"].to_numpy() >= DECIDE_AT).astype(float).reshape(-1, 1)
    decided.scores = rows["score"].to_numpy().reshape(-1, 1)
    found: Figures = {}
    for name in ("sex", "race"):
        metric = ClassificationMetric(
            truth, decided, unprivileged_groups=[{name: 0}], privileged_groups=[{name: 1}]
        )
        for figure in (
            "accuracy", "precision", "true_positive_rate", "false_positive_rate", "selection_rate", "base_rate",
        ):  # fmt: skip
            for privileged in (None, True, False):
                found[f"{figure}, {name} {privileged}"] = float(
                    getattr(metric, figure)(privileged=privileged)
                )
        for figure in (
            "disparate_impact", "statistical_parity_difference", "equal_opportunity_difference",
            "average_odds_difference", "average_abs_odds_difference", "error_rate_ratio", "false_discovery_rate_difference",
            "false_omission_rate_difference", "theil_index", "between_group_theil_index",
        ):  # fmt: skip
            found[f"{figure}, {name}"] = float(getattr(metric, figure)())
    found["impact ratio, sex"] = found["disparate_impact, sex"]
    found["demographic parity, sex"] = abs(found["statistical_parity_difference, sex"])
    found["equal opportunity, sex"] = abs(found["equal_opportunity_difference, sex"])
    found["accuracy"] = found["accuracy, sex None"]
    return found


def main(side: str, path: str) -> None:
    """Print the figures of one side."""
    rows = pd.read_csv(path)
    found = {"fairlearn": by_fairlearn, "aif360": by_aif360}[side](rows)
    print(json.dumps({name: value for name, value in found.items() if np.isfinite(value)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
