"""A model of several classes goes the whole way, with real wines; its labels are texts."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import skops.io
from sklearn.datasets import load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, recall_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from tests.app.conftest import in_process
from tests.app.team import Team

import assay
from assay.app.judging import open_engine
from assay.app.judging.replay import Alike, replay
from assay.app.verifying.rejudge import contradicted, judged_again
from assay.domain.errors import SubjectError
from assay.domain.record_document import read_record, to_document
from assay.domain.vocabulary import Verdict
from assay.dossier.html import render_html
from assay.proof.canonical import canonical

NAMES = np.array(["barolo", "grignolino", "barbera"])
INPUTS = ("alcohol", "malic", "ash", "alcalinity", "magnesium", "phenols", "flavanoids")
SPECIFICATION = """
    assay: 1
    name: wines
    use_case:
      {domain: food, purpose: tell the grape, population: wines of one region, test_population: a random part,
       risk: limited}
    charter:
      {sponsor: the cellar, risk_appetite: few wrong labels, success: fewer tastings,
       tradeoffs: a plain model was taken for one that can be read}
    roles: {developer: [dev], data_steward: [steward], validator: [val], risk_officer: [risk]}
    owners: {data: data_steward, updates: developer, monitoring: validator, incidents: risk_officer}
    approval: {lock: {validator: 1}, quorum: {validator: 1, risk_officer: 1}, valid_for: 180 days}
    subject: {model: model.skops, format: skops, inputs: [alcohol, malic, ash, alcalinity, magnesium, phenols, flavanoids]}
    prediction: {task: multiclass, label: grape, score: the grape, classes: [barbera, barolo, grignolino]}
    data: {dictionary: dictionary.yaml, develop: develop.parquet, test: test.parquet, custody: validator}
    protected:
      colour: {column: deep, groups: {pale: 0, deep: 1}}
    strata:
      depth: {column: deep, groups: {light: 0, dark: 1}}
    failure_modes:
      - {id: harm, harm: wines are sold under a wrong name, severity: critical,
         criteria: [accuracy, recall, macro, f1, precision, auc, loss, gap, complete, gain, learnt, drift, moved, worst]}
    criteria:
      - {id: accuracy, metric: performance.multiclass_accuracy, at_least: 0.70, expected: 0.9, tier: critical,
         rationale: the cellar master reaches it, owner: validator}
      - {id: worst, metric: performance.multiclass_accuracy_at_worst, with: {unknown: 9}, at_least: 0.60, expected: 0.8, tier: supporting,
         rationale: nine bottles were broken before anybody tasted, owner: validator}
      - {id: recall, metric: performance.class_recall, at_least: 0.60, expected: 0.9, tier: critical,
         rationale: of every grape, owner: validator}
      - {id: macro, metric: performance.macro_recall, at_least: 0.60, expected: 0.9, tier: critical,
         rationale: every grape alike, owner: validator}
      - {id: f1, metric: performance.macro_f1, at_least: 0.60, expected: 0.9, tier: supporting,
         rationale: every grape alike, owner: validator}
      - {id: precision, metric: performance.class_precision, at_least: 0.60, expected: 0.9, tier: supporting,
         rationale: of every grape, owner: validator}
      - {id: auc, metric: performance.multiclass_auc, at_least: 0.80, expected: 0.97, tier: supporting,
         rationale: of every grape, owner: validator}
      - {id: loss, metric: performance.multiclass_log_loss, at_most: 2, expected: 0.3, tier: supporting,
         rationale: less than a guess, owner: validator}
      - {id: gain, metric: performance.multiclass_gain_over_incumbent, with: {incumbent: old}, at_least: -0.05, expected: 0.2,
         tier: supporting, rationale: the taster is replaced, owner: validator}
      - {id: learnt, metric: performance.multiclass_gain_over_baseline, at_least: 0.1, expected: 0.4, tier: supporting,
         rationale: better than the commonest grape for all, owner: validator}
      - {id: drift, metric: data.class_drift, with: {by: depth}, at_most: 0.95, tier: advisory,
         rationale: pale and deep wines are labelled by one rule, owner: data_steward}
      - {id: moved, metric: performance.class_decision_drift, with: {by: depth}, at_most: 0.95, tier: advisory,
         rationale: pale and deep wines are given names by one rule, owner: validator}
      - {id: gap, metric: fairness.class_recall_gap, across: colour, at_most: 0.9, tier: advisory,
         rationale: pale wines too, owner: validator}
      - {id: complete, metric: data.missing_values, at_most: 0, tier: critical,
         rationale: the laboratory promises complete rows, owner: data_steward}
"""


class Cellar:
    """The folder of the specification."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.text = textwrap.dedent(SPECIFICATION).lstrip()
        columns = "".join(f"  - {{name: {n}, type: number, description: {n}}}\n" for n in INPUTS)
        self.dictionary = (
            "assay_dictionary: 1\ncolumns:\n  - {name: id, type: identifier, description: the bottle}\n"
            "  - {name: deep, type: category, description: colour, codes: {0: pale, 1: deep}}\n"
            "  - {name: grape, type: category, description: the grape, codes: {barbera: one, barolo: two, grignolino: three}}\n"
            "  - {name: old, type: text, description: what the taster says}\n" + columns
        )
        found = load_wine()
        order = np.random.default_rng(0).permutation(len(found.target))
        values, truth = found.data[order][:, : len(INPUTS)], NAMES[found.target[order]]
        deep = (found.data[order][:, 9] > 4.5).astype(np.int64)
        self.model: Pipeline = make_pipeline(StandardScaler(), LogisticRegression()).fit(
            values[:48], truth[:48]
        )
        in_use = make_pipeline(StandardScaler(), LogisticRegression()).fit(values[:48, [1, 3]], truth[:48])
        table = pa.table(
            {
                "id": np.arange(len(truth)),
                "deep": deep,
                "grape": truth.tolist(),
                "old": in_use.predict(values[:, [1, 3]]).tolist(),
                **{n: values[:, i] for i, n in enumerate(INPUTS)},
            }
        )
        self.develop, self.test = table.slice(0, 48), table.slice(48)

    def values(self) -> np.ndarray:
        return np.column_stack([self.test[name].to_numpy() for name in INPUTS])

    def write(self) -> Path:
        """Write everything and return the specification's path."""
        (self.root / "dictionary.yaml").write_text(self.dictionary)
        pq.write_table(self.test, self.root / "test.parquet", row_group_size=50)
        pq.write_table(self.develop, self.root / "develop.parquet", row_group_size=50)
        skops.io.dump(self.model, self.root / "model.skops")
        path = self.root / "specification.yaml"
        path.write_text(self.text)
        return path


def test_it_goes_the_whole_way(tmp_path: Path) -> None:
    made = Cellar(tmp_path)
    team = Team(made)  # type: ignore[arg-type]  # a folder of another subject
    team.lock()
    record = team.certify().record
    decided, truth = made.model.predict(made.values()), np.array(made.test["grape"].to_pylist())
    found = {j.assessment.criterion: j for j in record.judged}
    assert found["accuracy"].assessment.pieces[0].estimate == pytest.approx(accuracy_score(truth, decided))
    labels = ["barbera", "barolo", "grignolino"]
    recall = dict(zip(labels, recall_score(truth, decided, labels=labels, average=None), strict=True))
    assert {p.label: p.estimate for p in found["recall"].assessment.pieces} == pytest.approx(recall)
    assert all(j.verdict in {Verdict.PASS, Verdict.INCONCLUSIVE} for j in record.judged)
    assert sum(g.correct or 0 for g in record.groups) == int((truth == decided).sum())
    assert read_record(canonical(to_document(record))) == record
    assert judged_again(record) == (*record.judged, *record.set_aside)
    assert contradicted(record) == ""
    page = render_html(record)
    assert "grape is predicted as the most probable of barbera, barolo and grignolino" in page
    assert "Correct" in page
    assert "Favourable" not in page
    assert replay(made.root, workers=0).alike is Alike.IDENTICAL
    team.sign()
    scope = team.issue().certificate.scope
    assert scope.predicts == ("multiclass", *labels)
    model, asked = made.root / "model.skops", {"use_case": "wines", "policy": team.policy}
    assert team.gate(model=model, use_case="wines") is None
    with assay.load_certified(model, certificate=made.root / "cert", **asked) as loaded:
        said = loaded.predict(made.test.slice(0, 7))
        assert said == pytest.approx(made.model.predict_proba(made.values()[:7])[:, [0, 1, 2]])
        with pytest.raises(SubjectError, match="one of several classes"):
            loaded.decide(made.test.slice(0, 7))


def test_a_column_that_knows_one_of_the_classes_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A price that was written on the bottle when the grape was known; four times as many wines, each measured with some error."""
    made = Cellar(tmp_path)

    def priced(table: pa.Table, seed: int) -> pa.Table:
        draw = np.random.default_rng(seed)
        more = pa.concat_tables([table] * 4)
        for place, name in enumerate(more.column_names):
            if name in INPUTS:
                values = more[name].to_numpy()
                more = more.set_column(
                    place, name, pa.array(values + draw.normal(0, values.std() / 5, len(values)))
                )
        dear = np.array(more["grape"].to_pylist()) == "barolo"
        price = np.where(dear, draw.normal(30, 2, len(dear)), draw.choice([9.0, 60.0], len(dear)))
        numbered = more.set_column(0, "id", pa.array(np.arange(len(dear)) + 1000 * seed))
        return numbered.append_column("price", pa.array(price))

    made.develop, made.test = priced(made.develop, 1), priced(made.test, 2)
    made.dictionary += "  - {name: price, type: number, description: price on the list}\n"
    made.text = (
        made.text.partition("criteria:\n")[0]
        + "criteria:\n"
        + "".join(
            f"  - {{id: {id_}, metric: data.leaking_columns, with: {{column: {column}}}, at_most: 0.95, tier: critical, rationale: it is known before, "
            "owner: validator, requirements: [data/5]}\n"
            for id_, column in (("accuracy", "price"), ("colour", "deep"))
        )
    )
    made.text = re.sub(r"criteria: \[accuracy.*\]}", "criteria: [accuracy]}", made.text)
    monkeypatch.setattr(open_engine, "executor_of", in_process)
    record = assay.certify(made.write(), workers=0, certify_without_a_lock=True).record
    found = {j.assessment.criterion: j for j in record.judged}
    assert {id_: j.verdict for id_, j in found.items()} == {"accuracy": Verdict.FAIL, "colour": Verdict.PASS}
    worst = max(found["accuracy"].assessment.pieces, key=lambda piece: piece.estimate)
    assert worst.label.startswith("price for class barolo")
    assert contradicted(record) == ""
    assert "The column price for class barolo (colour: deep) alone ranks the cases" in render_html(record)


def test_a_model_of_other_classes_is_refused(tmp_path: Path) -> None:
    made = Cellar(tmp_path)
    made.text = made.text.replace(
        "classes: [barbera, barolo, grignolino]}", "classes: [barbera, barolo, nebbiolo]}"
    )
    made.dictionary = made.dictionary.replace("grignolino: three", "nebbiolo: three")
    with pytest.raises(SubjectError, match="3 classes, which are not the 3 that are declared"):
        assay.make_plan(made.write(), workers=0)
