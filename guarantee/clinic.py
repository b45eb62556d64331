"""A clinic that is made up and in order: its patients, what documents their columns, and the specification that asks about them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

TRAINED, TESTED = 3000, 1500
SITES, DEPARTMENTS = ("north", "south", "east", "west"), ("surgery", "medicine")
REMARKS = (
    "no complaints",
    "came by referral",
    "sleeps badly",
    "walks with a stick",
    "second visit this year",
    "fasting since midnight",
)
DECIDE_AT = 0.3
Values = npt.NDArray[np.generic]
Columns = dict[str, Values]
Chosen = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Sets:
    """Training and test rows of one clinic, as columns by name."""

    train: Columns
    test: Columns

    def tested(self, **columns: Values) -> Sets:
        """The same with other columns in the test rows."""
        return Sets(self.train, {**self.test, **columns})

    def kept(self, rows: Chosen) -> Sets:
        """The same with these test rows alone."""
        return Sets(self.train, {name: values[rows] for name, values in self.test.items()})

    def in_both(self, change: Callable[[Columns], Columns]) -> Sets:
        """The same with columns of either set replaced."""
        return Sets({**self.train, **change(self.train)}, {**self.test, **change(self.test)})

    def number(self, name: str) -> npt.NDArray[np.float64]:
        """A column of the test rows as numbers."""
        return self.test[name].astype(float)

    def at_a_site(self, draw: np.random.Generator) -> Chosen:
        """Whether each test row is of one site of four, which is drawn."""
        here: Chosen = self.test["site"] == draw.choice(SITES)
        return here

    @property
    def late(self) -> Chosen:
        """Whether each test row is of the last quarter."""
        late: Chosen = self.test["day"].astype(str) >= "2025-10-01"
        return late


@dataclass(frozen=True)
class Defect:
    """One thing that is wrong, and the criterion that should find it.

    ``asks``: the criterion's lines in a specification, from its metric on. ``says`` what is planted, ``plant`` does so.
    """

    name: str
    says: str
    asks: Mapping[str, str]
    plant: Callable[[Sets, np.random.Generator], Sets]

    @property
    def metric(self) -> str:
        """What is measured."""
        return self.asks["metric"]

    @property
    def criterion(self) -> str:
        """The name of its criterion in the specification."""
        return self.name.replace(" ", "-")


def clinic(draw: np.random.Generator) -> Sets:
    """Patients of four sites, last year's to train and this year's to test, and a score that is the true risk."""
    return Sets(_visits(draw, TRAINED, 0, 2024), _visits(draw, TESTED, 1_000_000, 2025))


def _visits(draw: np.random.Generator, rows: int, first: int, year: int) -> Columns:
    age = draw.integers(18, 95, rows)
    glucose = draw.normal(105, 18, rows).clip(60, 240).round(1)
    weight = draw.normal(76, 12, rows).clip(45, 140).round(1)
    sex = draw.choice(["women", "men"], rows)
    score = risk(age, glucose)
    return {
        "patient": first + np.arange(rows),
        "day": _days(draw, rows, year),
        "site": draw.choice(SITES, rows),
        "department": draw.choice(DEPARTMENTS, rows),
        "sex": sex,
        "age": age,
        "weight": weight,
        "glucose": glucose,
        "stay": draw.gamma(4, 1.5, rows).round(2),
        "ill": (draw.random(rows) < score).astype(np.int64),
        "score": score,
        "usual_weight": (weight + draw.normal(0, 1, rows)).round(1),
        "called": reviewed(score, draw.random(rows) < 0.02),
        "remark": draw.choice(REMARKS, rows),
    }


def risk(age: Values, glucose: Values) -> npt.NDArray[np.float64]:
    """How probable it is to fall ill, which the score says."""
    at = -1.2 + 0.03 * (age.astype(float) - 55) + 0.02 * (glucose.astype(float) - 105)
    found: npt.NDArray[np.float64] = 1 / (1 + np.exp(-at))
    return found


def reviewed(score: Values, dropped: Chosen) -> npt.NDArray[np.int64]:
    """Who is called in the end: those who are marked by their score, but for some whom a reviewer takes off the list."""
    return ((score.astype(float) >= DECIDE_AT) & ~dropped).astype(np.int64)


def _days(draw: np.random.Generator, rows: int, year: int) -> Values:
    return np.datetime_as_string(np.datetime64(f"{year}-01-01") + draw.integers(0, 365, rows))


DICTIONARY = """
assay_dictionary: 1
columns:
  - {name: patient, type: identifier, description: number of the patient}
  - {name: day, type: date, description: day of the visit}
  - {name: site, type: category, description: hospital, codes: {north: north, south: south, east: east, west: west}}
  - {name: department, type: category, description: department, codes: {surgery: surgery, medicine: medicine}}
  - {name: sex, type: category, description: sex as registered, codes: {women: women, men: men}}
  - {name: age, type: integer, description: age in years, range: [18, 110]}
  - {name: weight, type: number, description: body weight, range: [30, 250], unit: kg}
  - {name: usual_weight, type: number, description: body weight in earlier years, range: [30, 250], unit: kg}
  - {name: glucose, type: number, description: glucose in the blood, range: [40, 600], unit: mg/dl}
  - {name: stay, type: number, description: days of earlier stays, range: [0, null], unit: days}
  - {name: ill, type: category, description: fell ill within a year, codes: {0: no, 1: yes}}
  - {name: score, type: number, description: predicted risk, range: [0, 1]}
  - {name: called, type: category, description: called in after a review, codes: {0: no, 1: yes}}
  - {name: remark, type: text, description: what the nurse wrote}
"""

RECIPE = """
import numpy as np

NUMBERS = ["age", "weight", "usual_weight", "glucose", "stay"]

def table(rows):
    return np.column_stack([np.ones(rows.num_rows), *(np.asarray(rows[name], dtype=float) for name in NUMBERS)])

def train(data, seed):
    line = np.linalg.lstsq(table(data), np.asarray(data["ill"], dtype=float), rcond=None)[0]
    return lambda rows: np.clip(table(rows) @ line, 0, 1)
"""

SPECIFICATION = f"""
assay: 1
name: planted
use_case: {{domain: health, purpose: rank patients, population: patients of four hospitals, test_population: made up, risk: limited}}
charter: {{sponsor: the guarantee, risk_appetite: no defect goes unseen, success: defects are found, tradeoffs: seeds for time}}
roles: {{developer: [dev], validator: [val]}}
owners: {{data: developer, updates: developer, monitoring: validator, incidents: validator}}
approval: {{lock: {{validator: 1}}, quorum: {{validator: 1}}, valid_for: 30 days}}
subject: {{model: score, format: predictions, recipe: recipe.py:train, inputs: [site, age, weight, usual_weight, glucose, stay]}}
prediction: {{task: binary, label: ill, favourable: 1, score: risk of falling ill, decide_at: {DECIDE_AT}}}
data: {{dictionary: dictionary.yaml, train: train.parquet, test: test.parquet, custody: validator, unit: patient, time: day}}
protected:
  sex: {{column: sex, groups: {{women: women, men: men}}}}
strata:
  site: {{column: site, groups: {{north: north, south: south, east: east, west: west}}}}
  department: {{column: department, groups: {{surgery: surgery, medicine: medicine}}}}
failure_modes:
  - {{id: defect, harm: The figures are not those of the use., severity: critical, criteria: [blank, CRITERIA]}}
criteria:
  - {{id: blank, metric: data.missing_values, at_most: 0.05, tier: critical, rationale: One criterion must gate., owner: validator}}
"""
TIER = {"tier": "critical"}
"""Of a criterion that does not ask for another."""


def write_case(folder: Path, sets: Sets, defects: Iterable[Defect]) -> Path:
    """All files of a case into an empty folder, with the criteria of these defects. Returns the specification."""
    for role, columns in (("train", sets.train), ("test", sets.test)):
        pq.write_table(pa.table(columns), folder / f"{role}.parquet")
    (folder / "dictionary.yaml").write_text(DICTIONARY, encoding="utf-8")
    (folder / "recipe.py").write_text(RECIPE, encoding="utf-8")
    specification = folder / "specification.yaml"
    specification.write_text(_specification(tuple(defects)), encoding="utf-8")
    return specification


def _specification(defects: tuple[Defect, ...]) -> str:
    criteria = [
        f"  - id: {defect.criterion}\n"
        + "".join(f"    {key}: {value}\n" for key, value in (TIER | dict(defect.asks)).items())
        + "    rationale: It is planted.\n    owner: validator\n"
        for defect in defects
    ]
    return SPECIFICATION.replace("CRITERIA", ", ".join(d.criterion for d in defects)) + "".join(criteria)
