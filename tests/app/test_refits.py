"""Criteria about the recipe: models are trained in children on training rows alone, and what goes wrong is a verdict."""

from __future__ import annotations

import itertools
import textwrap
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.model_selection import PredefinedSplit, cross_val_score
from tests.app.conftest import Folder, people
from tests.app.team import PASTS

import assay
from assay.app.judging import refits
from assay.app.judging.planning import make_plan
from assay.app.judging.replay import Alike, replay
from assay.app.organisation.export import export_review
from assay.app.verifying.redraw import curves_contradict
from assay.app.verifying.verify import verify_certificate
from assay.checks.catalogue import metrics
from assay.checks.performance import learning_curve
from assay.domain.assessment import Judged
from assay.domain.errors import InvalidDocument
from assay.domain.evidence import Folds
from assay.domain.vocabulary import Outcome, Reason, Verdict
from assay.dossier.html import render_html
from assay.engine import refitting
from assay.tally.refits import TrainingRows, parts, seed_of

RECIPE = """
    import numpy as np  # and no to_numpy(): Arrow would import pandas

    class Line:
        '''Losses by income: more above the mean of the training rows, or below, whichever they say.'''
        def __init__(self, cut, above, seed):
            self.cut, self.above, self.seed = cut, above, seed
        def predict(self, rows):
            high = rows[:, 0] > self.cut
            return np.where(high, self.above, 1 - self.above)

    def train(data, seed):
        assert data.schema.names == ["id", "sex", "age", "income", "bad", "score"], data.schema.names
        score, bad = (np.array(data[name].to_pylist()) for name in ("score", "bad"))
        high = score > 0.5
        return Line(0.5, float(bad[high].mean()), seed)
"""
CROSS = """
      - {id: procedure, metric: performance.cross_validation, at_least: 0.6, tier: advisory, with: {folds: 2},
         rationale: the recipe and not luck, owner: validator, requirements: [model-risk/4]}
"""


def with_recipe(folder: Folder, recipe: str = RECIPE, criteria: str = CROSS) -> Path:
    folder.root.joinpath("train.py").write_text(textwrap.dedent(recipe))
    folder.edit("format: predictions}", "format: predictions, recipe: train.py:train, inputs: [score]}")
    folder.edit("dictionary: dictionary.yaml, ", "dictionary: dictionary.yaml, train: train.parquet, ")
    folder.text = folder.text.rstrip("\n") + textwrap.indent(textwrap.dedent(criteria), "  ").rstrip() + "\n"
    pq.write_table(people(1200, 3), folder.root / "train.parquet", row_group_size=500)
    return folder.write()


def certified(path: Path, **more: object) -> assay.Certification:
    return assay.certify(path, workers=0, certify_without_a_lock=True, **more)


def judged(done: assay.Certification, name: str = "procedure") -> Judged:
    (found,) = (j for j in done.record.judged if j.assessment.criterion == name)
    return found


def test_the_mean_over_folds_is_that_of_scikit_learn(folder: Folder) -> None:
    """The folds are ours; models and rates of them are another library's."""

    class Same(ClassifierMixin, BaseEstimator):
        def fit(self, rows, labels):
            self.classes_ = np.array([0, 1])
            self.above_ = labels[rows[:, 0] > 0.5].mean()
            return self

        def predict(self, rows):
            return (np.where(rows[:, 0] > 0.5, self.above_, 1 - self.above_) >= 0.5).astype(int)

    path = with_recipe(folder, criteria=CROSS.replace("folds: 2", "folds: 3"))
    done = certified(path)
    (counts,) = (s.counts for s in done.record.statistics if s.metric == "performance.cross_validation")
    assert isinstance(counts, Folds)
    data = people(1200, 3)
    rows, labels = data["score"].to_numpy()[:, None], data["bad"].to_numpy()
    seed = refits.Case.seed_of(
        _Seeded(done.record.seed), 'assay.checks.performance.cross_validation.design[false, {"folds": "3"}]'
    )
    folds = parts(TrainingRows(labels, np.arange(len(labels))), seed, 3)
    expected = cross_val_score(Same(), rows, labels, cv=PredefinedSplit(folds), scoring="accuracy")
    assert [cell.events / cell.trials for cell in counts.cells] == pytest.approx(list(expected), abs=1e-12)
    assert judged(done).assessment.estimate.value == pytest.approx(expected.mean(), abs=1e-12)
    assert judged(done).verdict is Verdict.PASS


WITHOUT = """
      - {id: hangs, metric: data.leave_one_out, at_most: 0.1, tier: advisory, data: train, rationale: no column knows the answer,
         owner: data_steward, requirements: [model-risk/5]}
"""


def test_the_performance_that_hangs_on_one_column_is_found_by_training_without_it(folder: Folder) -> None:
    copes = RECIPE.replace("float(bad[high].mean())", "float(bad[high].mean()) if high.any() else 0.4")
    found = judged(certified(with_recipe(folder, copes, WITHOUT)), "hangs")
    assert found.verdict is Verdict.FAIL
    (piece,) = found.assessment.pieces
    assert piece.label.endswith("without it 0.500)")
    assert found.sentence


class _Seeded:
    def __init__(self, seed: str) -> None:
        self.seed = seed


def test_the_same_evidence_however_many_workers_and_nothing_is_trained_twice(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = with_recipe(folder)
    first = certified(path)
    again = assay.certify(path, workers=2, reuse=False, certify_without_a_lock=True)
    assert again.record.statistics == first.record.statistics

    def trained(*_: object) -> bytes:
        raise AssertionError("trained again")

    monkeypatch.setattr(refitting, "Trained", trained)
    assert certified(path).record.statistics == first.record.statistics


def test_criteria_that_agree_in_what_the_models_are_made_by_share_them(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two rates of one cross-validation are read off the same two models; another number of folds has its own."""
    other = CROSS.replace("id: procedure", "id: found").replace(
        "folds: 2", "folds: 2, rate: true_positive_rate"
    )
    three = CROSS.replace("id: procedure", "id: three").replace("folds: 2", "folds: 3")
    path, trained, real = with_recipe(folder, criteria=CROSS + other + three), [], refitting.Trained

    def counting(*given: object) -> object:
        trained.append(given)
        return real(*given)

    monkeypatch.setattr(refitting, "Trained", counting)
    done = certified(path)
    assert len(trained) == 2 + 3
    rows, found = (judged(done, name).assessment for name in ("procedure", "found"))
    assert rows.pieces[0].n > found.pieces[0].n > 0


@pytest.mark.parametrize(
    ("recipe", "reason", "says"),
    [
        ("def train(data, seed):\n    raise ValueError(str(data['income'][0]))\n", Reason.RECIPE_CRASHED, "The recipe raised ValueError"),
        ("import no_such_package\ndef train(data, seed):\n    pass\n", Reason.RECIPE_CRASHED, "no_such_package"),
        ("def train(data, seed):\n    return 3\n", Reason.RECIPE_OUTPUT_INVALID, "returned something else than a model"),
        ("def train(data, seed):\n    return lambda rows: [2.0] * rows.num_rows\n", Reason.RECIPE_OUTPUT_INVALID, "600 lie outside"),
        ("def train(data, seed):\n    open('/etc/passwd').read()\n", Reason.RECIPE_STOPPED, "file system"),
        ("import socket\ndef train(data, seed):\n    socket.create_connection(('127.0.0.1', 9))\n", Reason.RECIPE_STOPPED, "forbidden"),
        ("def train(data, seed):\n    pass\ntrain = None\n", Reason.RECIPE_OUTPUT_INVALID, "has no function 'train' when it has run"),
    ],
)  # fmt: skip
def test_what_goes_wrong_in_a_recipe_is_the_verdict_on_its_criterion_alone(
    folder: Folder, recipe: str, reason: Reason, says: str
) -> None:
    done = certified(with_recipe(folder, recipe))
    found = judged(done)
    assert (found.verdict, found.reason) == (Verdict.ERROR, reason), found.sentence
    assert says in found.sentence
    assert judged(done, "accuracy").verdict is Verdict.PASS
    income = people(1200, 3)["income"].to_pylist()
    assert not any(str(value) in found.sentence for value in income)


def test_a_recipe_sees_no_row_that_its_model_is_asked(folder: Folder) -> None:
    """One that remembers every row it was given knows none of those of its own fold."""
    recipe = """
        def train(data, seed):
            known = dict(zip(data["score"].to_pylist(), data["bad"].to_pylist()))
            return lambda rows: [float(known.get(s, 0)) for s in rows["score"].to_pylist()]
    """
    done = certified(with_recipe(folder, recipe))
    (counts,) = (s.counts for s in done.record.statistics if s.metric == "performance.cross_validation")
    bad = people(1200, 3)["bad"].to_numpy()
    assert sum(cell.events for cell in counts.cells) == int((bad == 0).sum())


def test_a_changed_recipe_does_not_run(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    path = with_recipe(folder)
    real = refits.refitted

    def changed(case, engine):
        (folder.root / "train.py").write_text(textwrap.dedent(RECIPE) + "\n# a word more\n")
        return real(case, engine)

    monkeypatch.setattr("assay.app.judging.measure.refitted", changed)
    found = judged(certified(path))
    assert (found.verdict, found.reason) == (Verdict.ERROR, Reason.FILE_CHANGED)


def test_a_label_that_is_none_is_told_before_anything_is_trained(folder: Folder) -> None:
    path = with_recipe(folder)
    data = people(1200, 3)
    bad = data["bad"].to_numpy().copy()
    bad[7] = 2
    pq.write_table(data.set_column(4, "bad", pa.array(bad)), folder.root / "train.parquet")
    found = judged(certified(path))
    assert (found.verdict, found.reason) == (Verdict.ERROR, Reason.DATA_INVALID)
    assert "Of 1,200 training rows 1 have a label 'bad'" in found.sentence


def test_rows_of_one_unit_are_in_one_fold_and_count_once(folder: Folder) -> None:
    path = with_recipe(folder.edit("custody: validator}", "custody: validator, unit: id}"))
    data = people(1200, 3)
    pq.write_table(data.set_column(0, "id", pa.array(np.arange(1200) // 3)), folder.root / "train.parquet")
    done = certified(path)
    (counts,) = (s.counts for s in done.record.statistics if s.metric == "performance.cross_validation")
    assert [cell.trials for cell in counts.cells] == [200] * 2


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("tier: advisory", "tier: critical", "never_gates"),
        (", recipe: train.py:train", "", "recipe_not_named"),
        (", inputs: [score]", "", "inputs_not_named"),
        ("train: train.parquet, ", "", "training_rows_not_named"),
    ],
)
def test_a_specification_that_cannot_ask_it_is_refused(folder: Folder, old: str, new: str, code: str) -> None:
    with_recipe(folder)
    folder.edit(old, new)
    with pytest.raises(InvalidDocument) as refused:
        certified(folder.write())
    assert [problem.code for problem in refused.value.problems] == [code]


def test_a_rehearsal_trains_on_the_training_rows_too(folder: Folder) -> None:
    done = assay.certify(with_recipe(folder), rehearse=True, workers=0)
    found = judged(done)
    assert found.assessment.data == "train"
    assert found.assessment.threshold == Decimal("0.6")
    assert found.assessment.rows == 1200


OTHERS = """
      - {id: seeds, metric: performance.seed_stability, at_most: 0.05, tier: advisory, with: {seeds: 3},
         rationale: no decision by chance, owner: validator, requirements: [model-risk/4]}
      - {id: curve, metric: performance.learning_curve, at_most: 0.2, tier: advisory, with: {sizes: 3},
         rationale: whether rows are lacking, owner: validator, requirements: [model-risk/4]}
"""
DRAWN = """
    import numpy as np

    def train(data, seed):
        noise = 0.1 * np.random.default_rng(seed).random() + 1e-4 * len(data)
        return lambda rows: np.clip(np.array(rows["score"].to_pylist()) + noise - 0.05, 0, 1)
"""


def test_seeds_and_sizes_change_the_decisions_that_they_change(folder: Folder) -> None:
    """What is counted is worked out anew from the design and the recipe, without a sandbox and without the check."""
    path = with_recipe(folder, DRAWN, OTHERS)
    done = certified(path)
    data = people(1200, 3)
    score, bad = data["score"].to_numpy(), data["bad"].to_numpy()
    rows = TrainingRows(bad, np.arange(1200))

    def decided(seed: int, size: int) -> np.ndarray:
        return score + 0.1 * np.random.default_rng(seed).random() + 1e-4 * size - 0.05 >= 0.5

    by_metric = {s.metric: s.counts for s in done.record.statistics}
    seed = seed_of_run(done, "performance.seed_stability", '{"seeds": "3"}')
    held_out = parts(rows, seed, 5) == 0
    seen = [decided(seed_of(seed, place), 960)[held_out] for place in range(3)]
    expected = [int((seen[i] != seen[j]).sum()) for i, j in ((0, 1), (0, 2), (1, 2))]
    stability = by_metric["performance.seed_stability"]
    assert [cell.events for cell in stability.cells] == expected
    assert [cell.trials for cell in stability.cells] == [240] * 3

    seed = seed_of_run(done, "performance.learning_curve", '{"sizes": "3"}')
    held_out = parts(rows, seed, 5) == 0
    curve = by_metric["performance.learning_curve"]
    right = [(decided(seed_of(seed, 0), size) == bad)[held_out] for size in curve.sizes]
    assert [cell.events for cell in curve.cells] == [int(r.sum()) for r in right]
    assert (curve.last.worse, curve.last.better) == (
        int((right[2] & ~right[1]).sum()),
        int((right[1] & ~right[2]).sum()),
    )
    assert curve.sizes == (240, 480, 960)


def seed_of_run(done: assay.Certification, metric: str, settings: str) -> int:
    return refits.Case.seed_of(_Seeded(done.record.seed), metric + settings)


def test_a_learning_curve_is_drawn_and_held_against_its_counts(folder: Folder) -> None:
    record = certified(with_recipe(folder, DRAWN, OTHERS + CROSS)).record
    (curve,) = (c for c in record.curves if c.kind == "learning")
    assert curve.label == "curve"
    page = render_html(record)
    assert "Learning curve of curve" in page
    assert "The folds of procedure" in page
    known = metrics()
    asking = {id_ for id_, metric in known.items() if metric.needs_model}
    assert curves_contradict(record, asking) == ""
    bent = replace(curve, points=((*curve.points[0][:1], 0.99, *curve.points[0][2:]), *curve.points[1:]))
    others = tuple(c for c in record.curves if c is not curve)
    assert "learning curves" in curves_contradict(replace(record, curves=(*others, bent)), asking)


def test_nested_halves_hold_whole_units_and_each_holds_the_one_before() -> None:
    units = np.repeat(np.arange(400), 3)
    fits = learning_curve.design(TrainingRows(units % 2, units), 7, {"sizes": 4})
    held = set(units[fits[0].asked[0].rows])
    for small, large in itertools.pairwise(fits):
        assert set(small.trained) < set(large.trained)
    for fit in fits:
        inside = set(units[fit.trained])
        assert not inside & held
        assert len(fit.trained) == 3 * len(inside)
    assert len(fits[-1].trained) + 3 * len(held) == len(units)


FAILING = """
      - {id: told, metric: privacy.membership_auc, at_most: 0.35, tier: advisory, with: {shadow_pairs: 2, attacked: 100},
         rationale: nobody is recognised, owner: validator, requirements: [gdpr/5]}
"""


def test_evidence_on_the_recipe_goes_through_lock_certificate_outsider_and_replay(folder: Folder) -> None:
    """One criterion of each kind of counts, one of which is open, which an advisory tier only reports."""
    with_recipe(folder, DRAWN, OTHERS + CROSS + FAILING)
    team = PASTS["certified"](folder)
    record = team.done.record
    assert record.decision.outcome is Outcome.CERTIFIED
    assert judged(team.done, "told").verdict in {Verdict.INCONCLUSIVE, Verdict.FAIL}
    export_review(team.root, team.root / "pack.zip")
    found = verify_certificate(
        team.root / "cert",
        model=team.root / "test.parquet",
        policy=team.policy,
        use_case="small-loans",
        review=team.root / "pack.zip",
        sources=team.root,
    )
    assert found.accepted, found.refusal
    assert "9 criteria were judged again" in found.steps[10].sentence
    again = replay(team.root, workers=0)
    assert (again.alike, again.differences) == (Alike.IDENTICAL, ())


def test_a_plan_has_no_odds_for_models_that_nobody_has_trained(folder: Folder) -> None:
    made = make_plan(with_recipe(folder, DRAWN, OTHERS + CROSS), workers=0)
    (attempt,) = made.attempts
    planned = {p.criterion.id: p for p in attempt.criteria}
    assert all(planned[name].passes is None for name in ("seeds", "curve", "procedure"))
    assert [planned[name].refits for name in ("seeds", "accuracy", "complete")] == [True, False, False]
    assert not attempt.hopeless
    assert not attempt.broken
