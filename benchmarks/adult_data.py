"""Adult as a benchmark: its rows, a model of 100 trees, the dictionary, and a specification of every stage."""

from __future__ import annotations

import json
from pathlib import Path

import lightgbm
import pandas as pd
import pyarrow.parquet as pq
from tests import real_data

TEXTS = ("workclass", "education", "marital_status", "occupation", "relationship", "native_country")
NUMBERS = ("age", "fnlwgt", "education_num", "capital_gain", "capital_loss", "hours_per_week")
PROTECTED = ("sex", "race")
CHANGES = ("robustness.noise", "robustness.missingness", "robustness.rounding")

HEAD = """
assay: 1
name: adult
use_case:
  {domain: credit, purpose: mark who earns more than 50000 dollars, population: adults of the United States in 1994,
   test_population: the third of the census extract that its publishers set apart, risk: limited}
charter:
  {sponsor: the benchmark, risk_appetite: as in the literature, success: all stages are judged,
   tradeoffs: thresholds were chosen to be readable}
roles: {developer: [dev], data_steward: [steward], validator: [val]}
owners: {data: data_steward, updates: developer, monitoring: validator, incidents: validator}
approval: {lock: {validator: 1}, quorum: {validator: 1}, valid_for: 30 days}
subject: {model: model.txt, format: lightgbm, inputs: [INPUTS]}
prediction: {task: binary, label: over_50k, favourable: 1, score: probability of an income over 50000 dollars, decide_at: 0.5}
data:
  dictionary: dictionary.yaml
  train: train.parquet
  test: test.parquet
  custody: validator
  repeated_rows: {at_most: 0.99, rationale: The census weighs its rows and some people look alike in fourteen columns.}
protected:
  sex: {column: sex, groups: {women: Female, men: Male}}
  race:
    column: race
    groups: {white: White, black: Black, asian: Asian-Pac-Islander, native: Amer-Indian-Eskimo, other: Other}
  age: {column: age, bands: [25, 40, 60]}
intersections: [[sex, race]]
small_groups: {below_share: 0.01, treat: advisory}
documentation: {required: [use_case.purpose, owners]}
"""
ASKED: tuple[tuple[str, str, str, str], ...] = (
    ("data.dictionary_conformity", "", "at_most: 0", ""),
    ("data.missing_values", "", "at_most: 0", ""),
    ("data.undocumented_codes", "", "at_most: 0", "{column: sex}"),
    ("data.duplicates", "", "at_most: 0.01", "{by: columns}"),
    ("data.conflicting_labels", "", "at_most: 0.01", ""),
    ("data.split_overlap", "", "at_most: 0.01", "{by: columns}"),
    ("data.group_representation", "race", "at_least: 100", ""),
    ("data.missing_by_group", "sex", "at_most: 0.05", ""),
    ("data.leaking_columns", "", "at_most: 0.95", ""),
    ("data.sentinel_values", "", "at_most: 0", ""),
    ("data.unit_shift", "", "at_most: 0", ""),
    ("data.top_coding", "", "at_most: 0", ""),
    ("data.constant_columns", "", "at_most: 0", ""),
    ("data.duplicated_columns", "", "at_most: 0", ""),
    ("data.label_spellings", "", "at_most: 0", ""),
    ("performance.accuracy", "", "at_least: 0.85", ""),
    ("performance.accuracy", "sex", "at_least: 0.80", ""),
    ("performance.gain_over_baseline", "", "at_least: 0.05", ""),
    ("performance.auc", "", "at_least: 0.90", ""),
    ("performance.gini", "", "at_least: 0.80", ""),
    ("performance.recall", "", "at_least: 0.60", ""),
    ("performance.precision", "", "at_least: 0.70", ""),
    ("performance.false_positive_rate", "", "at_most: 0.10", ""),
    ("performance.brier", "", "at_most: 0.12", ""),
    ("performance.log_loss", "", "at_most: 0.40", ""),
    ("performance.ece", "", "at_most: 0.03", ""),
    ("performance.ks_calibration", "", "at_most: 0.03", ""),
    ("performance.observed_expected", "", "at_most: 1.10", ""),
    ("robustness.noise", "", "at_most: 0.02", ""),
    ("robustness.missingness", "", "at_most: 0.05", ""),
    ("robustness.rounding", "", "at_most: 0.02", ""),
    ("fairness.impact_ratio", "sex", "at_least: 0.80", ""),
    ("fairness.impact_ratio", "race", "at_least: 0.80", ""),
    ("fairness.impact_ratio", "age", "at_least: 0.80", ""),
    ("fairness.impact_ratio", "sex*race", "at_least: 0.80", ""),
    ("fairness.ll144_selection", "sex*race", "at_least: 0.80", ""),
    ("fairness.demographic_parity", "sex", "at_most: 0.10", ""),
    ("fairness.equal_opportunity", "sex", "at_most: 0.10", ""),
    ("fairness.equal_opportunity", "race", "at_most: 0.10", ""),
    ("fairness.equalized_odds", "sex", "at_most: 0.10", ""),
    ("fairness.predictive_parity", "sex", "at_most: 0.10", ""),
    ("fairness.calibration_by_group", "sex", "at_most: 0.05", ""),
    ("privacy.direct_identifiers", "", "at_most: 0", ""),
    ("privacy.unused_columns", "", "at_most: 0", ""),
    ("documentation.required_sections", "", "at_most: 0", ""),
)
"""Metric, groups, comparator and settings of each criterion; a check is added by one line."""


def prepare(folder: Path) -> None:
    """Rows, a model of 100 trees, a dictionary and the specification."""
    train, test = real_data.adult()
    codes = {name: sorted({*train[name].dropna(), *test[name].dropna()}) for name in TEXTS}
    parts = {"train": train, "test": test}
    for role, rows in parts.items():
        coded = {
            name: rows[name].map({text: at for at, text in enumerate(codes[name])}).astype("Int64")
            for name in TEXTS
        }
        parts[role] = rows.assign(**coded)
        pq.write_table(real_data.as_arrow(parts[role]), folder / f"{role}.parquet", row_group_size=8192)
    inputs = [*NUMBERS, *TEXTS]
    settings = {
        "objective": "binary",
        "num_leaves": 31,
        "verbose": -1,
        "num_threads": 2,
        "seed": 1,
        "deterministic": True,
    }
    features = parts["train"][inputs].astype(float)
    made = lightgbm.train(settings, lightgbm.Dataset(features, train["over_50k"]), 100)
    (folder / "model.txt").write_text(made.model_to_string(), encoding="utf-8")
    scores = made.predict(parts["test"][inputs].astype(float))
    test[["sex", "race", "over_50k"]].assign(score=scores).to_csv(folder / "scored.csv", index=False)
    (folder / "dictionary.yaml").write_text(_dictionary(test, codes), encoding="utf-8")
    for name, changes in (("specification", True), ("once", False)):
        text = _specification(inputs, changes=changes)
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")


def _dictionary(rows: pd.DataFrame, codes: dict[str, list[str]]) -> str:
    lines = ["assay_dictionary: 1", "columns:"]
    lines += [
        f"  - {{name: {name}, type: integer, description: as in the census, range: [0, null]}}"
        for name in NUMBERS
    ]
    for name, texts in codes.items():
        listed = ", ".join(f"{at}: {json.dumps(text)}" for at, text in enumerate(texts))
        missing = ", missing: allowed" if rows[name].isna().any() else ""
        lines.append(
            f"  - {{name: {name}, type: category, description: as in the census, codes: {{{listed}}}{missing}}}"
        )
    for name in PROTECTED:
        listed = ", ".join(f"{json.dumps(text)}: {json.dumps(text)}" for text in sorted(rows[name].unique()))
        lines.append(
            f"  - {{name: {name}, type: category, description: as in the census, codes: {{{listed}}}}}"
        )
    lines.append(
        "  - {name: over_50k, type: category, description: income, codes: {0: at most 50K, 1: over 50K}}"
    )
    return "\n".join(lines) + "\n"


def _specification(inputs: list[str], *, changes: bool) -> str:
    asked = [one for one in ASKED if changes or one[0] not in CHANGES]
    names = [_id(*one) for one in asked]
    lines = [
        HEAD.replace("INPUTS", ", ".join(inputs)).rstrip(),
        "failure_modes:",
        f"  - {{id: harm, harm: People are wronged., severity: critical, criteria: [{', '.join(names)}]}}",
        "criteria:",
    ]
    for name, (metric, across, bound, settings) in zip(names, asked, strict=True):
        more = (f", across: {across}" if across else "") + (f", with: {settings}" if settings else "")
        lines.append(
            f"  - {{id: {name}, metric: {metric}{more}, {bound}, tier: critical, rationale: It is measured., owner: validator}}"
        )
    return "\n".join(lines) + "\n"


def _id(metric: str, across: str, *_: str) -> str:
    return "-".join(part for part in (metric, across.replace("*", "-x-")) if part)
