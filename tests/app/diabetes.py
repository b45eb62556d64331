"""442 patients and how their diabetes went on within a year (Efron et al. 2004), which scikit-learn brings: a regression on real data."""

from __future__ import annotations

import textwrap
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import skops.io
from sklearn.datasets import load_diabetes
from sklearn.linear_model import LinearRegression

INPUTS = ("age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6")
SPECIFICATION = """
    assay: 1
    name: diabetes
    use_case:
      {domain: health, purpose: plan how often patients are seen, population: adults with diabetes, test_population: a random two thirds,
       risk: limited}
    charter:
      {sponsor: the head of the clinic, risk_appetite: few who are seen too seldom, success: fewer visits,
       tradeoffs: a plain model was taken for one that can be read}
    roles: {developer: [dev], data_steward: [steward], validator: [val], risk_officer: [risk]}
    owners: {data: data_steward, updates: developer, monitoring: validator, incidents: risk_officer}
    approval: {lock: {validator: 1}, quorum: {validator: 1, risk_officer: 1}, valid_for: 180 days}
    subject: {model: model.skops, format: skops, inputs: [age, sex, bmi, bp, s1, s2, s3, s4, s5, s6]}
    prediction: {task: regression, label: progression, score: progression after one year, range: [0, 400]}
    data: {dictionary: dictionary.yaml, develop: develop.parquet, test: test.parquet, custody: validator}
    protected:
      sex: {column: sex, groups: {one: 1, two: 2}}
    strata:
      years: {column: age, bands: [50]}
    small_groups: {below_share: 0.02, treat: advisory}
    failure_modes:
      - {id: harm, harm: people are seen too seldom, severity: critical, criteria: [mae, mae-sex, rmse, r2, median, mae-gap, coverage, coverage-gap, complete, gain, proxy]}
    criteria:
      - {id: mae, metric: performance.mae, at_most: 65, expected: 45, tier: critical,
         rationale: the clinic plans in steps of that, owner: validator}
      - {id: mae-sex, metric: performance.mae, across: sex, at_most: 90, expected: 45, tier: critical,
         rationale: the clinic plans in steps of that, owner: validator}
      - {id: rmse, metric: performance.rmse, at_most: 105, expected: 55, tier: critical,
         rationale: large errors are dear, owner: validator}
      - {id: r2, metric: performance.r2, at_least: 0.05, expected: 0.5, tier: critical,
         rationale: better than the mean of all, owner: validator}
      - {id: median, metric: performance.pinball, with: {quantile: 0.5}, at_most: 40, expected: 22, tier: supporting,
         rationale: the prediction is meant as a median, owner: validator}
      - {id: mae-gap, metric: fairness.mae_gap, across: sex, at_most: 60, tier: critical,
         rationale: nobody is predicted much worse, owner: validator}
      - {id: coverage, metric: performance.interval_coverage, with: {lower: low, upper: high}, at_least: 0.75, expected: 0.9,
         tier: supporting, rationale: nine in ten were promised, owner: validator}
      - {id: coverage-gap, metric: fairness.coverage_gap, across: sex, with: {lower: low, upper: high}, at_most: 0.3,
         tier: supporting, rationale: for everybody, owner: validator}
      - {id: gain, metric: performance.mae_gain_over_incumbent, with: {incumbent: old}, at_least: -5, expected: 5, tier: supporting,
         rationale: the model in use is replaced, owner: validator}
      - {id: proxy, metric: fairness.proxy_strength, across: sex, with: {column: bmi, learnt_on: develop}, at_most: 0.6,
         expected: 0.1, tier: supporting, rationale: no input stands in for the sex, owner: validator}
      - {id: steady, metric: robustness.answer_shift, with: {tolerance: 40}, at_most: 0.05, tier: supporting,
         rationale: errors of measurement are small, owner: validator, requirements: [model-risk/6]}
      - {id: label-drift, metric: data.value_drift, with: {by: years}, at_most: 0.9, tier: supporting,
         rationale: the old and the young are measured by one rule, owner: validator, requirements: [data/4]}
      - {id: drift, metric: performance.prediction_drift, with: {by: years, at: '120, 160'}, at_most: 0.9, tier: supporting,
         rationale: predictions move as labels do, owner: validator, requirements: [data/4]}
      - {id: leaks, metric: data.leaking_columns_of_numbers, with: {column: s4}, at_most: 0.95, tier: supporting,
         rationale: no measurement is of the year after, owner: validator, requirements: [data/5]}
      - {id: worst, metric: performance.mae_at_worst, with: {unknown: 20}, at_most: 110, expected: 68, tier: supporting,
         rationale: twenty did not come back after the year, owner: validator, requirements: [model-risk/6]}
      - {id: complete, metric: data.missing_values, at_most: 0, tier: critical,
         rationale: the feed promises complete rows, owner: data_steward}
"""
DICTIONARY = """
    assay_dictionary: 1
    columns:
      - {name: id, type: identifier, description: number of the patient}
      - {name: age, type: number, description: age in years, range: [18, 110]}
      - {name: sex, type: category, description: sex as coded in the study, codes: {1: one, 2: two}}
      - {name: bmi, type: number, description: body mass index, range: [10, 60]}
      - {name: bp, type: number, description: mean blood pressure, range: [40, 200]}
      - {name: s1, type: number, description: total serum cholesterol, range: [0, 500]}
      - {name: s2, type: number, description: low-density lipoproteins, range: [0, 500]}
      - {name: s3, type: number, description: high-density lipoproteins, range: [0, 200]}
      - {name: s4, type: number, description: total cholesterol over HDL, range: [0, 20]}
      - {name: s5, type: number, description: log of triglycerides, range: [0, 20]}
      - {name: s6, type: number, description: blood sugar, range: [0, 300]}
      - {name: progression, type: number, description: progression after one year, range: [0, 400]}
      - {name: low, type: number, description: lower end of the interval}
      - {name: high, type: number, description: upper end of the interval}
      - {name: old, type: number, description: what the model in use predicts}
"""


STEADY = """  - {id: steady, metric: robustness.answer_shift, with: {tolerance: 40}, at_most: 0.05, tier: supporting,
     rationale: errors of measurement are small, owner: validator, requirements: [model-risk/6]}
"""
"""The criterion that has the model asked again, as it stands in the text that tests change."""


def patients() -> tuple[pa.Table, pa.Table, LinearRegression]:
    """Development and test rows in an order that was drawn, with intervals, and a model that was fitted on the former."""
    found = load_diabetes(scaled=False)
    order = np.random.default_rng(0).permutation(len(found.target))
    values, label = found.data[order], found.target[order]
    cut = 142
    model = LinearRegression().fit(values[:cut], label[:cut])
    in_use = LinearRegression().fit(values[:cut, [3, 6]], label[:cut])
    said = model.predict(values)
    wide = np.quantile(np.abs(said[:cut] - label[:cut]), 0.9)
    columns = {name: values[:, place] for place, name in enumerate(INPUTS)}
    columns["sex"] = columns["sex"].astype(np.int64)
    table = pa.table(
        {
            "id": np.arange(len(label)),
            **columns,
            "progression": label,
            "low": said - wide,
            "high": said + wide,
            "old": np.clip(in_use.predict(values[:, [3, 6]]), 0, 400),
        }
    )
    return table.slice(0, cut), table.slice(cut), model


class Clinic:
    """The folder of the specification, which tests change before they certify."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.text = textwrap.dedent(SPECIFICATION).lstrip()
        self.dictionary = textwrap.dedent(DICTIONARY).lstrip()
        self.develop, self.test, self.model = patients()

    def edit(self, old: str, new: str) -> Clinic:
        """Replace a text that stands once in the specification."""
        assert self.text.count(old) == 1, old
        self.text = self.text.replace(old, new)
        return self

    def write(self) -> Path:
        """Write everything and return the specification's path."""
        (self.root / "dictionary.yaml").write_text(self.dictionary)
        pq.write_table(self.test, self.root / "test.parquet", row_group_size=100)
        pq.write_table(self.develop, self.root / "develop.parquet", row_group_size=100)
        skops.io.dump(self.model, self.root / "model.skops")
        path = self.root / "specification.yaml"
        path.write_text(self.text)
        return path
