"""Attacks on models that a recipe trains: one that memorises is caught, one that says nothing gives nothing away."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from scipy.stats import binom
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier
from tests.app.conftest import Folder
from tests.app.test_refits import certified, judged, with_recipe

from assay.checks.catalogue import catalogue
from assay.domain.errors import SubjectError
from assay.domain.vocabulary import Reason, Verdict
from assay.tally.refits import Fitted, RefitView, TrainingRows

FEW = {"shadow_pairs": Decimal(4)}


def patients(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Ten measurements, and an outcome that two of them make likelier."""
    draw = np.random.default_rng(seed)
    rows = draw.normal(size=(n, 10))
    chance = 1 / (1 + np.exp(-(rows[:, 0] + rows[:, 1])))
    return rows, (draw.random(n) < chance).astype(np.int64)


def attacked(metric: str, make: Callable[[int], Any], seed: int = 1, n: int = 2400, **settings: Any) -> Any:
    """The counts of a check on models of scikit-learn, trained here by its design."""
    check = catalogue()[metric]
    rows, labels = patients(n, seed)
    bound = check.bind(FEW | settings)
    known = TrainingRows(labels, np.arange(n))
    fits = []
    for fit in check.need.design(known, seed, bound):
        model = make(fit.seed).fit(rows[fit.trained], labels[fit.trained])
        scores = tuple(model.predict_proba(rows[asking.rows])[:, 1] for asking in fit.asked)
        fits.append(Fitted(fit.trained, fit.asked, scores))
    return check.count(RefitView(known, tuple(fits), 0.5, seed), arguments=bound)


MEMORISING = {
    "nearest neighbour": lambda _: KNeighborsClassifier(1),
    "deep tree": lambda seed: DecisionTreeClassifier(random_state=seed),
}


@pytest.mark.parametrize("attack", ["lira", "rmia"])
@pytest.mark.parametrize("name", MEMORISING)
def test_a_model_that_memorises_is_caught(name: str, attack: str) -> None:
    """It is sure of every row that it has seen; that it is as sure of others, and wrong, is what gives it away."""
    setting = {"attack": attack, "false_positive_rate": Decimal("0.05")}
    (rate,) = attacked("privacy.membership_inference", MEMORISING[name], **setting).cells
    # A fair coin would flag 5 % of them; the chance of as many by it is below a millionth.
    assert binom.sf(rate.events - 1, rate.trials, 0.05) < 1e-6
    counts = attacked("privacy.membership_auc", MEMORISING[name], attack=attack)
    assert auc(counts) > 0.6


@pytest.mark.parametrize("attack", ["lira", "rmia"])
@pytest.mark.parametrize("rate", ["0.01", "0.05"])
def test_of_a_constant_model_as_many_members_are_flagged_as_others(attack: str, rate: str) -> None:
    setting = {"attack": attack, "false_positive_rate": Decimal(rate)}
    flagged, trials = 0, 0
    for seed in range(8):
        made = lambda _: DummyClassifier(strategy="constant", constant=0)  # noqa: E731
        (found,) = attacked("privacy.membership_inference", made, seed, **setting).cells
        flagged, trials = flagged + found.events, trials + found.trials
    expected = float(rate)
    # Thresholds are drawn too: the spread of a mean of eight Beta(k, n + 1 - k), with room.
    spread = np.sqrt(expected * (1 - expected) * (1 / trials + 1 / (8 * 600)))
    assert abs(flagged / trials - expected) < 4 * spread
    assert auc(attacked("privacy.membership_auc", made, attack=attack)) == pytest.approx(0.5, abs=0.04)


def test_false_alarms_on_a_model_that_does_not_memorise_are_rare() -> None:
    """Logistic regression on 600 rows of ten measurements: in no more than 1 of 20 draws is a bound of 5 % at 1 % violated."""
    regression = lambda _: LogisticRegression()  # noqa: E731
    rates = [attacked("privacy.membership_inference", regression, seed, 1200).cells[0] for seed in range(20)]
    assert sum(binom.sf(r.events - 1, r.trials, 0.05) < 0.05 for r in rates) <= 1


def auc(counts: Any) -> float:
    (cell,) = counts.cells
    positives, negatives = np.array(cell.positives), np.array(cell.negatives)
    below = np.cumsum(negatives) - negatives
    return float((positives * (below + negatives / 2)).sum() / (positives.sum() * negatives.sum()))


PRIVATE = """
      - {id: members, metric: privacy.membership_inference, at_most: 0.1, tier: advisory,
         with: {shadow_pairs: 2, false_positive_rate: 0.05}, rationale: nobody is recognised, owner: validator, requirements: [gdpr/5]}
      - {id: sex-told, metric: privacy.attribute_inference, at_most: 0.1, tier: advisory, with: {column: sex},
         rationale: no sex is given away, owner: validator, requirements: [gdpr/5]}
"""
REMEMBERS = """
    def train(data, seed):
        known = {(s, x): b for s, x, b in zip(*(data[n].to_pylist() for n in ("score", "sex", "bad")))}
        def predict(rows):
            keys = zip(rows["score"].to_pylist(), rows["sex"].to_pylist())
            return [0.02 + 0.96 * known[key] if key in known else 0.5 for key in keys]
        return predict
"""
SAYS_NOTHING = """
    def train(data, seed):
        return lambda rows: [0.3] * rows.num_rows
"""


def asked(folder: Folder, recipe: str, criteria: str = PRIVATE) -> Any:
    path = with_recipe(folder, recipe, criteria)
    folder.edit("inputs: [score]", "inputs: [score, sex]")
    assert folder.write() == path
    return certified(path)


def test_a_recipe_that_remembers_people_fails_both_and_one_that_says_nothing_passes(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    remembers = asked(Folder(tmp_path_factory.mktemp("remembers")), REMEMBERS)
    for name in ("members", "sex-told"):
        assert judged(remembers, name).verdict is Verdict.FAIL, name
    told = judged(remembers, "sex-told").assessment
    # Every sex is read off the scores, and without them a coin guesses it.
    assert 0.4 < told.estimate.value < 0.6
    assert judged(remembers, "members").assessment.estimate.value == 1.0
    nothing = asked(Folder(tmp_path_factory.mktemp("nothing")), SAYS_NOTHING)
    assert judged(nothing, "members").verdict is not Verdict.FAIL
    assert judged(nothing, "sex-told").verdict is Verdict.PASS


def test_only_an_input_is_given_away(folder: Folder) -> None:
    criteria = PRIVATE[PRIVATE.index("      - {id: sex-told") :].replace("column: sex", "column: income")
    found = judged(asked(folder, SAYS_NOTHING, "\n" + criteria), "sex-told")
    assert (found.verdict, found.reason) == (Verdict.ERROR, Reason.DATA_INVALID)
    assert "'income' is none of the model's inputs" in found.sentence


def test_a_text_with_too_many_values_is_not_guessed() -> None:
    design = catalogue()["privacy.attribute_inference"].need.design
    rows = TrainingRows(np.zeros(50, np.int64), np.arange(50), {"name": np.arange(50)})
    with pytest.raises(SubjectError, match="has 50 different values"):
        design(rows, 1, {"column": "name", "attacked": 100})
