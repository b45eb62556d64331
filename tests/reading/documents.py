"""A valid specification and dictionary, a small catalogue, and one small edit at a time."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from assay.domain.metric import Across, Metric, Names, Parameter, Unit
from assay.domain.vocabulary import Comparator, Stage
from assay.domain.written import Written

LEAST, MOST = Comparator.AT_LEAST, Comparator.AT_MOST


def metric(
    id_: str, title: str, *comparators: Comparator, high: Decimal | None = Decimal(1), **more: object
) -> Metric:
    stage = Stage(id_.partition(".")[0])
    more = {"needs_model": True, **more}
    return Metric(
        id_, stage, title, title, Decimal(0), high, comparators, Unit.SHARE, "{value} of them", **more
    )


CATALOGUE = {
    m.id: m
    for m in (
        metric("data.missing_values", "Missing values", MOST, census=True, needs_model=False),
        metric("performance.accuracy", "Accuracy", LEAST, MOST, across=Across.OPTIONAL),
        metric("performance.auc", "Area under the ROC curve", LEAST, across=Across.OPTIONAL),
        metric("performance.brier", "Brier score", MOST),
        metric("performance.observed_expected", "Observed to expected", LEAST, MOST, high=None),
        metric(
            "robustness.noise",
            "Drop under noise",
            MOST,
            parameters={
                "scale": Parameter("How much.", low=Decimal(0), high=Decimal(1)),
                "repeats": Parameter("How often.", default=3, low=Decimal(1), high=Decimal(9), integer=True),
                "kind": Parameter("Which.", default="gauss", choices=("gauss", "uniform")),
                "column": Parameter("Where.", default="all", names=Names.COLUMN),
                "people": Parameter("Of whom.", default="", written=Written.COUNTS),
            },
        ),
        metric("fairness.impact_ratio", "Impact ratio", LEAST, across=Across.REQUIRED, reference=True),
        metric("fairness.equal_opportunity", "Equal opportunity gap", MOST, across=Across.REQUIRED),
        metric("documentation.sections", "Sections present", LEAST, census=True, needs_model=False),
    )
}

SPECIFICATION = """\
assay: 1
name: loans
use_case:
  domain: credit
  purpose: Decide on small loans.
  population: Adults who apply.
  test_population: All applicants of one year.
  misuse: [Setting interest rates]
charter:
  sponsor: Head of lending
  risk_appetite: Moderate.
  success: Fewer defaults.
  tradeoffs: Some good clients are refused.
roles:
  developer: [Ada]
  validator: [Ben, Cleo]
  risk_officer: [Dana]
owners: {data: developer, updates: developer, monitoring: validator, incidents: risk_officer}
approval:
  lock: {validator: 1}
  quorum: {validator: 2, risk_officer: 1}
  valid_for: 180 days
  review_every: 90 days
attempts: {count: 1}
subject:
  model: model.txt
  format: lightgbm
  inputs: [amount, months, status]
prediction:
  task: binary
  label: bad
  favourable: 0
  score: probability of default
  decide_at: 0.35
data:
  dictionary: dictionary.yaml
  train: train.parquet
  test: test.parquet
  custody: validator
  unit: client
protected:
  sex:
    column: sex
    groups: {female: 2, male: 1}
  age:
    column: age
    bands: [25, 40, 60]
  city:
    column: city
    groups: {north: [A, B], south: C}
intersections: [[sex, age]]
small_groups: {below_share: 0.02, treat: advisory}
failure_modes:
  - id: unequal-denial
    harm: Women are refused more often.
    severity: critical
    criteria: [impact-sex]
criteria:
  - id: accuracy
    metric: performance.accuracy
    at_least: 0.70
    tier: critical
    rationale: Below it the old scorecard is better.
    owner: validator
    requirements: [eu-ai-act/15]
  - id: impact-sex
    metric: fairness.impact_ratio
    across: sex
    reference: male
    at_least: 0.80
    confidence: 0.95
    tier: critical
    rationale: Four fifths, as in 29 CFR 1607.4.
    owner: risk_officer
  - id: noise
    metric: robustness.noise
    at_most: 0.05
    tier: supporting
    rationale: Incomes are reported with errors of this size.
    owner: validator
    requirements: [eu-ai-act/15]
    with: {scale: 0.1, kind: gauss}
monitoring: {watch: Impact ratio, cadence: monthly, recertify_when: It falls below 0.8.}
safety: {constraints: [No income given], fallback: A person decides.}
compliance: {purposes: Lending, retention: Five years, consent: Given on application}
documentation: {required: [charter, use_case.misuse]}
"""

DICTIONARY = """\
assay_dictionary: 1
columns:
  - {name: client, type: identifier, description: Number of the client}
  - {name: amount, type: number, description: Amount of the loan, range: [0, null], unit: EUR}
  - {name: months, type: integer, description: Duration, range: [1, 120]}
  - name: status
    type: category
    description: How earlier loans went
    codes: {1: paid, 2: late}
    missing: allowed
  - {name: sex, type: category, description: Sex, codes: {1: male, 2: female}, sensitivity: special}
  - {name: age, type: integer, description: Age, range: [18, 110], unit: years}
  - {name: city, type: category, description: Part of the town, codes: {A: old town, B: harbour, C: south}}
  - {name: bad, type: category, description: Whether it was not paid back, codes: {0: paid, 1: not paid}}
"""


def write(folder: Path, specification: str = SPECIFICATION, dictionary: str = DICTIONARY) -> Path:
    """Write both documents and return the specification's path."""
    (folder / "dictionary.yaml").write_bytes(dictionary.encode())
    path = folder / "specification.yaml"
    path.write_bytes(specification.encode())
    return path


def edited(text: str, old: str, new: str) -> str:
    """The text with the one place where ``old`` stands replaced."""
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
    return text.replace(old, new)
