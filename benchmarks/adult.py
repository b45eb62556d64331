"""A full certification of Adult (48,842 people, 14 columns) beside what two peers report of the same scores: ``python -m benchmarks.adult``."""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import venv
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any
from unittest.mock import patch

import lightgbm
import pandas as pd
import pyarrow.parquet as pq
from tests import real_data

import assay
from assay.app.judging import open_engine
from assay.domain.evidence import Census
from assay.engine.in_process import InProcess
from assay.subject.datasets import iter_batches
from assay.subject.model import Model
from benchmarks.watch import ROOT, run

PAGE = ROOT / "docs" / "adult.md"
AIF360 = ("aif360==0.6.1", "pandas==2.3.3", "numpy==2.2.6", "scikit-learn==1.9.1", "scipy==1.17.1")
PEERS = Path(__file__).with_name("adult_peers.py")
TEXTS = ("workclass", "education", "marital_status", "occupation", "relationship", "native_country")
NUMBERS = ("age", "fnlwgt", "education_num", "capital_gain", "capital_loss", "hours_per_week")
PROTECTED = ("sex", "race")
CHANGES = ("robustness.noise", "robustness.missingness", "robustness.rounding")
SHARED = ("accuracy", "impact ratio, sex", "demographic parity, sex", "equal opportunity, sex")

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


@dataclass(frozen=True)
class Worked:
    """How often the engine read a row and asked the model, over the rows that there are."""

    scans: dict[str, float]
    predictions: float


@dataclass(frozen=True)
class Spent:
    """Seconds by the clock, and by the processors."""

    clock: float
    processors: float

    def __str__(self) -> str:
        return f"{self.clock:.1f} ({self.processors:.1f})"


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


def certified(specification: Path) -> assay.Record:
    """The record of a run in this process, whose readings and questions can be counted."""
    with patch.object(open_engine, "executor_of", lambda _: InProcess()):
        return assay.certify(
            specification, certify_without_a_lock=True, certify_a_hopeless_specification=True, reuse=False
        ).record


def worked(specification: Path) -> tuple[assay.Record, Worked]:
    """What a run read and asked."""
    with _counted() as (read, asked):
        record = certified(specification)
    rows = {
        role: pq.read_metadata(specification.parent / f"{role}.parquet").num_rows
        for role in ("train", "test")
    }
    scans = {role: read[role] / count for role, count in rows.items()}
    return record, Worked(scans, asked["rows"] / rows["test"])


@contextmanager
def _counted() -> Iterator[tuple[Counter[str], Counter[str]]]:
    """Rows that tasks read, by data set, and rows that the model was asked for."""
    read: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    ask = Model.ask

    def reading(partition: Any, *given: Any, **more: Any) -> Iterator[Any]:
        for batch in iter_batches(partition, *given, **more):
            read[Path(str(partition.path)).stem] += batch.num_rows
            yield batch

    @wraps(ask)
    def asking(model: Model, batch: Any) -> Any:
        asked["rows"] += batch.num_rows
        return ask(model, batch)

    with patch("assay.engine.task.iter_batches", reading), patch.object(Model, "ask", asking):
        yield read, asked


def peer_environment(folder: Path) -> str:
    """The interpreter of an environment of AIF360's own: its versions of numpy and pandas are not ours."""
    venv.create(folder, with_pip=True)
    python = str(folder / "bin" / "python")
    run(
        python,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--only-binary",
        ":all:",
        *AIF360,
    )
    return python


def points(record: assay.Record) -> dict[str, float]:
    """Our point values of what all three report; ratios and differences of the worst pair of groups."""
    found = {
        judged.assessment.criterion: judged.assessment.estimate.value
        for judged in record.judged
        if judged.assessment.estimate is not None
    }
    return {
        "accuracy": found["performance.accuracy"],
        "impact ratio, sex": found["fairness.impact_ratio-sex"],
        "demographic parity, sex": found["fairness.demographic_parity-sex"],
        "equal opportunity, sex": found["fairness.equal_opportunity-sex"],
    }


def page(
    record: assay.Record,
    whole: Worked,
    once: Worked,
    spent: dict[str, Spent],
    peers: dict[str, dict[str, float]],
) -> str:
    """The page as Markdown."""
    ours = points(record)
    verdicts = Counter(judged.verdict for judged in record.judged)
    figures = sum(len(judged.assessment.pieces) for judged in record.judged)
    counted = {found.criterion for found in record.statistics if isinstance(found.counts, Census)}
    bounded = sum(
        len(judged.assessment.pieces)
        for judged in record.judged
        if judged.assessment.criterion not in counted
    )
    stages = sorted({criterion.stage.value for criterion in record.specification.criteria})
    rows = [
        (
            "seconds of the whole process, by the clock (by the processors)",
            *(str(spent[side]) for side in ("assay", *peers)),
        ),
        ("figures reported", f"{figures}", *(f"{len(found)}" for found in peers.values())),
        ("of them with a confidence bound", f"{bounded}", *("0" for _ in peers)),
        ("verdicts", f"{len(record.judged)}", *("0" for _ in peers)),
        ("stages", ", ".join(stages), *("performance, fairness" for _ in peers)),
        *(
            (
                name,
                f"{ours[name]:.6f}",
                *(f"{found[name]:.6f}" if name in found else "" for found in peers.values()),
            )
            for name in SHARED
        ),
    ]
    head = ("", "Assay", *peers)
    table = "".join(f"| {' | '.join(line)} |\n" for line in (head, ("---",) * len(head), *rows))
    said = ", ".join(
        f"{count} {verdict.value.replace('_', ' ')}" for verdict, count in sorted(verdicts.items())
    )
    judged = "".join(f"| {_line(one)} |\n" for one in record.judged)
    return f"""\
# Adult, all stages, beside two peers

Written by `python -m benchmarks.adult`; do not edit it. Adult is UCI 2 as its publishers split it: 32,561 rows to learn from and
16,281 to be judged on, 14 columns. LightGBM, 100 trees, without sex and race among its inputs. {len(record.judged)} criteria: {said}.

## Passes and predictions

Counted in the engine, from an empty cache: rows that it read of each file and rows that the model was asked for, over the rows that there are.

| | test rows read | training rows read | predictions a test row |
| --- | --- | --- | --- |
| everything but perturbations | {once.scans["test"]:.3f} | {once.scans["train"]:.3f} | {once.predictions:.3f} |
| with noise, gaps and rounding | {whole.scans["test"]:.3f} | {whole.scans["train"]:.3f} | {whole.predictions:.3f} |

The judged pass reads the test rows once and asks the model once for each. The other reading comes before it and asks nothing: it looks whether
rows repeat, for then none is spent. The training rows are read for the plan, for the shares of groups, and for what the test rows share with
them. What exceeds a whole number is the model's answer to 1,000 reference rows, by which the plan sees how its scores lie, and that of
a second child to some rows again, which must be the same. Each perturbation is one more prediction of each row, and no more reading.

## Side by side

The peers are handed the scores; Assay asks the model, and checks data, overlap and robustness as well. AIF360 and its own numpy
and pandas are in an environment of their own. Their figures are points. Two cores, which also did other work.

{table}
## What was judged

| criterion | verdict | why |
| --- | --- | --- |
{judged}"""


def _line(judged: Any) -> str:
    cells = (judged.assessment.criterion, judged.verdict.value.replace("_", " "), judged.sentence)
    return " | ".join(cell.replace("|", "\\|") for cell in cells)


def _timed(*command: str, expected: tuple[int, ...] = (0,)) -> tuple[str, Spent]:
    """What a process printed, and the seconds that it and its children took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = run(*command, expected=expected)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    worked = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return done.output, Spent(done.seconds, worked)


def measured(folder: Path, python: str) -> str:
    """Prepare, certify, ask the peers, and write it down.

    Raises:
        RuntimeError: when a figure that all report differs by more than 1e-9.
    """
    prepare(folder)
    record, whole = worked(folder / "specification.yaml")
    _, once = worked(folder / "once.yaml")
    peers, spent = {}, {}
    for side, interpreter in (("fairlearn", sys.executable), ("aif360", python)):
        printed, spent[side] = _timed(interpreter, str(PEERS), side, str(folder / "scored.csv"))
        peers[side] = json.loads(printed.splitlines()[-1])
    _, spent["assay"] = _timed(
        sys.executable, "-m", "assay", "certify", "--certify-without-a-lock", str(folder / "specification.yaml"), "--no-cache",
        "--certify-a-hopeless-specification", "--workers", "2", expected=(0, 1),
    )  # fmt: skip
    for side, found in peers.items():
        for name in SHARED:
            if name in found and abs(found[name] - points(record)[name]) > 1e-9:
                raise RuntimeError(
                    f"{name}: {side} reports {found[name]!r} and Assay {points(record)[name]!r}"
                )
    return page(record, whole, once, spent, peers)


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.adult", description=__doc__)
    parser.add_argument("--python", default="", help="an interpreter that has AIF360; by default one is made")
    parser.add_argument("--output", type=Path, default=PAGE)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="assay-adult-") as name:
        folder = Path(name)
        python = asked.python or peer_environment(folder / "peer")
        text = measured(folder, python)
    asked.output.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
