"""Planted defects: data that are in order, and the same with one thing wrong; what the checks find, and how often they cry wolf.

Every run is the product's own: files are written, certified without a lock, and the verdict of the criterion that is about the
defect is read. A defect is found when that verdict is ``fail``; an alarm is false when it is ``fail`` on clean data.
"""

from __future__ import annotations

import tempfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

import assay
from assay.app.judging import open_engine
from assay.domain.vocabulary import Verdict
from assay.engine.in_process import InProcess
from guarantee.bars import FALSE_ALARMS, FOUND

PAGE = Path(__file__).parent.parent / "docs" / "planted-defects.md"
FULL, QUICK = (20, 100), (2, 2)
"""Seeds of each defect, and of clean data."""
TRAINED, TESTED = 2000, 1500
SITES, DEPARTMENTS = ("north", "south", "east", "west"), ("surgery", "medicine")
Columns = dict[str, npt.NDArray[np.generic]]


@dataclass(frozen=True)
class Sets:
    """Training and test rows of one clinic, as columns by name."""

    train: Columns
    test: Columns


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


def clinic(draw: np.random.Generator) -> Sets:
    """Patients of four sites over a year, of whom nobody is in both sets, and a score that is the true risk."""
    return Sets(_visits(draw, TRAINED, 0), _visits(draw, TESTED, 1_000_000))


def _visits(draw: np.random.Generator, rows: int, first: int) -> Columns:
    age = draw.integers(18, 95, rows)
    glucose = draw.normal(105, 18, rows).clip(60, 240).round(1)
    weight = draw.normal(76, 12, rows).clip(45, 140).round(1)
    sex = draw.choice(["women", "men"], rows)
    risk = 1 / (1 + np.exp(-(-1.2 + 0.03 * (age - 55) + 0.02 * (glucose - 105))))
    return {
        "patient": first + np.arange(rows),
        "day": _days(draw, rows),
        "site": draw.choice(SITES, rows),
        "department": draw.choice(DEPARTMENTS, rows),
        "sex": sex,
        "age": age,
        "weight": weight,
        "glucose": glucose,
        "stay": draw.gamma(4, 1.5, rows).round(2),
        "ill": (draw.random(rows) < risk).astype(np.int64),
        "score": risk,
    }


def _days(draw: np.random.Generator, rows: int) -> npt.NDArray[np.generic]:
    first = np.datetime64("2025-01-01")
    return np.datetime_as_string(first + draw.integers(0, 365, rows))


def _shared_patients(sets: Sets, draw: np.random.Generator) -> Sets:
    """One test patient in twenty was there before, on another day and with other values."""
    rows = draw.choice(TESTED, TESTED // 20, replace=False)
    patient = sets.test["patient"].copy()
    patient[rows] = draw.choice(sets.train["patient"], len(rows), replace=False)
    return Sets(sets.train, {**sets.test, "patient": patient})


def _repeated_rows(sets: Sets, draw: np.random.Generator) -> Sets:
    """One test row in twenty is a training row, under another number of the patient."""
    rows = draw.choice(TESTED, TESTED // 20, replace=False)
    taken = draw.choice(TRAINED, len(rows), replace=False)
    test = {name: values.copy() for name, values in sets.test.items()}
    for name in test.keys() - {"patient"}:
        test[name][rows] = sets.train[name][taken]
    return Sets(sets.train, test)


def _other_unit(sets: Sets, draw: np.random.Generator) -> Sets:
    """One site reports glucose in mmol/l, a number eighteen times smaller."""
    here = sets.test["site"] == draw.choice(SITES)
    glucose = np.where(here, (sets.test["glucose"].astype(float) / 18).round(1), sets.test["glucose"])
    return Sets(sets.train, {**sets.test, "glucose": glucose})


def _pounds(sets: Sets, draw: np.random.Generator) -> Sets:
    """One site weighs in pounds: the numbers lie where weights may lie."""
    here = sets.test["site"] == draw.choice(SITES)
    weight = sets.test["weight"].astype(float)
    return Sets(sets.train, {**sets.test, "weight": np.where(here, (weight * 2.2046).round(1), weight)})


def _leaked(sets: Sets, _: np.random.Generator) -> Sets:
    """The days in hospital include those after the patient fell ill."""
    train, test = (
        {**rows, "stay": rows["stay"].astype(float) + 12.0 * rows["ill"].astype(float)}
        for rows in (sets.train, sets.test)
    )
    return Sets(train, test)


def _other_labels(sets: Sets, draw: np.random.Generator) -> Sets:
    """In the last three months seven of ten healthy patients were recorded as ill."""
    late = (sets.test["day"].astype(str) >= "2025-10-01") & (draw.random(TESTED) < 0.7)
    return Sets(sets.train, {**sets.test, "ill": np.where(late, 1, sets.test["ill"])})


def _simpson(sets: Sets, draw: np.random.Generator) -> Sets:
    """Women are marked 30 points less often in both departments, and are seen where more are marked: overall there is hardly a gap."""
    women = sets.test["sex"] == "women"
    surgery = draw.random(TESTED) < np.where(women, 0.85, 0.15)
    marked = draw.random(TESTED) < np.where(surgery, 0.9, 0.5) - np.where(women, 0.3, 0.0)
    score = np.where(marked, 0.3 + 0.7 * draw.random(TESTED), 0.29 * draw.random(TESTED))
    return Sets(sets.train, {**sets.test, "department": np.where(surgery, *DEPARTMENTS), "score": score})


def _proxy(sets: Sets, _: np.random.Generator) -> Sets:
    """Men weigh 25 kg more: whoever reads the weight knows the sex nearly always."""
    train, test = (
        {**rows, "weight": rows["weight"].astype(float) + 25.0 * (rows["sex"] == "men")}
        for rows in (sets.train, sets.test)
    )
    return Sets(train, test)


DEFECTS = (
    Defect(
        "shared patients",
        "5 % of the test patients have another visit in the training rows",
        {"metric": "data.split_overlap", "at_most": "0.01"},
        _shared_patients,
    ),
    Defect(
        "shared rows",
        "5 % of the test rows are training rows, under another patient number",
        {"metric": "data.split_overlap", "at_most": "0.01", "with": "{by: columns}"},
        _repeated_rows,
    ),
    Defect(
        "swapped units",
        "one site of four reports glucose in mmol/l instead of mg/dl",
        {"metric": "data.dictionary_conformity", "at_most": "0.001"},
        _other_unit,
    ),
    Defect(
        "swapped units in range",
        "one site of four weighs in pounds, which the documented range lets through",
        {"metric": "data.unit_shift", "at_most": "0"},
        _pounds,
    ),
    Defect(
        "leaked column",
        "days in hospital include those that came of falling ill",
        {"metric": "data.leaking_columns", "at_most": "0.90"},
        _leaked,
    ),
    Defect(
        "shifted label period",
        "in the last quarter seven of ten healthy patients are recorded as ill",
        {"metric": "data.label_drift", "at_most": "0.20", "with": "{period: quarter}"},
        _other_labels,
    ),
    Defect(
        "proxy feature",
        "men weigh 25 kg more, so that an input stands in for the sex",
        {"metric": "fairness.proxy_strength", "across": "sex", "at_most": "0.30"},
        _proxy,
    ),
    Defect(
        "Simpson",
        "women are marked 30 points less often in both departments, and nearly as often overall",
        {
            "metric": "fairness.conditional_parity",
            "across": "sex",
            "at_most": "0.10",
            "with": "{within: department}",
        },
        _simpson,
    ),
)
"""A new one is an entry here: what is planted, and what asks for it."""

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
  - {name: glucose, type: number, description: glucose in the blood, range: [40, 600], unit: mg/dl}
  - {name: stay, type: number, description: days of earlier stays, range: [0, null], unit: days}
  - {name: ill, type: category, description: fell ill within a year, codes: {0: no, 1: yes}}
  - {name: score, type: number, description: predicted risk, range: [0, 1]}
"""

SPECIFICATION = """
assay: 1
name: planted
use_case: {domain: health, purpose: rank patients, population: patients of four hospitals, test_population: made up, risk: limited}
charter: {sponsor: the guarantee, risk_appetite: no defect goes unseen, success: defects are found, tradeoffs: seeds for time}
roles: {developer: [dev], validator: [val]}
owners: {data: developer, updates: developer, monitoring: validator, incidents: validator}
approval: {lock: {validator: 1}, quorum: {validator: 1}, valid_for: 30 days}
subject: {model: score, format: predictions, inputs: [site, age, weight, glucose, stay]}
prediction: {task: binary, label: ill, favourable: 1, score: risk of falling ill, decide_at: 0.3}
data: {dictionary: dictionary.yaml, train: train.parquet, test: test.parquet, custody: validator, unit: patient, time: day}
protected:
  sex: {column: sex, groups: {women: women, men: men}}
strata:
  site: {column: site, groups: {north: north, south: south, east: east, west: west}}
  department: {column: department, groups: {surgery: surgery, medicine: medicine}}
failure_modes:
  - {id: defect, harm: The figures are not those of the use., severity: critical, criteria: [CRITERIA]}
criteria:
"""


@dataclass
class Tally:
    """The verdicts of a criterion: with its defect planted, and on clean data."""

    planted: Counter[Verdict] = field(default_factory=Counter)
    clean: Counter[Verdict] = field(default_factory=Counter)


def tables(seeds: int, clean: int) -> dict[str, list[dict[str, object]]]:
    """What was found of each defect, and the alarms on clean data."""
    found = {defect.name: Tally() for defect in DEFECTS}
    for seed in range(clean):
        for name, verdict in judged(clinic(_draw("clean", seed))):
            found[name].clean[verdict] += 1
    for defect in DEFECTS:
        for seed in range(seeds):
            draw = _draw(defect.name, seed)
            verdicts = dict(judged(defect.plant(clinic(draw), draw)))
            found[defect.name].planted[verdicts[defect.name]] += 1
    return {"Defects planted one at a time": [_row(defect, found[defect.name]) for defect in DEFECTS]}


def judged(sets: Sets) -> Iterator[tuple[str, Verdict]]:
    """Each defect with the verdict of its criterion on these rows."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for role, columns in (("train", sets.train), ("test", sets.test)):
            pq.write_table(pa.table(columns), folder / f"{role}.parquet")
        (folder / "dictionary.yaml").write_text(DICTIONARY, encoding="utf-8")
        (folder / "specification.yaml").write_text(_specification(), encoding="utf-8")
        with patch.object(open_engine, "executor_of", lambda _: InProcess()):
            done = assay.certify(
                folder / "specification.yaml",
                certify_without_a_lock=True,
                certify_a_hopeless_specification=True,
            )
    verdicts = {found.assessment.criterion: found.verdict for found in done.record.judged}
    for defect in DEFECTS:
        yield defect.name, verdicts[_id(defect)]


def _specification() -> str:
    criteria = [
        f"  - id: {_id(defect)}\n"
        + "".join(f"    {key}: {value}\n" for key, value in defect.asks.items())
        + "    tier: critical\n    rationale: It is planted.\n    owner: validator\n"
        for defect in DEFECTS
    ]
    return SPECIFICATION.replace("CRITERIA", ", ".join(map(_id, DEFECTS))) + "".join(criteria)


def _id(defect: Defect) -> str:
    return defect.name.replace(" ", "-")


def _draw(name: str, seed: int) -> np.random.Generator:
    return np.random.default_rng([zlib.crc32(name.encode()), seed])


def _row(defect: Defect, tally: Tally) -> dict[str, object]:
    planted, clean = tally.planted, tally.clean
    return {
        "defect": defect.name,
        "planted": defect.says,
        "criterion": f"{defect.metric}{_within(defect)} {'≤' if 'at_most' in defect.asks else '≥'} {_threshold(defect)}",
        "seeds": planted.total(),
        "found": planted[Verdict.FAIL],
        "clean seeds": clean.total(),
        "false alarms": clean[Verdict.FAIL],
        "clean passes": clean[Verdict.PASS],
    }


def _within(defect: Defect) -> str:
    return f" across {defect.asks['across']}" if "across" in defect.asks else ""


def _threshold(defect: Defect) -> str:
    return next(defect.asks[key] for key in ("at_most", "at_least") if key in defect.asks)


def page(rows: list[dict[str, object]]) -> str:
    """The page as Markdown."""
    head = list(rows[0])
    lines = [head, ["---"] * len(head), *([str(row[key]) for key in head] for row in rows)]
    table = "".join(f"| {' | '.join(line)} |\n" for line in lines)
    return f"""\
# Planted defects

This page is written by `python -m guarantee --part planted`, and by `make guarantee`; do not edit it.

A clinic is made up: {TRAINED:,} training and {TESTED:,} test rows, four sites, two departments, one year, a score that is the true risk. Then one
thing is made wrong, and the product certifies: files, plan, counts, verdicts. A defect is **found** when the criterion that is
about it *fails*; it is a **false alarm** when that criterion fails on clean data. The bar is {FOUND:.0%} of the seeds found at
no more than {FALSE_ALARMS:.0%} false alarms.

{table}
`clean passes` is beside it because a criterion that never fails on clean data might never pass on it either: it would then
be inconclusive, and no certificate could be had.
"""


def write(found: Mapping[str, list[dict[str, object]]]) -> None:
    """The page, at its place."""
    (rows,) = found.values()
    PAGE.write_text(page(rows), encoding="utf-8")
