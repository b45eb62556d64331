"""What a team does with a template: real data are split, a simple model is trained, and the blanks are filled in."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import lightgbm
import pandas as pd
import pyarrow.parquet as pq
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from tests import real_data

import assay
from assay.app.starting.init import Started, start
from assay.app.starting.scaffold import DICTIONARY, SPECIFICATION


@dataclass(frozen=True)
class Case:
    """A domain and the data it is tried on; ``inputs`` is what the model may see.

    ``looks_alike``: whether so few columns tell people apart that their rows repeat. ``trees``: whether there is a model file.
    """

    template: str
    rows: Callable[[], pd.DataFrame]
    label: str
    identifier: str
    inputs: Sequence[str]
    decide_at: str
    columns: Mapping[str, str] = field(default_factory=dict)
    shares: tuple[float, float] = (0.5, 0.2)
    trees: bool = False
    looks_alike: bool = False


def _coded(rows: Callable[[], pd.DataFrame], columns: Sequence[str]) -> Callable[[], pd.DataFrame]:
    """Texts that the model is fed as numbers, which are then the codes of the data."""

    def made() -> pd.DataFrame:
        found = rows()
        texts = [name for name in columns if not pd.api.types.is_numeric_dtype(found[name])]
        return found.assign(
            **{name: found[name].astype("category").cat.codes.astype("int64") for name in texts}
        )

    return made


_RESUME = [
    "city",
    "jobs",
    "experience",
    "honors",
    "volunteer",
    "holes",
    "email",
    "computer",
    "special",
    "college",
    "industry",
]
_LOAN = [
    "loanamt",
    "appinc",
    "hrat",
    "obrat",
    "loanprc",
    "mortno",
    "cons",
    "pubrec",
    "chist",
    "self",
    "unem",
    "gdlin",
]
_GERMAN = [
    "status", "duration", "credit_history", "purpose", "credit_amount", "savings", "employment", "instalment_rate",
    "other_debtors", "property", "instalment_plans", "housing", "existing_credits", "job",
]  # fmt: skip
_ICU = [
    "age",
    "service",
    "cancer",
    "renal",
    "infect",
    "cpr",
    "systolic",
    "hrtrate",
    "previcu",
    "admit",
    "uncons",
]
CASES = {
    case.template: case
    for case in (
        Case(
            "hiring", real_data.resume_names, "call", "resume_id", _RESUME, "0.08", {"sex": "gender"}, looks_alike=True
        ),
        Case("mortgage", real_data.loan_applications, "approve", "application_id", _LOAN, "0.5", {"sex": "male"}, trees=True),
        Case("triage", real_data.intensive_care, "died", "patient_id", _ICU, "0.2", shares=(0.4, 0.1)),
        Case(
            "recidivism", real_data.toronto_arrests, "detained", "arrest_id",
            ["age", "employed", "citizen", "checks"], "0.2", looks_alike=True,
        ),
        Case("credit", _coded(real_data.german_credit, _GERMAN), "bad", "loan_id", _GERMAN, "0.5", trees=True),
    )
}  # fmt: skip


def train_and_start(case: Case, folder: Path) -> Started:
    """Split the rows, train on the first part, and start from the template with the columns of the second."""
    train, develop, test = real_data.parts(case.rows(), *case.shares)
    model = _trees(case, train, folder) if case.trees else _scored(case, train, develop, test)
    for name, rows in (("train", train), ("develop", develop), ("test", test)):
        pq.write_table(real_data.as_arrow(rows), folder / f"{name}.parquet")
    return start(
        folder / "develop.parquet",
        model,
        folder,
        label=case.label,
        template=case.template,
        roles={"unit": case.identifier, **case.columns},
    )


def _trees(case: Case, train: pd.DataFrame, folder: Path) -> str:
    settings = {"objective": "binary", "num_leaves": 7, "verbose": -1, "num_threads": 1, "seed": 1}
    made = lightgbm.train(settings, lightgbm.Dataset(train[list(case.inputs)], train[case.label]), 60)
    path = folder / "model.txt"
    path.write_text(made.model_to_string(), encoding="utf-8")
    return str(path)


def _scored(case: Case, *parts: pd.DataFrame) -> str:
    """A logistic regression, of which the rows keep the scores alone."""
    inputs = pd.get_dummies(pd.concat([part[list(case.inputs)] for part in parts]), dtype=float)
    sizes = [len(part) for part in parts]
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=500))
    model.fit(inputs.iloc[: sizes[0]], parts[0][case.label])
    scores = model.predict_proba(inputs)[:, 1]
    for part, end in zip(parts, (sum(sizes[: i + 1]) for i in range(len(sizes))), strict=True):
        part["score"] = scores[end - len(part) : end]
    return "score"


def fill_in(case: Case, folder: Path) -> None:
    """As a person leaves the texts who has a word for everything, names the files, and sets where 1 is decided."""
    for name in (SPECIFICATION, DICTIONARY):
        path = folder / name
        text = path.read_text(encoding="utf-8")
        text = text.replace('  test: ""', "  test: test.parquet").replace(
            '  train: ""', "  train: train.parquet"
        )
        text = re.sub(r"decide_at: \S+", f"decide_at: {case.decide_at}", text)
        if case.looks_alike:
            alike = "repeated_rows: {at_most: 0.99, rationale: So few columns do not tell people apart.}"
            text = text.replace("  custody: validator", f"  {alike}\n  custody: validator")
        path.write_text(re.sub('""', _Words(), text), encoding="utf-8")


class _Words:
    """Another word for each blank: two signatures of a role are of two persons."""

    def __init__(self) -> None:
        self.said = 0

    def __call__(self, _: re.Match[str]) -> str:
        self.said += 1
        return f'"Filled in by a test ({self.said})."'


def judged(folder: Path) -> assay.Record:
    """The record of a judged run that nobody agreed to beforehand."""
    done = assay.certify(
        folder / SPECIFICATION,
        workers=0,
        certify_without_a_lock=True,
        certify_a_hopeless_specification=True,
        certify_code_without_a_commit=True,
    )
    return done.record
