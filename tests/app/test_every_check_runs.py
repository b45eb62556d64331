"""Every check of the catalogue is asked in a whole run: one specification holds all that are about a binary model as it is; other
specifications, named here, hold those of other tasks and of models that a recipe trains.
"""

from __future__ import annotations

import json
import re

import lightgbm as lgb
import numpy as np
import pyarrow as pa
import pytest
from tests.app import (
    diabetes,
    test_effect_runs,
    test_explanations,
    test_lineage_end_to_end,
    test_more_performance,
    test_multiclass,
    test_privacy_of_recipes,
    test_proxied_runs,
    test_refits,
    test_refits_of_tasks,
    test_stage_runs,
)
from tests.app.conftest import Folder, in_process

import assay
from assay.app.judging import open_engine
from assay.app.organisation.report import document
from assay.app.verifying.rejudge import contradicted
from assay.checks.catalogue import catalogue
from assay.domain.record_document import from_document
from assay.domain.vocabulary import Reason, Verdict

INPUTS = ("sex", "age", "income")
WITHIN = "with: {within: site}"
SEX = "across: sex"
CLASSES = "quasi_identifiers: 'sex, site'"
UNFAIR = {
    # what is asked of a model that decides by sex: it passes the first threshold and fails the second
    "fairness.accuracy_parity": (SEX, "at_most", "0.50", "0.01"),
    "fairness.calibration_by_group": (SEX, "at_most", "0.50", None),
    "fairness.composition_gap": (f"{SEX}, {WITHIN}", "at_most", "0.50", None),
    "fairness.conditional_disparity": (f"{SEX}, {WITHIN}", "at_most", "0.90", "0.05"),
    "fairness.conditional_impact_ratio": (f"{SEX}, {WITHIN}", "at_least", "0.05", "0.95"),
    "fairness.conditional_parity": (f"{SEX}, {WITHIN}", "at_most", "0.90", "0.05"),
    "fairness.consistency": (f"{SEX}, with: {{distance: 0.1}}", "at_least", "0.50", "0.999"),
    "fairness.demographic_parity": (SEX, "at_most", "0.90", "0.05"),
    "fairness.equal_opportunity": (SEX, "at_most", "0.90", "0.05"),
    "fairness.equalized_odds": (SEX, "at_most", "0.95", "0.05"),
    "fairness.error_cost": (f"{SEX}, with: {{cost_fp: 1, cost_fn: 3}}", "at_most", "0.90", "0.01"),
    "fairness.flip_rate": (f"{SEX}, with: {{column: sex, codes: '1, 2'}}", "at_most", "0.95", "0.05"),
    "fairness.impact_ratio": (SEX, "at_least", "0.05", "0.95"),
    "fairness.ll144_scoring": (SEX, "at_least", "0.05", None),
    "fairness.ll144_selection": (SEX, "at_least", "0.05", "0.95"),
    "fairness.mantel_haenszel": (f"{SEX}, {WITHIN}", "at_least", "0.01", "0.90"),
    "fairness.predictive_equality": (SEX, "at_most", "0.95", "0.05"),
    "fairness.predictive_parity": (SEX, "at_most", "0.60", "0.01"),
    "fairness.proxy_strength": (f"{SEX}, with: {{column: income}}", "at_most", "0.50", "0.01"),
    "fairness.simpson": (f"{SEX}, {WITHIN}", "at_most", "0.50", None),
    "fairness.treatment_equality": (SEX, "at_most", "0.95", "0.05"),
    "fairness.treatment_gap": (f"{SEX}, {WITHIN}", "at_most", "0.90", "0.05"),
}
OTHERS = {
    "data.category_conformity": "at_most: 0.01",
    "data.complete_rows": "at_least: 0.99",
    "data.conflicting_labels": "at_most: 0.01",
    "data.constant_columns": "at_most: 0",
    "data.dictionary_conformity": "at_most: 0",
    "data.duplicated_columns": "at_most: 0",
    "data.duplicates": "at_most: 0.01",
    "data.events": "at_least: 500",
    "data.frame_coverage": "with: {of: site, frame: 'north=1983, south=2017'}, at_most: 0",
    "data.future_features": "with: {decided: day}, at_most: 0",
    "data.group_representation": f"{SEX}, at_least: 500",
    "data.label_drift": "with: {period: quarter}, at_most: 0.20",
    "data.label_errors": "with: {audited: audited}, at_most: 0.10",
    "data.label_spellings": "at_most: 0",
    "data.leaking_columns": "at_most: 0.95",
    "data.missing_by_group": f"{SEX}, with: {{column: income}}, at_most: 0.05",
    "data.missing_by_period": "with: {period: quarter}, at_most: 0.05",
    "data.missing_by_source": "with: {source: site}, at_most: 0.05",
    "data.missing_values": "at_most: 0",
    "data.near_duplicates": "with: {within: 0.0001}, at_most: 0.5",
    "data.outliers": "with: {column: income}, at_most: 0.05",
    "data.period": "with: {period: month, rows: 50}, at_least: 12",
    "data.population": "with: {of: sex, population: 'women=5080, men=4920'}, at_most: 0.10",
    "data.rows": "at_least: 1000",
    "data.sampling": "with: {of: site, frame: 'north=20000, south=20000'}, at_most: 1.2",
    "data.sentinel_values": "with: {column: income}, at_most: 0",
    "data.source_drift": "with: {source: site}, at_most: 0.15",
    "data.split_overlap": "with: {by: columns}, at_most: 0",
    "data.time_overlap": "at_most: 0.01",
    "data.top_coding": "with: {column: income}, at_most: 0.01",
    "data.undocumented_codes": "at_most: 0",
    "data.unit_shift": "at_most: 0",
    "documentation.required_sections": "at_most: 0",
    "performance.accuracy": "at_least: 0.60",
    "performance.accuracy_at_worst": "with: {unknown: 90}, at_least: 0.50",
    "performance.auc": "at_least: 0.60",
    "performance.auc_gain_over_incumbent": "with: {incumbent: score}, at_least: 0.01",
    "performance.brier": "at_most: 0.25",
    "performance.calibration_by_grade": "with: {grades: 'A: 0.3, B: 0.6, C: 1'}, at_most: 2",
    "performance.decision_drift": "with: {period: quarter}, at_most: 0.20",
    "performance.ece": "at_most: 0.20",
    "performance.expected_cost": "with: {cost_fp: 1, cost_fn: 3}, at_most: 1.5",
    "performance.false_positive_rate": "at_most: 0.60",
    "performance.found_slices": "with: {depth: 1, worst: 2}, at_least: 0.30",
    "performance.gain_over_baseline": "at_least: 0.01",
    "performance.gain_over_incumbent": "with: {incumbent: score}, at_least: 0.01",
    "performance.gini": "at_least: 0.20",
    "performance.ks_calibration": "at_most: 0.15",
    "performance.lift": "with: {k: 0.1}, at_least: 1.1",
    "performance.log_loss": "at_most: 0.70",
    "performance.observed_expected": "at_most: 1.5",
    "performance.precision": "at_least: 0.50",
    "performance.precision_at_k": "with: {k: 0.1}, at_least: 0.60",
    "performance.psi": "with: {column: income, edges: '2000, 3000, 4000'}, at_most: 0.10",
    "performance.recall": "at_least: 0.40",
    "performance.slice_search": "with: {depth: 1}, at_least: 0.30",
    "performance.worst_slice": "with: {within: site}, at_least: 0.50",
    "privacy.direct_identifiers": "at_most: 0",
    "privacy.dp_claim": "with: {mechanism: laplace, epsilon: 1, noise_multiplier: 2}, at_least: 1",
    "privacy.k_anonymity": f"with: {{{CLASSES}}}, at_least: 5",
    "privacy.l_diversity": f"with: {{{CLASSES}, sensitive: bad}}, at_least: 2",
    "privacy.small_classes": f"with: {{{CLASSES}}}, at_most: 0.1",
    "privacy.t_closeness": f"with: {{{CLASSES}, sensitive: bad}}, at_most: 0.5",
    "privacy.unique_people": f"with: {{{CLASSES}}}, at_most: 0.1",
    "privacy.unused_columns": "with: {kept: 'id, day, stated, site, audited, score'}, at_most: 0",
    "robustness.missingness": "at_most: 0.10",
    "robustness.noise": "at_most: 0.30",
    "robustness.rounding": "at_most: 0.30",
}


def criterion(id_: str, metric: str, asked: str, tier: str = "critical") -> str:
    return (
        f"\n  - {{id: {id_}, metric: {metric}, {asked}, tier: {tier}, rationale: it is as agreed, owner: validator, "
        "requirements: [x/1]}"
    )


def asked() -> dict[str, str]:
    """Of each criterion its text."""
    made = {
        m.replace(".", "-").replace("_", "-"): criterion(m.replace(".", "-").replace("_", "-"), m, a)
        for m, a in OTHERS.items()
    }
    for metric, (given, sign, passes, fails) in UNFAIR.items():
        name = metric.partition(".")[2].replace("_", "-")
        made[name] = criterion(name, metric, f"{given}, {sign}: {passes}")
        if fails is not None:
            made[f"{name}-strict"] = criterion(
                f"{name}-strict", metric, f"{given}, {sign}: {fails}", "supporting"
            )
    return made


OTHER_WAY_ROUND = "ll144-scoring"
"""Its rule knows scores of which more is better; here less is. tests/checks/test_local_law.py asks it of such scores."""
REGISTERED = {
    "one specification of a binary model": "".join(asked().values()),
    "numbers": diabetes.SPECIFICATION,
    "classes": test_multiclass.SPECIFICATION,
    "models of a recipe": test_refits.CROSS + test_refits.OTHERS + test_refits.WITHOUT,
    "models of a recipe, of numbers": test_refits_of_tasks.NUMBERS,
    "models of a recipe, of classes": test_refits_of_tasks.CLASSES,
    "questions to a model": test_explanations.CRITERIA,
    "files of a lineage": test_lineage_end_to_end.CRITERION,
    "paths of a causal graph": "".join(
        test_effect_runs.ASKED.format(id=id_, most=most) for id_, most in test_effect_runs.EFFECTS.items()
    ),
    "thresholds and averages": test_more_performance.MORE,
    "groups that nobody observed": test_proxied_runs.ASKED,
    "stages of a decision": test_stage_runs.ASKED,
    "attacks on models of a recipe": test_privacy_of_recipes.PRIVATE + test_refits.FAILING,
}
"""The specifications that tests of this folder certify: a new check takes its place in one of them."""


@pytest.mark.parametrize("id_", catalogue())
def test_each_check_is_asked_in_a_specification_that_is_certified(id_: str) -> None:
    named = {metric for text in REGISTERED.values() for metric in re.findall(r"metric: ([a-z_.0-9]+)", text)}
    assert id_ in named, f"add {id_} to a specification of REGISTERED, and what it should say to its test"


def people(n: int, seed: int, year: int = 2024) -> pa.Table:
    """Applicants of whom women are lost more often, and have less, and men are foreseen less well."""
    rng = np.random.default_rng(seed)
    sex = rng.integers(1, 3, n)
    income = np.minimum(rng.lognormal(8 - 0.3 * (sex == 2), 0.5, n), 60_000).round(2)
    risk = 1 / (1 + np.exp(2.5 * (np.log(income) - 8) - 1.5 * (sex == 2) + 0.3))
    day = np.datetime64(f"{year}-01-01") + rng.integers(0, 366, n)
    bad = np.where(sex == 1, rng.random(n) < 0.2 + 0.6 * risk, rng.random(n) < risk).astype(np.int64)
    expert = np.where(rng.random(n) < 0.01, 1 - bad, bad)
    return pa.table(
        {
            "id": np.arange(n) + 1_000_000 * seed,
            "sex": sex,
            "age": rng.integers(18, 80, n),
            "income": income,
            "bad": bad,
            "score": 0.8 * rng.beta(1.2, 1.2, n) + 0.1 * bad,
            "day": pa.array(day),
            "stated": pa.array(day - 3),
            "site": rng.choice(["n", "s"], n),
            "audited": pa.array(expert, mask=rng.random(n) < 0.6),
        }
    )


COLUMNS = """  - {name: day, type: date, description: day of the decision}
  - {name: stated, type: date, description: day of the income statement}
  - {name: site, type: category, description: where, codes: {n: north, s: south}}
  - {name: audited, type: category, description: what an expert found of the label, codes: {0: repaid, 1: lost}, missing: allowed}
"""
"""Of the dictionary, besides those that each small portfolio has."""


class Everything(Folder):
    """The folder whose specification asks everything that can be asked of a binary model as it is."""

    def __init__(self, root) -> None:
        super().__init__(root)
        self.test, self.develop = people(4000, 1), people(4000, 2)
        self.dictionary += COLUMNS
        self.edit(
            "{model: score, format: predictions}",
            f"{{model: model.txt, format: lightgbm, inputs: [{', '.join(INPUTS)}]}}",
        )
        self.edit("develop: develop.parquet", "train: train.parquet, develop: develop.parquet")
        self.edit("custody: validator}", "custody: validator, time: day}")
        self.edit(
            "failure_modes:",
            "strata:\n  site: {column: site, groups: {north: [n], south: [s]}}\nfailure_modes:",
        )
        head = self.text.partition("criteria:\n  - ")[0]
        modes = head.partition("failure_modes:")[0]
        mode = "failure_modes:\n  - {id: harm, harm: people are refused wrongly, severity: critical, criteria: [performance-accuracy]}\n"
        self.text = f"{modes}{mode}documentation: {{required: [use_case, charter]}}\ncriteria:{''.join(asked().values())}\n"

    def write(self, *, row_group: int = 1000):
        import pyarrow.parquet as pq

        learned = people(4000, 3, year=2022)
        pq.write_table(learned, self.root / "train.parquet")
        x = np.column_stack([learned[name].to_numpy() for name in INPUTS])
        rows = lgb.Dataset(x, learned["bad"].to_numpy(), feature_name=list(INPUTS))
        how = {"objective": "binary", "verbosity": -1, "num_threads": 1, "seed": 1, "num_leaves": 7}
        lgb.train(how, rows, 30).save_model(self.root / "model.txt")
        return super().write(row_group=row_group)


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> tuple[object, assay.Record]:
    """The path of that specification, and the record of a judged run of it."""
    path = Everything(tmp_path_factory.mktemp("everything")).write()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(open_engine, "executor_of", in_process)
        done = assay.certify(
            path, workers=0, certify_without_a_lock=True, certify_a_hopeless_specification=True
        )
    return path, done.record


def test_each_criterion_has_the_verdict_that_the_rows_were_made_for(run) -> None:
    _, record = run
    wanted = dict.fromkeys(asked(), Verdict.PASS) | {
        n: Verdict.FAIL for n in asked() if n.endswith("-strict")
    }
    wanted[OTHER_WAY_ROUND] = Verdict.NOT_EVALUABLE
    found = {j.assessment.criterion: j for j in record.judged}
    wrong = {
        n: (found[n].verdict.value, found[n].sentence) for n, v in wanted.items() if found[n].verdict is not v
    }
    assert not wrong, json.dumps(wrong, indent=1)


def test_what_is_kept_of_them_is_judged_again_and_reads_back(run) -> None:
    _, record = run
    assert contradicted(record) == ""
    assert from_document(json.loads(document(record, "json"))) == record


def test_each_is_drawn_and_exported(run) -> None:
    _, record = run
    page, junit = document(record, "html"), document(record, "junit")
    for id_ in asked():
        assert f'id="criterion-{id_}"' in page, id_
        assert f'name="{id_}"' in junit, id_
    assert Reason.CHECK_CRASHED.value not in page


def test_each_is_planned(run) -> None:
    path, _ = run
    made = assay.make_plan(path)
    planned = {p.criterion.id: p for p in made.attempts[0].criteria}
    assert list(planned) == list(asked())
    checks = catalogue()
    for id_, one in planned.items():
        counted = checks[one.criterion.metric].metric.census
        if not counted and not id_.endswith("-strict") and id_ != OTHER_WAY_ROUND:
            assert one.power is not None, id_
